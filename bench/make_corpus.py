"""Write a mirror of N made-up articles, for measuring: the same articles whatever N is and wherever it runs.

    python bench/make_corpus.py N DIR [--flavour cermin|hugo|pelican] [--from K]

Words are syllables put together; they, the tags, authors and outlets follow Zipf's law, lengths those of real news
(about 2.7 KB and ten paragraphs), dates spread over ten years, and 15 % of the articles hold markup. Article k depends
on k alone.
"""

from __future__ import annotations

import argparse
import itertools
import json
import random
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta, timezone
from pathlib import Path
from typing import NamedTuple

WIB = timezone(timedelta(hours=7))
FIRST_DAY = datetime(2015, 1, 1, tzinfo=WIB)
DAYS = 3652
SYLLABLES = (
    "ba ka ma ra sa ta na la da ga pa wa ya ja be ke me se te ne di ki mi ri si ti ko bu ku mu ru su tu nu lu".split()
)
ENDINGS = ("", "", "", "n", "ng", "r", "s", "t", "k", "h")
SECTIONS = ("Nasional", "Ekonomi", "Olahraga", "Internasional", "Teknologi", "Gaya Hidup", "Hukum", "Daerah")
OUTLETS = ("harian", "warta", "kabar", "suara", "berita", "tribun", "pos", "media", "antara", "fajar", "surya", "radar")
ARABIC = "خبر جديد من المدينة اليوم حول السوق والناس في البلاد مع تقرير عن الماء والطريق".split()


class Article(NamedTuple):
    """A made-up article."""

    number: int
    title: str
    date: datetime
    outlet: str
    section: str
    tags: list[str]
    author: str
    lang: str
    body: str

    @property
    def path(self) -> str:
        """Where its file goes: ``outlet/yyyy/mm/slug.md``."""
        words = self.title.lower().split()[:8] if self.lang == "id" else ["artikel"]
        return f"{self.outlet}/{self.date:%Y/%m}/{'-'.join(words)}-{self.number}.md"


def _vocabulary(size: int) -> list[str]:
    draw = random.Random("vocabulary")
    made: dict[str, None] = {}
    while len(made) < size:
        syllables = draw.choices(SYLLABLES, k=draw.choice((1, 2, 2, 2, 3, 3, 4)))
        made["".join(syllables) + draw.choice(ENDINGS)] = None
    return list(made)


WORDS = _vocabulary(6000)
WORD_WEIGHTS = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(WORDS))))
TAGS = [" ".join(pair).title() for pair in zip(WORDS[200:3200], WORDS[3000:6000], strict=True)]
TAG_WEIGHTS = list(itertools.accumulate(1 / (rank + 1) for rank in range(len(TAGS))))
AUTHORS = [" ".join(pair).title() for pair in zip(WORDS[50:350], WORDS[350:650], strict=True)]
AUTHOR_WEIGHTS = list(itertools.accumulate(1 / (rank + 1) for rank in range(len(AUTHORS))))
OUTLET_WEIGHTS = list(itertools.accumulate(1 / (rank + 1) for rank in range(len(OUTLETS))))


def make_article(number: int) -> Article:
    """Make article ``number``."""
    draw = random.Random(f"article {number}")
    lang = "ar" if draw.random() < 0.03 else "id"
    words = (lambda count: draw.choices(ARABIC, k=count)) if lang == "ar" else _words(draw)
    title = " ".join(words(draw.randint(6, 12)))
    paragraphs = [_paragraph(draw, words) for _ in range(max(3, round(draw.gauss(10.4, 3.5))))]
    if draw.random() < 0.15:
        _mark_up(draw, paragraphs)
    return Article(
        number=number,
        title=title[0].upper() + title[1:],
        date=FIRST_DAY + timedelta(days=draw.randrange(DAYS), minutes=draw.randrange(1440)),
        outlet=draw.choices(OUTLETS, cum_weights=OUTLET_WEIGHTS)[0],
        section=draw.choice(SECTIONS),
        tags=list(dict.fromkeys(draw.choices(TAGS, cum_weights=TAG_WEIGHTS, k=draw.randint(0, 5)))),
        author=draw.choices(AUTHORS, cum_weights=AUTHOR_WEIGHTS)[0],
        lang=lang,
        body="\n\n".join(paragraphs),
    )


