"""Every primitive's gradient against finite differences in float64, twice; a primitive without a case fails by name."""

import numpy as np
import pytest

from lamina.engines import native
from lamina.engines.native._primitive import PRIMITIVES
from lamina.engines.native.primitives import (
    _conv,
    _cumulative,
    _elementwise,
    _indexing,
    _linalg,
    _pool,
    _reduction,
    _shape,
    _softmax,
)

rng = np.random.default_rng(7)


def normal(*shape):
    return rng.standard_normal(shape)


def positive(*shape):
    return rng.uniform(0.5, 2.0, shape)


def inside(*shape):
    return rng.uniform(-0.8, 0.8, shape)


def distinct(*shape):
    return rng.permutation(np.prod(shape)).reshape(shape) + rng.uniform(-0.1, 0.1, shape)


def definite(n):
    a = normal(n, n)
    return a @ a.T + n * np.eye(n)


E, R, S, I, L, C = _elementwise, _reduction, _shape, _indexing, _linalg, _cumulative
symmetric = lambda a: 0.5 * (a + np.swapaxes(a, -1, -2))  # noqa: E731

# primitive name -> cases (function of floating arrays, its arguments).
CASES = {name: [(getattr(E, name), [normal(3, 4)])] for name in (
    "negative square exp exp2 expm1 sin cos tanh sinh cosh arctan arcsinh deg2rad rad2deg erf sigmoid softplus i0"
).split()}  # fmt: skip
CASES |= {name: [(getattr(E, name), [positive(3, 4)])] for name in (
    "sqrt cbrt reciprocal log log2 log10 log1p digamma trigamma lgamma"
).split()}  # fmt: skip
CASES |= {name: [(getattr(E, name), [inside(3, 4)])] for name in ("tan arcsin arccos arctanh erfinv").split()}
CASES |= {
    name: [(getattr(E, name), [normal(3, 4), normal(4)])]
    for name in ["add", "subtract", "multiply", "logaddexp", "logaddexp2"]
}
CASES |= {
    name: [(getattr(E, name), [distinct(3, 4), distinct(3, 1)])] for name in ["maximum", "minimum", "fmax", "fmin"]
}
CASES |= {
    "divide": [(E.divide, [normal(3, 4), positive(4)])],
    "power": [(E.power, [positive(3, 4), normal(4)]), (lambda a: E.power(a, np.full(4, 3.0)), [normal(3, 4)])],
    "remainder": [(E.remainder, [positive(3, 4) + 5, positive(4)])],
    "fmod": [(E.fmod, [positive(3, 4) + 5, positive(4)])],
    "hypot": [(E.hypot, [positive(3, 4), positive(4)])],
    "arctan2": [(E.arctan2, [positive(3, 4), positive(4)])],
    "arccosh": [(E.arccosh, [positive(3, 4) + 1])],
    "absolute": [(E.absolute, [distinct(3, 4) - 5.5])],
    "copysign": [(lambda a: E.copysign(a, np.array([1.0, -1.0, 1.0, -1.0])), [distinct(3, 4) - 5.5])],
    "relu": [(E.relu, [distinct(3, 4) - 5.5])],
    "relu_grad": [(lambda g: E.relu_grad(g, np.array([1.0, 0.0, 2.0, 0.0])), [normal(3, 4)])],
    "clip": [(lambda x: E.clip(x, low=-3.2, high=2.7), [distinct(3, 4) - 5.5])],
    "clip_grad": [(lambda g: E.clip_grad(g, np.array([1.0, -9.0, 2.0, 9.0]), low=-3, high=3), [normal(3, 4)])],
    "softmax": [(lambda x: _softmax.softmax(x, axis=1), [normal(3, 4)])],
    "log_softmax": [(lambda x: _softmax.log_softmax(x, axis=0), [normal(3, 4)])],
    "where": [(lambda a, b: E.where(np.array([True, False, True, False]), a, b), [normal(3, 4), normal(4)])],
    "cast": [(lambda x: E.cast(x, dtype=np.dtype("float64")) * 2, [normal(3)])],
    "identity": [(E.identity, [normal(3)])],
    "sum": [(lambda x: R.reduce_sum(x, axis=(1,), keepdims=False), [normal(2, 3, 4)])],
    "prod": [
        (lambda x: R.reduce_prod(x, axis=(0, 2), keepdims=False), [normal(2, 3, 2)]),
        (lambda x: R.reduce_prod(x, axis=(0,), keepdims=True), [np.array([0.0, 2.0, 3.0])]),
    ],
    "max": [(lambda x: R.reduce_max(x, axis=(0,), keepdims=True), [distinct(3, 4)])],
    "min": [(lambda x: R.reduce_min(x, axis=(1,), keepdims=False), [distinct(3, 4)])],
    "reshape": [(lambda x: S.reshape(x, shape=(4, 3)), [normal(3, 4)])],
    "transpose": [(lambda x: S.transpose(x, axes=(2, 0, 1)), [normal(2, 3, 4)])],
    "broadcast_to": [(lambda x: S.broadcast_to(x, shape=(2, 3, 4)), [normal(3, 1)])],
    "slice": [(lambda x: S.slice_(x, index=(slice(None, None, -2), 1)), [normal(5, 3)])],
    "unslice": [(lambda g: S.unslice(g, shape=(5, 3), index=(slice(None, None, 2), 1)), [normal(3)])],
    "update_slice": [(lambda x, u: S.update_slice(x, u, index=(slice(1, 3),)), [normal(5, 3), normal(2, 3)])],
    "concatenate": [(lambda a, b: S.concatenate(a, b, axis=1), [normal(2, 3), normal(2, 1)])],
    "pad": [(lambda x: S.pad(x, widths=((1, 2), (0, 1))), [normal(2, 3)])],
    "take": [(lambda x: I.take(x, np.array([[0, 2], [2, 1]]), axis=0), [normal(3, 4)])],
    "take_grad": [
        (lambda g: I.take_grad(g, np.array([0, 2, 2]), axis=0, size=4), [normal(3, 2)]),
        (lambda g: I.take_grad(g, np.array([0, 2, 2]), axis=1, size=4), [normal(2, 3)]),
    ],
    "take_along_axis": [(lambda x: I.take_along_axis(x, np.array([[0, 0], [2, 1]]), axis=1), [normal(2, 3)])],
    "put_along_axis": [(lambda g: I.put_along_axis(g, np.array([[0, 0], [2, 1]]), axis=1, size=3), [normal(2, 2)])],
    "gather": [(lambda x: I.gather(x, np.array([0, 2, 0]), np.array([1, 1, 1])), [normal(3, 2, 2)])],
    "scatter": [
        (lambda x, u: I.scatter(x, u, np.array([0, 2, 0]), mode="add"), [normal(3, 2), normal(3, 2)]),
        (lambda x, u: I.scatter(x, u, np.array([0, 2]), mode="set"), [normal(3, 2), normal(2, 2)]),
        (lambda x, u: I.scatter(x, u, np.array([0, 2]), mode="max"), [distinct(3, 2), distinct(2, 2)]),
        (lambda x, u: I.scatter(x, u, np.array([0, 2]), mode="multiply"), [positive(3, 2), positive(2, 2)]),
    ],
    "dynamic_slice": [(lambda x: I.dynamic_slice(x, np.array([1, 0]), sizes=(2, 2)), [normal(4, 3)])],
    "dynamic_update_slice": [
        (lambda x, u: I.dynamic_update_slice(x, u, np.array([1, 0])), [normal(4, 3), normal(2, 2)])
    ],
    "matmul": [(L.matmul, [normal(3, 4), normal(4, 2)]), (L.matmul, [normal(2, 3, 4), normal(4, 2)]),
               (L.matmul, [normal(2, 1, 3, 4), normal(3, 4, 2)])],
    "einsum": [
        (lambda a, b: L.einsum(a, b, subscripts="abc,cd->bad"), [normal(2, 3, 4), normal(4, 5)]),
        (lambda a: L.einsum(a, subscripts="ii->i"), [normal(3, 3)]),
        (lambda a, b: L.einsum(a, b, subscripts="ab,c->a"), [normal(2, 3), normal(4)]),
    ],
    "inv": [(L.inv, [definite(3)])],
    "det": [(L.det, [definite(3)])],
    "slogdet": [(lambda a: L.slogdet(a)[1], [definite(3)])],
    "solve": [(L.solve, [definite(3), normal(3, 2)])],
    "cholesky": [(lambda a: L.cholesky(symmetric(a)), [definite(3)])],
    "eigh": [(lambda a: np.square(L.eigh(symmetric(a))[0]), [definite(3)]),
             (lambda a: np.square(L.eigh(symmetric(a))[1]), [definite(3)])],
    "qr": [(lambda a: L.qr(a, mode="reduced")[0], [normal(4, 3)]), (lambda a: L.qr(a, mode="reduced")[1], [normal(3, 3)])],
    "svd": [
        (lambda a: np.square(L.svd(a, full_matrices=False)[0]), [normal(4, 3)]),
        (lambda a: np.square(L.svd(a, full_matrices=False)[2]), [normal(3, 4)]),
        (lambda a: L.svd(a, full_matrices=True)[1], [normal(3, 3)]),
    ],
    "svdvals": [(L.svdvals, [normal(4, 3)])],
    "cumsum": [(lambda x: C.cumsum(x, axis=1), [normal(2, 4)])],
    "cumprod": [(lambda x: C.cumprod(x, axis=0), [np.array([1.5, 0.0, -2.0, 3.0])])],
    "recurrence": [(lambda a, b: C.recurrence(a, b, axis=0), [normal(4, 2), normal(4, 2)])],
    "scan": [(lambda x, w: native.scan(lambda c, r: (np.tanh(c * w + r), c * r), np.zeros(2), x)[1], [normal(3, 2), normal(2)])],
    "cond": [(lambda x: native.cond(np.sum(x) > 100, lambda: x * 2, lambda: np.exp(x)), [normal(3)])],
    "with_gradient": [(native.custom_gradient(lambda x: (np.square(x), lambda g: g * 2 * x)), [normal(3)])],
}  # fmt: skip

