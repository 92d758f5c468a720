"""The table that `model.summary()` prints."""

import io
import math
import re
from collections.abc import Callable
from typing import Any

import numpy as np

from lamina import tree

_BITS = {"bool": 1, "float8_e4m3fn": 8, "float8_e5m2": 8, "bfloat16": 16}


def print_summary(
    model: Any,
    line_length: int | None = None,
    positions: list[float] | None = None,
    print_fn: Callable[..., Any] | None = None,
    expand_nested: bool = False,
    show_trainable: bool = False,
    layer_range: Any = None,
    memory: Any = None,
    batch_size: int = 0,
) -> None:
    """Prints the layers of a model, their output shapes and numbers of weights. The arguments are those of `summary`; `memory`
    is what a step with `batch_size` samples takes, as named tuple of bytes."""
    import rich.table  # loaded when a table is first asked for

    connected = hasattr(model, "_operations")
    columns = [("Layer (type)", "left"), ("Output Shape", "left"), ("Param #", "right")]
    shares = [0.45, 0.80, 1.0]
    if connected:
        columns.append(("Connected to", "left"))
        shares = [0.30, 0.60, 0.70, 1.0]
    if show_trainable:
        columns.append(("Trainable", "center"))
        shares = [s * 0.9 for s in shares[:-1]] + [shares[-1] * 0.9, 1.0]
    shares = positions or shares
    width = line_length or (100 if connected else 80 if not show_trainable else 90)
    ends = [int(width * s) for s in shares] if shares[-1] <= 1 else [int(s) for s in shares]
    table = rich.table.Table(width=ends[-1], show_lines=True)
    for (title, justify), start, end in zip(columns, [0, *ends], ends):
        table.add_column(title, justify=justify, width=max(end - start - 3, 4))  # type: ignore[arg-type]
    for row in _rows(model, expand_nested, layer_range, connected, show_trainable):
        table.add_row(*row)
    console = _console(print_fn, ends[-1] + 4)
    console.print(f'[bold]Model: "{_escape(model.name)}"[/bold]')
    console.print(table)
    for line in _totals(model):
        console.print(line)
    if memory is not None:
        console.print(_memory_line(memory, batch_size))
    if print_fn is not None:
        print_fn(console.file.getvalue())


def rows_of(model: Any) -> list[tuple[str, str, str, str]]:
    """Name, class, output shape and number of weights of each layer, as plain text."""
    found = []
    for layer in _layers_of(model):
        count = f"{count_params(layer.weights):,}" if hasattr(layer, "weights") else "0"
        shape = _shape_text(layer).replace("\\[", "[")
        found.append((layer.name, type(layer).__name__, shape, count if getattr(layer, "built", True) else "unbuilt"))
    return found


def _escape(text: str) -> str:
    import rich.markup

    return rich.markup.escape(text)


def _console(print_fn: Callable[..., Any] | None, width: int) -> Any:
    import rich.console

    if print_fn is None:
        console = rich.console.Console(highlight=False)
        return console if console.is_terminal else rich.console.Console(highlight=False, width=width, soft_wrap=False)
    return rich.console.Console(
        highlight=False, force_terminal=False, color_system=None, file=io.StringIO(), width=width
    )


def _shown(model: Any, layer_range: Any) -> list[Any]:
    layers = _layers_of(model)
    if layer_range is None:
        return layers
    if len(layer_range) != 2 or not all(isinstance(name, str) for name in layer_range):
        raise ValueError(f"summary: layer_range must be a pair of layer names; got {layer_range!r}.")
    first = [i for i, layer in enumerate(layers) if re.match(layer_range[0], layer.name)]
    last = [i for i, layer in enumerate(layers) if re.match(layer_range[1], layer.name)]
    if not first or not last:
        raise ValueError(f"summary: no layer matches {layer_range!r}; there are {[layer.name for layer in layers]}.")
    low, high = min(first[0], last[-1]), max(first[0], last[-1])
    return layers[low : high + 1]


def _layers_of(model: Any) -> list[Any]:
    if hasattr(model, "_operations"):
        return list(model._operations)
    return list(model.layers)


