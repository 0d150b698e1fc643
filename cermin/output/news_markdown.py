"""What news bodies need beside Markdown: see-also links, headings below the page's own, no pictures of other hosts."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement

from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from cermin.output.address import quote
from cermin.output.paragraphs import NAMED, is_label, unescape_title


class NewsMarkdown(Markdown):
    """Python-Markdown as cermin uses it."""

    def __init__(self) -> None:
        self._references = _References()
        news = _NewsExtension(self._references)
        super().__init__(extensions=["tables", "fenced_code", "footnotes", "sane_lists", news], output_format="html")

    def convert_news(self, text: str, see_also: Mapping[str, str], root: str) -> str:
        """Return a body as HTML, not yet sanitised; ``see_also`` gives the address of each title, from ``root``."""
        self._references.see_also, self._references.root = see_also, root
        # Without a reset the footnotes of one article appear in the next.
        return self.reset().convert(text)


class _References:
    """Where the see-also titles of the article being rendered lead."""

    see_also: Mapping[str, str]
    root: str

    def __init__(self) -> None:
        self.see_also, self.root = {}, ""


class _NewsExtension(Extension):
    """Adds to Markdown what news bodies need."""

    def __init__(self, references: _References) -> None:
        super().__init__()
        self._references = references

    def extendMarkdown(self, md: Markdown) -> None:  # noqa: N802 - the name that Python-Markdown calls
        """Register what news bodies need beside Markdown."""
        # Above "backtick" (190), so that the escapes in a title are ours.
        md.inlinePatterns.register(_ReferencePattern(self._references, md), "see-also", 195)
        # Below "inline" (20): links and images are elements by then.
        md.treeprocessors.register(_NewsTree(md), "news", 15)


class _ReferencePattern(InlineProcessor):
    def __init__(self, references: _References, md: Markdown) -> None:
        super().__init__(rf"(?<!\\)(?<!\[)\[\[({NAMED})\]\]", md)
        self._references = references

    def handleMatch(  # type: ignore[override]  # noqa: N802 - the name that Python-Markdown calls
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002
    ) -> tuple[Element, int, int]:
        """Return the link, or the span of a title that the mirror does not hold."""
        title = unescape_title(m[1])
        address = self._references.see_also.get(title)
        element = Element("a" if address else "span")
        if address:
            element.set("href", self._references.root + quote(address))
        else:
            element.set("class", "missing")
        element.text = _literal(title)
        element.set("data-see-also", "")
        return element, m.start(0), m.end(0)


def _literal(text: str) -> AtomicString:
    """Return text as it is to be read: Python-Markdown leaves what looks like a character reference as it stands."""
    return AtomicString(text.replace("&", "&amp;"))


class _NewsTree(Treeprocessor):
    """Headings below the page's own, pictures of other hosts as links, see-also paragraphs marked."""

    def run(self, root: Element) -> None:
        """Change the tree in place."""
        self._shift_headings(root)
        for parent in root.iter():
            for child in list(parent):
                if child.tag == "img":
                    _replace_picture(child)
        for paragraph in root.iter("p"):
            if _ends_in_reference(paragraph) and is_label(paragraph.text or ""):
                paragraph.set("class", "see-also")
        for element in root.iter():
            element.attrib.pop("data-see-also", None)

    @staticmethod
    def _shift_headings(root: Element) -> None:
        headings = list(_headings(root))
        levels = {tag: f"h{level}" for level, tag in enumerate(sorted({item.tag for item in headings}), 2)}
        for heading in headings:
            heading.tag = levels[heading.tag] if levels[heading.tag] != "h7" else "h6"


def _ends_in_reference(paragraph: Element) -> bool:
    """Tell whether a paragraph is a text and a reference behind it, and nothing else."""
    return len(paragraph) == 1 and "data-see-also" in paragraph[0].attrib and not (paragraph[0].tail or "").strip()


def _headings(root: Element) -> Iterator[Element]:
    return (element for element in root.iter() if re.fullmatch("h[1-6]", str(element.tag)))


def _replace_picture(image: Element) -> None:
    """A mirror fetches nothing from other hosts: a picture becomes a link to it, or its description."""
    source, description = image.get("src", ""), image.get("alt", "")
    tail = image.tail
    image.clear()
    image.tail = tail
    if _is_web_address(source):
        image.tag = "a"
        image.set("href", source)
        image.text = AtomicString(description or source)
    else:
        image.tag = "em"
        SubElement(image, "span").text = AtomicString(description)


def _is_web_address(address: str) -> bool:
    try:
        return urlsplit(address).scheme in {"http", "https"}
    except ValueError:  # "http://[" and its like
        return False
