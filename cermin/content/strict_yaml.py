"""Front matter as YAML, without what YAML guesses and lets pass.

python-frontmatter reads the block between the fences through a handler of ours, because by itself it publishes front
matter as text for a BOM or an unclosed fence and lets duplicate keys pass: the fences are found in `front_matter`, and
the handler composes YAML into plain strings, so that no ``zip: 0123`` becomes a number.
"""

from __future__ import annotations

import re

import frontmatter
import yaml
from frontmatter.default_handlers import YAMLHandler

from cermin.content.head import FENCE, KEYS, LISTS, NAMES, FrontMatterError, Head, Value
from cermin.errors import guess

DEEPEST = 50
"""Lists and mappings inside of one another that are read; none of ours needs more than one."""

_NESTING = re.compile(r"[\[{]|[-?] ")


def compose_head(head: str, body_at: int) -> Head:
    """Return what stands in a front matter, and what is wrong with single keys; ``body_at`` is handed on.

    Raises FrontMatterError for YAML that does not parse, is nested without end, or is no list of keys.
    """
    handler = _StrictHandler()
    try:
        frontmatter.parse(f"{FENCE}\n{head}\n{FENCE}\n", handler=handler)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        verdict = f"front matter is not YAML: {getattr(error, 'problem', None) or error}"
        hint = "put quotes around a value that holds a colon, a # or a quote"
        raise FrontMatterError(mark.line + 2 if mark else 1, verdict.replace("\n", " "), hint) from error
    return Head(handler.values, handler.lines, body_at, tuple(handler.faults))


class _StrictHandler(YAMLHandler):
    """Reads YAML into values and lines by key; collects what is wrong with keys instead of stopping at the first."""

    def __init__(self) -> None:
        super().__init__()
        self.values: dict[str, Value] = {}
        self.lines: dict[str, int] = {}
        self.faults: list[tuple[int, str, str]] = []

    def split(self, text: str) -> tuple[str, str]:
        """Return what stands between our own fences, whatever rules of dashes stand inside."""
        return text[len(FENCE) + 1 : -len(FENCE) - 2], ""

    def load(self, fm: str, **_: object) -> dict[str, object]:
        """Compose ``fm`` and check its shape against the known keys."""
        if _is_deep(fm):
            raise FrontMatterError(1, "front matter is nested too deep", "write each value in one line")
        node = yaml.compose(fm, Loader=_Loader)
        if node is None:
            raise FrontMatterError(1, "front matter is empty", "it needs a title at least")
        if not isinstance(node, yaml.MappingNode):
            raise FrontMatterError(2, "front matter is not a list of `key: value` lines", "")
        for key_node, value_node in node.value:
            self._add(key_node, value_node)
        return {}

    def _add(self, key_node: yaml.Node, value_node: yaml.Node) -> None:
        line = key_node.start_mark.line + 2
        key = key_node.value if isinstance(key_node, yaml.ScalarNode) else str(key_node.tag)
        if key not in KEYS:
            self.faults.append((line, f'unknown key "{key}"{guess(key, KEYS)}', ""))
        elif key in self.values:
            self.faults.append((line, f"{key} stands twice, first on line {self.lines[key]}", "keep one of them"))
        else:
            value = self._value(key, value_node, line)
            if value is not None:
                self.values[key], self.lines[key] = value, line

    def _value(self, key: str, node: yaml.Node, line: int) -> Value | None:
        if key in LISTS:
            if isinstance(node, yaml.SequenceNode) and all(isinstance(item, yaml.ScalarNode) for item in node.value):
                return tuple(text for item in node.value if (text := _text(key, item)))
            if isinstance(node, yaml.ScalarNode) and not node.value:
                return ()
            self.faults.append((line, f"{key} is not a list", f"write {key}: [one, two]"))
        elif isinstance(node, yaml.ScalarNode):
            return _text(key, node)
        else:
            self.faults.append((line, f"{key} is not a text", f"write {key}: in one line, in quotes if need be"))
        return None


def _text(key: str, node: yaml.ScalarNode) -> str:
    return str(node.value) if key in NAMES else str(node.value).strip()


def _is_deep(head: str) -> bool:
    """Tell whether composing would go deep: libyaml's binding calls itself for each level, and crashes the process."""
    if len(_NESTING.findall(head)) < DEEPEST:
        return False
    depth = 0
    for event in yaml.parse(head, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > DEEPEST:
            return True
    return False


class _Loader(getattr(yaml, "CBaseLoader", yaml.BaseLoader)):  # type: ignore[misc]  # the C loader where it was built
    """YAML without implicit types: what looks like a number or a date stays what was written."""
