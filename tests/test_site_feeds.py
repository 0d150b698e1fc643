"""Feeds: full texts, archives that can be harvested, and the same in JSON."""

from __future__ import annotations

import json
import posixpath
import re
import uuid
from pathlib import Path
from urllib.parse import unquote, urljoin
from xml.etree import ElementTree as ET

import feedparser
import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cermin.output import rendering
from cermin.site.kinds import feed
from tests.conftest import tree
from tests.mirrors import article, build, build_clean, find_differences
from tests.newspaper import OLD_ADDRESSES, write_newspaper

ATOM = "{http://www.w3.org/2005/Atom}"
ARCHIVE = "{http://purl.org/syndication/history/1.0}archive"
BASE = "https://example.org/mirror/"
XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"


@pytest.fixture(scope="module")
def newspaper(tmp_path_factory) -> Path:
    """Build the small newspaper and return its output."""
    root = write_newspaper(tmp_path_factory.mktemp("newspaper"))
    assert build(root).faults == ()
    return root / "output"


@pytest.fixture
def small(monkeypatch):
    """Make feeds of 2 articles and archives of 3, so that few articles fill many."""
    monkeypatch.setattr(feed, "NEWEST", 2)
    monkeypatch.setattr(feed, "IN_ARCHIVE", 3)


def read(path: Path) -> ET.Element:
    """Return a feed's root element."""
    return ET.fromstring(path.read_bytes())  # noqa: S314 - made by cermin


def link(element: ET.Element, rel: str) -> str:
    """Return where a feed's or an entry's only link with this ``rel`` leads, or nothing."""
    found = [one.get("href", "") for one in element.findall(f"{ATOM}link[@rel='{rel}']")]
    assert len(found) < 2
    return found[0] if found else ""


def harvest(output: Path, path: str) -> tuple[list[str], list[str]]:
    """Return the titles of a feed and of its archive, followed back from the newest, and the archive's documents."""
    titles, documents = [], []
    while path:
        document = read(output / path)
        titles += [entry.findtext(f"{ATOM}title", "") for entry in document.findall(f"{ATOM}entry")]
        older = link(document, "prev-archive")
        path = posixpath.normpath(posixpath.join(posixpath.dirname(path), older)) if older else ""
        documents += [path] if path else []
    return titles, documents


def newsroom(count: int) -> dict[str, str]:
    """Return articles of two outlets, the older ones with the lower numbers, and one without a date."""
    files = {
        f"{('kaca', 'warta')[n % 2]}/2024/01/a{n}.md": article(f"Judul {n}", f"Isi {n}.", date=f"2024-01-{n + 1:02}")
        for n in range(count)
    }
    return files | {"kaca/undated/lama.md": article("Lama", "Tanpa tanggal.")}


@given(st.text())
def test_ids(path):
    """The id of a page is the UUID that RFC 9562 makes of its path."""
    path = path.encode("utf-8", "replace").decode()
    assert rendering._urn(path) == uuid.uuid5(uuid.NAMESPACE_URL, f"cermin:{path}").urn


# --- archives ------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small")
@pytest.mark.parametrize("count", [0, 1, 2, 4, 5, 7, 8, 14, 25])
def test_harvest(mirror, count):
    """Who follows the site's feed back through its archive finds every article with a date once, the newest first."""
    root = mirror(content=newsroom(count))
    build(root)
    titles, documents = harvest(root / "output", "feed.xml")
    assert titles == [f"Judul {number}" for number in reversed(range(count))]
    assert len(documents) == max(0, (count - 2) // 3)
    newest, none = harvest(root / "output", "kaca/feed.xml")
    assert (newest, none) == ([f"Judul {number}" for number in range(0, count, 2)][:-3:-1], [])


@pytest.mark.usefixtures("small")
def test_archive_documents(mirror):
    """An archive document is marked as one, bears the feed's id, holds as many articles as any, and names its kin."""
    root = mirror(content=newsroom(15))
    build(root)
    output = root / "output"
    current = read(output / "feed.xml")
    assert current.find(ARCHIVE) is None
    assert link(current, "prev-archive") == "feed-4.xml"
    chain = [read(output / f"feed-{number}.xml") for number in range(1, 5)]
    for document in chain:
        assert document.find(ARCHIVE) is not None
        assert document.findtext(f"{ATOM}id") == current.findtext(f"{ATOM}id")
        assert link(document, "current") == "feed.xml"
        assert len(document.findall(f"{ATOM}entry")) == 3
        assert document.findtext(f"{ATOM}updated") == document.findtext(f"{ATOM}entry/{ATOM}updated")
    assert [link(document, "prev-archive") for document in chain] == ["", "feed-1.xml", "feed-2.xml", "feed-3.xml"]
    assert [link(document, "next-archive") for document in chain] == ["feed-2.xml", "feed-3.xml", "feed-4.xml", ""]


@pytest.mark.usefixtures("small")
def test_archive_documents_stay(mirror):
    """Articles that come change no archive document but the last, and that one only to name the next."""
    root = mirror(content=newsroom(14))
    build(root)
    before = tree(root / "output")
    for number in range(14, 20):
        path = f"content/kaca/2024/02/a{number}.md"
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(article(f"Judul {number}", date=f"2024-02-{number:02}"))
        build(root)
        after = tree(root / "output")
        assert find_differences(after, build_clean(root)[1]) == {}
        archives = {path for path in before if re.search(r"feed-\d+\.xml$", path)}
        changed = {path for path in archives if before[path] != after[path]}
        assert all(b"next-archive" not in before[path] and b"next-archive" in after[path] for path in changed)
        before = after


@pytest.mark.usefixtures("small")
def test_archives_follow_edits(mirror):
    """An old article that is renamed, taken away, or dated leaves archives as a clean build makes them."""
    root = mirror(content=newsroom(14))
    build(root)
    for path, text in (
        ("kaca/2024/01/a0.md", article("Judul lain", date="2024-01-01")),
        ("warta/2024/01/a5.md", None),
        ("kaca/undated/lama.md", article("Lama", date="2023-01-01")),
        ("warta/2024/01/a13.md", None),
        ("kaca/2024/01/a12.md", None),
    ):
        if text:
            (root / "content" / path).write_text(text)
        else:
            (root / "content" / path).unlink()
        build(root)
        assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}


