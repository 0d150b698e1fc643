"""What a page says of its article: JSON-LD, meta elements, and the attributes of what stands in it."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping
from html import unescape
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from cermin.seeds.archived import find_original

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

LARGEST_JSON = 2_000_000
"""Characters of a script with JSON-LD that is read."""
MOST_NODES = 5_000
"""Nodes of a page's JSON-LD that are looked at."""
MOST_SCRIPTS = 50
MOST_VALUES = 20
"""Titles, dates and bylines of a page that are looked at."""
MOST_TAGS = 30
LONGEST_TAG = 60
LONGEST_VALUE = 2_000

# Names of meta elements, in the order in which they are to be believed.
_TITLES = tuple("og:title twitter:title dc.title dcterms.title headline title sailthru.title parsely-title".split())
_DATES = tuple(
    "article:published_time og:article:published_time article:published og:published_time datepublished publishdate "
    "publish-date publish_date publisheddate publication_date originalpublicationdate pubdate bt:pubdate "
    "content_pubdate content_publishdate dtk:publishdate article.published article:post_date sailthru.date "
    "parsely-pub-date cxenseparse:recs:publishtime cxenseparse:publishtime citation_publication_date dc.date.issued "
    "dcterms.issued dc.date dcterms.date dc.date.created dcterms.created datecreated displaydate date".split()
)
_AUTHORS = tuple(
    "article:author_name article:author og:article:author author byl parsely-author sailthru.author dc.creator "
    "dcterms.creator content_author dtk:author cxenseparse:author citation_author".split()
)
_SECTIONS = tuple(
    "article:section section parsely-section cxenseparse:recs:category content_category dtk:namakanal".split()
)
_SUMMARIES = tuple("og:description description twitter:description dc.description dcterms.description".split())
_KEYWORDS = tuple("news_keywords keywords parsely-tags sailthru.tags content_tag dtk:keywords".split())
_ARTICLES = re.compile(r"(?:Article|Posting|Report|Review)$")
_SITES = frozenset({"WebSite", "NewsMediaOrganization"})
# What browsers and SingleFile write into the pages that they save.
_SAVED_FROM = re.compile(rb"<!--\s*(?:saved from url=\(\d+\)|Page saved with SingleFile\s+url:\s)\s*(https?://\S+)")
_LIST = re.compile(r",(?=\S)|,(?=.*,)|[;|>]")
_TAG = re.compile(r"<[^<>]{1,200}>")
_COMMA = re.compile(r",(?=\s*[}\]])")
_WRAPPINGS = (("<!--", "-->"), ("//<![CDATA[", "//]]>"), ("/*<![CDATA[*/", "/*]]>*/"), ("<![CDATA[", "]]>"))


class PageMetadata(NamedTuple):
    """What a page says of its article; each list in the order in which it is to be believed."""

    url: str = ""
    """Canonical address, else the one that the page was saved from."""
    base: str = ""
    """Address that links in the page are relative to; empty when nothing tells it."""
    site_names: tuple[str, ...] = ()
    titles: tuple[str, ...] = ()
    """As machines are told; what the page shows is not among them."""
    shared_titles: tuple[str, ...] = ()
    """Those among them under which other sites show the page."""
    document_title: str = ""
    """That of the ``title`` element."""
    dates: tuple[str, ...] = ()
    authors: tuple[str, ...] = ()
    section: str = ""
    tags: tuple[str, ...] = ()
    summary: str = ""
    language: str = ""
    body: str = ""
    """``articleBody`` of the JSON-LD."""


def read_metadata(root: Element, data: bytes, url: str = "") -> PageMetadata:
    """Return what a page says of itself; ``data`` are its bytes, ``url`` its address if a container tells it."""
    meta = _read_meta(root)
    links = _read_links(root)
    nodes = list(_read_json_ld(root))
    saved = _SAVED_FROM.search(data[:3_000])
    here = url or (_web_address(saved[1].decode("utf-8", "replace"), "") if saved else "")
    base = _web_address(links.get("base", ""), here) or here
    canonical = _choose_address([links.get("canonical", ""), *meta.get("og:url", ()), here], base)
    node = _choose_node(nodes, canonical)
    sites = [*_gather(meta, ("og:site_name", "application-name")), _name_of(node.get("publisher"))]
    sites += [_name_of(one) for one in nodes if set(_texts(one.get("@type"))) & _SITES]
    document_title = _text(root.findtext(".//head/title"))
    titles = [_text(node.get("headline")), *_gather(meta, _TITLES), document_title]
    summaries = [*_gather(meta, _SUMMARIES), _text(node.get("description"))]
    body = node.get("articleBody")
    return PageMetadata(
        url=canonical,
        base=base or canonical,
        site_names=_unique(sites)[:MOST_VALUES],
        titles=_unique(titles)[:MOST_VALUES],
        shared_titles=_unique(_gather(meta, ("og:title", "twitter:title")))[:MOST_VALUES],
        document_title=document_title,
        dates=_unique([_text(node.get("datePublished")), *_gather(meta, _DATES)])[:MOST_VALUES],
        authors=_unique([*_names(node.get("author")), *_gather(meta, _AUTHORS)])[:MOST_VALUES],
        section=_LIST.split(next(filter(None, [*_texts(node.get("articleSection")), *_gather(meta, _SECTIONS)]), ""))[
            0
        ],
        tags=_read_tags(node, meta),
        summary=next(filter(None, summaries), ""),
        language=_find_language(root, node, meta),
        body=body if isinstance(body, str) else "",
    )


# --- elements ---


