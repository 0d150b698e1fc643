"""Captures -> articles: nothing lost, nothing invented, nothing raised."""

from __future__ import annotations

import html
import pickle
import re
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cermin.errors import SeedError
from cermin.outlets import Outlet, load_outlets
from cermin.records import Capture, Published, Reading
from cermin.seeds import FORMATS, read_article, read_captures
from cermin.seeds.decoding import decode_text
from cermin.seeds.escaping import escape_text
from cermin.seeds.mending import mend_text
from cermin.seeds.text import LARGEST

OUTLETS = load_outlets(Path("nowhere"))
SEED = Path(__file__).parent.parent / "seeds" / "000_d570b8d179dc85b6.txt"
FATES = {"title", "date", "author", "editor", "agency", "place", "section", "tag", "url", "see-also", "body", "cut"}
ESCAPE = re.compile(r"\\(.)|(&lt;|&amp;)")
PROSE = "Pemerintah daerah mengatakan bahwa bantuan untuk warga akan dikirim pada hari Senin dengan kapal."


def read(text: str | bytes, **container: Any) -> Reading:
    """Read a capture with the built-in profiles."""
    data = text.encode() if isinstance(text, str) else text
    return read_article(Capture("a.txt", "text/plain", data, **container), OUTLETS)


def fates(reading: Reading) -> list[tuple[str, str]]:
    """Return fate and rule of each line."""
    return [(line.fate, line.rule) for line in reading.lines]


def words(text: str) -> Counter[str]:
    """Return the words and the signs of a Markdown text, without escapes."""
    return Counter(re.findall(r"\w+|[^\s\w\\]", text))


def assert_lines_are_kept(data: bytes, reading: Reading) -> None:
    """Hold the law: each line once, in order, with a fate; all of the body's lines are in the body."""
    decoded = decode_text(data)
    if decoded.fault:
        assert (reading.article, reading.lines) == (None, ())
        return
    wanted = [(number, line) for number, line in enumerate(mend_text(decoded.text).lines, start=1) if line]
    kept: dict[int, str] = {}
    for line in reading.lines:
        assert line.fate in FATES
        assert line.rule
        assert line.text.strip()
        kept[line.number] = kept.get(line.number, "") + line.text
    assert list(kept.items()) == wanted
    if reading.article is None:
        assert reading.quarantine
        return
    assert reading.quarantine == ""
    assert reading.article.title
    wanted_body = sum((words(escape_text(line.text)) for line in reading.lines if line.fate == "body"), Counter())
    links = [text for text in reading.article.body.split("\n\n") if is_see_also(text, reading)]
    assert len(links) == sum(line.fate == "see-also" for line in reading.lines)
    got_body = words("\n\n".join(p for p in reading.article.body.split("\n\n") if not is_see_also(p, reading)))
    assert got_body == wanted_body


def is_see_also(paragraph: str, reading: Reading) -> bool:
    """Whether the paragraph is the see-also of a line, which holds its title."""
    found = re.fullmatch(r"[^\[\]]+: \[\[(.+)\]\]", paragraph, re.DOTALL)
    if not found:
        return False
    title = ESCAPE.sub(lambda m: m[1] or html.unescape(m[2]), found[1])
    return any(line.fate == "see-also" and title in line.text for line in reading.lines)


# --- the example -----------------------------------------------------------------------------------------------------


