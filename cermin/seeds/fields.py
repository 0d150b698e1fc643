"""Records of tables -> captures: which field is the title, which the body, by their names and by what they hold."""

from __future__ import annotations

import hashlib
import re
import tomllib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from statistics import fmean
from typing import Any, NamedTuple
from urllib.parse import urljoin, urlsplit

from cermin.records import TEXT, Capture, Reading
from cermin.seeds.dates import Clock, read_date
from cermin.seeds.fragments import recognise_markup, strip_markup
from cermin.seeds.stored_lists import parse_list

Record = Sequence[tuple[str, Any]]
"""The fields of a record, name and value, in their order."""

_IGNORED = "ignored"
_STRIPPED = 1000
"""Added to the rank of a name that is known only without the generic words in it."""
_EMPTY = frozenset(("", "nan", "none", "null", "n/a", "na", "nil", "undefined", "[]", "{}", "-", "--", "nat", "<na>"))
_WORDS = re.compile(r"[A-Z]?[^\W\d_A-Z]+|[A-Z]+(?![^\W\d_A-Z])|[^\W_]+")
_EPOCH = re.compile(r"(\d{10})(?:\d{3})?(?:\.\d+)?")
_CLOCK_TIME = re.compile(r"\d{1,2}[:.]\d\d")
_MAIL = re.compile(r"\s*<?[\w.+-]+@[\w-]+\.[\w.-]+>?\s*(?:\((?P<name>[^)]*)\))?")
_ADDRESS = re.compile(r"https?://[^\s<>\"\\]+", re.IGNORECASE)
_UNFIT = re.compile(r"[\s<>\"\\\x00-\x1f\x7f]")
"""What an address must not hold; browsers write it in percents."""
_LOOSE = Clock(order="dmy")
LONGEST_FIELD = 2_000
"""Characters of a field that is no body; a longer one is something else than its name says."""
LONG, SHORT = 100, 10
"""Mean characters from which the values of a field may be bodies, and from which they may be titles."""
_MOST_SHAPES = 1000
"""Sets of names whose meaning is remembered."""
MOST = 0.8
"""Share of values that must be dates or addresses for a field without a known name to be taken for one."""


class Names(NamedTuple):
    """What names of fields mean."""

    roles: Mapping[str, tuple[str, int]]
    """Folded name -> role and rank, 0 being the best name for it."""
    generic: frozenset[str]
    inside: tuple[str, ...]
    holders: frozenset[str]


@lru_cache
def load_names() -> Names:
    """Read the names of fields, once a process."""
    table = tomllib.loads(Path(__file__).with_name("field_names.toml").read_text(encoding="utf-8"))
    roles: dict[str, tuple[str, int]] = {}
    for role, names in table["names"].items():
        for rank, name in enumerate(names.split()):
            roles.setdefault(fold_name(name), (role, rank))
    generic = frozenset(map(fold_name, table["generic"].split()))
    holders = frozenset(map(fold_name, table["holders"]["keys"].split()))
    return Names(roles, generic, tuple(table["inside"]["keys"].split()), holders)


def fold_name(name: str) -> str:
    """Return the name of a field without case, accents, white space and punctuation."""
    decomposed = unicodedata.normalize("NFKD", name.casefold())
    return "".join(one for one in decomposed if one.isalnum())


@lru_cache(maxsize=4096)
def find_role(name: str) -> tuple[str, int]:
    """Return what a field of this name is and how good a name it is for that, 0 being the best; no role if unknown."""
    names = load_names()
    if found := names.roles.get(fold_name(name)):
        return found
    words = [fold_name(word) for word in _WORDS.findall(name[:100])]
    telling = [word for word in words if word not in names.generic]
    if 0 < len(telling) < len(words) and (found := names.roles.get("".join(telling))):
        return found[0], found[1] + _STRIPPED
    return "", 0


def is_record(value: Mapping[str, Any]) -> bool:
    """Whether an object of JSON is a record of an article: it has a body, or a title and no list of titled objects."""
    roles = {find_role(key)[0] for key, item in value.items() if _is_text(item)}
    if "body" in roles or "title" not in roles:
        return "body" in roles
    return not any(isinstance(item, list) and any(map(_has_title, item)) for item in value.values())


