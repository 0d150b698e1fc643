"""The interface's words: dates and numbers as each language writes them, and catalogues without holes."""

from __future__ import annotations

import gettext
import io
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path

import pytest
from babel import Locale
from babel.localedata import locale_identifiers
from babel.messages.catalog import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_mapping_cfg
from babel.messages.pofile import read_po

from cermin.output.theme import builtin_folder
from cermin.output.translations import catalogue_path
from cermin.output.words import ZEROS, Words, direction, load_words
from tests.conftest import ROOT

LOCALES = ROOT / "cermin" / "output" / "locales"
LANGUAGES = sorted(path.name for path in LOCALES.iterdir() if path.is_dir())
VALUE = re.compile(r"%\(\w+\)s")
SPACES = re.compile("[\u00a0\u2009\u202f]")


def read(path: Path) -> Catalog:
    """Return a catalogue."""
    return read_po(io.BytesIO(path.read_bytes()))


def po_of(language: str) -> Path:
    """Return where the catalogue of a language stands."""
    return LOCALES / language / "LC_MESSAGES" / "cermin.po"


def forms_of(text: str | Sequence[str] | None) -> Sequence[str]:
    """Return the plural forms of a message or of its translation; a text without them is the one form."""
    return [text or ""] if text is None or isinstance(text, str) else text


def words_of(language: str) -> Words:
    """Return the words of a language in a mirror that has none of its own."""
    path = catalogue_path(language)
    return load_words(language, (path,) if path else ())


def plain(text: str) -> str:
    """Return a text with ordinary spaces in place of those that CLDR sets, which change with its version."""
    return SPACES.sub(" ", text)


# --- dates and numbers ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "shown"),
    [
        ("id", ("20 Juni 2024", "20 Jun 2024", "Juni 2024", "Juni", "1.234.567")),
        ("en", ("June 20, 2024", "Jun 20, 2024", "June 2024", "June", "1,234,567")),
        ("en-GB", ("20 June 2024", "20 Jun 2024", "June 2024", "June", "1,234,567")),
        ("pt-BR", ("20 de junho de 2024", "20 de jun. de 2024", "junho de 2024", "junho", "1.234.567")),
        ("fr", ("20 juin 2024", "20 juin 2024", "juin 2024", "juin", "1 234 567")),
        ("ru", ("20 июня 2024 г.", "20 июн. 2024 г.", "июнь 2024 г.", "июнь", "1 234 567")),
        ("ja", ("2024年6月20日", "2024/06/20", "2024年6月", "6月", "1,234,567")),
        ("ko", ("2024년 6월 20일", "2024. 6. 20.", "2024년 6월", "6월", "1,234,567")),
        ("ar", ("20 يونيو 2024", "20\u200f/06\u200f/2024", "يونيو 2024", "يونيو", "1,234,567")),
        ("ar-EG", ("٢٠ يونيو ٢٠٢٤", "٢٠\u200f/٠٦\u200f/٢٠٢٤", "يونيو ٢٠٢٤", "يونيو", "١٬٢٣٤٬٥٦٧")),
        ("fa", ("۲۰ ژوئن ۲۰۲۴", "۲۰ ژوئن ۲۰۲۴", "ژوئن ۲۰۲۴", "ژوئن", "۱٬۲۳۴٬۵۶۷")),
        ("ur", ("20 جون، 2024", "20 جون، 2024", "جون 2024", "جون", "1,234,567")),
    ],
)
def test_dates_and_numbers(language, shown):
    """Dates and numbers are written as the language does (CLDR), also where the words are not translated."""
    words = words_of(language)
    found = (
        words.long_date("2024-06-20T13:40:00+07:00"),
        words.short_date("2024-06-20"),
        words.month_name("2024-06"),
        words.month_alone(6),
        words.number(1234567),
    )
    assert tuple(map(plain, found)) == shown
    assert words.long_date("2024-06-20") == found[0]


@pytest.mark.parametrize(
    ("language", "value", "shown"),
    [
        ("id", "2024-06-20T13:40:00+07:00", "20 Juni 2024 13.40 WIB"),
        ("id", "2024-06-20T13:40:00+08:00", "20 Juni 2024 13.40 WITA"),
        ("id", "2024-06-20T13:40:00+09:00", "20 Juni 2024 13.40 WIT"),
        ("id", "2024-06-20T13:40:00-05:00", "20 Juni 2024 13.40 UTC-05:00"),
        ("id", "2024-06-20T13:40Z", "20 Juni 2024 13.40 UTC"),
        ("id", "2024-06-20T13:40:00", "20 Juni 2024 13.40"),
        ("id", "2024-06-20", "20 Juni 2024"),
        ("en", "2024-06-20T13:40:00+07:00", "June 20, 2024, 1:40 PM UTC+07:00"),
        ("en", "2024-06-20T00:05:00+00:00", "June 20, 2024, 12:05 AM UTC"),
        ("vi", "2024-06-20T13:40:00+07:00", "13:40 UTC+07:00 20 tháng 6, 2024"),
        ("zh-TW", "2024-06-20T13:40:00", "2024年6月20日 下午1:40"),
        ("fa", "2024-06-20T13:40:00", "۲۰ ژوئن ۲۰۲۴،\u200f ۱۳:۴۰"),
    ],
)
def test_times(language, value, shown):
    """A time is shown on the clock that the article names, with its zone, and never in another."""
    assert plain(words_of(language).long_date_time(value)) == shown


