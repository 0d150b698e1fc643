"""Words to calls, errors to exit codes: the only place that knows a terminal.

Exit codes: 0 done; 1 something failed, and was said; 2 the call was wrong; 130 interrupted.
"""

from __future__ import annotations

import filecmp
import os
import shutil
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

import cermin
from cermin.config import Config, load_config
from cermin.errors import CerminError, Fault, UsageError, guess
from cermin.report import Reporter, open_reporter

if TYPE_CHECKING:
    from cermin.deploy import Deployed

DONE, FAILED, WRONG_USAGE, INTERRUPTED = 0, 1, 2, 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run a command and return its exit code; the words are those of the process unless given."""
    try:
        return int(cli.main(args=argv, prog_name="cermin", standalone_mode=False) or DONE)
    except click.ClickException as error:
        error.show()
        code = WRONG_USAGE
    except (click.Abort, KeyboardInterrupt):
        open_reporter().fault(Fault("", "interrupted; the next run goes on from here"), "warning")
        code = INTERRUPTED
    except CerminError as error:
        _tell(error.faults)
        code = WRONG_USAGE if isinstance(error, UsageError) else FAILED
    except BrokenPipeError:
        # Who read our output stopped reading, as `| head` does.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        code = FAILED
    except OSError as error:
        _tell([Fault(str(error.filename or ""), error.strerror or str(error))])
        code = FAILED
    return code


SHOWN = 20
"""Faults of a kind that are printed unless more is asked for."""


def _tell(
    faults: Sequence[Fault], report: Reporter | None = None, *, verbose: bool = False, word: str = "error"
) -> None:
    report = report or open_reporter()
    shown = faults if verbose else faults[:SHOWN]
    for fault in shown:
        report.fault(fault, word)
    if len(faults) > len(shown):
        report.fault(Fault("", f"{len(faults) - len(shown):,} more like these", "see them all with --verbose"), word)


@dataclass(frozen=True, slots=True)
class Options:
    """What every command takes."""

    folder: Path = Path()
    output: Path | None = None
    jobs: int = 0
    quiet: bool = False
    verbose: bool = False

    def config(self) -> Config:
        """Load the mirror's settings."""
        return load_config(self.folder, self.output)

    def report(self) -> Reporter:
        """Open the reporter."""
        return open_reporter(quiet=self.quiet, verbose=self.verbose)


_COMMON = (
    click.option("-C", "folder", type=click.Path(path_type=Path), metavar="DIR", help="Work on the mirror in DIR."),
    click.option("--output", type=click.Path(path_type=Path), metavar="DIR", help="Write the site to DIR."),
    click.option("--jobs", type=click.IntRange(0, 256), metavar="N", help="Use N processes; 0: one for each core."),
    click.option("--quiet", is_flag=True, default=None, help="Say only what is wrong."),
    click.option("--verbose", is_flag=True, default=None, help="Say more."),
)


def _common(command: Callable[..., int]) -> Callable[..., int]:
    """Give a command the common options, before or behind its name, as one `Options`."""

    @click.pass_context
    @wraps(command)
    def call(context: click.Context, /, **words: Any) -> int:
        given = {name: words.pop(name) for name in Options.__slots__}
        options = replace(
            context.obj or Options(), **{name: value for name, value in given.items() if value is not None}
        )
        context.obj = options
        return command(options=options, **words)

    for option in reversed(_COMMON):
        call = option(call)
    return call


@click.group(
    invoke_without_command=True, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(cermin.__version__, prog_name="cermin")
@_common
@click.pass_context
def cli(context: click.Context, /, options: Options) -> int:
    """Turn captured news articles into a fast newspaper of plain files.

    Without a command: import the captures in seeds/, then build the site in output/.
    """
    if context.invoked_subcommand:
        return DONE
    failed = _import(options, ())
    return max(failed, _build(options))


@cli.command("import")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path), metavar="[PATH…]")
@_common
def import_(options: Options, paths: tuple[Path, ...]) -> int:
    """Turn captures into articles in content/: all of seeds/, or those at PATH.

    A PATH outside of seeds/ is copied into it first, unchanged.
    """
    return _import(options, paths)


def _import(options: Options, paths: Sequence[Path]) -> int:
    from cermin import pipeline

    config, report = options.config(), options.report()
    below = [_into_seeds(config, path) for path in paths]
    done = pipeline.import_seeds(config, report, jobs=options.jobs, below=below)
    _tell(done.warnings, report, verbose=options.verbose, word="warning")
    parts = [f"{_count(done.articles, 'article')}"]
    parts += [_count(done.revisions, "revision")] if done.revisions else []
    parts += [f"{done.duplicates:,} duplicate{'s' * (done.duplicates != 1)}"] if done.duplicates else []
    parts += [f"{done.quarantined:,} quarantined"] if done.quarantined else []
    message = f"Imported {_count(done.inputs, 'capture')}: {', '.join(parts)}; {_count(done.written, 'file')} written"
    report.say(f"{message} in {done.seconds:.1f} s")
    return DONE