def _rows(
    model: Any, expand: bool, layer_range: Any, connected: bool, trainable: bool, indent: int = 0
) -> list[list[Any]]:
    rows = []
    for layer in _shown(model, layer_range):
        mark = "   " * (indent - 1) + " └ " if indent else ""
        name = _escape(f"{mark}{layer.name}")
        row = [f"{name} ([cyan]{type(layer).__name__}[/cyan])", _shape_text(layer), _count_text(layer)]
        if connected:
            row.append(_escape(_connections(layer, model)))
        if trainable:
            weights = getattr(layer, "weights", None)
            row.append(("[bold green]Y[/]" if layer.trainable else "[bold red]N[/]") if weights else "-")
        rows.append(row)
        if expand and hasattr(layer, "summary") and layer.layers:
            rows.extend(_rows(layer, expand, None, connected, trainable, indent + 1))
    return rows


def _shape_text(layer: Any) -> str:
    nodes = layer._inbound_nodes
    if nodes:
        shapes = {_shapes(node) for node in nodes}
        return _escape(shapes.pop() if len(shapes) == 1 else "multiple")
    config = getattr(layer, "_build_shapes_dict", None)
    if not getattr(layer, "built", True) or config is None:
        return "? (unbuilt)" if not getattr(layer, "built", True) else "?"
    try:
        shape = (
            layer.compute_output_shape(**config)
            if len(config) > 1
            else layer.compute_output_shape(next(iter(config.values())))
        )
    except (NotImplementedError, TypeError, ValueError):
        return "?"
    return _escape(_format_shapes(shape))


def _shapes(node: Any) -> str:
    return _format_shapes(tree.map_structure(lambda x: tuple(x.shape), node.outputs))


def _format_shapes(shapes: Any) -> str:
    if isinstance(shapes, dict):
        return ", ".join(f"{k}: {_format_shapes(v)}" for k, v in shapes.items())
    if isinstance(shapes, (list, tuple)) and any(isinstance(s, (list, tuple, dict)) for s in shapes):
        return ", ".join(_format_shapes(s) for s in shapes)
    return str(tuple(shapes))


def _count_text(layer: Any) -> str:
    if not hasattr(layer, "weights"):
        return "[green]0[/]"
    if not layer.built:
        return "[green]0[/] (unbuilt)"
    return f"[green]{count_params(layer.weights):,}[/]"


def _connections(layer: Any, model: Any) -> str:
    used = getattr(model, "_node_ids", None)
    sources = []
    for node in layer._inbound_nodes:
        if used is not None and id(node) not in used:
            continue
        for x in node.input_tensors:
            operation, node_index, tensor_index = x._keras_history
            sources.append(f"{operation.name}[{node_index}][{tensor_index}]")
    return ", ".join(sources) or "-"


def count_params(weights: list[Any]) -> int:
    return sum(math.prod(w.shape) for w in weights)


def memory_size(weights: list[Any]) -> str:
    """The bytes of the weights, in a unit that fits."""
    bits = 0
    for w in weights:
        name = str(w.dtype)
        bits += math.prod(w.shape) * (_BITS.get(name) or np.dtype(name).itemsize * 8)
    return in_units(bits / 8)


def _memory_line(memory: Any, batch_size: int) -> str:
    parts = ", ".join(
        f"{name} {in_units(size)}"
        for name, size in (
            ("weights, slots and metrics", memory.state),
            ("batch", memory.batch),
            ("buffers", memory.buffers),
            ("temporary", memory.passing),
        )
    )
    return f"[bold] Memory of a training step of {batch_size}: [/][green]{in_units(memory.peak)}[/] ({parts})"


def in_units(size: float) -> str:
    """A number of bytes, in a unit that fits."""
    for unit in ("B", "KB", "MB", "GB"):
        if size < 1024:
            return f"{size:.2f} {unit}"
        size /= 1024
    return f"{size:.2f} TB"


def _totals(model: Any) -> list[str]:
    def line(title: str, weights: list[Any]) -> str:
        return f"[bold] {title}: [/][green]{count_params(weights):,}[/] ({memory_size(weights)})"

    trainable, frozen = model.trainable_weights, model.non_trainable_weights
    optimizer = getattr(model, "optimizer", None) if getattr(model, "compiled", False) else None
    slots = [v for v in getattr(optimizer, "variables", []) if not any(v is w for w in model.weights)]
    lines = [line("Total params", model.weights + slots), line("Trainable params", trainable)]
    lines.append(line("Non-trainable params", frozen))
    return lines + ([line("Optimizer params", slots)] if slots else [])