def test_the_example():
    """The capture of GenPI.co that cermin was made for gives every field that it tells, and keeps its text."""
    (capture,) = read_captures(SEED, SEED.name)
    assert isinstance(capture, Capture)
    reading = read_article(capture, OUTLETS)
    article = reading.article
    assert article is not None
    assert article.title == "Rusia dan Korea Utara Tandatangani Perjanjian Kemitraan Terkuat Sejak Perang Dingin"
    assert article.published == Published("2024-06-20T13:40:00+07:00", "minute", "line 3")
    assert (article.outlet, article.lang, article.editor, article.agency) == (
        "genpi", "id", "Irwina Istiqomah", "AP News",
    )  # fmt: skip
    assert (article.authors, article.url, article.place, article.summary) == ((), "", "", "")
    paragraphs = article.body.split("\n\n")
    assert len(paragraphs) == 17
    assert paragraphs[0] == (
        "GenPI.co - Presiden Rusia Vladimir Putin dan pemimpin Korea Utara Kim Jong Un pada hari Rabu menandatangani "
        "kemitraan baru yang mencakup janji saling membantu."
    )
    assert paragraphs[1].startswith("Dilansir AP News, rincian")
    assert [(at, text) for at, text in enumerate(paragraphs) if "[[" in text] == [
        (3, "Baca juga: [[Konferensi di Swiss Tak Membuahkan Hasil, Perang Rusia-Ukraina Bakal Terus Berlanjut]]"),
        (6, "Baca juga: [[AS dan Eropa Sepakat Kunci Aset-aset Rusia Sampai Ganti Rugi kepada Ukraina]]"),
        (9, "Baca juga: [[Kim Jong Un Dukung Invasi Rusia ke Ukraina, Vladimir Putin Berterima Kasih]]"),
    ]
    assert paragraphs[-1].endswith("potret Putin. (*)")
    assert reading.lines[-5:] == (
        (39, "Silakan baca konten menarik lainnya dari GenPI.co di Google News", "cut", "genpi: promo"),
        (41, "Redaktur: Irwina Istiqomah", "editor", "genpi: editor"),
        (43, "BERITA TERPOPULER", "cut", "genpi: popular"),
        (45, "BERITA TERKAIT", "cut", "genpi: related"),
        (47, "Copyright © 2024 by GenPI.co", "cut", "genpi: copyright"),
    )
    assert dict(reading.repairs) == {"no-break space": 9, "repeated space": 3}
    assert_lines_are_kept(capture.data, reading)
    assert pickle.loads(pickle.dumps(reading)) == reading  # noqa: S301 - our own bytes


# --- layouts ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "title", "heads"),
    [
        (f"Judul Berita\n\n1 Juni 2024\n\n{PROSE}\n", "Judul Berita", ["title", "date", "body"]),
        (f"Judul Berita\n{PROSE}\n", "Judul Berita", ["title", "body"]),
        (f"1 Juni 2024\n\nJudul Berita\n\n{PROSE}\n", "Judul Berita", ["date", "title", "body"]),
        (f"Judul Berita\n\n1 Juni 2024\n\nSiti Aminah\n\n{PROSE}", "Judul Berita", ["title", "date", "author", "body"]),
        (f"Judul Berita\n\nSiti Aminah\n\n1 Juni 2024\n\n{PROSE}", "Judul Berita", ["title", "author", "date", "body"]),
        (f"Judul Berita.\n\n1 Juni 2024\n\n{PROSE}\n", "Judul Berita.", ["title", "date", "body"]),
        (f"Judul Berita\n\nJUDUL BERITA!\n\n{PROSE}\n", "Judul Berita", ["title", "cut", "body"]),
        (f"Judul Berita\n\n[]\n\n{PROSE}\n", "Judul Berita", ["title", "cut", "body"]),
        (f"Judul Berita\n\n4,160 Views  |\n\n{PROSE}\n", "Judul Berita", ["title", "cut", "body"]),
        (f"Judul Berita\n\n31/02/2024\n\n{PROSE}\n", "Judul Berita", ["title", "cut", "body"]),
        (f"ADVERTISEMENT\n\nJudul Berita\n\n{PROSE}\n", "Judul Berita", ["cut", "title", "body"]),
        (f"Judul Berita Hari Ini - Kabar.com\n\n{PROSE}\n", "Judul Berita Hari Ini", ["title", "cut", "body"]),
    ],
)
def test_headings(text, title, heads):
    """Title, date and author are found in any order, and what stands there beside them is cut by name."""
    reading = read(text)
    assert reading.article is not None
    assert reading.article.title == title
    assert [line.fate for line in reading.lines] == heads
    assert_lines_are_kept(text.encode(), reading)


def test_no_title():
    """A capture without title takes the first words of its text for one, keeps them in the text, and says so."""
    reading = read(f"{PROSE}\n\n{PROSE}\n")
    assert reading.article is not None
    assert reading.article.title == "Pemerintah daerah mengatakan bahwa bantuan untuk warga akan dikirim pada hari…"
    assert reading.article.body == f"{PROSE}\n\n{PROSE}"
    assert reading.notes == ("no title in the capture: the first words of the text stand in for it",)