# --- texts ---------------------------------------------------------------------------------------------------------


def body_of(output: Path, path: str) -> str:
    """Return the HTML of an article's body, as it stands on its page."""
    found = re.search(r'<div class="body[^"]*">\n(.*?)\n</div>', (output / path).read_text(encoding="utf-8"), re.DOTALL)
    assert found
    return found[1]


def test_feed_has_the_text(newspaper):
    """A feed holds the text of its newest articles as their pages do, with absolute links; and who wrote them."""
    entries = {link(entry, "alternate"): entry for entry in read(newspaper / "feed.xml").findall(f"{ATOM}entry")}
    entry = entries[f"{BASE}warta/2024/06/banjir-surut.html"]
    content = entry.find(f"{ATOM}content")
    assert content is not None
    page = body_of(newspaper, "warta/2024/06/banjir-surut.html")
    assert content.text == page.replace('href="../../../', f'href="{BASE}')
    assert BASE in (content.text or "")
    assert content.get("type") == "html"
    assert [name.text for name in entry.findall(f"{ATOM}author/{ATOM}name")] == ["Ratna Dewi", "Budi Santoso"]
    assert [name.text for name in entry.findall(f"{ATOM}contributor/{ATOM}name")] == ["Sari Utami"]
    assert link(entry, "via") == "https://warta.example/2024/06/banjir-surut?x=1&y=2"
    assert [one.get("term") for one in entry.findall(f"{ATOM}category")] == ["warta", "Daerah", "banjir", "sungai"]
    assert entry.findtext(f"{ATOM}summary") == "Tiga kelurahan mulai kering setelah empat hari."
    unsigned = entries[f"{BASE}courier/2024/06/very-long.html"]
    assert [name.text for name in unsigned.findall(f"{ATOM}author/{ATOM}name")] == ["The Courier"]


def test_feed_is_bounded(mirror):
    """Of a text that is too long for feed readers a feed has the summary."""
    files = {"kaca/2024/01/a.md": article("Satu", "Isi. " * 150_000, summary="Ringkas &.", date="2024-01-01")}
    root = mirror(content=files)
    build(root)
    assert (root / "output/feed.xml").stat().st_size < 10_000
    content = read(root / "output/feed.xml").findtext(f"{ATOM}entry/{ATOM}content", "")
    assert content == "<p>Ringkas &amp;.</p>"


@pytest.mark.parametrize("settings", ["", f'[site]\nbase_url = "{BASE}"\n'])
def test_links_of_texts_lead_to_pages(mirror, settings):
    """With base_url and without it, each link of a text leads to its page, wherever the feed stands."""
    files = {
        "kaca/2024/01/a.md": article("Satu", "Baca juga: [[Dua]]\n\nIsi.[^1]\n\n[^1]: Catatan.", date="2024-01-01"),
        "warta/2024/01/b.md": article("Dua", date="2024-01-02"),
    }
    root = mirror(content=files, settings=settings)
    build(root)
    output = root / "output"
    for path in ("feed.xml", "kaca/feed.xml"):
        place = BASE + path
        entries = {entry.findtext(f"{ATOM}title"): entry for entry in read(output / path).findall(f"{ATOM}entry")}
        entry = entries["Satu"]
        own = urljoin(place, link(entry, "alternate"))
        assert own == f"{BASE}kaca/2024/01/a.html"
        content = entry.find(f"{ATOM}content")
        assert content is not None
        base = urljoin(place, content.get(XML_BASE, ""))
        body = html5lib.parseFragment(content.text or "", namespaceHTMLElements=False)
        targets = [urljoin(base, one.get("href", "")) for one in body.iter("a")]
        assert targets[0] == f"{BASE}warta/2024/01/b.html"
        assert {target.partition("#")[0] for target in targets[1:]} == {own}