CONV1 = {"strides": (2,), "padding": ((1, 0),), "dilation": (1,), "groups": 1}
CONV2 = {"strides": (1, 2), "padding": ((1, 1), (0, 0)), "dilation": (2, 1), "groups": 2}
POOL = {"window": (2, 3), "strides": (2, 1), "padding": ((0, 1), (1, 0))}
PEAKS = distinct(2, 4, 5, 2)
CASES |= {
    "conv": [
        (lambda x, k: _conv.conv(x, k, **CONV1), [normal(2, 6, 3), normal(3, 3, 2)]),
        (lambda x, k: _conv.conv(x, k, **CONV2), [normal(1, 5, 5, 4), normal(2, 3, 2, 4)]),
    ],
    "conv_input_grad": [
        (lambda g, k: _conv.conv_input_grad(g, k, spatial=(6,), **CONV1), [normal(2, 3, 2), normal(3, 3, 2)]),
        (lambda g, k: _conv.conv_input_grad(g, k, spatial=(5, 5), **CONV2), [normal(1, 5, 2, 4), normal(2, 3, 2, 4)]),
    ],
    "conv_kernel_grad": [
        (lambda x, g: _conv.conv_kernel_grad(x, g, window=(3,), **CONV1), [normal(2, 6, 3), normal(2, 3, 2)]),
        (lambda x, g: _conv.conv_kernel_grad(x, g, window=(2, 3), **CONV2), [normal(1, 5, 5, 4), normal(1, 5, 2, 4)]),
    ],
    "window_sum": [(lambda x: _pool.window_sum(x, **POOL), [normal(2, 4, 5, 2)])],
    "window_spread": [(lambda g: _pool.window_spread(g, spatial=(4, 5), **POOL), [normal(2, 2, 4, 2)])],
    "max_pool": [(lambda x: _pool.max_pool(x, **POOL), [PEAKS])],
    "max_pool_grad": [
        (lambda g: _pool.max_pool_grad(g, PEAKS, _pool.max_pool(PEAKS, **POOL), **POOL), [normal(2, 2, 4, 2)])
    ],
    "max_pool_pick": [
        (lambda v: _pool.max_pool_pick(v, PEAKS, _pool.max_pool(PEAKS, **POOL), **POOL), [normal(2, 4, 5, 2)])
    ],
}

