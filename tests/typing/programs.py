"""What a type checker must accept, and (the lines with an `ignore`) what it must not: mypy reports an ignore without need.

Checked by `mypy`, not run.
"""

import numpy as np

import lamina
from lamina import Tensor, initializers, layers, losses, metrics, models, ops, optimizers

layer: layers.Dense = layers.Dense(3, activation="relu")
layers.Dense(units=3, kernel_initializer=initializers.HeNormal())
layers.Dense(unit=3)  # type: ignore[call-arg]
layers.Dense()  # type: ignore[call-arg]
layers.Dense("3")  # type: ignore[arg-type]
layers.Conv2D(8, (3, 3), padding="same")
layers.Conv2D(8, 3, pading="same")  # type: ignore[call-arg]
layers.LSTM(4, return_sequences=True)
layers.LSTM(4, return_sequences="yes")  # type: ignore[arg-type]
layers.Dence(3)  # type: ignore[attr-defined]

total: Tensor = ops.add(np.ones(3), 1)
also: Tensor = ops.sum(total, axis=-1, keepdims=True) * 2 + total
both: tuple[Tensor, Tensor] = ops.top_k(total, 2)
pieces: list[Tensor] = ops.split(total, 3)
wrong: int = ops.add(1, 2)  # type: ignore[assignment]
ops.sum(total, axes=-1)  # type: ignore[call-arg]
ops.add(total)  # type: ignore[call-arg]
ops.sqrt(total, 2)  # type: ignore[call-arg]
name: str = ops.dtype(total)

optimizers.Adam(learning_rate=0.1, clipnorm=1.0)
optimizers.Adam(learning_rat=0.1)  # type: ignore[call-arg]
optimizers.SGD(momentum="much")  # type: ignore[arg-type]
losses.BinaryCrossentropy(from_logits=True)
losses.BinaryCrossentropy(logits=True)  # type: ignore[call-arg]
metrics.AUC(num_thresholds=100)
metrics.AUC(num_thresholds="100")  # type: ignore[arg-type]
metrics.F1Score(beta=2.0)  # type: ignore[call-arg]

model = models.Sequential([layers.Input((4,)), layer])
model.compile("adam", "mse")
model.fitt(np.ones((4, 4)), np.ones((4, 3)))  # type: ignore[attr-defined]
lamina.Sequential([layer]).predict(np.ones((4, 4)))
