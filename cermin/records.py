"""The frozen records that travel between the stages: Capture -> Reading -> Article -> Entry -> Page -> Written.

All are picklable and none touches a disk. Records that exist by the hundred thousand and are rows of the catalogue
(`Teaser`, `Entry`, `Page`, `Written`) are named tuples: they are built from a row, hashed and sent to workers at the
speed of a tuple. The few others are frozen dataclasses.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any, NamedTuple

from cermin.errors import Fault

# --- 1. seeds/: what was received, and what was understood --------------------------------------------------------


UNKNOWN = "unknown"
"""The outlet of captures that no profile recognises."""
TEXT = "text/plain"
"""Media type of captures that are lines of text, heading and all, or the bare body that a container holds."""
PAGE = "text/html"
"""Media type of captures that are saved pages: the article stands among menus, advertisements and scripts."""
FRAGMENT = "text/html; fragment"
"""Media type of captures that are an article's body alone in HTML, as feeds and tables hold it."""


@dataclass(frozen=True, slots=True)
class Capture:
    """What was received: one article as somebody captured it, with what its container says of it."""

    seed_path: str
    """Path below seeds/, with forward slashes."""
    media_type: str
    """What ``data`` is: `TEXT`, `PAGE` or `FRAGMENT`."""
    data: bytes
    part: str = ""
    """Number or name of the record in a table, feed or web archive; empty where the file is the capture."""
    url: str = ""
    captured: str = ""
    """ISO 8601 time of the capture, empty when unknown."""
    title: str = ""
    date: str = ""
    """The date as the container writes it."""
    author: str = ""
    """The byline as the container writes it: one name or several."""
    section: str = ""
    tags: tuple[str, ...] = ()
    summary: str = ""
    source: str = ""
    """The outlet as the container names it: an id, a name or a domain."""
    language: str = ""
    """BCP 47 tag, as the container tells it."""
    encoding: str = ""
    """Encoding of ``data`` as the container tells it: the charset of an HTTP header."""
    notes: tuple[str, ...] = ()
    """What a person should know of how the capture was taken from its container."""

    @property
    def seed(self) -> str:
        """The capture's name in front matter and messages: ``path`` or ``path#part``."""
        return f"{self.seed_path}#{self.part}" if self.part else self.seed_path


@dataclass(frozen=True, slots=True)
class Published:
    """When an article was published, told no more exactly than the capture tells it."""

    value: str
    """``2024-06-20`` or ``2024-06-20T13:40:00``, with ``+07:00`` behind it where the zone is known."""
    precision: str
    """``day`` or ``minute``."""
    source: str
    """Where the date came from, for `explain`: ``line 3``, ``container``."""


class Kin(NamedTuple):
    """The other captures of an article, as its front matter names them."""

    duplicates: tuple[str, ...] = ()
    """The captures that say the same, in the order of their names."""
    revision_of: str = ""
    """Path below content/ of the article that this is another version of; empty where it is none."""
    revisions: tuple[str, ...] = ()
    """Paths below content/ of the other versions of this article."""


NO_KIN = Kin()


@dataclass(frozen=True, slots=True)
class Article:
    """What was understood of a capture."""

    title: str
    outlet: str
    lang: str
    body: str
    """Markdown: paragraphs with an empty line between them; a see-also stands as ``Baca juga: [[title]]``."""
    seed: str
    sha256: str
    published: Published | None = None
    authors: tuple[str, ...] = ()
    editor: str = ""
    agency: str = ""
    place: str = ""
    section: str = ""
    tags: tuple[str, ...] = ()
    url: str = ""
    summary: str = ""
    kin: Kin = NO_KIN


class Familiar(NamedTuple):
    """Lines that were learned to be furniture of one source of captures."""

    captures: int
    """Of that source."""
    lines: Mapping[int, int]
    """In how many of them a line stands, by its key."""


NOTHING_LEARNED: Mapping[str, Familiar] = MappingProxyType({})


class Line(NamedTuple):
    """What became of one line of a capture.

    ``fate`` is a field (``title``, ``date``, ``author``, ``editor``, ``agency`` …), ``body``, ``see-also`` or ``cut``;
    ``rule`` names the rule that decided, as `explain` prints it (``genpi: promo``, ``id: see-also``).
    """

    number: int
    text: str
    fate: str
    rule: str


