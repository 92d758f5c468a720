"""Writes the file and its weights."""

import os
import runpy
import tempfile
from typing import Any

import numpy as np

from lamina import tree
from lamina.saving._writer import atomic_file, check_target, write_text

from .._check import check_written
from .._exported import Exported
from ._writer import NumpyFile


def write_numpy(exported: Exported, path: str, check: bool = True) -> list[str]:
    """Writes `path` (.py) and the `.npz` beside it; returns their paths.

    check: whether the file is first run beside the model, on two sizes of the batch.
    Raises ExportError for a layer that NumPy cannot do, or if the check fails; then nothing is written.
    """
    weights = os.path.splitext(path)[0] + ".npz"
    check_target(path, True)
    check_target(weights, True)
    file = NumpyFile(
        exported.program,
        exported.name,
        os.path.basename(path),
        exported.output_names,
        exported.structure,
        exported.titles,
        exported.table,
    )
    text = file.text()
    if check:
        check_text(exported, text, file.arrays)
    with atomic_file(weights) as target:
        np.savez(target, **file.arrays)
    write_text(path, text)
    return [path, weights]


def check_text(exported: Exported, text: str, arrays: dict[str, np.ndarray]) -> None:
    """Runs the file in a folder of its own beside the model."""
    with tempfile.TemporaryDirectory() as folder:
        path = os.path.join(folder, "model.py")
        with open(path, "w", encoding="utf-8") as file:
            file.write(text)
        np.savez(os.path.join(folder, "model.npz"), **arrays)
        predict: Any = runpy.run_path(path)["predict"]
    check_written(exported, lambda inputs: tree.flatten(predict(*inputs)), "The NumPy file")
