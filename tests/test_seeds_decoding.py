"""Bytes -> text, and repairs that change no word."""

from __future__ import annotations

import codecs

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from cermin.seeds.decoding import decode_text
from cermin.seeds.mending import mend_text

INDONESIAN = "Presiden Rusia Vladimir Putin dan pemimpin Korea Utara menandatangani kemitraan “baru” – Café.\n" * 5
KOREAN = "대통령은 오늘 서울에서 기자회견을 열고 새로운 경제 정책을 발표했다. 정부는 내년 예산을 늘리기로 했다.\n" * 8
RUSSIAN = "Президент России подписал новое соглашение о партнёрстве. Правительство сообщило об этом в среду.\n" * 8


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        (INDONESIAN, "utf-8"),
        (INDONESIAN, "utf-8-sig"),
        (INDONESIAN, "utf-16"),
        (INDONESIAN, "utf-16-le"),
        (INDONESIAN, "utf-16-be"),
        (INDONESIAN, "utf-32"),
        (INDONESIAN, "cp1252"),
        (KOREAN, "euc-kr"),
        (RUSSIAN, "cp1251"),
        (RUSSIAN, "koi8-r"),
    ],
)
def test_encodings(text, encoding):
    """Text is read in the encoding that its bytes are in, with or without a byte order mark."""
    decoded = decode_text(text.encode(encoding))
    assert (decoded.text, decoded.fault) == (text, "")


def test_stray_bytes():
    """A few bytes of Windows-1252 inside UTF-8 are read as such, and counted."""
    decoded = decode_text("“Café” naïve – “résumé”".encode() + b" 20 \x80")
    assert (decoded.text, decoded.misfits) == ("“Café” naïve – “résumé” 20 €", 1)


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"%PDF-1.7 ...", "a PDF document, not text"),
        (b"PK\x03\x04....", "a ZIP archive, not text"),
        (b"<!DOCTYPE html>\n<html>", "an HTML page, not text; give the file the ending .html"),
        (bytes(range(32)) * 20, "binary data, not text"),
    ],
)
def test_no_text(data, fault):
    """What is no text is refused, by the name of what it is."""
    assert decode_text(data).fault == fault


@given(st.binary())
def test_any_bytes(data):
    """Any bytes are decoded to text that can be written again, or refused with a reason."""
    decoded = decode_text(data)
    decoded.text.encode()
    assert decoded.fault or decoded.encoding


@pytest.mark.parametrize(
    ("text", "mended", "repairs"),
    [
        ("BACA JUGA: \xa0Konferensi", "BACA JUGA: Konferensi", {"no-break space": 1, "repeated space": 1}),
        ("  indented\t \n\n\tx  ", "indented\n\nx", {}),
        ("a\tb", "a b", {"repeated space": 1}),
        ("zero\u200bwidth\ufeff \u00adsoft", "zerowidth soft", {"zero-width character": 3}),
        ("می\u200cخواهم", "می\u200cخواهم", {}),
        ("क्\u200dष", "क्\u200dष", {}),
        ("👩\u200d🚒", "👩\u200d🚒", {}),
        ("la\u200ctin", "latin", {"zero-width character": 1}),
        ("قال \u200fCNN\u200e", "قال \u200fCNN\u200e", {}),
        ("latin\u200e \u202eevil", "latin evil", {"zero-width character": 2}),
        ("bell\x07 nul\x00", "bell nul", {"control character": 2}),
        ("\x93quoted\x94", "“quoted”", {"Windows-1252 character": 2}),
        ("Jum&#039;at &quot;x&quot;", 'Jum\'at "x"', {"entity": 3}),
        ("a&amp;nbsp;b &amp;ldquo;c&amp;amp;", "a b “c&", {"entity": 3, "no-break space": 1}),
        ("AT&T; R&D &unknown; & co;", "AT&T; R&D &unknown; & co;", {}),
        ("one&#10;two", "one two", {"entity": 1}),
        ("a\r\nb\rc\u2028d", "a\nb\nc\nd", {}),
        ("\u3000中文", "中文", {}),
        ("ÃŽle de la CitÃ©\nCité â", "Île de la Cité\nCité â", {"mojibake": 1}),
        ("â€œAdaâ€\x9d, kata dia", "“Ada”, kata dia", {"mojibake": 1}),
        ("['Satu.', \"Dua 'itu'.\"]\nTiga", "Satu.\nDua 'itu'.\nTiga", {"list as Python writes it": 1}),
        ("['Satu.', 2]\n['Satu.\n[Dua]", "['Satu.', 2]\n['Satu.\n[Dua]", {}),
    ],
)
def test_repairs(text, mended, repairs):
    """Layout, entities and invisible characters are mended and counted; joiners and marks stay where they speak."""
    result = mend_text(text)
    assert ("\n".join(result.lines), dict(result.repairs)) == (mended, repairs)


@given(st.text(st.characters(exclude_characters="&[\u00aa", exclude_categories=["Cs"])))
def test_no_letter_is_lost(text):
    """Mending keeps every letter and figure, in order, but for letters that were signs of another encoding."""
    assume("mojibake" not in mend_text(text).repairs)
    kept = "".join(mend_text(text).lines)
    assert [one for one in kept if one.isalnum()] == [
        one
        for character in text
        for one in (_western(character) if "\x80" <= character <= "\x9f" else character)
        if one.isalnum()
    ]


def _western(character: str) -> str:
    return codecs.decode(character.encode("latin-1"), "cp1252", "ignore")
