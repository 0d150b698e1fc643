"""Saved pages, and bodies in HTML -> manuscripts."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from cermin.records import FRAGMENT, Capture
from cermin.seeds.blocks import HEADINGS, Block, Box, Outline, Span, outline
from cermin.seeds.dates import Clock, read_date
from cermin.seeds.heading import are_names, fold_title, split_names
from cermin.seeds.lines import Piece
from cermin.seeds.manuscript import Manuscript, Markup
from cermin.seeds.markup import DEEPEST, parse_html
from cermin.seeds.page_body import ARTICLE, SUMMED_UP, select_body, select_fragment
from cermin.seeds.page_fallback import find_other_text
from cermin.seeds.page_heading import Headline, find_headline, find_standalone_title, fold_sites, squeeze
from cermin.seeds.page_metadata import PageMetadata, is_same_site, read_metadata
from cermin.seeds.published import find_date
from cermin.seeds.rendering import CELLS, make_safe

MARGIN = 12
"""Blocks around the headline, and behind the article, that may hold its date and byline."""
LONGEST_MARGINAL = 200

MOST_ITEMS = 99_999
"""Number that a list may begin with, at most."""
MOST_NAMES = 10

_PLACES = {
    "li": "item", "ul": "list", "ol": "list", "blockquote": "quotation", "table": "table", "tr": "row", "td": "cell",
    "th": "cell",
}  # fmt: skip
_YEAR = re.compile(r"(?<!\d)(?:19|20)\d\d(?!\d)")
_DAY_IN_ADDRESS = re.compile(r"/((?:19|20)\d\d)[/-](\d\d?)[/-](\d\d?)(?=[/-])")
_ELSEWHERE = frozenset(
    {"aside", "promotion", "related", "teaser", "comments", "navigation", "links", "heading of links"}
)
_LABEL = re.compile(r"(?:by|oleh|penulis|reporter|written by|von|por|par|author|автор) ?:? +", re.IGNORECASE)
_NO_NAME = re.compile(
    r"https?://|www\.|@|^\W*$|^(?:admin|administrator|editor|redaksi|redaktion|newsroom|staff|user|guest"
    r"|published|posted|updated|last updated|on|at|diperbarui|diterbitkan|aktualisiert)$",
    re.IGNORECASE,
)
_PARTS = re.compile(
    r"\s*[|•·–—(@]\s*|\s+[-/]\s+|,\s+@|\s{2,}|\s+(?:published|posted|updated|in|for|on)\s", re.IGNORECASE
)
_ENDS = " \t|•·–—-,;:/"
_SLUG = re.compile(r"[a-z0-9._-]+")
_CREDENTIAL = re.compile(r"(?:[A-Z]\.?){2,5}|Ph\.?D\.?|M\.?Sc\.?")
_BETWEEN = frozenset({"links", "related", "teaser", "beyond links"})
_MARGINAL = frozenset({"byline", "outside the article", "before the article", "behind the article"})
_ANY_ORDER = Clock(order="dmy")


def open_page(capture: Capture) -> Manuscript:
    """Return what a page says of its article, and its blocks as lines: those of the article, and around it."""
    try:
        parsed = parse_html(capture.data, capture.encoding)
    except ImportError as error:
        return Manuscript(
            capture, (), fault=f"HTML needs the library {error.name}: python -m pip install 'cermin[html]'"
        )
    if parsed.root is None:
        nothing = (
            "a page without elements" if capture.data.strip() else "white space alone" if capture.data else "empty"
        )
        return Manuscript(capture, (), fault=parsed.fault or nothing)
    page = outline(parsed.root)
    if page.depth > DEEPEST:
        return Manuscript(capture, (), fault=f"elements stand more than {DEEPEST} deep in one another")
    notes = [f"read as {parsed.encoding}, as the page or its bytes say"] if parsed.encoding != "utf-8" else []
    if capture.media_type == FRAGMENT:
        return _open_fragment(capture, page, notes)
    told = read_metadata(parsed.root, capture.data, capture.url)
    titles = [*filter(None, [capture.title]), *told.titles]
    headline = find_headline(page.blocks, titles, told.site_names, told.url)
    own = find_standalone_title(headline.title, told.document_title, told.shared_titles, told.site_names, told.url)
    if own:
        notes = [*notes, f'headline of the page: "{headline.title}"']
        headline = headline._replace(title=own)
    verdicts, way = select_body(page, headline.position, told)
    if other := find_other_text(capture.data, told, page, verdicts):
        way, paragraphs = other
        return _Opener(capture, page, told).open(headline, verdicts, [*notes, f"article found by {way}"], paragraphs)
    return _Opener(capture, page, told).open(headline, verdicts, [*notes, f"article found by {way}"])


def _open_fragment(capture: Capture, page: Outline, notes: list[str]) -> Manuscript:
    opener = _Opener(capture, page, PageMetadata(base=capture.url))
    return opener.open(Headline("", None), select_fragment(page).verdicts, notes)


class _Opener:
    """Makes the manuscript of one page. The number of a line is that of its block, counted from 1."""

    def __init__(self, capture: Capture, page: Outline, told: PageMetadata) -> None:
        self._capture = capture
        self._page = page
        self._told = told
        self._around = _find_around(page.boxes)
        self._numbers: dict[int, int] = {}
        self._next: dict[int, int] = {}
        self._lines: list[tuple[int, str]] = []
        self._pieces: list[Piece] = []
        self._markup: dict[int, Markup] = {}
        self._dates: list[tuple[str, str]] = [("metadata of the page", date) for date in told.dates]

    def open(
        self, found: Headline, verdicts: Sequence[str], notes: Sequence[str], paragraphs: Sequence[str] = ()
    ) -> Manuscript:
        """Return the manuscript for the verdicts on the blocks; ``paragraphs`` are text that no block holds."""
        blocks = self._page.blocks
        title, headline = found
        margin = _find_margin(blocks, headline, verdicts)
        if headline is not None:
            self._settle(headline, "title", "headline", title)
        if self._capture.media_type != FRAGMENT:
            self._find_dates(headline, verdicts)
        rows = dict(_find_rows(self._page, self._around, verdicts))
        captions = _find_captions(blocks, verdicts)
        for position, block in enumerate(blocks):
            if position in captions:
                self._add_picture(position, block.text, blocks[captions[position]].target)
            elif verdicts[position] == ARTICLE and block.kind == "img":
                self._add_lone_picture(position, block, is_told=position in captions.values())
            elif verdicts[position] == ARTICLE and position in rows:
                self._add_row(position, rows[position])
            elif verdicts[position] == ARTICLE:
                self._add_line(position, block)
            elif position in margin:
                self._add_marginal(position, block, is_above=headline is not None and position < headline)
            elif position != headline:
                self._add_rest(position, block, verdicts[position])
        self._lines += enumerate(paragraphs, start=len(blocks) + 1)
        return Manuscript(
            capture=self._complete(title, self._find_authors(headline, verdicts), margin),
            lines=self._lines,
            margin={position + 1: f"page: {verdicts[position]}" for position in margin},
            pieces=self._pieces,
            markup=self._markup,
            dates=self._dates,
            repairs=self._page.repairs,
            notes=notes,
        )

    def _settle(self, position: int, fate: str, rule: str, value: str = "") -> None:
        block = self._page.blocks[position]
        self._pieces.append(Piece(position + 1, block.text or block.target, fate, f"page: {rule}", value))

    def _add_line(self, position: int, block: Block) -> None:
        self._lines.append((position + 1, block.text))
        markup = self._describe(block)
        if markup.kind != "paragraph" or markup.spans:
            self._markup[position + 1] = markup

    def _add_row(self, position: int, cells: Sequence[Block]) -> None:
        if cells:
            self._lines.append((position + 1, CELLS.join(cell.text for cell in cells)))
            self._markup[position + 1] = Markup("row", group=self._around["table"][cells[0].box])

    def _add_marginal(self, position: int, block: Block, *, is_above: bool) -> None:
        if not is_above and read_date(block.text, _ANY_ORDER):
            self._settle(position, "date", "date line", block.text)
        else:
            self._lines.append((position + 1, block.text))

    def _add_rest(self, position: int, block: Block, verdict: str) -> None:
        is_summary = verdict == SUMMED_UP
        self._settle(position, "summary" if is_summary else "cut", verdict, block.text if is_summary else "")

    def _add_picture(self, position: int, words: str, target: str) -> None:
        self._settle(position, "body", "caption", words)
        self._markup[position + 1] = Markup("picture", target=make_safe(target, self._told.base))

    def _add_lone_picture(self, position: int, block: Block, *, is_told: bool) -> None:
        target = make_safe(block.target, self._told.base)
        if is_told or not block.text or not target:
            self._settle(position, "cut", "picture with a caption" if is_told else "picture without words")
            return
        self._settle(position, "body", "picture", block.text)
        self._markup[position + 1] = Markup("picture", target=target)

    def _find_dates(self, headline: int | None, verdicts: Sequence[str]) -> None:
        """Gather what the page shows near its headline, and its address, that may say when it was published."""
        near = self._near(headline, verdicts)
        times = [(position, moment) for position, moment in self._page.times if position in near]
        self._dates += [("time element of the page", moment) for _, moment in times]
        last = max((position for position, verdict in enumerate(verdicts) if verdict == ARTICLE), default=0)
        for position in near:
            text = self._page.blocks[position].text
            # A paragraph may name another day, and a footer the year of its own.
            is_line = verdicts[position] != ARTICLE and position < last
            if len(text) <= LONGEST_MARGINAL and _YEAR.search(text) and (is_line or read_date(text, _ANY_ORDER)):
                self._dates.append((f"block {position + 1}", text))
        if day := _DAY_IN_ADDRESS.search(self._told.url):
            self._dates.append(("address of the page", "-".join(day.groups())))

    def _describe(self, block: Block) -> Markup:
        spans = tuple(self._resolve(block.spans))
        if block.kind in HEADINGS:
            return Markup("heading", level=max(2, int(block.kind[1])), spans=spans)
        item, owner, quotation = (self._around[name][block.box] for name in ("item", "list", "quotation"))
        if item and owner and item > owner:
            is_numbered = self._page.boxes[owner].tag == "ol"
            marker = f"{self._number(item, owner)}." if is_numbered else "-"
            return Markup("item", group=owner, marker=marker, spans=spans)
        if quotation:
            return Markup("quotation", group=quotation, spans=spans)
        return Markup("paragraph", spans=spans)

    def _resolve(self, spans: Iterable[Span]) -> Iterator[Span]:
        for span in spans:
            if span.style != "link":
                yield span
            elif target := make_safe(span.target, self._told.base):
                yield span._replace(target=target)

    def _number(self, item: int, owner: int) -> int:
        """Return the number of a list's item, which its list counts from its start."""
        if item not in self._numbers:
            start = self._page.boxes[owner].element.get("start", "1")
            first = int(start) if start.isdecimal() and len(start) <= len(str(MOST_ITEMS)) else 1
            self._numbers[item] = self._next.get(owner, first)
            self._next[owner] = self._numbers[item] + 1
        return self._numbers[item]

    def _complete(self, title: str, authors: Sequence[str], margin: Collection[int]) -> Capture:
        """Return the capture with what the page tells where its container says nothing."""
        capture, told = self._capture, self._told
        if capture.media_type == FRAGMENT:
            return capture
        return replace(
            capture,
            url=told.url if is_same_site(told.url, capture.url) else capture.url,
            title=title or capture.title,
            author=capture.author or ", ".join(authors),
            section=capture.section or told.section,
            tags=capture.tags or told.tags,
            summary=capture.summary or self._choose_summary(title, margin),
            language=capture.language or told.language,
        )

    def _find_authors(self, headline: int | None, verdicts: Sequence[str]) -> list[str]:
        """Return the names of the first byline that holds any: of those that machines are told, then of those shown.

        The name of the outlet is taken only where readers see it as the author's.
        """
        told = self._told
        sites = fold_sites(told.site_names, told.url)
        for byline in told.authors:
            names = [name for name in read_names(byline) if squeeze(name) not in sites]
            if names:
                return names
        near = self._near(headline, verdicts)
        named = [read_names(text) for position, text in self._page.authors if position in near]
        bylines = [(self._page.blocks[position].text, verdicts[position]) for position in near]
        shown = [read_byline(text, is_byline=verdict == "byline") for text, verdict in bylines if verdict != ARTICLE]
        return next(filter(None, [*named, *shown]), [])

    def _near(self, headline: int | None, verdicts: Sequence[str]) -> dict[int, None]:
        """Return the positions of blocks around the headline and behind the text, the likeliest first."""
        kept = [position for position, verdict in enumerate(verdicts) if not verdict] or [0]
        first, last = kept[0], kept[-1]
        start = min(first, headline if headline is not None else first)
        near = [
            *range(start, first + MARGIN // 2)[: 3 * MARGIN],
            *range(max(0, start - MARGIN), start),
            *range(last, last + MARGIN),
        ]
        return dict.fromkeys(
            position for position in near if position < len(verdicts) and verdicts[position] not in _ELSEWHERE
        )

    def _choose_summary(self, title: str, margin: Collection[int]) -> str:
        """Return the page's summary, unless it is the title or the beginning of the text."""
        told = self._told.summary.rstrip(" .…[]")
        first = next((text for number, text in self._lines if number - 1 not in margin), "")
        is_news = fold_title(told) != fold_title(title) and not squeeze(first).startswith(squeeze(told))
        return self._told.summary if is_news else ""


# --- what stands where ---


def _find_around(boxes: Sequence[Box]) -> dict[str, list[int]]:
    """Return, for each place that an element makes, the position of the innermost one around each box; 0 for none."""
    around: dict[str, list[int]] = {name: [0] * len(boxes) for name in dict.fromkeys(_PLACES.values())}
    for position, box in enumerate(boxes):
        if not position:
            continue
        for found in around.values():
            found[position] = found[box.parent]
        if place := _PLACES.get(box.tag):
            around[place][position] = position
    return around


def _find_margin(blocks: Sequence[Block], headline: int | None, verdicts: Sequence[str]) -> set[int]:
    """Return the positions of short blocks around the article that may say when and by whom it was written."""
    kept = [position for position, verdict in enumerate(verdicts) if not verdict]
    if not kept:
        return set()
    first, last = kept[0], kept[-1]
    top = range(max(0, (headline if headline is not None else first) - MARGIN // 2), first)
    around = {*top[: 3 * MARGIN], *range(last + 1, min(last + 1 + MARGIN // 2, len(blocks)))}
    return {
        position
        for position in [*top[: 3 * MARGIN], *range(first, min(last + 1 + MARGIN // 2, len(blocks)))]
        if blocks[position].kind != "img"
        and len(blocks[position].text) <= LONGEST_MARGINAL
        and verdicts[position] in (_MARGINAL if position in around else _BETWEEN)
    }


def _find_captions(blocks: Sequence[Block], verdicts: Sequence[str]) -> dict[int, int]:
    """Return the positions of captions of the article's pictures, with those of their pictures."""
    captions: dict[int, int] = {}
    kept = [position for position, verdict in enumerate(verdicts) if not verdict]
    if not kept:
        return captions
    picture = None
    for position in range(kept[0], kept[-1] + 1):
        if blocks[position].kind == "img":
            picture = position if not verdicts[position] or verdicts[position] == "caption" else None
        elif verdicts[position] == "caption" and picture is not None:
            captions[position] = picture
            picture = None
        elif verdicts[position] != "caption":
            picture = None
    return captions


def _find_rows(
    page: Outline, around: Mapping[str, Sequence[int]], verdicts: Sequence[str]
) -> Iterator[tuple[int, list[Block]]]:
    """Yield the cells of each row of a table of data at the position of its first cell; nothing at those of others."""
    rows: dict[int, list[int]] = {}
    for position, block in enumerate(page.blocks):
        if not verdicts[position] and around["row"][block.box] and block.kind != "img":
            rows.setdefault(around["row"][block.box], []).append(position)
    tables: dict[int, list[int]] = {}
    for row, positions in rows.items():
        tables.setdefault(around["table"][page.blocks[positions[0]].box], []).append(row)
    for own in tables.values():
        if _is_data(page, around, [rows[row] for row in own]):
            for row in own:
                yield rows[row][0], [page.blocks[position] for position in rows[row]]
                yield from ((position, []) for position in rows[row][1:])


def _is_data(page: Outline, around: Mapping[str, Sequence[int]], rows: Sequence[Sequence[int]]) -> bool:
    """Whether rows have as many cells each, two or more, and a short text in each of them."""
    width = len(rows[0])
    return (
        width > 1
        and len(rows) > 1
        and all(
            len(row) == width
            and len({around["cell"][page.blocks[position].box] for position in row}) == width
            and all(
                len(page.blocks[position].text) <= LONGEST_MARGINAL and CELLS not in page.blocks[position].text
                for position in row
            )
            for row in rows
        )
    )


# --- fields ---


def read_byline(text: str, *, is_byline: bool) -> list[str]:
    """Return the names with which a line begins that is a byline by its place or by its label."""
    if len(text) > LONGEST_MARGINAL:
        return []
    date = find_date(text)
    label = _LABEL.match(text)
    rest = (text.replace(date, " | ") if date else text)[label.end() if label else 0 :]
    first = next((part for part in _PARTS.split(rest) if part), "").strip(_ENDS)
    return read_names(first) if (label or is_byline) and are_names(first) else []


def read_names(byline: str) -> list[str]:
    """Return the names of a byline, without its label and date; none for addresses and names that machines have."""
    if _NO_NAME.search(byline) or len(byline) > LONGEST_MARGINAL:
        return []
    date = find_date(byline)
    names = [
        _LABEL.sub("", name.strip(_ENDS), count=1)
        for name in split_names(byline.replace(date, " ") if date else byline)
    ]
    return [
        name
        for name in names
        if not _NO_NAME.search(name)
        and not _CREDENTIAL.fullmatch(name)
        and not _SLUG.fullmatch(name)
        and not _LABEL.fullmatch(f"{name} ")
    ][:MOST_NAMES]
