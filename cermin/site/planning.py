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

from cermin.records import Entry, Page, Teaser
from cermin.site.catalogue import Catalogue, PageRow
from cermin.site.kinds import KINDS, Kind, Part, Scope
from cermin.site.queries import Queries

Shared = Callable[[Kind], Mapping[str, str]]
"""Gives the inputs that all pages of a kind share, by name."""

LONGEST_KEPT = 80
"""Characters of an answer that is kept as it is."""

_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


@dataclass(slots=True)
class Plan:
    """One pass over the pages: `parts` and `stale` give those to make, then `gone` those to remove."""

    catalogue: Catalogue
    ask: Queries
    build: int
    shared: Mapping[str, int]
    """The number of the shared inputs of each kind."""
    whole: frozenset[str]
    """The kinds of which every page is looked at."""
    made: int = 0
    """Pages that had to be made."""
    _gone: list[str] = field(default_factory=list)

    def parts(self) -> list[Part]:
        """Return the parts of the kinds of which every page must be looked at."""
        return [part for kind in KINDS.values() if kind.name in self.whole for part in kind.parts(self.ask)]

    def stale(self) -> Iterator[tuple[Page, PageRow]]:
        """Yield the pages to make of all other kinds, each with the row to keep once it is made.

        Only pages in scopes that a changed article touches are looked at. What this writes to the catalogue must be
        committed before a page is written.
        """
        for kind in KINDS.values():
            if kind.name not in self.whole:
                for scope in kind.scopes(self.ask):
                    yield from self._stale_of(kind, scope)

    def _stale_of(self, kind: Kind, scope: Scope) -> Iterator[tuple[Page, PageRow]]:
        made = set(self.catalogue.pages_of_scope(kind.name, scope.name, scope.first))
        pages = list(kind.pages(self.ask, scope))
        self._gone += sorted(made.difference(page.path for page in pages))
        for page in pages:
            row = page_row(page, self.shared[kind.name])
            before = self.catalogue.page(page.path)
            if before != row:
                self.made += 1
                if before:
                    self.catalogue.doubt_page(page.path)
                yield page, row

    def retire(self, paths: Iterable[str]) -> None:
        """Have files removed that were made by themselves, and are no longer part of what they were made for."""
        self._gone += sorted(paths)

    def gone(self) -> list[str]:
        """Return the pages that are no longer planned; every page that was made must be kept before."""
        # At the address of one that went, another kind may have made a page: an old address becomes an article's own.
        gone = [path for path in self._gone if not self.catalogue.is_made_in(path, self.build)]
        for kind in self.whole:
            gone += self.catalogue.unplanned_pages(kind, self.build)
        for kind in self.catalogue.kinds_of_pages():
            if kind not in KINDS:
                gone += self.catalogue.unplanned_pages(kind, self.build)
        return gone

    def finish(self) -> None:
        """Record that every page is as planned, or its failure kept: the marks of what changed can go."""
        for kind in self.whole:
            self.catalogue.keep_planned(kind, self.shared[kind])
        self.catalogue.clear_touched()
        self.catalogue.drop_failures_before(self.build)


def plan_pages(catalogue: Catalogue, ask: Queries, shared: Shared) -> Plan:
    """Begin a plan under a new build number, and find out of which kinds every page must be looked at."""
    build = int(catalogue.meta("build") or 0) + 1
    with catalogue.batch():
        catalogue.doubt_unfinished()
        catalogue.keep_meta("build", str(build))
        ids = {name: catalogue.shared_id(_encode(shared_parts(kind, ask, shared))) for name, kind in KINDS.items()}
        is_planned = {name: catalogue.planned(name) == str(number) for name, number in ids.items()}
        whole = frozenset(name for name in KINDS if catalogue.is_all_touched or not is_planned[name])
        for name in whole:
            catalogue.begin_whole(name, build)
    return Plan(catalogue, ask, build, ids, whole)


def plan_part(
    catalogue: Catalogue, ask: Queries, part: Part, shared: int, *, is_new: bool
) -> Iterator[tuple[Page, PageRow | None]]:
    """Yield the pages of a part: those that are stale with the row to keep once they are made, others without.

    Where the site ``is_new``, all are.
    """
    for page in KINDS[part.kind].pages_of(ask, part):
        row = page_row(page, shared)
        yield page, row if is_new or catalogue.page(page.path) != row else None


def page_row(page: Page, shared: int) -> PageRow:
    """Return what the catalogue keeps of a page."""
    return PageRow(page.path, page.kind, page.scope, page.number, shared, page_parts(page))


def shared_parts(kind: Kind, ask: Queries, shared: Shared) -> dict[str, str]:
    """Return the inputs that all pages of a kind share, by name."""
    return {**shared(kind), **kind.inputs(ask)}


def page_parts(page: Page) -> str:
    """Return the inputs of a page as the catalogue keeps them: a JSON object of name -> hash."""
    return _encode({"template": page.template} | {name: _part(answer) for name, answer in page.answers.items()})


def _part(answer: object) -> object:
    """Return an answer as it is kept: a short one as it is, an article by the hash of its file, others by theirs."""
    if isinstance(answer, Entry):
        return _entry_part(answer)
    if not answer or isinstance(answer, int) or (isinstance(answer, str) and len(answer) <= LONGEST_KEPT):
        return answer
    if isinstance(answer, list) and isinstance(answer[0], Teaser):
        return _hash(" ".join(teaser.digest for teaser in answer))
    if isinstance(answer, list) and isinstance(answer[0], Entry):
        return _hash(" ".join(map(_entry_part, answer)))
    return _hash(_encode(answer))


def _entry_part(entry: Entry) -> str:
    return f"{entry.digest} {entry.address}"


def _hash(text: str) -> str:
    return blake2b(text.encode(errors="surrogatepass"), digest_size=6).hexdigest()


def explain_page(catalogue: Catalogue, ask: Queries, shared: Shared, path: str) -> list[str] | None:
    """Return why the page at ``path`` would be made again, one reason a line; None when no such page is planned."""
    row = catalogue.page(path)
    page = find_page(ask, path)
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


def find_page(ask: Queries, path: str) -> Page | None:
    """Return the page that stands at ``path`` as the site is planned now; None where there is none."""
    try:
        path.encode()
    except UnicodeEncodeError:  # what no page is called, and SQLite does not take
        return None
    for kind in KINDS.values():
        if scope := kind.scope_at(ask, path):
            for page in kind.pages(ask, scope):
                if page.path == path:
                    return page
    return None
