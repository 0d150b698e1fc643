"""The catalogue: what content/ holds, what output/ was made of, and what changed in between.

One SQLite file in .cermin/, a cache: it can be deleted at any time and comes back from content/ and output/. All of it
is written by the parent process, in one transaction a batch. Every statement of cermin that changes or asks it stands
in this module or in `queries`.

What makes a build safe to kill: the rows of changed articles and the marks of what they touched are committed together,
and the marks are taken away only when every page that they made stale was written and recorded.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import NamedTuple

from cermin.errors import BrokenCatalogueError, BusyError, CerminError, Fault
from cermin.manifest import PartRow
from cermin.records import Familiar
from cermin.site.loading import INDEXES, PAGE_INDEX, Loader, PageLoader, drop_staged
from cermin.site.rows import (
    ENTRY_COLUMNS,
    KEEP_ALIAS,
    KEEP_KIN,
    Shelved,
    alias_rows,
    entry_from,
    kin_rows,
    path_of,
    shelve,
)
from cermin.site.shelves import UNDATED, Place, ShelfName

FILE = "catalogue.sqlite"
SCHEMA_VERSION = "10"

REPEATING = 5
"""Captures in which a line stands at least to be looked at: those that may be furniture are found at once."""
_SCHEMA = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;

-- seeds/: what became of each capture
CREATE TABLE seed_file (path TEXT PRIMARY KEY, stamp TEXT NOT NULL, rules TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE seed (
    id INTEGER PRIMARY KEY, seed TEXT NOT NULL UNIQUE, path TEXT NOT NULL, sha256 TEXT NOT NULL, outcome TEXT NOT NULL,
    detail TEXT NOT NULL, twin TEXT NOT NULL, text TEXT NOT NULL, address TEXT NOT NULL, day TEXT NOT NULL,
    outlet TEXT NOT NULL, reading INTEGER NOT NULL
);
CREATE INDEX seed_by_path ON seed (path);
CREATE INDEX seed_by_text ON seed (text) WHERE outcome IN ('article', 'revision');
CREATE INDEX seed_by_address ON seed (address) WHERE address != '';
CREATE INDEX seed_by_twin ON seed (twin, outcome, seed) WHERE twin != '';
-- what captures are compared by, beside the rest, of which every import reads much
CREATE TABLE trace (
    id INTEGER PRIMARY KEY, title TEXT NOT NULL, sketch BLOB NOT NULL, marks TEXT NOT NULL, source TEXT NOT NULL,
    keys BLOB NOT NULL, is_echo INTEGER NOT NULL
);
CREATE INDEX trace_by_source ON trace (source) WHERE source != '';
CREATE TABLE mark (hash INTEGER NOT NULL, seed INTEGER NOT NULL, PRIMARY KEY (hash, seed)) WITHOUT ROWID;
-- lines that may be furniture, and in how many articles of a source they stand
CREATE TABLE source (name TEXT PRIMARY KEY, id INTEGER NOT NULL, captures INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE line (source INTEGER NOT NULL, key INTEGER NOT NULL, captures INTEGER NOT NULL, PRIMARY KEY (source, key))
WITHOUT ROWID;
CREATE INDEX line_that_repeats ON line (source, key) WHERE captures >= {REPEATING};
-- those that captures were read by
CREATE TABLE learned (source TEXT NOT NULL, key INTEGER NOT NULL, PRIMARY KEY (source, key)) WITHOUT ROWID;

-- content/: every article file, also those that are wrong
CREATE TABLE file (path TEXT PRIMARY KEY, stamp TEXT NOT NULL, seed TEXT NOT NULL, faults TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX file_by_seed ON file (seed);
CREATE INDEX file_with_faults ON file (path) WHERE faults != '';

CREATE TABLE entry (
    id INTEGER PRIMARY KEY, moment INTEGER NOT NULL, tie INTEGER NOT NULL, fold TEXT NOT NULL, shown TEXT NOT NULL,
    address TEXT NOT NULL UNIQUE, title TEXT NOT NULL, date TEXT NOT NULL, outlet TEXT NOT NULL, lang TEXT NOT NULL,
    section TEXT NOT NULL, summary TEXT NOT NULL, authors TEXT NOT NULL, editor TEXT NOT NULL, agency TEXT NOT NULL,
    place TEXT NOT NULL, tags TEXT NOT NULL, url TEXT NOT NULL, aliases TEXT NOT NULL,
    revision_of TEXT NOT NULL, revisions TEXT NOT NULL,
    seed TEXT NOT NULL, duplicates TEXT NOT NULL, sha256 TEXT NOT NULL, excerpt TEXT NOT NULL,
    "references" TEXT NOT NULL, digest TEXT NOT NULL, text TEXT NOT NULL, body_at INTEGER NOT NULL
);
CREATE TABLE reference (fold TEXT NOT NULL, entry INTEGER NOT NULL, PRIMARY KEY (fold, entry)) WITHOUT ROWID;
CREATE TABLE kin (path TEXT NOT NULL, role TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (path, role, name))
WITHOUT ROWID;
-- old addresses of articles: in lower case, as many file systems compare names, and as they are written
CREATE TABLE alias (fold TEXT NOT NULL, address TEXT NOT NULL, path TEXT NOT NULL, PRIMARY KEY (fold, address))
WITHOUT ROWID;
CREATE INDEX alias_by_address ON alias (address);
CREATE INDEX kin_by_name ON kin (name);

CREATE TABLE shelf (
    id INTEGER PRIMARY KEY, kind TEXT NOT NULL, slug TEXT NOT NULL, count INTEGER NOT NULL DEFAULT 0,
    UNIQUE (kind, slug)
);
CREATE TABLE spelling (
    shelf INTEGER NOT NULL, name TEXT NOT NULL, lang TEXT NOT NULL, count INTEGER NOT NULL,
    PRIMARY KEY (shelf, name, lang)
) WITHOUT ROWID;
CREATE TABLE placing (
    shelf INTEGER NOT NULL, moment INTEGER NOT NULL, tie INTEGER NOT NULL, entry INTEGER NOT NULL,
    month INTEGER NOT NULL, PRIMARY KEY (shelf, moment, tie, entry)
) WITHOUT ROWID;

-- what changed since the last finished build
CREATE TABLE touched_entry (address TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE touched_fold (fold TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE touched_alias (fold TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE touched_place (
    kind TEXT NOT NULL, slug TEXT NOT NULL, moment INTEGER NOT NULL, tie INTEGER NOT NULL,
    PRIMARY KEY (kind, slug, moment, tie)
) WITHOUT ROWID;

-- output/: every page that was made, and of what
CREATE TABLE shared (id INTEGER PRIMARY KEY, parts TEXT NOT NULL UNIQUE);
CREATE TABLE page (
    path TEXT PRIMARY KEY, kind TEXT NOT NULL, scope TEXT NOT NULL, number INTEGER NOT NULL,
    shared INTEGER NOT NULL, parts TEXT NOT NULL, build INTEGER NOT NULL, sha256 BLOB, size INTEGER
) WITHOUT ROWID;
-- manifest.json: its parts, and the pages that were made or went since it was written
CREATE TABLE listing (
    first TEXT PRIMARY KEY, path TEXT NOT NULL, sha256 TEXT NOT NULL, files INTEGER NOT NULL, size INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE unlisted (path TEXT PRIMARY KEY) WITHOUT ROWID;
-- data/articles.jsonl.gz: what it is made of, in order
CREATE TABLE member (
    first TEXT PRIMARY KEY, count INTEGER NOT NULL, digest TEXT NOT NULL, size INTEGER NOT NULL, tally TEXT NOT NULL
) WITHOUT ROWID;
-- search/: what its segments are made of, and their files
CREATE TABLE segment (
    name TEXT PRIMARY KEY, first TEXT NOT NULL, last TEXT NOT NULL, low INTEGER NOT NULL, high INTEGER NOT NULL,
    digest TEXT NOT NULL, made_of TEXT NOT NULL, runs TEXT NOT NULL,
    found TEXT NOT NULL, made TEXT NOT NULL
) WITHOUT ROWID;
CREATE TABLE failure (
    path TEXT PRIMARY KEY, kind TEXT NOT NULL, place TEXT NOT NULL, verdict TEXT NOT NULL, hint TEXT NOT NULL,
    build INTEGER NOT NULL
) WITHOUT ROWID;
{";".join((*INDEXES, PAGE_INDEX))};
"""

