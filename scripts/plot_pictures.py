"""Runs the examples of docs/notebooks.md and writes the pictures under them.

python scripts/plot_pictures.py
"""

import pathlib
import re

DOCS = pathlib.Path(__file__).parent.parent / "docs"
_EXAMPLE = re.compile(r"```py\n(.*?)```\n\n!\[[^\]]*\]\((images/\w+\.png)\)", re.DOTALL)


def pictures():
    """Each example's figure, with the path under it."""
    space: dict = {}
    for code, path in _EXAMPLE.findall((DOCS / "notebooks.md").read_text()):
        exec(code, space)
        yield space["ax"].figure, path


def main() -> None:
    import matplotlib

    matplotlib.use("Agg")
    for figure, path in pictures():
        figure.savefig(DOCS / path, dpi=60, metadata={"Software": None})


if __name__ == "__main__":
    main()
