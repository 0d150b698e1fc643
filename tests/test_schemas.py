"""What machines read: feeds and sitemaps against their schemas, JSON Feed and JSON-LD against what they may hold."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from itertools import product
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urldefrag, urljoin, urlsplit

import html5lib
import pytest
from lxml import etree

from cermin.output.address import quote
from tests.conftest import ROOT
from tests.mirrors import article, build
from tests.newspaper import write_newspaper

SCHEMAS = {name: etree.RelaxNG(file=str(ROOT / f"tests/schemas/{name}.rng")) for name in ("atom", "sitemap")}
OF_ROOT = {
    "{http://www.w3.org/2005/Atom}feed": "atom",
    "{http://www.sitemaps.org/schemas/sitemap/0.9}urlset": "sitemap",
    "{http://www.sitemaps.org/schemas/sitemap/0.9}sitemapindex": "sitemap",
}
ATOM = "{http://www.w3.org/2005/Atom}"
XML = "{http://www.w3.org/XML/1998/namespace}"
BASE = "https://example.org/mirror/"
ODD = "</title>]]> <b>&lt; \" ' & {{ 1 }} \u202e \ue000 مطر"
DATES = (
    "2024-06-20", "2024-06-20T13:40", "2024-06-20T13:40:09", "2024-06-20T13:40Z", "2024-06-20T13:40+07:00",
    "2024-06-20T13:40:09-11:30", "0999-01-01", "9999-12-31T23:59:59-12:00", "",
)  # fmt: skip
BODIES = ("Satu.\n\nBaca juga: [[Dua]]", "<b>dua [c](0.html#e) [f](#g) ![h](i.jpg)\n\n1. j\n\n| k |\n|---|", ODD, "")


@pytest.fixture(scope="module", params=["newspaper", "odd", "odd, without base_url", "empty"])
def output(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return sites: the newspaper; articles with all sorts of dates, bodies and names; nothing at all."""
    root = tmp_path_factory.mktemp("mirror")
    if request.param == "newspaper":
        write_newspaper(root)
    elif request.param == "empty":
        (root / "cermin.toml").write_text(f'[site]\ntitle = "Kaca"\nbase_url = "{BASE}"\n')
    else:
        write_odd(root, "" if "without" in request.param else f'base_url = "{BASE}"\n')
    assert build(root).faults == ()
    return root / "output"


def write_odd(root: Path, settings: str) -> None:
    """Write a mirror of what could go wrong in a feed."""
    (root / "cermin.toml").write_text(
        f"[site]\ntitle = {json.dumps(ODD, ensure_ascii=False)}\nlist_size = 2\n{settings}"
    )
    for number, (date, body) in enumerate(product(DATES, BODIES)):
        path = root / "content" / "kaca" / "2024" / f"{'مطر' * (number % 2)}{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        front = {
            "date": date, "outlet": "kaca", "lang": "ar" if number % 2 else "", "section": ODD, "tags": [ODD],
            "authors": [ODD], "summary": ODD * (number % 3), "url": f"https://kaca.example/{number}?a[]=b|c&d",
        }  # fmt: skip
        path.write_text(article(f"{number} {ODD}", body, **{key: value for key, value in front.items() if value}))


# --- XML -----------------------------------------------------------------------------------------------------------


def test_every_xml_file_follows_its_schema(output: Path) -> None:
    """Every XML file is an Atom feed (RFC 4287) or a sitemap (sitemaps.org), and follows that schema."""
    found = []
    for path in output.rglob("*.xml"):
        document = etree.parse(path)
        schema = SCHEMAS[OF_ROOT[document.getroot().tag]]
        if not schema.validate(document):
            found.append(f"{path}: {schema.error_log.last_error}")
        if "sitemap" in path.parts[-1]:
            assert path.stat().st_size < 50 * 1024 * 1024
    assert found == []


