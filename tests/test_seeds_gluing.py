from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cermin.seeds.gluing import find_glued, split_glued

LABELS = ("Baca Juga",)
LONG = "Warga kota itu berkumpul di alun-alun sejak pagi untuk mendengar penjelasan dari wali kota mereka."


def cut(text: str) -> str:
    """Set a bar at each glued place."""
    for place in reversed(find_glued(text, LABELS)):
        text = f"{text[:place]}|{text[place:]}"
    return text


@pytest.mark.parametrize(
    "text",
    [
        "Dinas Kesehatan.|Kekhawatiran ini",
        "menang 15-13).|Sama seperti",
        'sebagai tersangka.|"Sudah gelar," kata Joni kemarin.|"Menurut dia',
        'Dia bertanya "apa benar?"|Tidak ada',
        "katanya.|“Saya pergi",
        "itu sudah jelas”|Dia pergi",
        "akhir tahun 2023.|Dia",
        "anggota Hipmi Jaya.|Baca Juga|“Melalui kegiatan ini",
        "kelembapan 75 persen|Baca Juga|Jam 07.00 WIB",
        "medan tidak terjal. |Baca Juga|Seiring waktu",
    ],
)
def test_paragraphs_are_glued_where_a_sentence_follows_at_once(text):
    """A sentence that begins with no space behind the end of another began a paragraph; so did a label."""
    assert cut(text.replace("|", "")) == text


@pytest.mark.parametrize(
    "text",
    [
        "dr.Andi dan Prof.Budi, S.Pd., M.Kom.",
        "H.Joko menulis di Detik.Com dan www.Kabar.Com",
        "J.K.Rowling",
        "surat ke A.Warga@Kabar.Id",
        "1.Lion Air",
        "Rp.Lima ribu",
        "Kami baca. Juga di sini",
        "(Baca Juga: Judul)",
    ],
)
def test_abbreviations_addresses_and_numbering_are_not_glued(text):
    """A full stop inside a name, degree, address or numbering ends no sentence."""
    assert find_glued(text, LABELS) == []


def test_one_glued_place_among_many_lines_is_a_typing_error():
    """A capture whose paragraphs have lines of their own keeps them; one that lost its breaks gets them back."""
    lines = [(number, LONG) for number in range(1, 9)]
    typing_error = [*lines, (9, f"{LONG}Lalu mereka pulang.")]
    assert split_glued(typing_error) == (typing_error, 0)
    assert split_glued([(1, LONG), (2, f"{LONG}{LONG}{LONG}")]) == ([(1, LONG), (2, LONG), (2, LONG), (2, LONG)], 2)


@given(st.lists(st.text(alphabet='aA.?" “”)1é字Baca Juga', min_size=1).filter(str.strip), max_size=6))
def test_splitting_loses_nothing(texts):
    """The parts of a line, put together, are the line, but for space at the ends of parts."""
    lines = list(enumerate(texts))
    parts, _ = split_glued(lines, LABELS)
    for number, text in lines:
        together = "".join(part for at, part in parts if at == number)
        assert "".join(together.split()) == "".join(text.split())
