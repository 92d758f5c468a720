"""Draws the pictures of docs/path/ and docs/guides/ by the code of the pages.

    python scripts/make_page_pictures.py [--check] [PAGE ...]

A ```py block with a picture under it leaves a matplotlib figure in `figure`. The code that a picture was drawn by is remembered
as a hash in `drawn.json` beside it (docs/images/path/, docs/images/guides/); `--check` draws nothing and names the pictures
whose code has changed since.
"""

import argparse
import hashlib
import json
import os
import pathlib
import sys
import tempfile

sys.path.insert(0, str(pathlib.Path(__file__).parent))
from refresh_docs import ILLUSTRATED, ROOT, blocks, run_page

IMAGES = ROOT / "docs" / "images"
_SIZE = {"dpi": 80, "metadata": {"Software": None}}


def illustrated() -> list[pathlib.Path]:
    """The pages that may draw, in order; not their translations."""
    return sorted(page for folder in ILLUSTRATED for page in folder.glob("*.md") if not page.name.endswith(".ko.md"))


def sources(page: pathlib.Path) -> dict[str, str]:
    """Each picture of a page, with the hash of all code that leads to it."""
    code, found = hashlib.sha256(), {}
    for block in blocks(page.read_text(encoding="utf-8")):
        code.update(block.code.encode())
        if block.picture is not None:
            found[pathlib.Path(block.picture).name] = code.hexdigest()[:16]
    return found


def drawn_file(folder: pathlib.Path) -> pathlib.Path:
    """Where it is remembered by which code the pictures of a folder of pages were drawn."""
    return IMAGES / folder.name / "drawn.json"


def stale() -> list[str]:
    """Pictures that are missing, or drawn by other code than the pages show, or on no page."""
    return [f"{folder.name}/{name}" for folder in ILLUSTRATED for name in _stale_of(folder)]


def _stale_of(folder: pathlib.Path) -> list[str]:
    file = drawn_file(folder)
    drawn = json.loads(file.read_text()) if file.exists() else {}
    wanted = {name: code for page in illustrated() if page.parent == folder for name, code in sources(page).items()}
    there = {path.name for path in file.parent.glob("*.png")}
    return sorted(
        name for name in {*wanted, *drawn, *there} if drawn.get(name) != wanted.get(name) or name not in there
    )


def draw(page: pathlib.Path) -> None:
    namespace: dict = {}
    for block, _ in run_page(page, namespace):
        if block.picture is not None:
            target = page.parent / block.picture
            target.parent.mkdir(parents=True, exist_ok=True)
            namespace["figure"].savefig(target, **_SIZE)
            print(f"drawn  {block.picture}")
    _remember(page)


def _remember(page: pathlib.Path) -> None:
    file, found = drawn_file(page.parent), sources(page)
    drawn = json.loads(file.read_text()) if file.exists() else {}
    if found:
        file.write_text(json.dumps(dict(sorted({**drawn, **found}.items())), indent=1) + "\n")


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("pages", nargs="*", type=pathlib.Path)
    arguments.add_argument("--check", action="store_true", help="draw nothing, name what is stale")
    options = arguments.parse_args()
    if options.check:
        sys.exit(f"stale: {', '.join(stale())}; run scripts/make_page_pictures.py" if stale() else 0)
    os.environ["MPLBACKEND"] = "Agg"
    pages = [page.resolve() for page in options.pages] or [page for page in illustrated() if sources(page)]
    for page in pages:
        with tempfile.TemporaryDirectory() as folder:
            os.chdir(folder)  # what a page writes is no part of the house
            draw(page)
            os.chdir(ROOT)


if __name__ == "__main__":
    main()
