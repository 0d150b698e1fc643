"""What the preview lays over a page: what is wrong and how to mend it, and how far long work is."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from itertools import islice
from pathlib import Path

from cermin.errors import Fault
from cermin.shortening import cut

SHOWN = 10
"""Faults that are shown; more than a few come from one cause."""
AROUND = 2
"""Lines shown before and behind the one that is wrong."""
LONGEST_LINE = 300
LONGEST_FILE = 16 * 1024 * 1024
"""Characters of a line, and bytes of a file, that are worth looking at."""

_PLACE = re.compile(r"(?P<file>.+?):(?P<line>\d{1,9})", re.DOTALL)
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What HTML cannot hold, and what would turn the text around it: captures are hostile."""


@dataclass(frozen=True, slots=True)
class State:
    """What there is to say of the mirror."""

    faults: Sequence[Fault] = ()
    warnings: Sequence[Fault] = ()
    progress: str = ""
    """Of work that a reader of the preview waits for; empty when there is none."""


def render_note(state: State, root: Path) -> str:
    """Return the note as HTML, or nothing when there is nothing to say; ``root`` is where places of faults begin."""
    parts = []
    if state.progress:
        parts.append(f'<p class="progress" role="status">{_text(state.progress)}</p>')
    if problems := [(fault, "error") for fault in state.faults] + [(fault, "warning") for fault in state.warnings]:
        title = " and ".join(filter(None, (_count(state.faults, "error"), _count(state.warnings, "warning"))))
        rows = "".join(_row(fault, word, root) for fault, word in problems[:SHOWN])
        more = f"<p>and {len(problems) - SHOWN:,} more, told in the terminal</p>" if len(problems) > SHOWN else ""
        parts.append(
            f'<section role="alert"><details open><summary>{title} <kbd>Esc</kbd></summary>'
            f"<ol>{rows}</ol>{more}</details></section>"
        )
    return "".join(parts)


def _row(fault: Fault, word: str, root: Path) -> str:
    place = f'<p class="place"><code>{_text(fault.place)}</code></p>' if fault.place else ""
    lines = "".join(_line(*numbered) for numbered in read_lines(root, fault.place))
    source = f'<pre tabindex="0" aria-label="Source">{lines}</pre>' if lines else ""
    hint = f'<p class="hint">{_text(fault.hint)}</p>' if fault.hint else ""
    return f'<li class="{word}">{place}<p class="verdict">{_text(fault.verdict)}</p>{source}{hint}</li>'


def _line(number: int, text: str, is_wrong: bool) -> str:
    tag = "mark" if is_wrong else "span"
    return f"<{tag}><i>{number}</i> <bdi>{_text(cut(text, LONGEST_LINE))}</bdi>\n</{tag}>"


def _text(text: str) -> str:
    return escape(_CONTROL.sub("\N{REPLACEMENT CHARACTER}", text))


def _count(faults: Sequence[Fault], noun: str) -> str:
    return f"{len(faults):,} {noun}{'s' * (len(faults) != 1)}" if faults else ""


def read_lines(root: Path, place: str) -> list[tuple[int, str, bool]]:
    """Return the lines around a place as (number, text, whether it is the line itself).

    Nothing when the place names no line, or no file of the mirror at ``root``.
    """
    match = _PLACE.fullmatch(place)
    if not match:
        return []
    wrong = int(match["line"])
    file = root / match["file"]
    try:
        if not file.resolve().is_relative_to(root) or not file.is_file() or file.stat().st_size > LONGEST_FILE:
            return []
        with file.open(encoding="utf-8", errors="replace") as lines:
            first = max(wrong - AROUND, 1)
            some = enumerate(islice(lines, first - 1, wrong + AROUND), first)
            return [(number, text.rstrip("\n"), number == wrong) for number, text in some]
    except (OSError, ValueError):
        return []