def test_container():
    """What the container tells of a capture wins over its lines."""
    container = {
        "title": "Judul Lain", "date": "2024-06-20 10:00:00", "url": "https://www.genpi.co/a/1",
    }  # fmt: skip
    reading = read(f"1 Juni 2024\n\n{PROSE}\n", **container)
    article = reading.article
    assert article is not None
    assert (article.title, article.outlet, article.url) == ("Judul Lain", "genpi", "https://www.genpi.co/a/1")
    assert article.published == Published("2024-06-20T10:00:00+07:00", "minute", "container")


def test_unknown_outlet():
    """An article of no known outlet is read by the rules of its language, and its times have no zone."""
    text = (
        f"Judul Berita\n\n1 Juni 2024 10:00\n\n{PROSE}\n\nBaca Juga : Kisah Lain yang Menarik\n\nEditor: Budi Santoso\n"
    )
    article = read(text).article
    assert article is not None
    assert (article.outlet, article.lang, article.editor) == ("unknown", "id", "Budi Santoso")
    assert article.published == Published("2024-06-01T10:00:00", "minute", "line 3")
    assert article.body == f"{PROSE}\n\nBaca juga: [[Kisah Lain yang Menarik]]"


# --- lines -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("line", "paragraphs"),
    [
        ("(Baca: Kisah Lain yang Menarik)", ["Baca juga: [[Kisah Lain yang Menarik]]"]),
        (f"{PROSE} (Baca juga: Kisah Lain) Lalu selesai.", [PROSE, "Baca juga: [[Kisah Lain]]", "Lalu selesai."]),
        (f"{PROSE} Baca juga: Kisah Lain yang Baru", [PROSE, "Baca juga: [[Kisah Lain yang Baru]]"]),
        (f"{PROSE} Baca juga: Kisah Lain Ada empat orang.", [f"{PROSE} Baca juga: Kisah Lain Ada empat orang."]),
        ("Baca juga: [Foto] Kisah *Lain*", ["Baca juga: [[\\[Foto\\] Kisah \\*Lain\\*]]"]),
        (f"{PROSE}[Gambas:Video CNN] (ptr/ptr)", [f"{PROSE} (ptr/ptr)"]),
        (f"{PROSE} Pewarta: Ani Editor: Budi Copyright © ANTARA 2025 Dilarang keras mengambil konten", [PROSE]),
        (
            "Baca juga:\nKisah Lain yang Baru\nKisah Lagi Hari Ini",
            ["Baca juga: [[Kisah Lain yang Baru]]", "Baca juga: [[Kisah Lagi Hari Ini]]"],
        ),
        (f"Baca Juga\n{PROSE}", [PROSE]),
        ("Scroll ke bawah untuk melanjutkan membaca", []),
        ("Iklan itu ditayangkan selama sepekan.", ["Iklan itu ditayangkan selama sepekan."]),
        ("Baca berita itu dengan tenang, kata dia.", ["Baca berita itu dengan tenang, kata dia."]),
        ("BERITA TERPOPULER\nKisah Lain yang Menarik\nKisah Satu Lagi", []),
        (f"BERITA TERPOPULER\nKisah Lain yang Menarik\n{PROSE}", [PROSE]),
    ],
)  # fmt: skip
def test_rules(line, paragraphs):
    """Related links stay in place, furniture is cut, and where the end of a link is not known the text is left."""
    text = f"Judul Berita\n\n{PROSE}\n\n{line}\n"
    reading = read(text)
    assert reading.article is not None
    assert reading.article.body.split("\n\n")[1:] == paragraphs
    assert_lines_are_kept(text.encode(), reading)


def test_fields_of_one_line():
    """A line of several fields stands as pieces of one number, each with its fate."""
    reading = read(f"Judul Berita\n{PROSE}\nReporter: Siti Aminah, Ani | Editor: Budi Santoso\n")
    assert reading.article is not None
    assert (reading.article.authors, reading.article.editor) == (("Siti Aminah", "Ani"), "Budi Santoso")
    assert reading.lines[-2:] == (
        (3, "Reporter: Siti Aminah, Ani", "author", "id: byline"),
        (3, " | Editor: Budi Santoso", "editor", "id: byline"),
    )


