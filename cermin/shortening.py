"""Texts cut to a length."""

from __future__ import annotations


def cut(text: str, longest: int) -> str:
    """Return ``text``, or its beginning up to a word's end with an ellipsis behind it."""
    if len(text) <= longest:
        return text
    head = text[: longest - 1]
    space = head.rfind(" ")
    return (head[:space] if space > longest // 2 else head).rstrip(" ,;:-–—(…") + "…"