# batch 2, features 3, units 2, steps 4
SEQUENCE, START, CELL = normal(2, 4, 3), inside(2, 2), inside(2, 2)
RECURRENT_CASES = {
    "simple_rnn": [
        (lambda *a: native.nn.simple_rnn(*a), [SEQUENCE, START, normal(3, 2), normal(2, 2), normal(2)]),
        (
            lambda *a: native.nn.simple_rnn(*a, reverse=True, sequences=False),
            [SEQUENCE, START, normal(3, 2), normal(2, 2), normal(2)],
        ),
    ],
    "lstm": [
        (
            lambda *a: np.concatenate([np.reshape(y, (-1,)) for y in native.nn.lstm(*a)]),
            [SEQUENCE, START, CELL, normal(3, 8), normal(2, 8), normal(8)],
        ),
        (
            lambda *a: np.stack(native.nn.lstm(*a, reverse=True, sequences=False)),
            [SEQUENCE, START, CELL, normal(3, 8), normal(2, 8), normal(8)],
        ),
    ],
    "gru": [
        (lambda *a: native.nn.gru(*a), [SEQUENCE, START, normal(3, 6), normal(2, 6), normal(2, 6)]),
        (
            lambda *a: native.nn.gru(*a, reverse=True, sequences=False),
            [SEQUENCE, START, normal(3, 6), normal(2, 6), normal(2, 6)],
        ),
    ],
}
# Ragged, with holes, nothing at all.
HERE = np.array([[False, True, True, False], [True, True, False, True]])
NOT_AT_ALL = np.array([[True, False, True, True], [False, False, False, False]])
for how in ({"mask": HERE}, {"mask": NOT_AT_ALL, "reverse": True}, {"mask": HERE, "reverse": True, "sequences": False}):
    RECURRENT_CASES["simple_rnn"].append(
        (
            lambda *a, how=how: native.nn.simple_rnn(*a, **how),
            [SEQUENCE, START, normal(3, 2), normal(2, 2), normal(2)],
        )
    )
    RECURRENT_CASES["lstm"].append(
        (
            lambda *a, how=how: np.concatenate([np.reshape(y, (-1,)) for y in native.nn.lstm(*a, **how)]),
            [SEQUENCE, START, CELL, normal(3, 8), normal(2, 8), normal(8)],
        )
    )
    RECURRENT_CASES["gru"].append(
        (lambda *a, how=how: native.nn.gru(*a, **how), [SEQUENCE, START, normal(3, 6), normal(2, 6), normal(2, 6)])
    )
