"""The files of the search index. They are no pages that a template makes: they are made by themselves, by segments."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from hashlib import blake2b

from cermin import addresses
from cermin.records import Page
from cermin.site.catalogue import SegmentRow
from cermin.site.kinds.kind import Part, PlainKind, Scope
from cermin.site.queries import Queries
from cermin.site.segments import find_segments


class SearchIndex(PlainKind):
    """The index that the script of the search page reads."""

    name = "search-index"
    templates = ()

    def inputs(self, ask: Queries) -> dict[str, str]:
        """Whether there shall be one, the language of articles that name none, and the names of outlets."""
        site = ask.config.site
        names = sorted((outlet.id, outlet.name) for outlet in ask.config.outlets.values())
        hashed = blake2b(json.dumps(names).encode(), digest_size=8).hexdigest()
        return {"search": str(site.search), "language": site.language, "names of outlets": hashed}

    def scopes(self, ask: Queries) -> Iterable[Scope]:  # noqa: ARG002 - part of the protocol
        """None, as it is made by itself."""
        return ()

    def parts(self, ask: Queries) -> Iterable[Part]:  # noqa: ARG002 - part of the protocol
        """None, likewise."""
        return ()

    def scope_at(self, ask: Queries, path: str) -> Scope | None:  # noqa: ARG002 - part of the protocol
        """The segment in whose folder the path is, or what names all."""
        if path in {addresses.SEARCH_INDEX, addresses.SEARCH_STEMMERS}:
            return Scope("")
        top, _, rest = path.partition("/")
        return Scope(rest.partition("/")[0]) if top == "search" else None

    def pages(self, ask: Queries, scope: Scope) -> Iterable[Page]:
        """Return the files of a segment, or that which names all."""
        if not ask.config.site.search:
            return
        planned = {one.segment.name: one.digest for one in find_segments(ask)}
        if not scope.name:
            yield self.index_page(planned.values())
            yield self.stemmers_page(ask.segments())
        for row in ask.segments():
            if row.name == scope.name and row.name in planned:
                yield from self.segment_pages(row._replace(digest=planned[row.name]))

    def pages_of(self, ask: Queries, part: Part) -> Iterable[Page]:  # noqa: ARG002 - part of the protocol
        """None, as there are no parts."""
        return ()

    def index_page(self, digests: Iterable[str]) -> Page:
        """Return the file that names all others as a page; ``digests`` are those of all segments."""
        hashed = blake2b(" ".join(digests).encode(), digest_size=16).hexdigest()
        return Page(self.name, addresses.SEARCH_INDEX, "", 0, "", {"articles": hashed})

    def stemmers_page(self, rows: Iterable[SegmentRow]) -> Page:
        """Return the stemmers that readers need as a page; they depend on the languages of all segments."""
        languages = {language for row in rows for language in json.loads(row.made)["languages"]}
        return Page(self.name, addresses.SEARCH_STEMMERS, "", 1, "", {"languages": sorted(languages)})

    def segment_pages(self, row: SegmentRow) -> Iterator[Page]:
        """Yield the files of a segment as pages."""
        for path in json.loads(row.made)["files"]:
            yield Page(self.name, f"search/{row.name}/{path}", row.name, 1, "", {"articles": row.digest})
