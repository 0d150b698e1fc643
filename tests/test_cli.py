"""The command line: every command's help, its success, and a failing call with its exit code and its words."""

from __future__ import annotations

import os
import pty
import re
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from cermin.cli import cli
from cermin.manifest import is_own
from tests.conftest import ROOT, tree
from tests.mirrors import article, build, call, read_manifest

TEXT = """\
Banjir besar melanda kota

Pemerintah daerah mengatakan bahwa bantuan untuk warga akan dikirim pada hari Senin.
"""
GOOD = {"kaca/2024/01/a.md": article("Satu", date="2024-01-01"), "kaca/2024/01/b.md": article("Dua", date="2024-01-02")}
COMMANDS = sorted(cli.commands)
SECONDS = re.compile(r"\d+\.\d s")


@pytest.fixture
def newspaper(mirror) -> Path:
    """Make a mirror of two articles and build it."""
    root: Path = mirror(content=GOOD)
    build(root)
    return root


# --- help and usage ------------------------------------------------------------------------------------------------


def test_same_help_by_either_name(run, tmp_path):
    """`python build.py` is `cermin`: it gives the same help, from any folder."""
    ran = call("--help", cwd=tmp_path)
    assert (ran.returncode, ran.stdout, ran.stderr) == run("--help")
    assert ran.stdout.startswith("Usage: cermin [OPTIONS] [COMMAND] [ARGS]...\n")


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("option", ["--help", "-h"])
def test_help(run, command, option):
    """Every command says what it does and which options it takes, and exits 0."""
    ran = run(command, option)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith(f"Usage: cermin {command} [OPTIONS]")
    for known in ("-C DIR", "--output DIR", "--jobs N", "--quiet", "--verbose"):
        assert known in ran.out


@pytest.mark.parametrize("command", [(), *((name,) for name in COMMANDS)], ids="-".join)
def test_unknown_option(run, command):
    """An option that there is not is wrong usage: exit code 2, and nothing is done."""
    ran = run(*command, "--wat")
    assert (ran.code, ran.out) == (2, "")
    assert "--wat" in ran.err
    assert "--help" in ran.err


