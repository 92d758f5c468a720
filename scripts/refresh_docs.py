"""Runs the code of the documentation and writes what it prints under it.

    python scripts/refresh_docs.py [PAGE ...]      # all pages of docs/ and README.md by default

A page's ```python blocks run in order, in one namespace, in an empty folder. Where a ```text block follows a block directly,
it holds what the block prints; this script rewrites it, and tests/test_docs.py compares it. In docs/path/ and docs/guides/ the
```py blocks draw the pictures under them, and run where matplotlib is. A block after `<!-- needs: torch -->` runs where that
package is. A translation is not run: it takes the outputs of its original.
"""

import contextlib
import importlib.util
import io
import os
import pathlib
import re
import sys
import tempfile
from collections.abc import Iterator
from typing import NamedTuple

import lamina

ROOT = pathlib.Path(__file__).parent.parent
ILLUSTRATED = (ROOT / "docs" / "path", ROOT / "docs" / "guides")  # folders whose pages draw their own pictures


class Block(NamedTuple):
    """A block of code: its first line, the lines (from, to) of the output and the picture under it, packages it needs."""

    code: str
    line: int
    output: tuple[int, int] | None
    picture: str | None = None
    needs: tuple[str, ...] = ()


def pages() -> list[pathlib.Path]:
    """Every page with code in it, but for translations: tests/test_translations.py compares them with their originals."""
    found = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]
    return [p for p in found if p.exists() and not p.name.endswith(".ko.md") and blocks(p.read_text())]


def blocks(text: str) -> list[Block]:
    lines = text.split("\n")
    found, n = [], 0
    while n < len(lines):
        kind = lines[n].rstrip()
        if kind in ("```python", "```py"):
            end = _closing(lines, n)
            after = end + 1
            while after < len(lines) and not lines[after].strip():
                after += 1
            below = lines[after].rstrip() if after < len(lines) else ""
            code, picture = "\n".join(lines[n + 1 : end]), re.fullmatch(r"!\[.*\]\((.*)\)", below)
            if kind == "```python":
                output = (after + 1, _closing(lines, after)) if below == "```text" else None
                found.append(Block(code, n + 2, output, needs=_needs(lines, n)))
            elif picture:
                found.append(Block(code, n + 2, None, picture[1], ("matplotlib",)))
            n = end
        n += 1
    return found


def _needs(lines: list[str], start: int) -> tuple[str, ...]:
    """The packages named on the line above a block."""
    said = re.fullmatch(r"<!-- needs: (.*) -->", lines[start - 1].rstrip()) if start else None
    return tuple(said[1].split(", ")) if said else ()


def _closing(lines: list[str], start: int) -> int:
    for n in range(start + 1, len(lines)):
        if lines[n].rstrip() == "```":
            return n
    raise ValueError(f"The block that begins on line {start + 1} has no end.")


def run_page(path: pathlib.Path, namespace: dict | None = None) -> Iterator[tuple[Block, str]]:
    """Each block of the page with what it printed. An error carries a note with page and line."""
    lamina.utils.clear_session()  # automatic names begin anew
    namespace = {} if namespace is None else namespace
    namespace["__name__"] = "__main__"
    try:
        for block in blocks(path.read_text()):
            drawn_elsewhere = block.picture is not None and path.parent not in ILLUSTRATED
            if not drawn_elsewhere and all(_is_there(package) for package in block.needs):
                yield block, _printed(block, path, namespace)
    finally:
        lamina.compat.uninstall()  # a page may show how to install it
        if pyplot := sys.modules.get("matplotlib.pyplot"):
            pyplot.close("all")


def _is_there(package: str) -> bool:
    # Of a module that stands in for itself, once it is imported, find_spec has nothing to say.
    return package in sys.modules or importlib.util.find_spec(package) is not None


def _printed(block: Block, path: pathlib.Path, namespace: dict) -> str:
    printed = io.StringIO()
    # Leading newlines make the lines of a traceback those of the page.
    program = compile("\n" * (block.line - 1) + block.code, str(path), "exec")
    try:
        with contextlib.redirect_stdout(printed):
            exec(program, namespace)
    except Exception as error:
        error.add_note(f"in the block at {path.relative_to(ROOT)}:{block.line}")
        raise
    return printed.getvalue()


def normal(text: str) -> str:
    """Text as it is compared: runs of blanks are one."""
    return re.sub(r"\s+", " ", text).strip()


def refresh(path: pathlib.Path) -> bool:
    """Rewrites the outputs on a page; says whether one changed."""
    lines = path.read_text().split("\n")
    changed = False
    for block, printed in reversed(list(run_page(path))):
        if block.output is not None:
            start, stop = block.output
            if normal(printed) != normal("\n".join(lines[start:stop])):
                lines[start:stop] = [line.rstrip() for line in printed.rstrip().split("\n")]
                changed = True
    if changed:
        path.write_text("\n".join(lines))
    translation = path.with_name(path.name.replace(".md", ".ko.md"))
    return changed | (translation.exists() and take_outputs(translation, path))


def take_outputs(translation: pathlib.Path, original: pathlib.Path) -> bool:
    """Writes the outputs of the original into its translation, block by block; says whether one changed."""
    lines, theirs = translation.read_text().split("\n"), original.read_text().split("\n")
    ours, changed = blocks("\n".join(lines)), False
    for block, model in reversed(list(zip(ours, blocks("\n".join(theirs)), strict=True))):
        if block.output is not None and model.output is not None:
            shown, printed = lines[slice(*block.output)], theirs[slice(*model.output)]
            lines[slice(*block.output)] = printed
            changed |= shown != printed
    if changed:
        translation.write_text("\n".join(lines))
    return changed


def main() -> None:
    os.environ.setdefault("MPLBACKEND", "Agg")
    chosen = [pathlib.Path(p).resolve() for p in sys.argv[1:]] or pages()
    for path in chosen:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            print(f"{'rewritten' if refresh(path) else 'unchanged'}  {path.relative_to(ROOT)}")
            os.chdir(ROOT)


if __name__ == "__main__":
    main()