@pytest.mark.parametrize(("language", "name"), [("id", "2024"), ("zh", "2024年"), ("ko", "2024년"), ("fa", "۲۰۲۴")])
def test_years(language, name):
    """A year that stands alone is named as the language does."""
    assert words_of(language).year_name("2024-06-20") == name


@pytest.mark.parametrize(
    ("language", "first", "last"),
    [("id", "Min", "Sab"), ("en", "Sun", "Sat"), ("en-GB", "Mon", "Sun"), ("fr", "lun.", "dim."),
     ("ar", "السبت", "الجمعة"), ("fa", "شنبه", "جمعه"), ("ur", "اتوار", "ہفتہ"), ("ja", "日", "土"),
     ("zh-TW", "週日", "週六"), ("no", "man.", "søn.")],
)  # fmt: skip
def test_weeks(language, first, last):
    """A week begins as in the country that the language's tag names, or in the one where most speak it (CLDR)."""
    weekdays = words_of(language).weekdays
    assert (len(weekdays), weekdays[0].short, weekdays[-1].short) == (7, first, last)


def test_narrow_weekdays_are_in_the_letters_of_the_language():
    """Where CLDR has no narrow names of the days, a day is shown by the first letter of its short name."""
    assert [day.narrow for day in words_of("ur").weekdays] == ["ا", "پ", "م", "ب", "ج", "ج", "ہ"]
    assert "".join(day.narrow for day in words_of("id").weekdays) == "MSSRKJS"


def test_languages_do_not_mix():
    """The words of a language are the same whatever language was used before in the process."""
    assert [words_of(language).weekdays[0].short for language in ("ur", "fr", "id", "fr")] == [
        "اتوار",
        "lun.",
        "Min",
        "lun.",
    ]
    french, hebrew = words_of("fr"), words_of("he")
    assert (hebrew.month_alone(10), french.month_alone(10)) == ("אוקטובר", "octobre")


def test_digits():
    """The usual digits of every language that CLDR knows are known."""
    names = {Locale.parse(name).default_numbering_system for name in locale_identifiers()}
    assert names - {"latn"} == set(ZEROS)
    for zero in ZEROS.values():
        assert [unicodedata.digit(chr(zero + number)) for number in range(10)] == list(range(10))


@pytest.mark.parametrize(
    ("language", "joined"),
    [("id", "A, B, dan C"), ("en", "A, B, and C"), ("de", "A, B und C"), ("ar", "A وB وC"), ("fa", "A،\u200f B، و C"),
     ("ja", "A、B、C"), ("zh", "A、B和C")],
)  # fmt: skip
def test_lists(language, joined):
    """Names are joined as the language does (CLDR), each standing between two joints."""
    joints = words_of(language).joints(3)
    assert "".join(joint + name for joint, name in zip(joints, [*"ABC", ""], strict=True)) == joined
    assert words_of(language).joints(1) == ("", "")


@pytest.mark.parametrize(
    ("lang", "way"),
    [("ar", "rtl"), ("fa-IR", "rtl"), ("ckb", "rtl"), ("UR", "rtl"), ("id", "ltr"), ("", "ltr"), ("ku", "ltr"),
     ("ku-Arab", "rtl"), ("arn", "ltr"), ("az-Arab-IR", "rtl"), ("ur-Latn", "ltr"), ("ms-arab", "rtl"),
     ("pa", "ltr"), ("zh-Hant-TW", "ltr")],
)  # fmt: skip
def test_direction(lang, way):
    """Languages that are written from the right are known by their tag, with or without a region; a script decides."""
    assert direction(lang) == way


# --- catalogues ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "latest"),
    [("id", "Terbaru"), ("id-ID", "Terbaru"), ("pt-BR", "Últimas"), ("es-MX", "Lo último"), ("zh-CN", "最新"),
     ("zh-TW", "最新"), ("en-GB", "Latest")],
)  # fmt: skip
def test_words(language, latest):
    """Words are those of the language's catalogue; a region without one has those of its language."""
    assert words_of(language).translations.gettext("Latest") == latest


