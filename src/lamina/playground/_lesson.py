"""`Lesson`: one training, update by update, and what the page sees of it."""

import warnings
from typing import Any

import numpy as np

from lamina import ops, optimizers, regularizers
from lamina.diagnosis import DiagnosisWarning
from lamina.layers import Dense, Input
from lamina.models import Sequential
from lamina.training._diagnosing._diagnose import diagnose
from lamina.utils import set_random_seed
from lamina.variables._gradient_tape import GradientTape

from ._material import CLASSES, NUMBER, Material, packed
from ._plan import Plan
from ._program import LOSSES


class Lesson:
    """A network that learns.

    The points come in an endless row, a permutation after the other, and each update takes the next `batch_size` of them; so
    how a training goes depends on the plan alone, not on how it is asked for.

    Args:
        plan: how it is trained; `material`: on what.
    """

    def __init__(self, plan: Plan, material: Material):
        self.plan, self.material, self.updates = plan, material, 0
        y = material.y if material.kind == CLASSES else material.y[:, None]
        n = material.trained
        self.x, self.y = material.x[:n], y[:n]
        self.parts = {"train": (self.x, self.y)} | ({"test": (material.x[n:], y[n:])} if n < len(y) else {})
        self.batch_size = min(plan.batch_size, n)
        self._order = np.random.default_rng([plan.seed, 1])
        self._row = np.zeros(0, "int64")
        set_random_seed(plan.seed)
        self.model = _network(plan, material)

    @property
    def epoch(self) -> float:
        """How often each point was used."""
        return self.updates * self.batch_size / len(self.x)

    def train(self, updates: int) -> None:
        """So many updates of the weights."""
        rows = self._next_rows(updates * self.batch_size)
        with warnings.catch_warnings(), np.errstate(all="ignore"):  # a training may well burst, and the page shows it
            warnings.simplefilter("ignore", DiagnosisWarning)  # the page shows the findings
            self.model.fit(
                self.x[rows], self.y[rows], batch_size=self.batch_size, epochs=1, shuffle=False, verbose=0
            )  # fmt: skip
        self.updates += updates

    def _next_rows(self, count: int) -> np.ndarray:
        while len(self._row) < count:
            self._row = np.concatenate([self._row, self._order.permutation(len(self.x))])
        rows, self._row = self._row[:count], self._row[count:]
        return rows

    def frame(self) -> dict[str, Any]:
        """What the page draws: where the training stands, losses, weights, and the gradients over all points trained on."""
        with np.errstate(all="ignore"):
            figures = {name: self._evaluated(*part) for name, part in self.parts.items()}
            weights = self.model.trainable_variables
            with GradientTape() as tape:
                loss = self.model.compute_loss(self.x, self.y, self.model(self.x, training=True))
            gradients = tape.gradient(loss, weights)
        return {
            "updates": self.updates, "epoch": self.epoch, **figures,
            "weights": packed(*(ops.convert_to_numpy(w) for w in weights)),
            "gradients": packed(*(ops.convert_to_numpy(g) for g in gradients)),
        }  # fmt: skip

    def _evaluated(self, x: np.ndarray, y: np.ndarray) -> dict[str, float]:
        return self.model.evaluate(x, y, batch_size=len(x), verbose=0, return_dict=True)

    def findings(self) -> list[dict[str, Any]]:
        """What `lamina.diagnose` says of the network as it is now: rule, severity, and the number of the layer or None."""
        with np.errstate(all="ignore"):
            found = diagnose(self.model, self.x, self.y, batch_size=self.batch_size)
        names = [layer.name for layer in self.model.layers]
        return [{"rule": f.rule, "severity": f.severity, "layer": _place(f.layer, names)} for f in found]


def _place(path: str | None, names: list[str]) -> int | None:
    name = (path or "").rpartition("/")[2]
    return names.index(name) if name in names else None


def _network(plan: Plan, material: Material) -> Any:
    def penalty() -> Any:
        return None if plan.penalty == "none" else getattr(regularizers, plan.penalty.upper())(plan.penalty_rate)

    activation, loss = LOSSES[material.kind]
    model = Sequential([Input((material.x.shape[1],))])
    for units in plan.layers:
        model.add(Dense(units, activation=plan.activation, kernel_regularizer=penalty()))
    model.add(Dense(material.outputs, activation=activation, kernel_regularizer=penalty()))
    metrics = [] if material.kind == NUMBER else ["accuracy"]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DiagnosisWarning)
        model.compile(_optimizer(plan), loss=loss, metrics=metrics)
    return model


def _optimizer(plan: Plan) -> Any:
    makers: dict[str, Any] = {
        "sgd": optimizers.SGD, "momentum": lambda rate: optimizers.SGD(rate, momentum=0.9),
        "rmsprop": optimizers.RMSprop, "adam": optimizers.Adam,
    }  # fmt: skip
    return makers[plan.optimizer](plan.learning_rate)
