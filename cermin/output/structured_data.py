"""What machines are told of an article: schema.org NewsArticle as JSON-LD (https://schema.org/NewsArticle)."""

from __future__ import annotations

import json

from markupsafe import Markup

from cermin.records import Entry

# Inside a script element only these could end it or begin markup; JSON reads the escapes as the same characters.
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_encode = json.JSONEncoder(ensure_ascii=False).encode


def news_article(entry: Entry, outlet: str, canonical: str, language: str) -> Markup:
    """Return the JSON-LD of an article; keys without a value are left out."""
    data: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": entry.title,
        "url": canonical,
        "mainEntityOfPage": canonical,
        "datePublished": entry.date,
        "inLanguage": entry.lang or language,
        "description": entry.summary or entry.excerpt,
        "author": [{"@type": "Person", "name": name} for name in entry.authors],
        "editor": {"@type": "Person", "name": entry.editor} if entry.editor else "",
        "publisher": {"@type": "NewsMediaOrganization", "name": outlet},
        "articleSection": entry.section,
        "keywords": list(entry.tags),
        "contentLocation": {"@type": "Place", "name": entry.place} if entry.place else "",
        "sourceOrganization": {"@type": "Organization", "name": entry.agency} if entry.agency else "",
        "isBasedOn": entry.url,
    }
    text = _encode({key: value for key, value in data.items() if value})
    for sign, escaped in _UNSAFE.items():
        text = text.replace(sign, escaped)
    return Markup(text)  # noqa: S704 - escaped in the lines above