@pytest.mark.parametrize(
    ("language", "about"),
    [
        ("zh", "关于"),
        ("zh-SG", "关于"),
        ("zh-Hans-HK", "关于"),
        ("zh-Hant", "關於"),
        ("zh-HK", "關於"),
        ("zh-Hant-MO", "關於"),
    ],
)
def test_scripts(language, about):
    """Where a language has two scripts, the words are in the one that its tag names or its region writes."""
    assert words_of(language).translations.gettext("About") == about


def test_plural_forms():
    """The noun agrees with its number: Russian has three forms for it, Arabic six."""

    def count(language: str, number: int) -> str:
        shown = {"num": words_of(language).number(number)}
        return words_of(language).translations.ngettext("%(num)s article", "%(num)s articles", number) % shown

    assert [count("id", number) for number in (1, 2)] == ["1 artikel", "2 artikel"]
    russian = ["1 статья", "2 статьи", "5 статей", "11 статей", "21 статья"]
    assert [count("ru", number) for number in (1, 2, 5, 11, 21)] == russian
    arabic = ["مقالة واحدة", "مقالتان", "3 مقالات", "11 مقالة", "100 مقالة"]
    assert [count("ar", number) for number in (1, 2, 3, 11, 100)] == arabic


def test_missing_catalogue():
    """A language without a catalogue has English words."""
    assert catalogue_path("ms") is None
    assert words_of("ms").translations.gettext("Latest") == "Latest"


def extract_messages() -> set[str | tuple[str, ...]]:
    """Return the messages of templates and code, found as babel.cfg says, which stands above the commands."""
    with (ROOT / "babel.cfg").open(encoding="utf-8") as file:
        methods, options = parse_mapping_cfg(file)
    found = (
        row
        for folder in (builtin_folder(), ROOT / "cermin" / "output")
        for row in extract_from_dir(folder, methods, options)
    )
    return {message for _, _, message, _, _ in found}


def messages_of(catalogue: Catalog) -> set[str | tuple[str, ...]]:
    """Return the messages of a catalogue, its head left out."""
    return {tuple(m.id) if isinstance(m.id, list | tuple) else m.id for m in catalogue if m.id}


def test_template_of_catalogues():
    """The .pot holds every message that templates and code use, and no other."""
    assert messages_of(read(LOCALES / "cermin.pot")) == extract_messages()


@pytest.mark.parametrize("language", LANGUAGES)
def test_catalogues_are_whole(language):
    """Every catalogue says every message, in all its plural forms, and none is marked as a guess."""
    catalogue = read(po_of(language))
    assert messages_of(catalogue) == messages_of(read(LOCALES / "cermin.pot"))
    for message in catalogue:
        if message.id:
            forms = forms_of(message.string)
            assert all(forms), message.id
            assert not message.fuzzy, message.id
            assert len(forms) == (catalogue.num_plurals if message.pluralizable else 1), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_placeholders(language):
    """A translation names the same values as its message; else a page would fail in that language alone."""
    for message in read(po_of(language)):
        assert not list(message.check()), message.id
        if isinstance(message.id, str) and isinstance(message.string, str) and message.id:
            assert sorted(VALUE.findall(message.string)) == sorted(VALUE.findall(message.id)), message.id
        elif message.id:
            # One article or two need no number: a word says it.
            assert VALUE.findall(forms_of(message.string)[-1]) == VALUE.findall(message.id[-1]), message.id


@pytest.mark.parametrize("language", LANGUAGES)
def test_plural_rules(language):
    """Numbers of one CLDR category have one form of a message, so that no form is lost between the two rules."""
    category, form = Locale.parse(language).plural_form, read(po_of(language)).plural_forms
    chosen = gettext.c2py(form.partition("plural=")[2].rstrip(";"))
    forms: dict[str, set[int]] = {}
    for number in range(1001):
        forms.setdefault(category(number), set()).add(chosen(number))
    assert {name: len(found) for name, found in forms.items()} == dict.fromkeys(forms, 1)


ALIKE = {
    "de": {"Permalink"},
    "fr": {"%(num)s article", "Articles", "Capture", "Corrections", "Pages", "page %(number)s"},
    "id": {"Editor:"},
}
"""Messages that a language writes as English does."""


@pytest.mark.parametrize("language", sorted({*LANGUAGES} - {"en"}))
def test_nothing_is_left_in_english(language):
    """No translation is the English message itself, but where the language writes it so."""
    catalogue = read(po_of(language))
    same = {
        forms_of(message.id)[0] for message in catalogue if set(forms_of(message.id)) & set(forms_of(message.string))
    }
    assert same - {""} == ALIKE.get(language, set())


def test_there_are_languages():
    """The interface speaks the languages that cermin promises."""
    assert set(LANGUAGES) == set("ar de en es fa fr id ja ko pt ru ur vi zh zh_Hant".split())
