"""Learned furniture: lines that repeat in a source's captures are cut without a rule, and body sentences never are."""

from __future__ import annotations

import json
import random
import shutil
import tempfile
from array import array
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cermin import pipeline, seeds
from cermin.config import load_config
from cermin.records import Capture, Familiar, Reading
from cermin.report import MemoryReporter
from cermin.seeds import furniture
from cermin.seeds.furniture import (
    ANYWHERE,
    AT_EDGE,
    LABELLED,
    SENTENCE,
    choose_familiar,
    find_keys,
    name_source,
    pack_keys,
)
from cermin.seeds.lines import Piece
from cermin.site import catalogue
from tests.conftest import tree
from tests.mirrors import import_seeds

PROFILE = 'name = "Kabar Kemiri"\nrecognise = [\'^KEMIRI - \']\nlanguage = "id"\n'
OUTLETS = {"kemiri.toml": PROFILE}
WORDS = (
    "air angin atap awan bambu benih beras bukit daun desa dinding embun gerobak gudang hujan hutan ikan jagung jalan "
    "jembatan kabut kandang kayu kebun kolam ladang lumbung lumpur muara nelayan padi pagar pantai pasar perahu petani "
    "pintu pompa sampan sawah sekolah sumur sungai taman tanah tebing teluk tikar tukang waduk warung"
).split()


def unpack_keys(packed: bytes) -> list[int]:
    """Return the keys that `pack_keys` packed."""
    return list(array("q", packed))


def sentence(dice: random.Random) -> str:
    """Return a sentence that no other article has."""
    return " ".join(dice.choices(WORDS, k=12)).capitalize() + "."


def capture(number: int, *furniture: str, paragraphs: int = 8, name: str = "KEMIRI - ") -> str:
    """Return a capture of an article of its own, with lines of furniture behind it."""
    dice = random.Random(number)  # noqa: S311 - the same article every time
    title = " ".join(dice.choices(WORDS, k=7)).capitalize()
    body = [" ".join(sentence(dice) for _ in range(3)) for _ in range(paragraphs)]
    lines = [line.replace("<title>", title) for line in furniture]
    return "\n\n".join([title, f"{number % 28 + 1} Juni 2024", name + body[0], *body[1:], *lines]) + "\n"


@pytest.fixture(autouse=True)
def _no_second_try(monkeypatch):
    """Fail where the catalogue is begun anew for an error in what is asked of it."""
    monkeypatch.setattr(catalogue, "_remove", lambda path: pytest.fail(f"{path} was taken away"))  # a mock, as a guard


def explain(root: Path, seed: str) -> Reading:
    """Return what became of a capture's lines."""
    [reading] = pipeline.explain_capture(load_config(root), seed)
    return reading


def cuts(root: Path, seed: str) -> list[tuple[str, str]]:
    """Return the lines of a capture that were cut as learned, with the rule."""
    return [(line.text, line.rule) for line in explain(root, seed).lines if line.rule.startswith("learned: ")]


def bodies(root: Path) -> str:
    """Return the bodies of all articles."""
    return "\n".join(data.decode().split("---\n", 2)[2] for data in tree(root / "content").values())


# --- what is learned -----------------------------------------------------------------------------------------------

SHORT, LONG = (
    "Pojok Kemiri Raya",
    "Kabar dari Kemiri terbit setiap pagi untuk semua warga yang ingin tahu lebih banyak.",
)


@pytest.mark.parametrize(
    "line",
    [SHORT, LONG, "Kisah ini telah tampil di Kemiri dengan kepala <title>", "Tukang cetak: Budi"],
    ids=["short", "sentence", "with its title", "label"],
)
def test_line_that_repeats(mirror, line):
    """A line at the end of an outlet's captures is cut when it stands in many; explain says in how many of how many."""
    root = mirror(seeds={f"{number}.txt": capture(number, line) for number in range(10)}, outlets=OUTLETS)
    import_seeds(root)
    assert [rule for _, rule in cuts(root, "3.txt")] == ["learned: 10 of 10 captures"]
    assert line.partition("<")[0] not in bodies(root)
    assert import_seeds(root).written == 0


def test_names_behind_a_label(mirror):
    """A label with a name behind it is furniture whatever the name."""
    names = ["Ani Budi", "Citra Dewi", "Eko Fajar", "Gita Hadi"]
    texts = {f"{number}.txt": capture(number, f"Tukang cetak: {names[number % 4]}") for number in range(12)}
    root = mirror(seeds=texts, outlets=OUTLETS)
    import_seeds(root)
    assert cuts(root, "1.txt") == [("Tukang cetak: Citra Dewi", "learned: 12 of 12 captures")]


