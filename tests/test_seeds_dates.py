"""Date lines are told truthfully: value, precision, zone."""

from __future__ import annotations

from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cermin.seeds import dates
from cermin.seeds.dates import Clock, Dated

NOWHERE = Clock()
JAKARTA = Clock("Asia/Jakarta", "dmy", "outlet genpi")


def read_date(line: str, clock: Clock) -> Dated:
    """Read a line that is a date."""
    dated = dates.read_date(line, clock)
    assert dated is not None
    return dated


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("20 Juni 2024 13:40", "2024-06-20T13:40:00"),
        ("Kompas.com - 13/05/2024, 05:28 WIB", "2024-05-13T05:28:00+07:00"),
        ("Kompas.com - Diperbarui 22/05/2024, 06:36 WIB", "2024-05-22T06:36:00+07:00"),
        ("Selasa, 29 Januari 2019 / 20:44 WIB", "2019-01-29T20:44:00+07:00"),
        ("Minggu, 01 Des 2024 23:40 WIB", "2024-12-01T23:40:00+07:00"),
        ("Jum'at, 29 Mei 2026 22.02 WITA", "2026-05-29T22:02:00+08:00"),
        ("1 Agustus 2024 pukul 07:05 WIT", "2024-08-01T07:05:00+09:00"),
        ("2015/08/25", "2015-08-25"),
        ("2023-12-28 17:05:48", "2023-12-28T17:05:48"),
        ("2023-02-27T23:57:06+07:00", "2023-02-27T23:57:06+07:00"),
        ("2025-12-01T07:28:56.551Z", "2025-12-01T07:28:56+00:00"),
        ("Tue, 26 May 2026 14:49:34 +0000", "2026-05-26T14:49:34+00:00"),
        ("13+December+2018", "2018-12-13"),
        ("9 Jul 2024", "2024-07-09"),
        ("Oct 14, 2024", "2024-10-14"),
        ("Last update 19 Sep 2024", "2024-09-19"),
        ("October 16, 2021, 3:41 PM", "2021-10-16T15:41:00"),
        ("October 16, 2021, 12:05 a.m. EDT", "2021-10-16T00:05:00-04:00"),
        ("22.05.2026 10:45", "2026-05-22T10:45:00"),
        ("3. März 2020, 10:45 Uhr", "2020-03-03T10:45:00"),
        ("16 de novembro de 2017", "2017-11-16"),
        ("31/10/2017 10h17", "2017-10-31T10:17:00"),
        ("20220924", "2022-09-24"),
        ("2024年6月20日", "2024-06-20"),
        ("2024年6月20日 星期四 13:40", "2024-06-20T13:40:00"),
        ("2024년 6월 20일 오후 3:41", "2024-06-20T15:41:00"),
        ("12 марта 2020, 10:45", "2020-03-12T10:45:00"),
        ("٢٠ يونيو ٢٠٢٤", "2024-06-20"),
        ("20 كانون الثاني 2024", "2024-01-20"),
        ("Thứ ba, 16/5/2017, 09:25 (GMT+7)", "2017-05-16T09:25:00+07:00"),
        ("16 tháng 5, 2020", "2020-05-16"),
        ("le 3 août 2021", "2021-08-03"),
        ("den 3. mars 2020", "2020-03-03"),
        ("2018-09-26 00:00:00", "2018-09-26"),
        ("04.04.2024", "2024-04-04"),
    ],
)
def test_forms(line, value):
    """A date line in any known form gives its value, to the minute or the day, with a zone only where it names one."""
    dated = read_date(line, NOWHERE)
    assert dated == Dated(value, "minute" if "T" in value else "day")


@pytest.mark.parametrize(
    "line",
    [
        "4,160 Views  |", "[]", "Date not found.", "", "2024", "Pemilu 2024", "3 orang tewas 2024", "20 Juni",
        "Selasa (25/2/2020)", "20 Juni 2024 13:40 dan seterusnya", "0812-3456-7890", "10.5.2.1",
        "x" * 500 + " 2024-01-01",
    ],
)  # fmt: skip
def test_no_date(line):
    """A line that is more or other than a date is none."""
    assert dates.read_date(line, JAKARTA) is None


def test_zone_of_the_outlet():
    """A time without a zone is in that of its outlet, at the offset of that day."""
    assert read_date("20 Juni 2024 13:40", JAKARTA) == Dated("2024-06-20T13:40:00+07:00", "minute")
    berlin = Clock("Europe/Berlin")
    assert [read_date(f"2024-{month}-01 12:00", berlin).value[-6:] for month in ("01", "07")] == ["+01:00", "+02:00"]


def test_ambiguous():
    """Ambiguous figures are read as the outlet or language says, with a note, and not at all where neither says."""
    assert read_date("04/03/2024", JAKARTA) == Dated(
        "2024-03-04", "day", 'date "04/03/2024" read day first (outlet genpi)'
    )
    american = Clock(order="mdy", order_from="outlet x")
    assert read_date("04/03/2024", american).value == "2024-04-03"
    assert read_date("10/21/2025 20:43", JAKARTA) == Dated("2025-10-21T20:43:00+07:00", "minute")
    assert read_date("04/03/2024", NOWHERE) == Dated(
        "", note='date "04/03/2024" may be day or month first: set date_order in the outlet\'s profile'
    )


@pytest.mark.parametrize("line", ["31/02/2024", "2024-13-01", "1402/05/12", "01-01-0001", "9999-01-01"])
def test_impossible(line):
    """A date that cannot be is not taken, and the note says why."""
    dated = read_date(line, JAKARTA)
    assert dated.value == ""
    assert dated.note


def test_later_than_the_capture():
    """Nothing is published after its capture; that can decide between day and month."""
    clock = Clock(captured="2024-06-20T00:00:00+00:00")
    assert read_date("21 Juni 2024 10:00 WIB", clock).value == ""
    assert read_date("2024-06-20T06:00:00+07:00", clock).value == "2024-06-20T06:00:00+07:00"
    assert read_date("05/12/2024", clock) == Dated("2024-05-12", "day")


def test_unknown_zone():
    """A zone that means several, or nothing known, is left out and said so."""
    dated = read_date("June 11, 2026 12:51 pm BST", JAKARTA)
    assert (dated.value, bool(dated.note)) == ("2026-06-11T12:51:00", True)


def test_impossible_time():
    """An impossible time of day leaves the day."""
    dated = read_date("20 Juni 2024 25:10", JAKARTA)
    assert (dated.value, dated.precision, bool(dated.note)) == ("2024-06-20", "day", True)


@given(st.one_of(st.text(max_size=90), st.text("0123456789/-:., JuniMayTZ+WB()年月日", max_size=40)))
def test_any_line(line):
    """Any line is read as a date or not, without an error."""
    dated = dates.read_date(line, JAKARTA)
    assert dated is None or dated.note or dated.value


@given(st.datetimes(min_value=datetime(1900, 1, 1), max_value=datetime(2099, 1, 1)))  # noqa: DTZ001 - local times
def test_iso(moment):
    """Every ISO 8601 moment is read as it stands."""
    moment = moment.replace(microsecond=0, second=moment.second or 1)
    assert read_date(moment.isoformat(), NOWHERE).value == moment.isoformat()
