"""Draws the pictures of docs/path/ by the code of the pages.

    python scripts/make_path_pictures.py [--check] [PAGE ...]

A ```py block with a picture under it leaves a matplotlib figure in `figure`. The code that a picture was drawn by is
remembered as a hash in docs/images/path/drawn.json; `--check` draws nothing and names the pictures whose code has changed since.
"""

import argparse
import hashlib
import json
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from refresh_docs import PATH, ROOT, blocks, run_page

DRAWN = ROOT / "docs" / "images" / "path" / "drawn.json"
_SIZE = {"dpi": 80, "metadata": {"Software": None}}


def chapters() -> list[pathlib.Path]:
    """The pages of the path, in order; not their translations."""
    return sorted(page for page in PATH.glob("[0-9]*.md") if not page.name.endswith(".ko.md"))


def sources(page: pathlib.Path) -> dict[str, str]:
    """Each picture of a page, with the hash of all code that leads to it."""
    code, found = hashlib.sha256(), {}
    for block in blocks(page.read_text(encoding="utf-8")):
        code.update(block.code.encode())
        if block.picture is not None:
            found[pathlib.Path(block.picture).name] = code.hexdigest()[:16]
    return found


def stale() -> list[str]:
    """Pictures that are missing, or drawn by other code than the pages show, or on no page."""
    drawn = json.loads(DRAWN.read_text()) if DRAWN.exists() else {}
    wanted = {name: code for page in chapters() for name, code in sources(page).items()}
    there = {path.name for path in DRAWN.parent.glob("*.png")}
    return sorted(
        name for name in {*wanted, *drawn, *there} if drawn.get(name) != wanted.get(name) or name not in there
    )


def draw(page: pathlib.Path) -> None:
    namespace: dict = {}
    for block, _ in run_page(page, namespace):
        if block.picture is not None:
            namespace["figure"].savefig(page.parent / block.picture, **_SIZE)
            print(f"drawn  {block.picture}")
    drawn = json.loads(DRAWN.read_text()) if DRAWN.exists() else {}
    DRAWN.write_text(json.dumps(dict(sorted({**drawn, **sources(page)}.items())), indent=1) + "\n")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("pages", nargs="*", type=pathlib.Path)
    arguments.add_argument("--check", action="store_true", help="draw nothing, name what is stale")
    options = arguments.parse_args()
    if options.check:
        sys.exit(f"stale: {', '.join(stale())}; run scripts/make_path_pictures.py" if stale() else 0)
    os.environ["MPLBACKEND"] = "Agg"
    pages = [page.resolve() for page in options.pages] or chapters()
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)  # what the pages write is no part of the house
        for page in pages:
            draw(page)
        os.chdir(ROOT)


if __name__ == "__main__":
    main()
