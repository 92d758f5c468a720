"""A training as one file that shows it again without a server."""

import math
from typing import Any

from lamina.saving._writer import atomic_file
from lamina.serving._bodies import finite
from lamina.tables._table import Table

from ._classroom import begun, opening
from ._page import recorded_page
from ._plan import Plan

_FRAMES = 240  # pictures of a recording, about
_LOOKS = 24  # so often it is diagnosed


def write_recording(file: str, plan: Plan, epochs: int, table: Table | None = None, path: str = "table.csv") -> None:
    """Trains and writes the page, whole or not at all. Raises OSError if the file cannot be written.

    Args:
        file: where the page is written.
        plan: what is trained and how; `table`, at `path`, where that asks for one.
        epochs: for how long.
    """
    page = recorded_page(finite(record(plan, epochs, table, path)))
    with atomic_file(file) as out:
        out.write(page.encode())


def record(plan: Plan, epochs: int, table: Table | None = None, path: str = "table.csv") -> dict[str, Any]:
    """What a page needs to show a training of so many epochs: the opening, all frames, and the findings on the way."""
    lesson = begun(plan, table)
    start = opening(lesson, path, table)
    updates = math.ceil(epochs * len(lesson.x) / lesson.batch_size)
    each = math.ceil(updates / _FRAMES)
    course = [{"frame": 0, "found": start["findings"]}]
    for n in range(1, math.ceil(updates / each) + 1):
        lesson.train(min(each, updates - lesson.updates))
        start["frames"].append(lesson.frame())
        if n % math.ceil(_FRAMES / _LOOKS) == 0 or lesson.updates == updates:
            course.append({"frame": n, "found": lesson.findings()})
    return {**start, "course": course}
