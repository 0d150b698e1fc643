"""A small newspaper: which pages there are, what stands on them, and that mirrored text is inert on all of them."""

from __future__ import annotations

import gzip
import hashlib
import json
import posixpath
import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote
from xml.etree import ElementTree as ET

import html5lib
import pytest
from hypothesis import given
from hypothesis import strategies as st

import cermin
from cermin import pipeline
from cermin.addresses import DATASET, DATASHEET, SEARCH_INDEX, SEARCH_STEMMERS
from cermin.config import load_config
from cermin.manifest import ROOT, read_root
from cermin.report import MemoryReporter
from cermin.site.shelves import fold_title
from cermin.slugs import name_slug
from tests.conftest import tree
from tests.mirrors import article, build

BASE = "https://example.org/kaca/"
SETTINGS = f"""\
[site]
title = "Kaca"
description = "Cermin dari tiga surat kabar"
language = "id"
base_url = "{BASE}"
contact = "meja@example.org"
list_size = 2
"""
OUTLETS = {
    "harian.toml": 'name = "Harian & Kawan"\nlanguage = "id"\noriginal = "gone"\nhomepage = "https://harian.example/"\n',
    "gazette.toml": 'name = "The Gazette"\nlanguage = "en"\noriginal = "blocked"\n',
}
SCRIPT = "</script><script>alert(1)</script>"
QUOTE = '" onmouseover="alert(2)'
BRACES = "{{ 7*7 }} {% raw %}"
HOSTILE = f"{SCRIPT} {QUOTE} ' onfocus='alert(3) {BRACES} &lt;b&gt; <!-- <img src=x onerror=alert(4)>"


class Made(NamedTuple):
    """An article of the newspaper as it was written."""

    address: str
    front: dict[str, Any]
    body: str


def _made(path: str, title: str, body: str, **front: Any) -> Made:
    return Made(f"{path}.html", {"title": title, **front}, body)


ARTICLES = (
    _made("harian/2024/06/banjir", "Banjir di Kota", "Hujan turun sejak *pagi*.\n\nBaca juga: [[Harga beras naik]]",
          date="2024-06-20T13:40:00+07:00", lang="id", section="Kota", tags=["Banjir", "Cuaca"], authors=["Ana Sari"],
          editor="Budi", place="Jakarta", url="https://harian.example/banjir", seed="a.txt", sha256="0" * 64),
    _made("harian/2024/06/banjir-2", "Banjir surut", "Air surut.\n\nBaca juga: [[Banjir di Kota]]\n\n[[Tidak ada]]",
          date="2024-06-21", lang="id", section="Kota", tags=["banjir"], authors=["Ana Sari", "Budi"]),
    _made("harian/2024/06/harga", "Harga beras naik", "Harga naik.", date="2024-06-20T09:00:00+07:00", lang="id",
          section="Ekonomi", tags=["Harga"], summary="Naik lagi."),
    _made("harian/2024/05/mei", "Hari di bulan Mei", "Satu.", date="2024-05-31T23:30:00-05:00", lang="id"),
    _made("harian/2023/12/akhir", "Akhir tahun", "Dua.", date="2023-12-31", lang="id", section="Kota", tags=["Banjir"]),
    _made("harian/undated/lama", "Kabar lama", "Tiga.", lang="id", tags=["Banjir"]),
    _made("gazette/2024/06/flood", "Flood in the city", "Rain fell.\n\n> A quote\n\n1. One\n2. Two", lang="en",
          date="2024-06-20T07:00:00Z", section="City", tags=["Flood"], authors=["Ana Sari"], agency="AP News"),
    _made("gazette/2024/06/rice", "Rice prices rise", "Up.", date="2024-06-22", lang="en", section="City"),
    _made("gazette/undated/old", "Old news", "[[banjir di KOTA!]]", lang="en"),
    _made("unknown/2024/06/مطر", "مطر في المدينة", "هطل المطر.", date="2024-06-20T10:00:00+03:00", lang="ar",
          tags=["مطر"]),
    _made("unknown/2024/06/下雨", "城市下雨", "下雨了。", date="2024-06-19", lang="zh", tags=["天气"]),
    _made("unknown/2024/06/hostile", HOSTILE,
          f"{SCRIPT}\n\n<img src=x onerror=alert(5)>\n\n[press](javascript:alert(6)) <svg/onload=alert(7)>\n\n"
          f"<iframe src=//example.net></iframe><style>*{{display:none}}</style>\n\n{QUOTE} {BRACES}",
          date="2024-06-18", lang="en", section=f"Kota {HOSTILE}", tags=[f"Tag {HOSTILE}"],
          authors=[f"Author {HOSTILE}"], editor=HOSTILE, agency=HOSTILE, place=HOSTILE, summary=HOSTILE, seed=HOSTILE),
)  # fmt: skip
BY_ADDRESS = {made.address: made for made in ARTICLES}


