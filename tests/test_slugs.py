"""Slugs: safe in any address and any file system, and always the same for the same text."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from cermin.slugs import LONGEST, LONGEST_BYTES, RESERVED, name_slug, slugify

ANY = st.one_of(
    st.text(), st.text(st.sampled_from("aÀÉøßİǿΐſﬁ½①\u0301\u0303\u0345\u0327 -._/\\'’🙂हि中ᎠꭰعΣς"), max_size=12)
)


@pytest.mark.parametrize(
    ("text", "slug"),
    [
        ("Banjir di Jakarta: 3 Tewas", "banjir-di-jakarta-3-tewas"),
        ("  --Rp1.500.000,- / bulan!  ", "rp1-500-000-bulan"),
        ("Don't panic, l’État c'est moi", "dont-panic-letat-cest-moi"),
        ("Đà Nẵng, São Paulo, Łódź, Ærø, İstanbul", "da-nang-sao-paulo-lodz-aero-istanbul"),
        ("Straße ﬁn ½ № ①", "strasse-fin-1-2-no-1"),
        ("Новости дня", "новости-дня"),
        ("ΕΛΛΆΔΑ", "ελλάδα"),
        ("हिन्दी समाचार", "हिन्दी-समाचार"),
        ("中国 新闻", "中国-新闻"),
        ("أخبار اليوم", "أخبار-اليوم"),
        ("ᎠᎴ", "ꭰꮄ"),
        ("cafe\u0301 q\u0303 \u0301x", "cafe-q-x"),
        ("snake_case", "snake-case"),
        ("☂️🙂", ""),
        ("../../etc/passwd", "etc-passwd"),
        ("..", ""),
        ("a\0b\nc", "a-b-c"),
        ("", ""),
    ],
)
def test_slug(text, slug):
    """A slug holds the letters and digits of a text, lower case, Latin ones without accents, joined by hyphens."""
    assert slugify(text) == slug


@given(ANY)
@example("ø\u0302")
@example("À\u0301")
@example("Ꭰ")
@example("中" * 300)
@example("kata " * 60)
@example("हि" * 100)
def test_safe(text):
    """Whatever the text, a slug is short, in NFC and lower case, and nothing but letters, digits, marks and hyphens."""
    slug = slugify(text)
    assert len(slug) <= LONGEST
    assert len(slug.encode()) <= LONGEST_BYTES
    assert slug == unicodedata.normalize("NFC", slug.lower())
    assert all(one.isalnum() or one == "-" or unicodedata.category(one)[0] == "M" for one in slug)
    assert not slug.startswith("-")
    assert not slug.endswith("-")
    assert "--" not in slug
    assert not (slug and unicodedata.category(slug[0])[0] == "M")


@given(ANY)
@example("ø\u0302")
@example("İ\u0301")
def test_pure_and_idempotent(text):
    """A slug depends on the text alone, and the slug of a slug is itself."""
    slug = slugify(text)
    slugify.cache_clear()
    assert slugify(text) == slug
    assert slugify(slug) == slug


@given(ANY)
def test_spelling(text):
    """Case, composition and white space make no other slug."""
    assert slugify(unicodedata.normalize("NFD", text)) == slugify(unicodedata.normalize("NFC", text))
    assert slugify(f" {text}\n") == slugify(text)


def test_cut_at_a_word():
    """A long slug ends at a word, and within a word only where there is no other way."""
    assert slugify("kata " * 60) == "-".join(["kata"] * 20)
    assert slugify("x" * 300) == "x" * LONGEST
    assert slugify("中" * 300) == "中" * (LONGEST_BYTES // 3)


def test_names():
    """A name without a letter or digit has a slug as well, one of its own."""
    assert name_slug("Rusia") == "rusia"
    assert name_slug("🙂") != name_slug("☂")
    assert name_slug("🙂").startswith("x-")


@given(ANY)
def test_every_name_has_a_slug(name):
    """No name is without a slug."""
    assert name_slug(name)


def test_reserved_names_are_slugs():
    """The names that the site needs are such as an outlet could otherwise have."""
    assert {slugify(name) for name in RESERVED} == RESERVED
