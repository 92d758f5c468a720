"""How much memory a training step takes, measured while one runs."""

import tracemalloc
from typing import Any, NamedTuple

import numpy as np

from lamina import tree
from lamina.engines import engine
from lamina.training._data import ArrayData


class StepMemory(NamedTuple):
    """Bytes of a training step: `state` (weights, optimizer slots, metrics), `batch`, `buffers` (what the plan holds from step
    to step), `passing` (what a step takes and gives back while it runs)."""

    state: int
    batch: int
    buffers: int
    passing: int

    @property
    def peak(self) -> int:
        return sum(self)


def step_memory(step: Any, batch: Any) -> StepMemory:
    """Compiles a step anew and runs it on copies of its state, counting what NumPy allocates."""
    state = [np.array(a) for a in step._state()]
    arrays = [a for a in tree.flatten(batch) if a is not None]
    was_tracing = tracemalloc.is_tracing()
    if not was_tracing:
        tracemalloc.start()
    try:
        before = _numpy_bytes()
        compiled = engine.compile(step._step, donate=(0,))
        compiled(state, batch)
        held = _numpy_bytes() - before
        start = tracemalloc.get_traced_memory()[0]
        tracemalloc.reset_peak()
        compiled(state, batch)
        passing = tracemalloc.get_traced_memory()[1] - start
    finally:
        if not was_tracing:
            tracemalloc.stop()
    return StepMemory(sum(a.nbytes for a in state), sum(a.nbytes for a in arrays), max(held, 0), max(passing, 0))


def _numpy_bytes() -> int:
    """Bytes of all arrays allocated since tracing began."""
    found = tracemalloc.take_snapshot().filter_traces([tracemalloc.DomainFilter(True, np.lib.tracemalloc_domain)])
    return sum(trace.size for trace in found.traces)


def made_up_memory(model: Any, batch_size: int) -> StepMemory:
    """The memory of a step on made-up data of the model's input shapes.

    Raises ValueError for a model that is not compiled, has unknown sizes or a loss for which targets cannot be made up.
    """
    if not hasattr(engine, "measure"):
        raise RuntimeError(f"summary: memory is known on the native engine only; this is {engine.NAME}.")
    model._require_compiled("summary(memory=...)")
    inputs, outputs = getattr(model, "input", None), getattr(model, "output", None)
    if model.run_eagerly or inputs is None or outputs is None:
        raise ValueError(
            f"summary: the memory of {model.name!r} is known for Sequential and functional models with compiled steps; "
            "lamina.profile(model, x, y) measures any model on data."
        )
    try:
        x = tree.map_structure(lambda t: _zeros(t.shape, t.dtype, batch_size, t.name), inputs)
        source = ArrayData(x, _targets(model, outputs, batch_size), None, batch_size)
        return step_memory(model._step("train", source), source.data)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"summary: no step of {model.name!r} could be run on made-up data ({error}); lamina.profile(model, x, y) "
            "measures it on yours."
        ) from error


def _zeros(shape: Any, dtype: Any, batch_size: int, name: str) -> np.ndarray:
    sizes = (batch_size, *shape[1:])
    if None in sizes:
        raise ValueError(f"input {name!r} has the unknown sizes {tuple(shape)}")
    return np.zeros(sizes, str(dtype))


def _targets(model: Any, outputs: Any, batch_size: int) -> Any:
    """Zeros for every output: class numbers for sparse losses, otherwise of the output's shape."""
    if model.loss is None:
        return None
    leaves = tree.flatten(outputs)
    if isinstance(model.loss, dict):
        losses = [model.loss.get(name) for name in model.output_names]
    else:
        losses = list(model.loss) if isinstance(model.loss, (list, tuple)) else [model.loss] * len(leaves)
    if len(losses) != len(leaves):
        raise ValueError(f"{len(losses)} losses for {len(leaves)} outputs")

    def one(output: Any, loss: Any) -> np.ndarray:
        if "sparse" in _name_of(loss):
            return np.zeros((batch_size, *output.shape[1:-1]), "int32")
        return _zeros(output.shape, "float32", batch_size, output.name)

    return tree.pack_sequence_as(outputs, [one(o, n) for o, n in zip(leaves, losses)])


def _name_of(loss: Any) -> str:
    name = loss if isinstance(loss, str) else getattr(loss, "name", None) or getattr(loss, "__name__", "")
    return name.lower()
