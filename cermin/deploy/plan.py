"""What a deploy has to send and to take away, and in which order.

The manifest tells it: the one of the build, and those that stand at the place. A deploy that was cut short leaves a
*journal* there: the manifests of which files may stand beside one another. A file of which they all say the same is
certain; every other one is looked at or sent again. So whatever was begun, by whichever build, is brought to its end.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import chain

from cermin.addresses import SEARCH_INDEX, SEARCH_STEMMERS, is_lasting
from cermin.deploy.target import Session, Source
from cermin.errors import DeployError, Fault, ManifestError, UsageError
from cermin.manifest import LARGEST, ROOT, SIGNATURE, Listed, Manifest, PartRow, differ, is_own, read_files, read_root

JOURNAL = ".cermin-deploy.json"
"""Stands at a place while a deploy is under way, and after one that was cut short."""
MANIFEST = "manifest"
"""The kind, in plans alone, of the root, its signature and its parts."""
NEEDED, ARTICLES, LISTS, ENTRIES, LAST = (
    "what pages need", "articles", "lists and feeds", "the sitemap and the way into the search index", "the manifest",
)  # fmt: skip
STEPS = (NEEDED, ARTICLES, LISTS, ENTRIES, LAST)
"""Each is whole before the next begins: no page comes before its stylesheet, no list before the articles on it."""
_STEP_OF_KIND = {
    "asset": NEEDED,
    "dataset": NEEDED,
    "search-index": NEEDED,
    MANIFEST: NEEDED,
    "article": ARTICLES,
    "sitemap": ENTRIES,
    "robots": ENTRIES,
}
_STEP_OF_PATH = {SEARCH_INDEX: ENTRIES, SEARCH_STEMMERS: ENTRIES, ROOT: LAST, SIGNATURE: LAST}
ALWAYS_ALLOWED = 10
"""Files that a deploy may take away however few there are."""
NAMED = 5
"""Files that are named where there are too many to name."""


def step_of(file: Listed) -> str:
    """Return the step in which a file is sent."""
    return _STEP_OF_PATH.get(file.path) or _STEP_OF_KIND.get(file.kind, LISTS)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a deploy does."""

    steps: tuple[tuple[str, tuple[Listed, ...]], ...] = ()
    """What is sent: the words of each step that has something to send, and its files."""
    in_the_way: tuple[str, ...] = ()
    """What is taken away before anything is sent: files where a folder comes, and the other way round."""
    deletes: tuple[str, ...] = ()
    """What is taken away when all was sent."""
    lost: tuple[str, ...] = ()
    """Those that are taken away and in whose place nothing comes."""
    before: int = 0
    """Files of the site that the place has; 0 before the first deploy."""
    foreign: int = 0
    """Files at the place that cermin did not put there. They are left alone."""
    overwritten: tuple[str, ...] = ()
    """Such files in whose place one of the site comes."""
    is_first: bool = False
    """Whether nothing at the place tells of an earlier deploy."""
    journal: bytes = b""
    """What stands at the place while the deploy is under way."""
    had_journal: bool = False
    """Whether an earlier deploy was cut short."""
    warnings: tuple[Fault, ...] = ()

    @property
    def files(self) -> int:
        """How many files are sent."""
        return sum(len(files) for _, files in self.steps)

    @property
    def size(self) -> int:
        """How many bytes are sent."""
        return sum(file.size for _, files in self.steps for file in files)

    @property
    def is_nothing(self) -> bool:
        """Whether the place holds the site already."""
        return not (self.steps or self.deletes or self.in_the_way or self.had_journal)

    def objections(self, max_deletes: int) -> list[Fault]:
        """Return why a person should be asked first; ``max_deletes`` is in per cent of the files at the place."""
        faults = []
        if self.overwritten:
            verdict = f"{_files(len(self.overwritten))} that cermin did not put there would be overwritten"
            hint = "go on with --yes, or take them away"
            faults.append(Fault("", f"{verdict}: {name_some(self.overwritten)}", hint))
        elif self.is_first and self.foreign:
            are = "are" if self.foreign != 1 else "is"
            count = _files(self.foreign)
            verdict = f"it is not empty, and nothing tells of an earlier deploy: {count} {are} there"
            faults.append(Fault("", verdict, "go on with --yes, which leaves them alone, or choose an empty place"))
        allowed = max(ALWAYS_ALLOWED, self.before * max_deletes // 100)
        if len(self.lost) > allowed:
            verdict = f"{_files(len(self.lost))} of {self.before:,} would be deleted, more than {max_deletes} %"
            hint = "look at them with --dry-run --verbose; go on with --yes, or raise max_deletes"
            faults.append(Fault("", f"{verdict}: {name_some(self.lost)}", hint))
        return faults


def _files(count: int) -> str:
    return f"{count:,} file{'s' * (count != 1)}"


def name_some(paths: Sequence[str]) -> str:
    """Return a few of the paths, for a message."""
    return ", ".join(paths[:NAMED]) + (", …" if len(paths) > NAMED else "")


def read_build(source: Source) -> tuple[Manifest, bytes]:
    """Return the manifest of the build, and its bytes. Raises UsageError when there is none, ManifestError."""
    try:
        data = (source.folder / ROOT).read_bytes()
    except FileNotFoundError as error:
        raise UsageError.at(source.folder, "holds no build to deploy", "make it with `cermin build`") from error
    except OSError as error:
        raise DeployError.at(source.folder / ROOT, f"cannot be read: {error.strerror}") from error
    return read_root(data), data


def make_plan(session: Session, source: Source) -> Plan:
    """Compare the build with what stands at the place.

    Raises DeployError when the place cannot be read, ManifestError when the build's own manifest is damaged.
    """
    new, data = read_build(source)
    planning = _Planning(session, source, new, data)
    planning.compare_manifests()
    planning.compare_listing()
    planning.leave_out_what_arrived()
    return planning.finish()


@dataclass(slots=True)
class _Planning:
    session: Session
    source: Source
    new: Manifest
    data: bytes
    there: bytes | None = None
    """The root at the place."""
    is_strange: bool = False
    """Whether that is none of cermin's, as far as anybody can tell: there are other files of this name."""
    roots: dict[bytes, Manifest] = field(default_factory=dict)
    """The manifests of which files may stand at the place, by their bytes."""
    had_journal: bool = False
    changed: dict[str, Listed] = field(default_factory=dict)
    gone: dict[str, Listed] = field(default_factory=dict)
    fresh: set[str] = field(default_factory=set)
    """Paths that no manifest at the place lists."""
    paths: set[str] = field(default_factory=set)
    """All paths of the site, its manifest's parts among them, where there is a listing to compare them with."""
    listing: Mapping[str, int] | None = None
    warnings: list[Fault] = field(default_factory=list)

    # --- what manifests say

    def compare_manifests(self) -> None:
        """Find what differs between the build and the manifests that stand at the place."""
        self._read_roots()
        stale_parts: set[str] = set()
        readable = {}
        listed_before: set[str] = set()
        for data, root in self.roots.items():
            stale_parts |= {row.path for row in root.parts}
            try:
                pairs = list(differ(root, self.new, self._read_there, self._read_here))
            except ManifestError as error:
                if data == self.there:
                    self.warnings += error.faults
                continue
            readable[data] = root
            for before, after in pairs:
                if after is None and before:
                    self.gone[before.path] = before
                elif after:
                    listed_before |= {after.path} if before else set()
                    if before is None or before.sha256 != after.sha256:
                        self.changed[after.path] = after
        self.roots = readable
        if not readable:
            self.changed = {file.path: file for file in self._all_files()}
        self.fresh = self.changed.keys() - listed_before
        present = self.roots.get(self.there or b"")
        known = {row.path for row in present.parts} if present else set()
        self.changed |= {row.path: self._own_part(row) for row in self.new.parts if row.path not in known}
        self.gone |= {path: _part(path) for path in stale_parts - {row.path for row in self.new.parts}}

    def _read_roots(self) -> None:
        self.there = self.session.read(ROOT, LARGEST)
        journal = None if self.session.is_atomic else self.session.read(JOURNAL, LARGEST)
        self.had_journal = journal is not None
        for data in (*([self.there] if self.there is not None else []), *_read_journal(journal)):
            try:
                self.roots[data] = read_root(data)
            except ManifestError as error:
                self.warnings += error.faults
        self.is_strange = self.there is not None and self.there not in self.roots and not self.had_journal

    def _read_there(self, path: str) -> bytes:
        data = self.session.read(path, LARGEST)
        if data is None:
            raise ManifestError.at(path, "is missing at the place", "what it listed is sent again")
        return data

    def _read_here(self, path: str) -> bytes:
        try:
            return (self.source.folder / path).read_bytes()
        except OSError as error:
            verdict = f"cannot be read: {error.strerror}"
            raise DeployError.at(self.source.folder / path, verdict, "run `cermin build`, then deploy again") from error

    def _all_files(self) -> Iterator[Listed]:
        return read_files(self.new, self._read_here)

    def _own_part(self, row: PartRow) -> Listed:
        return Listed(row.path, row.sha256, len(self._read_here(row.path)), MANIFEST)

    # --- what is really there

    def compare_listing(self) -> None:
        """Have sent again what is missing or has another size, and leave out of the deletes what is gone already."""
        self.listing = self.session.listing()
        if self.listing is None:
            return
        for file in chain(self._all_files(), map(self._own_part, self.new.parts)):
            self.paths.add(file.path)
            if file.path not in self.changed and self.listing.get(file.path) != file.size:
                self.changed[file.path] = file
        if self.roots:
            # Parts that came before a deploy was cut short.
            strays = {path for path in self.listing if is_own(path)} - {ROOT, SIGNATURE} - self.paths
            self.gone |= {path: _part(path) for path in strays}
        self.gone = {path: file for path, file in self.gone.items() if path in self.listing}

    def leave_out_what_arrived(self) -> None:
        """Take out of what is to be sent the files that a deploy which was cut short brought there already."""
        if self.listing is None and not self.had_journal:
            return
        doubtful = self.changed.keys() if self.had_journal or not self.roots else self.fresh
        asked = [
            self.changed[path]
            for path in doubtful
            if self.listing is None or self.listing.get(path) == self.changed[path].size
        ]
        for path in self.session.arrived(asked) if asked else ():
            del self.changed[path]

    # --- the plan

    def finish(self) -> Plan:
        """Put what was found into its order."""
        foreign = self._foreign()
        overwritten = sorted(foreign & self.changed.keys())
        if self.is_strange:
            overwritten.append(ROOT)
        lost = sorted(path for path in self.gone if not is_lasting(path))
        # Parts are last, for they tell a deploy that goes on what there was.
        replaced = sorted((path for path in self.gone.keys() - set(lost)), key=lambda path: (is_own(path), path))
        last, replaced_last = self._last_files()
        in_the_way = self._in_the_way()
        by_step: dict[str, list[Listed]] = {step: [] for step in STEPS}
        for path in sorted(self.changed):
            by_step[step_of(self.changed[path])].append(self.changed[path])
        by_step[LAST] += last
        present = self.roots.get(self.there or b"")
        return Plan(
            steps=tuple((step, tuple(files)) for step, files in by_step.items() if files),
            in_the_way=tuple(sorted(in_the_way)),
            deletes=tuple(path for path in [*lost, *replaced_last, *replaced] if path not in in_the_way),
            lost=tuple(lost),
            before=present.files if present else max((root.files for root in self.roots.values()), default=0),
            foreign=len(foreign),
            overwritten=tuple(overwritten),
            is_first=not self.roots and not self.had_journal,
            journal=_write_journal([*self.roots, self.data]),
            had_journal=self.had_journal,
            warnings=tuple(self.warnings),
        )

    def _foreign(self) -> set[str]:
        if self.listing is None:
            return set()
        known = self.paths - (self.fresh & self.changed.keys())
        own = {path for path in self.listing if path == JOURNAL or is_own(path)}
        return set(self.listing) - known - self.gone.keys() - own

    def _in_the_way(self) -> set[str]:
        paths = self.changed.keys()
        blocked = {above for path in paths for above in _above(path) if above in self.gone} if self.gone else set()
        return blocked | {path for path in self.gone if any(above in paths for above in _above(path))}

    def _last_files(self) -> tuple[list[Listed], list[str]]:
        """Return the root and its signature where they have to be sent, and the signature where it has to go."""
        signature = self.source.folder / SIGNATURE
        own = signature.read_bytes() if signature.is_file() else None
        files, gone = [], []
        if own is not None or self.there != self.data or SIGNATURE in (self.listing or ()):
            there = self.session.read(SIGNATURE, LARGEST)
            if own is not None and own != there:
                files.append(Listed(SIGNATURE, sha256(own).hexdigest(), len(own), MANIFEST))
            if own is None and there is not None and self.roots:
                gone.append(SIGNATURE)
        if self.there != self.data:
            files.append(Listed(ROOT, sha256(self.data).hexdigest(), len(self.data), MANIFEST))
        return files, gone


def _part(path: str) -> Listed:
    return Listed(path, "", 0, MANIFEST)


def _above(path: str) -> Iterator[str]:
    while path := path.rpartition("/")[0]:
        yield path


def _write_journal(roots: Iterable[bytes]) -> bytes:
    unique = dict.fromkeys(root.decode() for root in roots)
    return json.dumps({"version": 1, "roots": list(unique)}, ensure_ascii=False).encode()


def _read_journal(data: bytes | None) -> list[bytes]:
    """Return the roots that a journal names; none for what is no journal."""
    try:
        told = json.loads(data or b"{}")
        return [root.encode() for root in told.get("roots", [])]
    except (ValueError, AttributeError, TypeError, RecursionError):
        return []
