"""Whether two captures tell the same: their addresses compared, and their sentences.

A text is known by its sentences, each folded to letters and digits and hashed, so that glue, punctuation, white space
and a line more or less at an end do not matter. Hashes are those of `zlib.crc32`: the same in every run.
"""

from __future__ import annotations

import re
from struct import pack, unpack_from
from urllib.parse import parse_qsl, urlencode, urlsplit
from zlib import crc32

NEAR = 0.9
"""Share of the longer text, in bytes, that two captures of one article have in common at least."""
RELATED = 0.1
"""Share that two versions of one article have in common at least, where their titles differ."""
ECHOING = 0.6
"""Share from which a text repeats another, if only as a form or the background of a story."""
FEWEST = 3
"""Sentences that a text has at least to be compared by them: of shorter texts only equal ones are the same."""
KEPT = 64
"""Sentences that are kept of a text, those with the smallest hashes: a fair sample of a longer one."""
MARKS = 4
"""Sentences by which texts that may be alike are looked up."""

_LONGEST = 200_000
"""Characters of a body that are looked at."""
_SHORTEST = 12
"""Bytes of a sentence that counts by itself; one with a digit counts in any case."""
_OTHER_ENDS = re.compile("[…。！？।۔؟\x85\u2028\u2029]")
_OTHER_SIGNS = re.compile("[\xa0«»·–—‘’“”„•‹›′″、，：；（）《》「」『』،؛٪]+")
# On bytes, which is several times quicker: signs go, and what ends a sentence is one sign.
_TO_ENDS = bytes.maketrans(b"!?\r\n", b"....")
_SIGNS = bytes(code for code in range(128) if not chr(code).isalnum() and chr(code) not in ".!?\r\n")
_DIGIT = re.compile(rb"\d")
_HAS_DIGIT, _MOST_LETTERS = 0x8000, 0x7FFF


def sketch_text(body: str) -> bytes:
    """Return the sentences of an article's body, which is Markdown, packed for the catalogue."""
    text = body[:_LONGEST].casefold()
    if "[[" in text:
        # Other captures of one page often name other articles.
        text = "\n".join(line for line in text.split("\n") if "[[" not in line)
    sentences: dict[int, int] = {}
    for letters in _fold(text).split(b"."):
        has_digit = not letters.isalpha() and _DIGIT.search(letters)
        if has_digit or len(letters) >= _SHORTEST:
            size = min(len(letters), _MOST_LETTERS)
            sentences[crc32(letters)] = size | _HAS_DIGIT if has_digit else size
    kept = sorted(sentences.items())[:KEPT]
    return pack(f"<{'IH' * len(kept)}", *[number for pair in kept for number in pair])


def _fold(text: str) -> bytes:
    """Return a text without signs, but for a full stop where a sentence may end."""
    if not text.isascii():
        text = _OTHER_SIGNS.sub("", _OTHER_ENDS.sub(".", text))
    return text.encode(errors="surrogatepass").translate(_TO_ENDS, _SIGNS)


def fold_title(title: str, body: str) -> str:
    """Return a title as titles are compared; nothing for one that was made of the body's first words."""
    folded = _fold(title.casefold()).replace(b".", b"")
    begins_so = _fold(body[: 2 * len(title)].casefold()).replace(b".", b"").startswith(folded)
    return "" if begins_so else folded.decode(errors="replace")


def titles_agree(one: str, other: str) -> bool:
    """Tell whether two folded titles may be of one article: alike, one with more behind it, or one not known."""
    return one in other or other in one


def read_sketch(packed: bytes) -> dict[int, int]:
    """Return the bytes of each sentence, by its hash; with `_HAS_DIGIT` set for one that holds a digit."""
    numbers = unpack_from(f"<{'IH' * (len(packed) // 6)}", packed)
    return dict(zip(numbers[::2], numbers[1::2], strict=True))


def marks_of(packed: bytes) -> str:
    """Return the hashes by which texts like this one are found, as JSON; nothing for a text that is too short."""
    hashes = tuple(key for key, size in read_sketch(packed).items() if size & _MOST_LETTERS >= _SHORTEST)
    return str(list(hashes[:MARKS])) if len(hashes) >= FEWEST else ""


def are_near(one: bytes, other: bytes) -> bool:
    """Tell whether two texts are the same but for a small share of their sentences.

    Texts that differ in sentences with digits on both sides are two fillings of one form: prices, weather, hours of
    prayer.
    """
    first, second = _comparable(read_sketch(one), read_sketch(other))
    if min(len(first), len(second)) < FEWEST or _share(first, second) < NEAR:
        return False
    return not (_has_digits(first.keys() - second.keys(), first) and _has_digits(second.keys() - first.keys(), second))


def share_text(one: bytes, other: bytes) -> float:
    """Return the share of the longer text that two texts have in common, 0 to 1."""
    return _share(*_comparable(read_sketch(one), read_sketch(other)))


def _comparable(one: dict[int, int], other: dict[int, int]) -> tuple[dict[int, int], dict[int, int]]:
    """Return the sentences of both that would have been kept of either."""
    last = min(max(sentences) if len(sentences) == KEPT else 1 << 32 for sentences in (one, other))
    return tuple({key: size for key, size in sentences.items() if key <= last} for sentences in (one, other))  # type: ignore[return-value]  # two


def _share(one: dict[int, int], other: dict[int, int]) -> float:
    first, second = (sum(size & _MOST_LETTERS for size in sentences.values()) for sentences in (one, other))
    common = sum(one[key] & _MOST_LETTERS for key in one.keys() & other.keys())
    return common / max(first, second, 1)


def _has_digits(keys: set[int], sentences: dict[int, int]) -> bool:
    return any(sentences[key] & _HAS_DIGIT for key in keys)


# --- addresses -----------------------------------------------------------------------------------------------------

_SAME_HOST = ("www.", "m.", "amp.", "mobile.")
"""Beginnings of names under which hosts serve the same pages again."""
_TRACKING = re.compile(
    r"utm_\w+|fbclid|gclid|dclid|yclid|msclkid|twclid|igshid|gbraid|wbraid|mc_[ce]id|_ga|_gl|ref_src|ref_url"
    r"|amp|amp_js_v|usqp|outputtype|source_amp|__twitter_impression"
)
_AMP = re.compile(r"^/amp(?=/.)|/amp$|\.amp$")
_BLANK = re.compile(r"\s")
_WHOLE = {"page": "all", "single": "1", "showpage": "all"}
"""Parameters by which an outlet shows all pages of an article at once."""


def fold_address(url: str) -> str:
    """Return an address without what does not tell one page from another; empty where it names no single page.

    Scheme, ``www.``, the port, a slash at the end, the fragment, tracking parameters and the marks of AMP and of
    all-on-one-page views do not count; the order of parameters does not either.
    """
    try:
        parts = urlsplit("" if _BLANK.search(url) else url)
        host = (parts.hostname or "").rstrip(".")
    except ValueError:
        return ""
    if parts.scheme not in {"http", "https"} or "." not in host:
        return ""
    while host.startswith(_SAME_HOST) and host.count(".") > 1:
        host = host.partition(".")[2]
    path = parts.path.rstrip("/")
    while path != (shorter := _AMP.sub("", path).rstrip("/")):
        path = shorter
    told = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if _tells(*pair)]
    query = "?" + urlencode(sorted(told), errors="replace") if told else ""
    return f"{host}{path}{query}" if path or query else ""


def _tells(name: str, value: str) -> bool:
    folded = name.lower()
    return not _TRACKING.fullmatch(folded) and _WHOLE.get(folded) != value.lower()
