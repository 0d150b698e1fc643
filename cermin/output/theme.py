"""The theme: templates and static files, the mirror's own before the built-in ones."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from gettext import NullTranslations
from pathlib import Path

import cermin
from cermin.errors import Fault, TemplateError
from cermin.files import digest

STYLESHEET = "static/style.css"
SCRIPT = "search/search.js"
"""What search.html runs; the scripts beside it stand before it in one file."""
LICENCE = "search/snowball.txt"
"""Of the stemmers, which need it beside them."""
TEMPLATES = frozenset((".html", ".xml", ".txt"))
"""What the names of templates end in."""


def builtin_folder() -> Path:
    """Return the folder of the built-in theme: in the wheel, or at the top of a checkout."""
    package = Path(cermin.__file__).parent
    shipped = package / "templates"
    return shipped if shipped.is_dir() else package.parent / "templates"


@dataclass(slots=True)
class Theme:
    """Where templates and static files come from."""

    folders: tuple[Path, ...]
    """The folders to look in, the first that has a file wins."""
    stylesheet: str
    """Address of the stylesheet, with a part of its hash in the name, so that it can be cached for ever."""
    assets: dict[str, str]
    """Address of each static file -> hash of its bytes."""
    _sources: dict[str, tuple[Path, ...]]
    """Of each static file what it is put together from."""
    references: dict[str, list[str | None]] = field(default_factory=dict)
    """What a template refers to, by its hash; can be kept from one run to the next, as parsing takes long."""
    _closures: dict[str, dict[str, str]] = field(default_factory=dict)

    def asset(self, address: str) -> bytes:
        """Return the bytes of a static file."""
        return b"".join(source.read_bytes() for source in self._sources[address])

    def closure(self, templates: tuple[str, ...]) -> Mapping[str, str]:
        """Return the hash of each template that rendering these can read, by ``templates/NAME``.

        Raises TemplateError when one is missing or does not parse.
        """
        found: dict[str, str] = {}
        for name in templates:
            if name not in self._closures:
                self._closures[name] = dict(self._read_closure(name, set()))
            found |= self._closures[name]
        return found

    def _read_closure(self, name: str, seen: set[str]) -> Iterator[tuple[str, str]]:
        if name in seen:
            return
        seen.add(name)
        data = self._template(name)
        hashed = digest(data)
        if hashed not in self.references:
            self.references[hashed] = self._read_references(name, data)
        yield f"templates/{name}", hashed
        for other in self.references[hashed]:
            # A name that is computed while rendering could be any of them.
            for referenced in [other] if other else self._all_templates():
                yield from self._read_closure(referenced, seen)

    def _template(self, name: str) -> bytes:
        if ".." not in name.split("/"):
            for folder in self.folders:
                try:
                    return (folder / name).read_bytes()
                except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                    continue
        raise TemplateError.at(f"templates/{name}", "no such template")

    def _read_references(self, name: str, data: bytes) -> list[str | None]:
        """Return the templates that one refers to; None stands for a name that is computed."""
        # Jinja takes longer to import than a small build takes, and its answer can be kept.
        from jinja2 import TemplateSyntaxError, meta

        from cermin.output.environment import NewspaperEnvironment

        try:
            tree = NewspaperEnvironment(self.folders, NullTranslations()).parse(data.decode(), name)
        except TemplateSyntaxError as error:
            raise template_error(error, name) from error
        except UnicodeDecodeError as error:
            raise TemplateError.at(f"templates/{name}", "not UTF-8", "save the file as UTF-8") from error
        return list(meta.find_referenced_templates(tree))

    def _all_templates(self) -> list[str]:
        paths = ((folder, path) for folder in self.folders for path in folder.rglob("*"))
        return sorted({path.relative_to(folder).as_posix() for folder, path in paths if path.suffix in TEMPLATES})


def load_theme(own: Path, *, search: bool = True) -> Theme:
    """Look through the mirror's ``own`` templates and the built-in ones; without ``search`` its script is left out."""
    builtin = builtin_folder()
    folders = tuple(dict.fromkeys(folder.resolve() for folder in (own, builtin) if folder.is_dir()))
    assets: dict[str, str] = {}
    sources: dict[str, tuple[Path, ...]] = {}
    stylesheet = ""
    for path, source in _files_below(folders, "static").items():
        hashed = digest(source.read_bytes())
        address = path
        if path == STYLESHEET:
            address = stylesheet = f"static/style.{hashed[:8]}.css"
        assets[address] = hashed
        sources[address] = (source,)
    if search:
        files = _files_below(folders, "search")
        parts = (*(source for path, source in files.items() if path.endswith(".js") and path != SCRIPT), files[SCRIPT])
        hashed = digest(b"".join(source.read_bytes() for source in parts))
        address = f"static/search.{hashed[:8]}.js"
        licence = f"static/{LICENCE.rpartition('/')[2]}"
        assets |= {address: hashed, licence: digest(files[LICENCE].read_bytes())}
        sources |= {address: parts, licence: (files[LICENCE],)}
    return Theme(folders, stylesheet, assets, sources)


def _files_below(folders: tuple[Path, ...], name: str) -> dict[str, Path]:
    found: dict[str, Path] = {}
    for folder in reversed(folders):
        for source in sorted((folder / name).rglob("*")):
            path = source.relative_to(folder).as_posix()
            if source.is_file() and not any(part.startswith(".") for part in path.split("/")):
                found[path] = source
    return dict(sorted(found.items()))


def template_error(error: Exception, name: str, folders: tuple[Path, ...] = ()) -> TemplateError:
    """Return what a template in one of ``folders`` did wrong, with its place."""
    from jinja2 import TemplateSyntaxError

    if isinstance(error, TemplateSyntaxError):
        return TemplateError.at(f"templates/{error.name or name}:{error.lineno}", error.message or "cannot be parsed")
    place, line = f"templates/{name}", 0
    frame = error.__traceback__
    while frame:
        filename = frame.tb_frame.f_code.co_filename
        if filename.endswith((".html", ".xml", ".txt")):
            place, line = f"templates/{_name_below(folders, Path(filename))}", frame.tb_lineno
        frame = frame.tb_next
    return TemplateError(Fault(f"{place}:{line}" if line else place, f"{type(error).__name__}: {error}"))


def _name_below(folders: tuple[Path, ...], path: Path) -> str:
    return next((path.relative_to(folder).as_posix() for folder in folders if path.is_relative_to(folder)), path.name)
