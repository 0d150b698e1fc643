"""Feeds: every entry is a capture or has a reason, however broken the feed is."""

from __future__ import annotations

import contextlib
import gzip
import sys
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cermin import inputs
from cermin.errors import SeedError
from cermin.records import FRAGMENT, TEXT, Capture, Reading
from cermin.seeds import feeds, read_captures
from tests.mirrors import import_seeds

RSS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/">
<channel><title>Kabar Kemiri</title><link>https://kabar.example/</link><language>id-ID</language>
{}
</channel></rss>"""
ITEM = """<item><title>Banjir &amp;amp; Hujan di &lt;b&gt;Kota&lt;/b&gt;</title><link>/2024/banjir?a=1&amp;b=2</link>
<pubDate>Thu, 20 Jun 2024 13:40:00 +0700</pubDate><dc:creator>Siti Aminah</dc:creator>
<category>Daerah</category><category>Banjir</category>
<description>Air sungai naik.</description>
<content:encoded><![CDATA[<p>Hujan turun <b>sejak</b> pagi.</p><p>Sungai naik.</p>]]></content:encoded></item>"""
ATOM = """<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="ms"><title>Kabar</title>
<entry><title type="html">Banjir &amp;lt; 2</title><link href="https://kabar.example/a"/><updated>2024-06-21T00:00:00Z</updated>
<published>2024-06-20T13:40:00+07:00</published><author><name>Siti</name></author><author><name>Budi</name></author>
<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Hujan.</p></div></content>
<source><title>Kabar Lain</title></source></entry>
<entry><title>B</title><content type="text">Hujan &lt; 5</content></entry></feed>"""


def read(folder: Path, data: str | bytes, name: str = "a.xml") -> list[Capture | Reading]:
    """Return what a file of this name gives."""
    path = folder / "seed"
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return list(read_captures(path, name))


def captures(folder: Path, data: str | bytes) -> list[Capture]:
    """Return the captures in a feed all of whose entries are captures."""
    found = read(folder, data)
    assert [one for one in found if isinstance(one, Reading)] == []
    return [one for one in found if isinstance(one, Capture)]


@pytest.mark.parametrize("name", ["a.rss", "a.xml", "a.xml.gz"])
def test_rss(tmp_path, name):
    """An entry of RSS tells title, address, date, author, tags, summary and body; the feed tells the rest."""
    data = RSS.format(ITEM).encode()
    (one,) = read(tmp_path, gzip.compress(data) if name.endswith(".gz") else data, name)
    assert one == Capture(
        seed_path=name,
        media_type=FRAGMENT,
        data=b"<p>Hujan turun <b>sejak</b> pagi.</p><p>Sungai naik.</p>",
        part="1",
        url="https://kabar.example/2024/banjir?a=1&b=2",
        title="Banjir & Hujan di Kota",
        date="Thu, 20 Jun 2024 13:40:00 +0700",
        author="Siti Aminah",
        tags=("Daerah", "Banjir"),
        summary="Air sungai naik.",
        source="Kabar Kemiri",
        language="id-ID",
    )


def test_atom(tmp_path):
    """An entry of Atom may have several authors, a source and a language of its own, and plain text for a body."""
    first, second = captures(tmp_path, ATOM)
    assert (first.title, first.date, first.author) == ("Banjir < 2", "2024-06-20T13:40:00+07:00", "Siti; Budi")
    assert (first.source, first.language, first.media_type) == ("Kabar Lain", "ms", FRAGMENT)
    assert b"<p>Hujan.</p>" in first.data
    assert (second.media_type, second.data, second.source, second.part) == (TEXT, b"Hujan < 5", "Kabar", "2")


def test_a_summary_stands_in(tmp_path):
    """Where a feed has summaries alone they are the bodies, and that is noted; without any text there is a reason."""
    found = read(
        tmp_path,
        RSS.format(
            "<item><title>A</title><description>Hujan &lt;i&gt;deras&lt;/i&gt;.</description></item>"
            "<item><title>B</title></item><item><description>Hujan.</description></item><item/>"
        ),
    )
    assert [one.quarantine if isinstance(one, Reading) else (one.title, one.data, one.notes) for one in found] == [
        ("A", b"Hujan <i>deras</i>.", ("the text is what the feed calls a summary: it may not be all of the article",)),
        "no text, only a title",
        ("", b"Hujan.", ("the text is what the feed calls a summary: it may not be all of the article",)),
        "no text",
    ]
    assert [one.seed for one in found] == [f"a.xml#{n}" for n in range(1, 5)]


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("ゲーム三昧な正月を過ごした人は多い", "euc-jp"),
        ("닉네임을 한글로 정할 경우에 표시하기", "euc-kr"),
        ("Вода в реке поднялась на два метра, и жители города ждут помощи от властей уже третий день", "koi8-r"),
        ("绿色和平组织发表的一篇报告说明了污染", "gb2312"),
        ("Le maire a parlé – longtemps – de l’eau qui monte dans la ville", "cp1252"),
        ("Banjir di kota", "utf-16"),
        ("Banjir – kota", "utf-16-le"),
        ("Banjir – kota", "utf-8-sig"),
    ],
)
@pytest.mark.parametrize("declared", ["none", "right", "wrong", "nonsense"])
def test_encodings(tmp_path, text, encoding, declared):
    """The encoding is the declared one where the bytes fit it, else the one that they do fit."""
    names = {
        "none": "",
        "right": f' encoding="{encoding}"',
        "wrong": ' encoding="ascii"',
        "nonsense": ' encoding="hex"',
    }
    document = f'<?xml version="1.0"{names[declared]}?><rss><channel><item><title>{text}</title>'
    document += f"<description>{text}. {text}. {text}</description></item></channel></rss>"
    if declared == "wrong":  # all bytes are something in Windows-1252, which "ascii" stands for
        document = document.replace("ascii", "utf-8")
    (one,) = captures(tmp_path, document.encode(encoding))
    assert (one.title, one.data.decode()) == (text, f"{text}. {text}. {text}")


def test_what_stands_before_the_declaration(tmp_path):
    """White space before the declaration and control characters, which XML forbids, do no harm."""
    (one,) = captures(tmp_path, "\n \n" + RSS.format(ITEM).replace("Siti Aminah", "Siti\x0b Aminah\x00"))
    assert (one.author, one.notes) == ("Siti Aminah", ())


def test_feeds_that_are_no_xml(tmp_path):
    """Of a feed that is not well-formed all that can be read is read, and noted."""
    for broken in (RSS.format(ITEM).replace("&amp;b=2", "&b=2"), RSS.format(ITEM + ITEM)[:-60]):
        first = captures(tmp_path, broken)[0]
        assert first.title == "Banjir & Hujan di Kota"
        assert first.notes == ("the feed is no well-formed XML, and was read as far as it goes",)


@pytest.mark.parametrize(
    ("told", "date"),
    [
        ("Thu, 20 Jun 2024 13:40:00 +0700", "Thu, 20 Jun 2024 13:40:00 +0700"),
        ("Thu Jun 20 13:40:00 2024", "2024-06-20T13:40:00Z"),
        ("kemarin", "kemarin"),
    ],
)
def test_dates(tmp_path, told, date):
    """A date stands as it was written, or as feedparser reads it where only it can."""
    (one,) = captures(tmp_path, RSS.format(ITEM).replace("Thu, 20 Jun 2024 13:40:00 +0700", told))
    assert one.date == date


@pytest.mark.parametrize(
    ("data", "verdict"),
    [
        ("", "empty"),
        ("\n\n", "white space alone"),
        ("hujan", "no XML and no feed"),
        ("<!-- a --><!DOCTYPE html><html><p>404</p></html>", "an HTML page, no feed"),
        ("<head><title>Moved</title></head><body>here</body>", "an HTML page, no feed"),
        ('<?xml version="1.0"?><urlset><url/></urlset>', "no feed, but XML whose root is <urlset>"),
        (RSS.format(""), "a feed without entries"),
        (bytes(range(256)) * 99, "no XML and no feed"),
    ],
)
def test_files_that_are_no_feeds(tmp_path, data, verdict):
    """A file that is no feed, or an empty one, says what it is."""
    with pytest.raises(SeedError) as raised:
        read(tmp_path, data)
    assert raised.value.faults[0].verdict == verdict


def test_feedparser_is_missing(tmp_path, monkeypatch):
    """Without feedparser a feed is quarantined with the command that adds it."""
    monkeypatch.setitem(sys.modules, "feedparser", None)
    with pytest.raises(SeedError, match=r"feeds need the library feedparser: python -m pip install 'cermin\[feeds\]'"):
        read(tmp_path, RSS.format(ITEM))


# --- large and hostile ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("data", [RSS.format(ITEM * 30), ATOM, RSS.format("<item/>" + ITEM * 3)])
def test_large_feeds_are_read_in_pieces(tmp_path, monkeypatch, data):
    """A large feed is read a few entries at a time, which gives what reading it whole does."""
    data = data.replace("sejak", "<item>sejak</item>")
    whole = read(tmp_path, data)
    monkeypatch.setattr(feeds, "WHOLE", 100)
    monkeypatch.setattr(feeds, "_CHUNK", 70)
    for piece in (1, 1_000):
        monkeypatch.setattr(feeds, "PIECE", piece)
        assert read(tmp_path, data) == whole


def test_large_feeds_that_break_off(tmp_path, monkeypatch):
    """Of a large feed that is no XML from some place on, the entries before are kept; a larger entry is refused."""
    monkeypatch.setattr(feeds, "WHOLE", 100)
    monkeypatch.setattr(feeds, "PIECE", 1)
    path = tmp_path / "seed"
    found: list[Any] = []
    path.write_text(RSS.format(ITEM * 3 + "<item></b>"), encoding="utf-8")
    with pytest.raises(SeedError, match="XML that is broken from line 16 on: mismatched tag"):
        found.extend(read_captures(path, "a.xml"))
    assert len(found) == 3
    monkeypatch.setattr(feeds, "LARGEST_ENTRY", 10)
    monkeypatch.setattr(feeds, "_CHUNK", 50)
    path.write_text(RSS.format(ITEM[:-7] + "a" * 99), encoding="utf-8")
    with pytest.raises(SeedError, match="an entry larger than 0 MB, after line"):
        found.extend(read_captures(path, "a.xml"))


LAUGHS = '<!DOCTYPE rss [<!ENTITY a "ha">' + "".join(
    f'<!ENTITY {new} "{f"&{old};" * 10}">' for old, new in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize("whole", [True, False])
def test_entities_do_not_multiply(tmp_path, monkeypatch, whole):
    """Entities that grow without end are not followed."""
    monkeypatch.setattr(feeds, "WHOLE", feeds.WHOLE if whole else 100)
    document = (
        LAUGHS
        + "]>"
        + RSS.format("<item><title>A</title><description>&i; hujan</description></item>").partition("?>")[2]
    )
    found: list[Capture | Reading] = []
    with contextlib.suppress(SeedError):
        found += read(tmp_path, document)
    assert all(len(one.data) < 10_000 for one in found if isinstance(one, Capture))


@pytest.mark.parametrize(
    "unit", ["<b>", "<item>", "<", "&", "<![CDATA[", "<!--", 'a="', "<item a", "&#", "]]>", "<!DOCTYPE "]
)
def test_endless_markup_ends(tmp_path, unit):
    """Markup that opens without end costs no more than its length."""
    with contextlib.suppress(SeedError):
        read(tmp_path, RSS.format("<item><title>A</title>" + unit * 20_000))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(
    at=st.integers(0, len(RSS + ITEM)),
    noise=st.binary(max_size=30) | st.sampled_from([b"<", b">", b"</item>", b"&", b"]]>", b"<!ENTITY a 'b'>"]),
    length=st.integers(0, 200),
    whole=st.booleans(),
)
def test_any_feed_is_accounted_for(tmp_path, at, noise, length, whole):
    """A feed with any damage gives captures and reasons, numbered in order, or a SeedError; nothing else is raised."""
    data = RSS.format(ITEM * 2).encode()
    path = tmp_path / "seed"
    path.write_bytes(data[:at] + noise + data[at + length :])
    found: list[Any] = []
    with pytest.MonkeyPatch.context() as patch, contextlib.suppress(SeedError):
        patch.setattr(feeds, "WHOLE", feeds.WHOLE if whole else 50)
        found.extend(read_captures(path, "a.xml"))
    assert [one.seed for one in found] == [f"a.xml#{n}" for n in range(1, len(found) + 1)]


def test_a_library_that_comes_later(mirror, monkeypatch):
    """A feed that could not be read for want of a library is read by the next import after it was installed."""
    root = mirror(seeds={"a.xml": RSS.format(ITEM)})
    with monkeypatch.context() as patch:
        patch.setitem(sys.modules, "feedparser", None)
        patch.setattr(inputs, "_READING_LIBRARIES", ("no-such-library",))
        done = import_seeds(root)
        assert (done.articles, done.quarantined) == (0, 1)
    done = import_seeds(root)
    assert (done.articles, done.quarantined) == (1, 0)