# The way back of a recurrent kernel, whose own gradient is refused in words.
REFUSED = {f"{name}_grad" for name in RECURRENT_CASES}
CASES |= RECURRENT_CASES

# The second derivative of these is not defined, or meets a kink.
FIRST_ORDER_ONLY = {"trigamma", "i0", "scatter", "with_gradient", *RECURRENT_CASES}


def numeric_gradient(f, arrays, i, step=1e-6):
    gradient = np.zeros_like(arrays[i])
    for place in np.ndindex(arrays[i].shape):
        ends = []
        for sign in (1, -1):
            moved = [a.copy() for a in arrays]
            moved[i][place] += sign * step
            ends.append(float(f(*moved)))
        gradient[place] = (ends[0] - ends[1]) / (2 * step)
    return gradient


def check(f, arrays, tolerance):
    numbers = tuple(range(len(arrays)))
    _, gradients = native.value_and_grad(f, numbers)(*arrays)
    _, compiled = native.compile(native.value_and_grad(f, numbers))(*arrays)
    for i, (g, c) in enumerate(zip(gradients, compiled)):
        expected = numeric_gradient(f, arrays, i)
        np.testing.assert_allclose(g, expected, rtol=tolerance, atol=tolerance)
        np.testing.assert_allclose(c, g, rtol=1e-9, atol=1e-12)


def weighted(f, arrays):
    """A scalar function of the arrays: the outputs summed with fixed weights."""
    weights = np.random.default_rng(3).standard_normal(np.shape(f(*arrays)))
    return lambda *a: np.sum(f(*a) * weights)


@pytest.mark.parametrize("name", sorted(PRIMITIVES))
def test_gradient(name):
    primitive = PRIMITIVES[name]
    if not primitive.differentiable:
        assert name not in CASES
        return
    if name in REFUSED:
        f, arrays = CASES[name.removesuffix("_grad")][0]
        _, gradient = native.value_and_grad(weighted(f, arrays))(*arrays)
        assert gradient.shape == arrays[0].shape
        with pytest.raises(TypeError, match="gradient of a gradient.*RNN"):
            native.value_and_grad(lambda *a: np.sum(native.value_and_grad(weighted(f, arrays))(*a)[1]))(*arrays)
        return
    assert name in CASES, f"primitive {name!r} has no case here: add one, or declare it no_gradient()"
    for f, arrays in CASES[name]:
        check(weighted(f, arrays), arrays, 2e-5)


@pytest.mark.parametrize("name", sorted(set(CASES) - FIRST_ORDER_ONLY))
def test_gradient_of_gradient(name):
    f, arrays = CASES[name][0]
    first = weighted(f, arrays)
    numbers = tuple(range(len(arrays)))

    def second(*a):
        _, gradients = native.value_and_grad(first, numbers)(*a)
        return sum(np.sum(np.sin(g + i)) for i, g in enumerate(gradients))

    check(second, arrays, 2e-4)
