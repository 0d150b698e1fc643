"""Furniture: lines that stand in many captures of one source and are no article's text, found without a rule.

Each capture gives the keys of its lines that could be furniture; the catalogue counts them by source, and those that
stand in enough of its captures are *learned*. A key is a hash of the line, case and white space folded and the
article's own title taken out, with the sort of the line in its last bits. How many captures it takes depends on the
sort, for what repeats is not always furniture: reports of prices and weather say the same each day, and follow-up
stories end with the same background.
"""

from __future__ import annotations

import math
import re
from array import array
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from cermin.outlets import Outlet
from cermin.records import Capture, Familiar, Line
from cermin.seeds.likeness import fold_address

if TYPE_CHECKING:
    from cermin.seeds.lines import Piece

LEARNED = "learned: "
"""Beginning of the rule's name."""
FIRST, LAST = 2, 5
"""Lines at the ends of a body that are its edges."""
MOST_LINES = 200
"""Lines of a body that are looked at from its beginning on, beside those at its end; an article has fewer."""
LONGEST_LABEL = 80
"""Characters of a line that is looked at wherever it stands, unless it ends as a sentence does."""
LONGEST_LINE = 600
"""Characters of a line at an edge that is looked at."""

ANYWHERE, AT_EDGE, SENTENCE, LABELLED = range(4)
"""The sorts of lines: a short one wherever it stands; the same at an edge; a sentence or several, at an edge; what
stands before the colon of a short line at an edge."""


class _Measure(NamedTuple):
    fewest: int
    share: float
    """Of the captures of a source that is one outlet."""
    mixed_share: float
    """Of the captures of a source that may be many outlets: a folder, a table."""


_MEASURES = {
    ANYWHERE: _Measure(5, 0.2, 0.5),
    AT_EDGE: _Measure(5, 0.05, 0.3),
    SENTENCE: _Measure(8, 0.4, 0.6),
    LABELLED: _Measure(8, 0.3, 0.5),
}
FEWEST = min(measure.fewest for measure in _MEASURES.values())
"""Captures in which a line stands at least to be learned."""

_MIXED = "in "
_HOST = "at "
_NAMED = "by "
_SENTENCE_ENDS = tuple(".!?…。！？।۔؟”\"'’»)")
_LABEL = re.compile(r"([^\W\d_][^:：\n]{1,28}?) ?[:：] ?\S.{0,50}")
_LETTERS = re.compile(r"[^\W\d_]{2}|[\u3040-\u9fff]")


def name_source(capture: Capture, outlet: str, url: str) -> str:
    """Return where a capture is from, as far as lines that repeat there are furniture of one maker.

    The outlet's id where it is known (``outlet`` is empty where it is not), else the host of its address, else the
    outlet as its container calls it, else the file that holds it with others, else its folder.
    """
    if outlet:
        return outlet
    if host := re.split("[/?]", fold_address(url), maxsplit=1)[0]:
        return _HOST + host
    if told := " ".join(capture.source.split()):
        return _NAMED + told
    return _MIXED + (capture.seed_path if capture.part else capture.seed_path.rpartition("/")[0] + "/")


def host_of(source: str) -> str:
    """Return the host of a source that is known by it alone; empty for any other."""
    return source.removeprefix(_HOST) if source.startswith(_HOST) else ""


def is_mixed(source: str) -> bool:
    """Tell whether a source may be many outlets."""
    return source.startswith(_MIXED)


def name_of(source: str) -> str:
    """Return what a person calls a source: an outlet's id or name, a host, or the place below seeds/."""
    return next((source.removeprefix(kind) for kind in (_HOST, _NAMED, _MIXED) if source.startswith(kind)), source)


def choose_familiar(source: str, captures: int, counts: Mapping[int, int]) -> frozenset[int]:
    """Return the keys of furniture among ``counts``, in how many of the ``captures`` of a source each stands."""
    return frozenset(key for key, count in counts.items() if count >= _fewest(key & 3, source, captures))


def _fewest(sort: int, source: str, captures: int) -> float:
    measure = _MEASURES[sort]
    share = measure.mixed_share if is_mixed(source) else measure.share
    return max(measure.fewest, share * captures, math.sqrt(captures))


@dataclass(slots=True)
class Origin:
    """What is known of where captures are from; and, once its lines were seen, where one of them is from."""

    outlets: Mapping[str, Outlet]
    learned: Mapping[str, Familiar]
    """Furniture by source."""
    name: str = ""
    """The source of the capture."""
    keys: bytes = b""
    """Of its lines that may be furniture, packed."""

    def cut_familiar(self, capture: Capture, outlet: Outlet | None, title: str, pieces: Sequence[Piece]) -> list[Piece]:
        """Return the pieces with those cut that were learned to be furniture where the capture is from."""
        url = capture.url or next((piece.value for piece in pieces if piece.fate == "url"), "")
        self.name = name_source(capture, outlet.id if outlet else "", url)
        found = find_keys(pieces, title)
        self.keys = pack_keys(found)
        return cut_familiar(pieces, found, self.learned.get(self.name))


