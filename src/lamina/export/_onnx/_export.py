"""Writes the file, after a look at it by onnx and, where it is installed, by onnxruntime."""

import importlib
import importlib.util
import json
from typing import Any

import numpy as np

from lamina import __version__
from lamina._extras import require
from lamina.saving._writer import check_target, write_bytes

from .._check import check_written
from .._errors import ExportError
from .._exported import Exported
from ._builder import Builder

OPSET_ML, IR = 3, 9
LARGEST = 2**31 - 2**20  # bytes of one file of this kind


def write_onnx(exported: Exported, path: str, check: bool | None = None) -> list[str]:
    """Writes `path` (.onnx), opset 18, or 20 for a model that splits texts; returns it in a list.

    check: whether onnxruntime runs the file beside the model before it is written. None: where onnxruntime is installed.
    Raises ImportError that names the extra; ExportError for a layer that ONNX cannot do, more than 2 GB, a failed check.
    """
    require("onnx", "onnx", "export(format='onnx')")
    check_target(path, True)
    model = onnx_model(exported)
    onnx = importlib.import_module("onnx")
    onnx.checker.check_model(model)
    content = model.SerializeToString()
    if check or (check is None and importlib.util.find_spec("onnxruntime") is not None):
        check_bytes(exported, content)
    write_bytes(path, content)
    return [path]


def onnx_model(exported: Exported) -> Any:
    """The model as an onnx.ModelProto. Raises ExportError as `write_onnx`."""
    onnx = importlib.import_module("onnx")
    program, helper = exported.program, onnx.helper
    if sum(w.array.nbytes for w in program.weights if w.array is not None) > LARGEST:
        raise ExportError(
            "The weights take more than 2 GB, which one ONNX file cannot hold. Export the model in parts."
        )
    b = Builder(onnx, program)
    b.root.taken |= set(exported.output_names)
    names = [b.root.unique(v.name) for v in program.inputs]
    inputs = [b.info(name, v.dtype, _open_shape(program, i)) for i, (name, v) in enumerate(zip(names, program.inputs))]
    results = b.run(program, names)
    outputs = []
    for name, given, v in zip(exported.output_names, results, program.outputs):
        b.nodes.append(helper.make_node("Identity", [given], [name]))
        outputs.append(b.info(name, v.dtype, [_size_name(s) for s in v.shape]))
    initializers = [onnx.numpy_helper.from_array(np.asarray(a, order="C"), n) for n, a in b.root.initializers.items()]
    graph = helper.make_graph(b.nodes, exported.name, inputs, outputs, initializers)
    opsets = [helper.make_opsetid("", b.root.opset), helper.make_opsetid("ai.onnx.ml", OPSET_ML)]
    model = helper.make_model(
        graph, opset_imports=opsets, ir_version=IR, producer_name="lamina", producer_version=__version__
    )
    if exported.table is not None:
        helper.set_model_props(model, _of_table(exported))
    return model


def _of_table(exported: Exported) -> dict[str, str]:
    """What a reader of the file must know of the table, as JSON: the column of each input, the target, its classes."""
    table = exported.table
    assert table is not None
    columns = {name: {"column": c, "holds": kind} for name, (c, kind) in zip(exported.ends.names, table.columns)}
    parts = {
        "columns": columns, "target": table.target, "classes": table.classes, "threshold": table.threshold,
        "weights": table.weights,
    }  # fmt: skip
    return {f"lamina_{name}": json.dumps(part) for name, part in parts.items()}


def _open_shape(program: Any, i: int) -> list[Any]:
    """Sizes of an input; an open one has the name of its symbol."""
    names = {axis: "batch" if s == "n" else s for (k, axis), s in program.axes.items() if k == i}
    return [names.get(axis, size) for axis, size in enumerate(program.inputs[i].shape)]


def _size_name(size: Any) -> Any:
    if isinstance(size, int):
        return size
    text = str(size)
    return "batch" if text == "n" else None if size is None else text.replace(" ", "")


def check_bytes(exported: Exported, content: bytes) -> None:
    """Runs the file on the CPU beside the model."""
    if importlib.util.find_spec("onnxruntime") is None:
        raise ImportError("export(format='onnx', check=True) needs onnxruntime: pip install onnxruntime")
    runtime = importlib.import_module("onnxruntime")
    try:
        session = runtime.InferenceSession(content, providers=["CPUExecutionProvider"])
    except Exception as error:
        raise ExportError(f"onnxruntime does not take the file: {str(error)[:300]}") from None
    names = [i.name for i in session.get_inputs()]

    def run(inputs: list[np.ndarray]) -> list[np.ndarray]:
        feeds = dict(zip([v.name for v in exported.program.inputs], inputs))
        return session.run(exported.output_names, {name: _plain(feeds[name]) for name in names})

    check_written(exported, run, "The ONNX file")


def _plain(x: np.ndarray) -> np.ndarray:
    return x.astype(object) if x.dtype.kind == "U" else x
