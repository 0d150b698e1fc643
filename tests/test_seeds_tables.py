"""Tables: every record is a capture or has a reason, and no cell is taken for another."""

from __future__ import annotations

import contextlib
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cermin.config import Table
from cermin.errors import SeedError
from cermin.outlets import load_outlets
from cermin.records import FRAGMENT, PAGE, TEXT, Capture, Reading
from cermin.seeds import json_records, read_article, read_captures, tables
from cermin.seeds.fields import find_role
from tests.conftest import tree
from tests.mirrors import import_seeds

BODY = "Hujan turun sejak pagi, dan sungai di tengah kota naik dua meter dalam waktu yang singkat menurut warga. "
LONG = BODY * 3


def read(folder: Path, name: str, data: str | bytes, *told: Table) -> list[Capture | Reading]:
    """Return what a file of this name gives."""
    path = folder / "seed"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return list(read_captures(path, name, told))


def captures(folder: Path, name: str, data: str | bytes, *told: Table) -> list[Capture]:
    """Return the captures in a file all of whose records are captures."""
    found = read(folder, name, data, *told)
    assert [one for one in found if isinstance(one, Reading)] == []
    return [one for one in found if isinstance(one, Capture)]


def texts(found: list[Capture]) -> list[str]:
    """Return the bodies."""
    return [one.data.decode() for one in found]


def reasons(found: list[Capture | Reading]) -> list[str]:
    """Return why records are no captures; nothing for one that is."""
    return [one.quarantine if isinstance(one, Reading) else "" for one in found]


# --- which field is which ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "names",
    [
        "judul,tanggal,isi,penulis,link,kategori", "title,published_at,content,author,url,category",
        "Judul_Berita,Tanggal Terbit,Isi Berita,Reporter,URL,Kelas", "headline,date,text,byline,permalink,section",
        "titulo,fecha,texto,autor,enlace,seccion", "заголовок,дата,текст,автор,ссылка,рубрика",
        "标题,发布时间,正文,作者,链接,栏目", "العنوان,التاريخ,النص,الكاتب,الرابط,القسم",
        "tiêu đề,ngày đăng,nội dung,tác giả,liên kết,chuyên mục",
        "newsTitle,postDate,articleBody,authors,newsUrl,channel",
    ],
)  # fmt: skip
def test_fields_are_known_by_their_names(tmp_path, names):
    """Names of fields are understood in many languages, whatever their case, accents, spaces and generic words."""
    row = f'Banjir di Kota,2024-06-20 13:40,"{LONG}",Siti Aminah,https://kabar.example/a,Daerah'
    (one,) = captures(tmp_path, "a.csv", f"{names}\n{row}\n")
    assert (one.title, one.date, one.author) == ("Banjir di Kota", "2024-06-20 13:40", "Siti Aminah")
    assert (one.url, one.section, one.part) == ("https://kabar.example/a", "Daerah", "1")
    assert (one.media_type, one.data.decode()) == (TEXT, LONG)


def test_fields_are_known_by_their_values(tmp_path):
    """Where names tell nothing, or there are none, values do: dates, addresses, the longest text, the next longest."""
    rows = [f'{n},Banjir melanda kota {n},"{LONG}{n}",https://kabar.example/{n},{n} Juni 2024' for n in range(1, 5)]
    for head in ("", "a,b,c,d,e\n"):
        found = captures(tmp_path, "a.csv", head + "\n".join(rows))
        assert [one.title for one in found] == [f"Banjir melanda kota {n}" for n in range(1, 5)]
        assert texts(found) == [f"{LONG}{n}" for n in range(1, 5)]
        assert (found[0].url, found[0].date) == ("https://kabar.example/1", "1 Juni 2024")
        assert [one.part for one in found] == ["1", "2", "3", "4"]


