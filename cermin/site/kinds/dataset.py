"""All articles as data, and the page that says what they are."""

from __future__ import annotations

from collections.abc import Iterable

from cermin import addresses
from cermin.records import Page
from cermin.site.kinds.kind import LonePage, Part, PlainKind, Scope
from cermin.site.members import digest_of, find_members
from cermin.site.queries import Queries

SHOWN = 100
"""Outlets and languages that the page names, those with the most articles."""


class Dataset(PlainKind):
    """The file of all articles. It is no page that a template makes: it is put together from its members."""

    name = "dataset"
    templates = ()

    def scopes(self, ask: Queries) -> Iterable[Scope]:  # noqa: ARG002 - part of the protocol
        """None, as it is made by itself."""
        return ()

    def parts(self, ask: Queries) -> Iterable[Part]:  # noqa: ARG002 - part of the protocol
        """None, likewise."""
        return ()

    def scope_at(self, ask: Queries, path: str) -> Scope | None:  # noqa: ARG002 - part of the protocol
        """The file."""
        return Scope("") if path == addresses.DATASET else None

    def pages(self, ask: Queries, scope: Scope) -> Iterable[Page]:  # noqa: ARG002 - part of the protocol
        """Return the file."""
        return [self.page(digest_of(find_members(ask)))]

    def pages_of(self, ask: Queries, part: Part) -> Iterable[Page]:  # noqa: ARG002 - part of the protocol
        """None, as there are no parts."""
        return ()

    def page(self, articles: str) -> Page:
        """Return the file as a page; ``articles`` is the hash of all that goes into it."""
        return Page(self.name, addresses.DATASET, "", 0, "", {"articles": articles})


class Datasheet(LonePage):
    """What the dataset is and how it came to be, after Gebru et al., "Datasheets for datasets" (2018)."""

    name = "datasheet"
    path = addresses.DATASHEET
    template = "data.html"

    def answers(self, ask: Queries) -> dict[str, object]:
        """Return what is known of the file: sizes, checksum, how many articles have what."""
        made = ask.dataset()
        tally: dict[str, int] = made.get("tally", {})
        return {
            "size": made.get("size", 0),
            "sha256": made.get("sha256", ""),
            "count": tally.get("articles", 0),
            "unpacked": tally.get("bytes", 0),
            "present": dict(sorted(_named(tally, "has "))),
            "languages": _largest(tally, "lang "),
            "outlets_list": _largest(tally, "outlet "),
            "years": sorted((name, count) for name, count in _named(tally, "year ")),
            "feed": addresses.SITE_FEED,
        }


def _named(tally: dict[str, int], prefix: str) -> list[tuple[str, int]]:
    return [(name.removeprefix(prefix), count) for name, count in tally.items() if name.startswith(prefix)]


def _largest(tally: dict[str, int], prefix: str) -> list[tuple[str, int]]:
    return sorted(_named(tally, prefix), key=lambda named: (-named[1], named[0]))[:SHOWN]