def test_line_in_the_middle(mirror):
    """A short line is cut wherever it stands, when it stands in a fifth of the captures."""
    texts = {f"{number}.txt": capture(number) for number in range(20)}
    for number in range(6):
        texts[f"{number}.txt"] = (
            texts[f"{number}.txt"].replace("\n\n", "\n\nSisipan Pojok\n\n", 6).replace("\n\nSisipan Pojok", "", 5)
        )
    root = mirror(seeds=texts, outlets=OUTLETS)
    import_seeds(root)
    assert cuts(root, "3.txt") == [("Sisipan Pojok", "learned: 6 of 20 captures")]


def test_line_of_few_captures_stays(mirror):
    """A line that stands in too few captures for its sort is the article's."""
    texts = {f"{number}.txt": capture(number) for number in range(30)}
    texts |= {f"{number}.txt": capture(number, LONG) for number in range(11)}
    texts |= {f"{number}.txt": capture(number, SHORT) for number in range(11, 15)}
    root = mirror(seeds=texts, outlets=OUTLETS)
    import_seeds(root)
    text = bodies(root)
    assert (text.count(LONG), text.count(SHORT)) == (11, 4)


def test_lone_article_keeps_every_sentence(mirror):
    """Nothing is learned from a lone article, however often it says a thing, and however often it was captured."""
    body = "\n\n".join([SHORT, LONG] * 9)
    root = mirror(seeds={f"{number}.txt": f"Judul\n\nKEMIRI - {body}\n" for number in range(12)}, outlets=OUTLETS)
    import_seeds(root)
    assert cuts(root, "0.txt") == []
    assert bodies(root).count(LONG) == 9


def test_forms_are_no_furniture(mirror):
    """What a daily report says each day is its text: of captures that repeat one another one counts."""
    form = [
        "Berikut ini jadwal imsak dan salat untuk wilayah Kemiri dan sekitarnya pada hari ini.",
        "Subuh",
        "Zuhur",
        "Asar",
        "Magrib",
        "Isya",
        "Jadwal ini disusun menurut letak kota dan dapat berbeda beberapa menit di tepi wilayah.",
        "Warga diminta tetap memperhatikan pengumuman dari masjid yang terdekat dari rumah.",
        "Demikian jadwal salat untuk wilayah Kemiri hari ini.",
    ]
    texts = {
        f"{day}.txt": "\n\n".join(
            [f"Jadwal salat Kemiri hari ke-{day}", f"{day} Juni 2024", f"KEMIRI - Hari ke-{day}.", *form]
        )
        for day in range(1, 25)
    }
    texts |= {f"x{number}.txt": capture(number) for number in range(40)}
    root = mirror(seeds=texts, outlets=OUTLETS)
    assert import_seeds(root).articles == 64
    for line in form:
        assert bodies(root).count(line) >= 24
    assert cuts(root, "3.txt") == []


def test_body_is_never_cut_away(mirror):
    """A capture that is made of furniture alone keeps it: it may be what an article is about."""
    texts = {f"{number}.txt": capture(number, SHORT, LONG) for number in range(20)}
    texts["x.txt"] = f"Judul lain\n\n{SHORT}\n\n{LONG}\n\nKEMIRI - \n"
    root = mirror(seeds=texts, outlets=OUTLETS)
    import_seeds(root)
    assert LONG in bodies(root)
    reading = explain(root, "x.txt")
    assert reading.article
    assert any(line.fate == "body" for line in reading.lines)


def test_sources_are_learned_apart(mirror):
    """Captures of outlets that nobody knows are learned from by host; a folder's are many outlets', perhaps."""
    texts = {f"{number}.txt": capture(number, *[LONG] * (number < 10), name="") for number in range(20)}
    root = mirror(seeds=texts)
    import_seeds(root)
    assert bodies(root).count(LONG) == 10
    root = mirror(seeds=texts | {f"{number}.txt": capture(number, LONG, name="") for number in range(16)})
    import_seeds(root)
    assert bodies(root).count(LONG) == 0


