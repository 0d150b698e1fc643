"""A mirror's own translations: they win, they fill what is missing, and `check` tells what is missing still."""

from __future__ import annotations

import pytest

from cermin import pipeline
from cermin.config import load_config
from cermin.errors import CerminError
from cermin.report import MemoryReporter
from tests.conftest import tree
from tests.mirrors import article, build, build_clean

CONTENT = {"kaca/2024/06/a.md": article("Satu", date="2024-06-20", lang="ms")}
SETTINGS = '[site]\ntitle = "Cermin"\nlanguage = "{}"\n'
OWN_PAGE = """\
{% extends "layout.html" %}
{% set here = "" %}
{% block title %}{{ _("Lost pages") }}{% endblock %}
{% block content %}<h1>{{ _("Lost pages") }}</h1>
<p>{{ ngettext("%(num)s page is lost", "%(num)s pages are lost", 2) }}</p>{% endblock %}
"""


def own_words(*translations: tuple[str, str]) -> str:
    """Return a catalogue with these translations."""
    return "".join(f'msgid "{message}"\nmsgstr "{words}"\n\n' for message, words in translations)


def test_own_words_win(mirror):
    """A mirror's own catalogue wins, message by message, over the built-in one of its language."""
    root = mirror(
        settings=SETTINGS.format("id"), content=CONTENT, locales={"id.po": own_words(("Latest", "Paling baru"))}
    )
    assert build(root).faults == ()
    page = (root / "output/index.html").read_text(encoding="utf-8")
    assert ">Paling baru</a>" in page
    assert ">Rubrik</a>" in page


def test_own_words_for_own_templates(mirror):
    """What a mirror's own templates say is translated by its own catalogue, plural forms too."""
    plural = 'msgid "%(num)s page is lost"\nmsgid_plural "%(num)s pages are lost"\nmsgstr[0] "%(num)s halaman hilang"\n'
    head = 'msgid ""\nmsgstr "Plural-Forms: nplurals=1; plural=0;\\n"\n\n'
    words = {"id.po": head + own_words(("Lost pages", "Halaman hilang")) + plural}
    root = mirror(settings=SETTINGS.format("id"), content=CONTENT, templates={"404.html": OWN_PAGE}, locales=words)
    assert build(root).faults == ()
    page = (root / "output/404.html").read_text(encoding="utf-8")
    assert "<h1>Halaman hilang</h1>\n<p>2 halaman hilang</p>" in page
    assert pipeline.find_untranslated(load_config(root)) == []


def test_own_words_are_an_input(mirror):
    """When the mirror's own catalogue changes, the next build is what a clean one is, and `why` says so."""
    root = mirror(settings=SETTINGS.format("ms"), content=CONTENT)
    build(root)
    path = root / "locales/ms.po"
    for words in (own_words(("Latest", "Terkini")), own_words(("Latest", "Baharu")), ""):
        path.parent.mkdir(exist_ok=True)
        if words:
            path.write_text(words, encoding="utf-8")
        else:
            path.unlink()
        reasons = pipeline.explain_page(load_config(root), MemoryReporter(), "index.html")
        assert reasons == ["words of the interface changed"]
        build(root)
        assert tree(root / "output") == build_clean(root)[1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=system(n);\\n"\n',
            "locales/ms.po: not a gettext catalogue: ",
        ),
        ("\udcff", "locales/ms.po: not a gettext catalogue: "),
        ("<html>", "locales/ms.po:1: not a gettext catalogue: "),
    ],
)
def test_no_catalogue(mirror, text, told):
    """A file of words that is no catalogue ends a build and a check with its place."""
    data = text.encode("utf-8", "surrogateescape")
    root = mirror(settings=SETTINGS.format("ms"), content=CONTENT, locales={"ms.po": data})
    for verb in (lambda: build(root), lambda: pipeline.find_untranslated(load_config(root))):
        with pytest.raises(CerminError) as caught:
            verb()
        assert str(caught.value).startswith(told)


def test_words_that_are_not_filled_in(mirror):
    """A message without a translation, in one of its plural forms, or one marked as a guess stays English."""
    words = (
        'msgid "Latest"\nmsgstr ""\n\n#, fuzzy\nmsgid "Archive"\nmsgstr "Arkib?"\n\n'
        'msgid "%(num)s article"\nmsgid_plural "%(num)s articles"\nmsgstr[0] ""\n\nmsgid "Topics"\nmsgstr "Topik"\n'
    )
    root = mirror(settings=SETTINGS.format("ms"), content=CONTENT, locales={"ms.po": words})
    assert build(root).faults == ()
    page = (root / "output/index.html").read_text(encoding="utf-8")
    assert [word in page for word in (">Latest</a>", ">Archive</a>", ">1 article<", ">Topik</a>")] == [True] * 4
    missing = pipeline.find_untranslated(load_config(root))
    assert {"Latest", "Archive", "%(num)s article"} <= set(missing)
    assert "Topics" not in missing


@pytest.mark.parametrize("language", ["id", "en-GB", "pt-BR", "zh-TW", "fa-AF"])
def test_a_whole_language_misses_nothing(mirror, language):
    """No message is missing in a language that has a catalogue, or whose region falls back to one, or in English."""
    assert pipeline.find_untranslated(load_config(mirror(settings=SETTINGS.format(language)))) == []


def test_check_tells_what_is_not_translated(run, mirror):
    """A check warns of messages without words, names all of them when asked, and finds no fault in that."""
    root = mirror(settings=SETTINGS.format("id"), content=CONTENT, templates={"404.html": OWN_PAGE})
    build(root)
    ran = run("-C", root, "check")
    verdict = '2 messages of the interface without words in "id", so English stands there: "%(num)s page is lost" …'
    hint = "write them into locales/id.po; --verbose names all of them"
    assert (ran.code, ran.err) == (0, f"warning: {verdict}\nhint: {hint}\n")
    assert "  Lost pages\n" in run("-C", root, "check", "--verbose").out
