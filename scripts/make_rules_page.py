"""Writes the part of docs/diagnosis.md that lists the rules.

python scripts/make_rules_page.py           write it
python scripts/make_rules_page.py --check   fail if it is out of date
"""

import pathlib

from generated_part import write_or_check

PAGE = pathlib.Path(__file__).parent.parent / "docs" / "diagnosis.md"
MARK = "<!-- What follows is written by scripts/make_rules_page.py. -->"
WHEN = {
    "compiled": "the model and what it is compiled with",
    "start": "the model as training begins",
    "data": "the data",
    "pass": "one pass forward and backward",
    "course": "the course of the training",
}


def section(rule) -> str:
    """A rule with a program that it speaks of."""
    follows = "".join(f" Kept back where {' or '.join(rule.follows)} speaks." for _ in rule.follows[:1])
    return (
        f"### {rule.id}\n\n{rule.severity.capitalize()}, seen in {WHEN[rule.when]}: {rule.criterion}.{follows}\n"
        f"Known from: {rule.source}.\n\nSuch a program:\n\n```text\n{rule.faulty.strip()}\n```\n"
    )


def render(page: str) -> str:
    from lamina.diagnosis._judge import RULES

    return page.partition(MARK)[0] + "\n".join([MARK, "", *map(section, RULES)])


if __name__ == "__main__":
    write_or_check(PAGE, render, __doc__)