@pytest.fixture(scope="module")
def newspaper(tmp_path_factory) -> Path:
    """Build the newspaper once, and return its mirror."""
    root: Path = tmp_path_factory.mktemp("newspaper")
    files = {f"content/{made.address[:-5]}.md": article(body=made.body, **made.front) for made in ARTICLES}
    files |= {f"outlets/{name}": text for name, text in OUTLETS.items()} | {"cermin.toml": SETTINGS}
    for name, text in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(text, encoding="utf-8")
    assert build(root).faults == ()
    return root


@pytest.fixture(scope="module")
def site(newspaper) -> dict[str, bytes]:
    """Return the newspaper's files."""
    return tree(newspaper / "output")


# --- reading pages -------------------------------------------------------------------------------------------------


def read(data: bytes) -> ET.Element:
    """Read a page as a browser does."""
    return html5lib.parse(data, namespaceHTMLElements=False)


def links(path: str, element: ET.Element, rel: str = "") -> list[str]:
    """Return where the links inside of an element lead, as paths below output/."""
    found = [link.get("href", "") for link in element.iter("a") if not rel or rel in link.get("rel", "").split()]
    inside = [href.partition("#")[0] for href in found if not re.match(r"[a-z]+:|#", href)]
    return [unquote(posixpath.normpath(posixpath.join(posixpath.dirname(path), href))) for href in inside]


def teasers(site: dict[str, bytes], path: str) -> list[str]:
    """Return the articles on a page of a list, in the order of the page, each as often as it stands there."""
    main = read(site[path]).find(".//main")
    assert main is not None
    return [address for address in links(path, main) if address in BY_ADDRESS]


def neighbour(site: dict[str, bytes], path: str, rel: str) -> str:
    """Return where the page's link with this ``rel`` leads, or nothing."""
    found = links(path, read(site[path]), rel)
    assert len(found) < 2
    return found[0] if found else ""


def _text_of(element: ET.Element | None) -> str:
    assert element is not None
    return "".join(element.itertext())


def moment(made: Made) -> float:
    """Return when an article stands in lists; those without a date stand before all others."""
    date = made.front.get("date")
    if not date:
        return float("-inf")
    day = datetime.fromisoformat(date)
    return (day if day.tzinfo else datetime.fromisoformat(f"{date[:10]}T00:00:00+00:00")).timestamp()


def shelves() -> dict[str, set[str]]:
    """Return, from the articles alone, which lists there are and what stands on each."""
    found: dict[str, set[str]] = {}
    for made in ARTICLES:
        date = made.front.get("date", "")
        folders = ["latest", made.address.partition("/")[0]]
        folders += [f"topics/{name_slug(tag)}" for tag in made.front.get("tags", ())]
        folders += [f"authors/{name_slug(name)}" for name in made.front.get("authors", ())]
        folders += [f"sections/{name_slug(made.front['section'])}"] if "section" in made.front else []
        folders += [f"archive/{date[:10].replace('-', '/')}" if date else "archive/undated"]
        for folder in folders:
            found.setdefault(folder, set()).add(made.address)
    return found


def pages_of(site: dict[str, bytes], folder: str) -> list[str]:
    """Return the pages of a list from the oldest on: the numbered ones, then the hub."""
    pattern = re.compile(re.escape(folder) + r"/page-(\d+)\.html")
    numbers = sorted(int(match[1]) for path in site if (match := pattern.fullmatch(path)))
    assert numbers == list(range(1, len(numbers) + 1))
    return [f"{folder}/page-{number}.html" for number in numbers] + [f"{folder}/index.html"]


# --- which pages there are -----------------------------------------------------------------------------------------


