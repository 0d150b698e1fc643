"""The search index, where stages meet: the catalogue tells which of its segments are stale, and these are made anew.

Workers analyse runs of articles and keep what they found in the cache, as *portions*; others put the portions of a
segment together and write its files. Both are named for what they hold, so a build that was killed leaves nothing that
is wrong.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property
from hashlib import blake2b, sha256
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from cermin import executors, output, site
from cermin.addresses import SEARCH_INDEX
from cermin.config import Config
from cermin.errors import Fault, OutputError
from cermin.files import digest, put, read_whole
from cermin.records import Entry, Page, Written
from cermin.report import Reporter
from cermin.site.catalogue import MadePage, SegmentRow
from cermin.site.kinds.search_index import SearchIndex
from cermin.site.planning import page_row
from cermin.site.segments import PlannedSegment, Run, find_segments
from cermin.slugs import name_slug

if TYPE_CHECKING:
    from cermin.output.body_text import BodyReader
    from cermin.search.portions import Document

FEW = 1000
"""Articles up to which no workers are started to analyse them."""
TRIES = 2
"""Portions that turn out to be harmed are made anew once."""


class IndexCost(NamedTuple):
    """What the index is, and how long it took."""

    segments: int
    files: int
    size: int
    """Bytes."""
    seconds: float


def make_search_index(
    config: Config, plan: site.Plan, make_pages: output.MakePages, report: Reporter, jobs: int
) -> tuple[list[str], IndexCost | None]:
    """Bring the index up to date and record it, or why it cannot be made.

    Returns the paths of the files that changed, and what the index costs; None where the mirror wants none.
    """
    begun = time.monotonic()
    making = _Making(config, plan, make_pages, jobs)
    is_stale = making.kind.name in plan.whole or plan.ask.is_touched()
    if not config.site.search:
        if is_stale:
            making.forget()
        return [], None
    if is_stale:
        making.run(report)
    made = [json.loads(row.made) for row in plan.ask.segments()]
    sizes = [size for one in made for size in one["files"].values()]
    return making.changed, IndexCost(len(made), len(sizes) + 2, sum(sizes), time.monotonic() - begun)


class _Making:
    """One pass over the index."""

    def __init__(self, config: Config, plan: site.Plan, make_pages: output.MakePages, jobs: int) -> None:
        self.kind = SearchIndex()
        self.changed: list[str] = []
        self._written: dict[str, Written] = {}
        """Files that were looked at, by their paths."""
        self._config, self._plan, self._make_pages, self._jobs = config, plan, make_pages, jobs
        self._cache = config.state / "search"
        shared = plan.catalogue.shared_parts(plan.shared[self.kind.name])
        told = json.loads(shared)
        self._made_of = _hash(shared)
        # The names of outlets stand in packs alone.
        self._analysed_by = _hash(f"{told['cermin itself']} {told['language']}")

    def forget(self) -> None:
        """Leave nothing of the index but its files, which are no longer planned."""
        with self._plan.catalogue.batch():
            self._plan.catalogue.keep_segments([row.name for row in self._plan.ask.segments()], ())
        self._keep_portions(())

    def run(self, report: Reporter) -> None:
        """Make what is stale."""
        catalogue, planned = self._plan.catalogue, find_segments(self._plan.ask)
        rows = {row.name: row for row in self._plan.ask.segments()}
        stale = [one for one in planned if not self._is_fresh(one, rows.get(one.segment.name))]
        gone = rows.keys() - {one.segment.name for one in planned}
        try:
            with report.stage("Making the search index", 2 * sum(one.size for one in stale)) as stage:
                made = self._make(stale, rows, stage.advance)
            rows |= made
            segments = [rows[one.segment.name] for one in planned]
            stemmers = self.kind.stemmers_page(segments)
            self._put_index(segments, self._put_stemmers(stemmers))
        except OutputError as error:
            with catalogue.batch():
                catalogue.keep_segments([*gone, *(one.segment.name for one in stale)], ())
                catalogue.keep_pages_seen(catalogue.pages_of_kind(self.kind.name), self._plan.build)
                fault = self._make_pages.place(error.faults[0])
                catalogue.keep_failure(SEARCH_INDEX, self.kind.name, fault, self._plan.build)
            return
        pages = [self.kind.index_page(one.digest for one in planned), stemmers]
        for row in segments:
            pages += self.kind.segment_pages(row)
        is_whole = self.kind.name in self._plan.whole
        written = [page for page in pages if is_whole or not page.scope or page.scope in made]
        self._plan.made += len(self.changed)
        with catalogue.batch():
            catalogue.keep_segments(gone, made.values())
            catalogue.keep_pages(map(self._made_page, written), self._plan.build)
        if not is_whole:
            self._plan.retire({*catalogue.pages_of_kind(self.kind.name)}.difference(page.path for page in pages))
        self._keep_portions([self._key(run) for one in planned for run in one.runs])

    def _made_page(self, page: Page) -> MadePage:
        """Return what the catalogue keeps of a file, which may have been there."""
        row = page_row(page, self._plan.shared[self.kind.name])
        if written := self._written.get(page.path):
            return MadePage(row, written.sha256, written.size)
        return MadePage(row, *self._plan.catalogue.file_of_page(page.path))

    def _keep(self, written: Written) -> None:
        self._written[written.path] = written
        if written.status != "same":
            self.changed.append(written.path)

    def _is_fresh(self, one: PlannedSegment, row: SegmentRow | None) -> bool:
        if row is None or row[:7] != (*one.segment, one.digest, self._made_of):
            return False
        # Where a file is missing, all are looked at.
        return self.kind.name not in self._plan.whole or all(
            self._plan.catalogue.page(page.path) for page in self.kind.segment_pages(row)
        )

    def _put_stemmers(self, page: Page) -> bytes:
        """Write the script with the stemmers that readers need, unless it is there; return it."""
        from cermin.search.javascript import stemmer_script
        from cermin.search.stemmers import find_stemmer

        if self._plan.catalogue.page(page.path) == page_row(page, self._plan.shared[self.kind.name]):
            with suppress(FileNotFoundError):
                return (self._make_pages.folder / page.path).read_bytes()
        keys = {find_stemmer(language) for language in page.answers["languages"]} - {""}
        data = stemmer_script(*sorted(keys)).encode()
        self._keep(_put(self._make_pages.folder, page.path, data))
        return data

    def _put_index(self, segments: Sequence[SegmentRow], stemmers: bytes) -> None:
        from cermin.search.index import Span, make_index, parse_segment

        told = [(Span(*row[:3]), parse_segment(row.made)) for row in segments]
        self._keep(_put(self._make_pages.folder, SEARCH_INDEX, make_index(told, stemmers)))

    def _make(
        self, stale: Sequence[PlannedSegment], before: Mapping[str, SegmentRow], advance: Callable[[int], None]
    ) -> dict[str, SegmentRow]:
        """Make segments, and return their rows by name. Raises OutputError."""
        rows: dict[str, SegmentRow] = {}
        # The largest first, so that no worker is left with it at the end.
        waiting = sorted(stale, key=lambda one: -one.size)
        for _ in range(TRIES):
            self._analyse(waiting, advance)
            harmed = []
            for one, made in zip(waiting, self._encode(waiting, before), strict=True):
                if isinstance(made, Fault):
                    raise OutputError(made)
                if made is None:
                    harmed.append(one)
                    continue
                for written in made.written:
                    self._keep(written)
                runs = json.dumps(one.runs)
                rows[one.segment.name] = SegmentRow(*one.segment, one.digest, self._made_of, runs, made.found, made.row)
                advance(one.size)
            waiting = harmed
        if waiting:
            raise OutputError.at(self._cache, "cannot be read again", "it is a cache: delete it and build again")
        return rows

    def _analyse(self, segments: Sequence[PlannedSegment], advance: Callable[[int], None]) -> None:
        """Make the portions of the runs of which none is kept. Raises OutputError."""
        kept = self._kept_portions()
        runs = [(one.segment, run, self._key(run)) for one in segments for run in one.runs]
        missing = [(segment, run, key) for segment, run, key in runs if key not in kept]
        advance(sum(run.count for _, run, key in runs if key in kept))
        entries = (
            (key, self._plan.ask.entries_of_days(segment[1:], run[:3], run.count)) for segment, run, key in missing
        )
        # Few articles are analysed before a worker has begun.
        jobs = self._jobs if sum(run.count for _, run, _ in missing) > FEW else 1
        task = _MakePortions(self._config, self._cache)
        for result in executors.run(task, entries, jobs, lambda item: len(item[1])):
            if isinstance(result, Fault):
                raise OutputError(result)
            advance(result)

    def _encode(
        self, segments: Sequence[PlannedSegment], before: Mapping[str, SegmentRow]
    ) -> Iterator[_Encoded | Fault | None]:
        names = {outlet.id: outlet.name for outlet in self._config.outlets.values() if outlet.name}
        task = _MakeSegments(self._cache, self._make_pages.folder, names)
        items = (
            _Item(one.segment.name, [self._key(run) for run in one.runs], one.size, *self._known(before, one))
            for one in segments
        )
        # Starting a worker for one alone would take longer than it saves.
        return executors.run(task, items, self._jobs if len(segments) > 1 else 1, lambda item: item.size)

    def _known(self, before: Mapping[str, SegmentRow], one: PlannedSegment) -> tuple[str, str, dict[str, int]]:
        """Return of a segment as it was made what it was made of, its row, and which of its files are there."""
        row = before.get(one.segment.name)
        if row is None or row.made_of != self._made_of:
            return "", "", {}
        files: dict[str, int] = json.loads(row.made)["files"]
        is_there = self._plan.catalogue.page
        there = {name: size for name, size in files.items() if is_there(f"search/{row.name}/{name}")}
        return (row.found, row.made, there) if there == files else ("", "", there)

    # --- portions -------------------------------------------------------------------------------------------------

    def _key(self, run: Run) -> str:
        """Return what the portion of a run is called."""
        return _hash(f"{self._analysed_by} {run.digest}")

    def _keep_portions(self, keys: Sequence[str]) -> None:
        """Remove all portions but these."""
        for name in self._kept_portions().difference(keys):
            with suppress(OSError):
                (self._cache / name).unlink()

    def _kept_portions(self) -> set[str]:
        return {path.name for path in self._cache.iterdir()} if self._cache.is_dir() else set()


class _MakePortions:
    """Analyses articles and keeps what it found; sent to each worker once."""

    def __init__(self, config: Config, cache: Path) -> None:
        self._content, self._language, self._cache = str(config.content), config.site.language, cache

    @cached_property
    def _reader(self) -> BodyReader:
        from cermin.output.body_text import BodyReader

        return BodyReader(self._content)

    def __call__(self, items: Sequence[tuple[str, list[Entry]]]) -> list[int | Fault]:
        """Keep a portion for each run, under its key; return how many articles it has, or why it cannot be made."""
        return [self._make(key, entries) for key, entries in items]

    def _make(self, key: str, entries: Sequence[Entry]) -> int | Fault:
        from cermin.search.portions import make_portion, write_portion

        try:
            put(self._cache, key, write_portion(make_portion(self._documents(entries))))
        except OutputError as error:
            return error.faults[0]
        return len(entries)

    def _documents(self, entries: Sequence[Entry]) -> Iterator[Document]:
        from cermin.search.portions import Document

        for entry in entries:
            try:
                text = self._reader.read(entry)
            except ValueError:
                # It has no page, and why is told where that should be.
                continue
            # A summary is often the beginning of the text.
            if entry.summary and entry.summary.rstrip(". …") not in text:
                text = f"{text}\n{entry.summary}"
            yield Document(
                address=entry.address,
                title=entry.title,
                day=entry.date[:10],
                outlet=entry.outlet,
                section=entry.section,
                section_slug=name_slug(entry.section) if entry.section else "",
                lang=entry.lang or self._language,
                summary=entry.summary or entry.excerpt,
                text=text,
            )


class _Item(NamedTuple):
    """A segment to write."""

    name: str
    keys: list[str]
    """Of its portions."""
    size: int
    """Articles."""
    found: str
    """Hash of the portions of which its files were made that are there; empty where some are missing."""
    row: str
    """What `_Encoded` told then."""
    known: dict[str, int]
    """Those of its files that are there, with their bytes."""


class _Encoded(NamedTuple):
    """A segment whose files are written."""

    found: str
    """Hash of its portions."""
    row: str
    """JSON object: what its files are called, and what the index tells of it."""
    written: list[Written]
    """Its files, but those that were there."""


class _MakeSegments:
    """Writes the files of segments; sent to each worker once."""

    def __init__(self, cache: Path, folder: Path, names: Mapping[str, str]) -> None:
        self._cache, self._folder, self._names = cache, folder, names

    def __call__(self, items: Sequence[_Item]) -> list[_Encoded | Fault | None]:
        """Make each segment; None where some of its portions are harmed, and gone now."""
        return [self._make(item) for item in items]

    def _make(self, item: _Item) -> _Encoded | Fault | None:
        from cermin.search.index import make_segment
        from cermin.search.portions import read_portion

        kept = [_read_if_there(self._cache / key) for key in item.keys]
        found = _hash(" ".join(map(digest, kept)))
        if found == item.found:
            # What changed in its articles is nothing that is searched or shown.
            return _Encoded(found, item.row, [])
        portions = []
        for key, data in zip(item.keys, kept, strict=True):
            try:
                portions.append(read_portion(data))
            except ValueError:
                (self._cache / key).unlink(missing_ok=True)
        if len(portions) < len(kept):
            return None
        written: list[Written] = []

        def keep(file: str, data: bytes) -> None:
            written.append(_put(self._folder, f"search/{item.name}/{file}", data))

        try:
            made = make_segment(portions, self._names, item.known, keep)
        except OutputError as error:
            return error.faults[0]
        return _Encoded(found, json.dumps(made._asdict(), ensure_ascii=False), written)


def _put(folder: Path, path: str, data: bytes) -> Written:
    return Written(path, put(folder, path, data), len(data), sha256(data).digest())


def _read_if_there(path: Path) -> bytes:
    try:
        return read_whole(str(path))
    except OSError:
        return b""


def _hash(text: str) -> str:
    return blake2b(text.encode(), digest_size=16).hexdigest()
