"""Pages -> bytes."""

from __future__ import annotations

import re
from calendar import Calendar
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache, partial
from hashlib import sha1
from itertools import groupby
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from jinja2 import TemplateError as JinjaError
from markupsafe import Markup, escape

import cermin
from cermin import addresses
from cermin.config import Config
from cermin.errors import CerminError, OutputError
from cermin.hosts import HEADERS, REDIRECTS
from cermin.output.address import mend_address, quote, readable, root_of
from cermin.output.article_body import read_body
from cermin.output.body_html import BodyRenderer
from cermin.output.charts import draw_timeline, shade
from cermin.output.citations import cite
from cermin.output.compiled import compiled_folder
from cermin.output.dataset import FIELDS
from cermin.output.environment import NewspaperEnvironment
from cermin.output.json_feed import item, write_feed
from cermin.output.structured_data import Copy, dataset, news_article
from cermin.output.theme import Theme, template_error
from cermin.output.translations import catalogue_paths
from cermin.output.words import Words, direction, load_words, locale_of
from cermin.records import UNKNOWN, Entry, Page, Teaser
from cermin.shortening import cut

FEED_BODIES = 64
"""Texts of articles that are remembered from one feed to the next."""
LONGEST_IN_FEED = 500_000
"""Characters of HTML; of a longer text feeds have the summary."""
REMEMBERED = 8192
"""Dates and numbers whose words are remembered."""
_AT_ANY_DEPTH = frozenset({"404.html", REDIRECTS, HEADERS})
"""Files that tell addresses from the root of the host on."""
_URL_NAMESPACE = bytes.fromhex("6ba7b8119dad11d180b400c04fd430c8")


class Day(NamedTuple):
    """A day of a calendar; one without articles has no address."""

    number: int
    address: str
    count: int  # type: ignore[assignment]  # hides tuple.count, which nothing here asks for
    shade: int