def test_golden(site, golden):
    """The whole newspaper comes out byte for byte as it is kept in tests/golden/newspaper/.

    The theme is left aside, and so are the search index and the manifest, which have tests of their own.
    """
    version = f"cermin {cermin.__version__}".encode()
    aside = ("static/", "search/", "manifest")
    pages = {path: data for path, data in site.items() if not path.startswith(aside)}
    made = {
        path: re.sub(rb"(style|search)\.\w{8}\.(css|js)", rb"\1.HASH.\2", data.replace(version, b"cermin VERSION"))
        for path, data in pages.items()
    }
    # Another zlib packs the same articles in another way.
    packed = made.pop(DATASET)
    made[DATASET.removesuffix(".gz")] = gzip.decompress(packed)
    made[DATASHEET] = made[DATASHEET].replace(hashlib.sha256(packed).hexdigest().encode(), b"SHA-256")
    made[DATASHEET] = made[DATASHEET].replace(f"{len(packed)} B".encode(), b"SIZE")
    made[DATASHEET] = re.sub(rb"</i> [\d.,]+\S* \S+</p>", b"</i> SIZE</p>", made[DATASHEET])
    assert made == golden("newspaper")


def test_addresses(site):
    """There is a page for each article and list, an index of each kind of list, and nothing that is not planned."""
    dates = [made.front["date"] for made in ARTICLES if "date" in made.front]
    months, years = {date[:7] for date in dates}, {date[:4] for date in dates}
    lists = {path for folder in shelves() for path in pages_of(site, folder)}
    hubs = {f"{name}/index.html" for name in ("outlets", "sections", "topics", "authors", "archive")}
    hubs |= {f"archive/{month.replace('-', '/')}/index.html" for month in months}
    hubs |= {f"archive/{year}/index.html" for year in years}
    sections = {folder for folder in shelves() if folder.startswith("sections/")}
    feeds = {f"{folder}/feed" for folder in {"harian", "gazette", "unknown"} | sections} | {"feed"}
    feeds = {f"{feed}.{ending}" for feed in feeds for ending in ("xml", "json")}
    sitemaps = {f"sitemaps/{part}-1.xml" for part in ("hubs", "outlet/harian", "outlet/gazette", "outlet/unknown")}
    lone = {"index.html", "about.html", "404.html", "search.html", "sitemap.xml", "robots.txt"}
    lone |= {DATASET, DATASHEET}
    lone |= {SEARCH_INDEX, SEARCH_STEMMERS}
    for segment in json.loads(site[SEARCH_INDEX])["segments"]:
        names = {f"l-{segment['lengths']}", *(f"t-{name}" for name in segment["shards"])}
        lone |= {f"search/{segment['name']}/{name}.bin" for name in names | {f"p-{name}" for name in segment["packs"]}}
    assets = {path for path in site if path.startswith("static/")}
    lone |= {ROOT, *(row.path for row in read_root(site[ROOT]).parts)}
    assert set(site) == {*BY_ADDRESS} | lists | hubs | feeds | sitemaps | lone | assets


def test_every_link_is_alive(newspaper):
    """Every link of every page leads to a page, and every page can be reached."""
    pages, found, faults = pipeline.check(load_config(newspaper), MemoryReporter())
    assert faults == []
    assert (pages > 60, found > 1000) == (True, True)


def test_every_page_is_html(site):
    """Every page is HTML to the letter of the standard, in the language of the interface."""
    for path, data in site.items():
        if path.endswith(".html"):
            page = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parse(data)
            assert (page.get("lang"), page.get("dir")) == ("id", "ltr"), path


# --- lists ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("folder", sorted(shelves()))
def test_list_is_whole(site, folder):
    """Each article of a list stands on one of its pages, once, in order; full pages hold two, the hub up to three."""
    pages = pages_of(site, folder)
    oldest_first = [address for path in pages for address in reversed(teasers(site, path))]
    wanted = shelves()[folder]
    assert sorted(oldest_first) == sorted(wanted)
    moments = [moment(BY_ADDRESS[address]) for address in oldest_first]
    assert moments == sorted(moments)
    assert [len(teasers(site, path)) for path in pages[:-1]] == [2] * (len(pages) - 1)
    assert len(teasers(site, pages[-1])) == (2 + len(wanted) % 2 if len(wanted) > 1 else 1)