def test_names_that_are_about_something_else():
    """A field with a number, a picture or a text that was prepared for machines has no part in an article."""
    assert [find_role(name)[0] for name in ("id", "image_url", "No", "clean_text")] == ["ignored"] * 4
    assert [find_role(name)[0] for name in ("foo", "Unnamed: 0", "polarity_2")] == ["", "", ""]


def test_what_is_told_wins(tmp_path):
    """What cermin.toml says of a file is obeyed: its delimiter, its encoding and its fields, by name or number."""
    told = Table("*.txt", "^", "koi8-r", {"title": "b", "body": 3, "date": "none"})
    (one,) = captures(tmp_path, "a.txt", "a^b^c\nx^Заголовок^Новость\n".encode("koi8-r"), told)
    assert (one.title, one.data.decode(), one.date) == ("Заголовок", "Новость", "")


def test_title_and_heading(tmp_path):
    """The first line of a record's body is no title, for the record has one; a repeated title is cut."""
    (one,) = captures(tmp_path, "a.csv", f'title,date,text\nBanjir,2024-06-20,"Banjir\nHujan\n{LONG}"\n')
    article = read_article(one, load_outlets(Path("nowhere"))).article
    assert article is not None
    assert (article.title, article.body) == ("Banjir", f"Hujan\n\n{LONG.strip()}")


# --- rows -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|", "~"])
def test_delimiters(tmp_path, delimiter):
    """The delimiter is recognised, also where texts hold the others."""
    rows = [
        ["judul", "isi", "tanggal"],
        *([f"Banjir; {n}", f'"{LONG}, a | b ~ c; ""x""\nd"', "2024-06-20"] for n in range(3)),
    ]
    rows[1:] = [[f'"{row[0]}"', *row[1:]] for row in rows[1:]]
    found = captures(tmp_path, "a.csv", "\n".join(map(delimiter.join, rows)))
    assert texts(found) == [f'{LONG}, a | b ~ c; "x"\nd'] * 3
    assert [one.title for one in found] == ["Banjir; 0", "Banjir; 1", "Banjir; 2"]


def test_backslashes_and_bare_quotes(tmp_path):
    """Quotation marks with a backslash, and such in tab-separated text that quotes nothing, stay marks."""
    escaped = "".join(f'"Banjir {n}","Kata \\"warga\\", {LONG}","x"\n' for n in range(3))
    assert texts(captures(tmp_path, "a.csv", f"title,text,tag\n{escaped}"))[0] == f'Kata "warga", {LONG}'
    bare = "".join(f'"Banjir" {n}\t"Kata warga, {LONG}\tx\n' for n in range(3))
    assert texts(captures(tmp_path, "a.tsv", f"title\ttext\ttag\n{bare}"))[2] == f'"Kata warga, {LONG}'


def test_one_column(tmp_path):
    """A table of one column has no delimiter, whatever signs its texts hold."""
    assert texts(captures(tmp_path, "a.csv", f"text\n{LONG}; a, b\n{LONG}, c\n")) == [f"{LONG}; a, b", f"{LONG}, c"]


