"""Lines that are dates -> what they tell, and no more: value, precision, zone."""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from cermin.seeds.languages import load_words

YEARS = range(1800, 2101)
LONGEST = 80
"""Characters; a longer line is no date line."""


class Dated(NamedTuple):
    """What a date line tells; ``value`` is empty when it is a date that cannot be taken, and ``note`` says why."""

    value: str
    precision: str = ""
    note: str = ""


class Clock(NamedTuple):
    """What is known beside the line itself."""

    time_zone: str = ""
    """IANA name for times without a zone."""
    order: str = ""
    """How 03/04/2024 is read: ``dmy``, ``mdy``, or empty when nobody knows."""
    order_from: str = ""
    """Who says so, for the note: ``outlet genpi``, ``language id``."""
    captured: str = ""
    """ISO 8601 time after which nothing can have been published."""


# Abbreviations that mean one offset all over the world, in minutes; CST, IST and BST mean several and are left out.
_ZONES = {
    "wib": 420, "wita": 480, "wit": 540, "z": 0, "utc": 0, "gmt": 0, "est": -300, "edt": -240, "pst": -480,
    "pdt": -420, "mst": -420, "mdt": -360, "cdt": -300, "cet": 60, "cest": 120, "eet": 120, "eest": 180, "msk": 180,
    "jst": 540, "kst": 540, "sgt": 480, "hkt": 480, "pkt": 300, "aest": 600, "aedt": 660, "мск": 180,
}  # fmt: skip
_PREFIX = re.compile(
    r"(?:[-–—|•·]+ *"
    r"|[\w-]+(?:\.[a-z]{2,6}){1,2} *[-–—|,:]+ *"
    r"|(?:last +)?(?:updated?|modified)(?: +(?:on|at))? *:? *"
    r"|(?:first +)?(?:published|posted)(?: +(?:on|at))? *:? *"
    r"|(?:diperbarui|diterbitkan|dipublikasikan|ditayangkan|terbit|tayang|tanggal)(?: +pada)? *:? *"
    r"|(?:on|den|am|le|el|dne) +|date *: *|(?:publicado|atualizado|actualizado)(?: +(?:em|el))? *:? *|stand *:? *"
    r"|(?:publié|mis à jour) le *:? *|(?:опубликовано|обновлено) *:? *|発表日 *:? *|(?:发布)?(?:时间|日期) *[:：] *)+"
)  # fmt: skip
_WORD = r"[^\d\s,./:()|+-]+"
_DATE = (
    r"(?:(?P<iso_y>\d{4})(?P<iso_sep>[-/.])(?P<iso_m>\d{1,2})(?P=iso_sep)(?P<iso_d>\d{1,2})"
    r"|(?P<first>\d{1,2})(?P<sep>[-/.])(?P<second>\d{1,2})(?P=sep)(?P<num_y>\d{4})"
    r"|(?P<dmy_d>\d{1,2})(?:st|nd|rd|th|er|º|\.)?[ +-]*(?:de +|of +)?"
    rf"(?P<dmy_m>{_WORD}(?: {_WORD})??)\.?,?[ +-]*(?:del? +)?(?P<dmy_y>\d{{4}})"
    rf"|(?P<mdy_m>{_WORD})\.? +(?P<mdy_d>\d{{1,2}})(?:st|nd|rd|th)?,? +(?P<mdy_y>\d{{4}})"
    r"|(?P<tight_y>\d{4})(?P<tight_m>\d\d)(?P<tight_d>\d\d)"
    r"|(?P<cjk_y>\d{4}) ?[年년] ?(?P<cjk_m>\d{1,2}) ?[月월] ?(?P<cjk_d>\d{1,2}) ?[日일]"
    r"(?: ?[(（]?(?:星期|周|週)?[一二三四五六日月火水木金土화수목금토일월]?(?:曜日?|요일)?[)）]?)?"
    r"|(?:ngày )?(?P<vi_d>\d{1,2}) tháng (?P<vi_m>\d{1,2}),?(?: năm)? (?P<vi_y>\d{4}))"
)
_TIME = (
    r"(?:(?P<half>上午|下午|午前|午後|오전|오후) ?)?"
    r"(?P<hour>\d{1,2}) ?(?:[:.h：]|时|時|点|시) ?(?P<minute>\d{2})(?:分|분)?"
    r"(?:[:.：](?P<second_of>\d{2})(?:[.,]\d+)?)?(?: ?(?P<ampm>[ap])\.? ?m\b\.?)?"
    r"(?: ?\(?(?P<zone>[^\W\d_]{1,5}|(?:gmt|utc)? ?[+-]\d{1,2}(?::?\d{2})?)\)?)?"
)
_JOIN = r"(?:t|[ ,/|·•@–-]*(?:(?:pukul|jam|at|às|as|um|kl\.?|à|a las|в|lúc)\.? *)?)"
_DATE_TIME = re.compile(rf"{_DATE}(?:{_JOIN}{_TIME}(?: uhr)?)?[ .|]*")
_TIME_DATE = re.compile(rf"{_TIME}[ ,/|·•–-]+{_DATE}[ .|]*")
_OFFSET = re.compile(r"(?:gmt|utc)? ?([+-])(\d{1,2}):?(\d{2})?")
_NOON = 12
_AFTERNOON = {"p", "下午", "午後", "오후"}
_MORNING = {"a", "上午", "午前", "오전"}


