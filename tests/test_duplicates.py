"""One article of several captures: duplicates and revisions, and what its file names of them."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cermin import pipeline, seeds
from cermin.config import load_config
from cermin.manifest import is_own
from cermin.records import Capture
from cermin.report import MemoryReporter
from cermin.seeds.likeness import (
    RELATED,
    are_near,
    fold_address,
    fold_title,
    marks_of,
    share_text,
    sketch_text,
    titles_agree,
)
from cermin.site import catalogue
from tests.conftest import tree
from tests.mirrors import build, build_clean, find_differences, import_seeds
from tests.test_content_front_matter import TEXT

# --- addresses -----------------------------------------------------------------------------------------------------

ADDRESS = "https://www.kemiri.example/kota/banjir-surut"


@pytest.mark.parametrize(
    "other",
    [
        "http://kemiri.example/kota/banjir-surut",
        "https://m.kemiri.example/kota/banjir-surut/",
        "https://www.kemiri.example:443/kota/banjir-surut#komentar",
        "https://www.kemiri.example/kota/banjir-surut?utm_source=x&utm_medium=y&fbclid=z",
        "https://www.kemiri.example/kota/banjir-surut/amp/",
        "https://amp.kemiri.example/kota/banjir-surut?page=all",
        "HTTPS://WWW.KEMIRI.EXAMPLE/kota/banjir-surut?single=1",
    ],
)
def test_one_page_under_many_addresses(other):
    """Scheme, www., a slash at the end, fragments, tracking and AMP do not make another page."""
    assert fold_address(other) == fold_address(ADDRESS) == "kemiri.example/kota/banjir-surut"


@pytest.mark.parametrize(
    "other",
    [
        "https://www.kemiri.example/kota/banjir-surut?page=2",
        "https://www.kemiri.example/kota/Banjir-Surut",
        "https://www.kemiri.example/kota/banjir-surut-2",
        "https://berita.kemiri.example/kota/banjir-surut",
        "https://www.kemiri.example/kota?id=1",
        "https://www.kemiri.example/kota?id=2",
    ],
)
def test_other_pages(other):
    """What may lead to another page does: a page number, an id, another name."""
    assert fold_address(other) != fold_address(ADDRESS)


@pytest.mark.parametrize(
    "url", ["", "https://kemiri.example/", "https://kemiri.example", "ftp://x.y/z", "http://[", "x"]
)
def test_no_single_page(url):
    """A front page is no article's address, and neither is what is no address."""
    assert fold_address(url) == ""


@given(st.one_of(TEXT, TEXT.map("https://www.m.kemiri.example/{}".format)))
@example("https://a.example/amp/amp/x/amp/amp?amp=1&b=\ud800")
def test_folding_an_address_is_done_once(url):
    """A folded address folds to itself."""
    folded = fold_address(url)
    assert fold_address(f"https://{folded}") == folded


# --- likeness ------------------------------------------------------------------------------------------------------

SENTENCES = [
    "Air yang menggenangi tiga kelurahan sejak Senin mulai surut pada Kamis pagi",
    "Warga membersihkan lumpur dengan alat seadanya sejak subuh",
    "Kami bergotong royong agar anak-anak lekas kembali ke sekolah, kata Ratna",
    "Pemerintah kota mengirim dua pompa dan satu dapur umum ke balai warga",
    "Sungai di hulu masih tinggi sehingga penjagaan pintu air diteruskan",
    "Pedagang pasar pagi mulai membuka lapak meski pembeli belum banyak",
    "Sekolah dasar di dekat jembatan dipakai sebagai tempat mengungsi",
    "Petugas kesehatan memeriksa warga lanjut usia dari rumah ke rumah",
    "Jalan utama menuju kecamatan sudah dapat dilalui kendaraan kecil",
    "Hujan ringan diperkirakan masih turun sampai akhir pekan depan",
    "Para relawan mencatat kebutuhan selimut dan air bersih setiap sore",
    "Bantuan dari kota tetangga tiba bersama sukarelawan dan peralatan",
]
BODY = ". ".join(SENTENCES) + "."
FEW = ". ".join(SENTENCES[:2]) + "."