def test_feed_follows_its_articles(mirror):
    """A feed changes with no more than a word of a text, and with an article that a text names."""
    files = {"kaca/2024/01/a.md": article("Satu", "Baca juga: [[Dua]]", date="2024-01-02", section="Kota")}
    root = mirror(content=files, settings=f'[site]\nbase_url = "{BASE}"\n')
    build(root)
    for path, text in (
        ("kaca/2024/01/a.md", article("Satu", "Baca juga: [[Dua]]\n\nLagi.", date="2024-01-02", section="Kota")),
        ("warta/2023/01/b.md", article("Dua", date="2023-01-01")),
        ("warta/2023/01/b.md", article("Tiga", date="2023-01-01")),
    ):
        (root / "content" / path).parent.mkdir(parents=True, exist_ok=True)
        (root / "content" / path).write_text(text)
        before = tree(root / "output")
        build(root)
        after = tree(root / "output")
        assert find_differences(after, build_clean(root)[1]) == {}
        folders = ("", "kaca/", "sections/kota/")
        feeds = [f"{folder}feed.{ending}" for folder in folders for ending in ("xml", "json")]
        assert [path for path in feeds if before[path] == after[path]] == []


# --- formats -------------------------------------------------------------------------------------------------------


def test_readers_read_feeds(newspaper):
    """A feed reader finds no fault in any feed, and the language, time and text of each article."""
    for path in sorted(newspaper.rglob("feed*.xml")):
        found = feedparser.parse(path.read_bytes(), sanitize_html=False, resolve_relative_uris=False)
        assert (found.bozo, found.version) == (False, "atom10"), path
        assert found.feed.rights
        for entry in found.entries:
            assert entry.published_parsed == entry.updated_parsed
            assert entry.content[0].value
            assert entry.authors
    arabic = feedparser.parse((newspaper / "jarida/feed.xml").read_bytes()).entries[0]
    assert arabic.title_detail.language == arabic.content[0].language == "ar"


def test_json_feed_is_the_atom_feed(newspaper):
    """Beside each Atom feed stands the same as JSON Feed 1.1."""
    feeds = sorted(newspaper.rglob("feed.xml"))
    assert sorted(newspaper.rglob("feed.json")) == [path.with_suffix(".json") for path in feeds]
    for path in feeds:
        told, atom = json.loads(path.with_suffix(".json").read_bytes()), read(path)
        assert told["version"] == "https://jsonfeed.org/version/1.1"
        assert told["title"] == atom.findtext(f"{ATOM}title")
        assert told["home_page_url"] in {link(atom, "alternate"), BASE}
        assert told["feed_url"] == link(atom, "self").replace("feed.xml", "feed.json")
        assert told["language"] == "id"
        for item, entry in zip(told["items"], atom.findall(f"{ATOM}entry"), strict=True):
            names = [name.text for name in entry.findall(f"{ATOM}author/{ATOM}name")]
            terms = [one.get("term") for one in entry.findall(f"{ATOM}category")]
            assert item["id"] == entry.findtext(f"{ATOM}id")
            assert item["url"] == link(entry, "alternate")
            assert item.get("external_url", "") == link(entry, "via")
            assert item["title"] == entry.findtext(f"{ATOM}title")
            assert item["content_html"] == entry.findtext(f"{ATOM}content")
            assert item.get("summary") == entry.findtext(f"{ATOM}summary")
            assert item["date_published"] == entry.findtext(f"{ATOM}published")
            assert [one["name"] for one in item.get("authors", [])] in ([], names)
            assert item.get("tags", []) == terms[1:]


def test_pages_name_their_feeds(newspaper):
    """Each page leads feed readers to the nearest feed, in both formats."""
    for path in {*newspaper.rglob("*.html")} - {newspaper / old for old in OLD_ADDRESSES}:
        page = html5lib.parse(path.read_bytes(), namespaceHTMLElements=False)
        found = {one.get("type"): one.get("href", "") for one in page.iter("link") if one.get("rel") == "alternate"}
        assert {*found} == {"application/atom+xml", "application/feed+json"}
        for address in found.values():
            here = path.parent if path.name != "404.html" else newspaper
            assert (here / unquote(address.removeprefix("/mirror/"))).is_file(), path
