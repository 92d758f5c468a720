"""Runs the code of the documentation and writes what it prints under it.

    python scripts/refresh_docs.py [PAGE ...]      # all pages of docs/ and README.md by default

A page's ```python blocks run in order, in one namespace, in an empty folder. Where a ```text block follows a block directly,
it holds what the block prints; this script rewrites it, and tests/test_docs.py compares it.
"""

import contextlib
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


class Block(NamedTuple):
    """A ```python block: its code, its first line, and the lines (from, to) of the output under it, if there is one."""

    code: str
    line: int
    output: tuple[int, int] | None


def pages() -> list[pathlib.Path]:
    """Every page with code in it."""
    found = [*sorted((ROOT / "docs").rglob("*.md")), ROOT / "README.md"]
    return [p for p in found if p.exists() and blocks(p.read_text())]


def blocks(text: str) -> list[Block]:
    lines = text.split("\n")
    found, n = [], 0
    while n < len(lines):
        if lines[n].rstrip() == "```python":
            end = _closing(lines, n)
            after = end + 1
            while after < len(lines) and not lines[after].strip():
                after += 1
            has_output = after < len(lines) and lines[after].rstrip() == "```text"
            output = (after + 1, _closing(lines, after)) if has_output else None
            found.append(Block("\n".join(lines[n + 1 : end]), n + 2, output))
            n = end
        n += 1
    return found


def _closing(lines: list[str], start: int) -> int:
    for n in range(start + 1, len(lines)):
        if lines[n].rstrip() == "```":
            return n
    raise ValueError(f"The block that begins on line {start + 1} has no end.")


def run_page(path: pathlib.Path) -> Iterator[tuple[Block, str]]:
    """Each block of the page with what it printed. An error carries a note with page and line."""
    lamina.utils.clear_session()  # automatic names begin anew
    namespace = {"__name__": "__main__"}
    try:
        for block in blocks(path.read_text()):
            yield block, _printed(block, path, namespace)
    finally:
        lamina.compat.uninstall()  # a page may show how to install it


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
    return changed


def main() -> None:
    chosen = [pathlib.Path(p).resolve() for p in sys.argv[1:]] or pages()
    for path in chosen:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)
            print(f"{'rewritten' if refresh(path) else 'unchanged'}  {path.relative_to(ROOT)}")
            os.chdir(ROOT)


if __name__ == "__main__":
    main()
