"""Messages that a mirror's interface shows in English for want of a translation, for `check`."""

from __future__ import annotations

from collections.abc import Iterator

from babel import Locale
from babel.messages.pofile import read_po
from jinja2 import TemplateSyntaxError

from cermin.config import Config
from cermin.output.environment import NewspaperEnvironment
from cermin.output.theme import TEMPLATES, Theme
from cermin.output.translations import TEMPLATE, catalogue_paths, load_translations, read_catalogue


def find_untranslated(config: Config, theme: Theme) -> list[str]:
    """Return the messages of the theme, the mirror's own templates among it, that no catalogue of its language holds.

    There are none where the language is English. Raises TemplateError for a file that is no catalogue.
    """
    locale = Locale.parse(config.site.language, sep="-")
    if locale.language == "en":
        return []
    known = {message.id for path in catalogue_paths(config) for message in read_catalogue(path, locale)}
    return sorted({_first_form(message) for message in _messages(config, theme)} - set(map(_first_form, known)))


def _first_form(message: str | tuple[str, ...] | list[str]) -> str:
    return message if isinstance(message, str) else message[0]


def _messages(config: Config, theme: Theme) -> Iterator[str | tuple[str, ...] | list[str]]:
    with TEMPLATE.open("rb") as file:
        yield from (message.id for message in read_po(file) if message.id)
    environment = NewspaperEnvironment(theme.folders, load_translations((), Locale("en")))
    extract = environment.extract_translations  # type: ignore[attr-defined]  # by the extension
    for path in sorted(config.templates.rglob("*")):
        if path.suffix not in TEMPLATES:
            continue
        try:
            # A template that cannot be read is what a build tells.
            for _, _, message in extract(path.read_text(encoding="utf-8")):
                yield message if isinstance(message, str) else tuple(filter(None, message))
        except (TemplateSyntaxError, UnicodeDecodeError):
            continue
