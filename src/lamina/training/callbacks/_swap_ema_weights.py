"""`SwapEMAWeights`."""

from typing import Any

from lamina import ops
from lamina._public import public

from ._callback import Callback


@public("callbacks.SwapEMAWeights")
class SwapEMAWeights(Callback):
    """Evaluates and predicts with the moving averages of the weights, which the optimizer keeps with `use_ema=True`.

    Before an evaluation weights and averages change places, and after it again.

    Args:
        swap_on_epoch: whether they also change places between epochs, so that callbacks after this one, such as
            `ModelCheckpoint`, find the averages in the model.
    Raises ValueError if no optimizer of the model keeps averages.
    Reference: Polyak and Juditsky, Acceleration of Stochastic Approximation by Averaging, 1992, doi:10.1137/0330046
    Example:
        >>> x, y = np.ones((8, 2)), np.ones((8, 1))
        >>> model = Sequential([Input((2,)), layers.Dense(1)])
        >>> model.compile(optimizers.SGD(use_ema=True), "mse")
        >>> history = model.fit(x, y, validation_data=(x, y), verbose=0, callbacks=[callbacks.SwapEMAWeights()])
    """

    def __init__(self, swap_on_epoch: bool = False):
        super().__init__()
        self.swap_on_epoch = swap_on_epoch
        self._is_swapped = False

    def _averaging(self) -> list[Any]:
        """The optimizers that keep averages."""
        optimizer = self.model.optimizer
        optimizer = getattr(optimizer, "inner_optimizer", optimizer)
        found = [part for part in getattr(optimizer, "optimizers", [optimizer]) if getattr(part, "use_ema", False)]
        if not found:
            raise ValueError(
                f"SwapEMAWeights: the optimizer of {self.model.name!r} keeps no averages; make it with use_ema=True."
            )
        return found

    def _pairs(self) -> list[tuple[Any, Any]]:
        """Each variable with its average."""
        return [
            (variable, average)
            for optimizer in self._averaging()
            for variable in getattr(optimizer, "_trainable_variables", ())
            if (average := optimizer.slot("average", variable)) is not None
        ]

    def _swap(self, to_averages: bool) -> None:
        if self._is_swapped == to_averages:
            return
        self._is_swapped = to_averages
        for variable, average in self._pairs():
            weight = ops.convert_to_numpy(variable.value).copy()
            variable.assign(average.value)
            average.assign(weight)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        if self.swap_on_epoch:
            self._swap(to_averages=False)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.swap_on_epoch:
            self._swap(to_averages=True)
            if epoch == self.params["epochs"] - 1 or self.model.stop_training:
                # Training ends by setting the weights to the averages: these must be found at their place.
                for variable, average in self._pairs():
                    average.assign(variable.value)

    def on_test_begin(self, logs: Any = None) -> None:
        self._swap(to_averages=True)

    def on_test_end(self, logs: Any = None) -> None:
        self._swap(to_averages=False)

    def on_predict_begin(self, logs: Any = None) -> None:
        self._swap(to_averages=True)

    def on_predict_end(self, logs: Any = None) -> None:
        self._swap(to_averages=False)