@dataclass(frozen=True, slots=True)
class Reading:
    """The outcome of reading one capture: an article, or the reason why it gave none; and every line's fate."""

    seed: str
    sha256: str
    article: Article | None
    quarantine: str = ""
    """Why the capture gave no article; empty when it gave one."""
    lines: tuple[Line, ...] = ()
    repairs: tuple[tuple[str, int], ...] = ()
    """What was mended and how often: ``("no-break space", 7)``."""
    notes: tuple[str, ...] = ()
    """What a person should know: how an ambiguous date was resolved, for example."""
    source: str = ""
    """The outlet or the place that the capture is from, among whose captures lines that repeat are furniture."""
    keys: bytes = b""
    """Of the lines of its body that may be furniture."""
    address: str = ""
    """The article's address, folded so that all captures of one page have the same; empty when unknown."""
    title: str = ""
    """The article's title, as titles of captures are compared; empty where it has none of its own."""
    sketch: bytes = b""
    """The sentences of the article, as captures are compared by them."""
    marks: str = ""
    """JSON list of the hashes of some sentences, by which articles like it are found; empty for a short text."""


# --- 2. content/ -> catalogue: an article as lists and pages need it -----------------------------------------------


class Teaser(NamedTuple):
    """An article as a list shows it."""

    address: str
    """Path below output/: ``genpi/2024/06/slug.html``."""
    title: str
    date: str
    """As in the front matter; empty when unknown."""
    outlet: str
    lang: str
    section: str
    summary: str
    digest: str
    """Of what stands above, by which a list knows that it changed."""


class Entry(NamedTuple):
    """One article file, read: a row of the catalogue."""

    address: str
    title: str
    date: str
    outlet: str
    lang: str
    section: str
    summary: str
    authors: tuple[str, ...]
    editor: str
    agency: str
    place: str
    tags: tuple[str, ...]
    url: str
    aliases: tuple[str, ...]
    """Paths below output/ of the pages that stand for its old addresses."""
    revision_of: str
    """Path below content/ of the article that this is another version of, empty where it is none."""
    revisions: tuple[str, ...]
    """Paths below content/ of its own other versions, as it names them."""
    seed: str
    duplicates: tuple[str, ...]
    """Captures that say the same as ``seed``."""
    sha256: str
    excerpt: str
    """The first words of the body as plain text, for lists when there is no summary."""
    references: tuple[str, ...]
    """Titles named as ``[[title]]`` in the body, in order."""
    digest: str
    """Of the whole file, so that a page knows when its article changed."""
    text: str
    """Hash of title and body: two captures that give the same are twins."""
    body_at: int
    """Where the body begins in the file, in bytes."""

    @property
    def content_path(self) -> str:
        """Path below content/."""
        return self.address.removesuffix(".html") + ".md"


class Label(NamedTuple):
    """The name of a list of articles: a topic, author, section or outlet, with its hub, its size and its language."""

    name: str
    address: str
    count: int  # type: ignore[assignment]  # hides tuple.count, which nothing here asks for
    lang: str = ""
    """Of the name; empty for an outlet, whose profile tells it."""


# --- 3. and 4. the catalogue -> output/ ----------------------------------------------------------------------------


class Page(NamedTuple):
    """One file to make.

    ``template`` names a template, or is empty for a file copied from the theme; ``answers`` is plain data (strings,
    numbers, tuples, named tuples and dicts of them): everything that the page needs to know, and all that its key is
    made of beside the kind's shared inputs.
    """

    kind: str
    path: str
    """Below output/."""
    scope: str
    """The group of pages that is planned together: one list, one article."""
    number: int
    """Position in the scope: 0 for a hub or a lone page."""
    template: str
    answers: dict[str, Any]


class Written(NamedTuple):
    """A page that was made: ``status`` is ``new``, ``changed`` or ``same``."""

    path: str
    status: str
    size: int
    sha256: bytes
    """Of the file."""


class Failure(NamedTuple):
    """A page that could not be made, and why."""

    path: str
    fault: Fault
