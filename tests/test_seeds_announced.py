from __future__ import annotations

import pytest

from cermin.outlets import load_outlets
from cermin.records import TEXT, Capture
from cermin.seeds import read_article
from cermin.seeds.announced import LONGEST
from tests.conftest import ROOT

OUTLETS = load_outlets(ROOT / "no-such-folder")
BEFORE = "Polisi menangkap seorang pencuri sepeda di pasar pada Senin pagi, kata kepala polisi kota itu."
AFTER = "Warga diminta tetap tenang, dan pasar dibuka kembali setelah jembatan itu diperbaiki oleh petugas."


def read_body(paragraph: str) -> list[str]:
    """Return the paragraphs of a body that has one line."""
    reading = read_article(Capture("a.txt", TEXT, f"Judul Berita Hari Ini\n\n{paragraph}\n".encode()), OUTLETS)
    assert reading.article is not None
    return reading.article.body.split("\n\n")


@pytest.mark.parametrize(
    ("title", "sentence"),
    [
        ("Polisi Tangkap Tiga Pelaku Perampokan", "Ada empat saksi yang diperiksa dalam kasus ini."),
        ("Rektor: Patut Diduga sebagai Pelanggaran", "Sanksi tidak diberikan oleh tim."),
        ("Kebakaran Pasar, Motor Mogok hingga Toko Terendam", "Bahkan kantor wali kota sempat terendam."),
        ("Siapa Menang? Simak Daftarnya", '"Kami menjaga keamanan pasar sejak pagi hingga malam hari ini," katanya.'),
        ("Nilai Industri Halal 3,8 Miliar Dollar AS", "Sebagai informasi, pameran itu dibuka Senin."),
        ("Hari Ini Hakim Budi akan Membacakan Putusan", "Sementara itu, jaksa menunggu di ruang sidang."),
        ("wali kota harap warga tetap tenang selama perayaan di alun-alun", "Ia juga mengajak warga untuk berdoa."),
        ("856 petugas pendataan catat jumlah penduduk kota", "Petugas mendata warga sejak pagi."),
        ("warga kota galang dana bantu korban bencana", "4. Kemenag siapkan layanan bagi warga."),
        ("Rupiah Melemah, Siap-siap Rogoh Kocek Lebih Dalam...", "Namun, pasar tetap tenang."),
    ],
)
def test_an_announced_title_ends_where_a_sentence_begins(title, sentence):
    """Inside a paragraph, a related title goes from its label to the sentence behind it, which nothing marks."""
    body = read_body(f"{BEFORE} Baca juga: {title} {sentence} {AFTER}")
    assert body == [BEFORE, f"Baca juga: [[{title}]]", body[2]]
    assert body[2].replace("\\", "") == f"{sentence} {AFTER}"


def test_titles_announced_one_behind_another_are_apart():
    """A label ends the title before it; a title at the end of a paragraph goes to the end."""
    body = read_body(f"{BEFORE} Baca juga: pasar kota dibuka lagi Senin Baca juga: Jembatan Kota Diperbaiki")
    assert body == [BEFORE, "Baca juga: [[pasar kota dibuka lagi Senin]]", "Baca juga: [[Jembatan Kota Diperbaiki]]"]


def test_text_is_left_where_nothing_tells_the_end():
    """A label before text that is no title, and does not end like one, stays in the body: nothing is made up."""
    endless = "kata " * (LONGEST // 4)
    assert read_body(f"{BEFORE} Baca juga: {endless}.") == [f"{BEFORE} Baca juga: {endless}."]
