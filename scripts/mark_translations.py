"""Writes into each translation, at its top, which text it is of; to be run when a translation has been brought up to date.

python scripts/mark_translations.py
"""

import hashlib
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent


def pages() -> list[pathlib.Path]:
    """All translations: Korean pages and notebooks with an original beside them."""
    found = [*ROOT.glob("*.ko.md"), *(ROOT / "docs").rglob("*.ko.md"), *(ROOT / "notebooks").glob("*.ko.py")]
    return sorted(p for p in found if original_of(p).exists())


def original_of(page: pathlib.Path) -> pathlib.Path:
    return page.with_name(page.name.replace(".ko.", "."))


def mark(page: pathlib.Path) -> str:
    """The line that the page is to have."""
    original = original_of(page)
    text = f"<!-- translation of {original.name}, sha256 {hashlib.sha256(original.read_bytes()).hexdigest()[:16]} -->"
    return text if page.suffix == ".md" else f"# {text}"


def place(page: pathlib.Path) -> int:
    """Which line it is: the first, or in a notebook the first of its first cell."""
    return 0 if page.suffix == ".md" else 1


if __name__ == "__main__":
    for page in pages():
        lines = page.read_text(encoding="utf-8").split("\n")
        lines[place(page)] = mark(page)
        page.write_text("\n".join(lines), encoding="utf-8")
