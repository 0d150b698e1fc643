"""The theme: whose file wins, what a page's templates depend on, and how a template's mistakes are told."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from cermin.config import load_config
from cermin.errors import TemplateError
from cermin.output.rendering import Renderer
from cermin.output.theme import STYLESHEET, Theme, builtin_folder, load_theme
from cermin.records import Page
from cermin.site import KINDS


@pytest.fixture
def own(tmp_path: Path):
    """Return a maker of a mirror's own templates: ``own({"about.html": "…"})`` gives the theme."""

    def make(files: dict[str, str]) -> Theme:
        for name, text in files.items():
            path = tmp_path / "templates" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        return load_theme(tmp_path / "templates")

    return make


def render(root: Path, name: str, text: str, **answers: object) -> str:
    """Return a page made with one template of a mirror."""
    path = root / "templates" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return (
        Renderer(load_config(root), load_theme(load_config(root).templates))
        .render(Page("not-found", "a.html", "", 0, name, answers))
        .decode()
    )


# --- whose file wins -----------------------------------------------------------------------------------------------


def test_builtin_theme(tmp_path):
    """A mirror without templates has the built-in ones, with every template that a kind of page names."""
    theme = load_theme(tmp_path / "templates")
    assert theme.folders == (builtin_folder().resolve(),)
    for kind in KINDS.values():
        assert set(theme.closure(kind.templates)) >= {f"templates/{name}" for name in kind.templates}


def test_own_template_wins(own, tmp_path):
    """A template of the mirror wins over the built-in one of its name, and the others stay."""
    own({"robots.txt": "Own {{ path }}"})
    renderer = Renderer(load_config(tmp_path), load_theme(load_config(tmp_path).templates))
    assert renderer.render(Page("robots", "robots.txt", "", 0, "robots.txt", {})) == b"Own robots.txt"
    assert b"<!doctype html>" in renderer.render(Page("not-found", "404.html", "", 0, "404.html", {"feed": "feed.xml"}))


def test_own_template_may_build_on_the_builtin(own, tmp_path):
    """A template of the mirror extends and includes the built-in ones."""
    blocks = "{% block title %}X{% endblock %}{% block content %}Y{% endblock %}"
    own({"404.html": '{% extends "layout.html" %}{% set here = "" %}' + blocks})
    page = Renderer(load_config(tmp_path), load_theme(load_config(tmp_path).templates)).render(
        Page("not-found", "404.html", "", 0, "404.html", {"feed": "f.xml"})
    )
    assert b"<title>X</title>" in page
    assert b'<main id="main">\nY</main>' in page


def test_static_files(own, tmp_path):
    """Static files of both themes are in the site, the mirror's own before the built-in one; hidden ones are not."""
    builtin = load_theme(tmp_path / "none")
    theme = own({"static/style.css": "p { }", "static/fonts/a.woff2": "font", "static/.DS_Store": "x"})
    assert theme.asset(theme.stylesheet) == b"p { }"
    assert theme.asset("static/fonts/a.woff2") == b"font"
    assert set(theme.assets) - {theme.stylesheet, "static/fonts/a.woff2"} == set(builtin.assets) - {builtin.stylesheet}


def test_stylesheet_is_named_for_its_bytes(own):
    """The stylesheet's address changes with it, so that it can be cached for ever; its plain name is not taken."""
    first = own({STYLESHEET: "p { }"}).stylesheet
    second = own({STYLESHEET: "q { }"})
    assert first != second.stylesheet
    assert STYLESHEET not in second.assets


def test_theme_beside_the_package(tmp_path):
    """Where the mirror's templates are the built-in ones, as in a checkout, they are looked through once."""
    assert load_theme(builtin_folder()).folders == (builtin_folder().resolve(),)
    shutil.copytree(builtin_folder(), tmp_path / "templates")
    assert len(load_theme(tmp_path / "templates").folders) == 2


# --- what a page depends on ----------------------------------------------------------------------------------------


def test_closure(own):
    """A template depends on what it extends, includes and imports, and on what those do."""
    theme = own(
        {
            "a.html": '{% extends "b.html" %}{% from "c.html" import x %}',
            "b.html": '{% include "d.html" %}',
            "c.html": '{% import "e.html" as e %}{% macro x() %}{% endmacro %}',
            "d.html": "",
            "e.html": "",
            "f.html": "",
        }
    )
    assert sorted(theme.closure(("a.html",))) == [f"templates/{name}.html" for name in "abcde"]


def test_closure_follows_bytes(own):
    """The hash of a template changes with it, and only that one."""
    before = own({"a.html": '{% include "b.html" %}', "b.html": "1"}).closure(("a.html",))
    after = own({"b.html": "2"}).closure(("a.html",))
    assert [name for name in before if before[name] != after[name]] == ["templates/b.html"]


def test_closure_of_a_computed_name(own):
    """A template whose name is known only while rendering could be any of them."""
    theme = own({"a.html": "{% include name %}", "z.html": ""})
    assert set(theme.closure(("a.html",))) >= {"templates/z.html", "templates/layout.html"}


def test_closure_in_a_circle(own):
    """Templates that include one another are each named once."""
    theme = own({"a.html": '{% include "b.html" %}', "b.html": '{% include "a.html" %}'})
    assert sorted(theme.closure(("a.html",))) == ["templates/a.html", "templates/b.html"]


def test_no_templates(own):
    """A kind without a template depends on none."""
    assert own({}).closure(()) == {}


# --- mistakes ------------------------------------------------------------------------------------------------------


