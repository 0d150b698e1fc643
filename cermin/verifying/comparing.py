"""A copy, file by file: what is not as its manifest lists it, what is missing, and what was added."""

from __future__ import annotations

import re
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from itertools import chain
from pathlib import Path
from typing import NamedTuple, TypeVar

from cermin import output
from cermin.config import Config
from cermin.errors import Fault, ManifestError, PlaceError, SignatureError
from cermin.files import is_inside
from cermin.manifest import (
    LARGEST,
    ROOT,
    SIGNATURE,
    CaptureHash,
    Listed,
    Manifest,
    PartRow,
    is_own,
    read_files,
    read_root,
)
from cermin.report import Reporter
from cermin.signing import LARGEST as LARGEST_SIGNATURE
from cermin.signing import check_signature
from cermin.verifying.places import FolderPlace, MissingError, OddError, Place, open_place

BESIDE = re.compile(r"\.nojekyll|CNAME|\.git(/.*)?")
"""What hosts and git keep beside a site: no part of it, and no addition."""
KEPT_BY_HOSTS = frozenset(("_headers", "_redirects"))
"""Files that hosts take for settings and send to nobody."""
AHEAD = 4
"""Files that wait for each that is being read."""

_UNKNOWN = -1
"""Size of a part of the manifest, which tells that of the files in it."""
_ALTERED = "some hosts alter pages on their way (minify, hide mail addresses, add scripts): switch that off there"


@dataclass(frozen=True, slots=True)
class Verified:
    """What became of a check."""

    build: str
    """The hash of the build that the copy was compared with."""
    against: str
    """Where the manifest of that build stands."""
    files: int
    """Files that it lists."""
    same: int
    """Those of them that the copy has, byte for byte."""
    differing: int
    """Of these and of the manifest's own, those that it has in another way; and those that it has not."""
    missing: int
    added: int | None
    """Files that it does not list; None where a host does not tell which there are."""
    captures: int
    """Captures in seeds/ that are those from which their articles were made."""
    signer: str
    """Who signed the copy's manifest; empty where nobody asked."""
    faults: tuple[Fault, ...]
    """All that is wrong."""
    seconds: float


def verify(config: Config, report: Reporter, name: str, *, against: str = "", signers: Path | None = None) -> Verified:
    """Read the copy of a site in a folder or at an address again, and compare it with a manifest.

    That is the one at ``against``, a folder or an address; without it that of the mirror's own output/, else the copy's
    own. With ``signers`` (`check_signature`) the copy's manifest must be signed.

    Raises UsageError where a place is none, PlaceError when it cannot be read, ManifestError when the manifest is none.
    """
    started = time.monotonic()
    place = open_place(name)
    has_own = not against and (config.output / ROOT).is_file()
    model = open_place(against or (str(config.output) if has_own else name))
    root = _read_root(model)
    check = _Check(place, model, root, FolderPlace(config.seeds) if has_own else None)
    signer = check.compare_root(signers)
    with report.stage("Reading the copy", root.files) as stage:
        check.compare_files(stage.advance)
    return Verified(
        build=root.build,
        against=model.name,
        files=root.files,
        same=check.same,
        differing=check.differing,
        missing=check.missing,
        added=check.added if place.folder else None,
        captures=check.captures,
        signer=signer,
        faults=tuple(check.faults),
        seconds=time.monotonic() - started,
    )


def _read_root(model: Place) -> Manifest:
    try:
        return read_root(_read_manifest(model, ROOT))
    except ManifestError as error:
        raise ManifestError(*(fault._replace(place=model.name + fault.place) for fault in error.faults)) from error


def _read_manifest(model: Place, path: str) -> bytes:
    try:
        return model.read(path, LARGEST)
    except MissingError as error:
        hint = "give the folder or the address of a whole site; cermin makes its manifest with each build"
        raise PlaceError.at(model.name + path, "there is no manifest", hint) from error
    except OddError as error:
        raise PlaceError.at(model.name + path, str(error)) from error


class _Look(NamedTuple):
    """What was found in the place of a file."""

    path: str
    verdict: str
    """Empty where it is the same."""
    is_missing: bool
    capture: str
    """Path below seeds/ of its article's capture, where that was looked at."""
    is_capture_same: bool


