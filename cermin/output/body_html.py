"""Markdown bodies -> safe HTML.

Most news paragraphs hold no markup. A body of nothing but such paragraphs and see-also lines is written directly;
any other goes through Python-Markdown and then through nh3, which knows an allow-list of tags and attributes. Both ways
give the same bytes where the direct one applies; a property test holds it.

A see-also ``[[title]]`` becomes a link when the mirror holds that article and plain text otherwise. What is between the
brackets is escaped as all body text is: a backslash before a Markdown sign, ``&amp;`` and ``&lt;``.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import escape, unescape
from typing import TYPE_CHECKING
from urllib.parse import urlsplit
from xml.etree.ElementTree import Element, SubElement

import nh3
from markdown import Markdown
from markdown.extensions import Extension
from markdown.inlinepatterns import InlineProcessor
from markdown.treeprocessors import Treeprocessor
from markdown.util import AtomicString

from cermin.output.address import quote

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMED = r"(?:\\.|[^\]\\\n]|\](?!\]))+"
_ESCAPED = re.compile(r"\\([!-/:-@\[-`{-~])")

# A paragraph in one line that Python-Markdown would not look at twice: no sign of markup in it, none of a list, heading
# or rule at its beginning, no space at its ends.
_NO_MARKUP = r"[^\\`*_\[\]<>&|~{}\x00-\x1f\x7f\x85\xa0\u2028\u2029]"
_BEGINNING = rf"(?!\d+[.)]|[\s#+=:!-]){_NO_MARKUP}"
_PLAIN = re.compile(rf"{_BEGINNING}{_NO_MARKUP}*(?<!\s)")
_SEE_ALSO = re.compile(rf"({_BEGINNING}{_NO_MARKUP}{{0,40}}: )\[\[(?!.*[\x00-\x1f])({_NAMED})\]\]")

TAGS = frozenset(
    "a abbr b blockquote br cite code dd del dfn dl dt em figcaption figure h2 h3 h4 h5 h6 hr i ins kbd li mark ol p "
    "pre q s small span strong sub sup table tbody td th thead tr u ul var wbr".split()
)
_SANITISER = nh3.Cleaner(
    tags=set(TAGS),
    clean_content_tags={"script", "style"},
    attributes={
        "*": {"lang", "dir", "title"},
        "a": {"href", "id"},
        "li": {"id"},
        "sup": {"id"},
        "ol": {"start"},
        "td": {"colspan", "rowspan"},
        "th": {"colspan", "rowspan", "scope"},
    },
    attribute_filter=lambda tag, name, value: None if name == "id" and not value.startswith("fn") else value,  # noqa: ARG005
    allowed_classes={"p": {"see-also"}, "span": {"missing"}, "sup": {"footnote-ref"}},
    url_schemes={"http", "https", "mailto", "tel"},
    link_rel=None,
    # A wide table scrolls inside itself, so the keyboard must reach it.
    set_tag_attribute_values={"table": {"tabindex": "0"}},
)


class BodyRenderer:
    """Renders bodies, one after the other; holds the one Markdown object of a process."""

    def __init__(self) -> None:
        self._references = _References()
        self._markdown: Markdown | None = None

    def render(self, body: str, see_also: Mapping[str, str], root: str) -> str:
        """Return a body as HTML. ``see_also`` gives the address of each title that the mirror holds, from ``root``."""
        return self.render_direct(body, see_also, root) or self.render_markdown(body, see_also, root)

    def render_direct(self, body: str, see_also: Mapping[str, str], root: str) -> str | None:
        """Return the HTML of a body that is only plain paragraphs and see-also lines; None for any other."""
        parts = []
        for paragraph in body.strip("\n").split("\n\n"):
            if _PLAIN.fullmatch(paragraph):
                parts.append(f"<p>{paragraph}</p>")
            elif match := _SEE_ALSO.fullmatch(paragraph):
                parts.append(f'<p class="see-also">{match[1]}{_link_html(match[2], see_also, root)}</p>')
            else:
                return None
        return "\n".join(parts)

    def render_markdown(self, body: str, see_also: Mapping[str, str], root: str) -> str:
        """Return the HTML of any body, by Python-Markdown and the sanitiser."""
        if self._markdown is None:
            self._markdown = Markdown(
                extensions=["tables", "fenced_code", "footnotes", "sane_lists", _NewsExtension(self._references)],
                output_format="html",
            )
        self._references.see_also, self._references.root = see_also, root
        try:
            # Without a reset the footnotes of one article appear in the next.
            html = self._markdown.reset().convert(body)
        except Exception:
            # What was broken off leaves its state behind, which no reset takes away.
            self._markdown = None
            raise
        return _SANITISER.clean(html)


def _unescape_title(markdown: str) -> str:
    return unescape(_ESCAPED.sub(r"\1", markdown)).strip()


def _link_html(escaped: str, see_also: Mapping[str, str], root: str) -> str:
    title = _unescape_title(escaped)
    address = see_also.get(title)
    text = escape(title, quote=False).replace("\xa0", "&nbsp;")
    if address:
        return f'<a href="{root}{quote(address)}">{text}</a>'
    return f'<span class="missing">{text}</span>'


class _References:
    """Where the see-also titles of the article being rendered lead."""

    see_also: Mapping[str, str]
    root: str

    def __init__(self) -> None:
        self.see_also, self.root = {}, ""


class _NewsExtension(Extension):
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
        super().__init__(rf"(?<!\\)(?<!\[)\[\[({_NAMED})\]\]", md)
        self._references = references

    def handleMatch(  # type: ignore[override]  # noqa: N802 - the name that Python-Markdown calls
        self,
        m: re.Match[str],
        data: str,  # noqa: ARG002
    ) -> tuple[Element, int, int]:
        """Return the link, or the span of a title that the mirror does not hold."""
        title = _unescape_title(m[1])
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
            if len(paragraph) == 1 and "data-see-also" in paragraph[0].attrib and not (paragraph[0].tail or "").strip():
                label = paragraph.text or ""
                if label.endswith(": ") and len(label) <= 43:  # noqa: PLR2004 - as in _SEE_ALSO
                    paragraph.set("class", "see-also")
        for element in root.iter():
            element.attrib.pop("data-see-also", None)

    @staticmethod
    def _shift_headings(root: Element) -> None:
        headings = list(_headings(root))
        levels = {tag: f"h{level}" for level, tag in enumerate(sorted({item.tag for item in headings}), 2)}
        for heading in headings:
            heading.tag = levels[heading.tag] if levels[heading.tag] != "h7" else "h6"


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