@pytest.mark.parametrize(
    ("schema", "right", "wrong"),
    [
        ("atom", "<updated>2024-06-20T13:40:09Z</updated>", "<updated>2024-06-20T13:40:09</updated>"),
        ("atom", "<id>urn:a:b</id>", ""),
        ("atom", "<id>urn:a:b</id>", "<id>urn:a:b</id><id>urn:a:c</id>"),
        ("atom", "<name>a</name>", "<name></name>"),
        ("atom", "<name>a</name>", "<name>a</name><nickname>b</nickname>"),
        ("atom", '<content type="html">&lt;p></content>', '<content type="html"><p/></content>'),
        ("atom", 'href="a.html"', 'href="a b.html"'),
        ("atom", 'href="a.html"', ""),
        ("atom", "<x:y>", '<x:y xmlns:x="http://www.w3.org/2005/Atom">'),
        ("sitemap", "<loc>https://x.id/</loc>", "<loc>a.html</loc>"),
        ("sitemap", "<loc>https://x.id/</loc>", "<loc>https://x.id/مطر</loc>"),
        ("sitemap", "<loc>https://x.id/</loc>", f"<loc>https://x.id/{'a' * 2048}</loc>"),
        ("sitemap", "<lastmod>2024-06-20</lastmod>", "<lastmod>2024-06-20T13:40:09</lastmod>"),
        ("sitemap", "<lastmod>2024-06-20</lastmod>", "<lastmod>2024-06-31</lastmod>"),
        ("sitemap", "<lastmod>2024-06-20</lastmod>", "<lastmod>2024-06-20</lastmod><news>a</news>"),
    ],
)
def test_the_schemas_find(schema: str, right: str, wrong: str) -> None:
    """The schemas take what is right and find what is wrong."""
    text = {
        "atom": '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:x="x:y" xml:lang="id"><id>urn:a:b</id><title>a</title>'
        '<updated>2024-06-20T13:40:09Z</updated><author><name>a</name></author><link href="a.html"/><x:y></x:y><entry>'
        "<id>urn:a:c</id><title>b</title><updated>2024-06-20T13:40:09+07:00</updated>"
        '<content type="html">&lt;p></content></entry></feed>',
        "sitemap": '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>https://x.id/</loc>'
        "<lastmod>2024-06-20</lastmod></url></urlset>",
    }[schema]
    assert right in text
    assert SCHEMAS[schema].validate(etree.fromstring(text))
    assert not SCHEMAS[schema].validate(etree.fromstring(text.replace(right, wrong, 1)))


def iter_atom(output: Path) -> Iterator[tuple[Path, Any]]:
    """Yield each Atom feed of a site."""
    for path in output.rglob("*.xml"):
        document = etree.parse(path)
        if document.getroot().tag == f"{ATOM}feed":
            yield path, document.getroot()


def address_of(path: Path, output: Path, base: str) -> str:
    """Return where a file of the site stands: on its host, or on this disk where it has none."""
    return base + quote(path.relative_to(output).as_posix()) if base else path.as_uri()


def find_dead_link(output: Path, address: str) -> str:
    """Return an address that leads into the site and to no file of it."""
    inside = address.removeprefix(BASE) if address.startswith(BASE) else address.removeprefix(f"{output.as_uri()}/")
    is_inside = inside != address
    path = unquote(urldefrag(inside).url)
    return address if is_inside and not (output / (path or "index.html")).is_file() else ""


def test_feeds_keep_what_no_schema_says(output: Path) -> None:
    """An entry has an author (RFC 4287, 4.1.1), content or an alternate link (4.1.2), and an id of its own (4.2.6)."""
    for path, feed in iter_atom(output):
        ids = [feed.findtext(f"{ATOM}id"), *(entry.findtext(f"{ATOM}id") for entry in feed.iter(f"{ATOM}entry"))]
        assert len(ids) == len(set(ids)), path
        assert all(urlsplit(name).scheme for name in ids), path
        for part in [feed, *feed.findall(f"{ATOM}entry")]:
            alternates = [
                (link.get("type"), link.get("hreflang"))
                for link in part.findall(f"{ATOM}link")
                if link.get("rel", "alternate") == "alternate"
            ]
            assert len(alternates) == len(set(alternates)), path
            if part.tag == f"{ATOM}entry":
                assert alternates or part.find(f"{ATOM}content") is not None, path
                assert feed.find(f"{ATOM}author") is not None or part.find(f"{ATOM}author") is not None, path
                assert part.findtext(f"{ATOM}published", "") <= part.findtext(f"{ATOM}updated", ""), path


def test_links_of_feeds_lead_somewhere(output: Path) -> None:
    """What a feed and the texts in it link to in the mirror is there, a feed's link to itself is its own address."""
    for path, feed in iter_atom(output):
        base = BASE if feed.get(f"{XML}base") else ""
        own = address_of(path, output, base)
        links = [
            (element, urljoin(_base_of(element, own), element.get("href"))) for element in feed.iter(f"{ATOM}link")
        ]
        assert [found for _, link in links if (found := find_dead_link(output, link))] == [], path
        assert {link for element, link in links if element.get("rel") == "self"} <= {own}, path
        for content in feed.iter(f"{ATOM}content"):
            fragment = read_html(content.text or "") if content.get("type") == "html" else []
            inside = [urljoin(_base_of(content, own), a.get("href", "")) for part in fragment for a in part.iter("a")]
            assert [found for link in inside if (found := find_dead_link(output, link))] == [], path


