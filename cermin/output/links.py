"""The links of a page, read back from its file, for `check`."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Collection, Iterator
from html import unescape
from pathlib import Path
from typing import NamedTuple
from urllib.parse import unquote, urlsplit

from cermin.errors import Fault
from cermin.output.folder import find_output

_ATTRIBUTE = re.compile(
    r"""<(?:a|link|img|script|source|form)\b[^>]*?\s(?:href|src|action)="([^"]*)\"""", re.IGNORECASE
)
_LOCATION = re.compile(r"<loc>([^<]*)</loc>")


class Link(NamedTuple):
    """A link as it is written, and the file below output/ to which it leads."""

    written: str
    target: str


def find_links(path: str, text: str, base_url: str) -> Iterator[Link]:
    """Yield the links of the page at ``path`` that lead into the site; those to other hosts are left out."""
    pattern = _LOCATION if path.endswith(".xml") and "<loc>" in text else _ATTRIBUTE
    base = urlsplit(base_url)
    for written in pattern.findall(text):
        address = unescape(written)
        if base_url and address.startswith(base_url):
            yield Link(written, unquote(address[len(base_url) :].partition("#")[0]))
            continue
        parts = urlsplit(address)
        if parts.scheme or parts.netloc or not parts.path:
            continue
        target = unquote(parts.path)
        if target.startswith("/"):
            prefix = base.path or "/"
            inside = target.removeprefix(prefix)
            yield Link(written, inside)
        else:
            yield Link(written, posixpath.normpath(posixpath.join(posixpath.dirname(path), target)))


_ROOTS = frozenset({"index.html", "404.html"})
"""Pages to which nothing needs to lead."""


def check_links(
    output: Path, base_url: str, advance: Callable[[], None], unlinked: Collection[str] = ()
) -> tuple[int, int, list[Fault]]:
    """Read every page of the site and follow its links.

    Returns how many files with links and how many links there are, and what is wrong: links that lead nowhere, pages
    to which no other leads and none needs to (``unlinked``). ``advance`` is called for each file.
    """
    files = set(find_output(output))
    pages = sorted(path for path in files if path.endswith((".html", ".xml")))
    linked = {*_ROOTS, *unlinked}
    faults, count = [], 0
    for path in pages:
        text = (output / path).read_text(encoding="utf-8")
        for link in find_links(path, text, base_url):
            count += 1
            target = link.target or "index.html"
            if path not in {target, "404.html"}:
                linked.add(target)
            if target not in files:
                faults.append(Fault(f"output/{path}", f'a link leads nowhere: "{link.written}"'))
        advance()
    orphans = [path for path in pages if path.endswith(".html") and path not in linked]
    faults += [Fault(f"output/{path}", "no page leads here") for path in orphans]
    return len(pages), count, faults
