"""HDF5 files as Keras 1 and 2 wrote them: a group for every layer, arrays by the names of the weights."""

import io
import json
import math
import os
import warnings
from typing import Any

import numpy as np

from lamina import losses
from lamina.variables import CustomObjectScope, FromFile, ObjectSharingScope, deserialize_keras_object, serialize_shared

from ._errors import MALFORMED, ModelFileError, told
from ._h5 import Reader, put
from ._json import parse_json
from ._keras_file import FORMAT_VERSION, prepare_optimizer
from ._legacy_optimizer import Part, take_state
from ._old_config import modern, modern_compile

# What HDF5 keeps in one attribute; longer lists of names go into several, numbered.
_LARGEST_ATTRIBUTE = 64512
# The group of the weights that the model itself holds, outside its layers.
_TOP = "top_level_model_weights"


def legacy_bytes(model: Any, whole: bool, include_optimizer: bool = True) -> bytes:
    """The file of the weights, or of the whole model with its config."""
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        root = file
        if whole:
            file.attrs["keras_version"] = FORMAT_VERSION
            file.attrs["backend"] = "lamina"
            config = serialize_shared(model)
            file.attrs["model_config"] = json.dumps({"class_name": config["class_name"], "config": config["config"]})
            compile_config = config.get("compile_config")
            if compile_config and include_optimizer:
                training = {k: v for k, v in compile_config.items() if k != "optimizer"}
                training["loss"] = _full_names(training["loss"])
                training["optimizer_config"] = compile_config.get("optimizer")
                file.attrs["training_config"] = json.dumps(training)
                if model.optimizer.built:
                    _write_group(file.create_group("optimizer_weights"), model.optimizer.variables)
            root = file.create_group("model_weights")
        root.attrs["keras_version"] = FORMAT_VERSION
        root.attrs["backend"] = "lamina"
        _write_names(root, "layer_names", [layer.name for layer in model.layers])
        for layer in model.layers:
            group = root.create_group(layer.name)
            _write_group(group, _in_legacy_order(layer))
        _write_group(root.create_group(_TOP), model._own_variables)
    return buffer.getvalue()


def _full_names(loss: Any) -> Any:
    """Keras reads losses from these files by their full names only: mean_squared_error for mse."""
    if isinstance(loss, str):
        return getattr(losses.get(loss), "__name__", loss)
    if isinstance(loss, list):
        return [_full_names(part) for part in loss]
    if isinstance(loss, dict) and "class_name" not in loss:
        return {key: _full_names(part) for key, part in loss.items()}
    return loss


def _write_group(group: Any, variables: list[Any]) -> None:
    names: list[str] = []
    for variable in variables:
        name = variable.path
        while name in names:
            name += "_1"
        names.append(name)
        put(group, name, variable.numpy())
    _write_names(group, "weight_names", names)


def _write_names(group: Any, attribute: str, names: list[str]) -> None:
    array = np.array([name.encode() for name in names], dtype="S") if names else np.zeros(0)
    parts = np.array_split(array, math.ceil(array.nbytes / _LARGEST_ATTRIBUTE) or 1)
    for i, part in enumerate(parts):
        group.attrs[attribute if len(parts) == 1 else f"{attribute}{i}"] = part


def _in_legacy_order(layer: Any) -> list[Any]:
    """All weights, trainable ones first, as those files have them; a class may say itself which are."""
    weights = [*layer.trainable_weights, *layer.non_trainable_weights, *layer.weights]
    return list({id(w): w for w in weights}.values())


def read_legacy_model(path: str, custom_objects: Any, compile: bool) -> Any:
    """The model in a whole-model `.h5` file."""
    with Reader(path, path) as reader:
        text = reader.attribute(reader.file, "model_config")
        if text is None:
            raise ModelFileError(path, "model_config", "missing: the file holds weights only; use load_weights().")
        config = _json(reader, text, "model_config")
        if "class_name" not in config or not isinstance(config.get("config"), (dict, list)):
            raise reader.bad("does not describe a model: it must have a class_name and a config.", "model_config")
        training = reader.attribute(reader.file, "training_config")
        training = _json(reader, training, "training_config") if training is not None and compile else None
        version = str(reader.attribute(reader.file, "keras_version")).lstrip("b'")
        is_first, is_today = version.startswith("1."), version.startswith("3.")
    try:
        config = {"registered_name": None, **(config if is_today else modern(config)), "module": "keras"}
    except MALFORMED as error:
        raise ModelFileError(path, "model_config", told(error)) from error
    if config["class_name"] == "Functional":
        config["module"] = "keras.src.models.functional"
        for key in ("input_layers", "output_layers"):  # Keras 2 put a single tensor in a list
            ends = config["config"].get(key) if isinstance(config["config"], dict) else None
            if isinstance(ends, list) and len(ends) == 1 and isinstance(ends[0], list):
                config["config"][key] = ends[0]
    try:
        with (
            warnings.catch_warnings(),
            ObjectSharingScope(),
            CustomObjectScope(custom_objects),
            FromFile(os.path.getsize(path)),
        ):
            warnings.simplefilter("ignore", DeprecationWarning)  # an old file may use old spellings
            model = deserialize_keras_object(config)
            if training:
                training["optimizer"] = training.pop("optimizer_config", None)
                by_weight = "Custom>" in str(training["optimizer"])  # as 2.11 to 2.15 wrote
                model.compile_from_config(modern_compile(training))
                prepare_optimizer(model)
    except MALFORMED as error:
        raise ModelFileError(path, "model_config", told(error)) from error
    parts = read_legacy_weights(model, path)
    if training and model.optimizer is not None:
        _read_optimizer(model.optimizer, path, parts if is_first else None, by_weight)
    return model


