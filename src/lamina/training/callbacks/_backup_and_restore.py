"""`BackupAndRestore`."""

import os
from typing import Any

from lamina._checks import check_positive, check_positive_int
from lamina._public import public

from ._callback import Callback


@public("callbacks.BackupAndRestore")
class BackupAndRestore(Callback):
    """Keeps the state of a training in a folder. Killed and started again, `fit` goes on from there, and ends with the weights
    and the history that it would have had in one piece.

    A state holds the weights, the optimizer, every random stream, the place in the data, metrics, the history and what the
    other callbacks know. It is one file, `state-<batches so far>`, which takes its name only when it is whole. A damaged one
    is a warning, and the one before is used. `fit(..., resume=folder)` does the same and keeps the last state.

    Args:
        backup_dir: path of a folder for this training alone.
        save_freq: "epoch", or a number of batches: a state is written after so many and at the end of each epoch.
        double_checkpoint: without effect, two states are always kept.
        delete_checkpoint: whether the states are deleted when training has ended.
        save_seconds: number of seconds after which a state is written, besides; None for none.
    Raises ValueError for another save_freq; in `fit`, ValueError for a state of another model or data, and
    `saving.ModelFileError` if there are states and none is whole.
    Example:
        >>> x, y = np.ones((8, 2)), np.ones((8, 1))
        >>> def train(epochs):
        ...     model = Sequential([Input((2,)), layers.Dense(1)])
        ...     model.compile("sgd", "mse")
        ...     backup = callbacks.BackupAndRestore("backup", delete_checkpoint=False)
        ...     return model.fit(x, y, epochs=epochs, verbose=0, callbacks=[backup])
        >>> first = train(epochs=2)
        >>> train(epochs=3).history["loss"][:2] == first.history["loss"]
        True
    """

    def __init__(
        self, backup_dir: Any, save_freq: Any = "epoch", double_checkpoint: bool = False, delete_checkpoint: bool = True,
        *, save_seconds: float | None = None,
    ):  # fmt: skip
        super().__init__()
        if backup_dir is None or not os.fspath(backup_dir):
            raise ValueError(f"BackupAndRestore: backup_dir must be the path of a folder; got {backup_dir!r}.")
        self.backup_dir = str(os.fspath(backup_dir))
        if save_freq != "epoch":
            check_positive_int(save_freq, "save_freq", "BackupAndRestore")
        if save_seconds is not None:
            check_positive(save_seconds, "save_seconds", "BackupAndRestore")
        self.save_freq = save_freq
        self.double_checkpoint = double_checkpoint
        self.delete_checkpoint = delete_checkpoint
        self.save_seconds = save_seconds