def near(one: str, other: str) -> bool:
    """Tell whether two bodies are near."""
    return are_near(sketch_text(one), sketch_text(other))


@pytest.mark.parametrize(
    "other",
    [
        BODY,
        BODY.replace(". ", "."),
        BODY.replace(". ", ".\n\n"),
        BODY.upper(),
        BODY.replace("Warga", "“Warga”"),
        BODY + " Ikuti kami.",
        BODY + "\n\nBaca juga: [[Jembatan putus di hulu, kendaraan dialihkan]]",
        BODY.replace("satu dapur", "sebuah dapur"),
    ],
)
def test_near(other):
    """Glue, case, signs, a see-also and a sentence more or less do not make another text."""
    assert near(BODY, other)
    assert near(other, BODY)


@pytest.mark.parametrize("other", ["", ". ".join(SENTENCES[:9]), ". ".join(SENTENCES[::2]), BODY.swapcase()[::-1]])
def test_not_near(other):
    """A text that lacks a tenth, or is another, is not near."""
    assert not near(BODY, other)
    assert not near(other, BODY)


def test_forms_are_not_near():
    """Two fillings of one form differ in sentences with digits, however much else they have in common."""
    one, other = (f"{BODY} Harga cabai rawit hari ini Rp {price} sekilo." for price in ("41.000", "38.500"))
    assert not near(one, other)
    assert near(one, BODY)


def test_short_texts_are_not_compared():
    """Texts of a sentence or two are never near, for they share too little to tell."""
    assert not near(FEW, FEW)
    assert marks_of(sketch_text(FEW)) == ""


def test_titles():
    """Titles agree without case and signs, with a name behind one, and where a capture has none of its own."""
    one, other = fold_title("Banjir surut", BODY), fold_title("“BANJIR Surut” - Kabar Kemiri", BODY)
    assert titles_agree(one, other)
    assert titles_agree(other, fold_title(SENTENCES[0], BODY))
    assert not titles_agree(other, fold_title("Banjir datang lagi", BODY))


@given(st.lists(st.sampled_from(SENTENCES), max_size=12), st.lists(st.sampled_from(SENTENCES), max_size=12))
def test_likeness_is_mutual(one, other):
    """Of two texts each is as near to the other, and as related."""
    first, second = (sketch_text(". ".join(sentences)) for sentences in (one, other))
    assert are_near(first, second) == are_near(second, first)
    assert share_text(first, second) == share_text(second, first)
    assert are_near(first, first) == (len(set(one)) >= 3)


def test_long_texts_are_sampled():
    """Of long texts a sample is kept, by which likeness shows as by the whole."""
    lines = [
        f"Kalimat {chr(97 + number % 26)}{chr(97 + number // 26)} menyebut hal yang lain lagi" for number in range(600)
    ]
    whole, cut, other = (sketch_text(". ".join(part)) for part in (lines, lines[:-10], lines[:300]))
    assert len(whole) == len(cut) < 400
    assert are_near(whole, cut)
    assert not are_near(whole, other)
    assert share_text(whole, other) > RELATED


def test_sketches_are_the_same_everywhere():
    """A sketch is made of hashes that are the same in every run, on every machine."""
    assert sketch_text("Satu dua tiga empat lima. Enam 7.").hex() == "c65697621400e29ef26d0580"


# --- whole imports -------------------------------------------------------------------------------------------------


def capture(title: str = "Banjir surut di tiga kelurahan", body: str = BODY, date: str = "20 Juni 2024 13:40") -> str:
    """Return a text capture."""
    return f"{title}\n{date}\n\n{body}\n" if date else f"{title}\n\n{body}\n"


def addressed_reader(path: Path, seed_path: str) -> Iterator[Capture]:
    """Read a text capture with its address on the first line, as records of containers tell theirs."""
    url, _, data = path.read_bytes().partition(b"\n")
    yield Capture(seed_path, "text/plain", data, url=url.decode())