def _has_title(value: Any) -> bool:
    return isinstance(value, dict) and any(find_role(key)[0] == "title" and _is_text(value[key]) for key in value)


def is_outlet_name(key: str) -> bool:
    """Whether the key of a list of records can tell where they come from (``Kompas``) and is no word for a list."""
    return not key.startswith("_") and not key.isdecimal() and fold_name(key) not in load_names().holders


def describe_holder(value: Mapping[str, Any]) -> tuple[str, str]:
    """Return the title and the language that an object with records tells, as a JSON Feed does."""
    told = {find_role(key)[0]: item for key, item in reversed(list(value.items())) if isinstance(item, str)}
    return _bound(strip_markup(told.get("title", ""))), told.get("language", "")


def _is_text(value: Any) -> bool:
    if isinstance(value, dict):
        return any(isinstance(value.get(key), str) for key in load_names().inside)
    return isinstance(value, str) or (isinstance(value, list) and bool(value) and isinstance(value[0], str))


# --- which field is which ---


class Fields:
    """Which fields of a file's records are what: as its settings say, by their names, by what they hold."""

    def __init__(self, samples: Sequence[Record], told: Mapping[str, str | int]) -> None:
        """Look at the first records of a file; ``told`` are the fields by role, names or numbers from 1 on."""
        self._told = {role: name for role, name in told.items() if isinstance(name, str)}
        self._numbers = {role: name for role, name in told.items() if isinstance(name, int)}
        self._named: dict[tuple[str, ...], dict[str, tuple[str, ...]]] = {}
        self._guessed: dict[str, str] = {}
        names = tuple(dict.fromkeys(name for record in samples for name, _ in record))
        known = self._find_names(names)
        taken = {name for role in known.values() for name in role}
        free = [name for name in names if name not in taken and find_role(name)[0] != _IGNORED]
        self._guessed = _guess_roles(samples, free, frozenset(known) | self._numbers.keys())

    def _find_names(self, names: tuple[str, ...]) -> dict[str, tuple[str, ...]]:
        """Return the names that stand for each role, the best first."""
        if (found := self._named.get(names)) is not None:
            return found
        if len(self._named) >= _MOST_SHAPES:  # every record has names of its own
            self._named.clear()
        ranked: dict[str, list[tuple[int, str]]] = {}
        for name in names:
            role, rank = find_role(name)
            if role and role != _IGNORED and role not in self._told:
                ranked.setdefault(role, []).append((rank, name))
        known = {role: tuple(name for _, name in sorted(found)) for role, found in ranked.items()}
        for role, told in self._told.items():
            known[role] = tuple(name for name in names if name == told or fold_name(name) == fold_name(told))[:1]
        self._named[names] = known
        return known

    def sort(self, record: Record) -> dict[str, Any]:
        """Return the values of a record by role; roles without a value are left out."""
        values: dict[str, Any] = {}
        by_name: dict[str, Any] = {}
        for name, value in record:
            if name not in by_name and not _is_empty(value):
                by_name[name] = value
        for role, names in self._find_names(tuple(name for name, _ in record)).items():
            if name := next((name for name in names if name in by_name), ""):
                values[role] = by_name[name]
        for role, name in self._guessed.items():
            if role not in values and name in by_name:
                values[role] = by_name[name]
        for role, number in self._numbers.items():
            value = record[number - 1][1] if 0 < number <= len(record) else None
            if not _is_empty(value):
                values[role] = value
        return values


def _is_empty(value: Any) -> bool:
    if isinstance(value, str):
        return not value or (len(value) < 12 and value.strip().casefold() in _EMPTY)  # noqa: PLR2004 - the longest of them
    return value is None or value != value or value in ([], {}, ())  # noqa: PLR0124 - NaN is not equal to itself


