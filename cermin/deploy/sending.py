"""A deploy: what the plan says is sent step by step, and whatever stops it, what arrived is told."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from filelock import FileLock, Timeout

from cermin.config import Config
from cermin.deploy.places import Place
from cermin.deploy.plan import JOURNAL, Plan, make_plan
from cermin.deploy.target import Session, Source, Work
from cermin.errors import BusyError, CerminError, DeployError, Fault
from cermin.hosts import compare, load_hosts, measure
from cermin.manifest import Listed
from cermin.report import Reporter

FINISHING = "finishing"


@dataclass(frozen=True, slots=True)
class Deployed:
    """What a deploy did, or would do."""

    address: str
    plan: Plan
    unsettled: str = ""
    """What the target itself had to change, beside the site's files."""
    note: str = ""
    """What the target has to tell of it."""
    seconds: float = 0.0

    @property
    def is_nothing(self) -> bool:
        """Whether the place held the site already, as it should."""
        return self.plan.is_nothing and not self.unsettled


@dataclass(frozen=True, slots=True)
class Terms:
    """On what terms a deploy runs."""

    is_dry: bool = False
    """Only find out what it would take."""
    agreed: bool = False
    """A person agreed to what is asked about: deleting much, overwriting what others put there."""
    may_ask: bool = False
    """Programs may ask the person at the terminal, for a passphrase or a host key."""


def deploy_site(config: Config, place: Place, report: Reporter, terms: Terms) -> Deployed:
    """Bring output/, as the last build left it, to a place.

    Raises UsageError when there is no build, DeployError when the place refuses or output/ was changed since the build,
    BusyError when another process deploys to the place.
    """
    started = time.monotonic()
    source = Source(config.output)
    state = config.state / "deploy" / place.name
    work = Work(config.root, source, state, may_ask=terms.may_ask)
    with _alone(config, place), place.target.open(work) as session:
        with report.stage("Comparing"):
            plan = make_plan(session, source)
        _tell_warnings(plan, report, place)
        done = Deployed(place.target.address, plan, session.unsettled())
        if not done.is_nothing:
            objection = session.objection()
            objections = [*([objection] if objection else []), *plan.objections(place.max_deletes)]
            objections += _compare_with_host(config, place, report)
            _ask_first(objections, place.target.address, report, terms)
        if not (done.is_nothing or terms.is_dry):
            _check_source(source, plan, report)
            done = replace(done, note=_Sending(session, plan, report, place.target.address).run())
    return replace(done, seconds=time.monotonic() - started)


def _compare_with_host(config: Config, place: Place, report: Reporter) -> list[Fault]:
    """Return what is more than the host takes; warn of what comes near to that."""
    host = place.host or config.site.host
    if not host:
        return []
    verdict = compare(load_hosts()[host], measure(config.output))
    for fault in verdict.warnings:
        report.fault(fault, "warning")
    return [fault._replace(hint=f"{fault.hint}; or go on with --yes") for fault in verdict.faults]


def _ask_first(objections: Sequence[Fault], address: str, report: Reporter, terms: Terms) -> None:
    """Refuse what nobody agreed to. Raises DeployError with all reasons."""
    faults = [fault._replace(place=fault.place or address) for fault in objections]
    if terms.is_dry:
        for fault in faults:
            report.fault(fault, "warning")
    elif faults and not terms.agreed:
        raise DeployError(*faults)


def _tell_warnings(plan: Plan, report: Reporter, place: Place) -> None:
    for fault in plan.warnings:
        report.fault(fault._replace(place=f"{place.target.address}: {fault.place}"), "warning")


@contextmanager
def _alone(config: Config, place: Place) -> Iterator[None]:
    folder = config.state / "deploy"
    lock = FileLock(folder / f"{place.name}.lock")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        lock.acquire(blocking=False)
    except Timeout as error:
        verdict = f"another cermin deploys to {place.name}"
        raise BusyError.at(config.root, verdict, "wait until it is done") from error
    except OSError as error:
        raise DeployError.at(folder, f"cannot be written: {error.strerror}") from error
    try:
        yield
    finally:
        lock.release()


def _check_source(source: Source, plan: Plan, report: Reporter) -> None:
    """Refuse to send anything when a file is not what the manifest says. Raises DeployError with all such files."""
    with report.stage("Checking files", plan.files) as stage:
        faults = []
        for _, files in plan.steps:
            for file in files:
                if fault := source.check(file):
                    faults.append(fault)
                stage.advance()
    if faults:
        raise DeployError(*faults)


class _Sending:
    """A deploy under way, and how far it is."""

    def __init__(self, session: Session, plan: Plan, report: Reporter, address: str) -> None:
        self._session, self._plan, self._report, self._address = session, plan, report, address
        self._files, self._size, self._deleted, self._now = 0, 0, 0, ""

    def run(self) -> str:
        """Do it. Raises DeployError, with what stopped it and how far it came."""
        try:
            return self._run()
        except CerminError as error:
            raise DeployError(*error.faults, self._how_far()) from error
        except OSError as error:
            fault = Fault(str(error.filename or self._address), error.strerror or str(error))
            raise DeployError(fault, self._how_far()) from error
        except KeyboardInterrupt:
            self._report.fault(self._how_far(), "warning")
            raise

    def _run(self) -> str:
        session, plan = self._session, self._plan
        if not session.is_atomic:
            session.write(JOURNAL, plan.journal)
        self._delete(plan.in_the_way)
        for words, files in plan.steps:
            self._now = f"sending {words}"
            with self._report.stage(f"Sending {words}", len(files)) as stage:

                def sent(file: Listed) -> None:
                    self._files += 1
                    self._size += file.size
                    self._report.detail(f"  {file.path}")
                    stage.advance()

                session.send(files, sent)
        self._delete(plan.deletes)
        if not session.is_atomic:
            session.delete([JOURNAL], lambda _: None)
        self._now = FINISHING
        with self._report.stage("Finishing") as stage:
            return session.finish(stage)

    def _delete(self, paths: Sequence[str]) -> None:
        if not paths:
            return
        self._now = "deleting"
        with self._report.stage("Deleting", len(paths)) as stage:

            def deleted(path: str) -> None:
                self._deleted += 1
                self._report.detail(f"  {path} deleted")
                stage.advance()

            self._session.delete(paths, deleted)

    def _how_far(self) -> Fault:
        hint = "run the same command again: it goes on from there"
        if self._session.is_atomic:
            verdict = "all of it arrived or nothing" if self._now == FINISHING else "nothing was changed there"
            return Fault(self._address, verdict, "run the same command again")
        plan = self._plan
        arrived = f"{self._files:,} of {plan.files:,} files arrived ({show_size(self._size)} of {show_size(plan.size)})"
        deletes = len(plan.in_the_way) + len(plan.deletes)
        gone = f"{self._deleted:,} of {deletes:,} were deleted" if deletes else ""
        stopped = f"stopped while {self._now}" if self._now else "stopped before anything was sent"
        return Fault(self._address, "; ".join(filter(None, (stopped, arrived, gone))), hint)


def show_size(size: int) -> str:
    """Return a number of bytes in the words that people use."""
    return f"{size / 1e6:,.1f} MB" if size >= 1e5 else f"{size / 1e3:,.1f} KB"  # noqa: PLR2004