def read_date(line: str, clock: Clock) -> Dated | None:
    """Return what a line tells when all of it is a date, None when it is something else.

    Known forms: ISO 8601, RFC 2822, day-month-year in figures or words, month-day-year, ``20240620``, Chinese,
    Japanese, Korean and Vietnamese dates; with a weekday, an outlet's name or a word like "updated" before it, and a
    time with or without a zone behind it. Ambiguous figures are read as ``clock`` says or not at all; an impossible
    date, one outside `YEARS` and one later than the capture are not taken.
    """
    if len(line) > LONGEST or not any(map(str.isdecimal, line)):
        return None
    text = _strip_prefix(_to_ascii_digits(line).casefold().strip())
    match = _DATE_TIME.fullmatch(text) or _TIME_DATE.fullmatch(text)
    if match is None:
        return None
    found = _read_day(match, clock)
    if found is None:
        return None
    day, note = found
    if day is None:
        return Dated("", note=f'date "{line}" {note}')
    note = f'date "{line}" {note}' if note else ""
    return _check_late(_add_time(day, match, clock, note, line), line, clock)


def _to_ascii_digits(text: str) -> str:
    if text.isascii():
        return text
    return "".join(str(unicodedata.decimal(one)) if one.isdecimal() else one for one in text)


def _strip_prefix(text: str) -> str:
    if prefix := _PREFIX.match(text):
        text = text[prefix.end() :]
    head, found, rest = text.partition(" ")
    if found and head.strip(".,") in load_words().days:
        return rest.lstrip(" ,")
    head, found, rest = text.partition(",")
    return rest.lstrip() if found and head.strip() in load_words().days else text


def _read_day(match: re.Match[str], clock: Clock) -> tuple[date | None, str] | None:
    """Return the day and a note; no day where it is a date that cannot be taken; None where it is no date."""
    if match["first"]:
        return _read_figures(int(match["first"]), int(match["second"]), int(match["num_y"]), clock)
    for kind in ("iso", "tight", "cjk", "vi"):
        if match[f"{kind}_y"]:
            return _make_day(int(match[f"{kind}_y"]), int(match[f"{kind}_m"]), int(match[f"{kind}_d"]))
    kind = "dmy" if match["dmy_y"] else "mdy"
    month = load_words().months.get(match[f"{kind}_m"].strip("., "))
    return _make_day(int(match[f"{kind}_y"]), month, int(match[f"{kind}_d"])) if month else None


