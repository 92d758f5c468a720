"""`Classroom`: the lessons that pages have begun, on one thread."""

import secrets
from collections import OrderedDict
from typing import Any

from lamina.serving._refused import Refused
from lamina.tables._table import Table

from ._lesson import Lesson
from ._material import made_material
from ._plan import CSV, Plan, plan_of
from ._program import program_of
from ._table_material import table_material, table_of
from ._unfit import Unfit

_MOST_LESSONS, _MOST_FRAMES, _MOST_UPDATES = 32, 200, 50_000


class Classroom:
    """Begins lessons and goes on with them; the oldest is forgotten when there are many.

    Args:
        table: what "csv" means to a page that brings no table; None for nothing.
        path: its file, for the program.
    """

    def __init__(self, table: Table | None = None, path: str = "table.csv"):
        self.table, self.path = table, path
        self.lessons: OrderedDict[str, Lesson] = OrderedDict()

    def begin(self, document: Any) -> dict[str, Any]:
        """A new lesson, for `{"plan": ..., "csv": text or None, "name": of its file}`. Raises Refused (422)."""
        if not isinstance(document, dict):
            raise Refused(422, 'Expected {"plan": {...}}.')
        plan = plan_of(document.get("plan", {}))
        table = self._table(plan, document.get("csv"))
        lesson = begun(plan, table)
        name = secrets.token_urlsafe(8)
        self.lessons[name] = lesson
        while len(self.lessons) > _MOST_LESSONS:
            self.lessons.popitem(last=False)
        path = str(document.get("name") or self.path)
        return {"id": name, **opening(lesson, path, table)}

    def frames(self, name: str, document: Any) -> dict[str, Any]:
        """The next frames of a lesson, for `{"count": frames, "updates": in each}`. Raises Refused (404 or 422)."""
        lesson = self._lesson(name)
        count, updates = _count(document, "count", _MOST_FRAMES), _count(document, "updates", _MOST_UPDATES)
        if count * updates > _MOST_UPDATES:
            raise Refused(
                422, f"{count} frames of {updates} updates; at most {_MOST_UPDATES} updates are made at once."
            )
        return {"frames": [_next_frame(lesson, updates) for _ in range(count)]}

    def findings(self, name: str) -> dict[str, Any]:
        """What is wrong with the network of a lesson. Raises Refused (404)."""
        return {"findings": self._lesson(name).findings()}

    def _lesson(self, name: str) -> Lesson:
        if name not in self.lessons:
            raise Refused(404, "This lesson was forgotten; begin a new one.")
        self.lessons.move_to_end(name)
        return self.lessons[name]

    def _table(self, plan: Plan, text: Any) -> Table | None:
        if plan.data != CSV:
            return None
        if text is None and self.table is None:
            raise Unfit("unfit.none", "There is no table yet: choose a CSV file.")
        if text is not None and not isinstance(text, str):
            raise Refused(422, f"csv must be the text of a file; got {type(text).__name__}.")
        return self.table if text is None else table_of(text.encode())


def begun(plan: Plan, table: Table | None) -> Lesson:
    """The lesson of a plan, before its first update."""
    return Lesson(plan, made_material(plan) if table is None else table_material(plan, table))


def opening(lesson: Lesson, path: str, table: Table | None) -> dict[str, Any]:
    """All that a page needs to begin with."""
    program = program_of(lesson.plan, lesson.material, 20, path)
    return {
        "plan": lesson.plan.to_dict(), "material": lesson.material.to_dict(), "batch": lesson.batch_size,
        "columns": table.names if table is not None else [], "program": program,
        "frames": [lesson.frame()], "findings": lesson.findings(),
    }  # fmt: skip


def _next_frame(lesson: Lesson, updates: int) -> dict[str, Any]:
    lesson.train(updates)
    return lesson.frame()


def _count(document: Any, name: str, most: int) -> int:
    value = document.get(name, 1) if isinstance(document, dict) else None
    if type(value) is not int or not 1 <= value <= most:
        raise Refused(422, f"{name} must be a whole number from 1 to {most}; got {value!r:.40}.")
    return value