@pytest.fixture
def addressed(monkeypatch):
    """Have files that end in .page read by `addressed_reader`."""
    monkeypatch.setitem(seeds.FORMATS, ".page", addressed_reader)


@pytest.fixture(autouse=True)
def _no_second_try(monkeypatch):
    """Fail where the catalogue is begun anew for an error in what is asked of it."""
    monkeypatch.setattr(catalogue, "_remove", lambda path: pytest.fail(f"{path} was taken away"))  # a mock, as a guard


def page(url: str = ADDRESS, **words: str) -> str:
    """Return a capture with its address, for `addressed`."""
    return f"{url}\n{capture(**words)}"


def articles(root: Path) -> dict[str, dict[str, str]]:
    """Return the front matter of each article file, as it is written, by its path below content/."""
    found = {}
    for path, data in tree(root / "content").items():
        head = data.decode().split("---\n")[1]
        found[path] = dict(line.split(": ", 1) for line in head.splitlines())
    return found


def counts(done: pipeline.Imported) -> tuple[int, int, int, int]:
    """Return how many captures became what."""
    assert done.inputs == done.articles + done.revisions + done.duplicates + done.quarantined
    return done.articles, done.revisions, done.duplicates, done.quarantined


def test_duplicates_are_named(mirror):
    """Captures of one text are one article, whose file names them all; a second import changes nothing."""
    texts = {"b.txt": capture(), "a.txt": capture(), "c.txt": capture(body=BODY.replace(". ", "."))}
    root = mirror(seeds=texts | {"z.txt": capture("Lain", "Cerita lain.")})
    assert counts(import_seeds(root)) == (2, 0, 2, 0)
    before = tree(root / "content")
    [front] = [front for front in articles(root).values() if "duplicates" in front]
    assert (front["seed"], front["duplicates"]) == ("a.txt", "[b.txt, c.txt]")
    done = import_seeds(root)
    assert (counts(done), done.written, done.warnings) == ((2, 0, 2, 0), 0, ())
    shutil.rmtree(root / ".cermin")
    done = import_seeds(root)
    assert (counts(done), done.written, done.warnings) == ((2, 0, 2, 0), 0, ())
    assert tree(root / "content") == before
    assert build(root).articles == 2


def test_list_follows_its_captures(mirror):
    """When a duplicate's capture goes its name goes; when the first one goes, the article stays as it is."""
    root = mirror(seeds={name: capture() for name in ("a.txt", "b.txt", "c.txt")})
    import_seeds(root)
    (root / "seeds/b.txt").unlink()
    done = import_seeds(root)
    [(path, front)] = articles(root).items()
    assert (counts(done), done.written, front["duplicates"]) == ((1, 0, 1, 0), 1, "[c.txt]")
    (root / "seeds/a.txt").unlink()
    for _ in range(2):
        assert counts(import_seeds(root)) == (0, 0, 1, 0)
        assert articles(root) == {path: front}
        shutil.rmtree(root / ".cermin")
    (root / "seeds/c.txt").unlink()
    assert counts(import_seeds(root)) == (0, 0, 0, 0)
    assert "duplicates" not in articles(root)[path]


def test_near_duplicate_outlives_its_twin(mirror):
    """A capture that an article names stays its duplicate when the article's own capture and the cache are gone."""
    root = mirror(seeds={"a.txt": capture(), "b.txt": capture(body=f"{BODY} Ikuti kami.")})
    import_seeds(root)
    before = articles(root)
    (root / "seeds/a.txt").unlink()
    shutil.rmtree(root / ".cermin")
    assert counts(import_seeds(root)) == (0, 0, 1, 0)
    assert articles(root) == before
    (root / "seeds/b.txt").write_text(capture("Lain", "Cerita lain sama sekali."), encoding="utf-8")
    shutil.rmtree(root / ".cermin")
    assert counts(import_seeds(root)) == (1, 0, 0, 0)


