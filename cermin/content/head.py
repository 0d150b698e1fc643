"""The keys of front matter, and what is read of them."""

from __future__ import annotations

from typing import NamedTuple

from cermin.errors import Fault

FENCE = "---"
LISTS = frozenset(("authors", "tags", "aliases", "revisions", "duplicates"))
NAMES = frozenset(("seed", "duplicates"))
"""Keys whose values name files of any name: white space in them is kept as it is."""
KEYS = (
    "title", "date", "outlet", "lang", "authors", "editor", "agency", "place", "section", "tags", "url", "aliases",
    "summary", "revision_of", "revisions", "seed", "duplicates", "sha256", "written",
)  # fmt: skip
"""Every key, in the order in which cermin writes them."""


Value = str | tuple[str, ...]


class Head(NamedTuple):
    """What stands before the body: the values by key, where the body begins, in bytes, and what is wrong."""

    values: dict[str, Value]
    """A tuple for the keys of `LISTS`, a text for the others."""
    lines: dict[str, int]
    """Where the keys of ``values`` stand; the file's first line is 1."""
    body_at: int
    faults: tuple[tuple[int, str, str], ...]
    """(line, verdict, hint) of each key that is unknown, stands twice, or has a value of the wrong shape."""


class FrontMatterError(Exception):
    """Why a front matter cannot be read at all."""

    def __init__(self, line: int, verdict: str, hint: str) -> None:
        super().__init__(line, verdict, hint)
        self.line, self.verdict, self.hint = line, verdict, hint

    def at(self, path: str) -> Fault:
        """Return the fault with its place in ``path``."""
        return Fault(f"{path}:{self.line}", self.verdict, self.hint)
