"""Readings -> article files: which captures are one article, which are versions of one, and where each is written.

Files that have an article are settled before newcomers (see `pipeline`), so what was settled once stays: an article
keeps its address, and a newcomer becomes its duplicate or its revision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from cermin import content, seeds, site
from cermin.config import Config
from cermin.records import UNKNOWN, Article, Kin, Reading
from cermin.seeds.furniture import choose_familiar
from cermin.seeds.likeness import ECHOING, RELATED, are_near, share_text, sketch_text, titles_agree
from cermin.site.catalogue import Known, SeedRow

TRANSACTION = 1000
"""Captures whose outcomes are committed together."""
MOST_NAMED = 1000
"""Duplicates, and revisions, that an article's front matter names at most."""


class Settling:
    """Settles the readings of one import, and tells what that did."""

    def __init__(self, config: Config, catalogue: site.Catalogue, rules: str) -> None:
        self._config = config
        self._catalogue = catalogue
        self._rules = rules
        self.written = 0
        """Article files that are new or were brought up to date."""
        self.kept: dict[str, str] = {}
        """Article files that were left alone for their hand edits, and what differs: path -> verdict."""
        self.again: set[str] = set()
        """Files of seeds/ to be read again: what their captures repeated says something else now."""
        self._reading = self._first_reading = 0
        self._sources: set[str] = set()
        """Sources of which captures came or went, so that other lines may be furniture now."""
        self._moved: set[str] = set()
        """Captures whose articles moved to another folder, so that other files name the old one."""

    def settle(self, readings: Iterable[tuple[seeds.SeedFile, Reading]], advance: Callable[[], None]) -> None:
        """Write the article of each reading, or record why there is none; ``advance`` is called for each file."""
        catalogue = self._catalogue
        current: seeds.SeedFile | None = None
        with catalogue.batch() as checkpoint:
            self._reading = catalogue.begin_reading()
            self._first_reading = self._first_reading or self._reading
            for number, (file, reading) in enumerate(readings, 1):
                if file != current:
                    if current:
                        self._finish(current)
                        advance()
                    catalogue.forget_seed_file(file.path)
                    self.again.discard(file.path)
                    current = file
                known = catalogue.row_of(reading.seed)
                row = self._settle_one(file, reading, known)
                catalogue.keep_seed(row, known)
                self._sources.update((row.source, known.source if known else ""))
                if known and known.text != row.text:
                    self._read_duplicates_again(row)
                if number % TRANSACTION == 0:
                    checkpoint()
            if current:
                self._finish(current)
                advance()

    def _finish(self, file: seeds.SeedFile) -> None:
        """Record that a file was read to its end; captures that it held before and does not hold now are forgotten."""
        self._sources |= self._catalogue.drop_seeds(file.path, self._reading)
        self._catalogue.keep_seed_file(*file, self._rules)

    def forget(self, path: str) -> None:
        """Forget the captures of a file of seeds/ that is gone."""
        self._catalogue.forget_seed_file(path)
        self._sources |= self._catalogue.drop_seeds(path)

    def learn(self) -> None:
        """Find out which lines are furniture now; captures with one which was not, or no longer is, are read again."""
        with self._catalogue.batch():
            for source in sorted(self._sources - {""}):
                self._learn_from(source)
        self._sources.clear()

    def _learn_from(self, source: str) -> None:
        repeating = self._catalogue.repeating_lines(source)
        lines = choose_familiar(source, repeating.captures, repeating.lines)
        before = self._catalogue.learned_of(source)
        if lines != before:
            paths = dict.fromkeys(path for _, path, _ in self._catalogue.with_lines(source, lines ^ before))
            for path in paths:
                self._catalogue.forget_seed_file(path)
            self.again.update(paths)
            self._catalogue.keep_learned(source, lines)

    def _read_duplicates_again(self, changed: SeedRow) -> None:
        for duplicate in self._catalogue.duplicates_of(changed.seed):
            row = self._catalogue.row_of(duplicate)
            # Further on in the same file it will be read anyway.
            if row and (row.path != changed.path or row.reading == self._reading):
                self._catalogue.forget_seed_file(row.path)
                self.again.add(row.path)

    def _settle_one(self, file: seeds.SeedFile, reading: Reading, known: SeedRow | None) -> SeedRow:
        article = reading.article
        if article is None:
            row = SeedRow(reading.seed, file.path, reading.sha256, "quarantined", reading.quarantine)
            return row._replace(reading=self._reading)
        row = SeedRow(
            reading.seed,
            file.path,
            reading.sha256,
            "article",
            "",
            text=content.text_hash(article.title, article.body),
            address=reading.address,
            day=article.published.value[:10] if article.published else "",
            outlet=article.outlet,
            title=reading.title,
            sketch=reading.sketch,
            marks=reading.marks,
            source=reading.source,
            keys=reading.keys,
            reading=self._reading,
        )
        near = [other for other in self._catalogue.with_marks(row.marks) if other.seed != row.seed]
        row = row._replace(is_echo=any(other.seed < row.seed and _echoes(row, other) for other in near))
        if known and self._has_settled(known):
            # The files that the catalogue knows are those that were there when the import began.
            row, path = row._replace(outcome=known.outcome, twin=known.twin), known.detail
        elif path := self._catalogue.content_path_of(reading.seed):
            twin = self._catalogue.main_of(path) or self._recall_main(known)
            row = row._replace(outcome="revision" if twin else "article", twin=twin)
        else:
            row = self._find_twin(row, near)
        return row if row.outcome == "duplicate" else row._replace(detail=self._write(row, path, article))

    def _has_settled(self, known: SeedRow) -> bool:
        """Tell whether a capture got an article file in an earlier pass of this import."""
        return known.reading >= self._first_reading and known.outcome in {"article", "revision"}

    def _recall_main(self, known: SeedRow | None) -> str:
        """Return the capture of the article that a revision was one of, whose file is gone but comes back."""
        if known is None or known.outcome != "revision" or not seeds.file_of(self._config.seeds, known.twin):
            return ""
        return known.twin

    def _write(self, row: SeedRow, path: str, article: Article) -> str:
        """Write the article of a capture, whose file stands at ``path`` if it has one; return where it stands now."""
        folder = self._config.content
        if path and path.partition("/")[0] != article.outlet:
            article = replace(article, kin=content.read_kin(folder, path))
            self._moved.add(row.seed)
        elif row.twin:
            article = replace(article, kin=Kin(revision_of=self._catalogue.place_of(row.twin)))
        place = content.settle_path(folder, path, article)
        status = content.write_article(folder, place, article)
        # A file that is new in this import was counted when it was.
        self.written += status == "new" or (status == "changed" and self._catalogue.has_file(place))
        if status == "kept":
            self.kept[place] = "its capture gives something else now"
        else:
            self.kept.pop(place, None)  # it may have been read in another light before
        return place

    # --- one article of several captures --------------------------------------------------------------------------

    def _find_twin(self, row: SeedRow, near: Sequence[Known]) -> SeedRow:
        """Return what becomes of a new capture beside the articles that are known: article, duplicate or revision.

        A duplicate says the same, but for a small share of its sentences, and is of the same day and outlet as far as
        both tell. A revision has the address of an article and says something else. ``near`` are articles that may say
        the same.
        """
        catalogue = self._catalogue
        same_text = [known for known in catalogue.with_text(row.text) if known.seed != row.seed]
        # An article whose file was deleted finds its own revisions here, and is what it was.
        same_page = [known for known in catalogue.with_address(row.address) if known.main != row.seed]
        alike = [known for known in (*same_page, *near) if are_near(row.sketch, known.sketch)]
        if twin := next((known.seed for known in (*same_text, *alike) if _may_be_one(row, known)), ""):
            return row._replace(outcome="duplicate", twin=twin)
        if twin := next((main for main, path in catalogue.naming(row.seed) if self._repeats(row, main, path)), ""):
            return row._replace(outcome="duplicate", twin=twin)
        if twin := next((known.main for known in same_page if _are_versions(row, known)), ""):
            return row._replace(outcome="revision", twin=twin)
        return row

    def _repeats(self, row: SeedRow, main: str, path: str) -> bool:
        """Tell whether a capture says what the article file says that names it, and whose own capture is gone."""
        if self._catalogue.row_of(main):
            return False
        return are_near(row.sketch, sketch_text(content.read_body(self._config.content, path)))

    def name_kin(self) -> None:
        """Have every article name the captures that repeat it, and its versions one another, as they are now."""
        catalogue = self._catalogue
        todo = set(catalogue.seeds_with_other_kin())
        for seed in self._moved:
            row = catalogue.row_of(seed)
            todo |= {seed, *catalogue.revisions_of(seed), *([row.twin] if row and row.outcome == "revision" else [])}
        for seed in sorted(todo):
            if path := catalogue.place_of(seed):
                status = content.write_kin(self._config.content, path, self._find_kin(seed, path))
                self.written += status == "changed" and catalogue.has_file(path)
                if status == "kept":
                    self.kept.setdefault(path, "its captures are others now")

    def _find_kin(self, seed: str, path: str) -> Kin:
        catalogue = self._catalogue
        told = content.read_kin(self._config.content, path)
        row = catalogue.row_of(seed)
        duplicates = {name for name in told.duplicates if self._is_unread(name)}.union(catalogue.duplicates_of(seed))
        main = catalogue.main_of(path) if row is None else row.twin if row.outcome == "revision" else ""
        revisions = filter(None, map(catalogue.place_of, catalogue.revisions_of(seed)))
        return Kin(
            duplicates=tuple(sorted(duplicates)[:MOST_NAMED]),
            revision_of=catalogue.place_of(main) if main else "",
            revisions=tuple(sorted(revisions, key=lambda name: (len(name), name))[:MOST_NAMED]),
        )

    def _is_unread(self, seed: str) -> bool:
        """Tell whether a capture that an article names is in seeds/ and was not read, so that nothing contradicts."""
        path = seeds.file_of(self._config.seeds, seed)
        return bool(path) and not self._catalogue.was_read(path)


def _echoes(row: SeedRow, known: Known) -> bool:
    return share_text(row.sketch, known.sketch) >= ECHOING


def _are_versions(row: SeedRow, known: Known) -> bool:
    if row.title and known.title and titles_agree(row.title, known.title):
        return True
    return share_text(row.sketch, known.sketch) >= RELATED


def _may_be_one(row: SeedRow, known: Known) -> bool:
    if row.day and known.day and row.day != known.day:
        return False
    if row.address == known.address != "":
        return True
    is_one_outlet = row.outlet == known.outlet or UNKNOWN in {row.outlet, known.outlet}
    return is_one_outlet and titles_agree(row.title, known.title)
