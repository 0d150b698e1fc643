"""Bytes of HTML -> a tree of elements, by the encoding that the page names or that its bytes tell."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING, NamedTuple

from cermin.seeds.decoding import decode_page

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

LOOKED_AT = 4_096
"""Bytes in which a page names its encoding: the HTML standard asks for 1024, and pages with much before it exist."""
MOST_TAGS = 500_000
"""Tags of a page; one with more would take gigabytes of memory."""
DEEPEST = 2_000
"""Elements inside one another; the parser drops what is deeper than some fifty more."""

_META = re.compile(rb"<meta\s[^>]*?charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_XML = re.compile(rb"\s*<\?xml[^>]*?encoding\s*=\s*[\"']([\w.:-]{2,40})")
# Labels of the Encoding Standard which mean something else there than Python makes of them, by Python's own names.
_STANDARD = {
    "ascii": "cp1252", "iso8859-1": "cp1252", "iso8859-9": "cp1254", "iso8859-11": "cp874", "tis-620": "cp874",
    "gb2312": "gb18030", "gbk": "gb18030", "euc_kr": "cp949", "shift_jis": "cp932", "big5": "big5hkscs",
    # A page whose mark was read as bytes was not in them.
    "utf-16": "utf-8", "utf-16-le": "utf-8", "utf-16-be": "utf-8", "utf-32": "utf-8", "utf-7": "cp1252",
}  # fmt: skip
_NAMES = {
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "ks_c_5601-1987": "cp949",
    "x-gbk": "gb18030",
    "windows-874": "cp874",
}


class Parsed(NamedTuple):
    """The root of a page; or ``fault``, why there is none, in words for a person."""

    root: Element | None
    encoding: str = ""
    misfits: int = 0
    """Bytes that did not fit the encoding."""
    fault: str = ""


def parse_html(data: bytes, told: str = "") -> Parsed:
    """Parse a page or a fragment as browsers do: no bytes are refused but those that are no text.

    ``told`` is the encoding as the page's container tells it; it goes before the one that the page names itself.
    Comments and processing instructions are left out. Raises ImportError where lxml is not installed.
    """
    from lxml import etree

    if data.count(b"<") > MOST_TAGS:
        return Parsed(None, fault=f"a page of more than {MOST_TAGS:,} tags, which is no article")
    decoded = decode_page(data, _know_label(told) or find_encoding(data))
    if decoded.fault:
        return Parsed(None, fault=decoded.fault)
    # A page is parsed to an end however deep it is nested, up to the parser's own limit.
    parser = etree.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True, huge_tree=True)
    root = etree.fromstring(decoded.text.encode(), parser)
    return Parsed(root, decoded.encoding, decoded.misfits)


def find_encoding(data: bytes) -> str:
    """Return Python's name of the encoding that a page names (Encoding Standard, 4.2), empty where it names none."""
    head = data[:LOOKED_AT]
    match = _XML.match(head) or _META.search(head)
    if match is None:
        return ""
    return _know_label(match[1].decode("ascii", "replace"))


def _know_label(label: str) -> str:
    label = label.strip().lower()
    try:
        name = codecs.lookup(_NAMES.get(label, label)).name
    except LookupError:
        return ""
    return _STANDARD.get(name, name)
