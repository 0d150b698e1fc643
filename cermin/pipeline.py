"""The story of cermin on one screen: import_seeds() turns captures into article files, build() turns those into a site.

Stages do not know one another; here what one gives is handed to the next. The parent process decides and alone writes
the catalogue; workers read, compute and write files.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import partial, wraps
from itertools import islice
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from filelock import FileLock, Timeout

from cermin import addresses, content, executors, hosts, output, seeds, site
from cermin.config import Config
from cermin.dataset import make_dataset
from cermin.errors import BrokenCatalogueError, BusyError, CerminError, Fault, SeedError, UsageError
from cermin.files import remove
from cermin.inputs import code, import_rules, shared_inputs
from cermin.listing import make_manifest
from cermin.manifest import SIGNATURE, is_own
from cermin.records import Capture, Failure, Familiar, Page, Reading
from cermin.report import Reporter
from cermin.search_index import IndexCost, make_search_index
from cermin.site.catalogue import MadePage, PageRow
from cermin.workers import MakeParts, read_rows

if TYPE_CHECKING:
    from cermin.deploy import Deployed, Terms
    from cermin.learning import Learned

TRANSACTION = 1000
"""Rows that are committed together."""
PLANNED = 250
"""Pages that are planned, and what was made before committed, before the next is made."""
LEARNED_FROM = 4000
"""Files of seeds/ that are read before what they teach is used to read the next: few of them have to be read twice."""
READING = "Reading articles"
"""What is told while article files are read into the catalogue, the first thing that a build does."""
ROUNDS = 4
"""How often a capture is read at most in one import, each time in the light of what the others gave."""
FROZEN = 200_000
"""Pages that are made before what was recorded of them moves from SQLite's log to its file."""


@dataclass(frozen=True, slots=True)
class Imported:
    """What an import did, in numbers: inputs = articles + revisions + duplicates + quarantined."""

    articles: int
    revisions: int
    """Captures of an article's address that say something else than the article: other versions of it."""
    duplicates: int
    quarantined: int
    written: int
    """Article files that are new or were brought up to date."""
    warnings: tuple[Fault, ...]
    """Captures in quarantine, and article files with hand edits whose capture gives something else now."""
    seconds: float

    @property
    def inputs(self) -> int:
        """Captures in seeds/."""
        return self.articles + self.revisions + self.duplicates + self.quarantined


@dataclass(frozen=True, slots=True)
class Built:
    """What a build did."""

    articles: int
    pages: int
    """Files of the site, but those of the manifest."""
    made: int
    """Pages that were rendered."""
    changed: tuple[str, ...]
    """Files of the site that are new, changed or gone, but those of the manifest."""
    faults: tuple[Fault, ...]
    """What is wrong with article files and pages; the rest is built."""
    index: IndexCost | None
    """What the search index costs; None where the mirror has none."""
    build: str
    """Hash of all files of the site, as the manifest tells it; empty where that could not be written."""
    seconds: float


Given = ParamSpec("Given")
Answer = TypeVar("Answer")


def _with_sound_catalogue(verb: Callable[Given, Answer]) -> Callable[Given, Answer]:
    """Let a verb begin again, once, when its catalogue turns out to be damaged: it comes back from what is there."""

    @wraps(verb)
    def call(*args: Given.args, **words: Given.kwargs) -> Answer:
        try:
            return verb(*args, **words)
        except BrokenCatalogueError:
            return verb(*args, **words)

    return call


# --- the two verbs ------------------------------------------------------------------------------------------------