def _guess_roles(samples: Sequence[Record], free: Iterable[str], known: frozenset[str]) -> dict[str, str]:
    """Return the fields for roles that no name stands for, by their values in the first records."""
    columns = _gather_values(samples, free)
    guessed: dict[str, str] = {}

    def take(role: str, name: str) -> None:
        guessed[role] = name
        del columns[name]

    tests = {"url": lambda text: bool(_ADDRESS.fullmatch(text)), "date": lambda text: bool(read_date(text, _LOOSE))}
    for role, fits in tests.items():
        fitting = [name for name, values in columns.items() if fmean(map(fits, values)) >= MOST]
        if fitting and role not in known:
            take(role, fitting[0])
        for name in fitting:
            columns.pop(name, None)
    columns = {name: values for name, values in columns.items() if not all(map(_is_number, values))}
    for role, least in (("body", LONG), ("title", SHORT)):
        if role not in known and columns:
            length, name = max((fmean(map(len, values)), name) for name, values in columns.items())
            if length >= least:
                take(role, name)
    return guessed


def _gather_values(samples: Sequence[Record], names: Iterable[str]) -> dict[str, list[str]]:
    columns: dict[str, list[str]] = {name: [] for name in names}
    for record in samples:
        for name, value in record:
            if name in columns and not _is_empty(value) and isinstance(value, str | int | float):
                columns[name].append(str(value).strip())
    return {name: values for name, values in columns.items() if values}


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


# --- record to capture ---


def make_capture(seed_path: str, number: int, record: Record, fields: Fields) -> Capture | Reading:
    """Return the capture that record ``number`` (from 1 on) of a file is, or why it is none."""
    values = fields.sort(record)
    part = str(number)
    notes: list[str] = []
    body = _read_body(values.get("body"))
    title = strip_markup(_read_line(values.get("title")))
    if len(title) > LONGEST_FIELD:
        title = ""
        notes.append(f"what should be the title is longer than {LONGEST_FIELD:,} characters, and left out")
    summary = strip_markup(_read_body(values.get("summary")))
    if not body.strip() and summary:
        body, summary = summary, ""
        notes.append("the record holds no text but a summary, which is taken for it")
    if not any(map(str.isalnum, body)):
        reason = "no text, only a title" if title else "no text: no field of the record is known for its text"
        return refuse(seed_path, part, record, reason)
    media_type, body = recognise_markup(body)
    if media_type != TEXT and not any(map(str.isalnum, strip_markup(body))):
        media_type = TEXT
    return Capture(
        seed_path=seed_path,
        media_type=media_type,
        data=encode(body),
        part=part,
        url=clean_address(_read_line(values.get("url"))),
        captured=_read_moment(_read_line(values.get("captured"))),
        title=title,
        date=_read_published(_read_line(values.get("date")), _read_line(values.get("time"))),
        author=_read_author(values),
        section=_read_section(values.get("section")),
        tags=_read_tags(values.get("tags")),
        summary=summary if summary and not is_excerpt(summary, body) else "",
        source=_bound(strip_markup(_read_line(values.get("source")))),
        language=_read_line(values.get("language"))[:35],
        notes=tuple(notes),
    )


def refuse(seed_path: str, part: str, record: object, reason: str, *notes: str) -> Reading:
    """Return the reading of a record that cannot be a capture, with the hash of what it holds."""
    data = record if isinstance(record, str) else repr(record)
    sha256 = hashlib.sha256(encode(data)).hexdigest()
    return Reading(f"{seed_path}#{part}", sha256, None, quarantine=reason, notes=notes)


def encode(text: str) -> bytes:
    """Return a text as UTF-8; lone halves of surrogate pairs, which JSON lets through, as question marks."""
    return text.encode("utf-8", "replace")


def clean_address(text: str, base: str = "") -> str:
    """Return a web address, made absolute by ``base``; nothing where it is none."""
    text = text.strip()
    if not text or len(text) > LONGEST_FIELD:
        return ""
    try:
        address = urljoin(base, text) if base else text
        parts = urlsplit(address)
        good = parts.scheme.lower() in {"http", "https"} and parts.hostname
    except ValueError:
        return ""
    if not good:
        return ""
    return _UNFIT.sub(lambda match: f"%{ord(match[0]):02X}" if match[0].isascii() else "", address)


def is_excerpt(summary: str, body: str) -> bool:
    """Whether a summary only repeats the first words of the body, as feeds cut them."""
    words = re.findall(r"\w+", summary.casefold())
    begins = re.findall(r"\w+", strip_markup(body[: 4 * len(summary) + 2000]).casefold())
    # The last word may be cut, and what follows is "read more" in many words.
    telling = words[: max(1, len(words) - 3)]
    return begins[: len(telling)] == telling


