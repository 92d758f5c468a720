"""`profile`: one training step of a model, call by call."""

import statistics
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from lamina import tree
from lamina._checks import check_positive_int
from lamina._public import public
from lamina.engines import engine
from lamina.training._data import ArrayData
from lamina.training._sources import make_source
from lamina.viewing import Profile

from ._memory import step_memory


@public("profile")
def profile(
    model: Any,
    x: Any,
    y: Any = None,
    sample_weight: Any = None,
    batch_size: int = 32,
    print_fn: Callable[..., Any] | None = None,
) -> Profile:
    """Prints what one training step costs, by layer and by primitive, as fractions of what the machine can do.

    The step's program is run node by node on one thread, after simplification but not cut into tiles, and each call is
    timed. So the sum is more than the step takes, which is shown beside it; the shares say where to look. A call is limited
    by arithmetic or by memory, whichever of the two fractions is larger: FLOP/s as a fraction of the peak of a large product
    on one thread, bytes/s of what it reads and writes as a fraction of the bandwidth of a large copy (above 100 %: the caches
    helped). Weights, optimizer and metrics are afterwards what they were before.

    Args:
        model: compiled; on the native engine.
        x: inputs as for `fit`, `(samples, ...)`; the first `batch_size` are used.
        y: targets.
        sample_weight: weights `(samples,)`.
        batch_size: samples of the step.
        print_fn: called with the text, `print` by default.

    Returns: Profile: `rows` holds a dict for each call, `by_layer` and `by_primitive` their sums, `flops`, `seconds`, `memory`
        what the step takes as planned.

    Raises RuntimeError on another engine or with run_eagerly, ValueError for a model that is not compiled, wrong data.
    """
    measure = getattr(engine, "measure", None)
    if measure is None:
        raise RuntimeError(
            f"profile: the {engine.NAME} engine has no profiler of calls; use the native engine, or the profiler of "
            f"{engine.NAME} itself."
        )
    check_positive_int(batch_size, "batch_size", "profile")
    if not getattr(model, "compiled", False):
        raise ValueError(f"profile: {model.name!r} is not compiled. Call model.compile(optimizer=..., loss=...) first.")
    if model.run_eagerly:
        raise RuntimeError(
            "profile: the model was compiled with run_eagerly=True, so that there is no program to profile."
        )
    source = make_source(model, x, y, sample_weight, batch_size, False, None, "profile")
    if not isinstance(source, ArrayData):
        raise TypeError(f"profile: x must be arrays, not batches; got {type(x).__name__}. Pass one batch of it.")
    step = model._step("train", source)
    batch = tree.map_structure(lambda a: None if a is None else a[: source.batch_size], source.data)
    saved = [np.array(v._value) for v in step.variables]
    try:
        seconds = _median_step(step, batch)
        rows = measure(step._step, step._state(), batch)
        memory = step_memory(step, batch)
    finally:
        for variable, value in zip(step.variables, saved):
            variable.assign(value)
    layers = [layer.path or layer.name for layer in model._flatten_layers()]
    result = Profile(rows, seconds, engine.peaks(1), engine.peaks(), engine.num_threads(), layers, memory)
    text = str(result)
    (print if print_fn is None else print_fn)(text)
    return result


def _median_step(step: Any, batch: Any) -> float:
    """Seconds of the step as it runs in `fit`."""
    step.on_batch(batch)
    times: list[float] = []
    end = time.perf_counter() + 0.5
    while len(times) < 3 or (time.perf_counter() < end and len(times) < 50):
        start = time.perf_counter()
        step.on_batch(batch)
        times.append(time.perf_counter() - start)
    return statistics.median(times)