@pytest.mark.parametrize("folder", sorted(shelves()))
def test_pages_of_a_list_are_a_chain(site, folder):
    """From the hub `older` leads through all pages down to the first, and `newer` leads back."""
    pages = pages_of(site, folder)
    assert [neighbour(site, path, "next") for path in pages] == ["", *pages[:-1]]
    assert [neighbour(site, path, "prev") for path in pages] == [*pages[1:], ""]


@pytest.mark.parametrize("outlet", ["harian", "gazette", "unknown"])
def test_articles_of_an_outlet_are_a_chain(site, outlet):
    """From an outlet's oldest article `newer` leads through all of its articles, and `older` leads back."""
    chain = [address for path in pages_of(site, outlet) for address in reversed(teasers(site, path))]
    assert [neighbour(site, address, "next") for address in chain] == [*chain[1:], ""]
    assert [neighbour(site, address, "prev") for address in chain] == ["", *chain[:-1]]


def test_indexes_name_all_lists(site):
    """The indexes of outlets, sections, topics and authors lead to each list of their kind, with its size."""
    kinds = {"sections": "sections/", "topics": "topics/", "authors": "authors/"}
    for index, prefix in kinds.items():
        path = f"{index}/index.html"
        main = read(site[path]).find(".//main")
        assert main is not None
        items = [item for item in main.iter("li") if links(path, item)]
        found = {links(path, item)[0]: int(_text_of(item).split()[-1]) for item in items}
        wanted = {f"{folder}/index.html": len(on) for folder, on in shelves().items() if folder.startswith(prefix)}
        assert found == wanted
    hubs = {link for link in links("outlets/index.html", read(site["outlets/index.html"])) if link.count("/") == 1}
    assert hubs >= {"harian/index.html", "gazette/index.html", "unknown/index.html"}


def test_archive_is_a_calendar(site):
    """The archive leads to each year, that to its months, these to their days; articles without a date stand apart."""
    days = {folder for folder in shelves() if re.fullmatch(r"archive/\d{4}/\d\d/\d\d", folder)}
    found = set()
    years = [path for path in links("archive/index.html", read(site["archive/index.html"])) if path.count("/") == 2]
    assert sorted(set(years)) == ["archive/2023/index.html", "archive/2024/index.html", "archive/undated/index.html"]
    for year in set(years) - {"archive/undated/index.html"}:
        for month in {path for path in links(year, read(site[year])) if path.count("/") == 3}:
            found |= {path for path in links(month, read(site[month])) if path.count("/") == 4}
    assert {path.removesuffix("/index.html") for path in found if path.startswith("archive/")} == days


def numbers(element: ET.Element, path: str) -> dict[str, int]:
    """Return the numbers behind the links of an archive's calendars, by where they lead."""
    found: dict[str, int] = {}
    for link in element.iter("a"):
        if (number := link.find("b")) is not None or (number := link.find("small")) is not None:
            found[posixpath.normpath(posixpath.join(posixpath.dirname(path), link.get("href", "")))] = int(
                _text_of(number)
            )
    return found


@pytest.mark.parametrize(
    ("path", "width"),
    [("archive/index.html", 7), ("archive/2024/index.html", 10), ("archive/2024/06/index.html", 10), ("index.html", 4)],
)
def test_calendars_count(site, path, width):
    """The archive counts the articles of a month, years and months those of a day, the front page those of a year."""
    dates = [made.front["date"] for made in ARTICLES if "date" in made.front]
    within = path.removeprefix("archive/").removesuffix("index.html").replace("/", "-").rstrip("-")
    wanted = Counter(date[:width] for date in dates if date.startswith(within))
    found = numbers(read(site[path]), path)
    assert found == {f"archive/{name.replace('-', '/')}/index.html": count for name, count in wanted.items()}


def test_days_are_a_chain(site):
    """Each day leads to the next with articles and to the one before."""
    days = sorted({made.front["date"][:10] for made in ARTICLES if "date" in made.front})
    hubs = [f"archive/{day.replace('-', '/')}/index.html" for day in days]
    for index, hub in enumerate(hubs):
        beside = [*hubs[index + 1 : index + 2], *hubs[max(0, index - 1) : index]]
        navigation = next(nav for nav in read(site[hub]).iter("nav") if nav.get("aria-label") == "Hari")
        assert links(hub, navigation) == beside


