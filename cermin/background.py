"""Imports and builds in a process of their own, one at a time, whenever it is quiet and something is to do.

The process can be killed at any time, for imports and builds are safe to kill; the next one goes on where it was.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple, Protocol

from cermin import pipeline
from cermin.config import Config
from cermin.errors import BusyError, CerminError, Fault

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

    from cermin.report import Stage

QUIET = 0.3
"""Seconds without a change after which work begins."""
AGAIN = 1.0
"""Seconds after which what another cermin kept from being done is tried again."""
EVERY = 0.2
"""Seconds between two words of how far the work is."""


class Progress(NamedTuple):
    """Work under way: ``total`` is None where nobody knows how much there is."""

    words: str
    done: int
    total: int | None


class Importing(NamedTuple):
    """An import begins."""


@dataclass(slots=True)
class Run:
    """What came of one process."""

    left: set[str]
    """What was to be done and was not: ``import``, ``build``."""
    warnings: tuple[Fault, ...] | None = None
    """What an import told; None where there was none."""
    changed: set[str] = field(default_factory=set)
    """Files of output/."""
    faults: tuple[Fault, ...] = ()
    """What is wrong with article files and pages, where they were built."""
    failure: CerminError | None = None
    """Why the rest could not be done."""


class Owner(Protocol):
    """Who has work done in the background. Called from threads of `Background`."""

    @property
    def config(self) -> Config:
        """The mirror."""

    def is_filling(self) -> bool:
        """Tell whether the catalogue is still to be filled, so that to kill a build would lose what it read."""

    def catch_up(self) -> bool:
        """Take in what is still to be taken in before a build begins; tell whether it can begin."""

    def progressed(self, progress: Progress) -> None:
        """Take how far the work is."""

    def gathered(self) -> bool:
        """Learn that the catalogue holds all articles; tell whether they are as they should be."""

    def finished(self, run: Run, *, is_settled: bool) -> None:
        """Take what came of a process that was not killed; ``is_settled`` tells whether nothing is left to do."""


class Background:
    """Does the work, in a thread that waits for it and a process that does it."""

    def __init__(self, owner: Owner, jobs: int) -> None:
        self._owner, self._jobs = owner, jobs
        self._state = threading.Condition()
        self._thread = threading.Thread(target=self._tend, name="background", daemon=True)
        self._todo = {"build", "import"}
        self._interrupting = 0
        self._earliest = 0.0
        self._process: BaseProcess | None = None
        self._is_working = self._is_killed = self._is_closing = self._has_built = False
        self._is_outdated = False
        """Whether the build that works was not killed when something changed."""
        self.is_importing = False
        """Whether an import is writing article files."""
        self._failed: set[str] = set()
        """What is tried again when something changed."""

    @property
    def is_settled(self) -> bool:
        """Whether output/ is as it should be."""
        return self._has_built and not (self._failed or self._is_working or self._todo)

    def begin(self) -> None:
        """Begin to work."""
        self._thread.start()

    def close(self) -> None:
        """Kill what works, and wait until it is gone."""
        with self._state:
            self._is_closing = True
            self._kill()
            self._state.notify_all()
        if self._thread.is_alive():
            self._thread.join()

    @contextmanager
    def interrupted(self, *, imports: bool) -> Iterator[None]:
        """Let nothing work on the mirror meanwhile, and output/ be brought up to date when it is quiet behind it.

        A build that fills the catalogue goes on all the same, until that is done.
        """
        with self._state:
            self._interrupting += 1
            self._todo |= {"build", *self._failed, *(["import"] if imports else [])}
        try:
            is_filling = self._owner.is_filling()
            with self._state:
                self._is_outdated |= is_filling
                if not is_filling:
                    self._kill()
                    self._state.wait_for(lambda: not self._is_working)
            yield
        finally:
            with self._state:
                self._interrupting -= 1
                self._earliest = time.monotonic() + QUIET
                self._state.notify_all()

    def ask(self, *, imports: bool) -> None:
        """Have output/ brought up to date once more, when all that is under way is done."""
        with self._state:
            self._todo |= {"build", "import"} if imports else {"build"}
            self._state.notify_all()

    def _kill(self) -> None:
        if self._process:
            self._is_killed = True
            if hasattr(os, "killpg") and self._process.pid:
                # With its workers, which would notice a little later; a process that just began has no group yet.
                with suppress(ProcessLookupError, PermissionError):
                    os.killpg(self._process.pid, signal.SIGKILL)
            self._process.kill()

    def _tend(self) -> None:
        while self._wait():
            if not self._owner.catch_up():
                with self._state:
                    self._earliest = time.monotonic() + AGAIN
                continue
            with self._state:
                if self._interrupting or self._is_closing:
                    continue
                self._is_working, self._is_killed, self._is_outdated = True, False, False
                run, self._todo = Run(self._todo), set()
                process, receiver = self._start(run)
                self._process = process
            try:
                with receiver:
                    self._attend(receiver, run)
            finally:
                # Whatever happens, nobody waits for work that has ended.
                self._end(process, run)

    def _wait(self) -> bool:
        """Wait for something to do, and for a quiet moment to do it; tell whether there will be one."""
        with self._state:
            while not self._is_closing:
                if not self._todo or self._interrupting:
                    self._state.wait()
                elif (left := self._earliest - time.monotonic()) > 0:
                    self._state.wait(left)
                else:
                    return True
            return False

    def _start(self, run: Run) -> tuple[BaseProcess, Connection]:
        import multiprocessing

        # One that is forked from a process with threads may never come to run.
        context = multiprocessing.get_context("spawn")
        receiver, sender = context.Pipe(duplex=False)
        process = context.Process(
            target=_work,
            args=(self._owner.config, self._jobs, sender),
            kwargs={"has_built": self._has_built, "imports": "import" in run.left},
            name="cermin build",
        )
        process.start()
        # So that it is seen when all who have the other are gone: the process and its workers.
        sender.close()
        return process, receiver

    def _attend(self, receiver: Connection, run: Run) -> None:
        """Take what the process tells, until it and its workers are gone."""
        words = ""
        for told in _receive(receiver):
            if self._is_killed:
                continue
            match told:
                case Progress():
                    self._owner.progressed(told)
                    was_reading, words = words == pipeline.READING, told.words
                    if was_reading and words != pipeline.READING:
                        is_right = self._owner.gathered()
                        with self._state:
                            if self._is_outdated or not is_right:
                                self._kill()
                case Importing():
                    self.is_importing = True
                case pipeline.Imported():
                    self.is_importing = False
                    run.left.discard("import")
                    run.warnings = told.warnings
                case pipeline.Built():
                    run.left.discard("build")
                    self._has_built = True
                    run.changed.update(told.changed)
                    run.faults = told.faults
                case CerminError():
                    run.failure = told

    def _end(self, process: BaseProcess, run: Run) -> None:
        if run.left and not run.failure:
            hint = "where memory is short, fewer workers may help: `--jobs 1`"
            run.failure = CerminError.at("", "the build was ended from outside", hint)
        with self._state:
            process.join()
            is_killed, self._process, self._is_working = self._is_killed, None, False
            self.is_importing = False
            left, self._failed = run.left | {"build"}, set()
            if is_killed:
                self._todo |= left
            elif isinstance(run.failure, BusyError):
                self._todo |= left
                self._earliest = max(self._earliest, time.monotonic() + AGAIN)
            elif run.failure:
                self._failed = left
            self._state.notify_all()
        if not is_killed:
            self._owner.finished(run, is_settled=self.is_settled)


def _receive(receiver: Connection) -> Iterator[object]:
    with suppress(EOFError, OSError):
        while True:
            yield receiver.recv()


# --- in the process -----------------------------------------------------------------------------------------------


class _Channel:
    """A reporter that sends how far the work is."""

    def __init__(self, sender: Connection) -> None:
        self._sender = sender

    @contextmanager
    def stage(self, words: str, total: int | None = None) -> Iterator[Stage]:
        yield _SentStage(self._sender, words, total)

    def say(self, message: str) -> None:
        pass

    def detail(self, message: str) -> None:
        pass

    def fault(self, fault: Fault, word: str = "error") -> None:
        pass


class _SentStage:
    def __init__(self, sender: Connection, words: str, total: int | None) -> None:
        self._sender, self._words, self._total, self._done = sender, words, total, 0
        self._send()

    def advance(self, steps: int = 1) -> None:
        self._done += steps
        if time.monotonic() - self._sent >= EVERY:
            self._send()

    def expect(self, total: int) -> None:
        self._total = total

    def _send(self) -> None:
        self._sent = time.monotonic()
        self._sender.send(Progress(self._words, self._done, self._total))


def _work(config: Config, jobs: int, sender: Connection, *, has_built: bool, imports: bool) -> None:
    """Import and build; where nothing was built yet, a build comes first.

    Nothing is signed: a key may ask for its passphrase, and nobody saved for that.
    """
    # Ctrl-C is for who started this process and ends it.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    if hasattr(os, "setsid"):
        os.setsid()
    if hasattr(os, "nice"):
        # Browsers, and the server that answers them, come first.
        os.nice(5)
    report = _Channel(sender)
    with suppress(BrokenPipeError):
        try:
            if not has_built:
                sender.send(pipeline.build(config, report, jobs=jobs, signs=False))
            if imports:
                sender.send(Importing())
                imported = pipeline.import_seeds(config, report, jobs=jobs)
                sender.send(imported)
            if has_built or (imports and imported.written):
                sender.send(pipeline.build(config, report, jobs=jobs, signs=False))
        except CerminError as error:
            sender.send(error)
