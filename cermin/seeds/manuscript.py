"""What a reader hands on to be understood: lines to sort by rules, and what the format told of them already."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from cermin.records import Capture
from cermin.seeds.blocks import Span
from cermin.seeds.lines import Piece


@dataclass(frozen=True, slots=True)
class Markup:
    """What a line is in its page; plain text has none."""

    kind: str
    """``paragraph``, ``heading``, ``item``, ``quotation``, ``picture`` or ``row``."""
    level: int = 0
    """Of a heading, 2 to 6."""
    group: int = 0
    """Number of the list, quotation or table that it is part of; two that stand together have different ones."""
    marker: str = ""
    """Before a list's item: ``-`` or ``3.``."""
    spans: tuple[Span, ...] = ()
    """Links with safe, absolute targets, and emphasis."""
    target: str = ""
    """Address of a picture."""


@dataclass(frozen=True, slots=True)
class Manuscript:
    """A capture, opened."""

    capture: Capture
    """With what the page says of its article where its container said nothing."""
    lines: Sequence[tuple[int, str]]
    """Number and text of the lines that rules sort; none is blank."""
    margin: Mapping[int, str] = field(default_factory=dict)
    """Numbers of lines beside the article, with the rule that says so: they fill fields and name other articles where
    line rules say so, and are no body."""
    pieces: Sequence[Piece] = ()
    """Lines whose fate is settled."""
    markup: Mapping[int, Markup] = field(default_factory=dict)
    """By the number of the line."""
    dates: Sequence[tuple[str, str]] = ()
    """Source and text of what may be the date, in the order in which they are to be believed."""
    repairs: Mapping[str, int] = field(default_factory=dict)
    notes: Sequence[str] = ()
    fault: str = ""
    """Why there is nothing to understand, in words for a person."""