class Renderer:
    """Renders pages of one site."""

    def __init__(self, config: Config, theme: Theme) -> None:
        self._config = config
        self._content = str(config.content)
        self._words = load_words(config.site.language, catalogue_paths(config))
        self._theme = theme
        self._environment = NewspaperEnvironment(theme.folders, self._words.translations, compiled_folder(config))
        self._bodies = BodyRenderer()
        # An article stands in the feeds of the site, its outlet and its section, and in two forms.
        self._feed_body = lru_cache(FEED_BODIES)(self._render_feed_body)
        self._base_path = urlsplit(config.site.base_url).path or "/"
        self._prepare: dict[str, Callable[[Page, str], dict[str, Any]]] = {
            "article": self._article,
            "latest": self._list,
            "outlet": self._list,
            "section": self._list,
            "topic": self._list,
            "author": self._list,
            "day": self._list,
            "undated": self._list,
            "outlets": self._names,
            "year": self._year,
            "month": self._month,
            "front": self._front,
            "about": self._about,
            "alias": self._alias,
            "datasheet": self._datasheet,
            "search": self._search,
            "feed": self._feed,
            "sitemap": self._sitemap,
        }
        _fill_environment(self._environment, theme.stylesheet, config, self._words, self.outlet_name)

    def outlet_name(self, outlet: str) -> str:
        """Return the name of an outlet as its profile gives it; its id where there is no profile."""
        if outlet == UNKNOWN:
            return self._words.translations.gettext("Unknown outlet")
        profile = self._config.outlets.get(outlet)
        return profile.name if profile else outlet

    def _outlet_lang(self, outlet: str) -> str:
        """Return the language of an outlet's name; empty where its profile does not tell one."""
        profile = self._config.outlets.get(outlet)
        return profile.language if profile else ""

    def render(self, page: Page) -> bytes:
        """Return the bytes of a page.

        Raises TemplateError when a template fails, OutputError when an article's file changed since it was read.
        """
        if not page.template:
            return self._json_feed(page) if page.kind == "feed" else self._theme.asset(page.path)
        root = self._base_path if page.path in _AT_ANY_DEPTH else root_of(page.path)
        context: dict[str, Any] = {
            **page.answers,
            "root": Markup(root),  # noqa: S704 - dots and slashes, or the path of base_url, which is checked
            "path": page.path,
            "canonical": self._absolute(page.path),
        }
        try:
            if prepare := self._prepare.get(page.kind):
                context |= prepare(page, root)
            return self._environment.render(self._environment.get_template(page.template), context).encode()
        except CerminError:
            raise
        except (JinjaError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError) as error:
            raise template_error(error, page.template, self._theme.folders) from error

    # --- what a kind of page needs beside its answers -------------------------------------------------------------

    def _article(self, page: Page, root: str) -> dict[str, Any]:
        entry: Entry = page.answers["entry"]
        body = self._render_body(entry, page.answers["see_also"], root)
        is_alive, main = self._config.is_alive(entry.outlet), page.answers["main"]
        permalink = self._absolute(page.path)
        publisher = "" if entry.outlet == UNKNOWN else self.outlet_name(entry.outlet)
        # Of several copies, one stands for all (https://www.rfc-editor.org/rfc/rfc6596).
        canonical = entry.url if is_alive else self._absolute(main[0]) if main else permalink
        return {
            "canonical": canonical,
            "permalink": permalink,
            "noindex": is_alive or bool(entry.revision_of),
            "body": Markup(body),  # noqa: S704 - rendered from plain text, or sanitised
            "outlet": (self.outlet_name(entry.outlet), f"{entry.outlet}/index.html"),
            "original": self._config.original(entry.outlet),
            "section": addresses.named(addresses.SECTION, entry.section) if entry.section else None,
            "topics": [addresses.named(addresses.TOPIC, tag) for tag in entry.tags],
            "authors": [addresses.named(addresses.AUTHOR, name) for name in entry.authors],
            "feed": addresses.feed(addresses.OUTLET, entry.outlet),
            "structured_data": self._structured_data(page, entry, publisher, permalink),
            "citations": cite(entry, publisher, permalink, self._config.site.title),
        }

    def _alias(self, page: Page, root: str) -> dict[str, Any]:
        target = page.answers["target"]
        return {"canonical": self._absolute(target) or root + quote(target)}

    def _structured_data(self, page: Page, entry: Entry, publisher: str, permalink: str) -> Markup:
        main, versions = page.answers["main"], page.answers["versions"]
        profile = self._config.outlets.get(entry.outlet)
        copy = Copy(
            permalink,
            self._absolute(main[0]) if main else "",
            [self._absolute(version[0]) for version in versions] if permalink else (),
        )
        return news_article(entry, copy, publisher, profile.homepage if profile else "")

    def _render_body(self, entry: Entry, see_also: Iterable[tuple[str, str]], root: str) -> str:
        """Return a body as HTML; ``see_also`` tells the address of each title that it names, empty where unknown."""
        body = read_body(self._content, entry)
        targets = {title: target for title, target in see_also if target and target != entry.address}
        try:
            return self._bodies.render(body, targets, root)
        except (RecursionError, ValueError) as error:
            place, hint = f"content/{entry.content_path}", "lists or quotations may stand too deep in one another"
            raise OutputError.at(place, f"the body cannot be made into HTML: {error}", hint) from error

    def _render_feed_body(self, entry: Entry, see_also: tuple[tuple[str, str], ...]) -> str:
        body = self._render_body(entry, see_also, self._config.site.base_url or root_of(entry.address))
        return body if len(body) <= LONGEST_IN_FEED else f"<p>{escape(entry.summary or entry.excerpt)}</p>"

    def _list(self, page: Page, root: str) -> dict[str, Any]:  # noqa: ARG002
        name, gettext = page.answers["name"], self._words.translations.gettext
        if page.kind == "latest":
            return {"name": gettext("Latest")}
        if page.kind == "undated":
            return {"name": gettext("Without a date")}
        if page.kind == "day":
            return {"name": self._words.long_date(name)}
        if page.kind == "outlet":
            profile = self._config.outlets.get(name)
            return {
                "name": self.outlet_name(name),
                "name_lang": self._outlet_lang(name),
                "original": self._config.original(name),
                "homepage": profile.homepage if profile else "",
            }
        return {}

    def _names(self, page: Page, root: str) -> dict[str, Any]:  # noqa: ARG002
        return {"labels": self._outlet_labels(page.answers["labels"])}

    def _front(self, page: Page, root: str) -> dict[str, Any]:  # noqa: ARG002
        return {"outlets_list": self._outlet_labels(page.answers["outlets_list"])}

    def _about(self, page: Page, root: str) -> dict[str, Any]:  # noqa: ARG002
        rows = []
        for label, first, last in page.answers["outlets_list"]:
            profile = self._config.outlets.get(label.name)
            named = self._outlet_labels([label])[0]
            rows.append((named, self._config.original(label.name), profile.homepage if profile else "", first, last))
        return {"outlets_list": rows}

    def _datasheet(self, page: Page, root: str) -> dict[str, Any]:  # noqa: ARG002
        answers, site, words = page.answers, self._config.site, self._words
        outlets = [(id_, self.outlet_name(id_), self._outlet_lang(id_), n) for id_, n in answers["outlets_list"]]
        languages = [(tag, words.language_name(tag), "", n) for tag, n in answers["languages"]]
        return {
            "file": addresses.DATASET,
            "fields": [(name, answers["present"].get(name, 0)) for name in FIELDS],
            "file_size": words.size(answers["size"]),
            "unpacked_size": words.size(answers["unpacked"]),
            "outlets_list": outlets,
            "languages": languages,
            "structured_data": dataset(
                site.title,
                site.description or words.translations.gettext("All articles of this mirror in one file"),
                self._absolute(page.path),
                self._absolute(addresses.DATASET) or addresses.DATASET.rpartition("/")[2],
                answers,
            ),
        }

    def _search(self, page: Page, root: str) -> dict[str, Any]:  # noqa: ARG002
        outlets = [(id_, self.outlet_name(id_), self._outlet_lang(id_)) for id_ in page.answers["outlets_list"]]
        return {"outlets_list": sorted(outlets, key=lambda outlet: (outlet[1].casefold(), outlet[0]))}

    def _outlet_labels(self, labels: list[Any]) -> list[Any]:
        return [
            label._replace(name=self.outlet_name(label.name), lang=self._outlet_lang(label.name)) for label in labels
        ]

    def _month(self, page: Page, root: str) -> dict[str, Any]:  # noqa: ARG002
        counts = {day: count for day, _, count, _ in page.answers["days"]}
        return {
            "weekdays": [(day.name, day.short) for day in self._words.weekdays],
            "weeks": self._weeks(page.answers["month"], counts, max(counts.values())),
        }

    def _year(self, page: Page, root: str) -> dict[str, Any]:  # noqa: ARG002
        counts = dict(page.answers["days"])
        most = max(counts.values())
        return {
            "weekdays": [(day.name, day.narrow) for day in self._words.weekdays],
            "calendars": [
                (month, address, count, self._weeks(f"{page.answers['year']}-{month:02}", counts, most))
                for month, address, count in page.answers["months"]
            ],
        }

    def _weeks(self, month: str, counts: Mapping[str, int], most: int) -> list[list[Day]]:
        """Return the weeks of a month (``2024-06``); the days before and behind it have the number 0."""
        weeks = Calendar(self._words.first_week_day).monthdayscalendar(*map(int, month.split("-")))
        return [[_day(f"{month}-{number:02}", number, counts, most) for number in week] for week in weeks]

    def _feed(self, page: Page, root: str) -> dict[str, Any]:
        whole, brief = self._feed_entries(page), page.answers["teasers"]
        newest = [time for _, _, time, _ in whole[:1]] or [_moment(teaser.date) for teaser in brief[:1]]
        return {
            "name": self._feed_name(page),
            "base": self._config.site.base_url or root,
            "feed_id": _urn(page.answers["current"]),
            "updated": newest[0] if newest else _moment("1970-01-01"),
            "whole": whole,
            "brief": [(teaser, _urn(teaser.address), _moment(teaser.date)) for teaser in brief],
        }

    def _feed_name(self, page: Page) -> str:
        name: str = page.answers["name"]
        return self.outlet_name(name) if page.answers["kind"] == addresses.OUTLET else name

    def _feed_entries(self, page: Page) -> list[tuple[Entry, str, str, str]]:
        """Return the articles of a feed that it holds whole, each with its id, its time and its text as HTML.

        The links of a text are absolute where the mirror's address is known, else relative to the article's page.
        """
        return [
            (entry, _urn(entry.address), _moment(entry.date), self._feed_body(entry, tuple(map(tuple, see_also))))
            for entry, see_also in zip(page.answers["entries"], page.answers["see_also"], strict=True)
        ]

    def _json_feed(self, page: Page) -> bytes:
        site = self._config.site
        name = self._feed_name(page)
        about = {
            "title": f"{site.title} · {name}" if name else site.title,
            "home_page_url": self._absolute(page.answers["hub"]),
            "feed_url": self._absolute(page.path),
            "description": site.description,
            "language": site.language,
        }
        return write_feed(about, [item(*told, self._absolute(told[0].address)) for told in self._feed_entries(page)])

    def _sitemap(self, page: Page, root: str) -> dict[str, Any]:  # noqa: ARG002
        if "files" in page.answers:
            return {"files": [self._absolute(path) for path in page.answers["files"]]}
        return {"rows": [(self._absolute(address), _last_modified(date)) for address, date in page.answers["rows"]]}

    def _absolute(self, path: str) -> str:
        """Return the absolute address of a page, by its full name but for the front page; nothing without base_url."""
        base = self._config.site.base_url
        return base and base + quote("" if path == "index.html" else path)


