"""`History`: the logs of every epoch; what `fit` returns."""

from typing import Any

from lamina._lazy import lazy_module
from lamina._public import public

from ._callback import Callback
from ._logs import Logs

_plots = lazy_module("lamina.plot._curves")
_cards = lazy_module("lamina.viewing._cards")


@public("callbacks.History")
class History(Callback):
    """Keeps `epoch`, the list of epochs run, and `history`, a dict from the name of each log to its values by epoch.

    Example:
        >>> x, y = np.ones((8, 2)), np.ones((8, 1))
        >>> model = Sequential([Input((2,)), layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> history = model.fit(x, y, epochs=2, verbose=0)
        >>> history.epoch, list(history.history)
        ([0, 1], ['loss'])
    """

    def __init__(self) -> None:
        super().__init__()
        self.history: dict[str, list[float]] = Logs()
        self.epoch: list[int] = []

    def on_train_begin(self, logs: Any = None) -> None:
        self.epoch = []
        self.model.history = self

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)

    def __repr__(self) -> str:
        last = ", ".join(
            f"{name}={values[-1]:.4g}" for name, values in self.history.items() if values and _is_number(values[-1])
        )
        return f"<History of {len(self.epoch)} epochs{': ' if last else ''}{last}>"

    def _repr_html_(self) -> str:
        return _cards.curves_card(self.history, self.epoch)

    def plot(self, names: Any = None, ax: Any = None) -> Any:
        """Draws `names`, by default the loss, over the epochs, as `lamina.plot.curves` does (extra `plot`); gives the axes."""
        return _plots.curves(self, names, ax)

    def get_state(self) -> dict[str, Any]:
        return {"epoch": list(self.epoch), "history": {k: list(v) for k, v in self.history.items()}}

    def set_state(self, state: dict[str, Any]) -> None:
        self.epoch = list(state["epoch"])
        self.history = Logs({k: list(v) for k, v in state["history"].items()})


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) or getattr(value, "ndim", None) == 0
