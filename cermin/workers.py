"""What workers do where two stages meet: article files -> rows of the catalogue, and parts of a plan -> files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import NamedTuple

from cermin import content, output, site
from cermin.config import Config
from cermin.content import ContentFile, ReadFile
from cermin.records import Failure, Page
from cermin.site.catalogue import MadePage, PageRow


def read_rows(config: Config, files: Sequence[ContentFile]) -> list[tuple[ReadFile, site.Shelved | None]]:
    """Read article files; each comes with what the catalogue keeps of its entry."""
    return [
        (read._replace(entry=None), site.shelve(read.entry) if read.entry else None)
        for read in content.read_entries(config.content, files)
    ]


class MadePart(NamedTuple):
    """What became of the pages of a part."""

    size: int
    rows: list[MadePage]
    """Of pages that were made."""
    changed: list[str]
    """The paths of those whose files changed."""
    fresh: list[str]
    """Pages that were as they should be."""
    failures: list[tuple[str, Failure]]
    """Pages that could not be made, with their kind."""


class MakeParts:
    """Plans and makes the pages of parts by the catalogue as it was frozen; sent to each worker once."""

    def __init__(
        self, config: Config, make_pages: output.MakePages, shared: Mapping[str, int], *, is_new: bool
    ) -> None:
        self._config = config
        self._make_pages = make_pages
        self._shared = shared
        self.is_new = is_new
        """Whether no page is there yet."""

    def prepare(self) -> None:
        """Load what making pages needs, so that workers that are forked have it."""
        _ = self._make_pages.renderer

    @cached_property
    def _catalogue(self) -> site.Catalogue:
        return site.open_frozen(self._config.state)

    @cached_property
    def _ask(self) -> site.Queries:
        return site.Queries(self._catalogue, self._config, self._make_pages.theme.assets)

    def __call__(self, parts: Sequence[site.Part]) -> list[MadePart]:
        """Make the pages of each part that are stale."""
        return [self._make(part) for part in parts]

    def _make(self, part: site.Part) -> MadePart:
        done = MadePart(part.size, [], [], [], [])
        stale: list[Page] = []
        rows: dict[str, PageRow] = {}
        planned = site.plan_part(self._catalogue, self._ask, part, self._shared[part.kind], is_new=self.is_new)
        for page, row in planned:
            if row:
                stale.append(page)
                rows[page.path] = row
            else:
                done.fresh.append(page.path)
        for result in self._make_pages(stale):
            if isinstance(result, Failure):
                done.failures.append((part.kind, result))
                continue
            done.rows.append(MadePage(rows[result.path], result.sha256, result.size))
            if result.status != "same":
                done.changed.append(result.path)
        return done

    def close(self) -> None:
        """Close the catalogue, where this process opened it."""
        if "_catalogue" in self.__dict__:
            self._catalogue.close()
            del self.__dict__["_catalogue"], self.__dict__["_ask"]
