"""Models and weights to files and back."""

import os
from typing import Any

from lamina._checks import check_positive
from lamina._interrupts import InterruptedOnce
from lamina._public import public

from ._errors import MissingModelFileError, ModelFileError
from ._flat_weights import FLAT, READERS, WRITERS, ending_of, table_of
from ._from_torch import take_mapped
from ._hub import fetched_weights, load_from_hub, save_to_hub
from ._hub_files import is_on_hub
from ._keras_file import read_keras_file, read_weights_of, write_keras_file
from ._legacy_h5 import is_legacy, legacy_bytes, read_legacy_model, read_legacy_weights
from ._shards import MAP, write_shards
from ._weights import read_shards, read_table, read_weights, weights_bytes
from ._writer import check_target, write_bytes

_OLD = (".h5", ".hdf5")


@public("saving.save_model", "models.save_model")
def save_model(model: Any, filepath: Any, overwrite: bool = True, zipped: bool | None = None, **kwargs: Any) -> None:
    """Writes a model to a file: architecture, weights, compilation and the optimizer's state.

    Args:
        model: the model.
        filepath: path that ends in `.keras` (or `.h5`, for the format of Keras 2); `hf://user/name` is a repository of the
            Hugging Face hub (see `push_to_hub`).
        overwrite: whether a file of that name may be replaced.
        zipped: must be None or True.
        kwargs: `include_optimizer=False` leaves out how the model is compiled, and the optimizer's state.
    Example:
        >>> model = Sequential([Input((2,)), layers.Dense(3)])
        >>> models.save_model(model, "net.keras")
        >>> models.load_model("net.keras").output_shape
        (None, 3)
    """
    include_optimizer = kwargs.pop("include_optimizer", True)
    _check_format(kwargs.pop("save_format", None), filepath, "save_model")
    if kwargs:
        raise ValueError(f"save_model: unknown argument(s) {sorted(kwargs)}.")
    path = _path(filepath, "save_model")
    if is_on_hub(path):
        save_to_hub(model, path, include_optimizer)
        return
    if zipped is False:
        raise ValueError("save_model: zipped=False is not supported; a .keras file is a zip.")
    if not path.endswith((".keras", *_OLD)):
        raise ValueError(f"save_model: the file name must end in .keras; got {path!r}.")
    check_target(path, overwrite)
    with InterruptedOnce():
        if path.endswith(_OLD):
            write_bytes(path, legacy_bytes(model, whole=True, include_optimizer=include_optimizer))
        else:
            write_keras_file(model, path, include_optimizer)


@public("saving.load_model", "models.load_model")
def load_model(filepath: Any, custom_objects: Any = None, compile: bool = True, safe_mode: bool = True) -> Any:
    """The model in a file written by `save_model`, here or by Keras.

    A file is data: no code in it is run, nothing it names is imported.

    Args:
        filepath: path of a `.keras` or whole-model `.h5` file, or `hf://user/name` for a repository of the Hugging Face hub (see
            `from_hub`), with `@revision` or `/file.keras` behind it.
        custom_objects: dict[str, Any] from name to class or function of your own, for those that are not registered.
        compile: whether the model is compiled as it was.
        safe_mode: in either case no code from a file is run; accepted for Keras's sake.

    Raises: ModelFileError, with file, member and reason, if the file cannot be used.
    Example:
        >>> model = Sequential([Input((2,)), layers.Dense(3)])
        >>> model.save("net.keras")
        >>> again = models.load_model("net.keras")
        >>> bool((again(np.ones((1, 2))) == model(np.ones((1, 2)))).all())
        True
    """
    if is_on_hub(_path(filepath, "load_model")):
        return load_from_hub(_path(filepath, "load_model"), custom_objects, compile, safe_mode)
    path = _existing(filepath, "load_model")
    if path.endswith(_OLD):
        return read_legacy_model(path, custom_objects, compile)
    return read_keras_file(path, custom_objects, compile, safe_mode)


@public("saving.save_weights")
def save_weights(model: Any, filepath: Any, overwrite: bool = True, max_shard_size: Any = None, **kwargs: Any) -> None:
    """Writes the state of a model to a file.

    Args:
        model: the model, built.
        filepath: path that ends in `.weights.h5`; one that ends in `.h5` alone gives the layout of Keras 2, `.npz` and
            `.safetensors` (extra `hub`) a flat table of the weights without the optimizer's state.
        overwrite: whether a file of that name may be replaced.
        max_shard_size: gigabytes that a file may have; the weights then go to several, named in `<name>.weights.json`, which is
            written last: whenever a save is broken off, the weights there are the old ones or the new ones.
    Example:
        >>> model = Sequential([Input((2,)), layers.Dense(3)])
        >>> saving.save_weights(model, "net.weights.h5")
        >>> saving.load_weights(model, "net.weights.h5")
    """
    _check_format(kwargs.pop("save_format", None), filepath, "save_weights")
    if kwargs:
        raise ValueError(f"save_weights: unknown argument(s) {sorted(kwargs)}.")
    path = _path(filepath, "save_weights")
    if max_shard_size is not None or path.endswith(MAP):
        _save_shards(model, path, overwrite, max_shard_size)
        return
    if not path.endswith((*_OLD, *FLAT)):
        raise ValueError(f"save_weights: the file name must end in .weights.h5, .npz or .safetensors; got {path!r}.")
    if not model.built:
        raise ValueError(f"save_weights: {model.name!r} has no weights yet: build it or call it on data first.")
    check_target(path, overwrite)
    with InterruptedOnce():
        if path.endswith(FLAT):
            content = WRITERS[ending_of(path)](table_of(model))
        else:
            content = weights_bytes(model) if path.endswith(".weights.h5") else legacy_bytes(model, whole=False)
        write_bytes(path, content)


