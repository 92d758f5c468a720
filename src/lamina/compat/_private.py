"""What packages take from Keras's private modules (`keras.src...`), made of public things."""

import functools
import os
import tempfile
from collections.abc import Callable
from typing import Any

from lamina import activations, saving
from lamina._names import NAMES
from lamina.variables import Variable

_MODEL, _WEIGHTS = "model.keras", "model.weights.h5"


def _written(write: Callable[[str], Any], target: Any, name: str) -> None:
    """Lets `write` make a file; where `target` is open already, its bytes go there."""
    if not hasattr(target, "write"):
        write(target)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        write(path)
        with open(path, "rb") as file:
            target.write(file.read())


def _read(read: Callable[[str], Any], source: Any, name: str) -> Any:
    if not hasattr(source, "read"):
        return read(source)
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, name)
        with open(path, "wb") as file:
            file.write(source.read())
        return read(path)


def save_model(model: Any, filepath: Any, weights_format: str = "h5", zipped: bool = True) -> None:
    """Writes a model to a path or an open binary file, such as `io.BytesIO`."""
    _written(lambda path: saving.save_model(model, path, zipped=zipped), filepath, _MODEL)


def load_model(filepath: Any, custom_objects: Any = None, compile: bool = True, safe_mode: bool = True) -> Any:
    """The model in a path or an open binary file."""
    return _read(
        lambda path: saving.load_model(path, custom_objects=custom_objects, compile=compile, safe_mode=safe_mode),
        filepath,
        _MODEL,
    )


def save_weights_only(model: Any, filepath: Any, **options: Any) -> None:
    """Writes a model's weights to a path or an open binary file."""
    _written(lambda path: saving.save_weights(model, path, **options), filepath, _WEIGHTS)


def load_weights_only(model: Any, filepath: Any, skip_mismatch: bool = False, **options: Any) -> None:
    """Takes a model's weights from a path or an open binary file."""
    _read(lambda path: saving.load_weights(model, path, skip_mismatch=skip_mismatch), filepath, _WEIGHTS)


def no_automatic_dependency_tracking(fn: Callable[..., Any]) -> Callable[..., Any]:
    """`fn` as a method in which what is set on a layer is not tracked as part of it."""

    @functools.wraps(fn)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
        before = list(getattr(self, "_entries", ()))
        result = fn(self, *args, **kwargs)
        if hasattr(self, "_entries"):
            self._entries[:] = before
        return result

    return wrapper


def _undecorated(path: Any, **options: Any) -> Callable[..., Any]:
    """`@keras_export(...)`: the thing as it is."""
    return lambda thing: thing


class _Activations(dict):
    """Name -> activation function. What is added can be named as an activation from then on."""

    def __setitem__(self, name: str, function: Any) -> None:
        super().__setitem__(name, function)
        saving.get_custom_objects()[name] = function


def _named_activations() -> dict[str, Any]:
    names = sorted(set(NAMES["activations"]) - {"get", "serialize", "deserialize"})
    return _Activations({name: getattr(activations, name) for name in names})


def standardize_shape(shape: Any) -> tuple[Any, ...]:
    """`shape` as a tuple of ints, None for sizes that are not known. Raises ValueError for anything else."""
    sizes = tuple(shape)
    for size in sizes:
        if size is not None and (not hasattr(size, "__index__") or size < 0):
            raise ValueError(f"A shape holds integers, zero or above, or None; got {sizes!r}.")
    return tuple(None if size is None else int(size) for size in sizes)


# Path inside keras.src -> name -> thing.
PRIVATE: dict[str, dict[str, Any]] = {
    "saving.saving_lib": {
        "save_model": save_model,
        "load_model": load_model,
        "save_weights_only": save_weights_only,
        "load_weights_only": load_weights_only,
    },
    "utils.tracking": {"no_automatic_dependency_tracking": no_automatic_dependency_tracking},
    "api_export": {"keras_export": _undecorated},
    "backend": {"standardize_shape": standardize_shape},
    "backend.common": {"standardize_shape": standardize_shape, "KerasVariable": Variable},
    "backend.common.variables": {"standardize_shape": standardize_shape, "KerasVariable": Variable},
    "activations": {
        "ALL_OBJECTS_DICT": _named_activations(),
        "ALL_OBJECTS": set(_named_activations().values()),
    },
}