@_with_sound_catalogue
def import_seeds(config: Config, report: Reporter, *, jobs: int = 0, below: Sequence[str] = ()) -> Imported:
    """Turn captures into article files: all of seeds/, or what stands at or below the paths ``below`` in it.

    Raises CerminError when the import as a whole cannot run; a bad capture is quarantined with its reason.
    """
    # What compares captures is not needed by a build.
    from cermin.settling import Settling

    started = time.monotonic()
    with open_mirror(config) as catalogue:
        _gather(config, catalogue, report, jobs)
        rules = import_rules(config)
        found, changed = _find_changed_seeds(config, catalogue, rules, below)
        settling = Settling(config, catalogue, rules)
        with catalogue.batch():
            for path in catalogue.seed_paths() - found if not below else ():
                settling.forget(path)
        settling.learn()
        for name in ("Reading captures", *["Reading captures again"] * (ROUNDS - 1)):
            with report.stage(name, len(changed)) as stage:
                for files in executors.batches(changed, LEARNED_FROM, lambda _: 1):
                    read = partial(_read_articles, config, catalogue.learned())
                    settling.settle(executors.run(read, _captures(config, files), jobs), stage.advance)
                    settling.learn()
            again = [path for path in sorted(settling.again) if (config.seeds / path).is_file()]
            if not again:
                break
            changed = list(seeds.find_seed_files(config.seeds, again))
        settling.name_kin()
        counts = catalogue.count_outcomes()
        quarantined = catalogue.quarantined()
    warnings = [Fault(f"seeds/{name}", f"quarantined: {why}") for name, why in quarantined]
    warnings += [
        Fault(f"content/{path}", f"left alone: it has hand edits, and {change}")
        for path, change in sorted(settling.kept.items())
    ]
    return Imported(
        articles=counts.get("article", 0),
        revisions=counts.get("revision", 0),
        duplicates=counts.get("duplicate", 0),
        quarantined=counts.get("quarantined", 0),
        written=settling.written,
        warnings=tuple(warnings),
        seconds=time.monotonic() - started,
    )


@_with_sound_catalogue
def build(config: Config, report: Reporter, *, jobs: int = 0, signs: bool = True) -> Built:
    """Make the site: gather the article files, plan the pages, render those that are stale, prune those that are gone.

    Without ``signs``, a manifest that changed has no signature until the next build that does.

    Raises CerminError when the build as a whole cannot run; what is wrong with one file is told in the result.
    """
    started = time.monotonic()
    with open_mirror(config) as catalogue:
        _gather(config, catalogue, report, jobs)
        strange = _compare_output(config, catalogue)
        make_pages = output.MakePages(config, is_new=bool(catalogue.meta("new output")))
        ask = site.Queries(catalogue, config, make_pages.theme.assets)
        make_pages.theme.references |= json.loads(catalogue.meta("template references") or "{}")
        plan = site.plan_pages(catalogue, ask, partial(shared_inputs, config, make_pages.theme))
        make_parts = MakeParts(config, make_pages, plan.shared, is_new=bool(catalogue.meta("new output")))
        # Before the pages, for its datasheet tells its checksum.
        changed = make_dataset(config, plan, make_pages, report, jobs)
        changed += _make_whole_kinds(catalogue, plan, make_parts, report, jobs)
        changed += _make_touched_pages(catalogue, plan, make_pages, report, jobs)
        # Between what comes and what goes, so that it never names a page that is not there.
        renewed, index = make_search_index(config, plan, make_pages, report, jobs)
        changed += renewed
        make_pages.show()
        changed += _prune(config, catalogue, plan, strange, make_pages.theme.references)
        # Behind all that it lists.
        hashed, unlisted = make_manifest(config, catalogue, report, signs=signs)
        faults = catalogue.content_faults() + ask.alias_faults() + catalogue.failures() + unlisted
        articles, pages = ask.shelf_count("latest"), catalogue.count_pages()
    return Built(articles, pages, plan.made, tuple(changed), tuple(faults), index, hashed, time.monotonic() - started)


def deploy(config: Config, report: Reporter, name: str | None, terms: Terms) -> Deployed:
    """Bring the site, as it was built last, to the place ``[deploy.NAME]``, or to the only one that there is.

    It is not built before: what readers get is what was looked at. A warning tells what has changed since.

    Raises ConfigError for settings that cannot be used, UsageError for an unknown name and where nothing was built,
    DeployError when the deploy was refused or stopped.
    """
    from cermin.deploy import TARGETS, choose_place, deploy_site, read_places

    place = choose_place(read_places(config.deploy, TARGETS), name)
    if changes := _find_unbuilt(config):
        fault = Fault("", f"deployed is the last build, and since then {changes}", "run `cermin build` first")
        report.fault(fault, "warning")
    elif config.signing_key and not (config.output / SIGNATURE).exists():
        report.fault(Fault("", "the last build is not signed", "run `cermin build` first"), "warning")
    return deploy_site(config, place, report, terms)


