"""How well readers find what they look for, in a mirror of some thousand articles and five scripts."""

from __future__ import annotations

import random
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import accumulate, islice
from math import log
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser

from cermin.search import load_analyser
from cermin.search.encoding import decode_length, encode_length
from cermin.search.portions import TITLE_WEIGHT
from tests.mirrors import article, build, serve

COUNT = 3_000
QUERIES = 200
LEAST = 0.95
"""Share of the ten best articles that are among the ten shown; share of articles found again among the first three."""
BEST, FOUND = 10, 3
K1, B = 1.2, 0.75
"""BM25: how soon more of the same word counts no more, and what length costs."""

SYLLABLES = "ba ka mar ra san ta na lan da gi pon wa ya je be tem di mi ri si bu kun mu ru su tu nu lo".split()
SCRIPTS = {
    "id": (SYLLABLES, ("{}", "{}", "{}", "me{}", "di{}", "{}kan", "{}an", "ber{}", "{}nya")),
    "en": (SYLLABLES, ("{}", "{}", "{}s", "{}ed", "{}ing", "{}ation")),
    "ru": ("ба ка мар ра сан та на лан до го пон во рю же бе тем ди ми".split(), ("{}", "{}ы", "{}ов", "{}ами", "{}е")),
    "ar": ("با كا مر را سن تا نا لن دا جي بن وا".split(), ("{}", "ال{}", "{}ات", "وال{}")),
    "zh": ([chr(0x5200 + number * 7) for number in range(400)], ("{}",)),
}
"""By language the syllables of its words, and the forms that a word takes."""
SHARES = (50, 20, 10, 10, 10)


class Text(NamedTuple):
    """A made-up article."""

    lang: str
    title: list[str]
    body: list[str]

    @property
    def space(self) -> str:
        """What stands between words."""
        return "" if self.lang == "zh" else " "


def chance(what: str) -> random.Random:
    """Return a source of chance, the same every time."""
    return random.Random(what)  # noqa: S311 - the same articles and queries every time


def make_words(lang: str) -> Callable[[random.Random, int], list[str]]:
    """Return what draws words of a language, by Zipf's law."""
    syllables, forms = SCRIPTS[lang]
    draw = chance(lang)
    roots = list(dict.fromkeys("".join(draw.choices(syllables, k=draw.choice((2, 2, 3)))) for _ in range(3_000)))
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(roots))))
    return lambda draw, count: [
        draw.choice(forms).format(root) for root in draw.choices(roots, cum_weights=weights, k=count)
    ]


def make_texts() -> Iterator[Text]:
    """Yield articles of all lengths."""
    draw = chance("texts")
    words = {lang: make_words(lang) for lang in SCRIPTS}
    for lang in draw.choices(list(SCRIPTS), SHARES, k=COUNT):
        yield Text(
            lang, words[lang](draw, draw.randint(5, 10)), words[lang](draw, round(draw.lognormvariate(4.4, 0.5)))
        )


class Ranking:
    """Articles ranked by BM25 from the words themselves."""

    def __init__(self, texts: Sequence[Text]) -> None:
        self.postings: defaultdict[str, dict[int, int]] = defaultdict(dict)
        lengths = []
        for number, text in enumerate(texts):
            analyser = load_analyser(text.lang)
            counts = Counter(analyser.terms(text.space.join(text.body)))
            for term in analyser.terms(text.space.join(text.title)):
                counts[term] += TITLE_WEIGHT
            for term, count in counts.items():
                self.postings[term][number] = count
            lengths.append(counts.total())
        average = sum(lengths) / len(texts)
        self.exact = [length / average for length in lengths]
        """Length of each article, where that of an average one is 1."""
        self.told = [decode_length(encode_length(length)) / round(average, 1) for length in lengths]
        """The same, as the index tells it."""
        # A word may be one of any language, or of one that has no stemmer.
        self.analysers = {load_analyser(lang) for lang in SCRIPTS}

    def rank(self, query: str, lengths: Sequence[float]) -> list[int]:
        """Return all articles that hold each word of a query, the best first, of equal ones the newest."""
        scores: defaultdict[int, float] = defaultdict(float)
        matching: set[int] | None = None
        for word in query.split():
            best: dict[int, float] = {}
            for terms in {tuple(analyser.terms(word)) for analyser in self.analysers}:
                for number in set.intersection(*({*self.postings.get(term, ())} for term in terms)):
                    best[number] = max(
                        best.get(number, 0), sum(self._weigh(term, number, lengths[number]) for term in terms)
                    )
            matching = {*best} if matching is None else matching & {*best}
            for number, score in best.items():
                scores[number] += score
        return sorted(matching or (), key=lambda number: (-scores[number], -number))

    def _weigh(self, term: str, number: int, length: float) -> float:
        having, count = len(self.postings[term]), self.postings[term][number]
        rarity = log(1 + (len(self.exact) - having + 0.5) / (having + 0.5))
        return rarity * count * (K1 + 1) / (count + K1 * (1 - B + B * length))


