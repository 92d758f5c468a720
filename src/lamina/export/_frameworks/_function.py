"""The function of a NumPy file on other arrays."""

import importlib
from collections.abc import Callable
from typing import Any

import numpy as np

from .._errors import ExportError
from .._exported import Exported
from .._numpy._sources import Sources
from .._numpy._text import cast_text
from .._numpy._writer import NumpyFile


def function_on(
    exported: Exported,
    library: str,
    array: Callable[[np.ndarray], Any],
    namespace: dict[str, Any],
    rules: dict[str, Any] | None = None,
    cast: Callable[[str, str], str] = cast_text,
) -> Any:
    """`predict(*inputs)` of the program, on arrays of a library.

    Args:
        array: makes one of a weight. namespace: what stands for `np`, and for the helpers that need another form.
        rules: for primitives that are written in another way. cast: writes an expression in another dtype.
    Raises ExportError for strings, which such libraries do not have.
    """
    strings = [v.name for v in exported.program.inputs if v.dtype.kind == "U"]
    if strings:
        raise ExportError(f"The input {strings[0]!r} takes strings, which {library} does not have.")
    file = NumpyFile(exported.program, exported.name, "model.py", exported.output_names, exported.structure, {})
    file.rules, file.cast = {**file.rules, **(rules or {})}, cast
    text = file.function(checked=False)
    helpers = [helper for name, helper in file.helpers.items() if name not in namespace]
    scope = {**namespace, "W": {name: array(a) for name, a in file.arrays.items()}}
    exec(Sources(helpers, set(namespace)).text + "\n" + text, scope)  # written just now, from the program
    return scope["predict"]


def namespace_of(module: str) -> dict[str, Any]:
    """What stands for NumPy and the helpers, from a module beside this one that imports its library."""
    return importlib.import_module(f".{module}", __package__).NAMESPACE
