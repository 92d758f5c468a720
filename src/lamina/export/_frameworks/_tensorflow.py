"""SavedModels of TensorFlow through `jax2tf`."""

import importlib
import importlib.util
import os
import shutil
import tempfile
from typing import Any

import numpy as np

from lamina import tree

from .._check import check_written
from .._exported import Exported
from ._function import function_on, namespace_of


def write_saved_model(exported: Exported, path: str, check: bool = True) -> list[str]:
    """Writes the folder `path`, a SavedModel whose function `serve` takes the inputs in order; returns it in a list.

    check: whether what was written is read back and compared with the model before it takes its place.
    Raises ImportError without TensorFlow, saying what else there is; ExportError for strings.
    """
    require_tensorflow()
    tf = importlib.import_module("tensorflow")
    parent = os.path.dirname(os.path.abspath(path))
    if not os.path.isdir(parent):
        raise FileNotFoundError(f"Cannot write {path}: the folder {parent} does not exist.")
    if os.path.exists(path) and not os.path.exists(os.path.join(path, "saved_model.pb")):
        raise FileExistsError(f"{path} exists already and is no SavedModel; choose another name.")
    with tempfile.TemporaryDirectory(dir=parent, prefix=".saved_model-") as folder:
        fresh, old = os.path.join(folder, "new"), os.path.join(folder, "old")
        module = saved_module(exported, tf)
        tf.saved_model.save(module, fresh, signatures={"serving_default": module.serve})
        if check:
            check_folder(exported, tf, fresh)
        if os.path.exists(path):
            shutil.move(path, old)
        shutil.move(fresh, path)
    return [path]


def require_tensorflow() -> None:
    """Raises ImportError that names what to install, and the formats that need none of it."""
    missing = [name for name in ("tensorflow", "jax") if importlib.util.find_spec(name) is None]
    if missing:
        raise ImportError(
            f"export(format='tf_saved_model') needs {' and '.join(missing)}: pip install {' '.join(missing)}. "
            "format='onnx', 'numpy', 'c', 'jax' and 'torch' do without TensorFlow."
        )


def saved_module(exported: Exported, tf: Any) -> Any:
    """A tf.Module with the function `serve`."""
    import jax
    from jax import numpy

    jax2tf = importlib.import_module("jax.experimental.jax2tf")
    with jax.enable_x64(True):
        function = function_on(exported, "TensorFlow through JAX", numpy.asarray, namespace_of("_on_jax"))
    axes, program = exported.program.axes, exported.program
    shapes = [
        f"({', '.join(axes.get((i, a), str(n)) for a, n in enumerate(v.shape))})" for i, v in enumerate(program.inputs)
    ]
    converted = jax2tf.convert(function, polymorphic_shapes=shapes, with_gradient=False)
    specs = [
        tf.TensorSpec([n if isinstance(n, int) else None for n in v.shape], v.dtype, name=v.name)
        for v in program.inputs
    ]

    def serve(*inputs: Any) -> Any:
        with jax.enable_x64(True):
            results = tree.flatten(converted(*inputs))
        return dict(zip(exported.output_names, results))

    module = tf.Module()
    module.serve = tf.function(serve, input_signature=specs, autograph=False)
    return module


def check_folder(exported: Exported, tf: Any, folder: str) -> None:
    """Reads the SavedModel back and runs it beside the model."""
    serve = tf.saved_model.load(folder).serve

    def run(inputs: list[np.ndarray]) -> list[Any]:
        results = serve(*map(tf.constant, inputs))
        return [results[name].numpy() for name in exported.output_names]

    check_written(exported, run, "The SavedModel")
