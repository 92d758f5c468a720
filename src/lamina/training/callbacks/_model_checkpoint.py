"""`ModelCheckpoint`."""

import os
from typing import Any

from lamina._public import public

from ._logs import Logs
from ._monitor import Monitor


@public("callbacks.ModelCheckpoint")
class ModelCheckpoint(Monitor):
    """Saves the model or its weights every epoch, or every some batches. The file is replaced only once it is written whole.

    Args:
        filepath: path; may hold `{epoch:02d}` and names of logs, such as `{val_loss:.2f}`. It ends in `.keras` for
            models and `.weights.h5` for weights alone; `.h5` and `.hdf5` give the format of Keras 2.
        monitor: name of the log that decides with `save_best_only`.
        verbose: 1 prints what it does.
        save_best_only: whether only improvements are saved. Where there is no such log, every model is.
        save_weights_only: whether only the weights are saved.
        mode: "auto", "min" or "max".
        save_freq: "epoch", or a number of batches.
        initial_value_threshold: value that the first saved model must beat.
    Raises ValueError for another extension or save_freq.
    Example:
        >>> x, y = np.ones((8, 2)), np.ones((8, 1))
        >>> model = Sequential([Input((2,)), layers.Dense(1)])
        >>> model.compile("sgd", "mse")
        >>> save = callbacks.ModelCheckpoint("best.keras", monitor="loss", save_best_only=True)
        >>> history = model.fit(x, y, verbose=0, callbacks=[save])
        >>> models.load_model("best.keras").count_params()
        3
    """

    def __init__(
        self, filepath: Any, monitor: str = "val_loss", verbose: int = 0, save_best_only: bool = False,
        save_weights_only: bool = False, mode: str = "auto", save_freq: Any = "epoch",
        initial_value_threshold: float | None = None,
    ):  # fmt: skip
        super().__init__(monitor, mode)
        self.filepath: Any = os.fspath(filepath)
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_weights_only = save_weights_only
        self.save_freq = save_freq
        self.best = initial_value_threshold
        self._batches = 0
        self._epoch = 0
        if save_freq != "epoch" and not (isinstance(save_freq, int) and save_freq > 0):
            raise ValueError(f"ModelCheckpoint: save_freq must be 'epoch' or a positive int; got {save_freq!r}.")
        endings = (".weights.h5" if save_weights_only else ".keras", ".h5", ".hdf5")
        if not self.filepath.endswith(endings):
            raise ValueError(
                f"ModelCheckpoint: filepath must end in {endings[0]} with save_weights_only={save_weights_only}; "
                f"got {self.filepath!r}."
            )
        if save_freq != "epoch":
            # Only then does training need to stop at every batch for this callback.
            self.on_train_batch_end: Any = self._count_batch

    def _count_batch(self, batch: int, logs: Any = None) -> None:
        self._batches += 1
        if self._batches % self.save_freq == 0:
            self._save(self._epoch, logs, batch)

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch = epoch

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.save_freq == "epoch":
            self._save(epoch, logs)

    def _save(self, epoch: int, logs: Any, batch: int | None = None) -> None:
        if self.save_best_only:
            value = self.value_in(logs)
            if value is not None and not self.is_better(value, self.best):
                if self.verbose:
                    print(f"\nEpoch {epoch + 1}: {self.monitor} did not improve from {self.best:.5f}")
                return
            self.best = self.best if value is None else value
        path = self._path(epoch, logs, batch)
        if self.verbose:
            print(f"\nEpoch {epoch + 1}: saving model to {path}")
        folder = os.path.dirname(path)
        if folder:
            os.makedirs(folder, exist_ok=True)
        (self.model.save_weights if self.save_weights_only else self.model.save)(path, overwrite=True)

    def _path(self, epoch: int, logs: Any, batch: int | None) -> str:
        fields = Logs(logs or {}, epoch=epoch + 1, **({} if batch is None else {"batch": batch + 1}))
        try:
            return self.filepath.format_map(fields)
        except KeyError as error:
            missing = str(error.args[0]).partition(";")[0]
            raise ValueError(
                f"ModelCheckpoint: filepath {self.filepath!r} names {missing}; there are {', '.join(fields)}."
            ) from None

    def get_state(self) -> dict[str, Any]:
        return {**super().get_state(), "batches": self._batches}

    def set_state(self, state: dict[str, Any]) -> None:
        super().set_state(state)
        self._batches = state["batches"]
