"""What machines are told of an article: schema.org NewsArticle as JSON-LD (https://schema.org/NewsArticle)."""

from __future__ import annotations

from json.encoder import encode_basestring

from markupsafe import Markup

from cermin.records import Entry

# Inside a script element only these could end it or begin markup; JSON reads the escapes as the same characters.
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_BEGINNING = '{"@context": "https://schema.org", "@type": "NewsArticle"'


def news_article(entry: Entry, outlet: str, permalink: str, language: str) -> Markup:
    """Return the JSON-LD of an article; keys without a value are left out."""
    # Put together here, as an encoder of any data takes three times as long and every article has one.
    pairs = (
        ("headline", _text(entry.title)),
        ("url", _text(permalink)),
        ("mainEntityOfPage", _text(permalink)),
        ("datePublished", _text(entry.date)),
        ("inLanguage", _text(entry.lang or language)),
        ("description", _text(entry.summary or entry.excerpt)),
        ("author", _list([_thing("Person", name) for name in entry.authors])),
        ("editor", _thing("Person", entry.editor)),
        ("publisher", _thing("NewsMediaOrganization", outlet)),
        ("articleSection", _text(entry.section)),
        ("keywords", _list([_text(tag) for tag in entry.tags])),
        ("contentLocation", _thing("Place", entry.place)),
        ("sourceOrganization", _thing("Organization", entry.agency)),
        ("isBasedOn", _text(entry.url)),
    )
    text = "".join([_BEGINNING, *[f', "{key}": {value}' for key, value in pairs if value], "}"])
    for sign, escaped in _UNSAFE.items():
        text = text.replace(sign, escaped)
    return Markup(text)  # noqa: S704 - escaped in the lines above


def _text(value: str) -> str:
    return encode_basestring(value) if value else ""


def _thing(kind: str, name: str) -> str:
    return f'{{"@type": "{kind}", "name": {encode_basestring(name)}}}' if name else ""


def _list(values: list[str]) -> str:
    return f"[{', '.join(values)}]" if values else ""
