"""The gettext catalogues of the interface: where they are, and what they say.

A mirror's own ``locales/LANGUAGE.po`` goes before the built-in catalogue of its language: it holds what the mirror's
own templates say, the interface in a language that has no catalogue, or another word for one of ours.
"""

from __future__ import annotations

import gettext
import io
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from babel import Locale

from cermin.config import Config
from cermin.errors import TemplateError

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

_FOLDER = Path(__file__).parent / "locales"
TEMPLATE = _FOLDER / "cermin.pot"
"""All messages of the built-in theme, without translations."""


def catalogue_path(language: str) -> Path | None:
    """Return the built-in catalogue of a language tag, or of what it is a kind of: ``pt-BR`` is ``pt``.

    A region tells the script (CLDR, likely subtags): ``zh-TW`` is ``zh-Hant``.
    """
    for name in _lookup(Locale.parse(language, sep="-")):
        path = _FOLDER / name / "LC_MESSAGES" / "cermin.po"
        if path.is_file():
            return path
    return None


def _lookup(locale: Locale) -> Iterator[str]:
    """Yield the names of catalogues that serve a locale, the nearest first (RFC 4647, 3.4)."""
    language, script, region = locale.language, locale.script, locale.territory
    yield "_".join(filter(None, (language, script, region)))
    yield "_".join(filter(None, (language, script)))
    yield language


def catalogue_paths(config: Config) -> tuple[Path, ...]:
    """Return the catalogues of a mirror's interface, the one that wins first; none where its words are English."""
    own, builtin = config.words, catalogue_path(config.site.language)
    return tuple(path for path in (own, builtin) if path and path.is_file())


def load_translations(paths: tuple[Path, ...], locale: Locale) -> gettext.NullTranslations:
    """Return what the catalogues say, the first that says a message wins; what none says stays English.

    Raises TemplateError for a file that is no catalogue.
    """
    from babel.messages.mofile import write_mo

    translations = gettext.NullTranslations()
    for path in reversed(paths):
        compiled = io.BytesIO()
        write_mo(compiled, read_catalogue(path, locale))
        compiled.seek(0)
        fallback, translations = translations, gettext.GNUTranslations(compiled)
        translations.add_fallback(fallback)
    return translations


def read_catalogue(path: Path, locale: Locale) -> Catalog:
    """Return a catalogue with the messages that it translates, in all their plural forms, and no others.

    Raises TemplateError for a file that is no catalogue.
    """
    from babel.messages.pofile import PoFileError, read_po

    place = f"{path.parent.name}/{path.name}"
    try:
        with path.open("rb") as file:
            catalogue = read_po(file, locale=locale, abort_invalid=True)
        # What picks a plural form is read when it is first needed, which is too late.
        gettext.c2py(catalogue.plural_expr)
    except PoFileError as error:
        raise TemplateError.at(f"{place}:{error.lineno + 1}", f"not a gettext catalogue: {error}") from error
    except (ValueError, LookupError, OSError) as error:
        raise TemplateError.at(place, f"not a gettext catalogue: {error}") from error
    for message in list(catalogue):
        forms = message.string if isinstance(message.string, list | tuple) else (message.string,)
        if message.id and (message.fuzzy or not all(forms)):
            catalogue.delete(message.id, message.context)
    return catalogue