def _base_of(element: Any, own: str) -> str:
    """Return what an element's relative addresses count from (XML Base)."""
    bases = [around.get(f"{XML}base") for around in [element, *element.iterancestors()]]
    for base in reversed(list(filter(None, bases))):
        own = urljoin(own, base)
    return own


def read_html(text: str) -> Any:
    """Return HTML as elements; fail where a browser would have to guess, or where it does more than be read."""
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    fragment = parser.parseFragment(text)
    assert [error for _, error, _ in parser.errors] == [], text
    elements = [element for part in fragment for element in part.iter()]
    assert not {"script", "style", "iframe", "form", "img"} & {element.tag for element in elements}, text
    names = {name for element in elements for name in element.attrib}
    assert [name for name in names if name.startswith("on") or name == "style"] == [], text
    return fragment


# --- JSON ----------------------------------------------------------------------------------------------------------

RFC_3339 = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)"
ADDRESS = r"https?://[^\s<>\"\\^`{|}]+"
PERSON = {"name": r"(?s).*\S.*", "url": ADDRESS, "avatar": ADDRESS}
ITEM = {
    "id": r"\S+", "url": ADDRESS, "external_url": ADDRESS, "title": r".+", "content_html": r"(?s).*",
    "content_text": r"(?s).*", "summary": r"(?s).+", "image": ADDRESS, "banner_image": ADDRESS,
    "date_published": RFC_3339, "date_modified": RFC_3339, "authors": PERSON, "tags": r".+",
    "language": r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*",
    "attachments": {"url": ADDRESS, "mime_type": r"\S+/\S+", "title": r".+"},
}  # fmt: skip
JSON_FEED = {
    "version": r"https://jsonfeed\.org/version/1\.1", "title": r".+", "home_page_url": ADDRESS, "feed_url": ADDRESS,
    "description": r".+", "user_comment": r".+", "next_url": ADDRESS, "icon": ADDRESS, "favicon": ADDRESS,
    "authors": PERSON, "language": ITEM["language"], "items": ITEM,
}  # fmt: skip
NEEDED = {"feed": {"version", "title", "items"}, "items": {"id"}, "attachments": {"url", "mime_type"}}
LISTS = {"items", "authors", "tags", "attachments"}


def find_faults(value: Any, form: Any, place: str = "feed") -> Iterator[str]:
    """Yield what is wrong in a JSON Feed (https://www.jsonfeed.org/version/1.1/)."""
    if not isinstance(value, type(form)) or (isinstance(form, str) and not re.fullmatch(form, value)):
        yield f"{place}: {value!r}"
    elif isinstance(form, dict):
        yield from find_gaps(value, place)
        for key, part in value.items():
            if not key.startswith("_"):  # an extension
                yield from find_faults_of_key(key, part, form, place)


def find_gaps(value: dict[str, Any], place: str) -> Iterator[str]:
    """Yield what an object of a JSON Feed has to have and does not."""
    name = place.rpartition(".")[2]
    yield from (f"{place}: no {key}" for key in NEEDED.get(name, set()) - value.keys())
    if name == "items" and not {"content_html", "content_text"} & value.keys():
        yield f"{place}: no content"
    if name == "authors" and not value:
        yield f"{place}: of nobody"


def find_faults_of_key(key: str, part: Any, form: dict[str, Any], place: str) -> Iterator[str]:
    """Yield what is wrong with a key of an object and what it holds."""
    if key not in form:
        yield f"{place}: {key} is unknown"
    elif key in LISTS and not isinstance(part, list):
        yield f"{place}.{key}: {part!r}"
    else:
        for item in part if key in LISTS else [part]:
            yield from find_faults(item, form[key], f"{place}.{key}")


def test_json_feeds_hold_what_they_may(output: Path) -> None:
    """Every JSON Feed has the fields of version 1.1 with values of their form, ids and links of its own."""
    for path in output.rglob("feed*.json"):
        feed = json.loads(path.read_bytes())
        assert list(find_faults(feed, JSON_FEED)) == [], path
        ids = [item["id"] for item in feed["items"]]
        assert len(ids) == len(set(ids)), path
        links = [
            feed.get("home_page_url", ""),
            feed.get("next_url", ""),
            *(item.get("url", "") for item in feed["items"]),
        ]
        assert [found for link in links if (found := find_dead_link(output, link))] == [], path
        assert feed.get("feed_url") in {None, address_of(path, output, BASE)}, path
        for item in feed["items"]:
            read_html(item.get("content_html", ""))
            if "date_published" in item:
                datetime.fromisoformat(item["date_published"])