def _read_optimizer(optimizer: Any, path: str, parts: list[Part] | None, by_weight: bool) -> None:
    """Takes up the optimizer's state, if the file holds it."""
    with Reader(path, path) as reader:
        if reader.group("optimizer_weights") is None:
            return
        arrays = list(_arrays(reader, reader.file, "optimizer_weights").values())
        if not take_state(optimizer, arrays, parts, by_weight):
            optimizer.load_own_variables({str(i): array for i, array in enumerate(arrays)})


def _json(reader: Reader, text: Any, name: str) -> Any:
    if not isinstance(text, (str, bytes)):
        raise reader.bad("must be a JSON text.", name)
    try:
        found = parse_json(text)
    except ValueError as error:
        raise reader.bad(f"{error}.", name) from None
    if not isinstance(found, dict):
        raise reader.bad("must be an object.", name)
    return found


def is_legacy(path: str) -> bool:
    """Whether an HDF5 file has the old layout."""
    with Reader(path, path) as reader:
        names = ("layer_names", "layer_names0")
        return any(name in reader.file.attrs for name in names) or "model_weights" in reader.file


def read_legacy_weights(model: Any, path: str, skip_mismatch: bool = False, by_name: bool = False) -> list[Part]:
    """Takes the weights from a file of the old layout, layer by layer in order (or by name); gives where each came from."""
    parts: list[Part] = []
    with Reader(path, path) as reader:
        place = "model_weights" if "model_weights" in reader.file else ""
        root = reader.group(place)
        stored = [
            (name, arrays) for name in _names(reader, root, "layer_names") if (arrays := _arrays(reader, root, name))
        ]
        layers = [layer for layer in model.layers if _in_legacy_order(layer)]
        if by_name:
            known = dict(stored)
            pairs = [(layer, layer.name, known[layer.name]) for layer in layers if layer.name in known]
            if not pairs:
                warnings.warn(
                    f"{path}: no layer of {model.name!r} has a name of the file; nothing is loaded.", stacklevel=4
                )
        else:
            if len(stored) != len(layers):
                raise reader.bad(
                    f"holds {len(stored)} layers with weights; the model has {len(layers)}.", place or None
                )
            pairs = [(layer, name, arrays) for layer, (name, arrays) in zip(layers, stored)]
        for layer, name, arrays in pairs:
            parts += _assign(reader, layer.name, _in_legacy_order(layer), name, arrays, skip_mismatch)
        if _TOP in root and not by_name:
            _assign(reader, model.name, model._own_variables, _TOP, _arrays(reader, root, _TOP), skip_mismatch)
    return parts


def _assign(
    reader: Reader, owner: str, variables: list[Any], name: str, arrays: dict[str, Any], skip_mismatch: bool
) -> list[Part]:
    names, values = list(arrays), list(arrays.values())
    own = {v.path: v for v in variables}
    if len(own) == len(names) and set(own) == set(names):
        # The order depends on what is trainable; where the names are the same, they tell.
        variables = [own[name] for name in names]
    gates = _gates(len(variables), values)
    if gates is not None:
        parts = [(names[place], v, gate) for v, places in zip(variables, gates) for gate, place in enumerate(places)]
        values = [np.concatenate([np.asarray(values[place]) for place in places], axis=-1) for places in gates]
    else:
        parts = [(name, variable, 0) for name, variable in zip(names, variables)]
    shapes = [tuple(a.shape) for a in values]
    if shapes != [tuple(v.shape) for v in variables]:
        error = reader.bad(
            f"the weights of {owner!r} have shapes {[tuple(v.shape) for v in variables]}; the file holds {shapes}.",
            name,
        )
        if not skip_mismatch:
            raise error
        warnings.warn(f"Left out: {error}", stacklevel=5)
        return []
    for variable, array in zip(variables, values):
        variable.assign(np.asarray(array))
    return parts


def _gates(count: int, values: list[Any]) -> list[list[int]] | None:
    """Which arrays make kernel, recurrent kernel and bias of an LSTM or GRU of Keras 1, which kept each gate apart."""
    order = {12: (0, 2, 1, 3), 9: (0, 1, 2)}.get(len(values))  # input, forget, cell, output; it had cell before forget
    if count != 3 or order is None or [len(a.shape) for a in values] != [2, 2, 1] * len(order):
        return None
    return [[3 * gate + kind for gate in order] for kind in range(3)]


def _names(reader: Reader, group: Any, attribute: str) -> list[str]:
    parts = [reader.attribute(group, attribute)]
    if parts[0] is None:
        parts = []
        while (part := reader.attribute(group, f"{attribute}{len(parts)}")) is not None:
            parts.append(part)
    if not parts:
        raise reader.bad(f"has no attribute {attribute!r}; it is no file of weights.")
    found = [n for part in parts for n in np.asarray(part).ravel()]
    try:
        names = [n.decode("utf-8") if isinstance(n, bytes) else str(n) for n in found]
        " ".join(names).encode("utf-8")  # HDF5 gives bytes that are no text as lone surrogates
    except UnicodeError:
        raise reader.bad(f"the attribute {attribute!r} holds names that are no text.") from None
    return names


def _arrays(reader: Reader, root: Any, name: str) -> dict[str, Any]:
    """The arrays of a group by the names of the weights, in order."""
    group = reader.follow(name, root)
    if group is None:
        raise reader.bad("missing.", name)
    arrays = {}
    for weight in _names(reader, group, "weight_names"):
        found = reader.follow(weight, group)
        if found is None:
            raise reader.bad(f"holds no array {weight!r}.", name)
        arrays[weight] = reader.array(found, f"{name}/{weight}")
    return arrays
