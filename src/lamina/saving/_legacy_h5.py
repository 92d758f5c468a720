"""HDF5 files as Keras 1 and 2 wrote them: a group for every layer, arrays by the names of the weights."""

import io
import json
import warnings
from typing import Any

import numpy as np

from lamina.variables import deserialize_keras_object, serialize_keras_object

from ._errors import ModelFileError
from ._h5 import Reader, put
from ._keras_file import FORMAT_VERSION, prepare_optimizer


def legacy_bytes(model: Any, whole: bool) -> bytes:
    """The file of the weights, or of the whole model with its config."""
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        root = file
        if whole:
            file.attrs["keras_version"] = FORMAT_VERSION
            file.attrs["backend"] = "lamina"
            config = serialize_keras_object(model)
            file.attrs["model_config"] = json.dumps({"class_name": config["class_name"], "config": config["config"]})
            compile_config = config.get("compile_config")
            if compile_config:
                training = {k: v for k, v in compile_config.items() if k != "optimizer"}
                training["optimizer_config"] = compile_config.get("optimizer")
                file.attrs["training_config"] = json.dumps(training)
            root = file.create_group("model_weights")
        root.attrs["keras_version"] = FORMAT_VERSION
        root.attrs["backend"] = "lamina"
        root.attrs["layer_names"] = np.array([layer.name.encode() for layer in model.layers], dtype="S")
        for layer in model.layers:
            group = root.create_group(layer.name)
            _write_group(group, _in_legacy_order(layer))
        _write_group(root.create_group("top_level_model_weights"), model._own_variables)
    return buffer.getvalue()


def _write_group(group: Any, variables: list[Any]) -> None:
    names: list[str] = []
    for variable in variables:
        name = variable.path
        while name in names:
            name += "_1"
        names.append(name)
        put(group, name, variable.numpy())
    group.attrs["weight_names"] = np.array([n.encode() for n in names], dtype="S") if names else np.zeros(0)


def _in_legacy_order(layer: Any) -> list[Any]:
    """Trainable weights first, as those files have them."""
    weights = layer.weights
    return [w for w in weights if w.trainable] + [w for w in weights if not w.trainable]


def read_legacy_model(path: str, custom_objects: Any, compile: bool) -> Any:
    """The model in a whole-model `.h5` file."""
    with Reader(path, path) as reader:
        text = reader.attribute(reader.file, "model_config")
        if text is None:
            raise ModelFileError(path, "model_config", "missing: the file holds weights only; use load_weights().")
        config = _json(reader, text, "model_config")
        training = reader.attribute(reader.file, "training_config")
        training = _json(reader, training, "training_config") if training is not None and compile else None
    if config.get("class_name") == "Model":
        config["class_name"] = "Functional"
    config.setdefault("registered_name", None)
    config["module"] = "keras"
    if config["class_name"] == "Functional":
        config["module"] = "keras.src.models.functional"
        for key in ("input_layers", "output_layers"):  # Keras 2 put a single tensor in a list
            ends = (config.get("config") or {}).get(key)
            if isinstance(ends, list) and len(ends) == 1 and isinstance(ends[0], list):
                config["config"][key] = ends[0]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # an old file may use old spellings
            model = deserialize_keras_object(config, custom_objects=custom_objects)
            if training:
                optimizer = _optimizer_config(training.pop("optimizer_config", None))
                model.compile_from_config({**training, "optimizer": optimizer})
                prepare_optimizer(model)
    except (ValueError, TypeError, KeyError, AttributeError, IndexError) as error:
        raise ModelFileError(path, "model_config", str(error)) from error
    read_legacy_weights(model, path)
    return model


def _optimizer_config(config: Any) -> Any:
    if isinstance(config, dict) and "module" not in config:
        config = {"module": "keras.optimizers", "registered_name": None, **config}
    return config


def _json(reader: Reader, text: Any, name: str) -> Any:
    try:
        found = json.loads(text)
    except (json.JSONDecodeError, TypeError, UnicodeDecodeError) as error:
        raise reader.bad(f"not valid JSON ({error}).", name) from None
    if not isinstance(found, dict):
        raise reader.bad("must be an object.", name)
    return found


def is_legacy(path: str) -> bool:
    """Whether an HDF5 file has the old layout."""
    with Reader(path, path) as reader:
        return "layer_names" in reader.file.attrs or "model_weights" in reader.file


def read_legacy_weights(model: Any, path: str, skip_mismatch: bool = False, by_name: bool = False) -> None:
    """Takes the weights from a file of the old layout, layer by layer in order (or by name)."""
    with Reader(path, path) as reader:
        place = "model_weights" if "model_weights" in reader.file else ""
        root = reader.group(place)
        stored = [
            (name, arrays) for name in _names(reader, root, "layer_names") if (arrays := _arrays(reader, root, name))
        ]
        layers = [layer for layer in model.layers if layer.weights]
        if by_name:
            known = dict(stored)
            pairs = [(layer, layer.name, known[layer.name]) for layer in layers if layer.name in known]
        else:
            if len(stored) != len(layers):
                raise reader.bad(
                    f"holds {len(stored)} layers with weights; the model has {len(layers)}.", place or None
                )
            pairs = [(layer, name, arrays) for layer, (name, arrays) in zip(layers, stored)]
        for layer, name, arrays in pairs:
            _assign(reader, layer, name, arrays, skip_mismatch)


def _assign(reader: Reader, layer: Any, name: str, arrays: list[Any], skip_mismatch: bool) -> None:
    variables = _in_legacy_order(layer)
    shapes = [tuple(a.shape) for a in arrays]
    if shapes != [tuple(v.shape) for v in variables]:
        error = reader.bad(
            f"the weights of layer {layer.name!r} have shapes {[tuple(v.shape) for v in variables]}; the file holds {shapes}.",
            name,
        )
        if not skip_mismatch:
            raise error
        warnings.warn(f"Left out: {error}", stacklevel=5)
        return
    for variable, array in zip(variables, arrays):
        variable.assign(np.asarray(array))


def _names(reader: Reader, group: Any, attribute: str) -> list[str]:
    found = reader.attribute(group, attribute)
    if found is None:
        raise reader.bad(f"has no attribute {attribute!r}; it is no file of weights.")
    return [n.decode("utf-8") if isinstance(n, bytes) else str(n) for n in np.asarray(found).ravel()]


def _arrays(reader: Reader, root: Any, name: str) -> list[Any]:
    group = reader.follow(name, root)
    if group is None:
        raise reader.bad("missing.", name)
    arrays = []
    for weight in _names(reader, group, "weight_names"):
        found = reader.follow(weight, group)
        if found is None:
            raise reader.bad(f"holds no array {weight!r}.", name)
        arrays.append(reader.array(found, f"{name}/{weight}"))
    return arrays
