"""`TensorBoard`."""

import importlib
import os
import time
from typing import Any

import numpy as np

from lamina import ops
from lamina._checks import check_non_negative_int
from lamina._deprecation import warn_once
from lamina._extras import require
from lamina._public import public
from lamina.layers import Embedding

from ._callback import Callback


@public("callbacks.TensorBoard")
class TensorBoard(Callback):
    """Writes what TensorBoard shows: `tensorboard --logdir logs`. Needs tensorboardX (`pip install 'lamina[tensorboard]'`).

    Training goes to `log_dir/train`, validation and evaluation to `log_dir/validation`.

    Args:
        log_dir: folder.
        histogram_freq: every how many epochs histograms of the weights are written; 0 for never.
        write_graph: whether the table of layers and the configuration of the model are written, as text.
        write_images: whether the weights are shown as images too, with the histograms.
        write_steps_per_second: whether the speed of training is written.
        update_freq: "epoch", "batch", or every how many batches the logs are written.
        profile_batch: without effect here, with a warning; see `lamina.profile`.
        embeddings_freq: every how many epochs the weights of embeddings are written; 0 for never.
        embeddings_metadata: path of a file with a line for each row of the embedding; or a dict of such, by name of layer.
    Raises ImportError without tensorboardX, ValueError for frequencies that are none.
    """

    writes_alone = True

    def __init__(
        self, log_dir: Any = "logs", histogram_freq: int = 0, write_graph: bool = True, write_images: bool = False,
        write_steps_per_second: bool = False, update_freq: Any = "epoch", profile_batch: Any = 0,
        embeddings_freq: int = 0, embeddings_metadata: Any = None,
    ):  # fmt: skip
        super().__init__()
        require("tensorboardX", "tensorboard", "callbacks.TensorBoard")
        for name, value in (("histogram_freq", histogram_freq), ("embeddings_freq", embeddings_freq)):
            check_non_negative_int(value, name, "TensorBoard")
        if update_freq not in ("epoch", "batch") and not (isinstance(update_freq, int) and update_freq > 0):
            raise ValueError(
                f"TensorBoard: update_freq must be 'epoch', 'batch' or a positive int; got {update_freq!r}."
            )
        if profile_batch:
            warn_once("TensorBoard.profile_batch", "TensorBoard: profile_batch has no effect; see lamina.profile.")
        self.log_dir = os.fspath(log_dir)
        self.histogram_freq = histogram_freq
        self.write_graph = write_graph
        self.write_images = write_images
        self.write_steps_per_second = write_steps_per_second
        self.update_freq: Any = 1 if update_freq == "batch" else update_freq
        self.embeddings_freq = embeddings_freq
        self.embeddings_metadata = embeddings_metadata
        self._writers: dict[str, Any] = {}
        self._batches = 0
        self._epoch_start = (0.0, 0)
        if update_freq != "epoch":
            # Only then does training need to stop at every batch for this callback.
            self.on_train_batch_end: Any = self._write_batch

    def _writer(self, part: str) -> Any:
        if part not in self._writers:
            module = importlib.import_module("tensorboardX")
            self._writers[part] = module.SummaryWriter(os.path.join(self.log_dir, part))
        return self._writers[part]

    def _write_scalars(self, part: str, scalars: dict[str, Any], step: int) -> None:
        for name, value in scalars.items():
            if np.ndim(value) == 0:
                self._writer(part).add_scalar(name, float(value), step)

    def on_train_begin(self, logs: Any = None) -> None:
        self._batches = 0
        if self.write_graph:
            lines: list[str] = []
            self.model.summary(print_fn=lines.append)
            self._writer("train").add_text("summary", "\n".join(["```", *lines, "```"]), 0)
            self._writer("train").add_text("keras", _config(self.model), 0)

    def on_train_end(self, logs: Any = None) -> None:
        self._close()

    def _close(self) -> None:
        for writer in self._writers.values():
            writer.close()
        self._writers.clear()

    def on_test_begin(self, logs: Any = None) -> None:
        self._is_within_fit = bool(self._writers)

    def on_test_end(self, logs: Any = None) -> None:
        step = 0 if self.model.optimizer is None else int(self.model.optimizer.iterations)
        names = {f"evaluation_{name}_vs_iterations": value for name, value in (logs or {}).items()}
        self._write_scalars("validation", names, step)
        if not self._is_within_fit:
            self._close()

    def on_epoch_begin(self, epoch: int, logs: Any = None) -> None:
        self._epoch_start = (time.perf_counter(), int(self.model.optimizer.iterations))

    def _write_batch(self, batch: int, logs: Any = None) -> None:
        self._batches += 1
        if self._batches % self.update_freq == 0:
            self._write_scalars("train", {f"batch_{k}": v for k, v in (logs or {}).items()}, self._batches)

    def on_epoch_end(self, epoch: int, logs: Any = None) -> None:
        logs = logs or {}
        train = {f"epoch_{k}": v for k, v in logs.items() if not k.startswith("val_")}
        train |= {f"epoch_{k}": v for k, v in _learning_rates(self.model.optimizer).items()}
        if self.write_steps_per_second:
            began, iterations = self._epoch_start
            steps = int(self.model.optimizer.iterations) - iterations
            train["epoch_steps_per_second"] = steps / max(time.perf_counter() - began, 1e-9)
        self._write_scalars("train", train, epoch)
        validation = {f"epoch_{k.removeprefix('val_')}": v for k, v in logs.items() if k.startswith("val_")}
        self._write_scalars("validation", validation, epoch)
        if self.histogram_freq and epoch % self.histogram_freq == 0:
            self._write_weights(epoch)
        if self.embeddings_freq and epoch % self.embeddings_freq == 0:
            self._write_embeddings(epoch)
        for writer in self._writers.values():
            writer.flush()

    def _write_weights(self, epoch: int) -> None:
        writer = self._writer("train")
        for weight in self.model.weights:
            value = ops.convert_to_numpy(weight.value).astype("float64")
            writer.add_histogram(f"{weight.path}/histogram", value, epoch)
            images = as_images(value) if self.write_images else None
            if images is not None:
                writer.add_images(f"{weight.path}/image", images, epoch, dataformats="NHWC")

    def _write_embeddings(self, epoch: int) -> None:
        for layer in self.model.layers:
            if isinstance(layer, Embedding):
                matrix = ops.convert_to_numpy(layer.embeddings.value)
                self._writer("train").add_embedding(
                    matrix, self._labels(layer.name), tag=layer.name.replace("/", "_"), global_step=epoch
                )

    def _labels(self, layer: str) -> list[str] | None:
        """A line for each row of the embedding."""
        path = self.embeddings_metadata
        path = path.get(layer) if isinstance(path, dict) else path
        if path is None:
            return None
        with open(path, encoding="utf-8") as file:
            return file.read().splitlines()