def _into_seeds(config: Config, path: Path) -> str:
    """Return where a capture stands below seeds/; one from elsewhere is copied there."""
    place = path.resolve()
    seeds = config.seeds.resolve()
    if place.is_relative_to(seeds):
        return place.relative_to(seeds).as_posix() if place != seeds else ""
    sources = [place] if place.is_file() else sorted(item for item in place.rglob("*") if item.is_file())
    for source in sources:
        target = seeds / source.relative_to(place.parent)
        if target.exists() and not filecmp.cmp(source, target, shallow=False):
            raise CerminError.at(target, f"another capture than {source} has this name", "rename one of them")
        if not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            # Under a name that import skips, so that a copy which is cut short is never taken for a capture.
            temporary = target.with_name(f".{target.name}.tmp")
            shutil.copy2(source, temporary)
            temporary.replace(target)
    return place.name


@cli.command()
@_common
def build(options: Options) -> int:
    """Make the site in output/: what changed since the last build, and nothing else."""
    return _build(options)


def _build(options: Options) -> int:
    from cermin import pipeline

    config, report = options.config(), options.report()
    built = pipeline.build(config, report, jobs=options.jobs)
    for path in built.changed:
        report.detail(f"  {path}")
    _tell(built.faults, report, verbose=options.verbose)
    made = f"{built.made:,} made, {len(built.changed):,} changed"
    report.say(
        f"Built {_count(built.articles, 'article')} as {_count(built.pages, 'file')} in {built.seconds:.1f} s ({made})"
    )
    if index := built.index:
        size = f"{_count(index.segments, 'segment')}, {_count(index.files, 'file')}, {index.size / 1e6:.1f} MB"
        report.say(f"Search index: {size}, in {index.seconds:.1f} s")
    report.detail(f"Build {built.build}")
    report.say(f"Open {config.output / 'index.html'}")
    if not config.site.base_url:
        report.detail("No sitemap and no canonical addresses: set base_url in cermin.toml")
    return FAILED if built.faults else DONE


@cli.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="Port; 0: any free one.")
@click.option("--open", "browse", is_flag=True, help="Open it in the browser.")
@_common
def serve(options: Options, host: str, port: int, *, browse: bool) -> int:
    """Show the site at http://127.0.0.1:8000/ and rebuild it when something changes; Ctrl-C ends it."""
    from cermin.preview import serve_mirror

    serve_mirror(options.config(), options.report(), (host, port), jobs=options.jobs, browse=browse)
    return DONE


@cli.command()
@click.argument("capture")
@_common
def explain(options: Options, capture: str) -> int:
    """Tell what became of each line of CAPTURE, a path below seeds/, and by which rule."""
    from cermin import pipeline

    config, report = options.config(), options.report()
    place = Path(capture).resolve()
    if place.is_relative_to(config.seeds) and place.exists():
        capture = place.relative_to(config.seeds).as_posix()
    readings = pipeline.explain_capture(config, capture)
    for reading in readings:
        report.say(f"{reading.seed}: {'article' if reading.article else f'quarantined: {reading.quarantine}'}")
        width = max((len(line.fate) for line in reading.lines), default=0)
        for line in reading.lines:
            report.say(f"{line.number:5}  {line.fate:{width}}  {_shorten(line.text)}  [{line.rule}]")
        for name, count in reading.repairs:
            report.say(f"       repaired {count:,} ×: {name}")
        for note in reading.notes:
            report.say(f"       note: {note}")
    return DONE


@cli.command()
@click.argument("page")
@_common
def why(options: Options, page: str) -> int:
    """Tell why PAGE, a path below output/, would be made again by the next build."""
    from cermin import pipeline

    config, report = options.config(), options.report()
    place = Path(page).resolve()
    path = place.relative_to(config.output).as_posix() if place.is_relative_to(config.output) else page
    reasons = pipeline.explain_page(config, report, path)
    for reason in reasons or ["nothing changed: it would be left alone"]:
        report.say(f"{path}: {reason}")
    return DONE


@cli.group()
@_common
def outlets(options: Options) -> int:  # noqa: ARG001 - what every command takes
    """Work on what is known of outlets."""
    return DONE