def test_hubs_tell_what_else(site):
    """The hub of a list names what else the articles on it are filed under, the most frequent first."""
    page = read(site["harian/index.html"])
    terms, said = list(page.iter("dt")), list(page.iter("dd"))
    beside = {
        _text_of(term): [_text_of(link) for link in some.iter("a")] for term, some in zip(terms, said, strict=True)
    }
    assert beside == {"Rubrik": ["Kota"], "Topik": ["banjir", "Cuaca"], "Penulis": ["Ana Sari", "Budi"]}


def test_hubs_do_not_tell_of_themselves(mirror):
    """Beside a topic stand others, never itself however it is spelled; an outlet that is the only one is left out."""
    articles = {f"a/2024/02/{n}.md": article(f"Kabar {n}", outlet="a", tags=["Air", "Api"]) for n in range(6)}
    articles["a/2024/02/7.md"] = article("Kabar 7", outlet="a", tags=["air", "AIR"])
    root = mirror(content=articles, settings=SETTINGS)
    assert build(root).faults == ()
    page = read((root / "output/topics/air/index.html").read_bytes())
    assert [_text_of(term) for term in page.iter("dt")] == ["Topik terkait"]
    assert [_text_of(link) for term in page.iter("dd") for link in term.iter("a")] == ["Api"]


def test_timeline(mirror):
    """A list of six articles of two months draws them; the number of the fullest month stands in words."""
    dates = ["2023-12-31", "2024-02-01", "2024-02-02", "2024-02-28", "2024-02-29", "2023-12-01"]
    articles = {f"a/2024/02/{n}.md": article(f"Kabar {n}", date=date, tags=["Air"]) for n, date in enumerate(dates)}
    root = mirror(content=articles, settings=SETTINGS)
    assert build(root).faults == ()
    page = read((root / "output/topics/air/index.html").read_bytes())
    assert [_text_of(caption) for caption in page.iter("figcaption")] == [
        "Artikel per bulan; terbanyak 4 pada Februari 2024"
    ]
    assert [_text_of(tick) for tick in page.iter("{http://www.w3.org/2000/svg}text")] == ["2023", "2024"]


def test_many_names_have_letter_pages(mirror):
    """Of more than 200 topics the index shows the most used, and pages by letter hold all of them, 300 on each."""
    names = [f"{letter}{number:03}" for letter in "abç中" for number in range(310 if letter == "a" else 5)]
    files = {
        f"kaca/2024/01/a{start}.md": article(f"Judul {start}", tags=names[start : start + 40])
        for start in range(0, len(names), 40)
    }
    root = mirror(content=files)
    assert build(root).faults == ()
    site = tree(root / "output")
    letters = {path: read(data) for path, data in site.items() if re.fullmatch(r"topics/[^/]+\.html", path)}
    assert sorted(letters) == sorted(f"topics/{name}.html" for name in ("index", "a", "a-2", "b", "c", "中"))
    hubs = {path: [link for link in links(path, page) if link.count("/") == 2] for path, page in letters.items()}
    assert len(hubs.pop("topics/index.html")) == 200
    assert len(hubs["topics/a.html"]) == 300
    every = sorted(link for found in hubs.values() for link in found)
    assert every == sorted(f"topics/{name_slug(name)}/index.html" for name in names)
    assert pipeline.check(load_config(root), MemoryReporter())[2] == []
    # A name fewer is a name fewer; and with 200 of them the letters go.
    for start in range(120, len(names), 40):
        (root / f"content/kaca/2024/01/a{start}.md").unlink()
    build(root)
    assert [path for path in tree(root / "output") if re.fullmatch(r"topics/[^/]+\.html", path)] == [
        "topics/index.html"
    ]


# --- articles ------------------------------------------------------------------------------------------------------


def test_see_also(site):
    """`[[title]]` is a link where the mirror holds that article, however it is spelled, and plain text elsewhere."""
    pages = {address: read(site[address]) for address in BY_ADDRESS}

    def body_links(address: str) -> list[str]:
        body = pages[address].find(".//div[@class='body e-content']")
        assert body is not None
        return links(address, body)

    assert body_links("harian/2024/06/banjir.html") == ["harian/2024/06/harga.html"]
    assert body_links("harian/2024/06/banjir-2.html") == ["harian/2024/06/banjir.html"]
    assert body_links("gazette/undated/old.html") == ["harian/2024/06/banjir.html"]
    assert "[[" not in _text_of(pages["harian/2024/06/banjir-2.html"])
    assert "Tidak ada" in _text_of(pages["harian/2024/06/banjir-2.html"])