class Answer(NamedTuple):
    """What the page shows."""

    numbers: list[int]
    """Of the articles, in order."""
    total: int
    """How many there are, as it says."""


Ask = Callable[[Sequence[str]], list[Answer]]

ASK = """
async queries => {
  const search = document.getElementById("search");
  const form = search.querySelector("form");
  const answers = [];
  for (const query of queries) {
    form.elements.q.value = query;
    form.requestSubmit();
    await new Promise((done, fail) => {
      const timer = setTimeout(fail, 60_000, new Error(`no answer to ${query}`));
      new MutationObserver((changes, observer) => {
        if (search.hasAttribute("aria-busy")) return;
        observer.disconnect();
        clearTimeout(timer);
        done();
      }).observe(search, { attributeFilter: ["aria-busy"] });
    });
    const links = [...search.querySelectorAll("ol a")].map(link => link.getAttribute("href"));
    answers.push([links, document.getElementById("progress").textContent]);
  }
  return answers;
}
"""


@pytest.fixture(scope="module")
def texts() -> list[Text]:
    """Return the articles of the mirror, the oldest first."""
    return list(make_texts())


@pytest.fixture(scope="module")
def ranking(texts: list[Text]) -> Ranking:
    """Return what ranks them."""
    return Ranking(texts)


@pytest.fixture(scope="module")
def ask(texts: list[Text], browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Return what asks queries on the page of the mirror, in turn, each until the whole archive was searched."""
    root = tmp_path_factory.mktemp("mirror")
    first = datetime(2019, 1, 1, tzinfo=UTC)
    for number, text in enumerate(texts):
        date = first + timedelta(hours=17 * number)
        path = root / f"content/kaca/{date:%Y/%m}/{number}.md"
        path.parent.mkdir(parents=True, exist_ok=True)
        body = text.space.join(text.body)
        path.write_text(
            article(text.space.join(text.title), body, date=date.isoformat(), outlet="kaca", lang=text.lang)
        )
    assert build(root, jobs=2).faults == ()
    with serve(root / "output") as site:
        context = browser.new_context()
        page = context.new_page()

        def call(queries: Sequence[str]) -> list[Answer]:
            page.goto(f"{site.address}search.html")
            return [
                Answer([int(Path(link).stem) for link in links], int(re.sub(r"\D", "", told) or 0))
                for links, told in page.evaluate(ASK, queries)
            ]

        yield call
        context.close()


def draw_queries(texts: Sequence[Text], ranking: Ranking) -> Iterator[tuple[str, list[int]]]:
    """Yield one to three words of one article, where more articles have them than are shown, and how these rank."""
    draw = chance("queries")
    while True:
        text = draw.choice(texts)
        query = " ".join(draw.choices(text.title + text.body, k=draw.choice((1, 2, 2, 3))))
        ranked = ranking.rank(query, ranking.exact)
        if len(ranked) > BEST:
            yield query, ranked


def test_the_best_articles_are_shown(
    texts: list[Text], ranking: Ranking, ask: Ask, record_property: Callable[[str, object], None]
) -> None:
    """All articles with the words are found, and the best by BM25 stand first; rounded lengths cost few of ten."""
    queries = dict(islice(draw_queries(texts, ranking), QUERIES))
    shares = []
    for (query, exact), answer in zip(queries.items(), ask(list(queries)), strict=True):
        told = ranking.rank(query, ranking.told)[:BEST]
        assert (query, answer.numbers, answer.total) == (query, told, len(exact))
        shares.append(len({*answer.numbers} & {*exact[:BEST]}) / BEST)
    share = sum(shares) / len(shares)
    record_property("figure", f"search: {share:.1%} of the ten best articles are among the ten shown")
    assert share >= LEAST


def test_an_article_is_found_by_its_title(
    texts: list[Text], ranking: Ranking, ask: Ask, record_property: Callable[[str, object], None]
) -> None:
    """Three rare words of an article's title show it among the first three."""
    chosen = chance("articles").sample(range(COUNT), QUERIES)

    def draw_query(text: Text) -> str:
        terms = load_analyser(text.lang).terms
        return " ".join(sorted({*text.title}, key=lambda word: (len(ranking.postings[terms(word)[0]]), word))[:3])

    queries = [draw_query(texts[number]) for number in chosen]
    found = [number in answer.numbers[:FOUND] for number, answer in zip(chosen, ask(queries), strict=True)]
    share = sum(found) / QUERIES
    record_property(
        "figure", f"search: {share:.1%} of articles are among the first three for rare words of their title"
    )
    assert share >= LEAST
