"""The file of a program: the helpers it needs, `predict`, and a `main` for the command line."""

import re
from collections.abc import Callable
from typing import Any

import numpy as np

from lamina import __version__

from .._plain import plain
from .._program import Program, Value
from .._table import TablePart
from . import _helpers as helpers
from . import _table_helpers as tables
from ._mains import arrays_main, table_main
from ._rules import RULES
from ._scope import FEW, Scope, argument
from ._sources import Sources
from ._text import cast_text, scalar_text

TAKEN = {"np", "sys", "math", "pathlib", "predict", "main", "W", "INPUTS", "OUTPUTS", *vars(helpers), *vars(tables)}


class NumpyFile:
    """What is written: `text()`, and `arrays` for the `.npz` of the same name.

    Args:
        name: of the model. file: of the written file, with ".py".
        outputs: names of the outputs. structure: None for one output, "list", or the keys of a dict.
        titles: for the path of a layer what is said of it in a comment. table: what it reads of a table.
    """

    def __init__(
        self, program: Program, name: str, file: str, outputs: list[str], structure: Any, titles: dict[str, str],
        table: TablePart | None = None,
    ):  # fmt: skip
        self.program, self.name, self.file = program, name, plain(file)
        self.outputs, self.structure, self.titles, self.table = outputs, structure, titles, table
        self.rules, self.cast = RULES, cast_text
        self.arrays: dict[str, np.ndarray] = {}
        self.helpers: dict[str, Callable[..., Any]] = {}
        self.counts: dict[str, int] = {}
        self.known: dict[int, str] = {}

    def text(self) -> str:
        """The source; afterwards `arrays` is complete."""
        self.need(helpers.as_input)
        predict = self.function(checked=True)
        own = Sources([*self.helpers.values(), *self._of_table()])
        main = arrays_main(self.file) if self.table is None else table_main(self.file, self.table)
        return "\n".join([self._top(own.modules), own.text, "", '@np.errstate(all="ignore")', predict, "\n", main])

    def function(self, checked: bool) -> str:
        """The source of `predict` alone; `checked`: whether it begins with a look at what it is given."""
        taken = set(TAKEN)
        names = [argument(v.name, taken) for v in self.program.inputs]
        scope = Scope(self, self.program, names, "    ")
        lines = scope.write()
        result = self._result([scope.read(v) for v in self.program.outputs])
        first = self._checked(names) if checked else []
        head = [f"def predict({', '.join(names)}):", f'    """{self._says()}"""']
        return "\n".join([*head, *first, *self._symbols(names, [*lines, result]), *lines, f"    return {result}"])

    def _of_table(self) -> list[Callable[..., Any]]:
        if self.table is None:
            return []
        dates = [self.table.days_of] if self.table.styles else []
        readers = [tables.column_of, tables.as_words, tables.as_numbers, tables.as_levels, *dates]
        return [*readers, tables.answers, tables.read_csv, tables.write_csv]

    def _top(self, modules: set[str]) -> str:
        inputs = "\n".join(f"    {plain(v.name)}: {v.dtype.name} {_shape(v)}" for v in self.program.inputs)
        outputs = "\n".join(
            f"    {plain(n)}: {v.dtype.name} {_shape(v)}" for n, v in zip(self.outputs, self.program.outputs)
        )
        weights = self.file.removesuffix(".py") + ".npz"
        imports = "".join(f"import {name}\n" for name in sorted({*modules, "pathlib", "sys"}))
        given = "table.csv predictions.csv" if self.table else "inputs.npy outputs.npy"
        return (
            f'"""The model "{plain(self.name)}". It needs NumPy alone; its weights are in {weights}, beside this file.\n\n'
            f"    python {self.file} {given}\n\nInputs:\n{inputs}\nOutputs:\n{outputs}\n\n"
            f'Written by lamina {__version__}.\n"""\n\n'
            f"{imports}\nimport numpy as np\n\n"
            f'with np.load(pathlib.Path(__file__).with_suffix(".npz"), allow_pickle=False) as stored:\n    W = dict(stored)\n'
            f"INPUTS = {[v.name for v in self.program.inputs]!r}\nOUTPUTS = {self.outputs!r}\n\n"
        )

    def _checked(self, names: list[str]) -> list[str]:
        return [
            f"    {name} = as_input({name}, {v.name!r}, {_shape(v)}, {v.dtype.name!r})"
            for name, v in zip(names, self.program.inputs)
        ]

    def _symbols(self, names: list[str], lines: list[str]) -> list[str]:
        text = "\n".join(lines)
        return [
            f"    {symbol} = {names[i]}.shape[{axis}]"
            for symbol, (i, axis) in self.program.symbols.items()
            if re.search(rf"\b{symbol}\b", text)
        ]

    def _result(self, outputs: list[str]) -> str:
        if self.structure is None:
            return outputs[0]
        if self.structure == "list":
            return f"[{', '.join(outputs)}]"
        return f"{{{', '.join(f'{key!r}: {name}' for key, name in zip(self.structure, outputs))}}}"

    def _says(self) -> str:
        given = "an array" if self.structure is None else "a list" if self.structure == "list" else "a dict"
        return f"What the model predicts for arrays whose first axis is the batch: {given}."

    # --- what a scope asks for ----------------------------------------------------------------------------------------

    def need(self, helper: Callable[..., Any]) -> None:
        self.helpers[helper.__name__] = helper

    def title(self, place: str) -> str:
        return self.titles.get(place, place)

    def unique(self, stem: str) -> str:
        self.counts[stem] = self.counts.get(stem, 0) + 1
        return f"{stem}{self.counts[stem]}"

    def array(self, v: Value) -> str:
        """A weight, under its path, or a constant."""
        if v.kind != "weight":
            return self.constant(v.array)
        if id(v) not in self.known:
            self.known[id(v)] = self.named(v.name, v.array)
        return self.known[id(v)]

    def named(self, name: str, array: np.ndarray) -> str:
        """An array beside the weights under a name of its own."""
        name = name if name not in self.arrays else self.unique(f"{name}_")
        self.arrays[name] = array
        return f"W[{name!r}]"

    def constant(self, array: Any) -> str:
        """A few numbers in the file, or an array beside the weights."""
        if array.size <= FEW:
            numbers = [scalar_text(x, False) for x in array.reshape(-1)]
            text = f"np.array([{', '.join(numbers)}], np.{array.dtype.name})"
            return text if array.ndim == 1 else f"{text}.reshape({array.shape})"
        if id(array) not in self.known:
            self.known[id(array)] = self.named(self.unique("constant_"), array)
        return self.known[id(array)]


def _shape(v: Value) -> str:
    sizes = [str(s) if isinstance(s, int) else "None" for s in v.shape]
    return f"({', '.join(sizes)}{',' if len(sizes) == 1 else ''})"
