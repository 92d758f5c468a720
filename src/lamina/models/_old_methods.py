"""Methods of models of Keras 1 and 2 that `fit`, `evaluate` and `predict` do now."""

import itertools
import math
from typing import Any

import numpy as np

from lamina import tree
from lamina._deprecation import warn_once

from ._old_compiled import CompiledLoss, CompiledMetrics

_WORKERS = ("workers", "nb_worker", "use_multiprocessing", "pickle_safe", "max_queue_size", "max_q_size")


class OldMethods:
    """`compiled_loss`, `fit_generator`, `evaluate_generator`, `predict_generator`, `predict_classes` and `predict_proba`."""

    @property
    def compiled_loss(self) -> Any:
        return CompiledLoss(self)

    @property
    def compiled_metrics(self) -> Any:
        return CompiledMetrics(self)

    distribute_strategy = None  # TensorFlow's: everything runs in one process

    def reset_states(self: Any) -> None:
        """Sets the states that recurrent layers keep between batches (`stateful=True`) to zero."""
        for layer in self._flatten_layers(include_self=False):
            if getattr(layer, "stateful", False) and hasattr(layer, "reset_state"):
                layer.reset_state()

    def fit_generator(
        self: Any, generator: Any, steps_per_epoch: int | None = None, epochs: int = 1, verbose: Any = 1,
        callbacks: Any = None, validation_data: Any = None, validation_steps: int | None = None,
        validation_freq: Any = 1, class_weight: Any = None, max_queue_size: int = 10, workers: int = 1,
        use_multiprocessing: bool = False, shuffle: bool = True, initial_epoch: int = 0, **old: Any,
    ) -> Any:  # fmt: skip
        """Keras 2's `fit` on batches, with `samples_per_epoch`, `nb_epoch` and `nb_val_samples` of Keras 1."""
        warn_once("fit_generator", "fit_generator is a method of Keras 1 and 2; fit() takes generators.")
        if "nb_epoch" in old:
            warn_once("nb_epoch", "fit(nb_epoch=) is Keras 1's name; write epochs=.")
            epochs = old.pop("nb_epoch")
        if "samples_per_epoch" in old:
            warn_once(
                "samples_per_epoch", "fit_generator(samples_per_epoch=) counts samples; steps_per_epoch= batches."
            )
            generator, steps_per_epoch = _in_steps(generator, old.pop("samples_per_epoch"))
        if "nb_val_samples" in old:
            warn_once("nb_val_samples", "fit_generator(nb_val_samples=) counts samples; validation_steps= batches.")
            validation_data, validation_steps = _in_steps(validation_data, old.pop("nb_val_samples"))
        _check_nothing_left("fit_generator", old)
        return self.fit(
            generator, steps_per_epoch=steps_per_epoch, epochs=epochs, verbose=verbose, callbacks=callbacks,
            validation_data=validation_data, validation_steps=validation_steps, validation_freq=validation_freq,
            class_weight=class_weight, shuffle=shuffle, initial_epoch=initial_epoch,
        )  # fmt: skip

    def evaluate_generator(
        self: Any, generator: Any, steps: int | None = None, callbacks: Any = None, verbose: Any = 0, **old: Any
    ) -> Any:
        """Keras 2's `evaluate` on batches, with `val_samples` of Keras 1."""
        warn_once("evaluate_generator", "evaluate_generator is a method of Keras 1 and 2; evaluate() takes generators.")
        generator, steps = _limit("evaluate_generator", generator, steps, old)
        return self.evaluate(generator, steps=steps, callbacks=callbacks, verbose=verbose)

    def predict_generator(
        self: Any, generator: Any, steps: int | None = None, callbacks: Any = None, verbose: Any = 0, **old: Any
    ) -> Any:
        """Keras 2's `predict` on batches, with `val_samples` of Keras 1."""
        warn_once("predict_generator", "predict_generator is a method of Keras 1 and 2; predict() takes generators.")
        generator, steps = _limit("predict_generator", generator, steps, old)
        return self.predict(generator, steps=steps, callbacks=callbacks, verbose=verbose)

    def predict_classes(self: Any, x: Any, batch_size: int | None = None, verbose: Any = 0) -> np.ndarray:
        """The class of each sample: the place of the highest output, or whether a single output is above 0.5."""
        warn_once(
            "predict_classes",
            "predict_classes is a method of Keras 1 and 2; write np.argmax(model.predict(x), axis=-1), or "
            "model.predict(x) > 0.5 for one output unit.",
        )
        outputs = self.predict(x, batch_size=batch_size, verbose=verbose)
        return np.argmax(outputs, axis=-1) if outputs.shape[-1] > 1 else (outputs > 0.5).astype("int32")

    def predict_proba(self: Any, x: Any, batch_size: int | None = None, verbose: Any = 0) -> np.ndarray:
        """`predict`, which gives probabilities if the last layer does."""
        warn_once("predict_proba", "predict_proba is a method of Keras 1 and 2; write predict().")
        return self.predict(x, batch_size=batch_size, verbose=verbose)


def _limit(where: str, generator: Any, steps: int | None, old: dict[str, Any]) -> tuple[Any, int | None]:
    if "val_samples" in old:
        warn_once(f"{where}.val_samples", f"{where}(val_samples=) counts samples; steps= counts batches.")
        generator, steps = _in_steps(generator, old.pop("val_samples"))
    _check_nothing_left(where, old)
    return generator, steps


def _check_nothing_left(where: str, old: dict[str, Any]) -> None:
    for name in _WORKERS:
        old.pop(name, None)
    if old:
        raise TypeError(f"{where}: unexpected arguments {sorted(old)}.")


def _in_steps(batches: Any, samples: int) -> tuple[Any, int | None]:
    """The batches, and how many of them hold that many samples, by the size of the first; arrays are used whole."""
    if batches is None or isinstance(batches, (tuple, list, np.ndarray)):
        return batches, None
    iterator = iter(batches)
    first = next(iterator, None)
    if first is None:
        raise ValueError("The generator gave no batch at all.")
    size = len(tree.flatten(first)[0])
    return (itertools.chain([first], iterator) if iterator is batches else batches), math.ceil(samples / size)