def _bound(text: str) -> str:
    return text if len(text) <= LONGEST_FIELD else ""


def _read_line(value: Any) -> str:
    """Return a value as text: that of a list its first, that of an object the one that stands where texts do."""
    if isinstance(value, list):
        value = next(filter(None, map(_read_line, value)), "")
    if isinstance(value, dict):
        value = next((_read_line(value[key]) for key in load_names().inside if value.get(key)), "")
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return value.strip() if isinstance(value, str) else "" if isinstance(value, bool | None) else str(value)


def _read_list(value: Any) -> list[str]:
    if isinstance(value, list):
        return [text for item in value if (text := _read_line(item))]
    text = _read_line(value)
    if (items := parse_list(text)) is not None:
        return items
    return [text] if text else []


def _read_body(value: Any) -> str:
    """Return a body as text; a list of paragraphs, or the text of such a list, as lines."""
    if isinstance(value, list | dict):
        return "\n".join(_read_list(value)) if isinstance(value, list) else _read_line(value)
    text = value if isinstance(value, str) else _read_line(value)
    items = parse_list(text)
    return text if items is None else "\n".join(items)


def _read_author(values: Mapping[str, Any]) -> str:
    names = [_clean_name(name) for name in _read_list(values.get("author"))]
    byline = "; ".join(filter(None, names))
    return byline if len(byline) <= LONGEST_FIELD else ""


def _clean_name(name: str) -> str:
    """Return a name without markup and mail address; nothing for what is an address or a number."""
    name = strip_markup(name)
    if mail := _MAIL.fullmatch(name):
        return (mail["name"] or "").strip()
    return "" if _ADDRESS.fullmatch(name) or _is_number(name) else name


def _read_section(value: Any) -> str:
    """Return a section's name; numbers and addresses are keys of some data base and mean nothing here."""
    text = strip_markup(next(iter(_read_list(value)), ""))
    return "" if _is_number(text) or _ADDRESS.match(text) or len(text) > _LONGEST_NAME else text


_LONGEST_NAME = 100
"""Characters of a section or tag."""
_MOST_TAGS = 50


def _read_tags(value: Any) -> tuple[str, ...]:
    tags = _read_list(value)
    if len(tags) == 1:
        tags = re.split(r"\s*[;|\n]\s*" if re.search(r"[;|\n]", tags[0]) else r"\s*,\s*", tags[0])
    return clean_tags(tags)


def clean_tags(tags: Iterable[str]) -> tuple[str, ...]:
    """Return tags as plain text, each once; what is too long for one, a number alone or an address is left out."""
    plain = (strip_markup(tag).lstrip("#").strip() for tag in tags)
    kept = (tag for tag in plain if tag and len(tag) <= _LONGEST_NAME and not _is_number(tag) and "://" not in tag)
    return tuple(dict.fromkeys(kept))[:_MOST_TAGS]


def _read_published(day: str, time: str) -> str:
    """Return the date as it stands there, with the time of another field where it has none.

    Seconds since 1970 become a time in UTC.
    """
    if epoch := _EPOCH.fullmatch(day):
        return datetime.fromtimestamp(int(epoch[1]), UTC).isoformat()
    if not day or not time or day == time:
        return _bound(day or time)
    joined = f"{day} {time}"
    whole = read_date(joined, _LOOSE) if _CLOCK_TIME.search(time) else None
    alone = read_date(day, _LOOSE)
    better = whole and whole.precision == "minute" and not (alone and alone.precision == "minute")
    return _bound(joined if better else day)


def _read_moment(text: str) -> str:
    """Return a time of capture as ISO 8601; of a day alone its end, for the article may be as young."""
    if epoch := _EPOCH.fullmatch(text):
        return datetime.fromtimestamp(int(epoch[1]), UTC).isoformat()
    dated = read_date(text, _LOOSE)
    if not dated or not dated.value:
        return ""
    return f"{dated.value}T23:59:59" if dated.precision == "day" else dated.value