def test_english():
    """English captures have their own rules and label."""
    prose = "The minister said that the agreement would be signed after the meeting in the capital on Monday."
    text = f"A Headline of Some Words\n\nOct 14, 2024\n\nBy Naomi Lim\n\n{prose}\n\nRead more: Another Story of Today\n"
    article = read(text).article
    assert article is not None
    assert (article.lang, article.authors) == ("en", ("Naomi Lim",))
    assert article.body == f"{prose}\n\nRead also: [[Another Story of Today]]"


def test_own_rules_come_first():
    """An outlet's own rules are tried before those of its language."""
    outlet = Outlet("kabar", language="id", recognise=("^KABAR - ",), rules=(("credit", (r"Editor ?: .+",)),))
    text = f"Judul Berita\n\nKABAR - {PROSE}\n\nEditor: Budi Santoso\n"
    reading = read_article(Capture("a.txt", "text/plain", text.encode()), {"kabar": outlet})
    assert reading.article is not None
    assert (reading.article.outlet, reading.article.editor) == ("kabar", "")
    assert fates(reading)[-1] == ("cut", "kabar: credit")


def test_two_outlets_at_once():
    """A capture that two profiles recognise equally well is of neither."""
    twins = {name: Outlet(name, recognise=(f"{name}[.]com",)) for name in ("satu", "dua")}
    text = f"Judul Berita\n\n{PROSE} satu.com dua.com\n"
    article = read_article(Capture("a.txt", "text/plain", text.encode()), twins).article
    assert article is not None
    assert article.outlet == "unknown"


# --- bad input -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "empty"),
        (b" \n\t\n", "white space alone"),
        (b"\x00\x01\x02" * 50, "binary data, not text"),
        (b"... --- ...", "no words"),
        (b"Judul Berita\n\n1 Juni 2024\n", "no text beside the heading and what rules cut"),
        (b"x" * (LARGEST + 1), "larger than 20 MB"),
    ],
)
def test_quarantine(data, reason):
    """What holds no article is quarantined with its reason."""
    reading = read(data)
    assert (reading.article, reading.quarantine) == (None, reason)


@given(st.binary(max_size=300))
@example(b"\xff\xfe")
@example(b"\xef\xbb\xbf")
@example(b"\x00")
def test_any_bytes(data):
    """Any bytes give an article or a reason, and keep the law of lines."""
    assert_lines_are_kept(data, read(data))


PARTS = [
    "Judul Berita Hari Ini", "20 Juni 2024 13:40", "Siti Aminah", PROSE, "Baca juga: Kisah Lain", "(Baca: Kisah)", "",
    "[Gambas:Video CNN]", "Editor: X", "BERITA TERPOPULER", "Copyright © 2024 by GenPI.co", "# x", "[[a]] *b* _c_",
    "Pewarta: Ani Editor: Budi Copyright © ANTARA", "a" * 300, "&amp;nbsp;", "\u200b\xa0", "2024. Tahun", "Baca juga:",
    "GenPI.co - Kata dia", ".", "نص عربي طويل", "2024年6月20日", "Read more: ", "\\", "]] (Baca juga: a]] b)",
]  # fmt: skip


@given(st.lists(st.tuples(st.sampled_from(PARTS), st.sampled_from(["\n", " ", "", "\n\n", "\r\n"])), max_size=12))
def test_any_lines(parts):
    """Whatever lines come together, each is accounted for."""
    text = "".join(part + gap for part, gap in parts)
    assert_lines_are_kept(text.encode(), read(text))


def test_one_long_line():
    """A line of megabytes is read as any other; were its cost to grow with the square, this test would not end."""
    reading = read(b"Judul Berita Hari Ini\n" + b"kata (baca juga: [gambas " * 80_000)
    assert reading.article is not None


# --- files -----------------------------------------------------------------------------------------------------------


def test_read_captures(tmp_path):
    """A text file is one capture, called by its path below seeds/."""
    path = tmp_path / "A.TXT"
    path.write_bytes(b"\xffx\r\n")
    assert list(read_captures(path, "b/A.TXT")) == [Capture("b/A.TXT", "text/plain", b"\xffx\r\n")]


