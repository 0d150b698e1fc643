"""Names of records in containers: made of what they hold, for their numbers change whenever others come before them."""

from __future__ import annotations

from dataclasses import replace
from hashlib import blake2b

from cermin.records import Capture, Reading

SIZE = 6
"""Bytes of a name: of 500 files with a million records, one has two of one name by chance, which are told apart."""


class RecordNames:
    """Names the records of one file, in the order of the file.

    A feed that is saved anew under its old name, and a table that grows at its top, hold most records at other places
    than before. Their articles stay what they are, for a record is known by its address, title and text.
    """

    def __init__(self) -> None:
        self._names: set[int] = set()
        self._again: dict[str, int] = {}

    def name(self, item: Capture | Reading) -> Capture | Reading:
        """Return a numbered record under its name, and what is no record as it is.

        Records that hold the same are told apart by ``-2``, ``-3`` … behind their common name.
        """
        if isinstance(item, Reading) or not item.part:
            return item
        told = f"{item.url}\0{item.title}\0".encode("utf-8", "replace")
        part = blake2b(told + item.data, digest_size=SIZE).hexdigest()
        name = int(part, 16)
        if name in self._names:
            self._again[part] = self._again.get(part, 1) + 1
            part = f"{part}-{self._again[part]}"
        self._names.add(name)
        return replace(item, part=part, notes=(*item.notes, f"record {item.part} of the file"))
