"""Pages -> files: what a worker does."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from functools import cached_property
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from cermin.config import Config
from cermin.errors import CerminError, Fault, OutputError
from cermin.files import put, put_new
from cermin.output.theme import Theme, load_theme
from cermin.records import Failure, Page, Written

if TYPE_CHECKING:
    from cermin.output.rendering import Renderer


class MakePages:
    """Renders pages and writes them; sent to each worker once.

    Where ``is_new``, output/ is not there yet: files go to a folder beside it, which takes its name when all are made.
    Nobody sees them before, so each is written straight to its place.
    """

    def __init__(self, config: Config, *, is_new: bool = False) -> None:
        self._config = config
        self._is_new = is_new
        self.folder = config.output.with_name(f".{config.output.name}.new") if is_new else config.output
        """Where the files go."""
        if is_new:
            shutil.rmtree(self.folder, ignore_errors=True)

    def __getstate__(self) -> tuple[Config, bool, Path]:
        return self._config, self._is_new, self.folder

    def __setstate__(self, state: tuple[Config, bool, Path]) -> None:
        self._config, self._is_new, self.folder = state

    @cached_property
    def theme(self) -> Theme:
        """The theme that pages are rendered with."""
        return load_theme(self._config.templates, search=self._config.site.search)

    @cached_property
    def renderer(self) -> Renderer:
        """What renders pages; loaded when the first is to be made."""
        # A build that renders nothing does without Jinja and Babel.
        from cermin.output.rendering import Renderer

        return Renderer(self._config, self.theme)

    def __call__(self, pages: Sequence[Page]) -> list[Written | Failure]:
        """Make the pages; one that fails comes back as its Failure."""
        return [self._make(page) for page in pages]

    def _make(self, page: Page) -> Written | Failure:
        try:
            data = self.renderer.render(page)
            status = put_new(self.folder, page.path, data) if self._is_new else put(self.folder, page.path, data)
            return Written(page.path, status, len(data), sha256(data).digest())
        except CerminError as error:
            return Failure(page.path, self.place(error.faults[0]))

    def place(self, fault: Fault) -> Fault:
        """Return the fault with the folder named as a person knows it."""
        return fault._replace(place=fault.place.replace(str(self.folder), str(self._config.output)))

    def show(self) -> None:
        """Give a new output folder its name. Raises OutputError."""
        if self._is_new and self.folder.exists():
            try:
                self.folder.rename(self._config.output)
            except OSError as error:
                raise OutputError.at(self._config.output, f"cannot be made: {error.strerror}") from error
