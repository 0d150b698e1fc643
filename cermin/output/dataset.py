"""The dataset: all articles as JSON Lines in one gzip file of many members (RFC 1952, 2.2).

A line tells what the article's file tells, and nothing else: neither settings nor other articles change it.
"""

from __future__ import annotations

import struct
import zlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import ExitStack
from hashlib import sha256
from json.encoder import encode_basestring as _text
from operator import attrgetter
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple

from cermin.addresses import DATASET
from cermin.errors import CerminError, Fault, OutputError
from cermin.files import put_pieces
from cermin.output.article_body import read_body
from cermin.records import Entry

LEVEL = 2
"""Of compression. Against level 6, it takes a quarter of the time for a file that is an eighth larger."""

FIELDS = (
    "address", "title", "date", "outlet", "lang", "authors", "editor", "agency", "place", "section", "tags", "url",
    "aliases", "summary", "revision_of", "revisions", "seed", "duplicates", "sha256", "see_also", "body",
)  # fmt: skip
"""What a line can hold, in its order; what has no value is left out."""

# RFC 1952, 2.3: no time, no name, no word of the system, so that the same articles give the same bytes everywhere.
_HEADER = b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"
_PIECE = 1024 * 1024


class MadeMember(NamedTuple):
    """A member of the file."""

    data: bytes
    tally: dict[str, int]
    """How many of its articles there are, have what, are in which language, of which year and outlet; and bytes."""


class MakeMembers:
    """Makes members of the file; sent to each worker once."""

    def __init__(self, content: Path) -> None:
        self._content = str(content)

    def __call__(self, members: Sequence[Sequence[Entry]]) -> list[MadeMember | Fault]:
        """Return members made of their articles; in the place of one that cannot be made, why."""
        return [self._make(entries) for entries in members]

    def _make(self, entries: Sequence[Entry]) -> MadeMember | Fault:
        packer = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        packed = [_HEADER]
        checked = size = 0
        told = list(map(_told, entries))
        try:
            for entry, values in zip(entries, told, strict=True):
                line = _line(values, read_body(self._content, entry))
                packed.append(packer.compress(line))
                checked = zlib.crc32(line, checked)
                size += len(line)
        except CerminError as error:
            return error.faults[0]
        packed += [packer.flush(), struct.pack("<II", checked, size & 0xFFFFFFFF)]
        return MadeMember(b"".join(packed), _tally(entries, told) | {"bytes": size})


_told = attrgetter(*("references" if name == "see_also" else name for name in FIELDS if name != "body"))
_KEYS = tuple(f'"{name}": ' for name in FIELDS)


def _line(values: tuple[Any, ...], body: str) -> bytes:
    # Put together here, as an encoder of any data takes longer and every article has a line.
    pairs = [
        key + (_text(value) if value.__class__ is str else f"[{', '.join(map(_text, value))}]")
        for key, value in zip(_KEYS, values, strict=False)
        if value
    ]
    return f'{{{", ".join(pairs)}, "body": "{_escape(body)}"}}\n'.encode()


def _escape(body: str) -> str:
    """Return a text as JSON has it inside quotes; an article file holds no other characters that it must escape."""
    escaped = body.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return escaped.replace("\r", "\\r").replace("\t", "\\t")


def _tally(entries: Sequence[Entry], told: Sequence[tuple[Any, ...]]) -> dict[str, int]:
    """Return how many articles there are, have what, are in which language, of which outlet and year."""
    tally = Counter(f"lang {entry.lang}" for entry in entries)
    tally.update(f"outlet {entry.outlet}" for entry in entries)
    tally.update(f"year {entry.date[:4]}" for entry in entries)
    tally["articles"] = tally["has body"] = len(entries)
    for name, values in zip(FIELDS, zip(*told, strict=True), strict=False):
        tally[f"has {name}"] = sum(map(bool, values))
    return dict(+tally)


class WrittenDataset(NamedTuple):
    """The file as it was written: ``status`` is ``new``, ``changed`` or ``same``."""

    status: str
    size: int
    sha256: str


Piece = bytes | tuple[int, int]
"""A member that was made, or (offset, bytes) of what stays of the present file."""


def write_dataset(folder: Path, pieces: Iterable[Piece]) -> WrittenDataset:
    """Put the file together from its pieces, in the place of the present one. Raises OutputError."""
    hashed = sha256()
    size = 0

    def run() -> Iterator[bytes]:
        nonlocal size
        for data in _read_pieces(folder / DATASET, pieces):
            hashed.update(data)
            size += len(data)
            yield data

    status = put_pieces(folder, DATASET, run())
    return WrittenDataset(status, size, hashed.hexdigest())


def _read_pieces(present: Path, pieces: Iterable[Piece]) -> Iterator[bytes]:
    with ExitStack() as stack:
        file: BinaryIO | None = None
        for piece in pieces:
            if isinstance(piece, bytes):
                yield piece
                continue
            offset, left = piece
            file = file or stack.enter_context(present.open("rb", buffering=0))
            file.seek(offset)
            while left:
                data = file.read(min(left, _PIECE))
                if not data:
                    raise OutputError.at(present, "changed while it was built", "build again")
                left -= len(data)
                yield data
