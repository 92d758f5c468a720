"""The formats, and the one function that writes them."""

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lamina._public import public
from lamina.engines import engine

from ._c._export import write_c
from ._elsewhere import export_elsewhere
from ._exported import Exported, exported_model
from ._frameworks._jax import write_jax
from ._frameworks._tensorflow import write_saved_model
from ._frameworks._torch import write_torch
from ._numpy._export import write_numpy
from ._onnx._export import write_onnx


@dataclass(frozen=True)
class Format:
    """`write(exported, path, **options)` gives the paths written; `suffix` ends the name of the (first) file."""

    write: Callable[..., list[str]]
    suffix: str
    options: tuple[str, ...] = ("check",)


FORMATS = {
    "c": Format(write_c, ".c"),
    "numpy": Format(write_numpy, ".py"),
    "onnx": Format(write_onnx, ".onnx"),
    "torch": Format(write_torch, ".pt2"),
    "tf_saved_model": Format(write_saved_model, ""),
    "jax": Format(write_jax, ".jax", ("check", "platforms")),
}


def format_named(name: str) -> Format:
    """The format of that name. Raises ValueError that lists them all."""
    if name not in FORMATS:
        raise ValueError(f"export: format must be one of {', '.join(map(repr, sorted(FORMATS)))}; got {name!r}.")
    return FORMATS[name]


def target_path(filepath: Any, suffix: str) -> str:
    """The path with the suffix of its format. Raises ValueError for another suffix."""
    path = os.fspath(filepath)
    given = os.path.splitext(path)[1]
    if suffix and not given:
        return path + suffix
    if suffix and given != suffix:
        raise ValueError(f"export: the file name must end in {suffix}; got {path!r}.")
    return path


def write_format(name: str, exported: Exported, path: str, options: dict[str, Any]) -> list[str]:
    """Writes in the format of that name. Raises ValueError for an option that it does not have."""
    chosen = format_named(name)
    unknown = sorted(set(options) - set(chosen.options))
    if unknown:
        raise ValueError(f"export: format {name!r} has no option {unknown[0]!r}; it has {', '.join(chosen.options)}.")
    return chosen.write(exported, path, **options)


@public("export.export_model")
def export_model(
    model: Any, filepath: Any, format: str = "tf_saved_model", verbose: bool | None = None, input_signature: Any = None,
    **kwargs: Any,
) -> list[str]:  # fmt: skip
    """Writes what a model predicts to files that run without lamina; `Model.export` calls it.

    Args:
        model: built; its call outside training is written.
        filepath: of the file, with the suffix of the format or none.
        format: "numpy" (a Python file and a `.npz` beside it, which need NumPy alone), "onnx" (opset 18), "c" (one file of C99
            for a batch of one), "jax" (StableHLO through `jax.export`), "torch" (`torch.export`), or "tf_saved_model" (a
            folder; needs TensorFlow and jax).
        verbose: whether the paths are printed.
        input_signature: what stands for the inputs, nested as they are: things with `shape` (None for an open size) and
            `dtype`, such as `layers.InputSpec`. Default: the inputs that the model was built with.
        kwargs: check=False leaves out the comparison of the file with the model before it is written; format "jax" also takes
            platforms.

    Returns: list[str], the paths written.
    Raises ExportError, naming the layer, for what a format cannot hold; ValueError for another format, suffix or option;
        ImportError, naming what to install.

    Example:
        >>> model = Sequential([Input((2,)), layers.Dense(3)])
        >>> lamina.export.export_model(model, "net", format="numpy")
        ['net.py', 'net.npz']
    """
    path = target_path(filepath, format_named(format).suffix)
    if engine.NAME != "native" and input_signature is None:
        paths = export_elsewhere(model, path, format, kwargs)
    else:
        paths = write_format(format, exported_model(model, input_signature), path, kwargs)
    if verbose:
        print(f"Wrote {', '.join(paths)}.")
    return paths
