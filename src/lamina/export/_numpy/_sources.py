"""The source of functions as it stands in a written file: with what they call, without annotations."""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Collection, Iterable
from types import ModuleType
from typing import Any

GIVEN = {"np", "Any", "Callable", "Iterator", "Sequence", "Array"}  # imported there, or an annotation's


class Sources:
    """Functions and all of ours that they need, what is called before who calls it; and the modules they import.

    there: names that need not be written.
    """

    def __init__(self, functions: Iterable[Callable[..., Any]], there: Collection[str] = ()):
        self.there = {*GIVEN, *there}
        self.found: dict[str, str] = {}
        self.modules: set[str] = set()
        for function in functions:
            self._collect(function)

    @property
    def text(self) -> str:
        return "\n\n".join(self.found.values())

    def _collect(self, function: Callable[..., Any]) -> None:
        if function.__name__ in self.found:
            return
        definition = ast.parse(textwrap.dedent(inspect.getsource(function))).body[0]
        assert isinstance(definition, ast.FunctionDef)
        _without_annotations(definition)
        for name in dict.fromkeys(n.id for n in ast.walk(definition) if isinstance(n, ast.Name)):
            needed = function.__globals__.get(name)
            if name not in self.there and name not in (function.__name__, *self.found) and needed is not None:
                self._need(name, needed)
        self.found[function.__name__] = ast.unparse(definition) + "\n"

    def _need(self, name: str, needed: Any) -> None:
        if isinstance(needed, ModuleType):
            self.modules.add(name)
        elif inspect.isfunction(needed):
            self._collect(needed)
        else:
            self.modules.update(m for m in ("datetime",) if type(needed).__module__ == m)
            self.found[name] = f"{name} = {self._written(needed)}"

    def _written(self, value: Any) -> str:
        """An expression for a constant. Patterns are written by us, as their `repr` is cut after 200 letters."""
        if isinstance(value, re.Pattern):
            self.modules.add("re")
            return f"re.compile({value.pattern!r}, {value.flags & ~re.UNICODE})"  # which patterns of texts have anyway
        if isinstance(value, list):
            return f"[{', '.join(map(self._written, value))}]"
        return repr(value)


def _without_annotations(definition: ast.FunctionDef) -> None:
    for node in ast.walk(definition):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
