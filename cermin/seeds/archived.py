"""Addresses in web archives -> those of the originals."""

from __future__ import annotations

import re

# Archives put their own address, a time of fourteen figures and a mark for what is asked for before the original's:
# https://web.archive.org/web/20151105100858im_/http://kita.example/a.jpg
_ARCHIVED = re.compile(r"https?://[^/]+/(?:[^/]+/){1,2}?\d{14}(?:[a-z]{2}_)?/(?=https?:/)")


def find_original(address: str) -> str:
    """Return the address of the original of an archived page, and any other address as it is."""
    match = _ARCHIVED.match(address)
    if match is None:
        return address
    original = address[match.end() :]
    # Some tools make one of the two strokes.
    return re.sub(r"^(https?:)/+", r"\1//", original)