def closure_fault(theme: Theme, name: str) -> str:
    """Return what is wrong with a template before anything is rendered."""
    with pytest.raises(TemplateError) as caught:
        theme.closure((name,))
    return str(caught.value)


def render_fault(root: Path, text: str, name: str = "a.html", **answers: object) -> str:
    """Return what goes wrong while a template is rendered."""
    with pytest.raises(TemplateError) as caught:
        render(root, name, text, **answers)
    return str(caught.value)


def test_syntax_error(own):
    """A template that does not parse is told with its file and line, also where another includes it."""
    theme = own({"a.html": '\n{% include "b.html" %}', "b.html": "\n\n{% iff x %}"})
    message = "templates/b.html:3: Encountered unknown tag 'iff'."
    assert closure_fault(theme, "b.html") == message
    assert closure_fault(theme, "a.html") == message


def test_missing_template(own):
    """A template that is not there is told with its name."""
    theme = own({"a.html": '{% extends "none.html" %}'})
    assert closure_fault(theme, "a.html") == "templates/none.html: no such template"


def test_template_that_is_not_utf8(own, tmp_path):
    """A template in another encoding is told with its name."""
    own({"a.html": ""})
    (tmp_path / "templates/a.html").write_bytes(b"caf\xe9")
    assert closure_fault(load_theme(tmp_path / "templates"), "a.html") == "templates/a.html: not UTF-8"


@pytest.mark.parametrize(
    ("expression", "verdict"),
    [
        ("nothing", "UndefinedError: 'nothing' is undefined"),
        ("site.titel", "UndefinedError: 'cermin.config.Site object' has no attribute 'titel'"),
        ("1 // 0", "ZeroDivisionError: integer division or modulo by zero"),
        ("x|long_date", "ValueError: Invalid isoformat string: 'kemarin'"),
        ("x + 1", 'TypeError: can only concatenate str (not "int") to str'),
        ("{}.pop('a')", "KeyError: 'a'"),
    ],
)
def test_runtime_error(tmp_path, expression, verdict):
    """What fails while a page is made is told with the template and the line; nothing is quietly empty."""
    assert render_fault(tmp_path, f"\n{{{{ {expression} }}}}\n", x="kemarin") == f"templates/a.html:2: {verdict}"


def test_error_in_an_included_template(tmp_path):
    """A mistake is told where it stands, and not where it was included."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/b.html").write_text("\n\n{{ nothing }}", encoding="utf-8")
    assert render_fault(tmp_path, '{% include "b.html" %}').startswith("templates/b.html:3: ")


def test_error_in_a_folder(tmp_path):
    """A template in a folder is told with the folder."""
    assert render_fault(tmp_path, "{{ nothing }}", "parts/a.html").startswith("templates/parts/a.html:1: ")


def test_unknown_filter(tmp_path):
    """A filter that is not there is told before anything is made."""
    assert render_fault(tmp_path, "\n{{ 'a'|dates }}") == "templates/a.html:2: No filter named 'dates'."


# --- what templates are safe from ----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["a.html", "a.xml"])
def test_values_are_escaped(tmp_path, name):
    """A value in HTML or XML is text, whatever it holds."""
    page = render(tmp_path, name, '<p title="{{ x }}">{{ x }}</p>', x="\"'<script>&")
    assert page == '<p title="&#34;&#39;&lt;script&gt;&amp;">&#34;&#39;&lt;script&gt;&amp;</p>'


def test_plain_text_is_not_escaped(tmp_path):
    """In plain text there is nothing to escape."""
    assert render(tmp_path, "a.txt", "{{ x }}", x="a & b") == "a & b"


def test_languages(tmp_path):
    """Text in the interface's own language needs no mark; any other has its tag, and its direction where it differs."""
    template = "<p{{ lang_attrs(a) }}><p{{ lang_attrs(b) }}><p{{ lang_attrs(c) }}><p{{ lang_attrs('') }}>"
    assert render(tmp_path, "a.html", template, a="en", b="id", c="ar") == '<p><p lang="id"><p lang="ar" dir="rtl"><p>'


@pytest.mark.parametrize(
    ("path", "root"), [("index.html", ""), ("a/index.html", "../"), ("genpi/2024/06/a.html", "../../../")]
)
def test_root(tmp_path, path, root):
    """A page reaches the site's root by a relative way, so that the site works wherever it stands."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/a.html").write_text("{{ root }}|{{ canonical }}", encoding="utf-8")
    page = Page("not-found", path, "", 0, "a.html", {})
    assert (
        Renderer(load_config(tmp_path), load_theme(load_config(tmp_path).templates)).render(page).decode() == f"{root}|"
    )


def test_canonical(tmp_path):
    """With base_url a page knows its absolute address; the front page's is the site's own."""
    (tmp_path / "cermin.toml").write_text('[site]\nbase_url = "https://example.org/m/"\n', encoding="utf-8")
    (tmp_path / "templates").mkdir()
    (tmp_path / "templates/a.html").write_text("{{ root }}|{{ canonical }}", encoding="utf-8")
    renderer = Renderer(load_config(tmp_path), load_theme(load_config(tmp_path).templates))
    pages = [Page("not-found", path, "", 0, "a.html", {}) for path in ("index.html", "a/д.html", "404.html")]
    assert [renderer.render(page).decode() for page in pages] == [
        "|https://example.org/m/",
        "../|https://example.org/m/a/%D0%B4.html",
        "/m/|https://example.org/m/404.html",
    ]