def test_part_of_an_import_takes_no_name_away(mirror):
    """Importing some captures into a mirror without its cache leaves the names of the others where they are."""
    root = mirror(seeds={"x/a.txt": capture(), "y/b.txt": capture(), "y/c.txt": capture("Lain", "Cerita lain.")})
    import_seeds(root)
    before = tree(root / "content")
    shutil.rmtree(root / ".cermin")
    done = pipeline.import_seeds(load_config(root), MemoryReporter(), jobs=1, below=["x"])
    assert (counts(done), done.written) == ((1, 0, 0, 0), 0)
    assert tree(root / "content") == before


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"date": "20 Juni 2024"}, {"date": "21 Juni 2024"}),
        ({"body": f"{BODY} Harga beras Rp 14.000 sekilo."}, {"body": f"{BODY} Harga beras Rp 15.000 sekilo."}),
        ({"title": "Banjir surut"}, {"title": "Pasar dibuka"}),
        ({"body": "Langit cerah."}, {"body": "Langit berawan."}),
        ({"body": ". ".join(SENTENCES)}, {"body": ". ".join(SENTENCES[:6])}),
    ],
    ids=["another day", "another price", "another title", "short", "half of it"],
)
def test_these_are_two(mirror, one, other):
    """What may be another article is one: of another day, with other figures, too short or too different to tell."""
    root = mirror(seeds={"a.txt": capture(**one), "b.txt": capture(**other)})
    assert counts(import_seeds(root)) == (2, 0, 0, 0)


def test_two_outlets_are_two(mirror):
    """One text in two outlets that are known is two articles; one of them unknown, it is one."""
    outlets = {f"{name}.toml": f"recognise = ['^{name}']\n" for name in ("satu", "dua")}
    root = mirror(seeds={f"{name}.txt": capture(body=f"{BODY}\n{name}") for name in ("satu", "dua")}, outlets=outlets)
    assert counts(import_seeds(root)) == (2, 0, 0, 0)
    root = mirror(seeds={f"{name}.txt": capture(body=f"{BODY}\n{name}") for name in ("satu", "tiga")}, outlets=outlets)
    assert counts(import_seeds(root)) == (1, 0, 1, 0)


def test_hand_edited_article_is_not_told(mirror):
    """A file with hand edits is not rewritten for a new duplicate; the import says so until the file names it."""
    root = mirror(seeds={"a.txt": capture()})
    import_seeds(root)
    [path] = (root / "content").rglob("*.md")
    path.write_text(path.read_text(encoding="utf-8").replace("Warga", "Kami"), encoding="utf-8")
    before = path.read_bytes()
    (root / "seeds/b.txt").write_text(capture(), encoding="utf-8")
    for _ in range(2):
        done = import_seeds(root)
        assert [fault.verdict for fault in done.warnings] == [
            "left alone: it has hand edits, and its captures are others now"
        ]
        assert counts(done) == (1, 0, 1, 0)
    assert path.read_bytes() == before
    path.write_bytes(before.replace(b"seed: a.txt\n", b"seed: a.txt\nduplicates: [b.txt]\n"))
    assert import_seeds(root).warnings == ()


def test_changed_article_lets_its_duplicates_go(mirror):
    """When a capture says something else, those that repeated what it said are seen anew, and nothing is lost."""
    root = mirror(seeds={"a.txt": capture(), "b.txt": capture(), "c.txt": capture()})
    import_seeds(root)
    (root / "seeds/a.txt").write_text(capture("Pasar", "Pasar dibuka kembali. Pedagang senang."), encoding="utf-8")
    assert counts(import_seeds(root)) == (2, 0, 1, 0)
    assert sorted((front["seed"], front.get("duplicates")) for front in articles(root).values()) == [
        ("a.txt", None), ("b.txt", "[c.txt]"),
    ]  # fmt: skip