@pytest.mark.parametrize(
    ("title", "reference", "same"),
    [
        ("Banjir: di Kota!", "banjir di kota", True),
        ("Caf\u00e9", "Cafe\u0301", True),
        ("Banjir \u2614\ufe0f", "Banjir \u2614", True),
        ("\u0915\u093f", "\u0915\u0940", False),
        ("Caf\u00e9", "Cafe", False),
        ("Banjir 1", "Banjir 2", False),
    ],
    ids=["marks of a sentence", "composed", "emoji", "vowels of Hindi", "accent", "number"],
)
def test_titles_that_are_the_same(title, reference, same):
    """A title is found without regard to case, spaces, punctuation and composition; letters and vowels count."""
    assert (fold_title(title) == fold_title(reference)) is same


@given(st.text(st.characters(max_codepoint=127)))
def test_plain_titles_fold_like_others(title):
    """A title in ASCII is folded as it is beside a letter that is not."""
    assert fold_title(title) == fold_title(title + "é").removesuffix("é")


@pytest.mark.parametrize("address", sorted(BY_ADDRESS))
def test_structured_data_is_the_front_matter(site, address):
    """The JSON-LD of an article says what its front matter says, to the letter, and nothing that it does not."""
    page, front = read(site[address]), BY_ADDRESS[address].front
    scripts = list(page.iter("script"))
    assert [element.get("type") for element in scripts] == ["application/ld+json"]
    told = json.loads(_text_of(scripts[0]))
    publishers = {
        "harian": {"name": "Harian & Kawan", "url": "https://harian.example/"},
        "gazette": {"name": "The Gazette"},
    }
    publisher = publishers.get(address.partition("/")[0])
    permalink = _canonical_of(page)
    wanted = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "headline": front["title"],
        "url": permalink,
        "mainEntityOfPage": permalink,
        "archivedAt": permalink,
        "datePublished": front.get("date"),
        "inLanguage": front["lang"],
        "description": front.get("summary") or told.get("description"),
        "author": [{"@type": "Person", "name": name} for name in front.get("authors", ())],
        "editor": front.get("editor") and {"@type": "Person", "name": front["editor"]},
        "publisher": publisher and {"@type": "NewsMediaOrganization", **publisher},
        "articleSection": front.get("section"),
        "keywords": front.get("tags"),
        "locationCreated": front.get("place") and {"@type": "Place", "name": front["place"]},
        "sourceOrganization": front.get("agency") and {"@type": "Organization", "name": front["agency"]},
        "isBasedOn": front.get("url"),
        "isAccessibleForFree": True,
    }
    assert told == {key: value for key, value in wanted.items() if value}


def _canonical_of(page: ET.Element) -> str:
    found = [link.get("href", "") for link in page.iter("link") if link.get("rel") == "canonical"]
    assert len(found) == 1
    return found[0]


# --- for machines --------------------------------------------------------------------------------------------------

ATOM = "{http://www.w3.org/2005/Atom}"
SITEMAP = "{http://www.sitemaps.org/schemas/sitemap/0.9}"
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:\d\d)")


def _xml(data: bytes) -> ET.Element:
    return ET.fromstring(data)  # noqa: S314 - made by cermin, from articles of this file


def test_feeds_are_atom(site):
    """Every feed has what Atom asks for; its entries are the dated articles of its list, the newest first."""
    folders = {"feed.xml": "latest"} | {path: path.removesuffix("/feed.xml") for path in site if "/feed.xml" in path}
    assert len(folders) == 8
    for path, folder in folders.items():
        feed = _xml(site[path])
        assert feed.tag == f"{ATOM}feed"
        for name in ("id", "title", "updated"):
            assert len(feed.findall(f"{ATOM}{name}")) == 1, (path, name)
        assert feed.find(f"{ATOM}link[@rel='self']") is not None
        entries = feed.findall(f"{ATOM}entry")
        for entry in entries:
            for name in ("id", "title", "updated"):
                assert len(entry.findall(f"{ATOM}{name}")) == 1, (path, name)
        times = [entry.findtext(f"{ATOM}updated", "") for entry in [feed, *entries]]
        assert all(map(TIME.fullmatch, times)), path
        moments = [datetime.fromisoformat(time) for time in times[1:]]
        assert moments == sorted(moments, reverse=True)
        found = [
            unquote(link.get("href", "").removeprefix(BASE))
            for entry in entries
            for link in entry.findall(f"{ATOM}link[@rel='alternate']")
        ]
        assert sorted(found) == sorted(made for made in shelves()[folder] if "date" in BY_ADDRESS[made].front), path
        assert [entry.findtext(f"{ATOM}title") for entry in entries] == [
            BY_ADDRESS[address].front["title"] for address in found
        ]
        assert times[0] == (times[1] if entries else times[0])