def _fill_environment(
    environment: NewspaperEnvironment, css: str, config: Config, words: Words, outlet_name: Callable[[str], str]
) -> None:
    site = config.site
    is_mail = "@" in site.contact and not site.contact.startswith(("mailto:", "http"))
    interface = direction(site.language)

    @lru_cache(REMEMBERED)
    def lang_attrs(lang: str) -> Markup:
        """Return the attributes of text in a language; none where it is that of the interface."""
        if not lang or lang == site.language:
            return Markup("")
        way = direction(lang)
        return Markup(f' lang="{escape(lang)}"' + (f' dir="{way}"' if way != interface else ""))  # noqa: S704

    @lru_cache(REMEMBERED)
    def xml_lang(lang: str) -> Markup:
        """Return the attribute of text in a language for XML; none where it is that of the interface."""
        return Markup(f' xml:lang="{escape(lang)}"' if lang and lang != site.language else "")  # noqa: S704

    @lru_cache(REMEMBERED)
    def lang_attr(lang: str) -> Markup:
        """Return the attribute of a name in a language, which stands in ``<bdi>``: its letters tell its direction."""
        return Markup(f' lang="{escape(lang)}"' if lang and lang != site.language else "")  # noqa: S704

    @lru_cache(REMEMBERED)
    def outlet_html(outlet: str) -> Markup:
        """Return the name of an outlet in its language."""
        profile = config.outlets.get(outlet)
        language = lang_attr(profile.language if profile else "")
        return Markup(f"<bdi{language}>{escape(outlet_name(outlet))}</bdi>")  # noqa: S704 - escaped

    environment.globals.update(
        site=site,
        css=css,
        generator=f"cermin {cermin.__version__}",
        lang=site.language,
        dir=interface,
        direction=direction,
        lang_attr=lang_attr,
        lang_attrs=lang_attrs,
        outlet_html=outlet_html,
        outlet_name=outlet_name,
        contact_href=f"mailto:{site.contact}" if is_mail else site.contact,
        noindex=False,
    )
    environment.filters.update(
        long_date=lru_cache(REMEMBERED)(words.long_date),
        long_date_time=lru_cache(REMEMBERED)(words.long_date_time),
        short_date=lru_cache(REMEMBERED)(words.short_date),
        month_name=lru_cache(REMEMBERED)(words.month_name),
        month_alone=words.month_alone,
        month_short=words.month_short,
        year_name=words.year_name,
        joints=words.joints,
        og_locale=lru_cache(REMEMBERED)(locale_of),
        shade=shade,
        timeline=partial(draw_timeline, is_rtl=interface == "rtl"),
        number=lru_cache(REMEMBERED)(words.number),
        lang_attr=lang_attr,
        lang_attrs=lang_attrs,
        xml_lang=xml_lang,
        outlet_html=outlet_html,
        outlet_name=outlet_name,
        direction=direction,
        url=quote,
        mended=mend_address,
        readable=readable,
        by_day=_by_day,
        cut=cut,
        teasers=_Teasers(environment),
    )


