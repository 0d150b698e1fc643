r"""Citations of an article for reference managers: RIS, BibTeX and CSL-JSON, each as a ``data:`` address.

They are links of the page itself (RFC 2397), for a file more of each article would cost more than all the rest of its
page, and work without a script, from a disk and below the page's policy. What is cited is the article as its outlet
published it, with the mirror as its archive.

Of names nobody knows which part is the family's, so they are never taken apart: CSL-JSON has ``literal`` for them,
BibTeX a second pair of braces, and RIS reads a name without a comma as one.
"""

from __future__ import annotations

import re
from functools import lru_cache
from hashlib import blake2b
from json.encoder import encode_basestring
from typing import NamedTuple

from cermin.output.address import mend_address
from cermin.records import Entry

REMEMBERED = 8192
"""Names and days whose pieces are remembered."""
# What no URL may hold as it is (URL Standard, 4.3), what would end a data: address or its attribute, and "%" first.
_ENCODED = {sign: f"%{ord(sign):02X}" for sign in "%\r\n \"#&'<>[\\]^`{|}"}
_NOT_ENCODED = re.compile(f"[{re.escape(''.join(_ENCODED))}]")
_FOR_LATEX = {
    **{sign: f"\\{sign}" for sign in "$&#%_"},
    # BibTeX counts braces, also those behind a backslash.
    "{": r"{\textbraceleft}", "}": r"{\textbraceright}", "\\": r"{\textbackslash}", "^": r"{\textasciicircum}",
    "~": r"{\textasciitilde}", "<": r"{\textless}", ">": r"{\textgreater}", "|": r"{\textbar}",
}  # fmt: skip
_LATEX_SIGN = re.compile(r"[\\{}$&#%_^~<>|]")
# Of two such signs fonts of LaTeX make another: "--" a dash, "``" a quotation mark.
_LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=`)(?=`)|(?<=')(?=')|(?<=[?!])(?=`)|(?<=,)(?=,)")
# A text without these is the same in all three formats, and in an address but for its spaces.
_SPECIAL = re.compile(r"[\\{}$&#%_^~<>|\"\[\]`'\x00-\x1f\x7f]|--|,,")


class Citation(NamedTuple):
    """A citation in one format."""

    format: str
    file: str
    """A name for the file that it is saved as."""
    address: str
    """The citation itself, as data: address."""


class _Piece(NamedTuple):
    """A part of a citation in each format, encoded for an address."""

    ris: str
    """Lines: two capitals, two spaces, a hyphen and a space before the value; CR and LF behind it."""
    bibtex: str
    """Fields."""
    csl: str
    """Members of a JSON object, each with a comma before it."""


_NOTHING = _Piece("", "", "")


def cite(entry: Entry, outlet: str, permalink: str, archive: str) -> list[Citation]:
    """Return the citations of an article.

    ``outlet`` is the name of its outlet, empty when unknown; ``permalink`` the absolute address of its page, empty when
    unknown, and ``archive`` the name of the mirror.
    """
    pieces = (
        _cite_key(entry),
        _cite_title(entry.title),
        _cite_people("AU", "author", entry.authors),
        _cite_people("ED", "editor", (entry.editor,) if entry.editor else ()),
        _cite_outlet(outlet),
        _cite_day(entry.date[:10]),
        _cite_language(entry.lang),
        _cite_addresses(_encode(mend_address(entry.url)), _encode(permalink)),
        _cite_archive(archive),
    )
    ris, bibtex, csl = map("".join, zip(*pieces, strict=True))
    slug = entry.address.rpartition("/")[2].removesuffix(".html")
    return [
        Citation("RIS", f"{slug}.ris", f"{_RIS}{ris}ER%20%20-%20%0D%0A"),
        Citation("BibTeX", f"{slug}.bib", f"{_BIBTEX}{bibtex}%7D%0A"),
        Citation("CSL-JSON", f"{slug}.json", f"{_CSL}{csl}%7D%5D"),
    ]


_RIS = "data:application/x-research-info-systems,TY%20%20-%20NEWS%0D%0A"
_BIBTEX = "data:application/x-bibtex,@article%7B"
_CSL = "data:application/vnd.citationstyles.csl+json,%5B%7B%22type%22:%22article-newspaper%22"


def _line(tag: str, value: str) -> str:
    return f"{tag}%20%20-%20{value}%0D%0A"


def _field(name: str, value: str) -> str:
    return f"%20%20{name}%20=%20%7B{value}%7D,%0A"


def _member(name: str, value: str) -> str:
    return f",%22{name}%22:%22{value}%22"


def _cite_key(entry: Entry) -> _Piece:
    """Return a name for the citation that every program takes: the address, or a hash of one that is not in ASCII."""
    address = entry.address.removesuffix(".html").replace("/", "-")
    key = address if address.isascii() else blake2b(address.encode(), digest_size=8).hexdigest()
    return _Piece(_line("ID", key), f"{key},%0A", _member("id", key))


def _cite_title(title: str) -> _Piece:
    ris, bibtex, csl = _in_each_format(title)
    return _Piece(_line("TI", ris), _field("title", f"%7B{bibtex}%7D"), _member("title", csl))


@lru_cache(REMEMBERED)
def _cite_people(tag: str, role: str, names: tuple[str, ...]) -> _Piece:
    if not names:
        return _NOTHING
    written = [_in_each_format(name) for name in names]
    people = ",".join(f"%7B%22literal%22:%22{csl}%22%7D" for _, _, csl in written)
    return _Piece(
        # A comma would part a name in family and given names, and there is no way to write it otherwise.
        "".join(_line(tag, ris.replace(",", "")) for ris, _, _ in written),
        _field(role, "%20and%20".join(f"%7B{bibtex}%7D" for _, bibtex, _ in written)),
        f",%22{role}%22:%5B{people}%5D",
    )


@lru_cache(REMEMBERED)
def _cite_outlet(name: str) -> _Piece:
    if not name:
        return _NOTHING
    ris, bibtex, csl = _in_each_format(name)
    return _Piece(_line("T2", ris), _field("journal", bibtex), _member("container-title", csl))


@lru_cache(REMEMBERED)
def _cite_day(day: str) -> _Piece:
    """Return a day as cited; ``date`` is for biblatex, ``year`` for BibTeX."""
    if not day:
        return _NOTHING
    parts = ",".join(str(int(part)) for part in day.split("-"))
    return _Piece(
        _line("PY", day[:4]) + _line("DA", f"{day.replace('-', '/')}/"),
        _field("year", day[:4]) + _field("date", day),
        f",%22issued%22:%7B%22date-parts%22:%5B%5B{parts}%5D%5D%7D",
    )


@lru_cache(REMEMBERED)
def _cite_language(lang: str) -> _Piece:
    return _Piece(_line("LA", lang), _field("language", lang), _member("language", lang)) if lang else _NOTHING


def _cite_addresses(original: str, copy: str) -> _Piece:
    """Return where the article stands, and where the copy does if that is another place."""
    address = original or copy
    if not address:
        return _NOTHING
    found = _Piece(_line("UR", address), _field("url", address), _member("URL", address))
    if not original or not copy:
        return found
    return _Piece(
        found.ris + _line("UR", copy),
        found.bibtex + _field("note", f"%5Curl%7B{copy}%7D"),
        found.csl + _member("archive_location", copy),
    )


@lru_cache(REMEMBERED)
def _cite_archive(name: str) -> _Piece:
    ris, _, csl = _in_each_format(name)
    return _Piece(_line("DP", ris), "", _member("archive", csl))


def _in_each_format(value: str) -> tuple[str, str, str]:
    """Return a text as RIS, BibTeX and JSON, encoded for an address; a value stands on one line."""
    text = " ".join(value.split())
    if not _SPECIAL.search(text):
        quiet = text.replace(" ", "%20")
        return quiet, quiet, quiet
    return _encode(text), _encode(_escape_latex(text)), _encode(encode_basestring(text)[1:-1])


def _escape_latex(text: str) -> str:
    return _LATEX_SIGN.sub(lambda match: _FOR_LATEX[match[0]], _LIGATURE.sub("\0", text)).replace("\0", "{}")


def _encode(text: str) -> str:
    return _NOT_ENCODED.sub(lambda match: _ENCODED[match[0]], text)