@_with_sound_catalogue
def _find_unbuilt(config: Config) -> str:
    """Return what has changed since the last build, as far as that can be told now; nothing is written."""
    if not config.output.is_dir():
        return ""
    try:
        with open_mirror(config) as catalogue:
            if not catalogue.count_files():
                return ""
            changed, gone = _compare(content.find_files(config.content), catalogue.files())
            if count := len(changed) + len(gone):
                return f"{count:,} article file{'s' * (count != 1)} changed"
            theme = output.load_theme(config.templates, search=config.site.search)
            ask = site.Queries(catalogue, config, theme.assets)
            reasons = site.explain_page(catalogue, ask, partial(shared_inputs, config, theme), "index.html")
    except BusyError:
        # A preview is open, say.
        return ""
    return "; ".join(reasons or [])


# --- the mirror ---------------------------------------------------------------------------------------------------


@contextmanager
def open_mirror(config: Config) -> Iterator[site.Catalogue]:
    """Open the catalogue for this process alone.

    Raises BusyError when another cermin works on the mirror, BrokenCatalogueError when the catalogue was damaged and
    is taken away, CerminError when the file system refuses.
    """
    lock = FileLock(config.state / "lock")
    try:
        config.state.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout as error:
        raise BusyError.at(config.root, "another cermin works on this mirror", "wait until it is done") from error
    except OSError as error:
        verdict, hint = f"cannot be written: {error.strerror}", "cermin keeps its cache there; it can be deleted"
        raise CerminError.at(config.state, verdict, hint) from error
    try:
        with site.open_catalogue(config.state) as catalogue:
            yield catalogue
    finally:
        lock.release()


# --- gather: content/ -> catalogue --------------------------------------------------------------------------------


