"""What an article's page tells machines beside its JSON-LD: OpenGraph, microformats, the versions of an article."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import html5lib
import mf2py
import pytest

from cermin.output.words import locale_of
from tests.mirrors import article, build
from tests.newspaper import KINDS_OF_PAGES, write_newspaper

BASE = "https://example.org/mirror/"
FULL = KINDS_OF_PAGES["article"]


@pytest.fixture(scope="module")
def newspaper(tmp_path_factory) -> Path:
    """Build the small newspaper and return its output."""
    root = write_newspaper(tmp_path_factory.mktemp("newspaper"))
    assert build(root).faults == ()
    return root / "output"


def meta_of(path: Path) -> list[tuple[str, str]]:
    """Return the OpenGraph properties of a page, in their order."""
    page = html5lib.parse(path.read_bytes(), namespaceHTMLElements=False)
    return [(name, one.get("content", "")) for one in page.iter("meta") if (name := one.get("property", ""))]


def test_opengraph(newspaper):
    """OpenGraph tells all that it has a name for, and nothing that the article does not tell."""
    assert meta_of(newspaper / FULL) == [
        ("og:description", "Tiga kelurahan mulai kering setelah empat hari."),
        ("og:type", "article"),
        ("og:title", "Banjir surut, warga mulai membersihkan rumah"),
        ("og:site_name", "Cermin Kota"),
        ("og:locale", "id_ID"),
        ("og:url", BASE + FULL),
        ("article:published_time", "2024-06-20T13:40:00+07:00"),
        ("article:author", "Ratna Dewi"),
        ("article:author", "Budi Santoso"),
        ("article:section", "Daerah"),
        ("article:tag", "banjir"),
        ("article:tag", "sungai"),
    ]
    assert [name for name, _ in meta_of(newspaper / KINDS_OF_PAGES["undated article"])] == [
        "og:description", "og:type", "og:title", "og:site_name", "og:locale", "og:url",
    ]  # fmt: skip
    living = dict(meta_of(newspaper / KINDS_OF_PAGES["English article"]))
    assert living["og:url"] == "https://courier.example/council"
    assert living["og:locale"] == "en_US"


@pytest.mark.parametrize(
    ("lang", "locale"),
    [
        ("id", "id_ID"), ("pt-BR", "pt_BR"), ("pt", "pt_BR"), ("zh", "zh_CN"), ("zh-Hant", "zh_TW"),
        ("zh-hant-hk", "zh_HK"),
        ("sr-Latn", "sr_RS"), ("es-419", "es_ES"), ("qaa", "qaa"), ("fa", "fa_IR"),
    ],
)  # fmt: skip
def test_locale_of_opengraph(lang, locale):
    """OpenGraph's locale is the language with its territory, the likely one where the tag has none."""
    assert locale_of(lang) == locale


def entry_of(path: Path) -> dict[str, Any]:
    """Return the properties of the h-entry of a page, of which there is one."""
    items = mf2py.parse(doc=path.read_text(encoding="utf-8"), url=BASE)["items"]
    assert [item["type"] for item in items] == [["h-entry"]]
    properties: dict[str, Any] = items[0]["properties"]
    return properties


def test_microformats(newspaper):
    """A page is an h-entry (https://microformats.org/wiki/h-entry) with what the article tells."""
    entry = entry_of(newspaper / FULL)
    body, authors = entry.pop("content")[0], entry.pop("author")
    assert entry == {
        "name": ["Banjir surut, warga mulai membersihkan rumah"],
        "summary": ["Tiga kelurahan mulai kering setelah empat hari."],
        "published": ["2024-06-20T13:40:00+0700"],  # as mf2py writes it
        "location": ["Kota"],
        "category": ["Daerah", "banjir", "sungai"],
        "url": [BASE + FULL],
        "uid": [BASE + FULL],
        "repost-of": ["https://warta.example/2024/06/banjir-surut?x=1&y=2"],
    }
    assert body["value"].startswith("KOTA, Warta - Air yang menggenangi")
    assert body["html"].startswith("<p>KOTA, Warta")
    assert [author["type"] for author in authors] == [["h-card"]] * 2
    assert [author["properties"]["name"] for author in authors] == [["Ratna Dewi"], ["Budi Santoso"]]


@pytest.mark.parametrize("name", ["undated article", "Arabic article", "Chinese article", "long title"])
def test_microformats_tell_nothing_else(newspaper, name):
    """What an article does not tell is in no microformat."""
    entry = entry_of(newspaper / KINDS_OF_PAGES[name])
    assert {"name", "content", "url", "uid"} <= entry.keys()
    assert ("published" in entry) is (name != "undated article")
    assert ("author" in entry) is (name in {"Arabic article", "Chinese article"})
    assert "repost-of" not in entry


def test_versions_name_one_another(mirror):
    """In JSON-LD an article names its other versions, and these name it."""
    files = {
        "kaca/2024/01/a.md": article("Satu", revisions=["kaca/2024/01/a-rev-2.md", "kaca/2024/01/a-rev-3.md"]),
        "kaca/2024/01/a-rev-2.md": article("Dua", date="2024-01-01", revision_of="kaca/2024/01/a.md"),
        "kaca/2024/01/a-rev-3.md": article("Tiga", date="2024-01-02", revision_of="kaca/2024/01/a.md"),
    }

    def told(output: Path, path: str) -> dict[str, Any]:
        found = re.search(r'ld\+json">(.*?)</script>', (output / path).read_text(encoding="utf-8"))
        assert found
        data: dict[str, Any] = json.loads(found[1])
        return data

    root = mirror(content=files, settings=f'[site]\nbase_url = "{BASE}"\n')
    build(root)
    main = told(root / "output", "kaca/2024/01/a.html")
    assert main["workExample"] == [f"{BASE}kaca/2024/01/a-rev-2.html", f"{BASE}kaca/2024/01/a-rev-3.html"]
    assert "exampleOfWork" not in main
    other = told(root / "output", "kaca/2024/01/a-rev-2.html")
    assert other["exampleOfWork"] == f"{BASE}kaca/2024/01/a.html"
    root = mirror(content=files)
    build(root)
    keys = {"url", "archivedAt", "mainEntityOfPage", "workExample", "exampleOfWork"}
    assert not keys & {
        *told(root / "output", "kaca/2024/01/a.html"),
        *told(root / "output", "kaca/2024/01/a-rev-2.html"),
    }
