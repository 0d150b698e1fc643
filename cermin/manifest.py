"""The manifest: what files a site is made of, with their SHA-256, so that a copy can be compared with it.

``manifest.json``, the *root*, is small and names *parts*, ``manifest/<hash>.json``, which list the files in the order
of their paths. A part is called by its own hash, so an old root and its parts stay whole while a new one is brought to
its place. Where a part ends depends on the paths alone: an edit renews one part and the root, however large the site
is, and who compares two manifests reads nothing that is in both.

Nothing here touches a disk or a network. What is read may come from anywhere: it is taken as it would be written here,
byte for byte, or refused.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from hashlib import sha256
from itertools import pairwise, zip_longest
from json.encoder import encode_basestring as _text
from typing import Any, NamedTuple, NoReturn

import cermin
from cermin.errors import ManifestError
from cermin.files import is_inside

ROOT = "manifest.json"
PARTS = "manifest"
"""The folder of its parts."""
SIGNATURE = "manifest.json.sig"
"""Signature of the root, as ``ssh-keygen -Y sign`` makes it, where the mirror is signed."""
VERSION = 1
TOGETHER = 512
"""Files in a part, on average."""
LARGEST = 64 * 1024 * 1024
"""Bytes of a root or a part that is read: a hundred times what a million files make of it."""

_PART = re.compile(rf"{PARTS}/[0-9a-f]{{16}}\.json")
_SHA256 = re.compile("[0-9a-f]{64}")
_ANY = re.compile(r"[^\0]*")
_KIND = re.compile("[a-z]+(-[a-z]+)*")


class CaptureHash(NamedTuple):
    """The capture that an article was made from."""

    path: str
    """Below seeds/; for a record inside, ``#`` and its name stand behind it."""
    sha256: str
    """Of its bytes."""


class Listed(NamedTuple):
    """A file as the manifest lists it."""

    path: str
    sha256: str
    """Of its bytes, in hexadecimal; so are all below."""
    size: int
    """Bytes."""
    kind: str
    """The kind of page: one of `cermin.site.kinds`."""
    capture: CaptureHash | None = None
    """Of an article's page, where it is known."""


class PartRow(NamedTuple):
    """A part as the root names it."""

    path: str
    sha256: str
    """Of the part's own bytes."""
    first: str
    """The first path in it."""
    files: int
    """How many it lists."""
    size: int
    """Bytes of all these together."""


class Manifest(NamedTuple):
    """The root."""

    generator: str
    """Who made the site: ``cermin`` and its version."""
    build: str
    """SHA-256 of all that the site is: of ``parts`` as canonical JSON (RFC 8785)."""
    files: int
    size: int
    """Bytes of all files together."""
    parts: tuple[PartRow, ...]


def is_own(path: str) -> bool:
    """Tell whether the path is that of the root, its signature or a part, which no manifest lists."""
    return path in {ROOT, SIGNATURE} or _PART.fullmatch(path) is not None


# --- making one ---------------------------------------------------------------------------------------------------


def begins_part(path: str) -> bool:
    """Tell whether a part ends before this path."""
    return int.from_bytes(sha256(path.encode()).digest()[:4]) % TOGETHER == 0


def split(listed: Iterable[Listed]) -> Iterator[list[Listed]]:
    """Yield files, which stand in the order of their paths, part by part."""
    part: list[Listed] = []
    for file in listed:
        if part and begins_part(file.path):
            yield part
            part = []
        part.append(file)
    if part:
        yield part


def encode_part(part: Sequence[Listed]) -> tuple[PartRow, bytes]:
    """Return a part as the root names it, and as it is written: one file a line, as who looks for one likes it."""
    lines = ",\n".join(map(_line, part))
    data = f'{{"files": [\n{lines}\n]}}\n'.encode()
    hashed = sha256(data).hexdigest()
    row = PartRow(f"{PARTS}/{hashed[:16]}.json", hashed, part[0].path, len(part), sum(file.size for file in part))
    return row, data


def make_root(parts: Sequence[PartRow]) -> Manifest:
    """Return the root that names these parts, which stand in the order of their files."""
    build = sha256(_canonical([_told(row) for row in parts])).hexdigest()
    files, size = sum(row.files for row in parts), sum(row.size for row in parts)
    return Manifest(f"cermin {cermin.__version__}", build, files, size, tuple(parts))


def encode_root(root: Manifest) -> bytes:
    """Return the root as it is written, one part a line."""
    told = {"version": VERSION, "generator": root.generator, "build": root.build, "files": root.files}
    head = _encode(told | {"bytes": root.size})[:-1]
    lines = ",\n".join(_encode(_told(row)) for row in root.parts)
    return f'{head}, "parts": [\n{lines}\n]}}\n'.encode()


_encode = json.JSONEncoder(ensure_ascii=False).encode


def _canonical(value: object) -> bytes:
    # Names of ASCII, whole numbers and texts: for these, the library writes what RFC 8785 asks for.
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def _told(row: PartRow) -> dict[str, object]:
    return {"path": row.path, "sha256": row.sha256, "first": row.first, "files": row.files, "bytes": row.size}


def _line(file: Listed) -> str:
    # Put together here, as an encoder of any data takes twice as long and every file of a site has a line.
    path, hashed, size, kind, capture = file
    line = f'{{"path": {_text(path)}, "sha256": "{hashed}", "bytes": {size}, "kind": "{kind}"'
    return f'{line}, "capture": {_encode(capture._asdict())}}}' if capture else f"{line}}}"


