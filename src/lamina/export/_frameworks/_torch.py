"""Programs of PyTorch through `torch.export`."""

import io
from typing import Any

import numpy as np

from lamina import tree
from lamina._extras import require
from lamina.saving._writer import check_target, write_bytes

from .._check import check_written, sample_inputs
from .._errors import ExportError
from .._exported import Exported
from .._numpy._rules import index_item
from ._function import function_on, namespace_of

# What tensors of PyTorch do not have: the method astype, negative steps, the dtype of a number.
RULES = {
    "slice": lambda scope, call, ins: f"part({ins[0]}, [{', '.join(map(index_item, call.params['index']))}])",
    "softplus": lambda scope, call, ins: f"softplus({ins[0]})",
}


def cast(text: str, dtype: str) -> str:
    """An expression in another dtype."""
    return f"np.astype({text}, np.{dtype})"


def write_torch(exported: Exported, path: str, check: bool = True) -> list[str]:
    """Writes `path` (.pt2), which `torch.export.load` reads; returns it in a list.

    Its module takes the inputs in order, tensors of any batch size, and has the weights inside.

    check: whether what was written is read back and compared with the model first.
    Raises ImportError without torch; ExportError for strings, loops of open length, and what PyTorch cannot take down.
    """
    require("torch", "torch", "export(format='torch')")
    check_target(path, True)
    import torch

    content = io.BytesIO()
    torch.export.save(torch_export(exported), content)
    if check:
        check_bytes(exported, content.getvalue())
    write_bytes(path, content.getvalue())
    return [path]


def torch_export(exported: Exported) -> Any:
    """The function as a `torch.export.ExportedProgram`, the open sizes as `Dim`s."""
    import torch

    function = function_on(exported, "PyTorch", torch.tensor, namespace_of("_on_torch"), RULES, cast)

    class Exporting(torch.nn.Module):
        def forward(self, *inputs: Any) -> Any:
            return function(*inputs)

    axes = exported.program.axes
    dims = {symbol: torch.export.Dim(symbol) for symbol in axes.values()}
    shapes = tuple({a: dims[s] for (k, a), s in axes.items() if k == i} for i in range(len(exported.program.inputs)))
    examples = tuple(torch.as_tensor(x) for x in sample_inputs(exported, 7))
    try:
        return torch.export.export(Exporting(), examples, dynamic_shapes=(shapes,), strict=False)
    except Exception as error:
        raise ExportError(f"torch.export cannot take the model down: {str(error)[:600]}") from error


def check_bytes(exported: Exported, content: bytes) -> None:
    """Reads the program back and runs it beside the model."""
    import torch

    again = torch.export.load(io.BytesIO(content)).module()

    def run(inputs: list[np.ndarray]) -> list[Any]:
        return [x.detach().numpy() for x in tree.flatten(again(*map(torch.as_tensor, inputs)))]

    check_written(exported, run, "The PyTorch program")
