"""Which pages are stale: a page is made again when something that went into it changed.

A page's inputs are kept as (name, hash) pairs: the *shared* ones of its kind (templates, settings, cermin itself), and
its own, one for each answer to its queries. Where nothing shared changed, only pages in scopes that a changed article
touches are looked at; their inputs alone then decide. Everything is planned when a shared input changed.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import blake2b

from cermin.addresses import LATEST
from cermin.records import Entry, Page, Teaser
from cermin.site.catalogue import Catalogue, PageRow
from cermin.site.kinds import KINDS, Kind, Scope
from cermin.site.queries import Queries

Shared = Callable[[Kind], Mapping[str, str]]
"""Gives the inputs that all pages of a kind share, by name."""

LONGEST_KEPT = 80
"""Characters of an answer that is kept as it is."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(slots=True)
class Plan:
    """One pass over the pages; `stale` first, then `gone`."""

    catalogue: Catalogue
    ask: Queries
    shared: Shared
    build: int
    made: int = 0
    """Pages that had to be made."""
    _gone: list[str] = field(default_factory=list)
    _whole: dict[str, int] = field(default_factory=dict)

    def stale(self) -> Iterator[tuple[Page, PageRow]]:
        """Yield the pages to make, each with the row to keep once it is made.

        What this writes to the catalogue must be committed before a page is written.
        """
        for kind in KINDS.values():
            shared = self.catalogue.shared_id(_encode(shared_parts(kind, self.ask, self.shared)))
            if self._is_whole(kind, shared):
                self._whole[kind.name] = shared
                self.catalogue.drop_planned(kind.name)
                yield from self._stale_of(kind.pages(self.ask, None), shared, mark=True)
            else:
                yield from self._stale_in_scopes(kind, shared)

    def _is_whole(self, kind: Kind, shared: int) -> bool:
        return self.catalogue.is_all_touched or self.catalogue.planned(kind.name) != str(shared)

    def _stale_in_scopes(self, kind: Kind, shared: int) -> Iterator[tuple[Page, PageRow]]:
        for scope in kind.scopes(self.ask):
            made = set(self.catalogue.pages_of_scope(kind.name, scope.name, scope.first))
            pages = list(kind.pages(self.ask, scope))
            self._gone += sorted(made.difference(page.path for page in pages))
            yield from self._stale_of(pages, shared, mark=False)

    def _stale_of(self, pages: Iterable[Page], shared: int, *, mark: bool) -> Iterator[tuple[Page, PageRow]]:
        for page in pages:
            row = PageRow(page.path, page.kind, page.scope, page.number, shared, page_parts(page))
            before = self.catalogue.page(page.path)
            if before != row:
                self.made += 1
                if before:
                    self.catalogue.doubt_page(page.path)
                yield page, row
            elif mark:
                self.catalogue.keep_page_seen(page.path, self.build)

    def expected(self) -> int | None:
        """Return about how many pages there are to make, where that is known: when all are."""
        if not self.catalogue.is_all_touched:
            return None
        return max(self.catalogue.count_pages(), self.ask.shelf_count(LATEST))

    def gone(self) -> list[str]:
        """Return the pages that are no longer planned; every page that `stale` gave must be kept before."""
        gone = list(self._gone)
        for kind in self._whole:
            gone += self.catalogue.unplanned_pages(kind, self.build)
        for kind in self.catalogue.kinds_of_pages():
            if kind not in KINDS:
                gone += self.catalogue.unplanned_pages(kind, self.build)
        return gone

    def finish(self) -> None:
        """Record that every page is as planned, or its failure kept: the marks of what changed can go."""
        for kind, shared in self._whole.items():
            self.catalogue.keep_planned(kind, shared)
        self.catalogue.clear_touched()
        self.catalogue.drop_failures_before(self.build)


def plan_pages(catalogue: Catalogue, ask: Queries, shared: Shared) -> Plan:
    """Begin a plan under a new build number."""
    build = int(catalogue.meta("build") or 0) + 1
    with catalogue.batch():
        catalogue.keep_meta("build", str(build))
    return Plan(catalogue, ask, shared, build)


def shared_parts(kind: Kind, ask: Queries, shared: Shared) -> dict[str, str]:
    """Return the inputs that all pages of a kind share, by name."""
    return {**shared(kind), **kind.inputs(ask)}


def page_parts(page: Page) -> str:
    """Return the inputs of a page as the catalogue keeps them: a JSON object of name -> hash."""
    return _encode({"template": page.template} | {name: _part(answer) for name, answer in page.answers.items()})


def _part(answer: object) -> object:
    """Return an answer as it is kept: a short one as it is, an article by the hash of its file, others by theirs."""
    if isinstance(answer, Entry):
        return f"{answer.digest} {answer.address}"
    if not answer or isinstance(answer, int) or (isinstance(answer, str) and len(answer) <= LONGEST_KEPT):
        return answer
    if isinstance(answer, list) and isinstance(answer[0], Teaser):
        return _hash(" ".join(teaser.digest for teaser in answer))
    return _hash(_encode(answer))


def _hash(text: str) -> str:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=6).hexdigest()


def explain_page(catalogue: Catalogue, ask: Queries, shared: Shared, path: str) -> list[str] | None:
    """Return why the page at ``path`` would be made again, one reason a line; None when no such page is planned."""
    row = catalogue.page(path)
    page = _find_page(ask, path, row)
    if page is None:
        return ["it is no longer planned and would be removed"] if row else None
    if row is None:
        return ["it was not made yet"]
    if not row.parts:
        return ["the last build began to make it and did not finish"]
    kind = KINDS[page.kind]
    before = json.loads(catalogue.shared_parts(row.shared)) | json.loads(row.parts)
    now = shared_parts(kind, ask, shared) | json.loads(page_parts(page))
    names = sorted({*before, *now}, key=lambda name: (name in page.answers, name))
    return [_reason(name, before, now) for name in names if before.get(name) != now.get(name)]


def _reason(name: str, before: Mapping[str, str], now: Mapping[str, str]) -> str:
    change = "is new" if name not in before else "is gone" if name not in now else "changed"
    return f"{name} {change}"


def _find_page(ask: Queries, path: str, row: PageRow | None) -> Page | None:
    if row and row.kind in KINDS:
        scope = Scope(row.scope, row.number)
        return next((page for page in KINDS[row.kind].pages(ask, scope) if page.path == path), None)
    every = (page for kind in KINDS.values() for page in kind.pages(ask, None))
    return next((page for page in every if page.path == path), None)