# --- reading one --------------------------------------------------------------------------------------------------


def read_root(data: bytes) -> Manifest:
    """Return the root that was written. Raises ManifestError for anything else."""
    told = _parse(ROOT, data)
    if isinstance(told, dict) and _is_number(told.get("version")) and told["version"] > VERSION:
        hint = "a newer cermin made it, and can read it"
        raise ManifestError.at(ROOT, f"version {told['version']} of the manifest is not known here", hint)
    try:
        parts = tuple(PartRow(*map(row.__getitem__, _KEYS_OF_ROW)) for row in told["parts"])
        root = Manifest(told["generator"], told["build"], told["files"], told["bytes"], parts)
        is_sound = _is_text(root.generator) and all(map(_is_row, parts)) and _are_ascending(parts)
        # Nothing more, nothing less, and no other way to write it.
        is_sound = is_sound and make_root(parts)[1:] == root[1:] and encode_root(root) == data
    except (KeyError, TypeError, ValueError):
        is_sound = False
    if not is_sound:
        _refuse(ROOT)
    return root


def read_part(row: PartRow, data: bytes) -> list[Listed]:
    """Return the files of a part that the root names. Raises ManifestError for anything else."""
    if sha256(data).hexdigest() != row.sha256:
        verdict = f"not the part of the manifest that {ROOT} names"
        raise ManifestError.at(row.path, verdict, "both must be of one build: bring the site to its place again")
    told = _parse(row.path, data)
    try:
        part = list(map(_listed, told["files"]))
        is_sound = all(map(_is_listed, part)) and _are_ascending(part) and encode_part(part) == (row, data)
    except (IndexError, KeyError, TypeError, ValueError):
        is_sound = False
    if not is_sound:
        _refuse(row.path)
    return part


_KEYS_OF_ROW = ("path", "sha256", "first", "files", "bytes")


def _parse(place: str, data: bytes) -> Any:
    if len(data) > LARGEST:
        raise ManifestError.at(place, f"larger than {LARGEST:,} bytes", "no manifest of cermin is so large")
    try:
        return json.loads(data.decode())
    except (ValueError, RecursionError):
        _refuse(place)


def _refuse(place: str) -> NoReturn:
    hint = "it is damaged, or something else made it: bring the site to its place again"
    raise ManifestError.at(place, "not what cermin writes as a manifest", hint)


def _listed(told: Any) -> Listed:
    capture = CaptureHash(told["capture"]["path"], told["capture"]["sha256"]) if "capture" in told else None
    return Listed(told["path"], told["sha256"], told["bytes"], told["kind"], capture)


def _is_listed(file: Listed) -> bool:
    return (
        _is_path(file.path)
        and _is_hash(file.sha256)
        and _is_number(file.size)
        and _is_text(file.kind, _KIND)
        and (file.capture is None or (_is_text(file.capture.path) and _is_hash(file.capture.sha256)))
    )


def _is_row(row: PartRow) -> bool:
    is_sound = _is_hash(row.sha256) and row.path == f"{PARTS}/{row.sha256[:16]}.json" and _is_path(row.first)
    return is_sound and _is_number(row.files) and row.files > 0 and _is_number(row.size)


def _is_path(value: object) -> bool:
    return isinstance(value, str) and is_inside(value) and not is_own(value)


def _is_hash(value: object) -> bool:
    return _is_text(value, _SHA256)


def _is_text(value: object, pattern: re.Pattern[str] = _ANY) -> bool:
    return isinstance(value, str) and pattern.fullmatch(value) is not None


def _is_number(value: object) -> bool:
    return type(value) is int and value >= 0


def _are_ascending(rows: Sequence[Listed] | Sequence[PartRow]) -> bool:
    paths = [row.first if isinstance(row, PartRow) else row.path for row in rows]
    return all(one < other for one, other in pairwise(paths))


Read = Callable[[str], bytes]
"""Gives the bytes of a part by its path."""


def read_files(root: Manifest, read: Read, left_out: Collection[str] = ()) -> Iterator[Listed]:
    """Yield all files in the order of their paths, part by part; but for parts whose SHA-256 is to be ``left_out``.

    Raises ManifestError for a part that is not what the root names, and whatever ``read`` raises.
    """
    for row, after in zip_longest(root.parts, root.parts[1:]):
        if row.sha256 in left_out:
            continue
        part = read_part(row, read(row.path))
        if after and part[-1].path >= after.first:
            _refuse(row.path)
        yield from part


# --- comparing two ------------------------------------------------------------------------------------------------


def differ(
    old: Manifest | None, new: Manifest, read_old: Read, read_new: Read
) -> Iterator[tuple[Listed | None, Listed | None]]:
    """Yield what differs as pairs, in the order of paths: a file before and after, None where it is not there.

    Only parts that are not in both are read. Raises ManifestError for one that is not what its root names, and whatever
    ``read_old`` and ``read_new`` raise.
    """
    old = old or make_root(())
    shared = {row.sha256 for row in old.parts}.intersection(row.sha256 for row in new.parts)
    olds, news = read_files(old, read_old, shared), read_files(new, read_new, shared)
    one, other = next(olds, None), next(news, None)
    while one or other:
        if other is None or (one and one.path < other.path):
            yield one, None
            one = next(olds, None)
        elif one is None or other.path < one.path:
            yield None, other
            other = next(news, None)
        else:
            if one != other:
                yield one, other
            one, other = next(olds, None), next(news, None)