def _read_meta(root: Element) -> dict[str, list[str]]:
    """Return the contents of meta elements by their names in small letters."""
    meta: dict[str, list[str]] = {}
    for element in root.iter("meta"):
        names = (element.get("name"), element.get("property"), element.get("itemprop"), element.get("http-equiv"))
        if content := _text(element.get("content")):
            for name in filter(None, names):
                meta.setdefault(name.strip().lower(), []).append(content)
    return meta


def _read_links(root: Element) -> dict[str, str]:
    links: dict[str, str] = {}
    for element in root.iter("link"):
        if "canonical" in (element.get("rel") or "").lower().split():
            links.setdefault("canonical", element.get("href") or "")
    for element in root.iter("base"):
        links.setdefault("base", element.get("href") or "")
    return links


def _find_language(root: Element, node: Mapping[str, Any], meta: Mapping[str, list[str]]) -> str:
    tags = [root.get("lang") or root.get("xml:lang") or ""]
    tags += [_text(node.get("inLanguage")), *meta.get("og:locale", ()), *meta.get("content-language", ())]
    for tag in tags:
        found = re.match(r"([a-zA-Z]{2,3})(?:[-_]([A-Za-z]{2,4}))?\b", tag.strip())
        if found:
            return found[1].lower() + (f"-{found[2]}" if found[2] else "")
    return ""


def _gather(meta: Mapping[str, list[str]], names: Iterable[str]) -> Iterator[str]:
    for name in names:
        yield from meta.get(name, ())


def _read_tags(node: Mapping[str, Any], meta: Mapping[str, list[str]]) -> tuple[str, ...]:
    """Return the tags of the first source that has any."""
    sources = [meta.get("article:tag", []), _texts(node.get("keywords")), *(meta.get(name, []) for name in _KEYWORDS)]
    for source in sources:
        tags = _unique(tag.strip() for text in source for tag in re.split(r"[,;|]", text))
        if tags:
            return tuple(tag for tag in tags if len(tag) <= LONGEST_TAG)[:MOST_TAGS]
    return ()


# --- JSON-LD ---


def _read_json_ld(root: Element) -> Iterator[Mapping[str, Any]]:
    """Yield the nodes of all JSON-LD of a page, outer ones first; what is no JSON is passed over."""
    scripts = [script for script in root.iter("script") if "ld+json" in (script.get("type") or "")]
    texts = [script.text for script in scripts if script.text and len(script.text) <= LARGEST_JSON]
    waiting = deque(map(_load_json, texts[:MOST_SCRIPTS]))
    for _ in range(MOST_NODES):
        if not waiting:
            return
        node = waiting.popleft()
        if isinstance(node, dict):
            if "@type" in node:
                yield node
            waiting += [value for value in node.values() if isinstance(value, dict | list)]
        elif isinstance(node, list):
            waiting += node[:MOST_NODES]


def _load_json(text: str) -> Any:
    text = text.strip()
    for opening, closing in _WRAPPINGS:
        if text.startswith(opening):
            text = text.removeprefix(opening).strip().removesuffix(closing).strip()
    text = text.rstrip("; \n")
    for attempt in (text, _COMMA.sub("", text)):
        try:
            return json.loads(attempt, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _choose_node(nodes: Iterable[Mapping[str, Any]], url: str) -> Mapping[str, Any]:
    """Return the node of the page's own article: the one of its address, else the first."""
    articles = [node for node in nodes if any(_ARTICLES.search(kind) for kind in _texts(node.get("@type")))]
    for node in articles:
        page = node.get("mainEntityOfPage")
        addresses = [
            _text(node.get("url")),
            _text(page.get("@id")) if isinstance(page, dict) else _text(page),
            _text(node.get("@id")),
        ]
        if url and any(address and _same_page(address, url) for address in addresses):
            return node
    return articles[0] if articles else {}


def _same_page(one: str, other: str) -> bool:
    def fold(address: str) -> str:
        return re.sub(r"^https?://(?:www\.)?|[?#].*$|/$", "", address)

    return fold(one) == fold(other)


def _names(value: Any) -> Iterator[str]:
    for one in value if isinstance(value, list) else [value]:
        if name := _name_of(one):
            yield name


def _name_of(value: Any) -> str:
    if isinstance(value, list):
        value = value[0] if value else ""
    return next(iter(_texts(value.get("name"))), "") if isinstance(value, dict) else _text(value)


def _texts(value: Any) -> list[str]:
    return [text for one in (value if isinstance(value, list) else [value]) if (text := _text(one))]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        return ""
    return " ".join(_TAG.sub("", unescape(value[: 2 * LONGEST_VALUE])).split())[:LONGEST_VALUE]


def _unique(texts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(islice(filter(None, texts), MOST_NODES)))


# --- addresses ---


def _choose_address(addresses: Iterable[str], base: str) -> str:
    """Return the first web address that leads deeper than a site's front page, else the first at all."""
    found = [address for one in addresses if (address := _web_address(one, base))]
    deep = [address for address in found if urlsplit(address).path.strip("/") or urlsplit(address).query]
    return next(iter([*deep, *found]), "")


def is_same_site(told: str, known: str) -> bool:
    """Whether the address that a page tells is of the site that it was captured from, as far as that is known."""
    return not known or _site_of(told) == _site_of(known)


def _site_of(address: str) -> str:
    try:
        return re.sub(r"^(?:www|m|amp|mobile)\.", "", urlsplit(address).hostname or "")
    except ValueError:
        return ""


def _web_address(address: str, base: str) -> str:
    try:
        joined = find_original(urljoin(base, address.strip()))
        parts = urlsplit(joined)
    except ValueError:
        return ""
    return (
        joined if address.strip() and parts.scheme in {"http", "https"} and parts.hostname and " " not in joined else ""
    )
