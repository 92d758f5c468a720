"""Configs as Keras 1 and 2 wrote them, in the words of Keras 3. What layers understand themselves stays as it is."""

from typing import Any

from lamina import ops
from lamina.variables import register_keras_serializable

_GRAPHS = ("Sequential", "Functional")
# How the one layer of Keras 1 that joins is called now, by its mode.
_MERGES = {
    "sum": "Add",
    "mul": "Multiply",
    "ave": "Average",
    "max": "Maximum",
    "concat": "Concatenate",
    "dot": "Dot",
    "cos": "Dot",
}


@register_keras_serializable("lamina")
def old_hard_sigmoid(x: Any) -> Any:
    """The `hard_sigmoid` of Keras 1 and 2, by default in their LSTM and GRU up to 2.2; that of Keras 3 rises by 1/6 a unit."""
    return ops.clip(0.2 * x + 0.5, 0.0, 1.0)


def modern(entry: Any) -> Any:
    """The config of a layer or model, with all inside it."""
    if not isinstance(entry, dict) or "class_name" not in entry:
        return entry
    kind, config = entry["class_name"], entry.get("config")
    if kind == "Model":
        kind = "Functional"
    if kind == "Sequential" and isinstance(config, list):  # before 2.2.3
        config = {"name": entry.get("name", "sequential"), "layers": config}
    if isinstance(config, dict):
        kind, config = _modern_layer(kind, config)
    return {**entry, "class_name": kind, "config": config}


def _modern_layer(kind: str, config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    config = dict(config)
    if "input_dtype" in config:  # Keras 1
        config.setdefault("dtype", config.pop("input_dtype"))
    if kind == "InputLayer" and "batch_input_shape" in config:
        config["batch_shape"] = config.pop("batch_input_shape")
    if kind in ("LSTM", "GRU", "SimpleRNN") and "batch_input_shape" in config:  # Keras 1 said it twice
        config.pop("input_dim", None)
        config.pop("input_length", None)
    if config.pop("time_major", False):
        raise ValueError(f"{kind}: time_major=True is not supported; transpose the input.")
    if kind == "GRU":
        config.setdefault("reset_after", False)  # there was no other before 2.1
    for key in ("activation", "recurrent_activation", "inner_activation"):
        if config.get(key) == "hard_sigmoid":
            config[key] = "lamina>old_hard_sigmoid"
    if kind == "Merge":
        return _modern_merge(config)
    if "layer" in config:  # of wrappers
        config["layer"] = modern(config["layer"])
    if isinstance(config.get("layers"), list):
        layers = [modern(layer) for layer in config["layers"]]
        graphs = {
            layer.get("name") for layer in layers if isinstance(layer, dict) and layer.get("class_name") in _GRAPHS
        }
        config["layers"] = [_with_calls(layer, graphs) for layer in layers]
    return kind, config


def _modern_merge(config: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    mode = config.get("mode")
    if mode not in _MERGES:
        raise ValueError(f"Merge: the mode {mode!r} of Keras 1 is not supported; known are {sorted(_MERGES)}.")
    own: dict[str, Any] = {"name": config.get("name")}
    if mode == "concat":
        own["axis"] = config.get("concat_axis", -1)
    if mode in ("dot", "cos"):
        own |= {"axes": config.get("dot_axes", -1), "normalize": mode == "cos"}
    return _MERGES[mode], own


def _with_calls(layer: Any, graphs: set[Any]) -> Any:
    """The layer with its calls counted as now: models inside models had one more, that of their making."""
    if not isinstance(layer, dict) or not isinstance(layer.get("inbound_nodes"), list):
        return layer
    return {**layer, "inbound_nodes": [_with_addresses(node, graphs) for node in layer["inbound_nodes"]]}


def _with_addresses(node: Any, graphs: set[Any]) -> Any:
    if not isinstance(node, list) or not node:
        return node
    if isinstance(node[0], list):
        return [_with_addresses(address, graphs) for address in node]
    if len(node) >= 3 and isinstance(node[0], str) and node[0] in graphs and isinstance(node[1], int):
        return [node[0], max(node[1] - 1, 0), *node[2:]]
    return node


def modern_compile(config: Any) -> Any:
    """How a model was compiled."""
    if not isinstance(config, dict):
        return config
    kept = {key: value for key, value in config.items() if value is not None}
    return {**kept, "optimizer": _modern_optimizer(config.get("optimizer"))} if "optimizer" in config else kept


def _modern_optimizer(entry: Any) -> Any:
    if not isinstance(entry, dict) or not isinstance(entry.get("config"), dict):
        return entry
    name = str(entry.get("class_name")).removeprefix("Custom>")  # which 2.11 to 2.15 wrote
    given = {k: v for k, v in entry["config"].items() if k not in ("jit_compile", "is_legacy_optimizer")}
    if not given.get("decay"):
        given.pop("decay", None)
    module = entry.get("module") or "keras.optimizers"
    if module.startswith("keras.optimizers."):  # legacy, experimental
        module = "keras.optimizers"
    return {"module": module, "registered_name": None, **entry, "class_name": name, "config": given} | {
        "module": module
    }
