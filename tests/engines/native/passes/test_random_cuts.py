"""Random programs over a batch: cut into tiles they give what they give whole, whichever way they look at the batch axis."""

import numpy as np
import pytest

from lamina.engines import native
from lamina.engines.native._reference import run_graph
from lamina.engines.native.passes import _stages


class RandomProgram:
    """A function of a batch `(n, 4)` and a matrix `(4, 4)`; every value in it is a matrix. The same at each call."""

    def __init__(self, seed):
        rng = np.random.default_rng(seed)
        self.seed = seed
        self.batch = int(rng.choice([2, 3, 4, 5, 8, 12]))
        self.x = rng.standard_normal((self.batch, 4)).astype("float32")
        self.w = rng.standard_normal((4, 4)).astype("float32")

    def __call__(self, x, w):
        rng = np.random.default_rng(self.seed + 10_000)
        pool = [x, w, np.tanh(x), np.tanh(x @ w)]
        for _ in range(rng.integers(4, 14)):
            value = getattr(self, str(rng.choice(MOVES)))(rng, pool[rng.integers(len(pool))], pool)
            pool.append(value / (1 + np.max(np.abs(value))) if rng.random() < 0.3 else value)
        return pool[-1], pool[-2], np.sum(pool[-3], axis=0)

    def elementwise(self, rng, x, pool):
        return [np.tanh, np.sin, np.negative, np.abs, lambda v: np.maximum(v, 0.0)][rng.integers(5)](x)

    def combine(self, rng, x, pool):
        others = [p for p in pool if p.shape == x.shape or p.shape == (1, x.shape[1]) or p.shape == (x.shape[0], 1)]
        return [np.add, np.subtract, np.multiply][rng.integers(3)](x, others[rng.integers(len(others))])

    def reduce(self, rng, x, pool):
        f = [np.sum, np.max, np.min, np.mean][rng.integers(4)]
        return f(x, axis=int(rng.integers(2)), keepdims=True)

    def product(self, rng, x, pool):
        others = [p for p in pool if p.shape[0] == x.shape[1]] or [np.eye(x.shape[1], dtype="float32")]
        return np.tanh(x @ others[rng.integers(len(others))])

    def transpose(self, rng, x, pool):
        return np.transpose(x)

    def reshape(self, rng, x, pool):
        sizes = [n for n in range(1, x.size + 1) if x.size % n == 0]
        n = sizes[rng.integers(len(sizes))]
        return np.reshape(x, (n, x.size // n))

    def slice(self, rng, x, pool):
        axis = int(rng.integers(2))
        start = int(rng.integers(x.shape[axis]))
        index = [slice(None), slice(None)]
        index[axis] = slice(start, None) if rng.random() < 0.7 else slice(None, None, -1)
        return x[tuple(index)]

    def take(self, rng, x, pool):
        axis = int(rng.integers(2))
        return np.take(x, rng.integers(0, x.shape[axis], size=rng.choice([x.shape[axis], 3])), axis=axis)

    def join(self, rng, x, pool):
        axis = int(rng.integers(2))
        others = [p for p in pool if p.shape[1 - axis] == x.shape[1 - axis]]
        return np.concatenate([x, others[rng.integers(len(others))]], axis=axis)

    def running(self, rng, x, pool):
        return np.cumsum(x, axis=int(rng.integers(2))) / x.size

    def pad(self, rng, x, pool):
        return np.pad(x, [(int(n), int(m)) for n, m in rng.integers(0, 2, size=(2, 2))])

    def sort(self, rng, x, pool):
        return np.sort(x, axis=int(rng.integers(2)))


MOVES = [name for name in vars(RandomProgram) if not name.startswith("_")]


@pytest.mark.parametrize("seeds", [range(n, n + 30) for n in range(0, 120, 30)], ids=str)
def test_tiles_give_what_the_whole_gives(seeds, monkeypatch):
    monkeypatch.setattr(_stages, "MIN_SECONDS", 0)
    monkeypatch.setattr(_stages, "MIN_CALL_SECONDS", 0)
    monkeypatch.setattr(_stages, "TILE_BYTES", 1)
    monkeypatch.setattr(_stages, "BYTES_A_CALL", 0)
    cut = 0
    for seed in seeds:
        program = RandomProgram(seed)
        compiled = native.compile(program)
        for got, expected in zip(compiled(program.x, program.w), program(program.x, program.w), strict=True):
            assert got.shape == expected.shape
            np.testing.assert_allclose(
                got, expected, rtol=1e-3, atol=1e-4, err_msg=f"seed {seed}\n{compiled.plans[0].graph}"
            )
        # The cut program is a program: node by node it gives the same.
        for got, expected in zip(
            run_graph(compiled.plans[0].graph, [program.x, program.w]), program(program.x, program.w)
        ):
            np.testing.assert_allclose(got, expected, rtol=1e-3, atol=1e-4, err_msg=f"seed {seed}")
        cut += "stage_0()" in compiled.plans[0].source
    assert cut > len(seeds) // 2