def _words(draw: random.Random) -> Callable[[int], list[str]]:
    return lambda count: draw.choices(WORDS, cum_weights=WORD_WEIGHTS, k=count)


def _paragraph(draw: random.Random, words: Callable[[int], list[str]]) -> str:
    sentences = []
    for _ in range(draw.choice((1, 2, 2, 3))):
        text = " ".join(words(draw.randint(5, 16)))
        sentences.append(text[0].upper() + text[1:] + ".")
    paragraph = " ".join(sentences)
    return f"“{paragraph}” kata {words(1)[0].title()}." if draw.random() < 0.2 else paragraph


def _mark_up(draw: random.Random, paragraphs: list[str]) -> None:
    """Put a heading, emphasis, a link, a list or a quotation into some of the paragraphs."""
    first, last = paragraphs[0].split(" ", 1), paragraphs[-1]
    paragraphs[0] = f"**{first[0]}** {first[-1]}"
    middle = len(paragraphs) // 2
    paragraphs[middle] = draw.choice(
        (
            f"## {paragraphs[middle][:50].rsplit(' ', 1)[0]}",
            "\n".join(f"- {sentence.strip()}" for sentence in paragraphs[middle].split(".") if sentence.strip()),
            f"> {paragraphs[middle]}",
            f"{paragraphs[middle]} [{last[:20].strip()}](https://example.org/{draw.randrange(1000)})",
            f"{paragraphs[middle]} *{last[:20].strip()}* & 5 < 6",
        )
    )


def format_cermin(article: Article) -> str:
    """Return the article as cermin's content file."""
    head = {
        "title": article.title,
        "outlet": article.outlet,
        "lang": article.lang,
        "section": article.section,
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in head.items()]
    lines.insert(1, f"date: {article.date.isoformat()}")
    lines.append(f"authors: {json.dumps([article.author], ensure_ascii=False)}")
    lines += [f"tags: {json.dumps(article.tags, ensure_ascii=False)}"] if article.tags else []
    return "\n".join(("---", *lines, "---", article.body, ""))


def format_hugo(article: Article) -> str:
    """Return the article with the keys that Hugo reads."""
    values = {
        "title": article.title,
        "date": article.date.isoformat(),
        "categories": [article.section],
        "tags": article.tags,
        "author": article.author,
    }
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join(("---", *lines, "---", article.body, ""))


def format_pelican(article: Article) -> str:
    """Return the article with Pelican's header."""
    lines = [
        f"Title: {article.title}",
        f"Date: {article.date:%Y-%m-%d %H:%M}",
        f"Category: {article.outlet}",
        f"Tags: {', '.join([*article.tags, article.section])}",
        f"Author: {article.author}",
        f"Slug: {article.path.removesuffix('.md').replace('/', '-')}",
    ]
    return "\n".join((*lines, "", article.body, ""))


FLAVOURS = {"cermin": format_cermin, "hugo": format_hugo, "pelican": format_pelican}


def write_corpus(numbers: Iterator[int] | range, content: Path, flavour: str = "cermin") -> None:
    """Write articles below the folder ``content``."""
    form = FLAVOURS[flavour]
    for number in numbers:
        article = make_article(number)
        path = content / article.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(form(article), encoding="utf-8")


def main() -> None:
    """Read the words of the call."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("count", type=int, metavar="N")
    parser.add_argument("folder", type=Path, metavar="DIR")
    parser.add_argument("--flavour", choices=FLAVOURS, default="cermin")
    parser.add_argument("--from", dest="first", type=int, default=0, metavar="K", help="number of the first article")
    words = parser.parse_args()
    write_corpus(range(words.first, words.first + words.count), words.folder / "content", words.flavour)


if __name__ == "__main__":
    main()
