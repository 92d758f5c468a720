"""Builds the site with Zensical, strictly: what warns fails.

    python scripts/build_site.py [--out FOLDER]      # site/ by default; needs the extra `docs`

The settings are those of mkdocs.yml. The pages of the API section (scripts/api_pages.py) are written into a copy of docs/, so
that the house stays as it is; `zensical serve` shows all others while one writes.
"""

import argparse
import pathlib
import shutil
import subprocess
import sys
import tempfile

import yaml
from api_pages import ROOT, navigation, pages


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--out", type=pathlib.Path, default=ROOT / "site", help="folder, replaced if it is there")
    out = arguments.parse_args().out.resolve()
    with tempfile.TemporaryDirectory() as folder:
        settings = write_sources(pathlib.Path(folder))
        subprocess.run([sys.executable, "-m", "zensical", "build", "--strict", "-f", settings], check=True, cwd=folder)
        say_language(settings.parent / "site")
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(settings.parent / "site", out)


def write_sources(folder: pathlib.Path) -> pathlib.Path:
    """Puts the pages, those of the API section too, and the settings into a folder; gives the path of the settings."""
    shutil.copytree(ROOT / "docs", folder / "docs")
    for path, text in pages().items():
        page = folder / "docs" / path
        page.parent.mkdir(parents=True, exist_ok=True)
        page.write_text(text, encoding="utf-8")
    settings = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))
    settings["nav"].append({"API": navigation()})
    for name in ("src", "scripts"):  # what mkdocstrings reads
        (folder / name).symlink_to(ROOT / name)
    (folder / "mkdocs.yml").write_text(yaml.safe_dump(settings, allow_unicode=True, sort_keys=False), encoding="utf-8")
    return folder / "mkdocs.yml"


def say_language(site: pathlib.Path) -> None:
    """Marks Korean pages as such, for screen readers and the choice of fonts."""
    for page in site.rglob("*.ko/index.html"):
        text = page.read_text(encoding="utf-8")
        page.write_text(text.replace('<html lang="en"', '<html lang="ko"', 1), encoding="utf-8")


if __name__ == "__main__":
    main()