def _gather(config: Config, catalogue: site.Catalogue, report: Reporter, jobs: int) -> None:
    if not is_gathered(catalogue):
        with catalogue.batch():
            catalogue.forget_content()
            catalogue.keep_meta("read by", code())
            catalogue.begin_loading()
    found = content.find_files(config.content)
    known = catalogue.count_files()
    if not known:
        _fill(config, catalogue, found, report, jobs)
        return
    changed, gone = _compare(found, catalogue.files())
    with catalogue.batch() as checkpoint, report.stage(READING, len(changed)) as stage:
        # So much is new that looking at every page is cheaper than finding out which of them changed.
        if len(changed) + len(gone) > max(TRANSACTION, known // 5):
            catalogue.touch_all()
        for path in gone:
            catalogue.drop_file(path)
        for number, (read, shelved) in enumerate(executors.run(partial(read_rows, config), changed, jobs), 1):
            catalogue.keep_file(read.file.path, read.file.stamp, read.seed, read.faults, shelved)
            stage.advance()
            if number % TRANSACTION == 0:
                checkpoint()


def is_gathered(catalogue: site.Catalogue) -> bool:
    """Tell whether the catalogue holds all articles, as this version of cermin reads them, and as they were last."""
    return catalogue.meta("read by") == code() and not catalogue.is_half_loaded()


def gather_at(config: Config, catalogue: site.Catalogue, paths: Iterable[str]) -> None:
    """Read what is new or changed at or below some paths of content/, and forget what is gone there.

    What this makes stale is marked for the next build. Raises ContentError when a folder cannot be read.
    """
    with catalogue.batch():
        for path in paths:
            changed, gone = _compare(content.find_files_at(config.content, path), catalogue.files(path))
            for name in gone:
                catalogue.drop_file(name)
            for read, shelved in read_rows(config, changed):
                catalogue.keep_file(read.file.path, read.file.stamp, read.seed, read.faults, shelved)


def _fill(
    config: Config, catalogue: site.Catalogue, found: Iterator[content.ContentFile], report: Reporter, jobs: int
) -> None:
    """Read all article files into an empty catalogue; none is held in memory for longer than it takes to insert it."""
    total = content.count_files(config.content)
    if not total and not catalogue.is_half_loaded():
        return
    with catalogue.batch() as checkpoint, report.stage(READING, total) as stage:
        loader = catalogue.loader()
        for number, (read, shelved) in enumerate(executors.run(partial(read_rows, config), found, jobs), 1):
            loader.add(read.file.path, read.file.stamp, read.seed, read.faults, shelved)
            stage.advance()
            if number % TRANSACTION == 0:
                checkpoint()
        catalogue.finish_loading(loader)


def _compare(
    found: Iterable[content.ContentFile], known: Iterator[tuple[str, str]]
) -> tuple[list[content.ContentFile], list[str]]:
    """Walk what is there beside what is known, both in the order of paths; return what changed and what is gone."""
    changed: list[content.ContentFile] = []
    gone: list[str] = []
    before = next(known, None)
    for file in found:
        if file == before:
            before = next(known, None)
            continue
        while before and before[0] < file.path:
            gone.append(before[0])
            before = next(known, None)
        if before != file:
            changed.append(file)
        if before and before[0] == file.path:
            before = next(known, None)
    if before:
        gone += [before[0], *(path for path, _ in known)]
    return changed, gone


# --- seeds/ -> content/ -------------------------------------------------------------------------------------------


def _find_changed_seeds(
    config: Config, catalogue: site.Catalogue, rules: str, below: Sequence[str]
) -> tuple[set[str], list[seeds.SeedFile]]:
    """Return the paths of all seed files, and the files to read.

    These are the new ones, the changed ones, those read by other rules and those whose article is gone. Files whose
    captures have articles already come first, so that a newcomer with the same text is the duplicate.
    """
    known = {path: (stamp, rules_then) for path, stamp, rules_then in catalogue.seed_files()}
    files = list(dict.fromkeys(seeds.find_seed_files(config.seeds, below)))
    lost = catalogue.seed_paths_without_article()
    changed = [file for file in files if known.get(file.path) != (file.stamp, rules) or file.path in lost]
    changed.sort(key=lambda file: not catalogue.has_article_of(file.path))
    return {file.path for file in files}, changed


_SeedItem = tuple[seeds.SeedFile, Capture | Reading]


def _captures(config: Config, files: Iterable[seeds.SeedFile]) -> Iterator[_SeedItem]:
    """Yield the captures of the files; a file that cannot be read gives a quarantined reading."""
    for file in files:
        try:
            names = seeds.RecordNames()
            for capture in seeds.read_captures(config.seeds / file.path, file.path, config.tables):
                yield file, names.name(capture)
        except SeedError as error:
            verdict = "its name is not UTF-8" if "\ufffd" in file.path else error.faults[0].verdict
            yield file, Reading(file.path, "", None, quarantine=verdict)


def _read_articles(
    config: Config, learned: Mapping[str, Familiar], items: list[_SeedItem]
) -> list[tuple[seeds.SeedFile, Reading]]:
    return [
        (file, item if isinstance(item, Reading) else seeds.read_article(item, config.outlets, learned))
        for file, item in items
    ]


# --- plan, render, prune: catalogue -> output/ ----------------------------------------------------------------------


def _compare_output(config: Config, catalogue: site.Catalogue) -> list[str]:
    """Forget the pages whose files are missing in output/; have their kinds planned, and those in which pages failed.

    Returns the paths of the files in output/ that are no pages that the catalogue knows.

    Raises OutputError when output/ holds what cermin did not make.
    """
    is_known = catalogue.meta("output") == str(config.output) and not catalogue.meta("new output")
    output.check_is_ours(config.output, known=is_known)
    with catalogue.batch():
        if not is_known:
            catalogue.forget_pages()
            catalogue.touch_all()
            catalogue.keep_meta("output", str(config.output))
        incomplete = catalogue.kinds_with_failures()
        missing, strange = _compare_files(output.find_output(config.output), catalogue.page_paths())
        for path, kind in missing:
            catalogue.drop_page(path)
            incomplete.add(kind)
        # A datasheet tells of the file as it was made last.
        if "dataset" in incomplete:
            incomplete.add("datasheet")
        for kind in incomplete:
            catalogue.drop_planned(kind)
        # A folder that is not there yet is made under another name and shown when it is whole.
        catalogue.keep_meta("new output", "" if config.output.exists() else "yes")
    return [path for path in strange if not is_own(path)]


def _compare_files(found: Iterator[str], pages: Iterator[tuple[str, str]]) -> tuple[list[tuple[str, str]], list[str]]:
    """Walk the files in output/ beside the pages, both in the order of paths.

    Returns the pages (path, kind) that have no file, and the files that are no page.
    """
    missing: list[tuple[str, str]] = []
    strange: list[str] = []
    path = next(found, None)
    for page in pages:
        while path is not None and path < page[0]:
            strange.append(path)
            path = next(found, None)
        if path == page[0]:
            path = next(found, None)
        else:
            missing.append(page)
    if path is not None:
        strange += [path, *found]
    return missing, strange


def _make_whole_kinds(
    catalogue: site.Catalogue, plan: site.Plan, make_parts: MakeParts, report: Reporter, jobs: int
) -> list[str]:
    """Make what is stale of the kinds of which every page is looked at; return the paths of the files that changed."""
    changed: list[str] = []
    parts = plan.parts()
    if not parts:
        return changed
    make_parts.prepare()
    loader = catalogue.page_loader() if make_parts.is_new else None
    keep = loader.add if loader else catalogue.keep_pages
    with report.stage("Making pages", sum(map(_size_of, parts))) as stage:
        for some in executors.batches(parts, FROZEN, _size_of):
            with catalogue.freeze(), catalogue.batch() as checkpoint, closing(make_parts):
                for done in executors.run(make_parts, some, jobs, _size_of):
                    keep(done.rows, plan.build)
                    catalogue.keep_pages_seen(done.fresh, plan.build)
                    for kind, failure in done.failures:
                        catalogue.keep_failure(failure.path, kind, failure.fault, plan.build)
                    plan.made += len(done.rows) + len(done.failures)
                    changed += done.changed
                    checkpoint()
                    stage.advance(done.size)
    if loader:
        with catalogue.batch():
            loader.finish()
    return changed


def _size_of(part: site.Part) -> int:
    return part.size


def _make_touched_pages(
    catalogue: site.Catalogue, plan: site.Plan, make_pages: output.MakePages, report: Reporter, jobs: int
) -> list[str]:
    """Make the stale pages of all other kinds and record them; return the paths of the files that changed."""
    changed: list[str] = []
    rows: dict[str, PageRow] = {}
    made: list[MadePage] = []

    def stale_pages(checkpoint: Callable[[], None]) -> Iterator[Page]:
        # That a page is about to be written is committed before it is, so that a build which is cut short leaves no
        # file that the catalogue takes for another.
        stale = plan.stale()
        while some := list(islice(stale, PLANNED)):
            catalogue.keep_pages(made, plan.build)
            made.clear()
            checkpoint()
            rows.update((page.path, row) for page, row in some)
            yield from (page for page, _ in some)

    with catalogue.batch() as checkpoint, report.stage("Making pages") as stage:
        for result in executors.run(make_pages, stale_pages(checkpoint), jobs):
            row = rows.pop(result.path)
            if isinstance(result, Failure):
                catalogue.keep_failure(result.path, row.kind, result.fault, plan.build)
            else:
                made.append(MadePage(row, result.sha256, result.size))
                if result.status != "same":
                    changed.append(result.path)
            stage.advance()
        catalogue.keep_pages(made, plan.build)
    return changed


def _prune(
    config: Config,
    catalogue: site.Catalogue,
    plan: site.Plan,
    strange: list[str],
    references: dict[str, list[str | None]],
) -> list[str]:
    """Remove files that are no longer planned, and what else is in output/; return their paths."""
    gone = plan.gone()
    gone += sorted({path for path in strange if not catalogue.page(path)}.difference(gone))
    for path in gone:
        remove(config.output, path)
    with catalogue.batch():
        for path in gone:
            catalogue.drop_page(path)
        catalogue.keep_meta("new output", "")
        catalogue.keep_meta("template references", json.dumps(references))
        plan.finish()
    return gone


# --- questions ----------------------------------------------------------------------------------------------------


def explain_capture(config: Config, seed: str) -> list[Reading]:
    """Read a capture anew and return what became of each of its lines; one reading for each capture in a file.

    ``seed`` is a path below seeds/; for a record inside, ``#`` and its name or its number stand behind it.

    Raises SeedError when there is none.
    """
    learned = site.read_learned(config.state)
    path = seeds.file_of(config.seeds, seed) or seed
    file = seeds.SeedFile(path, "")
    names = seeds.RecordNames()
    found: list[Reading] = []
    try:
        for captured in seeds.read_captures(config.seeds / path, path, config.tables):
            named = names.name(captured)
            if seed in {path, captured.seed, named.seed}:
                found += (reading for _, reading in _read_articles(config, learned, [(file, named)]))
            if seed != path and seed in {captured.seed, named.seed}:
                break
    except SeedError as error:
        if not found:
            raise
        found.append(Reading(path, "", None, quarantine=error.faults[0].verdict))
    if found:
        return found
    raise SeedError.at(f"seeds/{seed}", "no such capture")


@_with_sound_catalogue
def explain_page(config: Config, report: Reporter, path: str) -> list[str]:
    """Return why the page at ``path`` below output/ would be made again; nothing when it is fresh.

    Raises UsageError when the site has no such page.
    """
    with open_mirror(config) as catalogue:
        _gather(config, catalogue, report, 0)
        theme = output.load_theme(config.templates, search=config.site.search)
        ask = site.Queries(catalogue, config, theme.assets)
        reasons = site.explain_page(catalogue, ask, partial(shared_inputs, config, theme), path)
    if reasons is None:
        raise UsageError.at(path, "the site has no such page", "name it as in output/: `genpi/2024/06/slug.html`")
    if not (config.output / path).is_file():
        reasons.append("its file is missing")
    return reasons


@_with_sound_catalogue
def check(config: Config, report: Reporter) -> tuple[int, int, list[Fault]]:
    """Look through article files and output/.

    Returns how many pages and links were looked at, and what is wrong: front matter that breaks the contract, links
    that lead nowhere, pages to which nothing leads.
    """
    with open_mirror(config) as catalogue:
        _gather(config, catalogue, report, 0)
        faults = catalogue.content_faults() + site.Queries(catalogue, config, {}).alias_faults() + catalogue.failures()
        aliases = set(catalogue.pages_of_kind("alias"))
    with report.stage("Checking links") as stage:
        pages, links, broken = output.check_links(config.output, config.site.base_url, stage.advance, aliases)
    return pages, links, faults + broken


@_with_sound_catalogue
def measure(config: Config, report: Reporter) -> hosts.Measure:
    """Return how large the site is: measured in output/, or estimated from content/ where that tells too little.

    It tells too little where there is no site yet, or more than a tenth of the articles have no page yet.
    """
    with open_mirror(config) as catalogue:
        _gather(config, catalogue, report, 0)
        ask = site.Queries(catalogue, config, {})
        articles, made = ask.count_articles(), len(catalogue.pages_of_kind("article"))
        is_built = (config.output / "index.html").is_file() and articles <= made * 1.1
        if is_built:
            return hosts.measure(config.output)
        size = sum((config.content / file.path).stat().st_size for file in content.find_files(config.content))
        about, longest = site.estimate(ask, size), ask.longest_address()
    how = f"{about.articles:,} articles in content/, {about.lists:,} pages of lists that they stand on"
    return hosts.Measure(
        files=about.files,
        entries=about.files + about.lists,
        bytes=about.bytes,
        largest=(addresses.DATASET, about.largest),
        longest=longest,
        redirects=0,
        search_files=about.search_files,
        search_bytes=about.search_bytes,
        estimate=how,
    )


def find_untranslated(config: Config) -> list[str]:
    """Return the messages of the interface that are shown in English, as its language has no words for them.

    Raises TemplateError for a file that is no catalogue.
    """
    from cermin.output.untranslated import find_untranslated

    return find_untranslated(config, output.load_theme(config.templates, search=config.site.search))


@_with_sound_catalogue
def learn_outlets(config: Config, report: Reporter, names: Sequence[str]) -> list[Learned]:
    """Write profiles of the furniture that imports learned, for all sources or for those of the given names.

    Raises UsageError for a name of which nothing was learned.
    """
    from cermin.learning import learn_profiles

    with open_mirror(config) as catalogue, report.stage("Reading captures"):
        return learn_profiles(config, catalogue, names)
