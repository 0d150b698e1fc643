"""The search index: what its files hold comes back, and its segments are a function of the articles alone."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from hypothesis import given
from hypothesis import strategies as st

from cermin.search import index, load_analyser, portions
from cermin.search.encoding import (
    Postings,
    decode_length,
    decode_postings,
    decode_shard,
    encode_length,
    encode_postings,
    encode_shard,
    pack,
    unpack,
)
from cermin.search.index import make_pack, slug_of
from cermin.search.portions import Portion, make_portion, read_portion, write_portion
from cermin.site import segments
from cermin.site.segments import Segment, divide
from tests.search_index import document, write_index

# --- encoding ------------------------------------------------------------------------------------------------------

POSTINGS = st.dictionaries(st.integers(0, 5) | st.integers(0, 2_000_000), st.integers(1, 255), min_size=1, max_size=40)
TERMS = st.text(st.characters(codec="utf-8") | st.sampled_from("ab\x01"), max_size=6)


@given(found=POSTINGS)
def test_postings_come_back(found):
    """What an encoded list of postings holds are the articles and frequencies that went into it."""
    pairs = sorted(found.items())
    assert decode_postings(encode_postings(pairs)) == pairs


@given(words=st.dictionaries(TERMS, POSTINGS, max_size=12))
def test_shards_come_back(words):
    """What a shard holds are the terms and postings that went into it, also when it was packed."""
    terms = [(term.encode(), encode_postings(sorted(words[term].items()))) for term in sorted(words)]
    assert [term for term, _ in terms] == sorted(term for term, _ in terms)
    assert list(decode_shard(unpack(pack(encode_shard(terms))))) == terms


@given(terms=st.integers(0, 50_000))
def test_lengths_are_near(terms):
    """The length of an article comes back within three hundredths, and longer articles have no smaller byte."""
    assert decode_length(encode_length(terms)) == pytest.approx(terms, rel=0.03, abs=0.1)
    assert encode_length(terms) <= encode_length(terms + 1) <= 255


def test_empty_postings():
    """No articles are no bytes."""
    assert encode_postings([]) == Postings(0, b"", b"")


# --- portions and segments -----------------------------------------------------------------------------------------

WORDS = ("banjir", "kota", "选举", "الطقس", "a", "hujan", "zürich")
TEXTS = st.lists(st.sampled_from(WORDS), max_size=12).map(" ".join)
DOCUMENTS = st.lists(st.builds(document, st.sampled_from(WORDS), TEXTS), max_size=30)


def merge(parts: list[Portion]) -> dict[str, list[tuple[int, int]]]:
    """Return the postings of portions that stand behind one another."""
    return {term.decode(): decode_postings(postings) for term, postings in index._merge(parts)}


@given(documents=DOCUMENTS, cuts=st.lists(st.integers(0, 30), max_size=4))
def test_portions_leave_no_trace(documents, cuts):
    """However articles are cut into portions, and whether these were kept in files, their postings are the same."""
    ends = sorted({0, len(documents), *(cut for cut in cuts if cut < len(documents))})
    parts = [read_portion(write_portion(make_portion(documents[a:b]))) for a, b in pairwise(ends)]
    wanted: dict[str, Counter[int]] = {}
    for number, one in enumerate(documents):
        for text, weight in ((one.text, 1), (one.title, 4)):
            for term in load_analyser("id").terms(text):
                wanted.setdefault(term, Counter())[number] += weight
        wanted.setdefault("\x01okaca", Counter())[number] = 1
    found = merge(parts)
    assert found == {word: sorted(counts.items()) for word, counts in wanted.items()}
    assert list(found) == sorted(found)


def test_many_and_often():
    """Numbers of articles that need several bytes, and words that stand in an article more often than can be told."""
    documents = [document(f"t{number}", "a" if number in {0, 200, 40_000} else "b") for number in range(40_001)]
    documents[200] = document("t200", "a " * 1000)
    parts = [make_portion(documents[start : start + 7000]) for start in range(0, len(documents), 7000)]
    assert merge(parts)["a"] == [(0, 1), (200, 255), (40_000, 1)]
    assert sum(parts[0].lengths) == 6999 + 1000 + 4 * 7000


def test_longest_text(monkeypatch):
    """Of a text without end the beginning is searched, and its title."""
    monkeypatch.setattr(portions, "LONGEST_TEXT", 6)
    assert make_portion([document("c", "a a b b")]).terms == ["\x01okaca", "a", "b", "c"]
    assert make_portion([document("c", "a a b b")]).lengths[0] == 3 + 4


@pytest.mark.parametrize("data", [b"", b"x", write_portion(make_portion([document("a")]))[:-5]])
def test_harmed_portion(data):
    """What is no portion is refused, as it comes from a cache."""
    with pytest.raises(ValueError, match="not a portion"):
        read_portion(data)


def read_files(folder: Path) -> Iterator[tuple[dict[str, Any], dict[str, list[tuple[int, int]]], list[dict[str, Any]]]]:
    """Yield of each segment what the index tells of it, its postings, and its packs."""
    told = json.loads((folder / "index.json").read_bytes())
    for segment in told["segments"]:
        at = folder / segment["name"]
        found: dict[str, list[tuple[int, int]]] = {}
        for first, name in zip(segment["terms"], segment["shards"], strict=True):
            shard = dict(decode_shard(unpack((at / f"t-{name}.bin").read_bytes())))
            assert not first or min(shard) == first.encode()
            found |= {term.decode(): decode_postings(postings) for term, postings in shard.items()}
        packs = [json.loads(unpack((at / f"p-{name}.bin").read_bytes())) for name in segment["packs"]]
        assert len(unpack((at / f"l-{segment['lengths']}.bin").read_bytes())) == segment["count"]
        yield segment, found, packs


def test_files(tmp_path):
    """The index names all its files, and these hold each article with its words."""
    documents = [document(f"Judul {n}", f"kata{n} sama", day=f"{2019 + n % 6}-05-{n % 28 + 1:02}") for n in range(700)]
    documents += [document("Tanpa tanggal", "lain")]
    write_index(tmp_path, documents)
    seen: dict[str, str] = {}
    for segment, found, packs in read_files(tmp_path / "search"):
        titles = [title for one in packs for title in one["titles"]]
        assert found["sama" if segment["first"] else "lain"] == [(number, 1) for number in range(segment["count"])]
        seen |= {titles[postings[0][0]]: term for term, postings in found.items() if term.startswith("kata")}
    assert seen == {f"Judul {number}": f"kata{number}" for number in range(700)}
    told = json.loads((tmp_path / "search/index.json").read_bytes())
    assert (told["count"], told["languages"]) == (701, ["id"])
    assert [(one["name"], one["last"]) for one in told["segments"]][::-1] == [
        ("undated", ""), ("2019-2023", "2023-05-27"), ("2024-new", "2024-05-28"),
    ]  # fmt: skip
    files = set()
    for one in told["segments"]:
        files |= {f"{one['name']}/l-{one['lengths']}.bin"}
        files |= {f"{one['name']}/t-{name}.bin" for name in one["shards"]}
        files |= {f"{one['name']}/p-{name}.bin" for name in one["packs"]}
    there = {path.relative_to(tmp_path / "search").as_posix() for path in (tmp_path / "search").rglob("*.bin")}
    assert there == files


def test_shards_are_bounded(tmp_path, monkeypatch):
    """No shard is larger than it may be but one of a single term, and one more word leaves most of them as they are."""
    monkeypatch.setattr(index, "SHARD", 2000)
    documents = [document(f"t{n}", " ".join(f"w{n * k % 997}" for k in range(60))) for n in range(300)]
    write_index(tmp_path, documents)
    files = {path.name: path.stat().st_size for path in (tmp_path / "search").rglob("t-*.bin")}
    assert len(files) > 10
    assert max(files.values()) <= 2000
    documents[100] = documents[100]._replace(text=documents[100].text + " w5x")
    write_index(tmp_path, documents)
    after = {path.name for path in (tmp_path / "search").rglob("t-*.bin")}
    assert len(after - files.keys()) <= 2


def test_addresses_come_back():
    """What a pack tells of an address is as little as the rest of the row leaves open."""
    told = {
        "kaca/2024/05/banjir-di-kota-jumat-ini": 0,
        "kaca/2024/05/banjir-di-kota": 14,
        "kaca/2024/05/banjir-di-kota-jumat-ini-2": [24, "-2"],
        "kaca/2024/05/lain": "lain",
        "kaca/2024/06/lain": "/kaca/2024/06/lain",
        "kaca/2024/05/a/lain": "/kaca/2024/05/a/lain",
    }
    title = "Banjir di Kota: Jum'at ini!"
    assert slug_of(title) == "banjir-di-kota-jumat-ini"
    rows = [[f"{address}.html", title, "2024-05-01", "kaca", "", "id", ""] for address in told]
    assert make_pack(rows, {})["slugs"] == list(told.values())


# --- the calendar --------------------------------------------------------------------------------------------------

CALENDAR = st.dictionaries(
    st.dates().map(lambda day: day.isoformat())
    | st.builds("{:04}-{:02}-{:02}".format, st.integers(2010, 2026), st.integers(1, 12), st.integers(1, 28))
    | st.just(""),
    st.integers(1, 40),
    max_size=60,
)


@pytest.fixture(autouse=True)
def _small_segments(request, monkeypatch):
    if "calendar" in request.node.name:
        monkeypatch.setattr(segments, "MOST", 60)
        monkeypatch.setattr(segments, "LEAST", 60)
        monkeypatch.setattr(segments, "STEP", 10)


def days_of(segment: Segment, calendar: dict[str, int]) -> list[str]:
    """Return the days that a segment has articles of."""
    return [day for day in sorted(calendar) if segment.first <= day <= segment.last]


@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@given(calendar=CALENDAR)
def test_calendar_is_divided(calendar):
    """Each day stands in one segment, all segments in order, with names of their own, and none is too large."""
    found = divide(sorted(calendar.items()))
    assert [day for segment in found for day in days_of(segment, calendar)] == sorted(calendar)
    assert len({segment.name for segment in found}) == len(found)
    assert all(sum(calendar[day] for day in days_of(segment, calendar)) <= 60 for segment in found)


@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@given(calendar=CALENDAR.filter(any), count=st.integers(1, 200))
def test_calendar_stays(calendar, count):
    """Articles of the newest day change no segment of an earlier year, and of its year only what is not full."""
    before = divide(sorted(calendar.items()))
    newest = max(calendar)
    after = divide(sorted((calendar | {newest: calendar[newest] + min(count, 10)}).items()))
    assert [one for one in before if one.last < newest] == [one for one in after if one.last < newest]


@hypothesis.settings(suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@given(count=st.integers(61, 10_000), day=st.sampled_from(["", "2024-05-06"]))
def test_calendar_with_a_large_day(count, day):
    """The articles of one day, or of none, that are too many stand by their ties in parts that are half full."""
    found = divide([(day, count)])
    assert found[0].low == 0
    assert [one.high for one in found][:-1] == [one.low for one in found][1:]
    assert found[-1].high == segments.TIES
    assert count / len(found) <= 30
    assert len({one.name for one in found}) == len(found)
