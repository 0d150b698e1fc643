"""What machines are told: schema.org NewsArticle (https://schema.org/NewsArticle) and Dataset as JSON-LD."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from json.encoder import encode_basestring
from typing import Any, NamedTuple

from markupsafe import Markup

from cermin.records import Entry

# Inside a script element only these could end it or begin markup; JSON reads the escapes as the same characters.
_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_BEGINNING = '{"@context": "https://schema.org", "@type": "NewsArticle"'


class Copy(NamedTuple):
    """The mirror's copy of an article."""

    permalink: str
    """Its absolute address; empty where that is not known."""
    main: str
    """The address of the article that it is another version of; empty where it is none or that is not known."""
    versions: Iterable[str]
    """The addresses of its own other versions."""


def news_article(entry: Entry, copy: Copy, publisher: str, homepage: str) -> Markup:
    """Return the JSON-LD of an article; keys without a value are left out.

    What is described is the article as its outlet published it, ``isBasedOn`` its own address. ``archivedAt`` leads to
    the copy (https://schema.org/archivedAt: "a page or other link involved in archival"), which is its ``url`` here.
    When the copy was made, captures do not tell. A place is the one in front of the text, where it was written.
    """
    # Put together here, as an encoder of any data takes three times as long and every article has one.
    pairs = (
        ("headline", _text(entry.title)),
        ("url", address := _text(copy.permalink)),
        ("mainEntityOfPage", address),
        ("archivedAt", address),
        ("isBasedOn", _text(entry.url)),
        ("exampleOfWork", _text(copy.main)),
        ("workExample", _list([_text(version) for version in copy.versions])),
        ("datePublished", _text(entry.date)),
        ("inLanguage", _text(entry.lang)),
        ("description", _text(entry.summary or entry.excerpt)),
        ("author", _list([_thing("Person", name) for name in entry.authors])),
        ("editor", _thing("Person", entry.editor)),
        ("publisher", _thing("NewsMediaOrganization", publisher, homepage)),
        ("sourceOrganization", _thing("Organization", entry.agency)),
        ("articleSection", _text(entry.section)),
        ("keywords", _list([_text(tag) for tag in entry.tags])),
        ("locationCreated", _thing("Place", entry.place)),
        ("isAccessibleForFree", "true"),
    )
    return _markup("".join([_BEGINNING, *[f', "{key}": {value}' for key, value in pairs if value], "}"]))


def dataset(name: str, description: str, url: str, file: str, answers: Mapping[str, Any]) -> Markup:
    """Return the JSON-LD of the dataset (https://schema.org/Dataset); keys without a value are left out.

    No licence is named, as the articles are others'.
    """
    years = [year for year, _ in answers["years"] if year]
    pairs = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": name,
        "description": description,
        "url": url,
        "publisher": {"@type": "Organization", "name": name},
        "isAccessibleForFree": True,
        "inLanguage": [tag for tag, _ in answers["languages"] if tag],
        "temporalCoverage": f"{years[0]}/{years[-1]}" if years else "",
        "distribution": {
            "@type": "DataDownload",
            "contentUrl": file,
            "encodingFormat": "application/gzip",
            "contentSize": f"{answers['size']} B",
            "sha256": answers["sha256"],
        },
    }
    return _markup(json.dumps({key: value for key, value in pairs.items() if value}, ensure_ascii=False))


def _markup(text: str) -> Markup:
    for sign, escaped in _UNSAFE.items():
        text = text.replace(sign, escaped)
    return Markup(text)  # noqa: S704 - escaped in the lines above


def _text(value: str) -> str:
    return encode_basestring(value) if value else ""


def _thing(kind: str, name: str, url: str = "") -> str:
    if not name:
        return ""
    address = f', "url": {encode_basestring(url)}' if url else ""
    return f'{{"@type": "{kind}", "name": {encode_basestring(name)}{address}}}'


def _list(values: list[str]) -> str:
    return f"[{', '.join(values)}]" if values else ""
