"""`Material`: the points a network learns from, and what they are."""

import base64
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from ._plan import Plan
from ._points import COUNTS, MAKERS

BINARY, CLASSES, NUMBER = "binary", "classes", "number"


@dataclass(frozen=True)
class Material:
    """Points, in the order in which the program has them.

    Attributes:
        x: inputs, float32 `(points, features)`.
        y: targets, float32 `(points,)`: 0 or 1, the number of a class, or a number.
        kind: "binary", "classes" or "number".
        inputs: names of the features.
        classes: names of the classes; empty for numbers.
        trained: so many points, the first, are trained on; the others test.
        is_image: whether the features are the pixels of a square.
        notes: what was done to get them: (key of a sentence of the page, what stands in it).
    """

    x: np.ndarray
    y: np.ndarray
    kind: str
    inputs: tuple[str, ...]
    classes: tuple[str, ...] = ()
    trained: int = 0
    is_image: bool = False
    notes: tuple[tuple[str, dict[str, Any]], ...] = field(default=())

    @property
    def outputs(self) -> int:
        """Units of the last layer."""
        return len(self.classes) if self.kind == CLASSES else 1

    def to_dict(self) -> dict[str, Any]:
        """For the page: JSON values, arrays as `packed`."""
        return {
            "x": packed(self.x), "y": packed(self.y), "kind": self.kind, "inputs": self.inputs, "classes": self.classes,
            "points": len(self.x), "trained": self.trained, "is_image": self.is_image, "ranges": self._ranges(),
            "notes": self.notes,
        }  # fmt: skip

    def _ranges(self) -> list[list[float]]:
        """What is drawn of the first two features: all points, with room around them."""
        low, high = self.x[:, :2].min(axis=0), self.x[:, :2].max(axis=0)
        room = np.maximum(0.12 * (high - low), 0.1)
        return np.stack([low - room, high + room], axis=1).tolist()


def packed(*arrays: Any) -> str:
    """The numbers as float32 one after the other, in base64: exact, and a third of their decimals."""
    flat = [np.asarray(a, "<f4").ravel() for a in arrays]
    return base64.b64encode(np.concatenate(flat).tobytes() if flat else b"").decode()


def made_material(plan: Plan) -> Material:
    """The points of a plan whose data is made up."""
    rng = np.random.default_rng(plan.seed)
    count = COUNTS.get(plan.data, 240)
    x, y = MAKERS[plan.data](count, plan.noise, rng)
    order = rng.permutation(count)
    x, y = x[order].astype("float32"), y[order].astype("float32")
    is_image = plan.data == "digits"
    kind = {"digits": CLASSES, "line": NUMBER}.get(plan.data, BINARY)
    classes = {CLASSES: tuple("0123456789"), BINARY: ("0", "1"), NUMBER: ()}[kind]
    names = tuple(f"x{i + 1}" for i in range(x.shape[1]))
    notes: tuple[tuple[str, dict[str, Any]], ...] = (("note.digits", {}),) if is_image else ()
    return Material(x, y, kind, names, classes, trained_of(count, plan), is_image, notes)


def trained_of(count: int, plan: Plan) -> int:
    """How many of the points are trained on."""
    return count - int(count * plan.test_share)
