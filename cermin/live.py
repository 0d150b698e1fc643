"""The mirror behind the preview: pages as they should be now, and an output/ that catches up.

Nothing here builds. What a person saves is read into the catalogue at once, which takes milliseconds; from then on the
pages that somebody looks at are made from the catalogue when they are asked for, as a build would make them. output/
is brought up to date by an ordinary import and build, in a process of its own, when nothing more is being saved. It is
killed when something is saved after all, for builds are safe to kill; the next one goes on where it was.

So there is one way to build, a page that is shown never waits for one that is not, and the process that answers
browsers has a core for itself.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from cermin import content, output, pipeline, site
from cermin.background import Background, Progress, Run
from cermin.config import NAME, Config, load_config
from cermin.errors import CerminError, ChangedError, Fault
from cermin.files import digest
from cermin.workers import read_rows

MANY = 250
"""Article files up to which what was saved is read at once; more are left to the build."""
FIRST_LOOK = 2000
"""Article files that the first look at a mirror shows, which was not read before."""
KEPT = 256
"""Pages that are kept until something changes."""


class Update(NamedTuple):
    """What browsers are told."""

    changed: frozenset[str] = frozenset()
    """Files of output/ that are new, changed or gone, and were not told before; of pages, those that are shown."""
    stylesheet: str = ""
    """The new address of the stylesheet, where nothing else changed: it can be swapped, and nothing be reloaded."""
    faults: tuple[Fault, ...] = ()
    """All that is wrong now."""
    warnings: tuple[Fault, ...] = ()
    """Captures that gave no article, and article files that were left alone, as of the last import."""
    progress: Progress | None = None
    """What is being done; None when output/ is up to date, or waits for a quiet moment."""
    is_first_look: bool = False
    """Whether only a part of the mirror was read so far, so that its lists are not complete."""
    is_settled: bool = False
    """Whether output/ is as a build makes it."""


class Answer(NamedTuple):
    """What is to be sent for a path."""

    data: bytes | None = None
    """The page; None where the file in output/, if there is one, is right, or nothing better is to be had."""
    is_gone: bool = False
    """Whether the file in output/, should there be one, is no longer part of the site."""
    fault: Fault | None = None
    """Why the page cannot be made as it should be."""


class LiveMirror:
    """A mirror under preview. `begin` first and `close` last; the rest may be called from any thread.

    ``tell`` is called, from threads of this class too, with all that browsers should know; ``shown`` returns the files
    of output/ that they show.
    """

    def __init__(
        self, config: Config, jobs: int, *, tell: Callable[[Update], None], shown: Callable[[], Iterable[str]]
    ) -> None:
        self.config = config
        self._tell, self._shown = tell, shown
        self._making = threading.RLock()
        """Held while pages are made or what they are made of changes."""
        self._make_pages = output.MakePages(config)
        self._made: dict[str, Answer] = {}
        """Pages as they should be now."""
        self._seen: dict[str, str] = {}
        """Hashes of pages that browsers were sent, or told of, as they are not in output/."""
        self._last_good: dict[str, bytes] = {}
        """Pages of articles whose files cannot be read any more, as they were last."""
        self._late: set[str] = set()
        """Paths below content/ that are still to be read."""
        self._settings_faults: tuple[Fault, ...] = ()
        self._content_faults: tuple[Fault, ...] = ()
        self._page_faults: tuple[Fault, ...] = ()
        self._failures: tuple[Fault, ...] = ()
        """Why output/ could not be brought up to date."""
        self._build_faults: tuple[Fault, ...] = ()
        self._warnings: tuple[Fault, ...] = ()
        self._progress: Progress | None = None
        self._catalogue: site.Catalogue | None = None
        self._catalogue_number = 0
        self.is_first_look = False
        """Whether pages are made of the articles that were read first, as the catalogue does not hold all."""
        self._is_redesigned = False
        """Whether templates or settings changed since output/ was up to date."""
        self._is_live = False
        """Whether pages are made when they are asked for, also where output/ has a file."""
        self._background = Background(self, jobs)

    # --- what the server calls ------------------------------------------------------------------------------------

    def begin(self) -> None:
        """Have a first page ready, and begin to bring output/ up to date."""
        with suppress(OSError):
            # Into a folder that is there a build writes page by page, so that one that is cut short loses little.
            self.config.output.mkdir(parents=True, exist_ok=True)
        with self._making, suppress(CerminError), self._asking():
            pass
        self._background.begin()

    def close(self) -> None:
        """End all work."""
        self._background.close()
        with self._making:
            self._close_catalogue()
            self._end_first_look()

    def change(self, paths: Iterable[Path]) -> None:
        """Take in what was saved at some paths; what changed of that which is shown is told before this returns."""
        root = self.config.root
        below = [path for place in paths if place.is_relative_to(root) and (path := place.relative_to(root)).parts]
        tops = {path.parts[0] for path in below}
        articles = {"/".join(path.parts[1:]) for path in below if path.parts[0] == "content"}
        imports = bool(tops & {"seeds", "outlets", NAME})
        # An import writes article files itself, and is not to be begun anew with each capture that comes.
        if self._background.is_importing and tops <= {"content", "seeds"} and not self._has_edits(articles):
            self._background.ask(imports=imports)
            return
        with self._background.interrupted(imports=imports):
            with self._making:
                self._failures = ()
                # All of content/ is left to the build.
                self._late |= articles - {""}
                self._read_late()
                style = self.stylesheet
                if tops & {"templates", "locales", "outlets", NAME}:
                    self._reload()
                is_style = all(path.parts[:2] == ("templates", "static") for path in below)
                assets = {Path(*path.parts[1:]).as_posix() for path in below} if is_style else set()
                swapped = self.stylesheet if is_style and self.stylesheet != style else ""
            self.look(assets, swapped)

    def page(self, path: str) -> Answer:
        """Return what is to be sent for a path below output/."""
        with self._making:
            if path in self._last_good:
                return Answer(self._last_good[path])
            if self._background.is_settled or (not self._is_live and (self.config.output / path).is_file()):
                return Answer()
            answer = self._answer(path)
            if answer.data is not None:
                self._seen[path] = digest(answer.data)
            return answer

    @property
    def stylesheet(self) -> str:
        """The address of the stylesheet as it is now."""
        return self._make_pages.theme.stylesheet

    # --- pages as they should be ----------------------------------------------------------------------------------

    def _answer(self, path: str) -> Answer:
        if path in self._made:
            return self._made[path]
        try:
            answer = self._make(path)
        except ChangedError:
            # That it changed is still to be told; then it is made again.
            return Answer()
        except CerminError as error:
            answer = Answer(fault=error.faults[0])
        except OSError as error:  # a file of the theme that is gone
            answer = Answer(fault=Fault(str(error.filename), f"cannot be read: {error.strerror}"))
        if len(self._made) >= KEPT:
            self._made.clear()
        self._made[path] = answer
        return answer

    def _make(self, path: str) -> Answer:
        with self._asking(path) as (catalogue, ask):
            page = site.find_page(ask, path)
            if page and page.kind not in site.MADE_BY_THEMSELVES:
                return Answer(self._make_pages.renderer.render(page))
            if path in self._last_good:
                return Answer(self._last_good[path])
            return Answer(is_gone=page is None and catalogue.page(path) is not None)

    @contextmanager
    def _asking(self, path: str = "") -> Iterator[tuple[site.Catalogue, site.Queries]]:
        """Let the catalogue be asked, as it is now; before it holds all articles, what the first look found.

        Raises CerminError.
        """
        with ExitStack() as stack:
            catalogue = self._gathered()
            if catalogue is None:
                catalogue = stack.enter_context(self._open_first_look())
                if path.endswith(".html"):
                    pipeline.gather_at(self.config, catalogue, [path.removesuffix(".html") + ".md"])
            stack.enter_context(catalogue.moment())
            yield catalogue, site.Queries(catalogue, self.config, self._make_pages.theme.assets)

    def _gathered(self) -> site.Catalogue | None:
        """Return the catalogue, if it holds all articles. Raises CerminError."""
        number = site.catalogue_number(self.config.state)
        if number != self._catalogue_number:
            self._close_catalogue()
            self._catalogue = site.open_reading(self.config.state)
            self._catalogue_number = number if self._catalogue else 0
        if self._catalogue is None:
            return None
        with self._catalogue.moment():
            return self._catalogue if pipeline.is_gathered(self._catalogue) else None

    def _close_catalogue(self) -> None:
        if self._catalogue:
            self._catalogue.close()
        self._catalogue = None

    @contextmanager
    def _open_first_look(self) -> Iterator[site.Catalogue]:
        """Open a catalogue of the newest articles, by their paths, and of those asked for. Raises CerminError."""
        folder = self.config.state / "first-look"
        if not self.is_first_look:
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
        with site.open_catalogue(folder) as catalogue:
            if not self.is_first_look:
                self.is_first_look = True
                with catalogue.batch():
                    loader = catalogue.loader()
                    for read, shelved in read_rows(self.config, content.find_newest(self.config.content, FIRST_LOOK)):
                        loader.add(read.file.path, read.file.stamp, read.seed, read.faults, shelved)
                    catalogue.finish_loading(loader)
            yield catalogue

    def _end_first_look(self) -> None:
        self.is_first_look = False
        shutil.rmtree(self.config.state / "first-look", ignore_errors=True)

    # --- what was saved -------------------------------------------------------------------------------------------

    def _has_edits(self, articles: Iterable[str]) -> bool:
        """Tell whether a person wrote or changed some of these article files."""
        return any(content.is_hand_edited(self.config.content, path) for path in articles)

    def _reload(self) -> None:
        """Read settings and theme anew."""
        self._is_redesigned = True
        try:
            config = load_config(self.config.root, self.config.output)
            make_pages = output.MakePages(config)
            _ = make_pages.theme
        except CerminError as error:
            self._settings_faults = error.faults
        except OSError as error:
            self._settings_faults = (Fault(str(error.filename), f"cannot be read: {error.strerror}"),)
        else:
            self.config, self._make_pages, self._settings_faults = config, make_pages, ()

    def _read_late(self) -> bool:
        """Read what was saved in content/ into the catalogue; tell whether that can be done now and was."""
        with self._making:
            if not self._late:
                return True
            try:
                if self._gathered() is None:
                    with self._open_first_look() as catalogue:
                        pipeline.gather_at(self.config, catalogue, self._late)
                    return False
                for path in self._late:
                    self._remember_good(path)
                found = (file for path in self._late for file in content.find_files_at(self.config.content, path))
                if len(list(islice(found, MANY + 1))) <= MANY:
                    with pipeline.open_mirror(self.config) as catalogue:
                        catalogue.put_off_checkpoints()
                        pipeline.gather_at(self.config, catalogue, self._late)
            except CerminError as error:
                self._content_faults = error.faults
                return False
            self._content_faults = ()
            self._late.clear()
            return True

    def _remember_good(self, path: str) -> None:
        """Keep the page of an article as it is, in case that its file cannot be read now."""
        page = path.removesuffix(".md") + ".html"
        if page in self._last_good or not (self.config.content / path).is_file():
            return
        data = self._made[page].data if page in self._made else None
        if data is None:
            with suppress(OSError):
                data = (self.config.output / page).read_bytes()
        if data is not None:
            self._last_good[page] = data

    def look(self, assets: Iterable[str] = (), stylesheet: str = "") -> None:
        """Make the shown pages as they should be now, and tell which of them changed.

        ``assets`` are files that changed beside them; where ``stylesheet`` is given, no page changed but for the
        address of its stylesheet, which is swapped.
        """
        with self._making:
            self._made.clear()
            self._is_live = True
            changed, faults = set(assets), dict.fromkeys(self._content_faults)
            for path in dict.fromkeys(self._shown()):
                answer = self._answer(path)
                if answer.fault:
                    faults[answer.fault] = None
                elif self._differs(path, answer) and not stylesheet:
                    changed.add(path)
            self._page_faults = tuple(faults)
            self._forget_good()
            update = self._update(frozenset(changed))._replace(stylesheet=stylesheet)
        self._tell(update)

    def _forget_good(self) -> None:
        """Forget pages of articles that can be read again."""
        with suppress(CerminError), self._asking() as (catalogue, _):
            wrong = {fault.place.partition(":")[0] for fault in catalogue.content_faults()}
            for page in list(self._last_good):
                if f"content/{page.removesuffix('.html')}.md" not in wrong:
                    del self._last_good[page]

    def _differs(self, path: str, answer: Answer) -> bool:
        """Tell whether a page is not as browsers have it; if so they are told, and have it so."""
        seen = self._seen[path] if path in self._seen else self._written(path)
        now = "" if answer.is_gone else digest(answer.data) if answer.data is not None else self._written(path)
        if seen == now:
            return False
        self._seen[path] = now
        return True

    def _written(self, path: str) -> str:
        try:
            return digest((self.config.output / path).read_bytes())
        except (OSError, ValueError):
            return ""

    def _update(self, changed: frozenset[str] = frozenset()) -> Update:
        return Update(
            changed=changed,
            faults=self._faults(),
            warnings=self._warnings,
            progress=self._progress,
            is_first_look=self.is_first_look,
            is_settled=self._background.is_settled,
        )

    def _faults(self) -> tuple[Fault, ...]:
        """Return all that is wrong, as far as it is known."""
        if self._settings_faults:
            return self._settings_faults
        known = self._build_faults
        if not self._background.is_settled:
            with suppress(CerminError), self._asking() as (catalogue, _):
                # What failed in another theme may not in this one.
                known = (*catalogue.content_faults(), *([] if self._is_redesigned else catalogue.failures()))
        return tuple(dict.fromkeys((*self._failures, *self._page_faults, *known)))

    # --- what comes of the background ---------------------------------------------------------------------------

    def is_filling(self) -> bool:
        """Tell whether the catalogue is still to be filled, so that to kill a build would lose what it read."""
        with self._making:
            try:
                return self._gathered() is None
            except CerminError:
                return False

    def catch_up(self) -> bool:
        """Read what is still to be read before a build begins; tell whether it can begin."""
        if not self._late:
            return True
        is_read = self._read_late()
        self.look()
        return is_read or self.is_filling()

    def progressed(self, progress: Progress) -> None:
        """Tell how far the work is."""
        with self._making:
            self._progress = progress
            update = self._update()
        self._tell(update)

    def gathered(self) -> bool:
        """Make pages of the catalogue, which holds all articles now; tell whether none changed meanwhile."""
        with self._making:
            self._end_first_look()
            if self._late:
                return False
            # What it needs is loaded before somebody waits for it; what is wrong with it is told with a page.
            with suppress(CerminError, OSError):
                _ = self._make_pages.renderer
            self.look()
            return True

    def finished(self, run: Run, *, is_settled: bool) -> None:
        """Tell what changed in output/, which is as it should be now, or why it is not."""
        with self._making:
            self._progress = None
            if not self.is_filling():
                self._end_first_look()
            self._failures = run.failure.faults if run.failure else ()
            if run.warnings is not None:
                self._warnings = run.warnings
            changed = self._settle(run) if is_settled else frozenset()
            update = self._update(changed)
        self._tell(update)

    def _settle(self, run: Run) -> frozenset[str]:
        """Go over to the files of output/; return those that browsers do not have already."""
        shown = set(self._shown())
        changed = {path for path in run.changed if path not in shown or self._seen.get(path) != self._written(path)}
        # What has no file any more, browsers have as it was last.
        self._seen = {path: digest(data) for path, data in self._last_good.items()}
        self._made.clear()
        self._page_faults = ()
        self._build_faults = run.faults
        self._is_redesigned = False
        return frozenset(changed.difference(self._last_good))