def _config(model: Any) -> str:
    """The configuration as JSON; of a model that has none, what is missing."""
    try:
        return model.to_json()
    except (NotImplementedError, TypeError, ValueError) as error:
        return f"{model.name} has no configuration: {error}"


def _learning_rates(optimizer: Any) -> dict[str, Any]:
    optimizer = getattr(optimizer, "inner_optimizer", optimizer)
    parts = getattr(optimizer, "optimizers", None)
    if parts is None:
        return {"learning_rate": ops.convert_to_numpy(optimizer.learning_rate)}
    return {f"learning_rate_{part.name}": ops.convert_to_numpy(part.learning_rate) for part in parts}


def as_images(weight: np.ndarray) -> np.ndarray | None:
    """A weight as grey images `(n, height, width, 1)`, its least value black and its greatest white; None beyond four axes.

    A vector is one column, a matrix lies on its longer side, and a kernel of a convolution is one image for each of its
    filters and channels.
    """
    image = weight.squeeze()
    if image.ndim > 4 or image.ndim == 0:
        return None
    if image.ndim == 1:
        image = image[:, None]
    elif image.ndim == 2 and image.shape[0] > image.shape[1]:
        image = image.T
    height, width = image.shape[:2]
    image = np.moveaxis(image.reshape(height, width, -1), -1, 0)[..., None]
    low, high = image.min(), image.max()
    return (image - low) / (high - low) if high > low else np.zeros_like(image)
