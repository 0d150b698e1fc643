"""The tables [deploy.NAME] of cermin.toml."""

from __future__ import annotations

import pytest

from cermin.deploy import TARGETS, choose_place, read_places
from cermin.deploy.places import settings_of
from cermin.deploy.plan import _STEP_OF_KIND, MANIFEST
from cermin.errors import ConfigError, UsageError
from cermin.site import KINDS

FOLDER = {"target": "folder", "path": "/srv/www"}
GIT = {"target": "git", "remote": "git@codeberg.org:me/mirror.git"}


def faults_of(**tables):
    """Return what is wrong with tables [deploy.NAME]."""
    with pytest.raises(ConfigError) as caught:
        read_places(tables, TARGETS)
    assert {fault.place for fault in caught.value.faults} == {"cermin.toml"}
    return [(fault.verdict, fault.hint) for fault in caught.value.faults]


def test_places():
    """A table names a target, its settings, and what all targets have in common."""
    places = read_places({"web": FOLDER, "pages": GIT | {"max_deletes": 0, "host": "codeberg-pages"}}, TARGETS)
    assert places["web"].target.address == "/srv/www"
    assert places["web"].max_deletes == 5
    assert places["pages"].target.address == "git@codeberg.org:me/mirror.git (pages)"
    assert (places["pages"].max_deletes, places["pages"].host) == (0, "codeberg-pages")


def test_all_faults_at_once():
    """Every fault of every table is told at once, with guesses."""
    assert faults_of(
        a={"target": "foldr"},
        b={},
        c={"target": "folder", "pth": "x", "max_deletes": "5"},
        d=GIT | {"brnch": "x", "branch": "a b", "cname": "https://x"},
        e={"target": 7},
    ) == [
        ('unknown target "foldr" in [deploy.a] (did you mean "folder"?)', f"write target = one of {NAMES}"),
        ("[deploy.b] has no target", f"write target = one of {NAMES}"),
        ('unknown setting "pth" in [deploy.c] (did you mean "path"?)', ""),
        ("max_deletes in [deploy.c] is not a whole number: '5'", ""),
        ("[deploy.c] does not say path", ""),
        ('unknown setting "brnch" in [deploy.d] (did you mean "branch"?)', ""),
        ('branch is no name of a branch: "a b" in [deploy.d]', 'write branch = "pages"'),
        ('cname is no domain: "https://x" in [deploy.d]', 'write cname = "news.example.org"'),
        ('unknown target "7" in [deploy.e]', f"write target = one of {NAMES}"),
    ]


NAMES = ", ".join(f'"{name}"' for name in TARGETS)


@pytest.mark.parametrize("name", ["", "../x", "a b", "a/b", "-a", "x" * 65, "a.b"])
def test_names_of_places(name):
    """A place is called by what can be the name of a file."""
    assert "is called something else" in faults_of(**{name: FOLDER})[0][0]


@pytest.mark.parametrize("max_deletes", [-1, 101])
def test_max_deletes(max_deletes):
    """A share is between nothing and all."""
    assert "not between 0 and 100" in faults_of(a=FOLDER | {"max_deletes": max_deletes})[0][0]


@pytest.mark.parametrize(
    "remote",
    ["git@host:me/x.git", "https://host/x.git", "ssh://git@host:22/x", "../x.git", "/srv/x.git", "~/x.git", "origin"],
)
def test_remotes(remote):
    """A remote may be an address, a path or a name."""
    assert read_places({"a": GIT | {"remote": remote}}, TARGETS)


@pytest.mark.parametrize("remote", ["", "--upload-pack=x", "a\nb", "https://me:secret@host/x.git"])
def test_no_remotes(remote):
    """What git would take for an option is no remote, and a password is not for cermin.toml, nor repeated."""
    verdict, hint = faults_of(a=GIT | {"remote": remote})[0]
    assert verdict.startswith("remote ")
    assert hint
    assert "secret" not in verdict


@pytest.mark.parametrize("branch", ["pages", "gh-pages", "a/b", "v1.0", "halaman"])
def test_branches(branch):
    """A branch is called as git allows."""
    assert read_places({"a": GIT | {"branch": branch}}, TARGETS)


@pytest.mark.parametrize(
    "branch", ["", "-a", "a..b", "a//b", "/a", "a/", "a.lock", ".a", "a/.b", "a b", "a~1", "@{u}", "a:b"]
)
def test_no_branches(branch):
    """A branch that git would refuse, or read as something else, is refused before."""
    assert "branch is no name" in faults_of(a=GIT | {"branch": branch})[0][0]


def test_host():
    """A host is one whose limits are known; a wrong one is guessed at."""
    verdict, hint = faults_of(a=FOLDER | {"host": "github-page"})[0]
    assert verdict == 'host in [deploy.a] is none that cermin knows: "github-page" (did you mean "github-pages"?)'
    assert "cloudflare-pages" in hint


def test_settings_do_not_collide():
    """No target has a setting of its own that is called as one of all targets."""
    for target in TARGETS.values():
        assert not {"target", "max_deletes", "host"} & settings_of(target).keys()
        assert set(settings_of(target).values()) <= {str, int, bool}


def test_kinds_have_a_step():
    """What decides the order of a deploy names no kind of page that is gone."""
    assert _STEP_OF_KIND.keys() - {MANIFEST} <= KINDS.keys()


def test_which_place():
    """The name may be left out where there is one place; a wrong one is guessed at."""
    one, two = read_places({"web": FOLDER}, TARGETS), read_places({"web": FOLDER, "pages": GIT}, TARGETS)
    assert choose_place(one, None).name == "web"
    assert choose_place(two, "pages").name == "pages"
    with pytest.raises(UsageError, match="several places"):
        choose_place(two, None)
    with pytest.raises(UsageError, match=r'no \[deploy.wbe\] \(did you mean "web"\?\)'):
        choose_place(two, "wbe")
    with pytest.raises(UsageError, match="no place to deploy to"):
        choose_place({}, None)
