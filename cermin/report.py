"""What the user is told: events sent to a reporter, which prints them, draws progress bars, or remembers them."""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from cermin.errors import Fault

if TYPE_CHECKING:
    from rich.progress import Progress, TaskID


class Stage(Protocol):
    """A piece of work under way."""

    def advance(self, steps: int = 1) -> None:
        """Say that so many more steps are done."""

    def expect(self, total: int) -> None:
        """Say how many steps there are."""


class Reporter(Protocol):
    """Takes what happens."""

    @contextmanager
    def stage(self, words: str, total: int | None = None) -> Iterator[Stage]:
        """Tell of a piece of work while it lasts; ``total`` steps, or an unknown number of them."""

    def say(self, message: str) -> None:
        """Tell an outcome."""

    def detail(self, message: str) -> None:
        """Tell what only those who asked for more want to know."""

    def fault(self, fault: Fault, word: str = "error") -> None:
        """Tell what is wrong, and the way out."""


class _Silent:
    def advance(self, steps: int = 1) -> None:
        pass

    def expect(self, total: int) -> None:
        pass


@dataclass(slots=True)
class MemoryReporter:
    """Remembers what it is told, for tests and for the preview."""

    said: list[str] = field(default_factory=list)
    details: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    @contextmanager
    def stage(self, words: str, total: int | None = None) -> Iterator[Stage]:  # noqa: ARG002
        """Nothing is shown."""
        yield _Silent()

    def say(self, message: str) -> None:
        """Remember an outcome."""
        self.said.append(message)

    def detail(self, message: str) -> None:
        """Remember a detail."""
        self.details.append(message)

    def fault(self, fault: Fault, word: str = "error") -> None:  # noqa: ARG002
        """Remember a fault."""
        self.faults.append(fault)


_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What moves a terminal's cursor, starts a line or turns one round: names of files may hold any of it."""


def _printable(text: str) -> str:
    return _UNPRINTABLE.sub(lambda match: match[0].encode("unicode_escape").decode(), text)


class PlainReporter:
    """Prints plain lines: outcomes on standard output, faults on standard error."""

    def __init__(self, *, quiet: bool = False, verbose: bool = False) -> None:
        self._quiet = quiet
        self._verbose = verbose

    @contextmanager
    def stage(self, words: str, total: int | None = None) -> Iterator[Stage]:  # noqa: ARG002
        """Print the words once the work takes long enough for somebody to wonder."""
        yield _Silent()

    def say(self, message: str) -> None:
        """Print an outcome."""
        if not self._quiet:
            print(_printable(message), flush=True)

    def detail(self, message: str) -> None:
        """Print a detail."""
        if self._verbose:
            print(_printable(message), flush=True)

    def fault(self, fault: Fault, word: str = "error") -> None:
        """Print a fault, with its hint on a line of its own."""
        print(f"{word}: {_printable(str(fault))}", file=sys.stderr)
        if fault.hint:
            print(f"hint: {_printable(fault.hint)}", file=sys.stderr)


class LogReporter(PlainReporter):
    """Prints plain lines where nobody looks at a terminal: a line every few seconds tells how far long work is."""

    EVERY = 10.0
    """Seconds between two lines of one stage."""

    @contextmanager
    def stage(self, words: str, total: int | None = None) -> Iterator[Stage]:
        """Tell how far the work is, now and then."""
        yield _Silent() if self._quiet else _LoggedStage(words, total, self.EVERY)


class _LoggedStage:
    def __init__(self, words: str, total: int | None, every: float) -> None:
        self._words, self._total, self._every = words, total, every
        self._done, self._told = 0, time.monotonic()

    def advance(self, steps: int = 1) -> None:
        self._done += steps
        if time.monotonic() - self._told >= self._every:
            self._told = time.monotonic()
            print(f"{self._words}: {self._done:,}" + (f" of {self._total:,}" if self._total else ""), flush=True)

    def expect(self, total: int) -> None:
        self._total = total


class ConsoleReporter(PlainReporter):
    """Draws progress bars on a terminal and colours the words of faults, unless NO_COLOR is set."""

    def __init__(self, *, verbose: bool = False) -> None:
        super().__init__(verbose=verbose)
        self._progress: Progress | None = None

    @contextmanager
    def stage(self, words: str, total: int | None = None) -> Iterator[Stage]:
        """Draw a bar, which goes away when the work is done."""
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

        columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
        # No refreshing thread: workers are forked while the bar is drawn.
        with Progress(*columns, console=Console(stderr=True), auto_refresh=False, transient=True) as progress:
            yield _Bar(progress, progress.add_task(words, total=total))

    def fault(self, fault: Fault, word: str = "error") -> None:
        """Print a fault with its first word in colour."""
        from rich.console import Console
        from rich.text import Text

        console = Console(stderr=True, soft_wrap=True, highlight=False)
        console.print(
            Text.assemble((f"{word}:", "bold red" if word == "error" else "bold yellow"), f" {_printable(str(fault))}")
        )
        if fault.hint:
            console.print(Text.assemble(("hint:", "bold cyan"), f" {_printable(fault.hint)}"))


class _Bar:
    EVERY = 0.1
    """Seconds between two drawings."""

    def __init__(self, progress: Progress, task: TaskID) -> None:
        self._progress, self._task, self._drawn = progress, task, 0.0

    def advance(self, steps: int = 1) -> None:
        self._progress.advance(self._task, steps)
        if time.monotonic() - self._drawn >= self.EVERY:
            self._drawn = time.monotonic()
            self._progress.refresh()

    def expect(self, total: int) -> None:
        self._progress.update(self._task, total=total)


def open_reporter(*, quiet: bool = False, verbose: bool = False) -> Reporter:
    """Return the reporter that fits: bars on a terminal, plain lines elsewhere, faults alone when ``quiet``."""
    if quiet:
        return PlainReporter(quiet=True)
    if sys.stderr.isatty() and sys.stdout.isatty():
        return ConsoleReporter(verbose=verbose)
    return LogReporter(verbose=verbose)