def ids(root: Path) -> dict[str, str]:
    """Return the ids in the feed of the site, by title."""
    feed = _xml((root / "output/feed.xml").read_bytes())
    return {
        element.findtext(f"{ATOM}title", ""): element.findtext(f"{ATOM}id", "")
        for element in feed.iter()
        if element.tag in {f"{ATOM}feed", f"{ATOM}entry"}
    }


def test_ids_of_feeds_last(mirror):
    """The ids in a feed differ from one another and stay: through edits, new dates, and a move to another host."""
    files = {f"kaca/2024/01/a{number}.md": article(f"Judul {number}", date="2024-01-01") for number in range(3)}
    root = mirror(content=files, settings='[site]\ntitle = "Kaca"\n')
    build(root)
    before = ids(root)
    assert len(set(before.values())) == 4
    (root / "cermin.toml").write_text(SETTINGS)
    (root / "content/kaca/2024/01/a0.md").write_text(article("Judul 0", "Lain.", date="2025-02-03"))
    (root / "content/kaca/2024/01/a9.md").write_text(article("Judul 9", date="2023-02-03"))
    build(root)
    after = ids(root)
    assert after.pop("Judul 9") not in before.values()
    assert after == before


def test_sitemap_lists_every_article_once(site):
    """The sitemap's index names every file of it, and these name the hubs and every article once, with its date."""
    index = _xml(site["sitemap.xml"])
    files = [location.text or "" for location in index.iter(f"{SITEMAP}loc")]
    assert sorted(files) == sorted(BASE + path for path in site if path.startswith("sitemaps/"))
    rows = [
        (unquote(row.findtext(f"{SITEMAP}loc", "")), row.findtext(f"{SITEMAP}lastmod", ""))
        for file in files
        for row in _xml(site[file.removeprefix(BASE)]).iter(f"{SITEMAP}url")
    ]
    addresses = [address.removeprefix(BASE) for address, _ in rows]
    assert len(addresses) == len(set(addresses))
    assert {address for address in addresses if address in BY_ADDRESS} == set(BY_ADDRESS)
    assert all((address or "index.html") in site for address in addresses)
    for address, date in rows:
        made = BY_ADDRESS.get(address.removeprefix(BASE))
        if made:
            assert date == made.front.get("date", ""), address


def test_robots(site):
    """robots.txt forbids nothing and names the sitemap."""
    assert site["robots.txt"].decode().split() == ["User-agent:", "*", "Allow:", "/", "Sitemap:", f"{BASE}sitemap.xml"]


def test_canonical_addresses(site):
    """Each page names its own address on the host as its canonical one; the front page is its folder."""
    for path, data in site.items():
        if path.endswith(".html") and path != "404.html":
            canonical = _canonical_of(read(data))
            assert canonical.isascii()
            assert unquote(canonical) == BASE + ("" if path == "index.html" else path)


def test_no_absolute_addresses_without_base_url(mirror):
    """Without base_url there is no sitemap, no canonical address, and no link that depends on where the site stands."""
    root = mirror(content={"kaca/2024/01/a.md": article("Satu", date="2024-01-01")}, settings="")
    build(root)
    site = tree(root / "output")
    assert [path for path in site if "sitemap" in path] == []
    assert site["robots.txt"].split() == b"User-agent: * Allow: /".split()
    for path, data in site.items():
        if path.endswith(".html"):
            attributes = [value for element in read(data).iter() for name, value in element.items() if name in URLS]
            absolute = [
                value for value in attributes if re.match(r"[a-z]+:|/", value) and not value.startswith("data:")
            ]
            assert path == "404.html" or absolute == [], path
            assert b"canonical" not in data


