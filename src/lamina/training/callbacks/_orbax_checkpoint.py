"""`OrbaxCheckpoint`."""

import importlib
import os
from typing import Any

from lamina._checks import check_positive_int
from lamina._extras import require
from lamina._public import public

from ._monitor import Monitor


@public("callbacks.OrbaxCheckpoint")
class OrbaxCheckpoint(Monitor):
    """Saves the state of a model, with its optimizer, as checkpoints of Orbax (`pip install 'lamina[orbax]'`).

    What is saved is `model.get_state_tree("numpy_array")`; `model.set_state_tree` takes it back. For files that every engine and
    Keras read, use `ModelCheckpoint`.

    Args:
        directory: folder of the checkpoints, each in a folder named after the number of the epoch or batch.
        monitor: name of the log that decides with `save_best_only`.
        verbose: 1 prints what it does.
        save_best_only: whether only improvements are saved.
        mode: "auto", "min" or "max".
        save_freq: "epoch", or a number of batches.
        initial_value_threshold: value that the first checkpoint must beat.
        max_to_keep: how many of the last checkpoints are kept; None for all.
        save_on_background: whether training goes on while a checkpoint is written.
        save_weights_only: whether the optimizer's state and the metrics are left out.
    Raises ImportError without Orbax, ValueError for another save_freq or max_to_keep.
    """

    def __init__(
        self, directory: Any, monitor: str = "val_loss", verbose: int = 0, save_best_only: bool = False, mode: str = "auto",
        save_freq: Any = "epoch", initial_value_threshold: float | None = None, max_to_keep: int | None = 1,
        save_on_background: bool = True, save_weights_only: bool = False,
    ):  # fmt: skip
        require("orbax", "orbax", "callbacks.OrbaxCheckpoint")
        super().__init__(monitor, mode)
        if save_freq != "epoch" and not (isinstance(save_freq, int) and save_freq > 0):
            raise ValueError(f"OrbaxCheckpoint: save_freq must be 'epoch' or a positive int; got {save_freq!r}.")
        if max_to_keep is not None:
            check_positive_int(max_to_keep, "max_to_keep", "OrbaxCheckpoint")
        self.directory = os.path.abspath(os.fspath(directory))
        self.verbose = verbose
        self.save_best_only = save_best_only
        self.save_freq = save_freq
        self.best = initial_value_threshold
        self.max_to_keep = max_to_keep
        self.save_on_background = save_on_background
        self.save_weights_only = save_weights_only
        self._batches = 0
        self._manager: Any = None
        if save_freq != "epoch":
            # Only then does training need to stop at every batch for this callback.
            self.on_train_batch_end: Any = self._count_batch

    def on_train_begin(self, logs: Any = None) -> None:
        orbax = importlib.import_module("orbax.checkpoint")
        options = orbax.CheckpointManagerOptions(
            max_to_keep=self.max_to_keep, enable_async_checkpointing=self.save_on_background, create=True
        )
        self._manager = orbax.CheckpointManager(self.directory, options=options)

    def on_train_end(self, logs: Any = None) -> None:
        self._manager.wait_until_finished()
        self._manager.close()
        self._manager = None

    def _count_batch(self, batch: int, logs: Any = None) -> None:
        self._batches += 1
        if self._batches % self.save_freq == 0:
            self._save(self._batches, logs)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        if self.save_freq == "epoch":
            self._save(epoch, logs)

    def _save(self, step: int, logs: Any) -> None:
        if self.save_best_only:
            value = self.value_in(logs)
            if value is None or not self.is_better(value, self.best):
                return
            self.best = value
        state = self.model.get_state_tree("numpy_array")
        if self.save_weights_only:
            state = {kind: state[kind] for kind in ("trainable_variables", "non_trainable_variables")}
        if self.verbose:
            print(f"\nOrbaxCheckpoint: step {step} goes to {self.directory}")
        orbax = importlib.import_module("orbax.checkpoint")
        self._manager.save(step, args=orbax.args.StandardSave(state))
