"""One tree of errors, free of any command line.

    CerminError            one fault or several, each with place, verdict and hint
    ├── UsageError         the call's words are off (exit code 2)
    ├── ConfigError        cermin.toml or an outlet profile cannot be used
    ├── SeedError          a capture cannot be read at all
    ├── ContentError       an article file is not what the contract asks for
    ├── TemplateError      a template is missing or fails
    ├── ManifestError      a manifest is not what cermin writes
    ├── SignatureError     a manifest cannot be signed, or its signature is not good
    ├── PlaceError         a copy of a site cannot be read where it is
    ├── OutputError        output/ cannot be written or is not ours
    ├── DeployError        a place cannot be deployed to, or a deploy stopped
    └── BusyError          another cermin works on this mirror

Errors of libraries are turned into these where the library is called, and nowhere else.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import NamedTuple, Self


class Fault(NamedTuple):
    """One thing that is wrong, in the words a person needs.

    ``place`` is a file, a file with line (``a.md:4``) or empty; ``verdict`` says what is wrong, with the evidence, in
    lower case and without a full stop; ``hint`` says the way out and may be empty.
    """

    place: str
    verdict: str
    hint: str = ""

    def __str__(self) -> str:
        return f"{self.place}: {self.verdict}" if self.place else self.verdict


class CerminError(Exception):
    """What stops a piece of work; carries every fault found, not only the first."""

    def __init__(self, *faults: Fault) -> None:
        super().__init__(*faults)
        self.faults = faults

    @classmethod
    def at(cls, place: object, verdict: str, hint: str = "") -> Self:
        """Return an error of this class with the one fault."""
        return cls(Fault(str(place), verdict, hint))

    def __str__(self) -> str:
        return "\n".join(map(str, self.faults))


class UsageError(CerminError):
    """The words of the call are off."""


class ConfigError(CerminError):
    """Settings that cannot be used."""


class SeedError(CerminError):
    """A capture that cannot be read."""


class ContentError(CerminError):
    """An article file that breaks the contract."""


class TemplateError(CerminError):
    """A template that is missing or fails."""


class StemmerError(CerminError):
    """A stemmer that cannot be put into a browser's language."""


class OutputError(CerminError):
    """An output folder that cannot be written."""


class ManifestError(CerminError):
    """A manifest that is damaged, or that something else made."""


class DeployError(CerminError):
    """A place that cannot be deployed to, or a deploy that stopped."""


class SignatureError(CerminError):
    """A signature that cannot be made, or is not good."""


class PlaceError(CerminError):
    """A copy of a site that cannot be read where it is."""


class BrokenCatalogueError(CerminError):
    """A catalogue that was damaged, and is gone now."""


class BusyError(CerminError):
    """Another cermin works on the same mirror."""


def guess(word: str, known: Iterable[str]) -> str:
    """Return ``(did you mean "…"?)`` with a leading space when one of ``known`` is near ``word``, else nothing."""
    near = difflib.get_close_matches(word, list(known), n=1)
    return f' (did you mean "{near[0]}"?)' if near else ""
