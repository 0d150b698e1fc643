"""What the user is told, where it is printed, and how."""

from __future__ import annotations

import io
import sys

import pytest

from cermin.errors import BusyError, CerminError, ConfigError, Fault, guess
from cermin.report import ConsoleReporter, LogReporter, MemoryReporter, PlainReporter, open_reporter

FAULT = Fault("content/a.md:4", 'date is not a date: "kemarin"', "write 2024-03-05")


class Terminal(io.StringIO):
    """A stream that is a terminal."""

    def isatty(self) -> bool:
        """Say that it is one."""
        return True


@pytest.fixture
def terminal(monkeypatch):
    """Return what makes standard output and standard error a terminal, and gives what is shown on it."""
    for name in ("NO_COLOR", "FORCE_COLOR", "COLORTERM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm-256color")

    def begin() -> Terminal:  # in the test itself: pytest takes the streams again when the test begins
        screen = Terminal()
        monkeypatch.setattr(sys, "stdout", screen)  # there is no terminal where tests run
        monkeypatch.setattr(sys, "stderr", screen)  # as above
        return screen

    return begin


def test_plain(capsys):
    """Outcomes go to standard output; faults, place first and the way out on a line of its own, to standard error."""
    report = PlainReporter()
    report.say("Built 3 articles")
    report.detail("  a.html")
    report.fault(FAULT)
    report.fault(Fault("", "something is odd"), "warning")
    assert capsys.readouterr() == (
        "Built 3 articles\n",
        'error: content/a.md:4: date is not a date: "kemarin"\nhint: write 2024-03-05\nwarning: something is odd\n',
    )


def test_verbose(capsys):
    """Details are for those who asked for more."""
    PlainReporter(verbose=True).detail("  a.html")
    assert capsys.readouterr().out == "  a.html\n"


def test_quiet(capsys):
    """Who wants quiet hears of faults alone."""
    report = open_reporter(quiet=True, verbose=True)
    report.say("Built 3 articles")
    report.detail("  a.html")
    with report.stage("Reading", 3) as stage:
        stage.advance()
    report.fault(FAULT)
    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith("error: content/a.md:4: ")


def test_memory():
    """The memory reporter remembers what it was told, and prints nothing."""
    report = MemoryReporter()
    with report.stage("Reading", 3) as stage:
        stage.advance(2)
        stage.expect(5)
    report.say("said")
    report.detail("detail")
    report.fault(FAULT)
    assert (report.said, report.details, report.faults) == (["said"], ["detail"], [FAULT])


def test_reporter_without_a_terminal(capsys):
    """Where nobody looks at a terminal there are lines, no bars and no colours."""
    assert isinstance(open_reporter(), LogReporter)


def test_log_tells_how_far(capsys, monkeypatch):
    """Long work tells now and then how far it is, with the whole where that is known."""
    monkeypatch.setattr(LogReporter, "EVERY", 0.0)  # else the test would have to wait
    with LogReporter().stage("Making pages", 2000) as stage:
        stage.advance(1500)
    with LogReporter().stage("Reading") as stage:
        stage.advance()
        stage.expect(7)
        stage.advance()
    assert capsys.readouterr().out == "Making pages: 1,500 of 2,000\nReading: 1\nReading: 2 of 7\n"


def test_log_is_silent_on_short_work(capsys):
    """Work that is soon done tells nothing."""
    with LogReporter().stage("Making pages", 2) as stage:
        stage.advance(2)
    assert capsys.readouterr().out == ""


def test_terminal(terminal):
    """On a terminal faults have their first word in colour, and long words are not broken."""
    screen = terminal()
    report = open_reporter()
    assert isinstance(report, ConsoleReporter)
    report.fault(Fault("a" * 200, "[bold]verdict", "hint"))
    shown = screen.getvalue()
    assert "\x1b[1;31merror:\x1b[0m" in shown
    assert f" {'a' * 200}: [bold]verdict\n" in shown
    assert shown.endswith(" hint\n")


def test_no_color(terminal, monkeypatch):
    """NO_COLOR is obeyed (https://no-color.org)."""
    screen = terminal()
    monkeypatch.setenv("NO_COLOR", "1")
    report = open_reporter()
    report.fault(FAULT)
    report.fault(FAULT, "warning")
    assert "\x1b[3" not in screen.getvalue()
    assert "error:" in screen.getvalue()


def test_bar_goes_away(terminal):
    """A progress bar is drawn while the work lasts, and nothing of it is left behind."""
    screen = terminal()
    with open_reporter().stage("Making pages", 2) as stage:
        stage.advance()
        stage.expect(3)
        stage.advance()
        assert "Making pages" in screen.getvalue()
    assert screen.getvalue().endswith(("\x1b[2K", "\x1b[?25h"))


def test_an_error_says_all():
    """An error of several faults says each, a line each."""
    error = ConfigError(FAULT, Fault("", "odd"))
    assert str(error) == 'content/a.md:4: date is not a date: "kemarin"\nodd'
    assert error.faults == (FAULT, Fault("", "odd"))


def test_error_of_one_fault():
    """An error is made in one line, and is of the class that it was asked of."""
    error = BusyError.at("mirror", "another cermin works on this mirror", "wait")
    assert isinstance(error, CerminError)
    assert type(error) is BusyError
    assert error.faults == (Fault("mirror", "another cermin works on this mirror", "wait"),)


@pytest.mark.parametrize(
    ("word", "guessed"), [("titel", ' (did you mean "title"?)'), ("tags", ""), ("xyz", ""), ("", "")]
)
def test_guess(word, guessed):
    """A near miss is guessed, and a far one is not."""
    assert guess(word, ["title", "date", "summary"]) == guessed


@pytest.mark.parametrize("reporter", [PlainReporter, ConsoleReporter])
def test_names_do_not_move_the_cursor(capsys, reporter):
    """Control characters in names of files, and what turns a line round, are printed as what they are."""
    report = reporter(verbose=True)
    report.fault(Fault("seeds/a\n\x1b[2J\u202e\udcff.txt", "bad\r", "go\x07"), "warning")
    report.say("one\ntwo")
    report.detail("\x9b")
    out, err = capsys.readouterr()
    assert err == "warning: seeds/a\\n\\x1b[2J\\u202e\\udcff.txt: bad\\r\nhint: go\\x07\n"
    assert out == "one\\ntwo\n\\x9b\n"
