"""Runs the examples in the docstrings of public objects and writes what they give under them.

    python scripts/refresh_examples.py           # rewrites outputs that have changed

An example is a doctest. It may use `np`, `lamina`, the names and namespaces of `lamina`, and the names of the namespace that
its object is in, and runs on the native engine in an empty folder. tests/test_examples_in_docstrings.py compares.
"""

import ast
import contextlib
import doctest
import importlib
import io
import os
import pathlib
import re
import tempfile
import warnings
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

import lamina
from lamina._names import NAMES, SUBMODULES
from lamina._public import HOME, PUBLIC

OPTIONS = doctest.NORMALIZE_WHITESPACE | doctest.ELLIPSIS


class Documented(NamedTuple):
    """A public object: its shortest path, itself, the file and the name by which that defines it, and its docstring."""

    path: str
    thing: Any
    file: pathlib.Path
    name: str
    text: str


def documented() -> list[Documented]:
    """Every public object once, whatever it is also called."""
    found: dict[int, Documented] = {}
    for namespace, names in NAMES.items():
        for name, (home, attribute) in names.items():
            thing = getattr(importlib.import_module(home), attribute)
            path = f"{namespace}.{name}".lstrip(".")
            known = found.get(id(thing))
            if known is None or len(path) < len(known.path):
                text = vars(thing).get("__doc__") if isinstance(thing, type) else getattr(thing, "__doc__", None)
                file = pathlib.Path(importlib.import_module(HOME[path]).__file__ or "")
                found[id(thing)] = Documented(path, thing, file, attribute, text or "")
    return sorted(found.values())


def examples(entry: Documented) -> doctest.DocTest | None:
    """The doctest of an object; None if it has no example."""
    if ">>>" not in entry.text:
        return None
    return doctest.DocTestParser().get_doctest(entry.text, names_for(entry.path), entry.path, str(entry.file), 0)


def names_for(path: str) -> dict[str, Any]:
    """What an example may use."""
    own = path.rpartition(".")[0]
    inside = (
        {} if own in ("", "ops", "backend", "random") else {n: PUBLIC.get(f"{own}.{n}") for n in NAMES.get(own, ())}
    )
    spaces = {name: importlib.import_module(f"lamina.{name}") for name in SUBMODULES[""]}
    return {**inside, **{n: getattr(lamina, n) for n in NAMES[""]}, **spaces, "np": np, "lamina": lamina}


def run(test: doctest.DocTest) -> Iterator[tuple[doctest.Example, str]]:
    """Each example with what it gives, the repr of its value included."""
    lamina.utils.clear_session(free_memory=False)
    lamina.utils.set_random_seed(0)
    shown: list[str] = []

    class Runner(doctest.DocTestRunner):
        def report_success(self, out: Any, test: Any, example: Any, got: str) -> None:
            shown.append(got)

        def report_failure(self, out: Any, test: Any, example: Any, got: str) -> None:
            shown.append(got)

        def report_unexpected_exception(self, out: Any, test: Any, example: Any, exc_info: Any) -> None:
            exc_info[1].add_note(f"in the example of {test.name}: {example.source.strip()}")
            raise exc_info[1]

    custom = lamina.utils.get_custom_objects()
    known = dict(custom)
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            Runner(optionflags=OPTIONS, verbose=True).run(test, clear_globs=False, out=lambda text: None)
    finally:
        custom.clear()
        custom.update(known)
    yield from zip(test.examples, shown, strict=True)


def differs(example: doctest.Example, got: str) -> bool:
    """Whether an example gives something else than stands under it; the last digits of numbers may differ by machine."""
    if doctest.OutputChecker().check_output(example.want, got, OPTIONS):
        return False
    return _words(example.want) != _words(got) or not np.allclose(_numbers(example.want), _numbers(got), 1e-5, 1e-7)


_NUMBER = re.compile(r"-?\d+\.\d*(?:e[-+]?\d+)?")


def _words(text: str) -> list[str]:
    return _NUMBER.sub("#", text).split()


def _numbers(text: str) -> list[float]:
    return [float(number) for number in _NUMBER.findall(text)]


def refresh(entry: Documented) -> bool:
    """Rewrites the outputs in the docstring of an object; says whether one changed."""
    test = examples(entry)
    if test is None:
        return False
    changed = [(example, got) for example, got in run(test) if differs(example, got)]
    if not changed:
        return False
    lines = entry.file.read_text().split("\n")
    first = docstring_line(entry)
    for example, got in reversed(changed):
        start = first + example.lineno + example.source.count("\n")
        stop = start + example.want.count("\n")
        indent = " " * example.indent
        lines[start:stop] = [f"{indent}{line}".rstrip() for line in got.rstrip("\n").split("\n") if got.strip()]
    entry.file.write_text("\n".join(lines))
    return True


def docstring_line(entry: Documented) -> int:
    """The line (from 0) of its file on which the docstring of an object begins."""
    for node in ast.walk(ast.parse(entry.file.read_text())):
        if isinstance(node, (ast.ClassDef, ast.FunctionDef)) and node.name == entry.name and ast.get_docstring(node):
            return node.body[0].lineno - 1
    raise ValueError(f"{entry.path}: {entry.file} holds no docstring of {entry.name}.")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        os.chdir(folder)
        for entry in documented():
            if refresh(entry):
                print(f"rewritten  {entry.path}")


if __name__ == "__main__":
    main()