def _read_figures(first: int, second: int, year: int, clock: Clock) -> tuple[date | None, str]:
    day_first, month_first = _make_day(year, second, first), _make_day(year, first, second)
    possible = [found for found, _ in (day_first, month_first) if found and not _is_late(found, clock)]
    if not possible:
        return day_first if day_first[0] is None else (day_first[0], "")
    if len(set(possible)) == 1:
        return possible[0], ""
    if not clock.order:
        return None, "may be day or month first: set date_order in the outlet's profile"
    chosen = day_first if clock.order == "dmy" else month_first
    return chosen[0], f"read {'day' if clock.order == 'dmy' else 'month'} first ({clock.order_from})"


def _make_day(year: int, month: int, day: int) -> tuple[date | None, str]:
    if year not in YEARS:
        return None, f"is not taken: the year is not between {YEARS.start} and {YEARS.stop - 1}"
    try:
        return date(year, month, day), ""
    except ValueError:
        return None, "is not taken: there is no such day"


def _add_time(day: date, match: re.Match[str], clock: Clock, note: str, line: str) -> Dated:
    hour = _read_hour(match)
    minute, second = int(match["minute"] or 0), int(match["second_of"] or 0)
    # A database writes 00:00:00 where it holds a day alone.
    if hour is None or (match["second_of"] and hour == minute == second == 0):
        return Dated(day.isoformat(), "day", note)
    try:
        moment = datetime(day.year, day.month, day.day, hour, minute, second)  # noqa: DTZ001 - the zone is added below
    except ValueError:
        return Dated(day.isoformat(), "day", note or f'date "{line}" has no such time of day')
    zone, known = _find_zone(match["zone"] or "", clock)
    if not known:
        note = note or f'date "{line}" is in an unknown time zone'
    return Dated(moment.replace(tzinfo=zone).isoformat(), "minute", note)


def _read_hour(match: re.Match[str]) -> int | None:
    if match["hour"] is None:
        return None
    hour, half = int(match["hour"]), match["ampm"] or match["half"]
    if half in _AFTERNOON and hour < _NOON:
        return hour + _NOON
    return 0 if half in _MORNING and hour == _NOON else hour


def _find_zone(name: str, clock: Clock) -> tuple[tzinfo | None, bool]:
    """Return the zone, None where there is none; and whether the line's own word for it was understood."""
    name = name.strip()
    if not name or name == "uhr":
        return (_open_zone(clock.time_zone) if clock.time_zone else None), True
    if offset := _OFFSET.fullmatch(name):
        minutes = int(offset[2]) * 60 + int(offset[3] or 0)
        return _make_zone(-minutes if offset[1] == "-" else minutes), True
    return (_make_zone(_ZONES[name]), True) if name in _ZONES else (None, False)


def _make_zone(minutes: int) -> tzinfo | None:
    return timezone(timedelta(minutes=minutes)) if abs(minutes) < 24 * 60 else None


@lru_cache
def _open_zone(name: str) -> ZoneInfo:
    return ZoneInfo(name)


# --- the capture's own time ---


@lru_cache
def _read_captured(captured: str) -> datetime | None:
    try:
        moment = datetime.fromisoformat(captured)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _is_late(day: date, clock: Clock) -> bool:
    # A day of slack, for the day may have begun elsewhere.
    captured = _read_captured(clock.captured)
    return captured is not None and day > captured.date() + timedelta(days=1)


def _check_late(dated: Dated, line: str, clock: Clock) -> Dated:
    captured = _read_captured(clock.captured)
    if captured is None:
        return dated
    moment = datetime.fromisoformat(dated.value)
    late = moment > captured if moment.tzinfo else _is_late(moment.date(), clock)
    return Dated("", note=f'date "{line}" is not taken: it is later than the capture') if late else dated
