"""The number of the version is the same wherever it stands, and the changelog tells what it brings."""

import pathlib
import re
import tomllib

import lamina

ROOT = pathlib.Path(__file__).parent.parent


def test_the_version_is_the_same_everywhere():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    (cited,) = re.findall(r"^version: (.+)$", (ROOT / "CITATION.cff").read_text(), re.M)
    assert lamina.__version__ == project["version"] == cited


def test_the_changelog_dates_the_version_as_the_citation_does():
    titles = re.findall(r"^## (.+)$", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    (date,) = re.findall(r"^date-released: (.+)$", (ROOT / "CITATION.cff").read_text(), re.M)
    assert titles[:2] == ["[Unreleased]", f"[{lamina.__version__}] - {date}"]


def test_who_reports_a_fault_is_asked_for_the_configuration():
    assert "lamina.config.show()" in (ROOT / ".github/ISSUE_TEMPLATE/bug.yml").read_text()
