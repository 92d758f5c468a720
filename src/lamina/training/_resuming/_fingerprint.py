"""What must be the same for a state to be taken up: the model, the optimizer, the batch size, the length of the data."""

from typing import Any

_SIMPLE = (str, int, float, bool, type(None))


def fingerprint(model: Any, source: Any, validation: Any, steps_per_epoch: int | None) -> dict[str, Any]:
    """Values that tell one training from another, by what they are called in an error."""
    layers = model._flatten_layers()
    return {
        "layers": [type(layer).__name__ for layer in layers],
        "layers' arguments": [argument for layer in layers for argument in _arguments(layer)],
        "optimizer": type(model.optimizer).__name__,
        **_data(source),
        "validation data": None if validation is None else _data(validation),
        "steps_per_epoch": steps_per_epoch,
        "steps_per_execution": model.steps_per_execution,
    }


def _data(source: Any) -> dict[str, Any]:
    return {
        "kind of data": type(source).__name__,
        "samples": getattr(source, "size", None),
        "batch_size": getattr(source, "batch_size", None),
        "batches": source.num_batches,
        "shuffle": source.shuffle if isinstance(source.shuffle, str) else bool(source.shuffle),
    }


def _arguments(layer: Any) -> list[str]:
    """The plain arguments in a layer's config, but for names and seeds, which each process may count or draw anew."""
    try:
        config = layer.get_config()
    except Exception:  # a layer of the user's that has none
        config = {}
    kept = {k: v for k, v in config.items() if k not in ("name", "seed") and isinstance(v, _SIMPLE)}
    return [f"{type(layer).__name__}({k}={v!r})" for k, v in kept.items()]


def difference(saved: dict[str, Any], now: dict[str, Any]) -> str | None:
    """The first difference in words; None if there is none."""
    for name, value in now.items():
        if saved.get(name) != value:
            return f"{name}: {_shown(saved.get(name), value)}"
    return None


def _shown(saved: Any, now: Any) -> str:
    if isinstance(saved, list) and isinstance(now, list):
        if len(saved) != len(now):
            return f"{len(saved)} in the state, {len(now)} now"
        place = next(i for i, (a, b) in enumerate(zip(saved, now)) if a != b)
        return f"{saved[place]} in the state, {now[place]} now"
    return f"{saved!r} in the state, {now!r} now"