MOST_ALIKE = 32
"""Articles that are compared with a new capture, of each sort that may be alike."""
MOST_TOLD = 10
"""Captures of one file that are told one by one when they gave no article for one reason."""
_IN_DOUBT = "parts = '', sha256 = NULL, size = NULL"
_UNLIST = "INSERT OR IGNORE INTO unlisted VALUES (?)"
NAME_OF_SHELF = "SELECT name, lang FROM spelling WHERE shelf = ? ORDER BY count DESC, name, lang LIMIT 1"


class SeedRow(NamedTuple):
    """What became of one capture: ``outcome`` is ``article``, ``revision``, ``duplicate`` or ``quarantined``."""

    seed: str
    path: str
    """The file below seeds/ that holds it."""
    sha256: str
    outcome: str
    detail: str
    """The content path, or the reason for quarantine."""
    twin: str = ""
    """The capture that a duplicate repeats, or whose article a revision is another version of."""
    text: str = ""
    """Hash of its title and body."""
    address: str = ""
    """Its address, folded."""
    day: str = ""
    """On which it was published, empty when unknown."""
    outlet: str = ""
    reading: int = 0
    """In which pass over captures it was read."""
    title: str = ""
    """Folded; empty where it has none of its own."""
    sketch: bytes = b""
    marks: str = ""
    """JSON list of the hashes by which texts like its own are found; empty for a text that is too short."""
    source: str = ""
    """Among whose captures lines that repeat are furniture."""
    keys: bytes = b""
    """Of its lines that may be furniture: 64-bit numbers."""
    is_echo: bool = False
    """Whether it says for the most part what another capture says, and tells nothing of what its source repeats."""


_TRACED = SeedRow._fields.index("title")
_SEEDS = "seed s JOIN trace t ON t.id = s.id"
_SEED_COLUMNS = ", ".join(f"{'s' if index < _TRACED else 't'}.{name}" for index, name in enumerate(SeedRow._fields))

_KNOWN = (
    "s.seed, CASE outcome WHEN 'revision' THEN twin ELSE s.seed END, text, address, day, outlet, title, sketch "
    f"FROM {_SEEDS}"
)


class Known(NamedTuple):
    """An article or a revision that a new capture may repeat."""

    seed: str
    main: str
    """The capture whose article it is, or of whose article it is a revision."""
    text: str
    address: str
    day: str
    outlet: str
    title: str
    sketch: bytes
    """Empty where the capture is gone and the article's file alone is known."""


class PageRow(NamedTuple):
    """A page that was made, and what went into it."""

    path: str
    kind: str
    scope: str
    number: int
    shared: int
    parts: str


class MadePage(NamedTuple):
    """A page whose file was made."""

    row: PageRow
    sha256: bytes | None
    """Of the file; None, with the size, where it is to be read from the file."""
    size: int | None


class MemberRow(NamedTuple):
    """A member of the dataset's file: a run of articles, compressed."""

    first: str
    """The address of its first article; empty for the first member, which may hold none."""
    count: int  # type: ignore[assignment]  # hides tuple.count, which nothing here asks for
    digest: str
    """Of its articles."""
    size: int
    """Bytes."""
    tally: str
    """JSON object: how many of its articles have what."""


class SegmentRow(NamedTuple):
    """A segment of the search index as it was made."""

    name: str
    first: str
    last: str
    low: int
    high: int
    digest: str
    """Of its articles."""
    made_of: str
    """Hash of what it is made of beside them."""
    runs: str
    """JSON list of its runs."""
    found: str
    """Hash of what was found in its articles."""
    made: str
    """JSON object: what its files are called, and what the index tells of it."""


class Touched(NamedTuple):
    """A place on a shelf where an article came, went or changed."""

    kind: str
    slug: str
    place: Place


def open_frozen(state: Path) -> Catalogue:
    """Open the catalogue for reading alone, as it was when `Catalogue.freeze` began; for workers.

    No lock is taken, so that it may be opened in a process that was forked from one which has it open.
    """
    address = f"{(state / FILE).absolute().as_uri()}?immutable=1"
    return Catalogue(sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False))


def open_reading(state: Path) -> Catalogue | None:
    """Open the catalogue for reading alone, while others may write it; None where there is none of this version.

    What is asked stands inside of `Catalogue.moment`. Takes no lock.
    """
    address = f"{(state / FILE).absolute().as_uri()}?mode=ro"
    try:
        connection = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
        if _is_current(connection):
            return Catalogue(connection)
        connection.close()
    except sqlite3.Error:  # no such file, or one that is being made
        pass
    return None


def catalogue_number(state: Path) -> int:
    """Return a number that changes when the catalogue is begun anew, as its file is another then; 0 for none."""
    try:
        return (state / FILE).stat().st_ino
    except OSError:
        return 0


