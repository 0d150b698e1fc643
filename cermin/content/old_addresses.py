"""Old addresses of an article (``aliases``): as they are written, and where a page would stand for one."""

from __future__ import annotations

import re
import unicodedata
from urllib.parse import unquote

from cermin.characters import CONTROL
from cermin.slugs import RESERVED

MOST = 100
"""Old addresses of one article."""
LONGEST_NAME = 240
"""Bytes of a name in an address; 255 fit file systems, with what stands behind the name of a file that is written."""
LONGEST = 1000
"""Bytes of an address."""

_INDEX = "index.html"
_PAGE = re.compile(r"\.html?$", re.IGNORECASE)
_FILE = re.compile(r"\.(?:html?|xml|json|txt|gz|js|css)$", re.IGNORECASE)
# What the file systems of Windows and of USB sticks allow in no name; and %, so that a path read again is the same.
_FORBIDDEN = re.compile(r'[%<>:"|?*\\\x00-\x1f\x7f-\x9f\u2028\u2029]')
_LIST_PAGE = re.compile(r"[^/]+/page-\d+\.html")
_HINT = 'write the path alone, as in "/2019/05/banjir.html"'


def read_alias(written: str) -> tuple[str, tuple[str, str] | None]:
    """Return the path below output/ of the page that stands for an old address, or what is wrong with it.

    An address that names no page of HTML (``/a/b/``, ``/a/b``, ``/a/b.php``) is that of a folder, of which hosts
    show the page. What is percent-encoded is decoded, and text is brought to NFC, as browsers send it.
    """
    if re.match(r"(?:https?:)?//", written):
        return "", ("is no path below the site", _HINT)
    if re.search(r"[?#]", written):
        return "", ("holds more than a path: hosts of files do not look behind ? and #", _HINT)
    try:
        decoded = unicodedata.normalize("NFC", unquote(written, errors="strict"))
    except UnicodeDecodeError:
        return "", ("is not UTF-8 when it is decoded", _HINT)
    names = decoded.removeprefix("/").split("/")
    if not names[-1]:
        names[-1] = _INDEX
    elif not _PAGE.search(names[-1]):
        names.append(_INDEX)
    path = "/".join(names)
    verdict = next(filter(None, map(_check_name, names)), "") or _check_place(names, path)
    return ("", (verdict, "leave it out, or write another")) if verdict else (path, None)


def _check_name(name: str) -> str:
    if not name or name in {".", ".."} or name[0] == "." or name != name.strip() or name[-1] == ".":
        return f'has a part that can be no name: "{name}"'
    if _FORBIDDEN.search(name) or CONTROL.search(name):
        return "holds a sign that can stand in no name"
    return "" if len(name.encode()) <= LONGEST_NAME else f"has a part of more than {LONGEST_NAME} bytes"


def _check_place(names: list[str], path: str) -> str:
    if len(path.encode()) > LONGEST:
        return f"has more than {LONGEST:,} bytes"
    if names == [_INDEX]:
        return "is the front page"
    top = names[0].lower()
    if (
        top[0] == "_"
        or (top.removesuffix(".html") if len(names) == 1 else top) in RESERVED
        or _LIST_PAGE.fullmatch(path.lower())
    ):
        return "is a place of the site's own pages"
    if any(map(_FILE.search, names[:-1])):
        return "goes on behind a file's name"
    return ""
