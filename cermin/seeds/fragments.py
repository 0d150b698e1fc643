"""Text that may hold HTML: whether it does, and what it says without."""

from __future__ import annotations

import html
import re

from cermin.records import FRAGMENT, PAGE, TEXT

_ELEMENTS = (
    "a|abbr|address|article|aside|b|blockquote|body|br|caption|center|cite|code|dd|del|div|dl|dt|em|embed|figcaption|"
    "figure|font|footer|h[1-6]|head|header|hr|html|i|iframe|img|ins|li|link|main|meta|nav|noscript|ol|p|picture|pre|q|s|"
    "script|section|small|source|span|strike|strong|style|sub|sup|table|tbody|td|tfoot|th|thead|time|title|tr|tt|u|ul|video"
)
_TAG = re.compile(rf"</?(?:{_ELEMENTS})(?:\s[^<>]*)?/?>", re.IGNORECASE)
_ESCAPED_TAG = re.compile(rf"&lt;/?(?:{_ELEMENTS})(?:\s(?:(?!&lt;|&gt;).)*)?/?&gt;", re.IGNORECASE | re.DOTALL)
_PAGE = re.compile(r"\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)*<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
_UNSEEN = re.compile(r"<!--.*?-->|<(script|style)\b[^<>]*>.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_INLINE = re.compile(
    r"</?(?:a|abbr|b|cite|code|em|font|i|q|s|small|span|strong|sub|sup|tt|u)(?:\s[^<>]*)?>", re.IGNORECASE
)
LONGEST_PLAIN = 20_000
"""Characters of a title or summary that are looked at."""


def recognise_markup(text: str) -> tuple[str, str]:
    """Return the media type of a body, `TEXT`, `FRAGMENT` or `PAGE`, and the body with its tags as tags.

    Data sets and feeds hold bodies in HTML as often as in text, and sometimes escaped once more than they should be.
    """
    if _PAGE.match(text[:2_000]):
        return PAGE, text
    if "<" in text and _TAG.search(text):
        return FRAGMENT, text
    if "&lt;" in text and _ESCAPED_TAG.search(text):
        return FRAGMENT, html.unescape(text)
    return TEXT, text


def strip_markup(text: str) -> str:
    """Return a title or summary as one line without tags and character references."""
    text = text[:LONGEST_PLAIN]
    if "&lt;" in text and _ESCAPED_TAG.search(text):
        text = html.unescape(text)
    if "<" in text:
        text = _TAG.sub(" ", _INLINE.sub("", _UNSEEN.sub(" ", text)))
    return " ".join(html.unescape(text).split())