def read_learned(state: Path) -> dict[str, Familiar]:
    """Return the lines that captures are read by as furniture; none where there is no catalogue that tells them.

    Takes no lock: another cermin may be at work.
    """
    address = f"{(state / FILE).absolute().as_uri()}?mode=ro"
    try:
        with closing(sqlite3.connect(address, uri=True)) as connection:
            return Catalogue(connection).learned() if _is_current(connection) else {}
    except sqlite3.Error:
        return {}


@contextmanager
def open_catalogue(state: Path) -> Iterator[Catalogue]:
    """Open the catalogue in the folder ``state``; one that is of another version or broken is begun anew.

    Raises CerminError when the file system refuses, and BrokenCatalogueError when it turns out to be broken while it is
    used; then it is gone, and what was to be done can begin again.
    """
    path = state / FILE
    try:
        with closing(_connect(path)) as connection:
            yield Catalogue(connection)
    except sqlite3.Error as error:
        if _is_refused(error):
            hint = "see whether the disk is full or cannot be written"
            raise CerminError.at(path, f"cannot be used: {error}", hint) from error
        _remove(path)
        raise BrokenCatalogueError.at(path, f"damaged: {error}", "it is a cache, and gone now: try again") from error


# https://www.sqlite.org/rescode.html
_REFUSALS = frozenset(
    (
        sqlite3.SQLITE_PERM, sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_NOMEM, sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN,
    )
)  # fmt: skip


def _is_refused(error: sqlite3.Error) -> bool:
    """Tell whether the file system is at fault, and not what stands in the catalogue."""
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in _REFUSALS


def _remove(path: Path) -> None:
    for leftover in path.parent.glob(FILE + "*"):
        leftover.unlink()


def _connect(path: Path) -> sqlite3.Connection:
    for _ in range(2):
        connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        try:
            connection.executescript(
                "PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -32768;"
            )
            if _is_current(connection):
                return connection
            if not connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
                connection.executescript(f"BEGIN; {_SCHEMA} COMMIT;")
                connection.execute("INSERT INTO meta VALUES ('schema', ?)", (SCHEMA_VERSION,))
                return connection
        except sqlite3.DatabaseError as error:
            if _is_refused(error):
                connection.close()
                raise
        connection.close()
        _remove(path)
    raise sqlite3.DatabaseError("not a database")


def _is_current(connection: sqlite3.Connection) -> bool:
    try:
        row = connection.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
    except sqlite3.OperationalError:
        return False
    return bool(row == (SCHEMA_VERSION,))