class _Check:
    """One pass over a copy."""

    def __init__(self, place: Place, model: Place, root: Manifest, seeds: FolderPlace | None) -> None:
        self.faults: list[Fault] = []
        self.same = self.differing = self.missing = self.added = self.captures = 0
        self._place, self._model, self._root, self._seeds = place, model, root, seeds
        self._parts: tuple[PartRow, ...] = ()
        self._hints: set[str] = set()

    def compare_root(self, signers: Path | None) -> str:
        """Compare the copy's own manifest, and return who signed it where that is asked."""
        try:
            data = self._place.read(ROOT, LARGEST)
            there = read_root(data)
        except MissingError:
            self._miss(ROOT)
            return ""
        except OddError as error:
            self._differ(ROOT, str(error))
            return ""
        except ManifestError as error:
            self._differ(ROOT, error.faults[0].verdict)
            return ""
        if there != self._root:
            hint = (
                f"bring this build to its place; whether the copy is true to itself, --against {self._place.name} tells"
            )
            self._differ(ROOT, f"of build {there.build[:16]}, and not of {self._root.build[:16]}", hint)
        elif self._place.name != self._model.name:
            self._parts = there.parts
        return self._check_signature(data, signers) if signers else ""

    def _check_signature(self, data: bytes, signers: Path) -> str:
        place = self._place.name + SIGNATURE
        try:
            return check_signature(signers, data, self._place.read(SIGNATURE, LARGEST_SIGNATURE), place)
        except MissingError:
            self.faults.append(Fault(place, "there is no signature", "a mirror that is signed names a signing_key"))
        except OddError as error:
            self.faults.append(Fault(place, str(error)))
        except SignatureError as error:
            self.faults += error.faults
        return ""

    def compare_files(self, advance: Callable[[int], None]) -> None:
        """Compare all other files."""
        listed = read_files(self._root, partial(_read_manifest, self._model))
        if self._place.folder:
            listed = self._look_for_more(self._place.folder, listed)
        parts = (Listed(row.path, row.sha256, _UNKNOWN, "") for row in self._parts)
        for look in _in_threads(self._look_at, chain(listed, parts), self._place.together):
            if look.is_missing:
                self._miss(look.path)
            elif look.verdict:
                is_page = look.path.endswith(".html") and not self._place.folder
                self._differ(look.path, look.verdict, _ALTERED if is_page else "")
            elif not is_own(look.path):
                self.same += 1
            self.captures += look.is_capture_same
            if look.capture and not look.is_capture_same:
                hint = "import it again, or put back what was captured"
                verdict = f"not the capture from which {look.path} was made"
                self.faults.append(Fault(f"seeds/{look.capture}", verdict, hint))
            advance(1)

    def _look_at(self, file: Listed) -> _Look:
        verdict, is_missing = "", False
        try:
            hashed, size = self._place.hash(file.path, LARGEST if file.size == _UNKNOWN else file.size)
            if file.size not in {size, _UNKNOWN}:
                verdict = f"not the file of this build: {'more' if size > file.size else size} bytes, not {file.size}"
            elif hashed != file.sha256:
                verdict = f"not the file of this build: SHA-256 {hashed[:16]}…, not {file.sha256[:16]}…"
        except MissingError:
            is_missing = self._place.folder is not None or file.path not in KEPT_BY_HOSTS
        except OddError as error:
            verdict = str(error)
        return _Look(file.path, verdict, is_missing, *self._look_at_capture(file.capture))

    def _look_at_capture(self, capture: CaptureHash | None) -> tuple[str, bool]:
        # A record has a hash of its own, which the file that holds it has not; and captures may be kept elsewhere.
        if self._seeds is None or capture is None or "#" in capture.path or not is_inside(capture.path):
            return "", False
        try:
            return capture.path, self._seeds.hash(capture.path, sys.maxsize - 1)[0] == capture.sha256
        except (MissingError, OddError):
            return "", False

    def _look_for_more(self, folder: Path, listed: Iterator[Listed]) -> Iterator[Listed]:
        """Yield the files that are listed, and tell of those between them that are there and are not."""
        own = {ROOT, SIGNATURE, *(row.path for row in self._root.parts)}
        found = (path for path in output.find_output(folder) if path not in own and not BESIDE.fullmatch(path))
        path = next(found, None)
        for file in listed:
            while path is not None and path < file.path:
                self._add(path)
                path = next(found, None)
            if path == file.path:
                path = next(found, None)
            yield file
        while path is not None:
            self._add(path)
            path = next(found, None)

    def _miss(self, path: str) -> None:
        self.missing += 1
        self.faults.append(Fault(self._place.name + path, "missing"))

    def _differ(self, path: str, verdict: str, hint: str = "") -> None:
        self.differing += 1
        # Once is enough.
        self.faults.append(Fault(self._place.name + path, verdict, "" if hint in self._hints else hint))
        self._hints.add(hint)

    def _add(self, path: str) -> None:
        self.added += 1
        self.faults.append(Fault(self._place.name + path, "added: the manifest does not list it"))


Item = TypeVar("Item")
Result = TypeVar("Result")


def _in_threads(task: Callable[[Item], Result], items: Iterable[Item], threads: int) -> Iterator[Result]:
    """Yield what the task gives for each item, in their order; a few items are taken ahead."""
    waiting: deque[Future[Result]] = deque()
    with ThreadPoolExecutor(threads) as pool:
        try:
            for item in items:
                waiting.append(pool.submit(task, item))
                if len(waiting) > threads * AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)
