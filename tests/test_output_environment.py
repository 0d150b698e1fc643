"""The environment: whatever a template asks of Jinja, it gets from cermin's own way of compiling it."""

from __future__ import annotations

from gettext import NullTranslations
from pathlib import Path

import pytest
from jinja2 import Environment, FileSystemLoader, StrictUndefined, UndefinedError
from markupsafe import Markup

from cermin.output.environment import NewspaperEnvironment

LAYOUT = """\
<{% block title required %}{% endblock %}|{% block a %}A{{ x }}{% endblock %}|{{ here }}|{{ self.a() }}|
{% include "part.html" %}|{% block scoped scoped %}{{ y }}{% endblock %}>
"""
PART = '{% set inside = "set" %}{% set x = "mine" %}part {{ x }}{{ inside }}{{ y }}'
MACROS = (
    "macros {% macro twice(text) %}{{ text }}{{ text }}"
    "{% if caller is defined %}{{ caller() }}{% endif %}{% endmacro %}"
    "{% set kept = 1 %}"
)

TEMPLATES = {
    "plain": "a{{ x }}b{{ z }}c{{ number }}{{ html }}{{ none }}",
    "set": "{% set x = 1 %}{{ x }}{% set block %}<{{ z }}>{% endset %}{{ block }}",
    "if": "{% if x %}{{ x }}{% elif z %}1{% else %}2{% endif %}{{ 'a' if not x else 'b' }}",
    "for": "{% for i in row %}{{ loop.index }}{{ i }}{% if loop.changed(i) %}!{% endif %}{% else %}none{% endfor %}",
    "for else": "{% for i in [] %}{{ i }}{% else %}none {{ x }}{% endfor %}",
    "recursive for": "{% for i in tree recursive %}({{ i[0] }}{{ loop(i[1]) }}){% endfor %}",
    "break": "{% for i in row if i != 'b' %}{{ i }}{% endfor %}",
    "include": "1{% include 'part.html' %}2{{ x }}3{{ inside is defined }}",
    "include without context": "1{{ x }}{% include 'bare.html' without context %}2{% include 'bare.html' %}3",
    "include without context in a loop": "{% for i in row %}"
    "{{ i }}{% include 'bare.html' without context %}{% endfor %}",
    "include without context in a block": "1{% block b %}2{% include 'bare.html' without context %}3{% endblock %}4",
    "include of what is not there": "1{% include 'none.html' ignore missing %}2"
    "{% include ['none.html', 'bare.html'] %}",
    "import": "{% import 'macros.html' as m %}{{ m.twice(z) }}{{ m.kept }}",
    "from import": "{% from 'macros.html' import twice, kept as k %}{{ twice(z) }}{{ k }}",
    "import with context": "{% from 'seeing.html' import shout with context %}{{ shout() }}",
    "call": "{% from 'macros.html' import twice %}{% call twice('a') %}<b>{{ x }}</b>{% endcall %}",
    "macro": "{% macro m(a, b=x) %}{{ a }}{{ b }}{{ varargs }}{% endmacro %}{{ m(1) }}{{ m(2, 3, 4) }}",
    "filter": "{% filter upper %}a{{ z }}{% include 'part.html' %}{% endfilter %}{{ z|length }}{{ row|join('&') }}",
    "autoescape": "{% autoescape false %}{{ z }}{% endautoescape %}{{ z }}",
    "volatile autoescape": "{% autoescape flag %}{{ z }}{{ row|join('<') }}{% endautoescape %}{{ z }}",
    "with": "{% with x = 5 %}{{ x }}{% endwith %}{{ x }}",
    "namespace": "{% set n = namespace(a=1) %}{% for i in row %}{% set n.a = n.a + 1 %}{% endfor %}{{ n.a }}",
    "extends": "{% extends 'layout.html' %}lost{% set here = 'h' %}{% block title %}{{ x }}{{ here }}{% endblock %}",
    "super": "{% extends 'layout.html' %}{% set here = '' %}{% block title %}{% endblock %}"
    "{% block a %}[{{ super() }}]{% endblock %}",
    "extends twice": "{% extends 'middle.html' %}{% block a %}({{ super() }}){% endblock %}",
    "extends perhaps": "1{% if x %}{% extends 'middle.html' %}{% endif %}2{% block a %}3{% endblock %}",
    "does not extend after all": "1{% if not x %}{% extends 'middle.html' %}{% endif %}2{% block a %}3{% endblock %}",
    "what is not there": "{{ nothing is defined }}{{ nothing|default('-') }}{{ pair.nothing is defined }}{{ pair.a }}",
    "translated": "{{ _('Latest') }}{% trans n=number %}{{ n }} and {{ x }}{% endtrans %}",
}
PARTS = {
    "layout.html": LAYOUT,
    "part.html": PART,
    "bare.html": "bare",
    "macros.html": MACROS,
    "seeing.html": "{% macro shout() %}{{ x }}{{ here is defined }}{% endmacro %}",
    "middle.html": "{% extends 'layout.html' %}{% set here = 'm' %}{% block title %}M{% endblock %}"
    "{% block a %}[{{ super() }}{{ z }}]{% endblock %}",
}
NAMES: dict[str, object] = {
    "x": "<x>", "y": "'y'", "z": 'a & "z"', "number": 1234, "html": Markup("<b>"), "none": None, "flag": True,
    "row": ["a", "b", "<c>"], "tree": [("1", [("2", [])]), ("3", [])], "pair": {"a": "<a>"},
}  # fmt: skip


def environments(folder: Path) -> tuple[NewspaperEnvironment, Environment]:
    """Return cermin's environment, and Jinja's own with the same settings."""
    for name, text in PARTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    ours = NewspaperEnvironment((folder,), NullTranslations())
    plain = Environment(
        loader=FileSystemLoader(folder), autoescape=True, extensions=["jinja2.ext.i18n"], trim_blocks=True,
        lstrip_blocks=True, undefined=StrictUndefined,
    )  # fmt: skip
    plain.install_gettext_translations(NullTranslations(), newstyle=True)  # type: ignore[attr-defined]
    for environment in (ours, plain):
        environment.globals["site"] = {"title": "S"}
    return ours, plain


@pytest.mark.parametrize("name", TEMPLATES)
def test_like_jinja(tmp_path, name):
    """A template gives what it gives in Jinja's own environment, the first time and the second."""
    (tmp_path / "a.html").write_text(TEMPLATES[name], encoding="utf-8")
    ours, plain = environments(tmp_path)
    meant = plain.get_template("a.html").render(NAMES)
    assert [ours.render(ours.get_template("a.html"), NAMES) for _ in range(2)] == [meant, meant]


def test_pages_do_not_mix(tmp_path):
    """What one page is told, or its template sets, is not there for the next."""
    (tmp_path / "a.html").write_text("{% if x is defined %}{% set here = x %}{% endif %}{{ here }}", encoding="utf-8")
    ours, _ = environments(tmp_path)
    template = ours.get_template("a.html")
    assert ours.render(template, {"x": "1"}) == "1"
    with pytest.raises(UndefinedError, match="'here' is undefined"):
        ours.render(template, {})
