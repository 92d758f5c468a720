"""Do the tests notice a wrong formula? Changes one small thing in the source at a time and runs the tests of its room.

    python scripts/mutate.py losses metrics optimizers --sample 60 --seed 0

A mutant is one operator, comparison, number, flag, condition or statement made another; it is killed when a test fails
(or does not end). The tests are those that mirror the file's place in the tree, and that of the signatures. Survivors are
printed with their line: each is a missing test, or a change that changes nothing (`epsilon=1e-7` made 1e-7 + 1).
"""

import argparse
import ast
import concurrent.futures
import os
import pathlib
import random
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parent.parent
PACKAGE = pathlib.Path("src/lamina")
SECONDS = 300

OPERATORS = {
    ast.Add: ("+", "-"), ast.Sub: ("-", "+"), ast.Mult: ("*", "/"), ast.Div: ("/", "*"), ast.Pow: ("**", "*"),
    ast.FloorDiv: ("//", "*"), ast.Mod: ("%", "*"),
    ast.Lt: ("<", "<="), ast.LtE: ("<=", "<"), ast.Gt: (">", ">="), ast.GtE: (">=", ">"),
    ast.Eq: ("==", "!="), ast.NotEq: ("!=", "=="), ast.Is: ("is", "is not"), ast.IsNot: ("is not", "is"),
    ast.In: ("in", "not in"), ast.NotIn: ("not in", "in"), ast.And: ("and", "or"), ast.Or: ("or", "and"),
}  # fmt: skip
FUNCTIONS = {
    "add": "subtract", "subtract": "add", "multiply": "divide", "divide": "multiply", "power": "multiply",
    "maximum": "minimum", "minimum": "maximum", "max": "min", "min": "max", "sum": "mean", "mean": "sum",
    "square": "absolute", "absolute": "negative", "sqrt": "square", "log": "exp", "exp": "log", "sign": "negative",
    "less": "less_equal", "less_equal": "less", "greater": "greater_equal", "greater_equal": "greater",
    "equal": "not_equal", "not_equal": "equal", "logical_and": "logical_or", "logical_or": "logical_and",
    "floor": "ceil", "ceil": "floor", "argmax": "argmin", "argmin": "argmax", "ones_like": "zeros_like",
    "zeros_like": "ones_like",
}  # fmt: skip


class Mutant(NamedTuple):
    """A change of source: `text[start:end]` of a file becomes `new`."""

    file: pathlib.Path
    start: int
    end: int
    new: str

    def apply(self, text: str) -> str:
        return text[: self.start] + self.new + text[self.end :]

    def show(self, text: str) -> str:
        line = text.count("\n", 0, self.start)
        before = text.splitlines()[line]
        after = self.apply(text).splitlines()[line]
        return f"{self.file}:{line + 1}\n    - {before.strip()}\n    + {after.strip()}"