@pytest.mark.parametrize(
    ("outlet", "captured", "source"),
    [
        ("genpi", Capture("a/b.txt", "", b"", url="https://x.example/a"), "genpi"),
        ("", Capture("a/b.txt", "", b"", url="https://www.x.example/a?b", source="X"), "at x.example"),
        ("", Capture("a/b.csv", "", b"", part="7", source=" Kabar  Kemiri"), "by Kabar Kemiri"),
        ("", Capture("a/b.csv", "", b"", part="7", url="https://x.example/"), "in a/b.csv"),
        ("", Capture("a/b/c.txt", "", b""), "in a/b/"),
        ("", Capture("c.txt", "", b""), "in /"),
    ],
)
def test_name_of_a_source(outlet, captured, source):
    """A capture is from its outlet, else its address's host, else what its container says, its table or its folder."""
    assert name_source(captured, outlet, captured.url) == source


# --- keys ----------------------------------------------------------------------------------------------------------


def keys_of(*texts: str, title: str = "") -> list[list[int]]:
    """Return the sorts under which each line may be furniture."""
    pieces = [Piece(number, text, "body", "text", text) for number, text in enumerate(texts)]
    found = dict(find_keys(pieces, title))
    return [sorted(key & 3 for key in found.get(index, ())) for index in range(len(texts))]


def test_sorts_of_lines():
    """Short lines count anywhere, longer ones at an edge, and what holds no words nowhere."""
    filler = [LONG] * 12
    lines = [SHORT, f"{SHORT}.", LONG, LONG * 9, "Penulis: Budi", "***", "2024"]
    middle = keys_of(*filler, *lines, *filler)[12:19]
    assert middle == [[ANYWHERE], [], [], [], [ANYWHERE], [], []]
    for line, sorts in zip(
        lines, [[ANYWHERE, AT_EDGE], [SENTENCE], [SENTENCE], [], [ANYWHERE, AT_EDGE, LABELLED], [], []], strict=True
    ):
        assert keys_of(*filler, line)[-1] == sorts


def test_many_lines():
    """Of a capture that is made of lines without end, a few hundred are looked at."""
    texts = [f"Baris {number}" for number in range(5000)]
    sorts = keys_of(*texts)
    assert (sorts[3], sorts[3000], sorts[-1]) == ([ANYWHERE], [], [ANYWHERE, AT_EDGE])
    assert sum(map(bool, sorts)) == furniture.MOST_LINES + furniture.LAST


@given(st.lists(st.text(max_size=90), max_size=12), st.text(max_size=20))
def test_any_lines_have_keys(texts, title):
    """Any lines give keys that the catalogue keeps, the same for the same lines in another case and spacing."""
    pieces = [Piece(number, text, "body", "text", text) for number, text in enumerate(texts)]
    packed = pack_keys(find_keys(pieces, title))
    assert list(unpack_keys(packed)) == sorted({key for _, keys in find_keys(pieces, title) for key in keys})
    spaced = [piece._replace(text=f"  {piece.text}\t") for piece in pieces]
    if all(len(text) < 70 for text in texts):
        assert pack_keys(find_keys(spaced, title)) == packed


@given(st.dictionaries(st.integers(-(1 << 63), (1 << 63) - 1), st.integers(0, 100)), st.integers(0, 100))
def test_more_captures_take_more(counts, captures):
    """What is furniture among few captures with so many hits needs as many among more, or more."""
    few, many = (choose_familiar("x", size, counts) for size in (captures, captures + 50))
    assert many <= few
    assert choose_familiar("in x/", captures, counts) <= few


def test_catalogue_finds_what_may_be_learned():
    """The catalogue looks for no more captures of a line than the least that furniture needs."""
    assert min(measure.fewest for measure in furniture._MEASURES.values()) == catalogue.REPEATING


def test_line_law_holds():
    """The pieces of a capture, with what was learned, put together give its lines: nothing is dropped silently."""
    text = capture(1, SHORT, LONG).encode()
    plain = seeds.read_article(Capture("a.txt", "text/plain", text), {})
    learned = {plain.source: Familiar(9, dict.fromkeys(unpack_keys(plain.keys), 9))}
    reading = seeds.read_article(Capture("a.txt", "text/plain", text), {}, learned)
    assert [(line.number, line.text) for line in reading.lines] == [(line.number, line.text) for line in plain.lines]
    assert {line.rule for line in reading.lines if line.fate == "cut"} == {"learned: 9 of 9 captures"}
    assert (reading.keys, reading.source) == (plain.keys, plain.source)


# --- one import and many -------------------------------------------------------------------------------------------

LINES = (SHORT, LONG, "Ikuti Kemiri", "Kisah ini tampil dengan kepala <title>", "Tukang cetak: Budi")
PILE = st.lists(st.lists(st.sampled_from(LINES), max_size=3), min_size=1, max_size=24)


