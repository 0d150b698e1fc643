"""Addresses in links: relative, and with nothing in them that HTML or a URL would read otherwise."""

from __future__ import annotations

from functools import lru_cache
from urllib import parse

_SAFE = "/-_.~:@!$'()*+,;="


@lru_cache(maxsize=16384)
def quote(address: str) -> str:
    """Return an address percent-encoded (RFC 3986) for use in an href."""
    return (
        address
        if address.isascii() and address.replace("/", "").replace("-", "").replace(".", "").isalnum()
        else (parse.quote(address, safe=_SAFE))
    )


def root_of(path: str) -> str:
    """Return the way from a page at ``path`` up to the site's root: ``../../``, or nothing at the root."""
    return "../" * path.count("/")
