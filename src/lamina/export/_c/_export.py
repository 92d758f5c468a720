"""Writes the file, after its compiled form has been run beside the model where there is a compiler."""

import dataclasses
import os
import shutil
import subprocess
import tempfile

import numpy as np

from lamina.saving._writer import check_target, write_text

from .._check import check_written
from .._errors import ExportError
from .._exported import Exported
from ._folding import fold_constants
from ._writer import c_text


def write_c(exported: Exported, path: str, check: bool | None = None) -> list[str]:
    """Writes `path` (.c) for a batch of one; returns it in a list.

    check: whether the file is compiled and run beside the model before it is written. None: where there is a C compiler.
    Raises ExportError for open lengths, for a layer that the C file cannot do, or if the check fails.
    """
    check_target(path, True)
    if any(n is None for shape in exported.ends.shapes for n in shape[1:]):
        raise ExportError(
            f"A C file has static arrays, and the inputs {exported.ends.shapes} have open sizes. Say them: "
            "input_signature=[layers.InputSpec(shape=(None, 20), dtype='int32')]."
        )
    ends = exported.ends._replace(shapes=[(1, *shape[1:]) for shape in exported.ends.shapes])
    single = dataclasses.replace(exported, ends=ends)
    program = fold_constants(single.program)
    text = c_text(program, exported.name, single.output_names, exported.titles, os.path.basename(path))
    compiler = os.environ.get("CC") or shutil.which("cc") or shutil.which("gcc") or shutil.which("clang")
    if check and not compiler:
        raise ExportError("export(format='c', check=True): there is no C compiler (cc, gcc, clang, or what CC names).")
    if compiler and check is not False:
        check_text(single, text, compiler)
        exported.difference = single.difference
    write_text(path, text)
    return [path]


def check_text(single: Exported, text: str, compiler: str) -> None:
    """Compiles the file and runs it beside the model."""
    outputs = single.program.outputs
    with tempfile.TemporaryDirectory() as folder:
        source, program = os.path.join(folder, "model.c"), os.path.join(folder, "model")
        with open(source, "w", encoding="utf-8") as file:
            file.write(text)
        command = [compiler, "-std=c99", "-O1", "-DLAMINA_MAIN", source, "-o", program, "-lm"]
        done = subprocess.run(command, capture_output=True, text=True)
        if done.returncode:
            raise ExportError(f"{compiler} does not take the C file: {done.stderr[:500]}")

        def run(inputs: list[np.ndarray]) -> list[np.ndarray]:
            given = b"".join(np.ascontiguousarray(x).tobytes() for x in inputs)
            raw = subprocess.run([program], input=given, capture_output=True, check=True).stdout
            found = []
            for v in outputs:
                size = v.dtype.itemsize * int(np.prod(v.shape))
                found.append(np.frombuffer(raw[:size], v.dtype).reshape(v.shape))
                raw = raw[size:]
            return found

        check_written(single, run, "The C file", (1,))
