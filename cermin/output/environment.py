"""Jinja, set up for a hundred thousand pages: what is known at compile time is not asked again for each page.

Four things differ from a plain environment, and none changes a page. Words of the interface (``_("Latest")``) are
translated while a template is compiled, as a site has one interface language. Values are escaped by a function that
gives plain text, not `Markup` objects, of which a page would make hundreds only to join them. A template and each of
its blocks give their text at once: piece by piece, each would pass through a generator for every level of inheritance.
And what a page is told stands in one dictionary, which is asked without a call of Python code.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from functools import cached_property
from gettext import NullTranslations
from pathlib import Path
from typing import Any

from jinja2 import (
    Environment,
    FileSystemBytecodeCache,
    FileSystemLoader,
    StrictUndefined,
    Template,
    nodes,
)
from jinja2.compiler import CodeGenerator, Frame
from jinja2.nodes import EvalContext
from jinja2.runtime import Context
from jinja2.utils import missing
from jinja2.visitor import NodeTransformer
from markupsafe import Markup

ALSO_FILTERS = frozenset({"lang_attr", "lang_attrs", "outlet_html", "outlet_name", "direction"})
"""Functions that templates call for every article that they show."""


def quick_escape(value: object) -> str:
    """Return a value as HTML text: escaped, unless it is HTML already."""
    if type(value) is Markup:
        return value
    if type(value) is not str:
        if hasattr(value, "__html__"):
            return str(value.__html__())
        value = str(value)
    # On the short texts of a page, this is a third of the work of one regular expression.
    if "&" in value or "<" in value or ">" in value or '"' in value or "'" in value:
        value = value.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
        value = value.replace('"', "&#34;").replace("'", "&#39;")
    return value


class _Generator(CodeGenerator):
    def write_commons(self) -> None:
        self.writeline("quick_escape = environment.quick_escape")
        super().write_commons()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._whole: set[str | None] = set()

    def blockvisit(self, nodes: Iterable[nodes.Node], frame: Frame) -> None:
        if frame.buffer is not None:
            super().blockvisit(nodes, frame)
            return
        # The body of a template or of a block.
        self.buffer(frame)
        self._whole.add(frame.buffer)
        super().blockvisit(nodes, frame)
        self.writeline(f"yield concat({frame.buffer})")

    def visit_Include(self, node: nodes.Include, frame: Frame) -> None:  # noqa: N802 - the name that Jinja calls
        if not node.with_context and frame.buffer in self._whole:
            # Jinja yields such a template, so that what stands before it must be out.
            self.writeline(f"yield concat({frame.buffer})")
            self.writeline(f"{frame.buffer}.clear()")
        super().visit_Include(node, frame)

    def _output_child_pre(self, node: nodes.Expr, frame: Frame, finalize: Any) -> None:
        if frame.eval_ctx.autoescape and not frame.eval_ctx.volatile and finalize.src is None:
            self.write("quick_escape(")
        else:
            super()._output_child_pre(node, frame, finalize)


class _Translator(NodeTransformer):
    """Replaces the call for a constant message by its translation."""

    def __init__(self, translations: NullTranslations) -> None:
        self._translations = translations

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - the name that Jinja calls
        """Translate ``_("…")`` and what ``{% trans %}`` became, where nothing is to be filled in.

        A function of one value that is a filter as well is called as the filter, which takes a third of the time.
        """
        self.generic_visit(node)
        if isinstance(node.node, nodes.Name) and node.node.name in ALSO_FILTERS and len(node.args) == 1:
            return nodes.Filter(node.args[0], node.node.name, [], [], None, None, lineno=node.lineno)
        is_gettext = isinstance(node.node, nodes.Name) and node.node.name in {"_", "gettext"}
        if is_gettext and not node.kwargs and not node.dyn_args and not node.dyn_kwargs and len(node.args) == 1:
            message = node.args[0]
            if isinstance(message, nodes.Const) and isinstance(message.value, str):
                translated = self._translations.gettext(message.value) % {}
                return nodes.Const(Markup(translated), lineno=node.lineno)  # noqa: S704 - as Jinja's gettext does
        return node


class _Names(dict[str, Any]):
    """What a page is told, by name."""

    def __missing__(self, name: str) -> object:
        return missing


class _Context(Context):
    """A context that makes only what is asked for; what a template sets stands where what it was told stands."""

    def __init__(
        self,
        environment: Environment,
        parent: Mapping[str, Any],
        name: str | None,
        blocks: Mapping[str, Callable[[Context], Iterator[str]]],
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - the name that Jinja calls
    ) -> None:
        self.parent = self.vars = names = parent if isinstance(parent, _Names) else _Names(parent)
        self.resolve_or_missing = names.__getitem__  # type: ignore[method-assign, assignment]
        self.environment = environment
        self.exported_vars = set()
        self.name = name
        self.globals_keys = set() if globals is None else globals.keys()  # type: ignore[assignment]
        self.blocks = {block: [write] for block, write in blocks.items()}

    @cached_property
    def eval_ctx(self) -> EvalContext:  # type: ignore[override]
        return EvalContext(self.environment, self.name)

    def get_all(self) -> dict[str, Any]:
        # A copy: an included template is given the names of the one that includes it, and sets its own.
        return _Names(self.parent)


class NewspaperEnvironment(Environment):
    """The environment in which pages are rendered."""

    code_generator_class = _Generator
    context_class = _Context
    quick_escape = staticmethod(quick_escape)

    def __init__(self, folders: tuple[Path, ...], translations: NullTranslations, compiled: Path | None = None) -> None:
        """Look for templates in ``folders``; ``compiled`` is a folder to keep them in, compiled, for the next run."""
        super().__init__(
            loader=FileSystemLoader(folders),
            autoescape=lambda name: not (name or "").endswith(".txt"),
            extensions=["jinja2.ext.i18n"],
            trim_blocks=True,
            lstrip_blocks=True,
            undefined=StrictUndefined,
            auto_reload=False,
            cache_size=-1,
            bytecode_cache=FileSystemBytecodeCache(str(compiled)) if compiled else None,
        )
        self._translator = _Translator(translations)
        self._loaded: dict[str, Template] = {}
        self.install_gettext_translations(translations, newstyle=True)  # type: ignore[attr-defined]  # by the extension

    def get_template(
        self,
        name: str | Template,
        parent: str | None = None,
        globals: MutableMapping[str, Any] | None = None,  # noqa: A002 - the name that Jinja calls
    ) -> Template:
        """Return a template, read and compiled when it is first asked for. Raises TemplateNotFound."""
        template = self._loaded.get(name) if isinstance(name, str) else name
        if template is None or globals:
            template = super().get_template(name, parent, globals)
            # Jinja gives a chain of mappings, which each page would copy key by key.
            template.globals = dict(template.globals)
            self._loaded[template.name or ""] = template
        return template

    def render(self, template: Template, names: dict[str, Any]) -> str:
        """Return what a template makes of what it is told; quicker than its own method."""
        told = _Names(template.globals)
        told.update(names)
        context = _Context(self, told, template.name, template.blocks, template.globals)
        try:
            return "".join(template.root_render_func(context))
        except Exception:  # noqa: BLE001 - raised anew
            # Raises the error anew, with the template's own lines in it.
            self.handle_exception()

    def _generate(self, source: nodes.Template, *args: Any, **kwargs: Any) -> str:
        return super()._generate(self._translator.visit(source), *args, **kwargs)