def test_names_with_spaces(mirror):
    """A capture is known by its name to the letter, with any white space in it."""
    root = mirror(seeds={"a  b.txt": capture(), " c .txt": capture(), "d\u00a0,\u3000e.txt": capture()})
    for _ in range(2):
        assert counts(import_seeds(root)) == (1, 0, 2, 0)
        assert len(articles(root)) == 1
        shutil.rmtree(root / ".cermin")
    assert import_seeds(root).written == 0


def test_captures_are_looked_up(tmp_path):
    """What is asked for each capture is found by an index, however many captures there are."""
    plans: dict[str, list[str]] = {}

    class Explaining:
        """A connection that notes how each question is answered."""

        def __init__(self, connection):
            self.connection = connection

        def execute(self, sql, values=()):
            if not sql.startswith("INSERT"):
                plans[sql] = [row[3] for row in self.connection.execute(f"EXPLAIN QUERY PLAN {sql}", values)]
            return self.connection.execute(sql, values)

        def executemany(self, sql, rows):
            return self.connection.executemany(sql, rows)

    with catalogue.open_catalogue(tmp_path) as known:
        known.connection = Explaining(known.connection)  # type: ignore[assignment]  # it answers as one
        row = catalogue.SeedRow("a#1", "a", "", "article", "x/y/z.md", marks="[1, 2, 3]", source="x", keys=bytes(8))
        known.keep_seed(row, None)
        known.keep_seed(row._replace(text="y"), row)
        known.keep_seed(row._replace(text="y", reading=2), row._replace(text="y"))
        assert known.row_of("a#1") == row._replace(text="y", reading=2)
        for ask in (
            known.row_of, known.with_text, known.with_address, known.with_marks, known.naming, known.duplicates_of,
            known.revisions_of, known.place_of, known.content_path_of, known.main_of, known.has_file, known.was_read,
            known.has_article_of, known.repeating_lines, known.learned_of, known.drop_seeds,
        ):  # fmt: skip
            ask("[4]" if ask == known.with_marks else "a")
        list(known.with_lines("x", frozenset([0])))
        assert known.row_of("a#1") is None
    scans = [(step, sql) for sql, steps in plans.items() for step in steps if step.startswith("SCAN")]
    assert [sql for step, sql in scans if not step.startswith(("SCAN json_each", "SCAN (subquery"))] == []


# --- revisions -----------------------------------------------------------------------------------------------------

STEM = "unknown/2024/06/banjir-surut-di-tiga-kelurahan"
CHANGED = ". ".join([*SENTENCES[:6], "Dua orang yang dicari sejak Senin ditemukan selamat di hulu"]) + "."


@pytest.mark.usefixtures("addressed")
def test_changed_page_is_a_revision(mirror):
    """A changed capture of one address is kept beside the article; each names the other, and that is settled."""
    root = mirror(
        seeds={"a.page": page(), "b.page": page(body=CHANGED), "c.page": page(body=CHANGED), "d.page": page()}
    )
    done = import_seeds(root)
    main, revision = (
        "unknown/2024/06/banjir-surut-di-tiga-kelurahan.md",
        "unknown/2024/06/banjir-surut-di-tiga-kelurahan-rev-2.md",
    )
    found = articles(root)
    assert (counts(done), done.written, list(found)) == ((1, 1, 2, 0), 2, sorted([main, revision]))
    assert (found[main]["revisions"], found[main]["duplicates"]) == (f"[{revision}]", "[d.page]")
    assert (found[revision]["revision_of"], found[revision]["duplicates"]) == (main, "[c.page]")
    before = tree(root / "content")
    for _ in range(2):
        done = import_seeds(root)
        assert (counts(done), done.written, done.warnings) == ((1, 1, 2, 0), 0, ())
        assert tree(root / "content") == before
        shutil.rmtree(root / ".cermin")


@pytest.mark.usefixtures("addressed")
def test_one_address_for_all(mirror):
    """Records with one address and nothing else in common are articles of their own: the address is no article's."""
    root = mirror(seeds={"a.page": page(), "b.page": page(title="Pasar", body="Pasar dibuka. Warga senang.")})
    assert counts(import_seeds(root)) == (2, 0, 0, 0)