@pytest.mark.parametrize("ends", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_encodings_and_line_ends(tmp_path, encoding, ends):
    """Encodings and line ends are recognised."""
    text = f"title;text\nCafé;{LONG} – é\nB;{LONG}\n".replace("\n", ends)
    found = captures(tmp_path, "a.csv", text.encode(encoding))
    assert [one.title for one in found] == ["Café", "B"]
    assert texts(found)[0] == f"{LONG} – é"


def test_a_few_bytes_of_another_encoding(tmp_path):
    """Bytes that are not UTF-8 in a table that is are read as Windows-1252, wherever they stand."""
    rows = [f"Banjir {n},{n} hujan turun di kota, kafe, café".replace(", ", "; ") for n in range(2000)]
    data = ("title,text\n" + "\n".join(rows)).encode() + b"\nB\xe9,\x93Hujan\x94 turun\n"
    last = captures(tmp_path, "a.csv", data)[-1]
    assert (last.title, last.data.decode(), last.part) == ("Bé", "“Hujan” turun", "2001")


def test_brackets_in_the_first_field(tmp_path):
    """Rows whose first field begins with a bracket are no JSON."""
    found = captures(
        tmp_path, "a.csv", "".join(f"[Foto] Banjir di kota {n},{n} {LONG.replace(',', '')}\n" for n in range(3))
    )
    assert [one.title for one in found] == [f"[Foto] Banjir di kota {n}" for n in range(3)]


def test_few_large_records_are_held(tmp_path, monkeypatch):
    """Of large records few are held to recognise the fields, and that changes nothing of what is read."""
    monkeypatch.setattr(tables, "LARGEST_SAMPLE", 1)
    rows = "title,text\n" + f"A,{LONG.replace(',', '')}\n" * 3
    assert [one.title for one in captures(tmp_path, "a.csv", rows)] == ["A"] * 3
    assert len(captures(tmp_path, "a.json", json.dumps([RECORD] * 3))) == 3


def test_ragged_rows_have_a_reason(tmp_path):
    """A row with too few or too many fields is refused with its line; the others go on, under their own numbers."""
    found = read(
        tmp_path, "a.csv", f"title,text,date\nA,{BODY.replace(',', '')},x\nB,b\n\nC,c,d,e\nD,d,x,,\ntitle,text,date\n"
    )
    assert reasons(found) == [
        "",
        "2 fields where the table has 3",
        "4 fields where the table has 3",
        "",
        "the names of the fields once more",
    ]
    lines = [one.notes for one in found if isinstance(one, Reading)]
    assert lines == [("line 3 of the file",), ("line 5 of the file",), ("line 7 of the file",)]
    assert [one.seed for one in found] == [f"a.csv#{n}" for n in range(1, 6)]
    assert len({one.sha256 for one in found if isinstance(one, Reading)}) == 3


def test_open_quotation_marks(tmp_path):
    """A quotation mark that is never closed costs its own line and no other."""
    rows = [f"Banjir {n},{n} hujan turun di kota" for n in range(1, 200)]
    rows[150] = '"Banjir 151,hujan'
    found = read(tmp_path, "a.csv", "title,text\n" + "\n".join(rows))
    assert [one for one in reasons(found) if one] == ["a quotation mark that is not closed"]
    assert len(found) == 199
    assert [one.part for one in found if isinstance(one, Capture)][150:] == [str(n) for n in range(152, 200)]


def test_rereading_is_bounded(tmp_path, monkeypatch):
    """So many open quotation marks that every line would be read over and over end the file, with a reason."""
    monkeypatch.setattr(tables, "MOST_REREAD", 20_000)
    monkeypatch.setattr(tables, "LARGEST_RECORD", 1_000)
    with pytest.raises(SeedError, match=r"too many quotation marks that are not closed, from line 2\d on"):
        read(tmp_path, "a.csv", "title,text\n" + '"a"b"c,"d\n' * 3_000)


def test_large_records(tmp_path, monkeypatch):
    """A line or a record that is too large is refused with a reason, and the others go on."""
    monkeypatch.setattr(tables, "LARGEST_RECORD", 1_000)
    found = read(tmp_path, "a.csv", f"title,text\nA,{'a' * 3000}\nB,b\n" + '"C,' + "c\n" * 600 + "D,d\n")
    assert reasons(found)[:3] == ["a line longer than 0 MB", "", "a quotation mark that is not closed"]
    assert isinstance(found[-1], Capture)
    assert found[-1].title == "D"
    lines = "\n".join(json.dumps({"title": "A", "text": "a" * n}) for n in (5, 3000, 5))
    assert reasons(read(tmp_path, "a.jsonl", lines)) == ["", "a line longer than 0 MB", ""]


# --- what cells hold --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cell", "media_type", "body"),
    [
        (
            repr(["Hujan 'deras'.", 'Kata "warga".\n', "Tiga\xa0."]),
            TEXT,
            "Hujan 'deras'.\nKata \"warga\".\n\nTiga\xa0.",
        ),
        (json.dumps(["Hujan.", "Banjir."]), TEXT, "Hujan.\nBanjir."),
        ("['Hujan.' 'Banjir.'\n 'Surut.']", TEXT, "Hujan.\nBanjir.\nSurut."),
        ("['Hujan.', 'Ban", TEXT, "['Hujan.', 'Ban"),
        ("[Gambas:Video] Hujan 'x'", TEXT, "[Gambas:Video] Hujan 'x'"),
        ("<p>Hujan.</p>", FRAGMENT, "<p>Hujan.</p>"),
        ("&lt;p&gt;Hujan &amp;amp; angin.&lt;/p&gt;", FRAGMENT, "<p>Hujan &amp; angin.</p>"),
        ("3 < 5 dan 7 > 2 &lt; x", TEXT, "3 < 5 dan 7 > 2 &lt; x"),
        ("<!DOCTYPE html><html><p>Hujan.</p></html>", PAGE, "<!DOCTYPE html><html><p>Hujan.</p></html>"),
    ],
)
def test_forms_of_bodies(tmp_path, cell, media_type, body):
    """A body is text, lines from a list that was stored as its source, or HTML."""
    (one,) = captures(tmp_path, "a.jsonl", json.dumps({"title": "A", "text": cell}))
    assert (one.media_type, one.data.decode()) == (media_type, body)


