"""Writes the part of docs/errors.md that lists typical mistakes, with what is said about each.

python scripts/make_errors_page.py           write it
python scripts/make_errors_page.py --check   fail if it is out of date
"""

import argparse
import pathlib
import sys

ROOT = pathlib.Path(__file__).parent.parent
PAGE = ROOT / "docs" / "errors.md"
MARK = "<!-- What follows is written by scripts/make_errors_page.py from tests/mistakes.py. -->"


def render(page: str) -> str:
    sys.path.insert(0, str(ROOT / "tests"))
    import mistakes

    lines = [MARK, "", "## A list of mistakes", "", "All begin with", "", "```py", mistakes.BEFORE, "```", ""]
    for title, found in mistakes.MISTAKES.items():
        lines += [f"### {title}", ""]
        for one in found:
            lines += ["```py", one.program, "```", "", "```text", mistakes.answer(one), "```", ""]
    return page.partition(MARK)[0] + "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true")
    check = parser.parse_args().check
    page = PAGE.read_text()
    new = render(page)
    if check and page != new:
        sys.exit("docs/errors.md is out of date; run python scripts/make_errors_page.py")
    PAGE.write_text(new)


if __name__ == "__main__":
    main()
