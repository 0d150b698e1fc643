"""A small newspaper for tests that look at pages: every kind of page, four languages, two directions of writing."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from playwright.sync_api import Page

from tests.mirrors import article

BASE = "https://example.org/mirror/"
SETTINGS = """\
[site]
title = "Cermin Kota"
description = "Arsip berita kota"
language = "{language}"
base_url = "https://example.org/mirror/"
contact = "redaksi@example.org"
list_size = 2
"""

_TABLE = "| Sungai | Tinggi |\n| --- | --- |\n| Ciliwung | 2,1 m |\n| Cisadane | 1,4 m |"

ARTICLES = {
    "warta/2024/06/banjir-surut.md": article(
        "Banjir surut, warga mulai membersihkan rumah",
        "KOTA, Warta - Air yang menggenangi tiga kelurahan sejak Senin mulai surut pada Kamis pagi.\n\n"
        "Warga membersihkan lumpur dengan alat seadanya. “Kami bergotong royong sejak subuh,” kata Ratna.\n\n"
        "Baca juga: [[Pasar lama dibuka kembali]]\n\nBaca juga: [[Berita yang tidak ada di sini]]",
        date="2024-06-20T13:40:00+07:00",
        outlet="warta",
        lang="id",
        authors=["Ratna Dewi", "Budi Santoso"],
        editor="Sari Utami",
        agency="Kantor Berita Kota",
        place="Kota",
        section="Daerah",
        tags=["banjir", "sungai"],
        url="https://warta.example/2024/06/banjir-surut?x=1&y=2",
        summary="Tiga kelurahan mulai kering setelah empat hari.",
        seed="banjir.txt",
        sha256="0" * 64,
    ),
    "warta/2024/06/pasar-lama.md": article(
        "Pasar lama dibuka kembali",
        "Pedagang kembali berjualan.\n\n## Harga stabil\n\n- beras\n- cabai\n\n> Harga tidak naik.\n\n" + _TABLE,
        date="2024-06-19",
        outlet="warta",
        lang="id",
        authors=["Budi Santoso"],
        section="Ekonomi",
        tags=["pasar"],
        aliases=["/2024/06/pasar-lama.html", "/berita.php"],
    ),
    "warta/2024/05/jembatan.md": article(
        "Jembatan gantung selesai diperbaiki", "Jembatan itu menghubungkan dua desa.\n\n    kode 12",
        date="2024-05-02T08:00:00+07:00", outlet="warta", lang="id", section="Daerah", tags=["sungai"],
    ),
    "warta/2023/12/tahun-baru.md": article(
        "Persiapan tahun baru di alun-alun", "Panggung didirikan sejak pagi.",
        date="2023-12-30", outlet="warta", lang="id",
    ),
    "warta/undated/kolom.md": article("Kolom tanpa tanggal", "Tidak ada yang tahu kapan.", outlet="warta", lang="id"),
    "courier/2024/06/council.md": article(
        "Council votes for a new library & archive",
        "The council voted <unanimously> on Thursday.[^1]\n\nSee [the plan](https://courier.example/plan).\n\n"
        "[^1]: 24 votes.",
        date="2024-06-20T09:00:00+01:00", outlet="courier", lang="en", authors=["Ann O'Hara"], section="News",
        tags=["library", "banjir"], url="https://courier.example/council",
    ),
    "courier/2024/06/very-long.md": article(
        "A headline of uncommon length that goes on and on until every column is full " + "Donaudampfschiffahrt" * 5,
        "https://courier.example/" + "a" * 120 + "\n\nWords follow.",
        date="2024-06-21T09:00:00Z", outlet="courier", lang="en",
    ),
    "jarida/2024/06/souq.md": article(
        "افتتاح السوق القديم بعد أعمال الترميم",
        "عاد التجار إلى محالهم يوم الخميس.\n\nوقال أحدهم: «الأسعار مستقرة».",
        date="2024-06-20T10:00:00+03:00", outlet="jarida", lang="ar",
        authors=["ليلى حسن"], section="أخبار", tags=["سوق"],
    ),
    "ribao/2024/06/qiao.md": article(
        "新桥建成通车，两岸居民出行更方便", "新桥于星期四上午正式通车。\n\n居民表示：“以后上班只要十分钟。”",
        date="2024-06-20T11:00:00+08:00", outlet="ribao", lang="zh", authors=["王小明"], section="国内", tags=["交通"],
    ),
}  # fmt: skip

OUTLETS = {
    "warta.toml": 'name = "Warta Kota"\nhomepage = "https://warta.example/"\noriginal = "gone"\nlanguage = "id"\n',
    "courier.toml": 'name = "The Courier"\noriginal = "alive"\nlanguage = "en"\n',
    "jarida.toml": 'name = "الجريدة"\noriginal = "blocked"\nlanguage = "ar"\n',
}

OLD_ADDRESSES = frozenset({"2024/06/pasar-lama.html", "berita.php/index.html"})
"""Pages that lead on at once, and to which none leads."""
KINDS_OF_PAGES = {
    "front": "index.html",
    "article": "warta/2024/06/banjir-surut.html",
    "article with markup": "warta/2024/06/pasar-lama.html",
    "article with code": "warta/2024/05/jembatan.html",
    "undated article": "warta/undated/kolom.html",
    "English article": "courier/2024/06/council.html",
    "long title": "courier/2024/06/very-long.html",
    "Arabic article": "jarida/2024/06/souq.html",
    "Chinese article": "ribao/2024/06/qiao.html",
    "latest": "latest/index.html",
    "numbered page": "latest/page-1.html",
    "outlet": "warta/index.html",
    "outlets": "outlets/index.html",
    "section": "sections/daerah/index.html",
    "sections": "sections/index.html",
    "topic": "topics/banjir/index.html",
    "topics": "topics/index.html",
    "author": "authors/budi-santoso/index.html",
    "authors": "authors/index.html",
    "archive": "archive/index.html",
    "year": "archive/2024/index.html",
    "month": "archive/2024/06/index.html",
    "day": "archive/2024/06/20/index.html",
    "undated": "archive/undated/index.html",
    "about": "about.html",
    "datasheet": "data/index.html",
    "not found": "404.html",
    "search": "search.html",
}


def write_newspaper(root: Path, language: str = "id") -> Path:
    """Write the mirror below ``root`` and return it."""
    files = {"cermin.toml": SETTINGS.format(language=language)}
    files |= {f"content/{path}": text for path, text in ARTICLES.items()}
    files |= {f"outlets/{path}": text for path, text in OUTLETS.items()}
    for path, text in files.items():
        target = root / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return root


@contextmanager
def serve(page: Page, output: Path) -> Iterator[None]:
    """Let base_url stand for the folder of the site, as its host would."""
    page.route(f"{BASE}**", lambda route: route.fulfill(path=output / unquote(route.request.url.removeprefix(BASE))))
    yield
    page.unroute_all()


def show(page: Page, output: Path, path: str) -> None:
    """Open a page from its file; 404.html, which links from the root of its host, from its address."""
    if path == "404.html":
        with serve(page, output):
            page.goto(BASE + path)
    else:
        page.goto((output / path).as_uri())
