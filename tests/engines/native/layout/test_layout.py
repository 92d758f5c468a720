"""Random programs of concatenations and views, run by a plan and node by node: what is joined where must not show."""

import numpy as np
import pytest

from lamina.engines import native
from lamina.engines.native._graph import Spec, verify
from lamina.engines.native._plan import Plan
from lamina.engines.native._reference import run_graph
from lamina.engines.native._tracing import traced_graph
from lamina.engines.native.passes import simplify

LEADING = [(), (1,), (1, 1), (2,), (0,), (1, 0)]


class RandomProgram:
    """A function of three arrays `(*leading, n)`, made of joins, views and elementwise calls; the same at each call."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        self.seed = seed
        self.leading = LEADING[rng.integers(len(LEADING))]
        sizes = rng.choice([0, 1, 1, 2, 3, 5], size=3)
        self.arrays = [rng.standard_normal((*self.leading, n)).astype("float32") for n in sizes]

    def __call__(self, *inputs):
        rng = np.random.default_rng(self.seed + 10_000)
        pool = list(inputs)
        for _ in range(rng.integers(3, 12)):
            pool.append(self.value(rng, pool))
        # The last value, another one, and the first input as new state.
        return [np.exp(inputs[0]) * 0.5, pool[-1], pool[rng.integers(len(pool))]]

    def value(self, rng, pool):
        x = pool[rng.integers(len(pool))]
        kind = rng.choice(
            ["join", "join", "join", "twice", "constant", "exp", "add", "reshape", "slice", "flip", "swap"]
        )
        if kind == "join":
            parts = [pool[i] for i in rng.integers(len(pool), size=rng.integers(1, 4))]
            return np.concatenate(parts, axis=-1)
        if kind == "twice":
            return np.concatenate([x, x], axis=-1)
        if kind == "constant":
            return np.concatenate([x, np.full((*self.leading, 2), rng.integers(9), "float32")], axis=-1)
        if kind == "exp":
            return np.tanh(x)
        if kind == "add":
            return x + np.sum(x, axis=-1, keepdims=True)
        if kind == "reshape":
            return np.reshape(np.reshape(x, -1), x.shape)
        if kind == "slice":
            return x[..., : rng.integers(x.shape[-1] + 1)]
        if kind == "flip":
            return np.flip(x, -1)
        rows = np.reshape(x, (int(np.prod(x.shape[:-1])), x.shape[-1]))
        return np.reshape(np.swapaxes(rows, 0, 1), x.shape)


def planned(program, donated):
    graph, _, _ = traced_graph(program, [Spec(a.shape, a.dtype) for a in program.arrays])
    verify(graph, "trace")
    simple = simplify(graph)
    verify(simple, "simplify")
    return graph, Plan(simple, donated, [])


@pytest.mark.parametrize("donated", [{}, {0: 0}], ids=["", "donated"])
@pytest.mark.parametrize("seeds", [range(n, n + 40) for n in range(0, 200, 40)], ids=str)
def test_a_plan_gives_what_the_program_says(seeds, donated):
    for seed in seeds:
        program = RandomProgram(seed)
        graph, plan = planned(program, donated)
        state = program.arrays[0].copy()
        bound = plan.bind([state, *program.arrays[1:]])
        for _ in range(2):  # a second run must not see what the first left behind
            expected = run_graph(graph, [state.copy(), *program.arrays[1:]])
            bound.run()
            for got, want in zip(bound.outputs, expected):
                np.testing.assert_array_equal(got, want, err_msg=f"seed {seed}\n{plan.source}")


def test_a_part_joined_of_parts_is_computed_in_the_whole():
    inner = lambda a: np.concatenate([np.exp(a), np.tanh(a)], -1)  # noqa: E731
    compiled = native.compile(lambda a: np.concatenate([np.sin(a), inner(a), np.cos(a)], -1))
    a = np.linspace(0, 1, 6, dtype="float32").reshape(1, 6)
    expected = np.concatenate([np.sin(a), np.exp(a), np.tanh(a), np.cos(a)], -1)
    np.testing.assert_allclose(compiled(a), expected, rtol=1e-6)
    assert "copyto" not in compiled.plans[0].source