@outlets.command()
@click.argument("names", nargs=-1, metavar="[OUTLET…]")
@_common
def learn(options: Options, names: tuple[str, ...]) -> int:
    """Write what imports learned of outlets into outlets/, as rules that can be changed.

    Lines that repeat in an outlet's captures are cut without a rule; here they become rules of its profile. An OUTLET
    is an id, a name or a host; without one all are written. A profile that is there is left alone.
    """
    from cermin import pipeline

    config, report = options.config(), options.report()
    done = pipeline.learn_outlets(config, report, names)
    for learned in done:
        count = _count(learned.lines, "line")
        if learned.is_written:
            report.say(f"Wrote {learned.place}: {count} that repeat{'s' * (learned.lines == 1)}")
            continue
        place = learned.place or learned.source
        verdict = "left alone: it is yours" if learned.place else "not written: it may hold captures of many outlets"
        report.fault(Fault(place, verdict, "take from the lines below what you need"), "warning")
        for line in learned.text.splitlines():
            report.say(line)
    if not done:
        report.say("Nothing was learned: no line repeats in enough captures of one outlet")
    elif any(learned.is_written for learned in done):
        report.say("The next import reads the captures anew by these rules")
    return DONE


class _HostName(click.ParamType):  # type: ignore[type-arg]  # older versions of click take none
    """The name of a host that cermin knows the limits of."""

    name = "host"

    def get_metavar(self, param: click.Parameter, ctx: click.Context | None = None) -> str:  # noqa: ARG002
        from cermin.hosts import load_hosts

        return f"[{'|'.join(load_hosts())}]"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        from cermin.hosts import load_hosts

        if value not in load_hosts():
            known = ", ".join(load_hosts())
            self.fail(f'no host that cermin knows: "{value}"{guess(value, load_hosts())}; it knows {known}', param, ctx)
        return value


@cli.command()
@click.option("--host", type=_HostName(), help="Compare the site with what this host takes, also before it is built.")
@_common
def check(options: Options, host: str | None) -> int:
    """Look for dead links and orphans in output/ and for faults in the front matter of content/.

    A warning tells which words of the interface are English because its language has none for them. With hosts, one
    named here or those that cermin.toml names as `host`, the size of the site is compared with what they take. With one
    named here that is possible before the site is built: its size is estimated from the articles then.
    """
    from cermin import pipeline

    config, report = options.config(), options.report()
    is_built = config.output.is_dir()
    if not is_built and not host:
        raise UsageError.at(config.output, "there is no site yet", "make it with `cermin build`")
    names = [host] if host else _hosts_of(config)
    fits = not names or _check_hosts(config, names, report)
    if not is_built:
        return DONE if fits else FAILED
    if untranslated := pipeline.find_untranslated(config):
        _tell_untranslated(config, untranslated, report)
    pages, links, faults = pipeline.check(config, report)
    _tell(faults, report, verbose=options.verbose)
    report.say(f"Checked {_count(pages, 'file')} and {_count(links, 'link')}: {_count(len(faults), 'fault')}")
    return FAILED if faults or not fits else DONE


def _hosts_of(config: Config) -> list[str]:
    """Return the hosts that cermin.toml names for the site and for the places that it goes to."""
    named = [config.site.host, *(str(place.get("host", "")) for place in config.deploy.values())]
    if not any(named):
        return []
    from cermin.hosts import load_hosts

    return [name for name in dict.fromkeys(named) if name in load_hosts()]


def _check_hosts(config: Config, names: Sequence[str], report: Reporter) -> bool:
    """Tell whether the site keeps within what each host takes; say what does not."""
    from cermin import hosts, pipeline

    site, fits = pipeline.measure(config, report), True
    size = f"about {hosts.tell(site)} (estimated: {site.estimate})" if site.estimate else hosts.tell(site)
    for host in map(hosts.load_hosts().__getitem__, names):
        verdict = hosts.compare(host, site)
        _tell(verdict.faults, report)
        _tell(verdict.warnings, report, word="warning")
        report.say(f"{host.name}: {size}: {'too much' if verdict.faults else 'fits'}")
        fits = fits and not verdict.faults
    return fits


def _tell_untranslated(config: Config, messages: Sequence[str], report: Reporter) -> None:
    # No fault: a mirror in a language that nobody has translated yet works as well.
    language, count = config.site.language, _count(len(messages), "message")
    verdict = f'{count} of the interface without words in "{language}", so English stands there: "{messages[0]}"'
    more = " …" if len(messages) > 1 else ""
    hint = f"write them into locales/{language}.po; --verbose names all of them"
    report.fault(Fault("", verdict + more, hint), "warning")
    for message in messages:
        report.detail(f"  {message}")


