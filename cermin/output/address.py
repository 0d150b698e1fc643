"""Addresses in links: relative, and with nothing in them that HTML or a URL would read otherwise."""

from __future__ import annotations

import re
from functools import lru_cache
from urllib import parse

_SAFE = "/-_.~:@!$'()*+,;="
_BEFORE_PATH = re.compile(r"(?:[a-zA-Z][a-zA-Z0-9+.-]*:)?//[^/?#]*")
_ENCODED = re.compile(r"(?:%[89A-Fa-f][0-9A-Fa-f])+")
_NO_URL_CHARACTER = re.compile(r'[\x00-\x20"<>\[\]^`{|}\x7f]')


@lru_cache(maxsize=16384)
def quote(address: str) -> str:
    """Return an address percent-encoded (RFC 3986) for use in an href."""
    return (
        address
        if address.isascii() and address.replace("/", "").replace("-", "").replace(".", "").isalnum()
        else (parse.quote(address, safe=_SAFE))
    )


def mend_address(address: str) -> str:
    """Return another's address with the signs percent-encoded that no URL may hold (URL Standard, 4.3).

    Percent signs stay as they are: what they encode is known to their server alone. So do hosts.
    """
    if not _NO_URL_CHARACTER.search(address) and address.count("#") < 2:  # noqa: PLR2004 - the one before a fragment
        return address
    stripped = address.strip(" \t\n\r\f")
    before = _BEFORE_PATH.match(stripped)
    start = before.end() if before else 0
    path, mark, fragment = stripped[start:].partition("#")
    return stripped[:start] + _encode(path) + mark + _encode(fragment).replace("#", "%23")


def _encode(text: str) -> str:
    return _NO_URL_CHARACTER.sub(lambda match: f"%{ord(match[0]):02X}", text)


def readable(address: str) -> str:
    """Return an address as people read it: percent-encoded letters beyond ASCII as letters (RFC 3987, 3.2)."""
    return _ENCODED.sub(_decode, address) if "%" in address else address


def _decode(match: re.Match[str]) -> str:
    try:
        text = parse.unquote(match[0], errors="strict")
    except UnicodeDecodeError:
        return match[0]
    # Spaces and signs without a shape, such as those that turn the direction of what follows, stay encoded.
    return text if text.isprintable() and " " not in text else match[0]


def root_of(path: str) -> str:
    """Return the way from a page at ``path`` up to the site's root: ``../../``, or nothing at the root."""
    return "../" * path.count("/")
