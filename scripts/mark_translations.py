"""Writes into the first line of each translation which text it is of; to be run when a translation has been brought up to date.

python scripts/mark_translations.py
"""

import hashlib
import pathlib

ROOT = pathlib.Path(__file__).resolve().parent.parent


def pages() -> list[pathlib.Path]:
    """All translations: Korean pages with an original beside them."""
    return sorted(p for p in [*ROOT.glob("*.ko.md"), *(ROOT / "docs").rglob("*.ko.md")] if original_of(p).exists())


def original_of(page: pathlib.Path) -> pathlib.Path:
    return page.with_name(page.name.replace(".ko.md", ".md"))


def mark(page: pathlib.Path) -> str:
    """The first line that the page is to have."""
    original = original_of(page)
    return f"<!-- translation of {original.name}, sha256 {hashlib.sha256(original.read_bytes()).hexdigest()[:16]} -->"


if __name__ == "__main__":
    for page in pages():
        _, rest = page.read_text(encoding="utf-8").split("\n", 1)
        page.write_text(f"{mark(page)}\n{rest}", encoding="utf-8")