class _Teasers:
    """Renders articles as lists show them, once for all lists that show one alike."""

    MOST = 20_000
    """Pieces of HTML that are kept; then all are forgotten."""
    ROOT = Markup("\0")  # stands for the way to the root; no text holds it
    """What each list puts its own way to the root in place of."""

    def __init__(self, environment: NewspaperEnvironment) -> None:
        self._environment = environment
        self._made: dict[tuple[str, bool], dict[str, str]] = {}
        self._count = 0

    def __call__(self, teasers: Sequence[Teaser], root: str, heading: str, with_outlet: bool) -> Markup:
        """Return articles as items of a list, each with a line's end, for a page that reaches the root by ``root``."""
        alike = self._made.setdefault((heading, with_outlet), {})
        items = [alike.get(teaser.digest) or self._make(teaser, heading, with_outlet) for teaser in teasers]
        return Markup("".join(items).replace("\0", root))  # noqa: S704 - a template's output

    def _make(self, teaser: Teaser, heading: str, with_outlet: bool) -> str:
        names = {"t": teaser, "root": self.ROOT, "heading": heading, "with_outlet": with_outlet}
        html = self._environment.render(self._environment.get_template("teaser.html"), names).strip() + "\n"
        if self._count >= self.MOST:
            self._count = 0
            for alike in self._made.values():
                alike.clear()
        self._count += 1
        self._made[heading, with_outlet][teaser.digest] = html
        return html