# --- lines of one capture ------------------------------------------------------------------------------------------


def find_keys(pieces: Sequence[Piece | Line], title: str) -> list[tuple[int, tuple[int, ...]]]:
    """Return the index of each piece of the body with the keys by which it may be furniture; many have none."""
    body = [index for index, piece in enumerate(pieces) if piece.fate == "body"]
    folded_title = _fold(title)
    last = len(body) - LAST
    found = []
    for position, index in enumerate(body):
        if MOST_LINES <= position < last:
            continue
        text = pieces[index].text
        is_edge = position < FIRST or position >= last
        if len(text) <= (LONGEST_LINE if is_edge else LONGEST_LABEL) and (
            keys := _keys(_fold(text), folded_title, is_edge=is_edge)
        ):
            found.append((index, keys))
    return found


def pack_keys(found: Iterable[tuple[int, Sequence[int]]]) -> bytes:
    """Return the keys of a capture, each once, for the catalogue."""
    return array("q", sorted({key for _, keys in found for key in keys})).tobytes()


def describe_lines(lines: Sequence[Line], learned: Container[int]) -> Iterator[str]:
    """Yield a pattern for each line of a reading's body of which a key was learned."""
    title = next((line.text.strip() for line in lines if line.fate == "title"), "")
    for index, keys in find_keys(lines, title):
        sorts = {key & 3 for key in keys if key in learned}
        text = " ".join(lines[index].text.split())
        label = _LABEL.fullmatch(text)
        if label and LABELLED in sorts:
            yield f"{_escape(label[1])} ?[:：] ?\\S.{{0,50}}"
        elif sorts:
            parts = re.split(re.escape(title), text, flags=re.IGNORECASE) if title and title != text else [text]
            yield ".+".join(map(_escape, parts))


def _escape(text: str) -> str:
    return re.escape(text).replace("\\ ", " ")


def _fold(text: str) -> str:
    return " ".join(text.casefold().split())


def _keys(text: str, title: str, *, is_edge: bool) -> tuple[int, ...]:
    if title and text != title and title in text:
        text = text.replace(title, "\0")
    if not _LETTERS.search(text):
        return ()
    if len(text) > LONGEST_LABEL or text.endswith(_SENTENCE_ENDS):
        return (_key(text, SENTENCE),) if is_edge else ()
    if not is_edge:
        return (_key(text, ANYWHERE),)
    keys = (_key(text, ANYWHERE), _key(text, AT_EDGE))
    label = _LABEL.fullmatch(text)
    return (*keys, _key(label[1], LABELLED)) if label else keys


def _key(text: str, sort: int) -> int:
    digest = blake2b(text.encode(errors="surrogatepass"), digest_size=8).digest()
    return int.from_bytes(digest, "little", signed=True) & ~3 | sort


def cut_familiar(
    pieces: Sequence[Piece], found: Sequence[tuple[int, Sequence[int]]], familiar: Familiar | None
) -> list[Piece]:
    """Return the pieces with those that are furniture cut, as `find_keys` found their keys.

    Sentences and lines with a label are furniture only where more than half of the body is none, for a report that is
    made of a form says the same each day; and a body is never cut away as a whole.
    """
    known = _find_known(found, familiar) if familiar else {}
    if not familiar or not known:
        return list(pieces)
    sizes = {index: len(piece.text) for index, piece in enumerate(pieces) if piece.fate == "body"}
    if 2 * sum(sizes[index] for index in known) > sum(sizes.values()):
        known = {index: key for index, key in known.items() if key & 3 in {ANYWHERE, AT_EDGE}}
    if not any(one.isalnum() for index in sizes.keys() - known.keys() for one in pieces[index].text):
        return list(pieces)
    told = {
        index: f"{LEARNED}{familiar.lines[key]:,} of {familiar.captures:,} captures" for index, key in known.items()
    }
    return [
        piece._replace(fate="cut", rule=told[index], value="") if index in told else piece
        for index, piece in enumerate(pieces)
    ]


def _find_known(found: Sequence[tuple[int, Sequence[int]]], familiar: Familiar) -> dict[int, int]:
    """Return the first learned key of each piece that has one."""
    lines = familiar.lines
    return {
        index: next(key for key in keys if key in lines) for index, keys in found if any(map(lines.__contains__, keys))
    }
