"""Writes the part of docs/errors.md that lists typical mistakes, with what is said about each.

python scripts/make_errors_page.py           write it
python scripts/make_errors_page.py --check   fail if it is out of date
"""

import pathlib
import sys

from generated_part import write_or_check

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


if __name__ == "__main__":
    write_or_check(PAGE, render, __doc__)