@pytest.mark.parametrize(
    ("words", "verdict"),
    [
        (["wat"], "No such command 'wat'."),
        (["build", "too-much"], "Got unexpected extra argument (too-much)"),
        (["--jobs", "many"], "'many' is not a valid integer range."),
        (["--jobs", "-1"], "-1 is not in the range 0<=x<=256."),
        (["build", "--jobs", "1000"], "1000 is not in the range 0<=x<=256."),
        (["explain"], "Missing argument 'CAPTURE'."),
        (["why"], "Missing argument 'PAGE'."),
        (["new"], "Missing argument 'DIR'."),
        (["import", "nowhere.txt"], "Path 'nowhere.txt' does not exist."),
        (["serve", "--port", "99999"], "99999 is not in the range 0<=x<=65535."),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_wrong_usage(run, tmp_path, words, verdict):
    """Wrong words are told with the way to the help; exit code 2, and nothing is made."""
    ran = run(*words, cwd=tmp_path)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err.endswith(f"{verdict}\n")
    assert "--help' for help." in ran.err
    assert list(tmp_path.iterdir()) == []


def test_version(run):
    """The version is told as `cermin, version 1.2.3`."""
    ran = run("--version")
    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(r"cermin, version \d+\.\d+\S*\n", ran.out)


# --- settings ------------------------------------------------------------------------------------------------------


def test_all_faults_of_the_settings(run, mirror):
    """All that is wrong with the settings is told at once, with guesses; exit code 1, and nothing is made."""
    root = mirror(
        settings='[site]\ntitel = "x"\nlist_size = 1\nbase_url = "example.org"\n[sight]\n',
        outlets={"kaca.toml": 'nam = "Kaca"\noriginal = "lost"\n'},
        content=GOOD,
    )
    ran = run("build", cwd=root)
    assert (ran.code, ran.out) == (1, "")
    faults = [line for line in ran.err.splitlines() if line.startswith("error: ")]
    assert faults[:4] == [
        'error: cermin.toml: unknown table "sight" (did you mean "site"?)',
        'error: cermin.toml: unknown setting "titel" (did you mean "title"?)',
        "error: cermin.toml: list_size is not between 2 and 200: 1",
        'error: cermin.toml: base_url is not a web address: "example.org"',
    ]
    assert [fault.startswith("error: outlets/kaca.toml") for fault in faults[4:]] == [True, True]
    assert not (root / "output").exists()


def test_no_such_mirror(run, tmp_path):
    """A folder that is not there is told with the way to make one."""
    ran = run("-C", tmp_path / "nowhere", "build")
    hint = "hint: make a mirror with `cermin new DIR`\n"
    assert ran == (1, "", f"error: {tmp_path / 'nowhere'}: no such folder\n{hint}")


# --- no command, import --------------------------------------------------------------------------------------------


def test_no_command(run, mirror):
    """Without a command captures are imported and the site is built."""
    root = mirror(seeds={"a.txt": TEXT})
    ran = run("--jobs", "1", cwd=root)
    assert (ran.code, ran.err) == (0, "")
    imported, built, searched, opened = ran.out.splitlines()
    assert SECONDS.sub("", imported) == "Imported 1 capture: 1 article; 1 file written in "
    assert SECONDS.sub("", built).startswith("Built 1 article as ")
    assert SECONDS.sub("", searched) == "Search index: 1 segment, 5 files, 0.0 MB, in "
    assert opened == f"Open {root / 'output/index.html'}"
    assert (root / "output/index.html").is_file()


def test_no_command_in_an_empty_folder(run, tmp_path):
    """A folder without any capture becomes a site without any article."""
    ran = run(cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Imported 0 captures: 0 articles; 0 files written")
    assert run("check", cwd=tmp_path).code == 0


def test_import_inside(run, mirror):
    """A path below seeds/ imports what stands there and nothing else."""
    other = TEXT.replace("Senin", "Selasa")
    root = mirror(seeds={"a.txt": TEXT, "deep/b.txt": other, "deep/c.txt": other.replace("kota", "desa")})
    ran = run("import", "seeds/deep", cwd=root)
    assert (ran.code, ran.err) == (0, "")
    assert ran.out.startswith("Imported 2 captures: 2 articles; 2 files written")
    assert len(tree(root / "content")) == 2
    assert run("import", root / "seeds/a.txt", "-C", root).out.startswith("Imported 3 captures: 3 articles; 1 file ")
    assert run("import", root / "seeds", cwd=root).out.startswith("Imported 3 captures: 3 articles; 0 files ")


def test_import_from_elsewhere(run, mirror, tmp_path):
    """Captures from elsewhere, a file or a folder, are copied into seeds/ unchanged, once."""
    root = mirror()
    (tmp_path / "box/deep").mkdir(parents=True)
    (tmp_path / "one.txt").write_text(TEXT)
    (tmp_path / "box/deep/two.txt").write_text(TEXT.replace("Senin", "Rabu"))
    wanted = {"box/deep/two.txt": TEXT.replace("Senin", "Rabu").encode(), "one.txt": TEXT.encode()}
    for written in (2, 0):
        ran = run("import", tmp_path / "one.txt", tmp_path / "box", "-C", root)
        assert (ran.code, ran.err) == (0, "")
        assert ran.out.startswith(f"Imported 2 captures: 2 articles; {written} files written")
        assert tree(root / "seeds") == wanted


def test_import_of_another_with_that_name(run, mirror, tmp_path):
    """A capture from elsewhere never takes the place of another; the error names both, and the way out."""
    root = mirror(seeds={"one.txt": TEXT})
    (tmp_path / "one.txt").write_text("another")
    ran = run("import", tmp_path / "one.txt", "-C", root)
    place, verdict = root / "seeds/one.txt", f"another capture than {tmp_path / 'one.txt'} has this name"
    assert ran == (1, "", f"error: {place}: {verdict}\nhint: rename one of them\n")
    assert tree(root / "seeds") == {"one.txt": TEXT.encode()}


def test_import_of_bad_captures(run, mirror):
    """Captures in quarantine are warnings, the twenty first of them unless more is asked for; the rest is imported."""
    root = mirror(seeds={"a.txt": TEXT, "copy.txt": TEXT} | {f"bad{number:02}.txt": b"" for number in range(25)})
    ran = run("import", cwd=root)
    assert ran.code == 0
    warnings = [f"warning: seeds/bad{number:02}.txt: quarantined: empty" for number in range(25)]
    more = ["warning: 5 more like these", "hint: see them all with --verbose"]
    assert ran.err.splitlines() == warnings[:20] + more
    assert ran.out.startswith("Imported 27 captures: 1 article, 1 duplicate, 25 quarantined; 1 file written")
    assert run("import", "--verbose", cwd=root).err.splitlines() == warnings


# --- build ---------------------------------------------------------------------------------------------------------


def test_build(run, mirror):
    """A build tells what it made; a second one has nothing to do."""
    root = mirror(content=GOOD)
    ran = run("build", cwd=root)
    assert (ran.code, ran.err) == (0, "")
    files = sum(not is_own(path) for path in tree(root / "output"))
    assert (
        SECONDS.sub("", ran.out.splitlines()[0])
        == f"Built 2 articles as {files} files in  ({files} made, {files} changed)"
    )
    again = run("build", cwd=root)
    assert SECONDS.sub("", again.out.splitlines()[0]) == f"Built 2 articles as {files} files in  (0 made, 0 changed)"


def test_build_with_a_broken_file(run, mirror):
    """A broken article file is told by every build until it is mended; the rest is built, and the exit code is 1."""
    root = mirror(content=GOOD | {"kaca/2024/01/c.md": "---\ntitle: C\ndate: kemarin\n---\n"})
    for _ in range(2):
        ran = run("build", cwd=root)
        assert ran.code == 1
        assert ran.err == (
            'error: content/kaca/2024/01/c.md:3: date is not a date: "kemarin"\n'
            "hint: write 2024-03-05 or 2024-03-05T09:30:00+07:00\n"
        )
        assert ran.out.startswith("Built 2 articles")
    assert not (root / "output/kaca/2024/01/c.html").exists()
    (root / "content/kaca/2024/01/c.md").write_text(article("C"))
    assert run("build", cwd=root).out.startswith("Built 3 articles")


UNDEFINED = """\
{% extends "layout.html" %}{% set here = "" %}{% block title %}{% endblock %}
{% block content %}{{ nothing }}{% endblock %}
"""


@pytest.mark.parametrize(
    ("template", "verdict"),
    [
        ("{% block", "templates/list.html:1: "),
        (UNDEFINED, "templates/list.html:2: UndefinedError: 'nothing' is undefined"),
        ('{% extends "gone.html" %}', "templates/gone.html: no such template"),
    ],
    ids=["syntax", "unknown name", "missing parent"],
)  # fmt: skip
def test_build_with_a_broken_template(run, mirror, template, verdict):
    """A broken template is told once, with its line; the exit code is 1, also of the next unchanged build."""
    root = mirror(content=GOOD, templates={"list.html": template})
    for _ in range(2):
        ran = run("build", cwd=root)
        assert ran.code == 1
        faults = [line for line in ran.err.splitlines() if line.startswith("error: ")]
        assert len(faults) == 1
        assert faults[0].startswith(f"error: {verdict}")
        assert "Traceback" not in ran.err
    (root / "templates/list.html").unlink()
    assert run("build", cwd=root).code == 0


def test_output_elsewhere(run, newspaper, tmp_path):
    """--output writes the same site to another folder, new or its own, and refuses one with files of others."""
    assert run("-C", newspaper, "--output", tmp_path / "site", "build").code == 0
    assert tree(tmp_path / "site") == tree(newspaper / "output")
    assert run("-C", newspaper, "build").code == 0
    assert run("-C", newspaper, "build", "--output", tmp_path / "site").code == 0
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine/letter.txt").write_text("mine")
    ran = run("-C", newspaper, "build", "--output", tmp_path / "mine")
    hint = "hint: empty it, or choose another folder with --output\n"
    assert ran == (1, "", f"error: {tmp_path / 'mine'}: holds files that cermin did not make\n{hint}")
    assert tree(tmp_path / "mine") == {"letter.txt": b"mine"}


@pytest.mark.parametrize("place", [".", "content", "seeds", "templates"])
def test_output_over_sources(run, mirror, place):
    """--output refuses the mirror itself and the folders of its sources."""
    root = mirror(content=GOOD, seeds={"a.txt": TEXT}, templates={"own.txt": "mine"}, settings="")
    before = tree(root)
    ran = run("build", "--output", root / place, cwd=root)
    assert (ran.code, ran.out) == (1, "")
    after = tree(root)
    assert {name: after.get(name) for name in before} == before


# --- common options ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("before", [True, False], ids=["before", "behind"])
def test_common_options_on_either_side(run, newspaper, tmp_path, before):
    """Common options mean the same before and behind the command's name."""
    options = ["-C", newspaper, "--output", tmp_path / "site", "--jobs", "2", "--verbose"]
    ran = run(*options, "build") if before else run("build", *options)
    assert (ran.code, ran.err) == (0, "")
    assert "  kaca/2024/01/a.html\n" in ran.out
    assert tree(tmp_path / "site") == tree(newspaper / "output")


def test_quiet(run, mirror):
    """--quiet says what is wrong and nothing else."""
    root = mirror(seeds={"a.txt": TEXT, "empty.txt": ""}, content={"kaca/2024/01/c.md": "---\ntitle: C\n"})
    ran = run("--quiet", cwd=root)
    assert (ran.code, ran.out) == (1, "")
    assert [line.partition(":")[0] for line in ran.err.splitlines()] == ["warning", "error", "hint"]


def test_verbose(run, mirror):
    """--verbose names each file of the site that changed, the build's hash, and what is missing for a sitemap."""
    root = mirror(content=GOOD)
    ran = run("build", "--verbose", cwd=root)
    changed = {line.strip() for line in ran.out.splitlines() if line.startswith("  ")}
    assert changed == {path for path in tree(root / "output") if not is_own(path)}
    assert f"Build {read_manifest(root / 'output')[0].build}\n" in ran.out
    assert "set base_url in cermin.toml" in ran.out
    (root / "content/kaca/2024/01/b.md").unlink()
    assert "  kaca/2024/01/b.html\n" in run("build", "--verbose", cwd=root).out


# --- explain, why, check, new --------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["deep/a.txt", "seeds/deep/a.txt"])
def test_explain(run, mirror, name):
    """Each line of a capture is told with its fate and the rule that decided."""
    root = mirror(seeds={"deep/a.txt": TEXT})
    ran = run("explain", name, cwd=root)
    assert (ran.code, ran.err) == (0, "")
    first, title, body = ran.out.splitlines()[:3]
    assert first == "deep/a.txt: article"
    assert re.fullmatch(r" +1  title +Banjir besar melanda kota  \[.+\]", title)
    assert re.fullmatch(r" +3  body +Pemerintah daerah .+  \[.+\]", body)


def test_explain_a_bad_capture(run, mirror):
    """A capture that gives no article is explained by its reason."""
    root = mirror(seeds={"a.txt": "", "b.xyz": "x"})
    assert run("explain", "a.txt", cwd=root) == (0, "a.txt: quarantined: empty\n", "")
    ran = run("explain", "b.xyz", cwd=root)
    assert (ran.code, ran.out) == (1, "")
    assert 'no reader for files that end in ".xyz"' in ran.err
    ran = run("explain", "nowhere.txt", cwd=root)
    assert (ran.code, ran.out) == (1, "")
    assert re.match(r"error: (seeds/)?nowhere\.txt: ", ran.err)


def test_why(run, newspaper):
    """`why` says that a page is fresh, or what changed since it was made: an article, a template, its file."""
    page, path = "kaca/2024/01/a.html", newspaper / "content/kaca/2024/01/a.md"
    assert run("why", page, cwd=newspaper) == (0, f"{page}: nothing changed: it would be left alone\n", "")
    assert run("why", f"output/{page}", cwd=newspaper).out == f"{page}: nothing changed: it would be left alone\n"
    path.write_text(article("Satu", "Lain.", date="2024-01-01"))
    assert run("why", page, cwd=newspaper).out == f"{page}: entry changed\n"
    own = newspaper / "templates/article.html"
    own.parent.mkdir()
    own.write_text((ROOT / "templates/article.html").read_text(encoding="utf-8") + "\n")
    assert run("why", page, cwd=newspaper).out == f"{page}: templates/article.html changed\n{page}: entry changed\n"
    build(newspaper)
    assert run("why", page, cwd=newspaper).out == f"{page}: nothing changed: it would be left alone\n"
    (newspaper / "output" / page).unlink()
    assert run("why", page, cwd=newspaper).out == f"{page}: its file is missing\n"
    path.unlink()
    assert "it is no longer planned and would be removed" in run("why", page, cwd=newspaper).out
    (newspaper / "content/kaca/2024/01/new.md").write_text(article("Baru"))
    assert run("why", "kaca/2024/01/new.html", cwd=newspaper).out.startswith(
        "kaca/2024/01/new.html: it was not made yet"
    )


def test_why_of_no_page(run, newspaper):
    """A page that the site has not is wrong usage."""
    ran = run("why", "nowhere.html", cwd=newspaper)
    hint = "hint: name it as in output/: `genpi/2024/06/slug.html`\n"
    assert ran == (2, "", f"error: nowhere.html: the site has no such page\n{hint}")


def test_check(run, newspaper):
    """A sound site has no fault; a dead link, an orphan and a broken article file are told, and the exit code is 1."""
    ran = run("check", cwd=newspaper)
    assert (ran.code, ran.err) == (0, "")
    assert re.fullmatch(r"Checked \d+ files and \d+ links: 0 faults\n", ran.out)
    path = newspaper / "content/kaca/2024/01/a.md"
    path.write_text(article("Satu", "[lain](tak-ada.html) [kedua](b.html)", date="2024-01-01"))
    build(newspaper)
    (newspaper / "output/kaca/2024/01/orphan.html").write_text("<p>")
    (newspaper / "content/kaca/2024/01/b.md").write_text("")
    ran = run("check", cwd=newspaper)
    assert ran.code == 1
    assert [line for line in ran.err.splitlines() if line.startswith("error: ")] == [
        "error: content/kaca/2024/01/b.md:1: no front matter",
        'error: output/kaca/2024/01/a.html: a link leads nowhere: "tak-ada.html"',
        "error: output/kaca/2024/01/orphan.html: no page leads here",
    ]
    assert ran.out.endswith("links: 3 faults\n")


def test_check_without_a_site(run, mirror):
    """Where nothing was built there is nothing to check, and the way out is told."""
    root = mirror(content=GOOD)
    place = root / "output"
    told = f"error: {place}: there is no site yet\nhint: make it with `cermin build`\n"
    assert run("check", cwd=root) == (2, "", told)


def test_new(run, tmp_path):
    """A new mirror can be built at once; a folder that holds anything is left alone."""
    ran = run("new", "koran baru", cwd=tmp_path)
    assert (ran.code, ran.err) == (0, "")
    root = tmp_path / "koran baru"
    assert 'title = "koran baru"' in (root / "cermin.toml").read_text(encoding="utf-8")
    assert run("-C", root).code == 0
    assert run("-C", root, "check").code == 0
    before = tree(root)
    ran = run("new", "koran baru", cwd=tmp_path)
    assert ran == (2, "", "error: koran baru: not an empty folder\nhint: choose a new one\n")
    assert tree(root) == before
    assert run("-C", root, "new", "inner").code == 0
    assert (root / "inner/cermin.toml").is_file()


# --- a terminal ----------------------------------------------------------------------------------------------------


def test_plain_lines_without_a_terminal(mirror):
    """Where nobody looks at a terminal there are no bars and no colours."""
    ran = call("build", cwd=mirror(content=GOOD | {"kaca/c.md": ""}), FORCE_COLOR="1")
    assert ran.returncode == 1
    assert "\x1b" not in ran.stdout + ran.stderr
    assert "\r" not in ran.stdout + ran.stderr


def on_a_terminal(root: Path, *words: str, **environment: str) -> tuple[int, str]:
    """Run `python build.py` on a terminal of its own; return the exit code and what was shown."""
    command = [sys.executable, str(ROOT / "build.py"), *words]
    own, other = pty.openpty()
    known = {name: value for name, value in os.environ.items() if name not in {"NO_COLOR", "FORCE_COLOR", "CI"}}
    with subprocess.Popen(
        command, cwd=root, env=known | {"TERM": "xterm"} | environment, stdin=other, stdout=other, stderr=other
    ) as process:
        os.close(other)
        shown = b""
        try:
            while data := os.read(own, 65536):
                shown += data
        except OSError:
            pass  # so Linux tells that the other side is closed
    os.close(own)
    return process.returncode, shown.decode()


def test_bars_on_a_terminal(mirror):
    """On a terminal bars show the work, faults have colour, and the outcome stays as a plain line."""
    code, shown = on_a_terminal(mirror(content=GOOD | {"kaca/c.md": ""}), "build")
    assert code == 1
    assert "Reading articles" in shown
    assert "Making pages" in shown
    assert "\x1b[1;31merror:\x1b[0m content/kaca/c.md" in shown
    assert "\r\nBuilt 2 articles as " in "\r\n" + re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown)


def test_no_color(mirror):
    """NO_COLOR takes the colours away, on a terminal too."""
    code, shown = on_a_terminal(mirror(content=GOOD | {"kaca/c.md": ""}), "build", NO_COLOR="1")
    assert code == 1
    assert re.search(r"\x1b\[[0-9;]*m", re.sub(r"\x1b\[[01]?m", "", shown)) is None
    assert "error: content/kaca/c.md" in re.sub(r"\x1b\[[0-9;]*m", "", shown)


# --- interrupted ---------------------------------------------------------------------------------------------------


def test_interrupt(mirror):
    """Ctrl-C ends the work and its workers with exit code 130, and the next run goes on from there."""
    articles = {f"kaca/2024/01/a{number}.md": article(f"Judul {number}", date="2024-01-01") for number in range(800)}
    root = mirror(content=articles)
    command = [sys.executable, str(ROOT / "build.py"), "--jobs", "2", "build"]
    with subprocess.Popen(
        command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, start_new_session=True
    ) as process:
        while not any((root / ".output.new").glob("kaca/2024/01/*.html")):
            assert process.poll() is None
        os.killpg(process.pid, signal.SIGINT)
        # Reading to the end waits for the workers as well: they hold the other side of the pipes.
        out, err = process.communicate(timeout=60)
    assert (process.returncode, out, err) == (130, "", "\nwarning: interrupted; the next run goes on from here\n")
    with pytest.raises(ProcessLookupError):
        os.killpg(process.pid, 0)
    ran = call("build", cwd=root)
    assert (ran.returncode, ran.stderr) == (0, "")
    assert ran.stdout.startswith("Built 800 articles")


def test_reader_that_leaves(mirror):
    """When who reads the output stops reading, as `| head` does, the command ends without a traceback."""
    root = mirror(content=GOOD)
    command = [sys.executable, str(ROOT / "build.py"), "build", "--verbose"]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.close()
        err = process.stderr.read()
    assert (process.returncode, err) == (1, "")


# --- what a small build does without ---------------------------------------------------------------------------------


def test_unchanged_build_is_light(mirror):
    """A build that makes no page loads none of the libraries that making pages takes."""
    root = mirror(content=GOOD)
    assert call("build", cwd=root).returncode == 0
    heavy = ["jinja2", "markdown", "nh3", "yaml", "frontmatter", "multiprocessing", "rich", "livereload", "babel.dates"]
    script = (
        "import sys; sys.argv = ['cermin', '--quiet', 'build']; from cermin.cli import main; main(); "
        f"print([name for name in {heavy} if name in sys.modules])"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=root, env=os.environ | {"PYTHONPATH": str(ROOT)}, capture_output=True,
        text=True, check=True,
    )  # fmt: skip
    assert ran.stdout == "[]\n"
