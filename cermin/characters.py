"""Characters that no text should hold, and what becomes of them."""

from __future__ import annotations

import re

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""Characters that neither XML nor HTML allows in a text."""

_C1 = re.compile("[\x80-\x84\x86-\x9f]")


def decode(data: bytes) -> str:
    """Return UTF-8 as text; C1 control characters, which nobody types, as the Windows-1252 signs that they once were.

    Browsers read references to them so as well (HTML, 13.2.5.80). Raises UnicodeDecodeError.
    """
    text = data.decode()
    return text if text.isascii() else _C1.sub(_windows_1252, text)


def _windows_1252(match: re.Match[str]) -> str:
    return match[0].encode("latin-1").decode("windows-1252", errors="replace")
