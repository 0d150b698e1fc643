"""Lists of paragraphs that a data set stored as their source: ``['First.', "Second."]``."""

from __future__ import annotations

import ast
import json
import re

_LITERAL = re.compile(r"""[rub]?(?:'[^'\\]*(?:\\.[^'\\]*)*'|"[^"\\]*(?:\\.[^"\\]*)*")""", re.DOTALL | re.IGNORECASE)
_LIST = re.compile(r"""[\[(]\s*(?=[rub]?['"])""", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,]*")


def parse_list(text: str) -> list[str] | None:
    """Return the texts of a list that was stored as its Python or JSON source, None where a text is no such list."""
    text = text.strip()
    opening = _LIST.match(text)
    if not opening or text[-1] not in "])":
        return None
    if text.startswith("["):
        try:
            items = json.loads(text)
        except (ValueError, RecursionError):
            pass
        else:
            return [item for item in items if isinstance(item, str)] if all(isinstance(i, str) for i in items) else None
    items, at = [], opening.end()
    while literal := _LITERAL.match(text, at):
        items.append(_read_literal(literal[0]))
        between = _BETWEEN.match(text, literal.end())
        at = between.end() if between else literal.end()
    return items if at == len(text) - 1 else None


def _read_literal(source: str) -> str:
    try:
        value = ast.literal_eval(source)
    except (ValueError, SyntaxError):
        return source.lstrip("rubRUB")[1:-1]
    return value if isinstance(value, str) else value.decode("utf-8", "replace")
