"""`Setup`: a network with what it is compiled for and trained on, and the library that it is written with.

`IMPL=keras` has the programs built with Keras instead of lamina.
"""

import os
from dataclasses import dataclass, field
from typing import Any

if os.environ.get("IMPL", "lamina") == "lamina":
    import lamina as keras
else:
    import keras
layers = keras.layers


@dataclass
class Setup:
    """All that a training needs; a network is trained once, so that each use makes its own.

    Attributes: `model`, not compiled; `options`, arguments of `fit` that belong to the program; `right`, x and y as they would
    have been, had they been read as meant; `epochs`, the budget of a training.
    """

    model: Any
    x: Any
    y: Any
    loss: Any
    optimizer: Any = "adam"
    metrics: list = field(default_factory=list)
    options: dict = field(default_factory=dict)
    right: tuple | None = None
    epochs: int = 80

    def compiled(self):
        """The model, compiled."""
        self.model.compile(optimizer=self.optimizer, loss=self.loss, metrics=self.metrics or None)
        return self.model