FEED: dict[str, Any] = {
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Kaca",
    "authors": [{"name": "Kaca"}],
    "items": [{"id": "1", "content_text": "", "date_published": "2024-06-20T13:40:09+07:00", "_kaca": 1}],
}


@pytest.mark.parametrize(
    "change",
    [
        {"version": "1.1"}, {"title": 1}, {"home_page_url": "index.html"}, {"items": {}}, {"author": {"name": "a"}},
        {"authors": [{}]}, {"language": ""}, {"items": [{"id": "1"}]}, {"items": [{"content_text": "a"}]},
        {"items": [{"id": 1, "content_text": "a"}]},
        {"items": [{"id": "1", "content_text": "a", "date_published": "2024-06-20"}]},
        {"items": [{"id": "1", "content_text": "a", "tags": "b"}]}, {"items": ["a"]},
    ],
)  # fmt: skip
def test_finds_faults_of_json_feeds(change: dict[str, Any]) -> None:
    """What the test above looks for is found."""
    assert list(find_faults(FEED, JSON_FEED)) == []
    assert list(find_faults(FEED | change, JSON_FEED)) != []


THING = {"@type", "@id", "name", "url", "sameAs", "identifier"}
VOCABULARY = {
    "NewsArticle": THING
    | set(
        "@context headline alternativeHeadline mainEntityOfPage datePublished dateModified dateCreated dateline "
        "inLanguage description abstract author editor publisher provider maintainer articleSection articleBody "
        "wordCount keywords contentLocation locationCreated sourceOrganization isBasedOn archivedAt isPartOf hasPart "
        "about mentions citation encoding associatedMedia image version correction sdPublisher sdDatePublished "
        "sdLicense license usageInfo copyrightHolder copyrightNotice creditText isAccessibleForFree "
        "conditionsOfAccess exampleOfWork workExample translationOfWork publishingPrinciples".split()
    ),
    "Dataset": THING
    | set(
        "@context description publisher creator isAccessibleForFree inLanguage temporalCoverage distribution license "
        "keywords datePublished dateModified version size variableMeasured isBasedOn citation".split()
    ),
    "Person": THING,
    "Place": THING,
    "Organization": THING,
    "NewsMediaOrganization": THING,
    "CreativeWork": THING | set("isPartOf archivedAt datePublished encoding encodingFormat".split()),
    "WebPage": THING | set("isPartOf archivedAt datePublished lastReviewed".split()),
    "WebSite": THING,
    "Collection": THING,
    "ArchiveComponent": THING | {"holdingArchive", "itemLocation"},
    "MediaObject": THING | set("contentUrl contentSize encodingFormat sha256".split()),
    "DataDownload": THING | set("contentUrl contentSize encodingFormat sha256".split()),
    "PropertyValue": THING | {"propertyID", "value"},
}
"""What schema.org knows of what an article may name, as of its release 29; not all of it, but nothing else."""


def find_strangers(value: Any) -> Iterator[str]:
    """Yield the types and properties that schema.org does not know, and values that tell nothing."""
    if isinstance(value, list):
        for item in value:
            yield from find_strangers(item)
    elif isinstance(value, dict):
        kind = value.get("@type", "")
        yield from (f"{kind}.{key}" for key in value.keys() - VOCABULARY.get(kind, {"@type"}))
        yield from find_strangers(list(value.values()))
    elif value in {"", None}:
        yield "an empty value"


def test_structured_data_is_of_schema_org(output: Path) -> None:
    """Each article is described once, and the data; by types and properties of schema.org, none of them empty."""
    found = []
    for path in output.rglob("*.html"):
        page = html5lib.parse(path.read_bytes(), namespaceHTMLElements=False)
        told = [json.loads(script.text) for script in page.iter("script") if script.text]
        is_article = page.find(".//main/article") is not None
        kinds = ["Dataset"] if path.parent.name == "data" else ["NewsArticle"] * is_article
        assert [(each["@context"], each["@type"]) for each in told] == [("https://schema.org", kind) for kind in kinds]
        found += [f"{path}: {stranger}" for stranger in find_strangers(told)]
    assert found == []


def test_finds_strangers() -> None:
    """What the test above looks for is found."""
    told = {"@type": "NewsArticle", "author": [{"@type": "Human", "name": "a"}], "title": "b", "keywords": [""]}
    assert sorted(find_strangers(told)) == ["Human.name", "NewsArticle.title", "an empty value"]