class Catalogue:
    """The open catalogue, for writing; what pages ask of it stands in `queries.Queries`."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._is_listed = bool(self.meta("manifest"))
        self.is_all_touched = bool(self.meta("all-touched"))
        """Whether so much changed that every page is planned instead of those that a change touched."""

    @contextmanager
    def batch(self) -> Iterator[Callable[[], None]]:
        """Hold what is written inside in one transaction; calling what it gives commits and begins another."""
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield self._checkpoint
        except BaseException:
            # Some errors, such as a full disk, have taken the transaction back already.
            if self.connection.in_transaction:
                self.connection.execute("ROLLBACK")
            raise
        self.connection.execute("COMMIT")

    @contextmanager
    def moment(self) -> Iterator[None]:
        """Have all that is asked inside be of one moment, whatever others write meanwhile. Raises CerminError."""
        try:
            self.connection.execute("BEGIN")
            try:
                yield
            finally:
                self.connection.execute("COMMIT")
        except sqlite3.Error as error:
            raise CerminError.at(FILE, f"cannot be read: {error}", "save something, to try again") from error

    def _checkpoint(self) -> None:
        self.connection.execute("COMMIT")
        self.connection.execute("BEGIN IMMEDIATE")

    @contextmanager
    def freeze(self) -> Iterator[None]:
        """Leave the file of the catalogue as it is meanwhile: what is committed inside waits in SQLite's log.

        So workers read it without a lock (https://www.sqlite.org/uri.html, "immutable") while this process writes.
        """
        busy = self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]
        if busy:
            raise BusyError.at(FILE, "the catalogue is read without end", "end the program that reads it")
        self.connection.execute("PRAGMA wal_autocheckpoint = 0")
        try:
            yield
        finally:
            self.connection.execute("PRAGMA wal_autocheckpoint = 1000")

    def put_off_checkpoints(self) -> None:
        """Leave what is committed in SQLite's log: to move what a build that was killed left there takes long."""
        self.connection.execute("PRAGMA wal_autocheckpoint = 0")

    def close(self) -> None:
        """Close what `open_frozen` opened."""
        self.connection.close()

    def meta(self, name: str) -> str:
        """Return a note kept under ``name``, or nothing."""
        row = self.connection.execute("SELECT value FROM meta WHERE name = ?", (name,)).fetchone()
        return row[0] if row else ""

    def keep_meta(self, name: str, value: str) -> None:
        """Keep a note under ``name``."""
        self.connection.execute("INSERT OR REPLACE INTO meta VALUES (?, ?)", (name, value))

    # --- seeds/ ---------------------------------------------------------------------------------------------------

    def seed_files(self) -> Iterator[tuple[str, str, str]]:
        """Yield (path, stamp, rules) of the files of seeds/ that were read to their end."""
        return iter(self.connection.execute("SELECT path, stamp, rules FROM seed_file ORDER BY path"))

    def keep_seed_file(self, path: str, stamp: str, rules: str) -> None:
        """Record that a file of seeds/ was read to its end, and by which rules."""
        self.connection.execute("INSERT OR REPLACE INTO seed_file VALUES (?, ?, ?)", (path, stamp, rules))

    def forget_seed_file(self, path: str) -> None:
        """Have a file of seeds/ read again, by this import or, when it is cut short, by the next."""
        self.connection.execute("DELETE FROM seed_file WHERE path = ?", (path,))

    def quarantined(self) -> list[tuple[str, str]]:
        """Return the captures that gave no article, and why; many of one file and for one reason as its path, once."""
        sql = (
            "SELECT seed, path, detail, count(*) OVER (PARTITION BY path, detail) FROM seed "
            "WHERE outcome = 'quarantined' ORDER BY seed"
        )
        told: dict[tuple[str, str], None] = {}
        for seed, path, detail, count in self.connection.execute(sql):
            many = (path, f"{count:,} of its captures: {detail}")
            told[many if count > MOST_TOLD else (seed, detail)] = None
        return list(told)

    def count_outcomes(self) -> dict[str, int]:
        """Return how many captures became what."""
        return dict(self.connection.execute("SELECT outcome, count(*) FROM seed GROUP BY outcome"))

    def begin_reading(self) -> int:
        """Return the number of a pass over captures, by which their rows tell when they were last read."""
        number = int(self.meta("reading") or 0) + 1
        self.keep_meta("reading", str(number))
        return number

    def keep_seed(self, row: SeedRow, before: SeedRow | None) -> None:
        """Record what became of a capture; ``before`` is its row of an earlier reading."""
        execute = self.connection.execute
        if before and before._replace(reading=row.reading) == row:
            execute("UPDATE seed SET reading = ? WHERE seed = ?", (row.reading, row.seed))
            return
        if before:
            self._drop_seed(before)
        row_id = execute(f"INSERT INTO seed VALUES (NULL{', ?' * _TRACED})", row[:_TRACED]).lastrowid
        execute(f"INSERT INTO trace VALUES (?{', ?' * (len(row) - _TRACED)})", (row_id, *row[_TRACED:]))
        if row.marks and row.outcome in {"article", "revision"}:
            execute("INSERT OR IGNORE INTO mark SELECT value, ? FROM json_each(?)", (row_id, row.marks))
        self._count_lines(row, 1)

    def drop_seeds(self, path: str, reading: int = 0) -> set[str]:
        """Forget the captures of a file of seeds/, all or those that were not read in the pass ``reading``.

        Returns the sources that they were of.
        """
        sources = set()
        sql = f"SELECT {_SEED_COLUMNS} FROM {_SEEDS} WHERE path = ? AND reading != ? LIMIT 1000"
        while rows := self.connection.execute(sql, (path, reading)).fetchall():
            for row in map(SeedRow._make, rows):
                self._drop_seed(row)
                sources.add(row.source)
        return sources

    def _drop_seed(self, row: SeedRow) -> None:
        execute = self.connection.execute
        row_id = execute("DELETE FROM seed WHERE seed = ? RETURNING id", (row.seed,)).fetchone()[0]
        execute("DELETE FROM trace WHERE id = ?", (row_id,))
        if row.marks:
            execute("DELETE FROM mark WHERE seed = ? AND hash IN (SELECT value FROM json_each(?))", (row_id, row.marks))
        self._count_lines(row, -1)

    # --- lines that repeat ----------------------------------------------------------------------------------------

    def _count_lines(self, row: SeedRow, change: int) -> None:
        # Captures that repeat one another say nothing of what their source repeats.
        if row.outcome != "article" or not row.source or row.is_echo:
            return
        execute = self.connection.execute
        sql = (
            "INSERT INTO source VALUES (?1, (SELECT coalesce(max(id), 0) + 1 FROM source), ?2) "
            "ON CONFLICT DO UPDATE SET captures = captures + ?2 RETURNING id"
        )
        number = execute(sql, (row.source, change)).fetchone()[0]
        lines = [(number, key, change) for key in memoryview(row.keys).cast("q")]
        sql = "INSERT INTO line VALUES (?1, ?2, ?3) ON CONFLICT DO UPDATE SET captures = captures + ?3"
        self.connection.executemany(sql, lines)
        if change < 0:
            gone = "DELETE FROM line WHERE source = ? AND key = ? AND captures <= 0"
            self.connection.executemany(gone, (line[:2] for line in lines))

    def repeating_lines(self, source: str) -> Familiar:
        """Return how many articles a source has, and in how many of them each line stands that repeats."""
        row = self.connection.execute("SELECT id, captures FROM source WHERE name = ?", (source,)).fetchone()
        if not row:
            return Familiar(0, {})
        sql = f"SELECT key, captures FROM line WHERE source = ? AND captures >= {REPEATING}"
        return Familiar(row[1], dict(self.connection.execute(sql, (row[0],))))

    def learned(self) -> dict[str, Familiar]:
        """Return the lines that captures are read by as furniture, by their source."""
        found = {}
        for (source,) in self.connection.execute("SELECT DISTINCT source FROM learned ORDER BY source").fetchall():
            repeating = self.repeating_lines(source)
            lines = {key: repeating.lines.get(key, 0) for key in self.learned_of(source)}
            found[source] = Familiar(repeating.captures, lines)
        return found

    def learned_of(self, source: str) -> frozenset[int]:
        """Return the keys of the lines that captures of a source are read by as furniture."""
        return frozenset(
            key for (key,) in self.connection.execute("SELECT key FROM learned WHERE source = ?", (source,))
        )

    def keep_learned(self, source: str, keys: Iterable[int]) -> None:
        """Record the lines that captures of a source are read by as furniture."""
        self.connection.execute("DELETE FROM learned WHERE source = ?", (source,))
        self.connection.executemany("INSERT INTO learned VALUES (?, ?)", ((source, key) for key in sorted(keys)))

    def with_lines(self, source: str, keys: frozenset[int]) -> Iterator[tuple[str, str, frozenset[int]]]:
        """Yield (capture, path of its file, which) of the captures of a source that hold some of these lines."""
        rows = self.connection.execute(
            f"SELECT seed, path, keys FROM {_SEEDS} WHERE source = ? AND source != '' ORDER BY t.id", (source,)
        )
        found = ((seed, path, keys.intersection(memoryview(own).cast("q"))) for seed, path, own in rows)
        return (row for row in found if row[2])

    def sources(self) -> list[tuple[str, int]]:
        """Return the sources of captures, with how many articles each has."""
        return list(self.connection.execute("SELECT name, captures FROM source WHERE captures > 0 ORDER BY name"))

    # --- which captures are one article ---------------------------------------------------------------------------

    def with_text(self, text: str) -> list[Known]:
        """Return the articles with this text: those of captures, and those whose captures are gone."""
        sql = (
            f"SELECT {_KNOWN} WHERE text = ?1 AND outcome IN ('article', 'revision') "
            "UNION ALL SELECT seed, seed, text, '', substr(date, 1, 10), outlet, '', x'' FROM entry e WHERE text = ?1 "
            "AND seed != '' AND revision_of = '' AND NOT EXISTS (SELECT 1 FROM seed WHERE seed = e.seed) "
            "ORDER BY 1 LIMIT ?2"
        )
        return self._known(sql, text, MOST_ALIKE)

    def with_address(self, address: str) -> list[Known]:
        """Return articles with this folded address."""
        sql = (
            f"SELECT {_KNOWN} WHERE address = ? AND address != '' AND outcome IN ('article', 'revision') "
            "ORDER BY s.id LIMIT ?"
        )
        return self._known(sql, address, MOST_ALIKE) if address else []

    def with_marks(self, marks: str) -> list[Known]:
        """Return the articles that have two or more of these marks (a JSON list), the best first."""
        # A mark that many texts have tells little; those that are looked at are the same in every run.
        some = "SELECT m.seed FROM json_each(?) JOIN mark m ON m.hash = value AND m.seed IN ({})"
        few = "SELECT seed FROM mark WHERE hash = value ORDER BY seed LIMIT 64"
        sql = (
            f"SELECT {_KNOWN} JOIN (SELECT seed AS found, count(*) AS hits FROM ({some.format(few)}) "
            "GROUP BY 1 HAVING hits > 1 ORDER BY hits DESC, found LIMIT ?) ON s.id = found ORDER BY hits DESC, found"
        )
        return self._known(sql, marks, MOST_ALIKE) if marks else []

    def naming(self, seed: str) -> list[tuple[str, str]]:
        """Return (capture, content path) of the articles that name a capture as their duplicate."""
        sql = (
            "SELECT f.seed, f.path FROM kin k JOIN file f ON f.path = k.path WHERE role = 'duplicate' AND name = ? "
            "ORDER BY 2"
        )
        return list(self.connection.execute(sql, (seed,)))

    def _known(self, sql: str, *values: object) -> list[Known]:
        return list(map(Known._make, self.connection.execute(sql, values)))

    def seed_paths(self) -> set[str]:
        """Return the files of seeds/ that are known."""
        return {path for (path,) in self.connection.execute("SELECT DISTINCT path FROM seed")}

    def seed_paths_without_article(self) -> set[str]:
        """Return the files of seeds/ that gave an article whose file is gone, or repeat one that is."""
        sql = (
            "SELECT path FROM seed WHERE outcome IN ('article', 'revision') AND seed NOT IN (SELECT seed FROM file) "
            "OR outcome IN ('duplicate', 'revision') AND twin NOT IN (SELECT seed FROM file)"
        )
        return {path for (path,) in self.connection.execute(sql)}

    def has_article_of(self, path: str) -> bool:
        """Tell whether an article file names a capture in this file of seeds/."""
        # A record's name is that of its file with "#" behind it; "$" is the next sign.
        sql = (
            "SELECT 1 FROM file WHERE seed != '' AND seed >= ?1 AND seed < ?1 || '$' "
            "AND (seed = ?1 OR seed > ?1 || '#') LIMIT 1"
        )
        return self.connection.execute(sql, (path,)).fetchone() is not None

    def has_captures_of(self, path: str) -> bool:
        """Tell whether a file of seeds/ was read to its end."""
        return self.connection.execute("SELECT 1 FROM seed_file WHERE path = ?", (path,)).fetchone() is not None

    def has_file(self, path: str) -> bool:
        """Tell whether an article file was there when the import began."""
        return self.connection.execute("SELECT 1 FROM file WHERE path = ?", (path,)).fetchone() is not None

    def was_read(self, path: str) -> bool:
        """Tell whether a file of seeds/ was read to its end."""
        return self.connection.execute("SELECT 1 FROM seed_file WHERE path = ?", (path,)).fetchone() is not None

    def content_path_of(self, seed: str) -> str:
        """Return the article file that names the capture, or nothing."""
        row = self.connection.execute(
            "SELECT path FROM file WHERE seed = ? AND seed != '' ORDER BY path LIMIT 1", (seed,)
        ).fetchone()
        return row[0] if row else ""

    def place_of(self, seed: str) -> str:
        """Return the article file of a capture, also one that was written just now; nothing where it has none."""
        sql = "SELECT detail FROM seed WHERE seed = ? AND outcome IN ('article', 'revision')"
        row = self.connection.execute(sql, (seed,)).fetchone()
        return row[0] if row else self.content_path_of(seed)

    def row_of(self, seed: str) -> SeedRow | None:
        """Return what became of a capture; None where it is not known."""
        sql = f"SELECT {_SEED_COLUMNS} FROM {_SEEDS} WHERE s.seed = ?"
        row = self.connection.execute(sql, (seed,)).fetchone()
        return SeedRow._make(row) if row else None

    def main_of(self, path: str) -> str:
        """Return the capture of whose article the file at ``path`` says that it is a revision; nothing if of none."""
        sql = "SELECT f.seed FROM kin k JOIN file f ON f.path = k.name WHERE k.path = ? AND role = 'revision of'"
        row = self.connection.execute(sql, (path,)).fetchone()
        return row[0] if row else ""

    def seeds_with_other_kin(self) -> list[str]:
        """Return the captures whose articles may name other captures than they should."""
        sides = "FROM kin k JOIN file g ON g.path = k.path LEFT JOIN file f ON f.path = name"
        repeats = "SELECT twin, seed FROM seed WHERE twin != '' AND outcome = 'duplicate'"
        named = "SELECT g.seed, name FROM kin k JOIN file g ON g.path = k.path WHERE role = 'duplicate'"
        versions = "SELECT twin, seed FROM seed WHERE twin != '' AND outcome = 'revision'"
        upward = f"SELECT coalesce(f.seed, ''), g.seed {sides} WHERE role = 'revision of'"
        downward = f"SELECT g.seed, coalesce(f.seed, '') {sides} WHERE role = 'revision'"
        found = {main for main, _ in self._differing(repeats, named)}
        for told in (upward, downward):
            found.update(seed for pair in self._differing(versions, told) for seed in pair)
        return sorted(found - {""})

    def _differing(self, one: str, other: str) -> list[tuple[str, str]]:
        both = (f"{one} EXCEPT {other}", f"{other} EXCEPT {one}")
        return [pair for sql in both for pair in self.connection.execute(sql)]

    def duplicates_of(self, seed: str) -> list[str]:
        """Return the captures that repeat a capture."""
        sql = "SELECT seed FROM seed WHERE twin = ? AND twin != '' AND outcome = 'duplicate' ORDER BY seed"
        return [name for (name,) in self.connection.execute(sql, (seed,))]

    def revisions_of(self, seed: str) -> list[str]:
        """Return the captures that gave revisions of a capture's article; also those that are gone or not read yet."""
        sql = (
            "SELECT seed FROM seed WHERE twin = ?1 AND twin != '' AND outcome = 'revision' "
            "UNION SELECT g.seed FROM kin k JOIN file f ON f.path = k.name JOIN file g ON g.path = k.path "
            "WHERE role = 'revision of' AND f.seed = ?1 AND f.seed != '' "
            "AND NOT EXISTS (SELECT 1 FROM seed WHERE seed = g.seed) ORDER BY 1"
        )
        return [name for (name,) in self.connection.execute(sql, (seed,))]

    # --- content/ -------------------------------------------------------------------------------------------------

    def files(self, below: str = "") -> Iterator[tuple[str, str]]:
        """Yield (path, stamp) of the article files known, in the order of their paths; those at or below a path."""
        if not below:
            return iter(self.connection.execute("SELECT path, stamp FROM file ORDER BY path"))
        # "0" is the next sign behind the slash.
        sql = "SELECT path, stamp FROM file WHERE path = ?1 OR path > ?1 || '/' AND path < ?1 || '0' ORDER BY path"
        return iter(self.connection.execute(sql, (below,)))

    def count_files(self) -> int:
        """Return how many article files are known."""
        return int(self.connection.execute("SELECT count(*) FROM file").fetchone()[0])

    def content_faults(self) -> list[Fault]:
        """Return all that is wrong with article files."""
        rows = self.connection.execute("SELECT faults FROM file WHERE faults != '' ORDER BY path")
        return [Fault(*fault) for (faults,) in rows for fault in json.loads(faults)]

    def keep_file(self, path: str, stamp: str, seed: str, faults: Iterable[Fault], shelved: Shelved | None) -> None:
        """Record an article file that is new or changed, with its entry or with what is wrong with it."""
        told = "" if shelved else json.dumps(list(faults))
        self.connection.execute("INSERT OR REPLACE INTO file VALUES (?, ?, ?, ?)", (path, stamp, seed, told))
        before = self._find_entry(path)
        if before and shelved and before[1].stands_like(shelved):
            self._touch_aliases(before[1])
            self._replace_entry(before[0], shelved)
            return
        if before:
            self._drop_entry(*before)
        if shelved:
            self._add_entry(shelved)

    def loader(self) -> Loader:
        """Return a quick way to add article files to a catalogue that holds none; every page is planned after it.

        What it adds may be committed before it is done; `is_half_loaded` tells of a run that was cut short meanwhile.
        """
        # It leaves no marks of what it touches.
        self.touch_all()
        self.begin_loading()
        return Loader(self.connection)

    def begin_loading(self) -> None:
        """Note that the catalogue does not hold all articles until `finish_loading`."""
        self.keep_meta("loading", "yes")

    def finish_loading(self, loader: Loader) -> None:
        """Have the loader write what is left: the catalogue is complete."""
        loader.finish()
        self.keep_meta("loading", "")

    def is_half_loaded(self) -> bool:
        """Tell whether a loader was cut short, so that all must be read anew."""
        return bool(self.meta("loading"))

    def drop_file(self, path: str) -> None:
        """Forget an article file that is gone."""
        self.connection.execute("DELETE FROM file WHERE path = ?", (path,))
        if before := self._find_entry(path):
            self._drop_entry(*before)

    def forget_content(self) -> None:
        """Forget all article files, as another version of cermin may read them and place them differently."""
        for table in ("file", "entry", "reference", "kin", "alias", "shelf", "spelling", "placing"):
            self.connection.execute(f"DELETE FROM {table}")
        drop_staged(self.connection, "reference", "placing")
        self.keep_meta("loading", "")
        self.touch_all()

    def _add_entry(self, shelved: Shelved) -> None:
        execute = self.connection.execute
        values = (None, *shelved.row)
        entry_id = execute(f"INSERT INTO entry VALUES ({', '.join('?' * len(values))})", values).lastrowid
        self._add_references(entry_id, shelved)
        self._add_kin(shelved)
        for shelf in shelved.shelves:
            shelf_id = self._count_shelf(shelf, 1)
            execute("INSERT INTO placing VALUES (?, ?, ?, ?, ?)", (shelf_id, *shelved.place, entry_id, shelved.month))
        self._touch(shelved)

    def _replace_entry(self, entry_id: int, shelved: Shelved) -> None:
        """Change an entry that no list and no other article shows in another way."""
        execute = self.connection.execute
        values = (entry_id, *shelved.row)
        execute(f"INSERT OR REPLACE INTO entry VALUES ({', '.join('?' * len(values))})", values)
        execute("DELETE FROM reference WHERE entry = ?", (entry_id,))
        self._drop_kin(shelved)
        self._add_references(entry_id, shelved)
        self._add_kin(shelved)
        self._touch_aliases(shelved)
        if not self.is_all_touched:
            execute("INSERT OR IGNORE INTO touched_entry VALUES (?)", (shelved.address,))

    def _add_kin(self, shelved: Shelved) -> None:
        self.connection.executemany(KEEP_KIN, kin_rows(shelved))
        if shelved.aliases:
            self.connection.executemany(KEEP_ALIAS, alias_rows(shelved))

    def _drop_kin(self, shelved: Shelved) -> None:
        self.connection.execute("DELETE FROM kin WHERE path = ?", (path_of(shelved.address),))
        self.connection.execute("DELETE FROM alias WHERE address = ?", (shelved.address,))

    def _add_references(self, entry_id: int | None, shelved: Shelved) -> None:
        rows = ((fold, entry_id) for fold in shelved.references)
        self.connection.executemany("INSERT INTO reference VALUES (?, ?)", rows)

    def _find_entry(self, path: str) -> tuple[int, Shelved] | None:
        address = path.removesuffix(".md") + ".html"
        sql = f"SELECT id, {ENTRY_COLUMNS} FROM entry WHERE address = ?"
        row = self.connection.execute(sql, (address,)).fetchone()
        return (row[0], shelve(entry_from(row[1:]))) if row else None

    def _drop_entry(self, entry_id: int, shelved: Shelved) -> None:
        execute = self.connection.execute
        for shelf in shelved.shelves:
            key = (self._count_shelf(shelf, -1), *shelved.place, entry_id)
            execute("DELETE FROM placing WHERE (shelf, moment, tie, entry) = (?, ?, ?, ?)", key)
        execute("DELETE FROM reference WHERE entry = ?", (entry_id,))
        self._drop_kin(shelved)
        execute("DELETE FROM entry WHERE id = ?", (entry_id,))
        self._touch(shelved)

    def _count_shelf(self, shelf: ShelfName, change: int) -> int:
        execute = self.connection.execute
        shelf_id = int(
            execute(
                "INSERT INTO shelf (kind, slug, count) VALUES (?1, ?2, ?3) "
                "ON CONFLICT (kind, slug) DO UPDATE SET count = count + ?3 RETURNING id",
                (shelf.kind, shelf.slug, change),
            ).fetchone()[0]
        )
        before = None if self.is_all_touched else self._name(shelf_id)
        execute(
            "INSERT INTO spelling VALUES (?1, ?2, ?3, ?4) "
            "ON CONFLICT (shelf, name, lang) DO UPDATE SET count = count + ?4",
            (shelf_id, shelf.name, shelf.lang, change),
        )
        if change < 0:
            execute("DELETE FROM spelling WHERE shelf = ? AND count = 0", (shelf_id,))
            execute("DELETE FROM shelf WHERE id = ? AND count = 0", (shelf_id,))
        if before and before != self._name(shelf_id):
            # Every page of the list shows the name.
            execute("INSERT OR IGNORE INTO touched_place VALUES (?, ?, ?, ?)", (shelf.kind, shelf.slug, UNDATED, 0))
        return shelf_id

    def _name(self, shelf_id: int) -> tuple[str, str] | None:
        row: tuple[str, str] | None = self.connection.execute(NAME_OF_SHELF, (shelf_id,)).fetchone()
        return row

    # --- what changed ---------------------------------------------------------------------------------------------

    def _touch(self, shelved: Shelved) -> None:
        if self.is_all_touched:
            return
        execute = self.connection.execute
        execute("INSERT OR IGNORE INTO touched_entry VALUES (?)", (shelved.address,))
        execute("INSERT OR IGNORE INTO touched_fold VALUES (?)", (shelved.fold,))
        self._touch_aliases(shelved)
        for shelf in shelved.shelves:
            touched = (shelf.kind, shelf.slug, *shelved.place)
            execute("INSERT OR IGNORE INTO touched_place VALUES (?, ?, ?, ?)", touched)

    def _touch_aliases(self, shelved: Shelved) -> None:
        if shelved.aliases and not self.is_all_touched:
            rows = ((path.lower(),) for path in shelved.aliases)
            self.connection.executemany("INSERT OR IGNORE INTO touched_alias VALUES (?)", rows)

    def touch_all(self) -> None:
        """Have every page planned by the next build."""
        self.keep_meta("all-touched", "yes")
        self.is_all_touched = True

    def clear_touched(self) -> None:
        """Take the marks away: every page that they made stale is made."""
        self.connection.execute("DELETE FROM meta WHERE name = 'all-touched'")
        self.is_all_touched = False
        for table in ("touched_entry", "touched_fold", "touched_alias", "touched_place"):
            self.connection.execute(f"DELETE FROM {table}")

    # --- output/ --------------------------------------------------------------------------------------------------

    def shared_id(self, parts: str) -> int:
        """Return the number under which a set of shared inputs is kept."""
        self.connection.execute("INSERT OR IGNORE INTO shared (parts) VALUES (?)", (parts,))
        return int(self.connection.execute("SELECT id FROM shared WHERE parts = ?", (parts,)).fetchone()[0])

    def shared_parts(self, shared: int) -> str:
        """Return the set of shared inputs kept under a number."""
        row = self.connection.execute("SELECT parts FROM shared WHERE id = ?", (shared,)).fetchone()
        return row[0] if row else "{}"

    def page(self, path: str) -> PageRow | None:
        """Return the page made at ``path``."""
        sql = "SELECT path, kind, scope, number, shared, parts FROM page WHERE path = ?"
        row = self.connection.execute(sql, (path,)).fetchone()
        return PageRow._make(row) if row else None

    def file_of_page(self, path: str) -> tuple[bytes | None, int | None]:
        """Return SHA-256 and size of the file of a page, as `MadePage` has them."""
        row = self.connection.execute("SELECT sha256, size FROM page WHERE path = ?", (path,)).fetchone()
        return row or (None, None)

    def keep_pages(self, pages: Iterable[MadePage], build: int) -> None:
        """Record pages that were made in build number ``build``."""
        made = [(*row, build, hashed, size) for row, hashed, size in pages]
        self.connection.executemany("INSERT OR REPLACE INTO page VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", made)
        if self._is_listed:
            self.connection.executemany(_UNLIST, [row[:1] for row in made])
        if self.connection.execute("SELECT 1 FROM failure LIMIT 1").fetchone():
            self.connection.executemany("DELETE FROM failure WHERE path = ?", [row[:1] for row in made])

    def begin_whole(self, kind: str, build: int) -> None:
        """Record that all pages of a kind are about to be planned, and written where they are stale."""
        self.drop_planned(kind)
        self.keep_meta(f"writing {kind}", str(build))

    def doubt_unfinished(self) -> None:
        """Put pages in doubt that a build may have written which was cut short while it made all pages of a kind.

        Those that it recorded bear its number.
        """
        for name, build in self.connection.execute("SELECT * FROM meta WHERE name GLOB 'writing *'").fetchall():
            doubted = "kind = ? AND build != ?"
            values = (name.removeprefix("writing "), int(build))
            self.connection.execute(f"INSERT OR IGNORE INTO unlisted SELECT path FROM page WHERE {doubted}", values)
            self.connection.execute(f"UPDATE page SET {_IN_DOUBT} WHERE {doubted}", values)
            self.connection.execute("DELETE FROM meta WHERE name = ?", (name,))

    def doubt_page(self, path: str) -> None:
        """Record that what stands at ``path`` may no longer be what the row tells, as it is about to be written."""
        self.connection.execute(f"UPDATE page SET {_IN_DOUBT} WHERE path = ?", (path,))
        self._unlist(path)

    def keep_pages_seen(self, paths: Iterable[str], build: int) -> None:
        """Record that pages are still planned."""
        self.connection.executemany("UPDATE page SET build = ? WHERE path = ?", ((build, path) for path in paths))

    def drop_page(self, path: str) -> None:
        """Forget a page."""
        self.connection.execute("DELETE FROM page WHERE path = ?", (path,))
        self._unlist(path)
        self.connection.execute("DELETE FROM failure WHERE path = ?", (path,))

    def forget_pages(self) -> None:
        """Forget every page: output/ is another folder now, or was not made by this catalogue."""
        self.connection.execute("DELETE FROM page")
        self.connection.execute("DELETE FROM failure")
        self.connection.execute("DELETE FROM meta WHERE name = 'manifest'")
        self._is_listed = False
        drop_staged(self.connection, "page")

    def page_loader(self) -> PageLoader:
        """Return a quick way to record the pages of a site of which none is known, and which nobody sees before."""
        return PageLoader(self.connection)

    def count_pages(self) -> int:
        """Return how many pages were made."""
        return int(self.connection.execute("SELECT count(*) FROM page").fetchone()[0])

    def page_paths(self) -> Iterator[tuple[str, str]]:
        """Yield (path, kind) of all pages made, in the order of their paths."""
        return iter(self.connection.execute("SELECT path, kind FROM page ORDER BY path"))

    def planned(self, kind: str) -> str:
        """Return the shared inputs for which all pages of a kind were planned, made and pruned; nothing if not so."""
        return self.meta(f"planned {kind}")

    def is_made_in(self, path: str, build: int) -> bool:
        """Tell whether a page was made in build number ``build``."""
        return (
            self.connection.execute("SELECT 1 FROM page WHERE (path, build) = (?, ?)", (path, build)).fetchone()
            is not None
        )

    def keep_planned(self, kind: str, shared: int) -> None:
        """Record that all pages of a kind are made as planned for these shared inputs."""
        self.connection.execute("DELETE FROM meta WHERE name = ?", (f"writing {kind}",))
        self.keep_meta(f"planned {kind}", str(shared))

    def drop_planned(self, kind: str) -> None:
        """Have all pages of a kind planned, by this build or, when it is cut short, by the next."""
        self.connection.execute("DELETE FROM meta WHERE name = ?", (f"planned {kind}",))

    def unplanned_pages(self, kind: str, build: int) -> list[str]:
        """Return the pages of a kind that build number ``build``, which planned all of them, did not plan."""
        sql = "SELECT path FROM page WHERE kind = ? AND build != ? ORDER BY path"
        return [path for (path,) in self.connection.execute(sql, (kind, build))]

    def kinds_of_pages(self) -> list[str]:
        """Return the kinds of which pages were made."""
        return [kind for (kind,) in self.connection.execute("SELECT DISTINCT kind FROM page")]

    def pages_of_scope(self, kind: str, scope: str, first: int) -> list[str]:
        """Return the pages made of a scope: its hub, and those from number ``first`` on."""
        sql = "SELECT path FROM page WHERE kind = ? AND scope = ? AND (number = 0 OR number >= ?)"
        return [path for (path,) in self.connection.execute(sql, (kind, scope, first))]

    # --- the manifest ---------------------------------------------------------------------------------------------

    def listing(self) -> list[PartRow]:
        """Return the parts of the manifest as it was written; none where all of it is to be made anew."""
        if not self._is_listed:
            return []
        rows = self.connection.execute("SELECT path, sha256, first, files, size FROM listing ORDER BY first")
        return list(map(PartRow._make, rows))

    def unlisted(self) -> list[str]:
        """Return the paths of pages that were made or went since then, in their order."""
        return [path for (path,) in self.connection.execute("SELECT path FROM unlisted ORDER BY path")]

    def pages_to_list(self, first: str, end: str) -> Iterator[tuple[str, str, int | None, str, str, str]]:
        """Yield what is to be listed of the pages from ``first`` to before ``end``, or the last where that is empty.

        In the order of paths: path, SHA-256 of the file in hexadecimal, its size, kind, and of the page of an article
        its capture with its SHA-256. Hash and size are empty and None where they are to be read from the file.
        """
        sql = (
            "SELECT p.path, lower(hex(p.sha256)), p.size, p.kind, coalesce(e.seed, ''), coalesce(e.sha256, '') "
            "FROM page p LEFT JOIN entry e ON p.kind = 'article' AND e.address = p.path "
            f"WHERE p.path >= ? {'AND p.path < ?' if end else ''} ORDER BY p.path"
        )
        return iter(self.connection.execute(sql, (first, end) if end else (first,)))

    def keep_listing(self, build: str, before: Iterable[PartRow], now: Iterable[PartRow]) -> None:
        """Record the manifest as it was written: its build, and its parts in the place of those that were ``before``.

        What was made or went is listed in it.
        """
        gone, made = set(before).difference(now), set(now).difference(before)
        if not self._is_listed:
            self.connection.execute("DELETE FROM listing")
        self.connection.executemany("DELETE FROM listing WHERE first = ?", [(row.first,) for row in gone])
        self.connection.executemany(
            "INSERT INTO listing VALUES (?, ?, ?, ?, ?)",
            [(row.first, row.path, row.sha256, row.files, row.size) for row in made],
        )
        self.connection.execute("DELETE FROM unlisted")
        self.keep_meta("manifest", build)
        self._is_listed = True

    def _unlist(self, path: str) -> None:
        if self._is_listed:
            self.connection.execute(_UNLIST, (path,))

    # --- what is made of parts --------------------------------------------------------------------------------------

    def members(self) -> list[MemberRow]:
        """Return the members of the dataset's file, in order."""
        return list(map(MemberRow._make, self.connection.execute("SELECT * FROM member ORDER BY first")))

    def keep_members(self, gone: Iterable[str], made: Iterable[MemberRow]) -> None:
        """Record members that were made, and which are no longer part of the file."""
        self.connection.executemany("DELETE FROM member WHERE first = ?", ((first,) for first in gone))
        self.connection.executemany("INSERT OR REPLACE INTO member VALUES (?, ?, ?, ?, ?)", made)

    def forget_members(self) -> None:
        """Have the dataset made anew."""
        self.connection.execute("DELETE FROM member")

    def segments(self) -> list[SegmentRow]:
        """Return the segments of the search index."""
        return list(map(SegmentRow._make, self.connection.execute("SELECT * FROM segment ORDER BY name")))

    def keep_segments(self, gone: Iterable[str], made: Iterable[SegmentRow]) -> None:
        """Record segments that were made, and which are no longer part of the index."""
        self.connection.executemany("DELETE FROM segment WHERE name = ?", ((name,) for name in gone))
        self.connection.executemany("INSERT OR REPLACE INTO segment VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", made)

    def pages_of_kind(self, kind: str) -> list[str]:
        """Return the pages made of a kind."""
        return [path for (path,) in self.connection.execute("SELECT path FROM page WHERE kind = ?", (kind,))]

    def keep_failure(self, path: str, kind: str, fault: Fault, build: int) -> None:
        """Record that a page could not be made; what was made there before stays."""
        self.connection.execute("INSERT OR REPLACE INTO failure VALUES (?, ?, ?, ?, ?, ?)", (path, kind, *fault, build))
        self.keep_pages_seen([path], build)

    def failures(self) -> list[Fault]:
        """Return why pages could not be made, each reason once."""
        rows = self.connection.execute("SELECT place, verdict, hint FROM failure ORDER BY path")
        return list(dict.fromkeys(Fault(*row) for row in rows))

    def kinds_with_failures(self) -> set[str]:
        """Return the kinds of pages that could not all be made."""
        return {kind for (kind,) in self.connection.execute("SELECT DISTINCT kind FROM failure")}

    def drop_failures_before(self, build: int) -> None:
        """Forget failures of earlier builds than ``build``."""
        self.connection.execute("DELETE FROM failure WHERE build < ?", (build,))
