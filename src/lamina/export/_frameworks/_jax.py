"""StableHLO through `jax.export`."""

from typing import Any

import numpy as np

from lamina import tree
from lamina._extras import require
from lamina.saving._writer import check_target, write_bytes

from .._check import check_written
from .._errors import ExportError
from .._exported import Exported
from ._function import function_on, namespace_of


def write_jax(exported: Exported, path: str, check: bool = True, platforms: Any = None) -> list[str]:
    """Writes `path` (.jax), which `jax.export.deserialize` reads; returns it in a list.

    Its function takes the inputs in order, arrays of any batch size, and has the weights inside.

    Args:
        check: whether what was written is read back and compared with the model first.
        platforms: list[str] of "cpu", "cuda", "tpu", ...; default: what JAX uses here.
    Raises ImportError without jax; ExportError for strings and what JAX cannot do.
    """
    require("jax", "jax", "export(format='jax')")
    check_target(path, True)
    content = bytes(jax_export(exported, platforms).serialize())
    if check:
        check_bytes(exported, content)
    write_bytes(path, content)
    return [path]


def jax_export(exported: Exported, platforms: Any = None) -> Any:
    """The function as a `jax.export.Exported`, the open sizes as symbols."""
    import jax
    from jax import export, numpy

    with jax.enable_x64(True):
        function = function_on(exported, "JAX", numpy.asarray, namespace_of("_on_jax"))
    scope = export.SymbolicScope()
    axes, specs = exported.program.axes, []
    for i, v in enumerate(exported.program.inputs):
        text = ", ".join(axes.get((i, axis), str(size)) for axis, size in enumerate(v.shape))
        specs.append(jax.ShapeDtypeStruct(export.symbolic_shape(text, scope=scope), v.dtype))
    try:
        with jax.enable_x64(True):  # whole numbers of 64 bits inside stay so
            return export.export(jax.jit(function), platforms=platforms)(*specs)
    except Exception as error:
        raise ExportError(f"jax.export cannot take the model down: {str(error)[:600]}") from error


def check_bytes(exported: Exported, content: bytes) -> None:
    """Reads the program back and runs it beside the model."""
    import jax
    from jax import export

    again = export.deserialize(bytearray(content))

    def run(inputs: list[np.ndarray]) -> list[Any]:
        with jax.enable_x64(_is_wide(exported)):
            return tree.flatten(again.call(*inputs))

    check_written(exported, run, "The StableHLO program")


def _is_wide(exported: Exported) -> bool:
    """Whether 64 bits go in or come out."""
    return any(v.dtype.itemsize == 8 for v in (*exported.program.inputs, *exported.program.outputs))
