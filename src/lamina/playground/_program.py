"""The program of a plan in Python, in the spelling of Keras, ready to paste."""

import inspect
from collections.abc import Callable
from typing import Any

from ._material import BINARY, CLASSES, NUMBER, Material
from ._plan import CSV, Plan
from ._points import COUNTS, MAKERS

LOSSES = {
    BINARY: ("sigmoid", "binary_crossentropy"),
    CLASSES: ("softmax", "sparse_categorical_crossentropy"),
    NUMBER: (None, "mse"),
}
_OPTIMIZERS = {
    "sgd": "SGD({rate:g})", "momentum": "SGD({rate:g}, momentum=0.9)", "rmsprop": "RMSprop({rate:g})", "adam": "Adam({rate:g})",
}  # fmt: skip


def optimizer_call(plan: Plan) -> str:
    """The call that makes its optimizer, in `keras.optimizers`."""
    return _OPTIMIZERS[plan.optimizer].format(rate=plan.learning_rate)


def program_of(plan: Plan, material: Material, epochs: int, path: str) -> str:
    """The program that makes the points, builds and trains the network.

    Args:
        epochs: how many it trains.
        path: what to call the file of a table.
    """
    metrics = "" if material.kind == NUMBER else ', metrics=["accuracy"]'
    tested = material.trained < len(material.x)
    test = ", validation_data=(x[n:], y[n:])" if tested else ""
    parts = [
        _imports(plan), _points(plan, material, path), f"n = {material.trained}  # the other points test", "",
        f"keras.utils.set_random_seed({plan.seed})", "model = keras.Sequential([", *_layers(plan, material), "])",
        f'model.compile(keras.optimizers.{optimizer_call(plan)}, loss="{LOSSES[material.kind][1]}"{metrics})',
        f"model.fit(x[:n], y[:n], batch_size={plan.batch_size}, epochs={max(epochs, 1)}{test})", "",
    ]  # fmt: skip
    return "\n".join(parts)


def _imports(plan: Plan) -> str:
    pandas = "import pandas as pd\n" if plan.data == CSV else ""
    return f"import numpy as np\n{pandas}\nimport lamina as keras  # or: import keras\n"


def _points(plan: Plan, material: Material, path: str) -> str:
    if plan.data == CSV:
        return _table_points(plan, material, path)
    maker = MAKERS[plan.data]
    count = COUNTS.get(plan.data, 240)
    return (
        f"\n{_plain_source(maker)}\n\n"
        f"rng = np.random.default_rng({plan.seed})\n"
        f"x, y = {maker.__name__}({count}, {plan.noise:g}, rng)\n"
        f"order = rng.permutation({count})\n"
        'x, y = x[order].astype("float32"), y[order].astype("float32")'
    )


def _plain_source(maker: Callable[..., Any]) -> str:
    """A maker of points without the types, which beginners need not read."""
    return inspect.getsource(maker).replace("(count: int, noise: float, rng: Any) -> Any", "(count, noise, rng)")


def _table_points(plan: Plan, material: Material, path: str) -> str:
    target = dict(material.notes)["note.scaled"]["target"]
    columns = list(material.inputs)
    values = f"y = table[{target!r}]"
    scaled = "y = (y - y.mean()) / y.std(ddof=0)" if material.kind == NUMBER else 'y = y.astype("category").cat.codes'
    return (
        f"table = pd.read_csv({path!r}).dropna(subset={[*columns, target]!r})\n"
        f"x = table[{columns!r}]\nx = (x - x.mean()) / x.std(ddof=0)\n{values}\n{scaled}\n"
        f"order = np.random.default_rng({plan.seed}).permutation(len(table))[:{len(material.x)}]\n"
        'x, y = x.to_numpy("float32")[order], y.to_numpy("float32")[order]'
    )


def _layers(plan: Plan, material: Material) -> list[str]:
    regularizer = f"keras.regularizers.{plan.penalty.upper()}({plan.penalty_rate:g})"
    penalty = "" if plan.penalty == "none" else f", kernel_regularizer={regularizer}"
    hidden = [f'    keras.layers.Dense({n}, activation="{plan.activation}"{penalty}),' for n in plan.layers]
    last = LOSSES[material.kind][0]
    activation = f', activation="{last}"' if last else ""
    return [
        f"    keras.Input(({material.x.shape[1]},)),", *hidden,
        f"    keras.layers.Dense({material.outputs}{activation}{penalty}),",
    ]  # fmt: skip