@pytest.mark.parametrize("empty", ["", "nan", "None", "NULL", "[]", "-", " "])
def test_records_without_a_text(tmp_path, empty):
    """A record without a text is refused and says what it has; a summary is a text, and that is noted."""
    found = read(
        tmp_path, "a.csv", f"title,text,summary,id\nA,{empty},{empty},1\n{empty},{empty},,2\nC,{empty},Hujan turun,3\n"
    )
    assert reasons(found) == [
        "no text, only a title", "no text: no field of the record is known for its text", "",
    ]  # fmt: skip
    assert isinstance(found[2], Capture)
    assert found[2].notes == ("the record holds no text but a summary, which is taken for it",)


@pytest.mark.parametrize(
    ("record", "told"),
    [
        ({"date": "2024-06-20", "time": "13:40"}, {"date": "2024-06-20 13:40"}),
        ({"date": "Kamis, 20 Juni 2024 13:40 WIB", "time": "1"}, {"date": "Kamis, 20 Juni 2024 13:40 WIB"}),
        ({"time": "23:47 WIB"}, {"date": "23:47 WIB"}),
        ({"date": 1718865600}, {"date": "2024-06-20T06:40:00+00:00"}),
        ({"date": "1718865600123"}, {"date": "2024-06-20T06:40:00+00:00"}),
        ({"date": {"$date": "2024-06-20T06:40:00Z"}}, {"date": "2024-06-20T06:40:00Z"}),
        ({"crawled_at": "2024-06-20"}, {"captured": "2024-06-20T23:59:59"}),
        ({"crawled_at": "2024-06-20T06:40:00Z"}, {"captured": "2024-06-20T06:40:00+00:00"}),
        ({"authors": ["Siti", {"name": "Budi"}]}, {"author": "Siti; Budi"}),
        ({"author": "['Siti', 'Budi']"}, {"author": "Siti; Budi"}),
        ({"author": "noreply@x.example (Siti)"}, {"author": "Siti"}),
        ({"author": "https://x.example/siti"}, {"author": ""}),
        ({"tags": "banjir, hujan,#banjir"}, {"tags": ("banjir", "hujan")}),
        ({"tags": ["a", 7, "https://x.example"]}, {"tags": ("a",)}),
        ({"tags": "['a', 'b, c']"}, {"tags": ("a", "b, c")}),
        ({"category": 3}, {"section": ""}),
        ({"category": ["Daerah", "Kota"]}, {"section": "Daerah"}),
        ({"link": "javascript:alert(1)"}, {"url": ""}),
        ({"link": "HTTPS://x.example/a b"}, {"url": "HTTPS://x.example/a%20b"}),
        ({"title": {"rendered": "<b>Banjir</b> &#8211; Kota"}}, {"title": "Banjir – Kota"}),
        ({"description": "Hujan turun sejak pagi, dan …"}, {"summary": ""}),
        ({"description": "Sungai naik."}, {"summary": "Sungai naik."}),
        ({"source": {"name": "Kabar"}, "bahasa": "id"}, {"source": "Kabar", "language": "id"}),
    ],
)  # fmt: skip
def test_forms_of_fields(tmp_path, record, told):
    """What stands in a field is taken as far as it can be what the field is for."""
    (one,) = captures(tmp_path, "a.jsonl", json.dumps({"text": BODY, **record}))
    assert {name: getattr(one, name) for name in told} == told


