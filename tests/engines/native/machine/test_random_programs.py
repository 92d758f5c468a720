"""Random programs in machine code, against the same programs call by call in plain NumPy."""

import numpy as np
import pytest

from lamina.engines import native
from lamina.engines.native._graph import Spec
from lamina.engines.native._plan import Plan
from lamina.engines.native._reference import run_graph
from lamina.engines.native._tracing import traced_graph
from lamina.engines.native.passes import simplify

pytestmark = pytest.mark.usefixtures("with_machine_code")

ONE = (np.tanh, np.square, np.negative, np.abs, lambda x: np.exp(-np.abs(x)), lambda x: np.sqrt(np.abs(x) + 1),
       lambda x: np.clip(x, -1.0, 0.5), lambda x: np.log1p(np.abs(x)), np.sign, np.floor)  # fmt: skip
TWO = (np.add, np.subtract, np.multiply, np.maximum, np.minimum, lambda a, b: a / (np.abs(b) + 1),
       lambda a, b: np.where(a > b, a, b * 0.5))  # fmt: skip
FOLDS = (np.sum, np.max, np.min, np.mean)


def step(rng, pool):
    """One more value, of some in the pool."""
    pick = lambda things: things[rng.integers(len(things))]  # noqa: E731
    x = pick(pool)
    kind = pick(["one", "one", "two", "two", "fold", "move", "product", "softmax", "join"])
    if kind == "one":
        return pick(ONE)(x)
    if kind == "two":
        others = [y for y in pool if fits(x, y)]
        return pick(TWO)(x, pick(others))
    if kind == "fold" and x.ndim:
        axis = int(rng.integers(x.ndim))
        return pick(FOLDS)(x, axis=axis, keepdims=bool(rng.integers(2)))
    if kind == "move" and x.ndim > 1:
        return pick([np.transpose, lambda v: v[::-1], lambda v: v[..., :1], lambda v: np.reshape(v, (-1,))])(x)
    if kind == "product" and x.ndim == 2:
        return np.matmul(x, np.transpose(x))
    if kind == "softmax" and x.ndim:
        return native.primitives._softmax.softmax(x, axis=int(rng.integers(x.ndim)))
    if kind == "join" and x.ndim:
        return np.concatenate([x, np.tanh(x)], axis=int(rng.integers(x.ndim)))
    return x * 2.0


def fits(x, y):
    try:
        return np.prod(np.broadcast_shapes(x.shape, y.shape)) < 4000
    except ValueError:
        return False


def program(seed, dtype):
    """A function of arrays, and the arrays."""
    rng = np.random.default_rng(seed)
    shapes = [tuple(int(n) for n in rng.choice([1, 2, 3, 7, 16], size=rng.integers(0, 4))) for _ in range(3)]
    arrays = [np.asarray(rng.standard_normal(s), dtype) for s in shapes]
    length, way = int(rng.integers(3, 16)), int(rng.integers(1 << 30))

    def function(*inputs):
        draw = np.random.default_rng(way)
        pool = list(inputs)
        for _ in range(length):
            pool.append(step(draw, [v for v in pool if v.size < 4000]))
        return pool[len(inputs) :][-4:]

    return function, arrays


@pytest.mark.parametrize("seed", range(120))
def test_random_program(seed):
    dtype = ("float32", "float64")[seed % 2]
    function, arrays = program(seed, dtype)
    graph, _, _ = traced_graph(function, [Spec(a.shape, a.dtype) for a in arrays])
    compiled = native.compile(function)
    with np.errstate(all="ignore"):
        expected = run_graph(graph, arrays)
        got = compiled(*arrays)
        translated = Plan(simplify(graph), {}, (), machine=True, quick=True).bind(arrays)
        translated.run()
    tolerance = {"float32": 2e-5, "float64": 1e-11}[dtype]
    for a, b in zip([*got, *translated.outputs], expected * 2, strict=True):
        np.testing.assert_allclose(a, b, rtol=tolerance, atol=tolerance * max(1, np.abs(b).max(initial=0)))