def _day(day: str, number: int, counts: Mapping[str, int], most: int) -> Day:
    count = counts.get(day, 0)
    return Day(number, addresses.hub(addresses.DAY, day), count, shade(count, most)) if count else Day(number, "", 0, 0)


def _by_day(teasers: Sequence[Teaser]) -> list[tuple[str, list[Teaser]]]:
    """Return articles that stand in the order of their dates by day; those without a date by an empty one."""
    return [(day, list(some)) for day, some in groupby(teasers, lambda teaser: teaser.date[:10])]


def _urn(path: str) -> str:
    """Return the lasting id of a page for feeds (RFC 4287, 4.2.6): the same wherever the mirror stands.

    It is a UUID of version 5 (RFC 9562, 5.5), written directly in a third of the time that the library takes.
    """
    name = sha1(_URL_NAMESPACE + f"cermin:{path}".encode(), usedforsecurity=False).hexdigest()
    variant = "89ab"[int(name[16], 16) & 3]
    return f"urn:uuid:{name[:8]}-{name[8:12]}-5{name[13:16]}-{variant}{name[17:20]}-{name[20:32]}"


@lru_cache(REMEMBERED)
def _moment(date: str) -> str:
    """Return a date as RFC 3339 asks for it: a day begins at midnight, a time without a zone counts as UTC."""
    moment = datetime.fromisoformat(date)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).isoformat()


def _last_modified(date: str) -> str:
    """Return a date as the schema of sitemaps wants it: with seconds, or the day alone where the zone is not known."""
    match = re.fullmatch(r"(.{10}T\d\d:\d\d)(:\d\d)?(Z|[+-]\d\d:\d\d)", date)
    return f"{match[1]}{match[2] or ':00'}{match[3]}" if match else date[:10]
