"""Old addresses of articles: redirects where the host reads them, and small pages that lead on everywhere else.

A host reads so many redirects; the first addresses, in their order, are those, and all others have pages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import quote, urlsplit

from cermin import hosts
from cermin.config import Config
from cermin.hosts import REDIRECTS
from cermin.records import Page
from cermin.site.kinds.kind import OnePartKind, Part, PlainKind, Scope
from cermin.site.queries import Alias, Queries

TOGETHER = 256
"""Old addresses in a part."""
_INDEX = "index.html"
_WORDS = len("  301")
"""Characters of a rule beside its two addresses."""


class AliasPage(PlainKind):
    """A page at an old address, which leads to the article."""

    name = "alias"
    templates = ("alias.html",)

    def scopes(self, ask: Queries) -> Iterable[Scope]:
        """Each old address that came, went or leads elsewhere, and those that may become redirects or pages by it."""
        touched = ask.touched_aliases()
        if touched and (room := room_for_redirects(ask.config)):
            touched |= set(ask.folds_from(max(0, room - len(touched)), 2 * len(touched)))
        return map(Scope, sorted(touched))

    def scope_at(self, ask: Queries, path: str) -> Scope | None:  # noqa: ARG002 - part of the protocol
        """The old address whose page the path may be."""
        return Scope(path.lower()) if path.lower().endswith((".html", ".htm")) else None

    def pages(self, ask: Queries, scope: Scope) -> Iterator[Page]:
        """Yield the page, unless the address is a redirect."""
        yield from self._pages(ask, ask.alias(scope.name))

    def parts(self, ask: Queries) -> Iterator[Part]:
        """So many old addresses each, in their order."""
        for first in ask.every_fold(TOGETHER):
            yield Part(self.name, (first,), TOGETHER)

    def pages_of(self, ask: Queries, part: Part) -> Iterator[Page]:
        """Yield the pages of a part."""
        yield from self._pages(ask, ask.aliases(str(part.at[0]), part.size))

    def _pages(self, ask: Queries, aliases: Iterable[Alias]) -> Iterator[Page]:
        end = _end_of_redirects(ask)
        for alias in aliases:
            if alias.fold >= end or not _fits(ask.config, alias):
                answers: dict[str, object] = {"target": alias.address, "title": alias.title, "title_lang": alias.lang}
                yield Page(self.name, alias.path, alias.fold, 0, self.templates[0], answers)


class RedirectRules(OnePartKind):
    """The file in which a host reads redirects."""

    name = "redirects"
    templates = ("redirects.txt",)

    def scopes(self, ask: Queries) -> Iterable[Scope]:
        """The file, where an old address came or went, or its article did."""
        return [Scope("")] if ask.touched_aliases() else []

    def scope_at(self, ask: Queries, path: str) -> Scope | None:  # noqa: ARG002 - part of the protocol
        """The file."""
        return Scope("") if path == REDIRECTS else None

    def pages(self, ask: Queries, scope: Scope | None) -> Iterator[Page]:  # noqa: ARG002 - part of the protocol
        """Yield the file, where there are redirects."""
        room = room_for_redirects(ask.config)
        rows = [
            (source, alias.address)
            for alias in (ask.aliases("", room) if room else ())
            if _fits(ask.config, alias)
            for source in _sources(alias.path)
        ]
        if rows:
            yield Page(self.name, REDIRECTS, "", 0, self.templates[0], {"rows": rows})


def room_for_redirects(config: Config) -> int:
    """Return how many old addresses can be redirects on the mirror's host; each may take two rules."""
    host = hosts.load_hosts()[config.site.host] if config.site.host else None
    return host.redirects.rules // 2 if host and host.redirects else 0


def _end_of_redirects(ask: Queries) -> str:
    """Return the first old address that is no redirect any more; one behind all where they all are."""
    room = room_for_redirects(ask.config)
    return next(iter(ask.folds_from(room, 1)), "\U0010ffff") if room else ""


def _sources(path: str) -> list[str]:
    """Return the addresses that lead to a page: a folder's has two, with and without the slash."""
    folder = path.removesuffix(f"/{_INDEX}")
    return [path] if folder == path else [folder, f"{folder}/"]


def _fits(config: Config, alias: Alias) -> bool:
    """Tell whether the rule of an old address is as short as the host wants it."""
    host = hosts.load_hosts()[config.site.host] if config.site.host else None
    base = urlsplit(config.site.base_url).path or "/"
    length = len(quote(alias.path)) + len(quote(alias.address)) + 2 * len(base) + _WORDS
    return bool(host and host.redirects and length <= host.redirects.line)
