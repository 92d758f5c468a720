"""The command line of scripts that write the part of a page below a mark."""

import argparse
import pathlib
import sys
from collections.abc import Callable


def write_or_check(page: pathlib.Path, render: Callable[[str], str], about: str | None) -> None:
    """Writes what `render` makes of the page; with --check fails if that is not what stands there."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    old = page.read_text()
    new = render(old)
    if check and old != new:
        sys.exit(f"docs/{page.name} is out of date; run python scripts/{pathlib.Path(sys.argv[0]).name}")
    page.write_text(new)
