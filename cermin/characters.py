"""Characters that no text should hold, and what becomes of them."""

from __future__ import annotations

import re

CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ufffe\uffff]")
"""Characters that neither XML nor HTML allows in a text."""

_CONTROL_BYTES = bytes(number for number in range(128) if CONTROL.match(chr(number)))
_C1 = re.compile("[\x80-\x84\x86-\x9f]")


def decode(data: bytes) -> str:
    """Return UTF-8 as text; C1 control characters, which nobody types, as the Windows-1252 signs that they once were.

    Browsers read references to them so as well (HTML, 13.2.5.80). Raises UnicodeDecodeError.
    """
    text = data.decode()
    # Every C1 character begins with this byte, and few texts hold it.
    return _C1.sub(_windows_1252, text) if b"\xc2" in data else text


def find_control(data: bytes, text: str) -> re.Match[str] | None:
    """Return the first character of a text that no text should hold; ``data`` is the text in UTF-8."""
    if len(data.translate(None, _CONTROL_BYTES)) == len(data) and b"\xef\xbf" not in data:
        return None
    return CONTROL.search(text)


def _windows_1252(match: re.Match[str]) -> str:
    return match[0].encode("latin-1").decode("windows-1252", errors="replace")