# --- mirrored text is inert ----------------------------------------------------------------------------------------

URLS = {"href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href"}
# What no page of cermin holds; a page that does got it from an article.
FORBIDDEN = {"iframe", "object", "embed", "base", "style", "template", "frame", "frameset", "applet", "math", "marquee"}


def is_data(script: ET.Element) -> bool:
    """Tell whether a script is a description of the page, which is not run."""
    return script.attrib == {"type": "application/ld+json"}


def is_own(script: ET.Element) -> bool:
    """Tell whether a script is that of the theme, which search.html loads."""
    return not script.text and re.fullmatch(r"static/search\.[0-9a-f]{8}\.js", script.get("src", "")) is not None


def find_life(page: ET.Element) -> Iterator[str]:
    """Yield what on a page could run, load or overlay something."""
    for element in page.iter():
        if element.tag in FORBIDDEN:
            yield f"<{element.tag}>"
        if element.tag == "script" and not (is_data(element) or is_own(element)):
            yield f"<script type={element.get('type')}>"
        if element.tag == "meta" and element.get("http-equiv", "").lower() not in {"", "content-security-policy"}:
            yield f"<meta http-equiv={element.get('http-equiv')}>"
        for name, value in element.items():
            # What is saved and not opened runs nothing.
            if name == "href" and "download" in element.attrib and value.startswith("data:application/"):
                continue
            if name.startswith("on") or name == "style":
                yield f"<{element.tag} {name}>"
            if name in URLS and not re.match(r"https?://|mailto:|data:image/svg\+xml,|[^:]*$", value, re.IGNORECASE):
                yield f"<{element.tag} {name}={value}>"


def test_mirrored_text_is_inert(site):
    """Whatever stands in titles, names and bodies, no page runs a script, loads a thing, or has an attribute of it."""
    found = {path: list(find_life(read(data))) for path, data in site.items() if path.endswith(".html")}
    assert {path: life for path, life in found.items() if life} == {}
    assert [b"49" for data in site.values() if b"49 " in data and b"{% raw" in data] == []


@pytest.mark.parametrize(
    "life",
    [
        "<script>1</script>", "<a href='javascript:alert(1)'>x</a>", "<p onclick=1>", "<p style='x'>", "<iframe>",
        "<meta http-equiv=refresh content=0>", "<script type='application/ld+json' src=x></script>", "<base href=x>",
        "<a href='data:application/xhtml+xml,x'>x</a>", "<a download=x href='javascript:alert(1)'>x</a>",
    ],
)  # fmt: skip
def test_life_is_found(life):
    """What the test above looks for is found."""
    assert list(find_life(read(life.encode()))) != []


def test_hostile_words_are_shown_as_they_are(site):
    """A hostile title, section, topic, author and place are shown to the letter."""
    page = read(site["unknown/2024/06/hostile.html"])
    assert _text_of(page.find(".//h1")) == HOSTILE
    shown = _text_of(page.find(".//main"))
    for words in (f"Kota {HOSTILE}", f"Tag {HOSTILE}", f"Author {HOSTILE}", QUOTE, BRACES):
        assert words in shown
    assert _text_of(page.find(".//title")).startswith(HOSTILE)
    summary = [meta.get("content") for meta in page.iter("meta") if meta.get("name") == "description"]
    assert summary == [HOSTILE]
    hub = read(site[f"topics/{name_slug(f'Tag {HOSTILE}')}/index.html"])
    assert _text_of(hub.find(".//h1")) == f"Tag {HOSTILE}"


def test_hostile_settings_are_inert(mirror):
    """Nor can the mirror's own settings and profiles break out of where they stand."""
    text = json.dumps(HOSTILE)
    root = mirror(
        content={"kaca/2024/01/a.md": article("Satu", date="2024-01-01", section="Kota")},
        settings=f'[site]\ntitle = {text}\ndescription = {text}\ncontact = "https://x/{SCRIPT}"\n',
        outlets={"kaca.toml": f"name = {text}\n"},
    )
    assert build(root).faults == ()
    for path, data in tree(root / "output").items():
        if path.endswith(".html"):
            assert list(find_life(read(data))) == [], path
        elif path.endswith(".xml"):
            _xml(data)
