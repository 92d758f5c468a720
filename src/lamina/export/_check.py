"""What was written, run beside the model it was written from."""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from ._errors import ExportError
from ._exported import Exported

BATCHES = 2, 3
TOLERANCE = {"float64": 1e-9, "float32": 1e-4, "float16": 2e-2}


def sample_inputs(exported: Exported, batch: int) -> list[np.ndarray]:
    """Made-up inputs of so many samples: numbers from 0 to 1, whole numbers 0 and 1, words of the vocabularies."""
    rng, ends = np.random.default_rng(batch), exported.ends
    symbols = exported.program.axes
    sizes = {symbol: 20 + 6 * i + batch for i, symbol in enumerate(dict.fromkeys(symbols.values()))} | {"n": batch}
    found = []
    for i, (shape, dtype) in enumerate(zip(ends.shapes, ends.dtypes)):
        whole = tuple(sizes[symbols[i, axis]] if size is None else size for axis, size in enumerate(shape))
        if dtype == "string":
            found.append(rng.choice(_keys(exported, "U", ["something else"]), whole))
        elif np.dtype(dtype).kind in "biu":
            found.append(rng.choice(_keys(exported, "i", [0, 1]), whole).astype(dtype))
        else:
            found.append(rng.random(whole).astype(dtype))
    return found


def _keys(exported: Exported, kind: str, others: list[Any]) -> list[Any]:
    """A few keys of each vocabulary of a kind, and others unless one of the vocabularies has no index for them."""
    tables = [call.params["vocabulary"] for call in exported.program.calls if "vocabulary" in call.params]
    tables = [table for table in tables if table.keys.dtype.kind == kind]
    keys = [k for table in tables for k in table.keys[:5].tolist()]
    return [*keys, *(others if all(table.default is not None for table in tables) else [])]


def check_written(
    exported: Exported, run: Callable[[list[np.ndarray]], Sequence[Any]], what: str, batches: Sequence[int] = BATCHES
) -> None:
    """Compares `run(inputs)`, flat outputs, with the model on made-up inputs; notes the largest relative difference.

    Raises ExportError if they differ by more than rounding.
    """
    worst = 0.0
    for batch in batches:
        inputs = sample_inputs(exported, batch)
        wanted = exported.arrays(inputs)
        for name, got, want in zip(exported.output_names, run(inputs), wanted, strict=True):
            worst = max(worst, _compare(name, np.asarray(got), want, what, batch))
    exported.difference = worst


def _compare(name: str, got: np.ndarray, want: np.ndarray, what: str, batch: int) -> float:
    if got.shape != want.shape:
        raise ExportError(f"{what}: {name!r} has shape {got.shape} for {batch} samples, the model gives {want.shape}.")
    if want.dtype.kind not in "fc":
        same = np.array_equal(got, want)
        error, most = float(not same), 0.0
    else:
        a, b = got.astype("float64"), want.astype("float64")
        with np.errstate(all="ignore"):
            apart = np.where((a == b) | (np.isnan(a) & np.isnan(b)), 0.0, np.abs(a - b))
        scale = 1 + np.max(np.abs(b), initial=0.0, where=np.isfinite(b))
        error, most = float(np.max(apart, initial=0.0) / scale), TOLERANCE.get(want.dtype.name, 1e-2)
    if not error <= most:
        raise ExportError(
            f"{what}: for {batch} samples {name!r} differs from the model by {error:.2g} (at most {most:g} is rounding). "
            "Nothing was written. Please report this with the model."
        )
    return error