@pytest.mark.parametrize(
    ("name", "verdict"),
    [
        ("a.docx", 'no reader for files that end in ".docx"'),
        ("a", "no reader for files without an ending"),
        ("missing.txt", "cannot be read: No such file or directory"),
        ("folder.txt", "a folder, and no file"),
    ],
)
def test_unreadable(tmp_path, name, verdict):
    """A file that cannot be read is an error with place and verdict; the hint names the known endings."""
    (tmp_path / "folder.txt").mkdir()
    (tmp_path / "a.docx").touch()
    (tmp_path / "a").touch()
    with pytest.raises(SeedError) as caught:
        list(read_captures(tmp_path / name, name))
    (fault,) = caught.value.faults
    assert (fault.place, fault.verdict) == (name, verdict)
    assert not verdict.startswith("no reader") or all(ending in fault.hint for ending in FORMATS)


def test_too_large(tmp_path):
    """A text file beyond the bound is refused before it is read whole."""
    path = tmp_path / "a.txt"
    with path.open("wb") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(SeedError, match="larger than 20 MB"):
        list(read_captures(path, "a.txt"))


# --- real captures ---------------------------------------------------------------------------------------------------


def test_the_corpus(corpus):
    """Every real capture keeps the law of lines and gives an article."""
    readings = []
    for path in sorted((corpus / "text").iterdir()):
        (capture,) = read_captures(path, path.name)
        assert isinstance(capture, Capture)
        reading = read_article(capture, OUTLETS)
        assert_lines_are_kept(capture.data, reading)
        readings.append(reading)
    assert len(readings) == 601
    assert [(reading.seed, reading.quarantine) for reading in readings if not reading.article] == []


# --- what a container tells ------------------------------------------------------------------------------------------


def test_what_a_container_tells_reaches_the_article():
    """What a table or feed says of its record is taken, mended as lines are, and the record's text stays whole."""
    article = read(
        f"Hujan\n{PROSE}",
        part="7",
        title="Banjir &quot;Besar&quot; di\u00a0Kota",
        date="20 Juni 2024 13:40",
        author="Siti Aminah, Budi",
        section="Daerah",
        tags=("banjir", "kota &amp; desa", "banjir"),
        summary="Hujan\nlebat",
        source="GenPI.co",
    ).article
    assert article is not None
    assert (article.title, article.body) == ('Banjir "Besar" di Kota', f"Hujan\n\n{PROSE}")
    assert article.published == Published("2024-06-20T13:40:00+07:00", "minute", "container")
    assert (article.authors, article.section) == (("Siti Aminah", "Budi"), "Daerah")
    assert (article.tags, article.summary) == (("banjir", "kota & desa"), "Hujan lebat")
    assert (article.outlet, article.seed) == ("genpi", "a.txt#7")


@pytest.mark.parametrize("source", ["genpi", "GENPI.CO", "genpi.co", "https://www.genpi.co/feed", "m.genpi.co"])
def test_outlet_that_a_container_names(source):
    """An outlet is known by its id, its name and its domain."""
    article = read(PROSE, source=source).article
    assert article is not None
    assert article.outlet == "genpi"


@pytest.mark.parametrize(
    ("told", "language"),
    [
        ("ms-MY", "ms"), ("in", "id"), ("zh_Hant_TW", "id"), ("en-US", "id"), ("Bahasa", "id"), ("xx", "id"),
        ("ms-Latn", "ms-Latn"), ("ru", "id"), ("", "id"),
    ],
)  # fmt: skip
def test_language_that_a_container_tells(told, language):
    """A language is taken from the container where it is one, fits the script, and is not the English of programs."""
    article = read(f"{PROSE}\n{PROSE}", language=told).article
    assert article is not None
    assert article.lang == language


def test_language_of_a_desk_of_its_own():
    """An outlet's article in other letters than the outlet's has the language that its words tell."""
    arabic = "قال رئيس المجلس إن التجار عادوا إلى محالهم في السوق القديم، وأضاف أن الأسعار مستقرة منذ يوم الخميس."
    read_as = {
        text: read(text, source="cnn", title="…").article for text in (f"{arabic}\n{arabic}", f"{PROSE}\n{PROSE}")
    }
    assert [(article.outlet, article.lang) for article in read_as.values() if article] == [("cnn", "ar"), ("cnn", "en")]


def test_byline_of_a_container_goes_by_the_rules():
    """A byline is read by the rules for such lines: a label is no name, and an editor no author."""
    article = read(f"GenPI.co - {PROSE}", author="Redaktur: Irwina Istiqomah").article
    assert article is not None
    assert (article.authors, article.editor) == ((), "Irwina Istiqomah")