# --- JSON -------------------------------------------------------------------------------------------------------------

RECORD = {"title": "Banjir", "text": BODY}


@pytest.mark.parametrize(
    ("value", "source"),
    [
        ([RECORD, RECORD], ""),
        ({"articles": [RECORD, RECORD]}, ""),
        ({"status": "ok", "data": {"items": [RECORD, RECORD]}}, ""),
        ({"Kompas": [RECORD, RECORD]}, "Kompas"),
        ({"1": RECORD, "2": RECORD}, ""),
        ({"hits": {"hits": [{"_id": 1, "_source": RECORD}, {"_id": 2, "_source": RECORD}]}}, ""),
        ([[RECORD], [RECORD]], ""),
        ({"title": "Kabar", "items": [RECORD, RECORD]}, "Kabar"),
        ([{**RECORD, "comments": [{"text": "Bagus", "title": "x"}]}, RECORD], ""),
    ],
)
def test_shapes_of_json(tmp_path, monkeypatch, value, source):
    """Records are found in lists and objects, and the key of a list is where they come from if it is a name."""
    for largest in (json_records.LARGEST_VALUE, 250):
        monkeypatch.setattr(json_records, "LARGEST_VALUE", largest)
        for indent in (None, 2):
            found = captures(tmp_path, "a.json", json.dumps(value, indent=indent))
            assert [(one.title, one.part, one.source) for one in found] == [
                ("Banjir", "1", source), ("Banjir", "2", source),
            ]  # fmt: skip


def test_lines_and_values_behind_one_another(tmp_path):
    """JSON Lines are known by their first line, whatever the ending; values behind one another are read as well."""
    lines = f"{json.dumps(RECORD)}\n\n{json.dumps(RECORD)}\n"
    for name in ("a.jsonl", "a.json", "a.ndjson"):
        assert len(captures(tmp_path, name, "\ufeff" + lines)) == 2
        assert len(captures(tmp_path, name, json.dumps(RECORD, indent=1) * 2)) == 2
        assert len(captures(tmp_path, name, json.dumps(RECORD))) == 1


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_control_characters_in_json(tmp_path, name):
    """Line ends and control characters that JSON forbids inside of a text are read all the same."""
    (one,) = captures(tmp_path, name, '{"title": "A\tB", "text": "Hujan\x0b turun.' + "\n" * (name == "a.json") + '"}')
    assert one.title == "A B"
    assert one.data.decode().split() == ["Hujan", "turun."]


def test_broken_lines_have_a_reason(tmp_path):
    """A line that is no JSON, or no record, is refused; the others go on."""
    line = json.dumps(RECORD)
    found = read(tmp_path, "a.jsonl", f"{line}\n{line[:30]}\n[1]\n7\n{'[' * 100_000}\n{{}}\n{'1' * 5000}\n{line}")
    assert [one for one in reasons(found) if one][1:] == [
        "no record: a value without names of fields", "no record: a value without names of fields",
        "JSON that is nested too deep", "no text: no field of the record is known for its text",
        "not JSON: Exceeds the limit (4300 digits) for integer string conversion: value has 5000 digits",
    ]  # fmt: skip
    assert reasons(found)[1].startswith("not JSON: unterminated string")
    assert reasons(found)[0] == reasons(found)[-1] == ""