def _save_shards(model: Any, path: str, overwrite: bool, max_shard_size: Any) -> None:
    check_positive(max_shard_size, "max_shard_size", "save_weights")
    if path.endswith(".weights.h5"):
        path = path.removesuffix(".weights.h5") + MAP
    if not path.endswith(MAP):
        raise ValueError(f"save_weights: with max_shard_size the file name must end in {MAP}; got {path!r}.")
    if not model.built:
        raise ValueError(f"save_weights: {model.name!r} has no weights yet: build it or call it on data first.")
    target = check_target(path, overwrite)
    with InterruptedOnce():
        write_shards(model, target, max_shard_size)


@public("saving.load_weights")
def load_weights(model: Any, filepath: Any, skip_mismatch: bool = False, **kwargs: Any) -> None:
    """Takes the weights of a model from a file: `.weights.h5`, the `.weights.json` of several, `.keras`, `.npz`, `.safetensors`,
    or an old `.h5`.

    Args:
        model: the model, built.
        filepath: path of the file, or `hf://user/name/file` for one of the Hugging Face hub.
        skip_mismatch: whether parts whose weights do not fit are left out, with a warning.
        kwargs: `by_name=True` pairs layers by name, in files of the old .h5 layout; `objects_to_skip=[...]` are layers that
            keep their weights, with files of the new layout. `mapping={"dense/kernel": "fc.weight", ...}` reads a `state_dict` of
            PyTorch from an .npz or .safetensors file: a dict, or a function, from the path of each weight to the name of its
            tensor (or a list of names, whose sum it is); kernels are turned, as they have the outputs first there.

    Raises: ModelFileError, with file, member and reason, if the file cannot be used.
    Example:
        >>> model = Sequential([Input((2,)), layers.Dense(3)])
        >>> model.save_weights("net.weights.h5")
        >>> saving.load_weights(model, "net.weights.h5")
    """
    by_name = kwargs.pop("by_name", False)
    skip = kwargs.pop("objects_to_skip", None) or ()
    mapping = kwargs.pop("mapping", None)
    if kwargs:
        raise ValueError(f"load_weights: unknown argument(s) {sorted(kwargs)}.")
    path = _path(filepath, "load_weights")
    if not model.built:
        raise ValueError(f"load_weights: {model.name!r} has no weights yet: build it or call it on data first.")
    path = fetched_weights(path) if is_on_hub(path) else _existing(path, "load_weights")
    if mapping is not None and not path.endswith(FLAT):
        raise ValueError("load_weights: mapping= works for .npz and .safetensors files.")
    if path.endswith(MAP):
        read_shards(model, path, skip_mismatch, skip)
    elif path.endswith(FLAT):
        table = READERS[ending_of(path)](path)
        if mapping is not None:
            take_mapped(model, table, mapping, path)
        else:
            read_table(model, table, path, skip_mismatch, skip)
    elif path.endswith(".keras"):
        read_weights_of(model, path, skip_mismatch, skip)
    elif not path.endswith(_OLD):
        raise ValueError(
            f"load_weights: the file name must end in .weights.h5, .keras, .h5, .npz or .safetensors; got {path!r}."
        )
    elif is_legacy(path):
        if skip:
            raise ValueError("load_weights: objects_to_skip does not work for files of the old .h5 layout.")
        read_legacy_weights(model, path, skip_mismatch, by_name)
    elif by_name:
        raise ValueError("load_weights: by_name=True works for files of the old .h5 layout only.")
    else:
        read_weights(model, path, path, skip_mismatch=skip_mismatch, skip=skip)


def _check_format(save_format: Any, filepath: Any, where: str) -> None:
    """`save_format=` of Keras 2 must say what the ending of the file name says."""
    endings = {None: "", "h5": _OLD, "hdf5": _OLD, "keras": ".keras", "keras_v3": ".keras"}
    if save_format not in endings or not _path(filepath, where).endswith(endings[save_format]):
        raise ValueError(
            f"{where}: save_format={save_format!r} does not fit the file name {str(filepath)!r}. The ending alone tells the "
            "format: .keras, or .h5 for that of Keras 2; leave save_format out."
        )


def _path(filepath: Any, where: str) -> str:
    try:
        return os.fspath(filepath)
    except TypeError:
        raise TypeError(f"{where}: filepath must be a path; got {filepath!r}.") from None


def _existing(filepath: Any, where: str) -> str:
    path = _path(filepath, where)
    if not os.path.exists(path):
        raise MissingModelFileError(path, None, "there is no such file.")
    if os.path.isdir(path):
        raise ModelFileError(path, None, "a folder, not a model file.")
    return path