class _Finder(ast.NodeVisitor):
    """Collects the changes that a file allows, but none in annotations, messages of errors and texts."""

    def __init__(self, text: str):
        self.text = text
        self.lines = [0]
        for line in text.encode().splitlines(keepends=True):
            self.lines.append(self.lines[-1] + len(line))
        self.found: list[tuple[int, int, str]] = []

    def place(self, line: int, column: int) -> int:
        """From ast's line and column, which counts bytes, to a place in the text."""
        return len(self.text.encode()[: self.lines[line - 1] + column].decode())

    def span(self, node: ast.AST) -> tuple[int, int]:
        return self.place(node.lineno, node.col_offset), self.place(node.end_lineno, node.end_col_offset)  # type: ignore[attr-defined]

    def change(self, node: ast.AST, new: str) -> None:
        self.found.append((*self.span(node), new))

    def between(self, left: ast.AST, right: ast.AST, operator: ast.AST) -> None:
        old, new = OPERATORS.get(type(operator), ("", ""))
        start, end = self.span(left)[1], self.span(right)[0]
        at = self.text.find(old, start, end) if old else -1
        if at >= 0:
            self.found.append((at, at + len(old), new))

    def visit_BinOp(self, node: ast.BinOp) -> None:
        self.between(node.left, node.right, node.op)
        self.generic_visit(node)

    def visit_Compare(self, node: ast.Compare) -> None:
        for left, operator, right in zip([node.left, *node.comparators], node.ops, node.comparators):
            self.between(left, right, operator)
        self.generic_visit(node)

    def visit_BoolOp(self, node: ast.BoolOp) -> None:
        for left, right in zip(node.values, node.values[1:]):
            self.between(left, right, node.op)
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        name = node.func
        if (
            isinstance(name, ast.Attribute)
            and isinstance(name.value, ast.Name)
            and name.value.id in ("ops", "np", "xp")
        ):
            if name.attr in FUNCTIONS:
                self.change(name, f"{name.value.id}.{FUNCTIONS[name.attr]}")
        self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        if isinstance(node.value, bool):
            self.change(node, str(not node.value))
        elif isinstance(node.value, (int, float)):
            self.change(node, repr(node.value + 1))

    def visit_If(self, node: ast.If) -> None:
        if not all(isinstance(step, ast.Raise) for step in node.body):
            self.change(node.test, f"not ({self.text[slice(*self.span(node.test))]})")
        self.generic_visit(node)

    def visit_Expr(self, node: ast.Expr) -> None:
        if isinstance(node.value, ast.Call):
            self.change(node, "pass")
            self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> None:
        pass

    def visit_AnnAssign(self, node: ast.AnnAssign) -> None:
        if node.value is not None:
            self.visit(node.value)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        for default in [*node.args.defaults, *node.args.kw_defaults]:
            if default is not None:
                self.visit(default)
        for step in node.body:
            self.visit(step)


def mutants_of(file: pathlib.Path) -> Iterator[Mutant]:
    finder = _Finder((ROOT / file).read_text(encoding="utf-8"))
    finder.visit(ast.parse(finder.text))
    for start, end, new in finder.found:
        yield Mutant(file, start, end, new)


def tests_of(file: pathlib.Path) -> pathlib.Path:
    """The nearest folder of tests that mirrors where the file lies."""
    folder = pathlib.Path("tests") / file.parent.relative_to(PACKAGE)
    while not (ROOT / folder).is_dir():
        folder = folder.parent
    return folder


def is_killed(mutant: Mutant) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        copy = pathlib.Path(folder) / "src"
        shutil.copytree(ROOT / "src", copy, ignore=shutil.ignore_patterns("__pycache__"))
        changed = pathlib.Path(folder) / mutant.file
        changed.write_text(mutant.apply(changed.read_text(encoding="utf-8")), encoding="utf-8")
        environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "-x", "-q", "-m", "not peer", "-p", "no:cacheprovider"]
        try:
            done = subprocess.run(
                [*command, str(tests_of(mutant.file)), "tests/test_signatures.py"],
                cwd=ROOT,
                env=environment,
                timeout=SECONDS,
                capture_output=True,
            )
        except subprocess.TimeoutExpired:
            return True
        if done.returncode not in (0, 1, 2):  # tests passed, failed, or could not be collected
            raise RuntimeError(done.stdout.decode() + done.stderr.decode())
        return done.returncode != 0


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("places", nargs="+", help="rooms or files below src/lamina: losses, engines/native/passes, ...")
    parser.add_argument("--sample", type=int, default=40, help="mutants for each place; 0 for all")
    parser.add_argument("--seed", type=int, default=0, help="of the sample")
    parser.add_argument("--jobs", type=int, default=2, help="test runs at once")
    arguments = parser.parse_args()
    for place in arguments.places:
        where = ROOT / PACKAGE / place
        files = sorted(where.rglob("*.py")) if where.is_dir() else [where]
        found = [m for file in files for m in mutants_of(file.relative_to(ROOT))]
        if arguments.sample and arguments.sample < len(found):
            found = random.Random(arguments.seed).sample(found, arguments.sample)
        with concurrent.futures.ThreadPoolExecutor(arguments.jobs) as pool:
            killed = list(pool.map(is_killed, found))
        for mutant, dead in zip(found, killed):
            if not dead:
                print(mutant.show((ROOT / mutant.file).read_text(encoding="utf-8")))
        print(f"{place}: {sum(killed)} of {len(killed)} mutants killed", flush=True)


if __name__ == "__main__":
    main()