@pytest.mark.parametrize(("cut", "whole"), [(-30, 99), (-1, 100)])
def test_a_list_that_is_cut_off(tmp_path, cut, whole):
    """Of a list that is cut off the whole records are kept, and the place is told."""
    text = json.dumps([RECORD] * 100)[:cut]
    path = tmp_path / "a.json"
    path.write_text(text, encoding="utf-8")
    found: list[Any] = []
    with pytest.raises(SeedError, match="JSON that ends too early, from character 13,"):
        found.extend(read_captures(path, "a.json"))
    assert len(found) == whole


def test_large_json_is_streamed(tmp_path, monkeypatch):
    """Of a large file a window is held: what is larger than a record may be is no obstacle for the list around it."""
    monkeypatch.setattr(json_records, "LARGEST_VALUE", 5_000)
    monkeypatch.setattr(json_records, "_CHUNK", 100)
    value = {"count": 7, "Kompas": [RECORD] * 100, "Tempo": [RECORD] * 100, "more": {"deep": [RECORD]}}
    found = captures(tmp_path, "a.json", json.dumps(value))
    assert [one.source for one in found] == ["Kompas"] * 100 + ["Tempo"] * 100 + ["deep"]
    with pytest.raises(SeedError, match="a record larger than 0 MB, from character 2 on"):
        read(tmp_path, "a.json", json.dumps([{"text": "a" * 9_000}, RECORD]))


# --- any file ---------------------------------------------------------------------------------------------------------


def test_compressed(tmp_path):
    """Every format may be compressed; of a file that is cut off the records before the cut are kept."""
    rows = "title,text\n" + "\n".join(f"Banjir {n},{hash(n * 7919)} hujan turun" for n in range(20_000))
    packed = gzip.compress(rows.encode())
    assert len(captures(tmp_path, "a.csv.gz", packed)) == 20_000
    path = tmp_path / "cut.csv.gz"
    path.write_bytes(packed[:-5000])
    found: list[Any] = []
    with pytest.raises(SeedError, match="gzip data that ends too early"):
        found.extend(read_captures(path, "cut.csv.gz"))
    assert len(found) > 15_000


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        (b"", "empty"),
        (b" \n\n", "white space alone"),
        (b"PK\x03\x04xx", "a ZIP archive, no table"),
        (b"<!doctype html><p>404", "an HTML page, no table"),
        (bytes(range(256)) * 9, "binary data, no table"),
    ],
)
@pytest.mark.parametrize("name", ["a.csv", "a.jsonl", "a.json.gz"])
def test_files_that_are_no_tables(tmp_path, name, data, verdict):
    """A file that is something else says what it is."""
    with pytest.raises(SeedError, match=verdict):
        read(tmp_path, name, data)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(["title", "text", "Kompas", "data", "tags", "date", "x"]), inner, max_size=4)
    ),
    max_leaves=20,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(value=JSON, name=st.sampled_from(["a.json", "a.jsonl"]))
def test_any_json_is_accounted_for(tmp_path, value, name):
    """Any JSON gives captures and reasons, all numbered in order, and each capture gives a reading."""
    assert_accounted_for(tmp_path, name, json.dumps(value))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    data=st.binary(max_size=300)
    | st.text(st.sampled_from("ab,;\"\n\r\t|\\[]{}:' \ufeff\x00<p>"), max_size=300).map(str.encode),
    head=st.sampled_from([b"", b"title,text\n", b'{"title": "a", "text": "b"}\n', b"[", b"\xff\xfe", b"a;b;c\n"]),
    name=st.sampled_from(["a.csv", "a.json", "a.tsv"]),
)
def test_any_bytes_are_accounted_for(tmp_path, data, head, name):
    """Any bytes give captures and reasons, all numbered in order, or a SeedError; nothing else is ever raised."""
    assert_accounted_for(tmp_path, name, head + data)