@pytest.mark.usefixtures("addressed")
def test_page_of_a_later_day_is_a_revision(mirror):
    """A page that says the same under another date is kept as a revision: its date would be lost."""
    root = mirror(seeds={"a.page": page(), "b.page": page(date="22 Juni 2024")})
    assert counts(import_seeds(root)) == (1, 1, 0, 0)


@pytest.mark.usefixtures("addressed")
def test_revision_outlives_its_article(mirror):
    """When an article is withdrawn its revision becomes an article, at the address that it has."""
    root = mirror(seeds={"a.page": page(), "b.page": page(body=CHANGED)})
    import_seeds(root)
    (root / "seeds/a.page").unlink()
    before = tree(root / "content")
    assert counts(import_seeds(root)) == (0, 1, 0, 0)
    assert tree(root / "content") == before
    (root / f"content/{STEM}.md").unlink()
    assert counts(import_seeds(root)) == (1, 0, 0, 0)
    [front] = articles(root).values()
    assert "revision_of" not in front
    assert build(root).articles == 1


@pytest.mark.usefixtures("addressed")
def test_article_that_was_deleted_comes_back(mirror):
    """An article whose file was deleted comes back from its capture, and is what its revision is a version of."""
    root = mirror(seeds={"a.page": page(), "b.page": page(body=CHANGED)})
    import_seeds(root)
    before = tree(root / "content")
    (root / f"content/{STEM}.md").unlink()
    assert counts(import_seeds(root)) == (1, 1, 0, 0)
    assert tree(root / "content") == before


@pytest.mark.usefixtures("addressed")
def test_article_and_revision_move_together(mirror):
    """When their outlet becomes known, an article and its revision move, and name one another as they are then."""
    root = mirror(seeds={"b.page": page(), "a.page": page(body=CHANGED), "c.page": page()})
    import_seeds(root)
    (root / "outlets").mkdir()
    (root / "outlets/kemiri.toml").write_text('name = "Kabar"\ndomains = ["kemiri.example"]\n', encoding="utf-8")
    assert counts(import_seeds(root)) == (1, 1, 1, 0)
    found = articles(root)
    main = next(path for path, front in found.items() if "revisions" in front)
    [revision] = found.keys() - {main}
    assert main.startswith("kemiri/")
    assert (found[revision]["revision_of"], found[main]["revisions"]) == (main, f"[{revision}]")
    before = tree(root / "content")
    assert import_seeds(root).written == 0
    assert tree(root / "content") == before


# --- pages of revisions --------------------------------------------------------------------------------------------

SETTINGS = '[site]\ntitle = "Cermin"\nbase_url = "https://example.org/"\nlist_size = 2\n'


@pytest.mark.usefixtures("addressed")
def test_pages_of_revisions(mirror, run):
    """A revision has a page, on no list, in no feed and no sitemap; it and its article lead to one another."""
    texts = {"a.page": page(), "b.page": page(body=CHANGED), "c.txt": capture("Pasar", "Dibuka.", "19 Juni 2024")}
    root = mirror(seeds=texts, settings=SETTINGS)
    assert "Imported 3 captures: 2 articles, 1 revision; 3 files written" in run("-C", root, "import").out
    built = build(root)
    files = tree(root / "output")
    pages = {path: data.decode(errors="replace") for path, data in files.items() if not is_own(path)}
    assert built.articles == 2
    own = f"{STEM}-rev-2.html"
    naming = [path for path, text in pages.items() if "kelurahan-rev-2" in text and path != own]
    assert naming == [f"{STEM}.html"]
    assert "Other versions of this article" in pages[f"{STEM}.html"]
    revision = pages[own]
    assert f'<link rel="canonical" href="https://example.org/{STEM}.html">' in revision
    assert "This is another version of:" in revision
    assert "Newer" not in revision
    assert run("-C", root, "check").code == 0
    assert find_differences(tree(root / "output"), build_clean(root)[1]) == {}
