"""The source of functions as it stands in a written file: with what they call, without annotations."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterable
from typing import Any

GIVEN = {"np", "math", "Any", "Callable", "Iterator", "Sequence", "Array"}  # imported there, or an annotation's


def sources(functions: Iterable[Callable[..., Any]]) -> str:
    """The functions and all of ours that they need, what is called before who calls it."""
    found: dict[str, str] = {}
    for function in functions:
        _collect(function, found)
    return "\n\n".join(found.values())


def _collect(function: Callable[..., Any], found: dict[str, str]) -> None:
    if function.__name__ in found:
        return
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    definition = tree.body[0]
    assert isinstance(definition, ast.FunctionDef)
    _without_annotations(definition)
    for name in dict.fromkeys(n.id for n in ast.walk(definition) if isinstance(n, ast.Name)):
        needed = function.__globals__.get(name)
        if name in GIVEN or name == function.__name__ or needed is None or name in found:
            continue
        if inspect.isfunction(needed):
            _collect(needed, found)
        else:
            found[name] = f"{name} = {needed!r}"
    found[function.__name__] = ast.unparse(definition) + "\n"


def _without_annotations(definition: ast.FunctionDef) -> None:
    for node in ast.walk(definition):
        if isinstance(node, ast.FunctionDef):
            node.returns = None
        elif isinstance(node, ast.arg):
            node.annotation = None