def assert_accounted_for(folder: Path, name: str, data: str | bytes) -> None:
    """Hold that records are numbered, and that each is read without an exception."""
    path = folder / "seed"
    path.write_bytes(data.encode("utf-8", "replace") if isinstance(data, str) else data)
    found: list[Any] = []
    with contextlib.suppress(SeedError):
        found.extend(read_captures(path, name))
    assert [one.seed for one in found] == [f"{name}#{n}" for n in range(1, len(found) + 1)]
    for one in found:
        reading = one if isinstance(one, Reading) else read_article(one, {})
        assert (reading.article is None) == bool(reading.quarantine)


def test_many_records_with_one_reason(mirror, run):
    """Many records of a file that are quarantined for one reason are told in one line, few one by one."""
    rows = "".join(f"Banjir {n},\n" for n in range(11)) + "".join(f"A,b,c{n}\n" for n in range(2))
    done = run("import", cwd=mirror(seeds={"a.csv": "title,text\n" + rows}))
    assert done.out.startswith("Imported 13 captures: 0 articles, 13 quarantined")
    assert done.err.splitlines() == [
        "warning: seeds/a.csv: quarantined: 11 of its captures: no text, only a title",
        "warning: seeds/a.csv#12: quarantined: 3 fields where the table has 2",
        "warning: seeds/a.csv#13: quarantined: 3 fields where the table has 2",
    ]


def test_explain_a_record(mirror, run):
    """One record of a table is explained without the others, also where the file's name holds a `#`; else all are."""
    rows = "title,text\nBanjir,Hujan turun sejak pagi di kota.\nA,b,c\nAngin,Angin bertiup sejak pagi di kota.\n"
    root = mirror(seeds={"a#1.csv": rows, "b.json": '[{"title": "Banjir", "text": "Hujan turun."}, '})
    told = run("explain", "a#1.csv#2", cwd=root).out.splitlines()
    assert told == ["a#1.csv#2: quarantined: 3 fields where the table has 2", "       note: line 3 of the file"]
    third = run("explain", "a#1.csv#3", cwd=root).out
    assert re.match(r"a#1\.csv#[0-9a-f]{12}: article\n", third)
    assert "note: record 3 of the file" in third
    assert run("explain", third.partition(":")[0], cwd=root).out == third
    whole = run("explain", "a#1.csv", cwd=root).out
    assert [line for line in whole.splitlines() if line.startswith("a#1")][1:] == [told[0], third.splitlines()[0]]
    cut = run("explain", "b.json", cwd=root).out
    assert "note: record 1 of the file" in cut
    assert "b.json: quarantined: JSON that ends too early, from character" in cut
    assert run("explain", "a#1.csv#4", cwd=root).code == 1


def test_articles_stay_when_records_move(mirror):
    """Records that come, go and change places in a table change no other record's article, and take none away."""

    def row(number: int, text: str = "turun") -> str:
        body = (
            f"Hujan nomor {number} {text} sejak pagi di kota. Sungai nomor {number} naik. Warga nomor {number} pergi."
        )
        return f"Judul nomor {number},https://kabar.example/{number},{body}\n"

    root = mirror(seeds={"a.csv": "title,url,text\n" + row(1) + row(2)})
    table = root / "seeds/a.csv"
    import_seeds(root)
    first = tree(root / "content")
    for rows, written in ((row(3) + row(2) + row(1), 1), (row(4) + row(3), 1), (row(4) + row(4) + row(3), 1)):
        table.write_text("title,url,text\n" + rows, encoding="utf-8")
        done = import_seeds(root)
        assert (done.inputs, done.written) == (rows.count("\n"), written)
        assert tree(root / "content").items() >= first.items()
    assert done.duplicates == 1
    assert len(tree(root / "content")) == 4
