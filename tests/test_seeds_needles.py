from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cermin.seeds.needles import find_first_letters, find_needles


@pytest.mark.parametrize(
    ("pattern", "needles"),
    [
        ("Baca juga ?: ?(?P<see_also>.+)", ("Baca juga",)),
        (r"^GenPI\.co ?[-–] ", ("GenPI.co",)),
        (r"(?:perbesar ?)?cek berita(?: lain)?$", ("cek berita",)),
        ("(?:simak|tonton)(?: juga)? ?:", ("simak", "tonton")),
        ("pewarta|(?:editor|redaktur) ?:", ("pewarta", "editor", "redaktur")),
        (r"\(baca(?: juga)? ?: ?[^()]{4,180}\)", ("(baca",)),
        (r"(?-i:[A-Z]\w+) berkontribusi(?! lagi)", (" berkontribusi",)),
        (r"x\x27yz+a{2,3}b{0,3}c?", ("x'yz",)),
        (r"(?<=satu )dua\b", ("dua",)),
        (r"(?:satu){0,2}dua{2}", ("dua",)),
        ("satu|", ()),
        (r"\d+|[satu]+", ()),
        (r"(?P<a>b)(?P=a)satu", ()),
        ("(?(1)a|b)", ()),
        ("", ()),
    ],
)
def test_needles(pattern, needles):
    """The needles are the texts that any match holds; where that is not certain, there are none."""
    re.compile(pattern if "(?(1)" not in pattern else "")
    assert find_needles(pattern) == needles


PIECES = st.recursive(
    st.sampled_from(
        ["a", "bc", "d?", "e*", "f+", "g{0,2}", "h{2}", ".", r"\d", r"\.", "[ij]", r"\b", "^", "(?=k)", "l??"]
    ),
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda found: f"(?:{'|'.join(found)})"),
        inner.map(lambda one: f"({one})?"),
        inner.map(lambda one: f"(?-i:{one})"),
    ),
    max_leaves=8,
)


@given(PIECES, st.text(alphabet="abcdefghijkl0.", max_size=12))
def test_no_match_without_a_needle(pattern, text):
    """A pattern that matches finds one of its needles in what it matched."""
    needles = find_needles(pattern)
    for match in re.finditer(pattern, text):
        assert not needles or any(needle in match[0] for needle in needles)


@pytest.mark.parametrize(
    ("pattern", "letters"),
    [
        ("BACA JUGA ?: ?(.+)", "b"),
        (r"^GenPI\.co ?[-–] ", "g"),
        (r"\(?(?:foto|gambar) ?:", "(fg"),
        ("ab|cd", "ac"),
        ("(?:redaktur|editor)? ?:", "re :"),
        ("(?:x(?:a|b)|y).", "xy"),
        ("(?=satu)dua", "d"),
        (r"(?:satu){0,2}\x27", "s'"),
        (r"\d+ views", ""),
        ("[satu]+", ""),
        (".+satu", ""),
        ("(?:satu)?", ""),
        ("satu|", ""),
        ("(?(1)a|b)", ""),
        ("", ""),
    ],
)
def test_first_letters(pattern, letters):
    """What any match of a pattern begins with is known where that is certain, so that no line is missed."""
    assert find_first_letters(pattern) == frozenset(letters)


@given(PIECES, st.text(alphabet="abcdefghijkl0.", max_size=6))
def test_a_match_begins_with_a_first_letter(pattern, text):
    """A text that a pattern matches as a whole begins with one of its first letters, where there are any."""
    letters = find_first_letters(pattern)
    if re.fullmatch(pattern, text):
        assert not letters or text[:1] in letters