@cli.command()
@click.argument("name", required=False)
@click.option("--dry-run", "is_dry", is_flag=True, help="Tell what would be sent and deleted, and change nothing.")
@click.option("--yes", "agreed", is_flag=True, help="Go on where a person is asked to look first.")
@_common
def deploy(options: Options, name: str | None, *, is_dry: bool, agreed: bool) -> int:
    """Bring the site, as it was built last, to the place [deploy.NAME] of cermin.toml.

    Only what changed is sent, what is gone is deleted last, and files that cermin did not put there are left alone.
    A deploy that was cut short is mended by the next. NAME can be left out where there is one place.
    """
    from cermin import pipeline
    from cermin.deploy import Terms

    config, report = options.config(), options.report()
    terms = Terms(is_dry, agreed, may_ask=sys.stdin is not None and sys.stdin.isatty())
    done = pipeline.deploy(config, report, name, terms)
    _tell_deployed(done, report, is_dry=is_dry)
    return DONE


def _tell_deployed(done: Deployed, report: Reporter, *, is_dry: bool) -> None:
    from cermin.deploy import show_size

    plan = done.plan
    deletes = [*plan.in_the_way, *plan.deletes]
    if done.is_nothing:
        report.say(f"Nothing to do: {done.address} holds this build ({done.seconds:.1f} s)")
    elif is_dry:
        for words, files in plan.steps:
            report.say(
                f"Would send {_count(len(files), 'file')}: {words}, {show_size(sum(file.size for file in files))}"
            )
            for file in files:
                report.detail(f"  {file.path}")
        if done.unsettled:
            report.say(f"Would set {done.unsettled}")
        report.say(f"Would delete {_count(len(deletes), 'file')}")
        for path in deletes:
            report.detail(f"  {path}")
    else:
        gone = f"{len(deletes):,} deleted" if deletes else "none deleted"
        note = f"; {done.note}" if done.note else ""
        sent = f"{_count(plan.files, 'file')} sent ({show_size(plan.size)}), {gone}"
        report.say(f"Deployed to {done.address}: {sent}, in {done.seconds:.1f} s{note}")
    if plan.foreign:
        report.say(f"Left alone: {_count(plan.foreign, 'file')} that cermin did not put there")


@cli.command()
@click.argument("place", metavar="DIR_OR_URL")
@click.option("--against", default="", metavar="DIR_OR_URL", help="Compare with the manifest that stands there.")
@click.option(
    "--signer",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    metavar="FILE",
    help="Ask for a signature by this public key, or by one of these allowed signers.",
)
@_common
def verify(options: Options, place: str, against: str, signer: Path | None) -> int:
    """Prove that DIR_OR_URL is a true copy: read all its files again and compare them with a manifest.

    That is the one of this mirror's output/ where it has one, else the copy's own. What differs or is missing is named,
    and in a folder what was added.
    """
    from cermin.verifying import verify

    report = options.report()
    done = verify(options.config(), report, place, against=against, signers=signer)
    _tell(done.faults, report, verbose=options.verbose)
    count = f"{done.same:,} of " * (done.same < done.files) + _count(done.files, "file")
    wrong = {"differ": done.differing, "missing": done.missing, "added": done.added or 0}
    told = ", ".join(f"{number:,} {word}" for word, number in wrong.items() if number)
    told = f"; {told}" if told else ""
    report.say(f"{count} as in the manifest of build {done.build[:16]} in {done.against}{told} ({done.seconds:.1f} s)")
    if done.added is None:
        report.say("What was added cannot be seen from here: a host does not tell which files it has")
    if done.captures:
        report.say(f"{_count(done.captures, 'capture')} in seeds/ as when the articles were made")
    if done.signer:
        report.say(f"Signed by {done.signer}")
    return FAILED if done.faults else DONE


@cli.command()
@click.argument("folder_name", metavar="DIR", type=click.Path(path_type=Path))
@_common
def new(options: Options, folder_name: Path) -> int:
    """Make a fresh mirror in DIR: cermin.toml, the folders, a README."""
    from cermin.new_mirror import make_mirror

    target = options.folder / folder_name
    report = options.report()
    for path in make_mirror(target):
        report.detail(f"  {target / path}")
    report.say(f"Made a mirror in {target}: put captures into {target / 'seeds'}, then run `cermin -C {target}`")
    return DONE


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'s' * (number != 1)}"


def _shorten(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= 90 else text[:89] + "…"  # noqa: PLR2004 - what fits a line