def clean(root: Path) -> dict[str, bytes]:
    """Return the content of a mirror that imports the captures of ``root`` for the first time."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "copy"
        shutil.copytree(root, copy, ignore=lambda path, _: {"content", ".cermin"} if Path(path) == root else set())
        import_seeds(copy)
        return tree(copy / "content") if (copy / "content").is_dir() else {}


@settings(max_examples=settings().max_examples // 2)
@given(PILE, st.integers(0, 24), st.integers(0, 24), st.sampled_from([1, 3]), st.sampled_from([2, 7, 4000]))
def test_goes_do_not_matter(pile, first, gone, step, together):
    """However captures come and go, articles are what one import of those that are there makes of them."""
    with tempfile.TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        root = Path(folder)
        names = [f"{number:02}.txt" for number in range(len(pile))]
        for part in ("seeds", "outlets"):
            (root / part).mkdir()
        (root / "outlets/kemiri.toml").write_text(PROFILE, encoding="utf-8")

        def put(some: list[str]) -> None:
            for name in some:
                text = capture(int(name[:2]), *dict.fromkeys(pile[int(name[:2])]))
                (root / "seeds" / name).write_text(text, encoding="utf-8")
            import_seeds(root)

        patch.setattr(pipeline, "LEARNED_FROM", together)
        put(names[:first])
        put(names[first:])
        patch.undo()
        assert tree(root / "content") == clean(root)
        for name in names[gone::step]:
            (root / "seeds" / name).unlink()
        import_seeds(root)
        wanted = clean(root)
        found = tree(root / "content")
        assert {path: found[path] for path in wanted} == wanted
        assert import_seeds(root).written == 0


def test_cut_short_while_it_learns(mirror, monkeypatch):
    """An import that was ended before captures were read again is finished by the next."""
    root = mirror(seeds={f"{number}.txt": capture(number, LONG) for number in range(12)}, outlets=OUTLETS)
    with monkeypatch.context() as patch:
        patch.setattr(pipeline, "ROUNDS", 1)  # a mock, in place of a signal at the right moment
        import_seeds(root)
    assert bodies(root).count(LONG) == 12
    import_seeds(root)
    assert bodies(root).count(LONG) == 0
    assert tree(root / "content") == clean(root)


def test_furniture_of_an_outlet_that_becomes_known(mirror):
    """Articles that move to their outlet's folder, and whose furniture is learned there, are written once each."""
    root = mirror(seeds={f"{number}.txt": capture(number, LONG, SHORT) for number in range(12)})
    import_seeds(root)
    (root / "outlets").mkdir()
    (root / "outlets/kemiri.toml").write_text(PROFILE, encoding="utf-8")
    done = import_seeds(root)
    assert (done.articles, done.written) == (12, 12)
    assert tree(root / "content") == clean(root)


def test_records_that_are_gone(mirror):
    """Records that a table holds no longer are forgotten, and nothing is learned from them."""
    rows = [json.dumps({"title": f"Judul {number}", "content": capture(number, SHORT)}) for number in range(12)]
    root = mirror(seeds={"a.jsonl": "\n".join(rows)})
    assert import_seeds(root).articles == 12
    (root / "seeds/a.jsonl").write_text("\n".join(rows[:3]), encoding="utf-8")
    done = import_seeds(root)
    assert done.inputs == 3
    assert SHORT in "".join(line.text for line in explain(root, "a.jsonl#1").lines if line.fate == "body")


def test_hand_edit_beside_furniture(mirror):
    """A hand edit is no news when furniture is learned again from nothing."""
    root = mirror(seeds={f"{number}.txt": capture(number, LONG) for number in range(12)}, outlets=OUTLETS)
    import_seeds(root)
    path = next((root / "content").rglob("*.md"))
    path.write_text(path.read_text(encoding="utf-8") + "\nKami.\n", encoding="utf-8")
    shutil.rmtree(root / ".cermin")
    done = import_seeds(root)
    assert (done.warnings, path.read_text(encoding="utf-8").endswith("Kami.\n")) == ((), True)


def test_processes_learn_the_same(mirror):
    """Many processes learn and cut what one does."""
    texts = {f"{number:03}.txt": capture(number, *[LONG] * (number % 2), SHORT) for number in range(200)}
    root, other = (mirror(seeds=texts, outlets=OUTLETS) for _ in range(2))
    import_seeds(root)
    pipeline.import_seeds(load_config(other), MemoryReporter(), jobs=2)
    assert tree(root / "content") == tree(other / "content")
    assert SHORT not in bodies(root)
