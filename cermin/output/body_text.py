"""The body of an article as the plain text that a reader sees."""

from __future__ import annotations

import re
from html import unescape

from cermin.output.article_body import read_body
from cermin.output.body_html import BodyRenderer
from cermin.records import Entry

_ATTRIBUTES = r'[^>"]*(?:"[^"]*"[^>"]*)*'
# What stands inside of a line, and of a word.
_INLINE = re.compile(
    rf"</?(?:a|abbr|b|cite|code|del|dfn|em|i|ins|kbd|mark|q|s|small|span|strong|sub|sup|u|var|wbr)\b{_ATTRIBUTES}>"
)
_TAG = re.compile(rf"<{_ATTRIBUTES}>")


class BodyReader:
    """Reads the bodies of articles below the folder ``content``."""

    def __init__(self, content: str) -> None:
        self._content = content
        self._renderer = BodyRenderer()

    def read(self, entry: Entry) -> str:
        """Return the text of an article's body.

        Raises OutputError when its file cannot be read or is no longer the one that the entry was read from, and
        ValueError when the body cannot be made into a page.
        """
        body = read_body(self._content, entry)
        try:
            return text_of(self._renderer.render(body, {}, ""))
        except RecursionError as error:
            raise ValueError("nested too deep") from error


def text_of(html: str) -> str:
    """Return the text of a sanitised body; elements that begin a line stand apart from what is before."""
    return unescape(_TAG.sub("\n", _INLINE.sub("", html)))
