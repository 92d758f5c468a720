"""Every primitive of the engine, and cases for each: what its rules are judged by."""

import importlib
import pkgutil
import types

import numpy as np
import pytest

from lamina.engines import native
from lamina.engines.native._primitive import Primitive


def _all_primitives():
    """Those that stand in any module of the engine, by name. (`stage` is no operation: a plan runs it.)"""
    found = {}
    for module in pkgutil.walk_packages(native.__path__, native.__name__ + "."):
        for value in vars(importlib.import_module(module.name)).values():
            if isinstance(value, Primitive) and value.name != "stage":
                assert found.setdefault(value.name, value) is value, f"two primitives are called {value.name!r}"
    return found


PRIMITIVES = _all_primitives()
P = types.SimpleNamespace(**PRIMITIVES)
rng = np.random.default_rng(7)


def normal(*shape):
    return rng.standard_normal(shape)


def positive(*shape):
    return rng.uniform(0.5, 2.0, shape)


def inside(*shape):
    return rng.uniform(-0.8, 0.8, shape)


def distinct(*shape):
    return rng.permutation(np.prod(shape)).reshape(shape) + rng.uniform(-0.1, 0.1, shape)


def signed(*shape):
    """Of both signs, and not near zero."""
    return positive(*shape) * np.where(np.arange(np.prod(shape)).reshape(shape) % 2, 1, -1)


def apart(*shape):
    """Of both signs, and so that no quotient by `signed(4)` comes near a whole number."""
    return signed(*shape) * 0.2 + 0.01


def definite(n):
    a = normal(n, n)
    return a @ a.T + n * np.eye(n)


symmetric = lambda a: 0.5 * (a + np.swapaxes(a, -1, -2))  # noqa: E731

# primitive name -> cases (function of floating arrays, its arguments).
CASES = {name: [(getattr(P, name), [normal(3, 4)])] for name in (
    "negative square exp exp2 expm1 sin cos tanh sinh cosh arctan arcsinh deg2rad rad2deg erf sigmoid softplus i0"
).split()}  # fmt: skip
CASES |= {name: [(getattr(P, name), [positive(3, 4)])] for name in (
    "sqrt log log2 log10 log1p digamma trigamma lgamma"
).split()}  # fmt: skip
CASES |= {name: [(getattr(P, name), [inside(3, 4)])] for name in ("tan arcsin arccos arctanh erfinv").split()}
CASES |= {name: [(getattr(P, name), [signed(3, 4)])] for name in ("cbrt", "reciprocal")}
CASES |= {
    name: [(getattr(P, name), [normal(3, 4), normal(4)])]
    for name in ["add", "subtract", "multiply", "logaddexp", "logaddexp2"]
}
CASES |= {
    name: [(getattr(P, name), [distinct(3, 4), distinct(3, 1)])] for name in ["maximum", "minimum", "fmax", "fmin"]
}
CASES |= {
    "divide": [(P.divide, [normal(3, 4), signed(4)])],
    "power": [(P.power, [positive(3, 4), normal(4)]), (lambda a: P.power(a, np.full(4, 3.0)), [normal(3, 4)])],
    "remainder": [(P.remainder, [apart(3, 4), signed(4)])],
    "fmod": [(P.fmod, [apart(3, 4), signed(4)])],
    "hypot": [(P.hypot, [signed(3, 4), signed(4)])],
    "arctan2": [(P.arctan2, [signed(3, 4), signed(4)])],
    "arccosh": [(P.arccosh, [positive(3, 4) + 1])],
    "absolute": [(P.absolute, [distinct(3, 4) - 5.5])],
    "copysign": [(lambda a: P.copysign(a, np.array([1.0, -1.0, 1.0, -1.0])), [distinct(3, 4) - 5.5])],
    "relu": [(P.relu, [distinct(3, 4) - 5.5])],
    "relu_grad": [(lambda g: P.relu_grad(g, np.array([1.0, 0.0, 2.0, 0.0])), [normal(3, 4)])],
    "clip": [(lambda x: P.clip(x, low=-3.2, high=2.7), [distinct(3, 4) - 5.5])],
    "clip_grad": [(lambda g: P.clip_grad(g, np.array([1.0, -9.0, 2.0, 9.0]), low=-3, high=3), [normal(3, 4)])],
    "softmax": [(lambda x: P.softmax(x, axis=1), [normal(3, 4)])],
    "log_softmax": [(lambda x: P.log_softmax(x, axis=0), [normal(3, 4)])],
    "where": [(lambda a, b: P.where(np.array([True, False, True, False]), a, b), [normal(3, 4), normal(4)])],
    "cast": [(lambda x: P.cast(x, dtype=np.dtype("float64")) * 2, [normal(3)])],
    "identity": [(P.identity, [normal(3)])],
    "batch_normalized": [
        (lambda x, gamma, beta: native.nn.batch_norm(x, gamma, beta, 0.1)[0], [normal(5, 3), positive(3), normal(3)]),
        (lambda x: native.nn.batch_norm(x, None, None, 0.1)[0], [normal(2, 3, 2)]),
    ],
    "sum": [(lambda x: P.sum(x, axis=(1,), keepdims=False), [normal(2, 3, 4)])],
    "prod": [
        (lambda x: P.prod(x, axis=(0, 2), keepdims=False), [normal(2, 3, 2)]),
        (lambda x: P.prod(x, axis=(0,), keepdims=True), [np.array([0.0, 2.0, 3.0])]),
    ],
    "max": [(lambda x: P.max(x, axis=(0,), keepdims=True), [distinct(3, 4)])],
    "min": [(lambda x: P.min(x, axis=(1,), keepdims=False), [distinct(3, 4)])],
    "reshape": [(lambda x: P.reshape(x, shape=(4, 3)), [normal(3, 4)])],
    "transpose": [(lambda x: P.transpose(x, axes=(2, 0, 1)), [normal(2, 3, 4)])],
    "broadcast_to": [(lambda x: P.broadcast_to(x, shape=(2, 3, 4)), [normal(3, 1)])],
    "slice": [(lambda x: P.slice(x, index=(slice(None, None, -2), 1)), [normal(5, 3)])],
    "unslice": [
        (lambda g: P.unslice(g, shape=(5, 3), index=(slice(None, None, 2), 1)), [normal(3)]),
        (lambda g: P.unslice(g, shape=(5, 3), index=(slice(None, None, -2), slice(-2, None))), [normal(3, 2)]),
        (lambda g: P.unslice(g, shape=(5, 3), index=(-1, slice(3, 0, -1))), [normal(2)]),
    ],
    "concatenate": [(lambda a, b: P.concatenate(a, b, axis=1), [normal(2, 3), normal(2, 1)])],
    "pad": [(lambda x: P.pad(x, widths=((1, 2), (0, 1))), [normal(2, 3)])],
    "take": [(lambda x: P.take(x, np.array([[0, 2], [2, 1]]), axis=0), [normal(3, 4)])],
    "take_grad": [
        (lambda g: P.take_grad(g, np.array([0, 2, 2]), axis=0, size=4), [normal(3, 2)]),
        (lambda g: P.take_grad(g, np.array([0, 2, 2]), axis=1, size=4), [normal(2, 3)]),
        (lambda g: P.take_grad(g, np.array([[0, -2], [2, 1]]), axis=1, size=4), [normal(2, 2, 2, 3)]),
    ],
    "take_along_axis": [(lambda x: P.take_along_axis(x, np.array([[0, 0], [2, 1]]), axis=1), [normal(2, 3)])],
    "put_along_axis": [(lambda g: P.put_along_axis(g, np.array([[0, 0], [2, 1]]), axis=1, size=3), [normal(2, 2)])],
    "gather": [(lambda x: P.gather(x, np.array([0, 2, 0]), np.array([1, 1, 1])), [normal(3, 2, 2)])],
    "scatter": [
        (lambda x, u: P.scatter(x, u, np.array([0, 2, 0]), mode="add"), [normal(3, 2), normal(3, 2)]),
        (lambda x, u: P.scatter(x, u, np.array([0, 2]), mode="set"), [normal(3, 2), normal(2, 2)]),
        (lambda x, u: P.scatter(x, u, np.array([0, 2]), mode="max"), [distinct(3, 2), distinct(2, 2)]),
        (lambda x, u: P.scatter(x, u, np.array([0, 2]), mode="multiply"), [positive(3, 2), positive(2, 2)]),
    ],
    "dynamic_slice": [(lambda x: P.dynamic_slice(x, np.array([1, 0]), sizes=(2, 2)), [normal(4, 3)])],
    "dynamic_update_slice": [
        (lambda x, u: P.dynamic_update_slice(x, u, np.array([1, 0])), [normal(4, 3), normal(2, 2)])
    ],
    "matmul": [(P.matmul, [normal(3, 4), normal(4, 2)]), (P.matmul, [normal(2, 3, 4), normal(4, 2)]),
               (P.matmul, [normal(2, 1, 3, 4), normal(3, 4, 2)])],
    "einsum": [
        (lambda a, b: P.einsum(a, b, subscripts="abc,cd->bad"), [normal(2, 3, 4), normal(4, 5)]),
        (lambda a: P.einsum(a, subscripts="ii->i"), [normal(3, 3)]),
        (lambda a, b: P.einsum(a, b, subscripts="ab,c->a"), [normal(2, 3), normal(4)]),
    ],
    "inv": [(P.inv, [definite(3)])],
    "det": [(P.det, [definite(3)])],
    "slogdet": [(lambda a: P.slogdet(a)[1], [definite(3)])],
    "solve": [(P.solve, [definite(3), normal(3, 2)])],
    "cholesky": [(lambda a: P.cholesky(symmetric(a)), [definite(3)])],
    "eigh": [(lambda a: np.square(P.eigh(symmetric(a))[0]), [definite(3)]),
             (lambda a: np.square(P.eigh(symmetric(a))[1]), [definite(3)])],
    "qr": [(lambda a: P.qr(a, mode="reduced")[0], [normal(4, 3)]), (lambda a: P.qr(a, mode="reduced")[1], [normal(3, 3)])],
    "svd": [
        (lambda a: np.square(P.svd(a, full_matrices=False)[0]), [normal(4, 3)]),
        (lambda a: np.square(P.svd(a, full_matrices=False)[2]), [normal(3, 4)]),
        (lambda a: P.svd(a, full_matrices=True)[1], [normal(3, 3)]),
    ],
    "svdvals": [(P.svdvals, [normal(4, 3)])],
    "cumsum": [(lambda x: P.cumsum(x, axis=1), [normal(2, 4)])],
    "cumprod": [(lambda x: P.cumprod(x, axis=0), [np.array([1.5, 0.0, -2.0, 3.0])])],
    "recurrence": [(lambda a, b: P.recurrence(a, b, axis=0), [normal(4, 2), normal(4, 2)])],
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
        (lambda x, k: P.conv(x, k, **CONV1), [normal(2, 6, 3), normal(3, 3, 2)]),
        (lambda x, k: P.conv(x, k, **CONV2), [normal(1, 5, 5, 4), normal(2, 3, 2, 4)]),
    ],
    "conv_input_grad": [
        (lambda g, k: P.conv_input_grad(g, k, spatial=(6,), **CONV1), [normal(2, 3, 2), normal(3, 3, 2)]),
        (lambda g, k: P.conv_input_grad(g, k, spatial=(5, 5), **CONV2), [normal(1, 5, 2, 4), normal(2, 3, 2, 4)]),
    ],
    "conv_kernel_grad": [
        (lambda x, g: P.conv_kernel_grad(x, g, window=(3,), **CONV1), [normal(2, 6, 3), normal(2, 3, 2)]),
        (lambda x, g: P.conv_kernel_grad(x, g, window=(2, 3), **CONV2), [normal(1, 5, 5, 4), normal(1, 5, 2, 4)]),
    ],
    "window_sum": [(lambda x: P.window_sum(x, **POOL), [normal(2, 4, 5, 2)])],
    "window_spread": [(lambda g: P.window_spread(g, spatial=(4, 5), **POOL), [normal(2, 2, 4, 2)])],
    "max_pool": [(lambda x: P.max_pool(x, **POOL), [PEAKS])],
    "max_pool_grad": [(lambda g: P.max_pool_grad(g, PEAKS, P.max_pool(PEAKS, **POOL), **POOL), [normal(2, 2, 4, 2)])],
    "max_pool_pick": [(lambda v: P.max_pool_pick(v, PEAKS, P.max_pool(PEAKS, **POOL), **POOL), [normal(2, 4, 5, 2)])],
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
CASES |= RECURRENT_CASES
# The ways back of the recurrent kernels have no case of their own: they are met in the gradients of these.
MET_IN = {f"{name}_grad": name for name in RECURRENT_CASES}
REFUSED = {"while_loop"}  # their gradient

# The second derivative of these is not defined, or meets a kink.
FIRST_ORDER_ONLY = {"trigamma", "i0", "scatter", "with_gradient", *RECURRENT_CASES}

# --- what passes no gradient, and more operands for the other rules ---------------------------------------------------

HALVES = np.array([[-2.5, -0.5, 0.0, 0.5], [1.5, 2.5, np.inf, np.nan], [-1.0, -0.0, 3.0, 7.0]])
WHOLES = np.array([[-7, 2, 0, 5], [3, -1, 6, 4], [1, 8, -3, 2]])
TRUTHS = HALVES > 0
VALUES = {name: [(getattr(P, name), [HALVES])] for name in (
    "sign floor ceil trunc rint signbit isnan isinf isfinite polygamma2 i1 stop_gradient"
).split()}  # fmt: skip
VALUES |= {name: [(getattr(P, name), [HALVES, HALVES[:1]])] for name in (
    "equal not_equal less less_equal greater greater_equal floor_divide nextafter heaviside"
).split()}  # fmt: skip
VALUES |= {name: [(getattr(P, name), [TRUTHS, TRUTHS[:, :1]])] for name in (
    "logical_and logical_or logical_xor"
).split()}  # fmt: skip
VALUES |= {name: [(getattr(P, name), [WHOLES, WHOLES[1:2]])] for name in (
    "bitwise_and bitwise_or bitwise_xor gcd lcm"
).split()}  # fmt: skip
SEED = np.array([3, 5], "uint32")
DRAW = {"shape": (4, 6), "dtype": np.dtype("float32")}
VALUES |= {
    "logical_not": [(P.logical_not, [TRUTHS])],
    "invert": [(P.invert, [WHOLES])],
    "left_shift": [(P.left_shift, [WHOLES, abs(WHOLES[:1])])],
    "right_shift": [(P.right_shift, [WHOLES, abs(WHOLES[:1])])],
    "any": [(lambda x: P.any(x, axis=(1,), keepdims=True), [TRUTHS]),
            (lambda x: P.any(x, axis=(0,), keepdims=False), [TRUTHS])],
    "all": [(lambda x: P.all(x, axis=(1,), keepdims=False), [TRUTHS])],
    "argmax": [(lambda x: P.argmax(x, axis=1), [normal(3, 4)]), (lambda x: P.argmax(x, axis=0), [normal(3, 4)])],
    "argmin": [(lambda x: P.argmin(x, axis=1), [normal(3, 4)])],
    "argsort": [(lambda x: P.argsort(x, axis=0), [normal(4, 3)])],
    "searchsorted": [(lambda v: P.searchsorted(np.array([0.0, 1.0, 2.0]), v, side="left"), [normal(5)])],
    "bincount": [(lambda w: P.bincount(np.array([0, 2, 2]), w, minlength=4), [normal(3)])],
    "random_uniform": [(lambda s: P.random_uniform(s, **DRAW), [SEED])],
    "random_normal": [(lambda s: P.random_normal(s, **DRAW), [SEED])],
    "normal_of_uniform": [
        (P.normal_of_uniform, [rng.random((4, 6), dtype=np.float32)]),
        (lambda x: P.normal_of_uniform(x.T), [np.arange(40_000, dtype=np.float32).reshape(5, -1) * 419 / 2**24]),
    ],
    "random_bernoulli": [(lambda s: P.random_bernoulli(s, shape=(4, 6), dtype=np.dtype(bool), chance=0.3), [SEED])],
    "random_integers": [(lambda s: P.random_integers(s, np.array(2), np.array(9), shape=(8,), dtype=np.dtype("int32")), [SEED])],
    "random_bits": [(lambda s: P.random_bits(s, shape=(4, 6), dtype=np.dtype("int32")), [SEED])],
    "random_permutation": [(lambda s: P.random_permutation(s, shape=(7,), dtype=np.dtype("int64")), [SEED])],
    "random_gamma": [(lambda s: P.random_gamma(s, np.full((4, 6), 2.0), **DRAW), [SEED])],
    "while_loop": [
        (lambda x: native.stop_gradient(native.while_loop(lambda v: np.sum(v) < 9, lambda v: v * 2, x)), [positive(3)])
    ],
    # Splits that the cases above do not meet.
    "cast": [(lambda x: P.cast(x, dtype=np.dtype("int32")), [normal(4, 3)])],
    "identity": [(P.identity, [normal(4, 3)])],
    "clip": [(lambda x: P.clip(x, low=-0.5, high=0.5), [normal(4, 3)])],
    "where": [(P.where, [TRUTHS, normal(3, 4), normal(1, 4)])],
    "reshape": [
        (lambda x: P.reshape(x, shape=(4, 6)), [normal(4, 3, 2)]), (lambda x: P.reshape(x, shape=(8, 3)), [normal(4, 6)]),
        (lambda x: P.reshape(x, shape=(3, 4, 2)), [normal(3, 8)]), (lambda x: P.reshape(x, shape=(6, 4)), [normal(4, 6)]),
    ],
    "slice": [
        (lambda x: P.slice(x, index=(slice(None), slice(1, 3), 0)), [normal(4, 5, 2)]),
        (lambda x: P.slice(x, index=(slice(1, None), slice(None))), [normal(5, 4)]),
        (lambda x: P.slice(x, index=(1, slice(None, None, -1), slice(None))), [normal(2, 4, 4)]),
    ],
    "unslice": [
        (lambda g: P.unslice(g, shape=(4, 5, 2), index=(slice(None), slice(1, 3), 0)), [normal(4, 2)]),
        (lambda g: P.unslice(g, shape=(6, 4), index=(slice(1, 5), slice(None))), [normal(4, 4)]),
        (lambda g: P.unslice(g, shape=(2, 4, 4), index=(1, slice(None, None, -1), slice(None))), [normal(4, 4)]),
    ],
    "take_grad": [
        (lambda g: P.take_grad(g, np.array([0, 2, 2]), axis=1, size=4), [normal(4, 3)]),
        (lambda g: P.take_grad(g, np.array([[0, 2], [2, 1]]), axis=1, size=4), [normal(4, 2, 2, 3)]),
    ],
    "pad": [(lambda x: P.pad(x, widths=((0, 0), (1, 2))), [normal(4, 4)])],
    "take": [
        (lambda x: P.take(x, np.array([[2, 0], [-1, 1], [0, 0]]), axis=1), [normal(4, 3, 2)]),
        (lambda i: P.take(np.arange(12.0).reshape(4, 3), i, axis=0), [np.array([[3, 1], [0, -2], [2, 2], [1, 0]])]),
        (lambda x, i: P.take(x, i, axis=1), [normal(4, 4), np.array([3, 1, 0, 2])]),
        (lambda x: P.take(x, np.array([[2, 0], [-1, 1]]), axis=0, trusted=True), [normal(4, 3, 2)]),
        (lambda x: P.take(x, np.array([2, 0, -3]), axis=1, trusted=True), [normal(2, 3, 4)]),
    ],
    "take_along_axis": [(lambda x, i: P.take_along_axis(x, i, axis=1), [normal(4, 3), np.array([[2], [0], [1], [1]])])],
    "put_along_axis": [(lambda g, i: P.put_along_axis(g, i, axis=1, size=3), [normal(4, 1), np.array([[2], [0], [1], [1]])])],
    "concatenate": [(lambda a, b: P.concatenate(a, b, axis=0), [normal(4, 3), normal(4, 3)])],
    "sum": [
        (lambda x: P.sum(x, axis=(0,), keepdims=False), [normal(4, 3)]),
        (lambda x: P.sum(x, axis=(1,), keepdims=True), [normal(4, 3)]),
        (lambda x: P.sum(x, axis=(0,), keepdims=False), [normal(64, 64)]),
    ],
    "max": [(lambda x: P.max(x, axis=(0,), keepdims=False), [normal(4, 4)])],
    "softmax": [
        (lambda x: P.softmax(x, axis=-1), [normal(4, 4)]),
        (lambda x: P.softmax(x, axis=-1), [normal(3, 40)]),
    ],
    "log_softmax": [
        (lambda x: P.log_softmax(x, axis=-1), [normal(4, 4)]),
        (lambda x: P.log_softmax(x, axis=-1), [normal(3, 40)]),
    ],
    "cumsum": [(lambda x: P.cumsum(x, axis=0), [normal(4, 4)])],
    "cumprod": [(lambda x: P.cumprod(x, axis=1), [normal(4, 4)])],
    "matmul": [
        (P.matmul, [normal(4, 4), normal(4, 4)]), (P.matmul, [normal(4, 2, 3), normal(4, 3, 2)]),
        (P.matmul, [normal(2, 4, 3), normal(3, 4)]), (P.matmul, [normal(1500, 1200), normal(1200, 4)]),
    ],
    "einsum": [
        (lambda a, b: P.einsum(a, b, subscripts="bij,bkj->bik"), [normal(4, 2, 3), normal(4, 4, 3)]),
        (lambda a, b: P.einsum(a, b, subscripts="bi,bj->ij"), [normal(4, 2), normal(4, 3)]),
    ],
    "add": [(P.add, [normal(600, 32).astype("float32"), normal(32).astype("float32")]), (P.add, [normal(4, 4), normal(4, 1)])],
    "subtract": [(P.subtract, [normal(32), normal(600, 32)])],
    "multiply": [(P.multiply, [normal(600, 32), normal(1, 32)])],
    "erf": [(P.erf, [normal(40_000).astype("float32")])],
    "relu": [(P.relu, [normal(3, 4097).astype("float32")])],
}  # fmt: skip


def pytest_generate_tests(metafunc):
    """`primitive`: every one of the engine; `differentiable`: those with gradient rules of their own; `smooth`: those with
    rules for the gradient of the gradient; `written`: those with a form in machine code. Every one has a case, or fails by
    name."""
    groups = {
        "primitive": PRIMITIVES,
        "differentiable": [
            name for name, p in PRIMITIVES.items() if p.differentiable and name not in (*MET_IN, *REFUSED)
        ],
        "smooth": set(CASES) - FIRST_ORDER_ONLY,
        "written": [name for name, p in PRIMITIVES.items() if p.emit is not None],
    }
    for argument, names in groups.items():
        if argument in metafunc.fixturenames:
            metafunc.parametrize(argument, [PRIMITIVES[name] for name in sorted(names)], ids=sorted(names))


@pytest.fixture
def gradient_cases():
    """Primitive -> pairs of a function of floating arrays and its arguments."""

    def of(primitive):
        assert primitive.name in CASES, f"{primitive.name!r} has no case in conftest.py: add one, or say NO_GRADIENT"
        return CASES[primitive.name]

    return of


@pytest.fixture
def cases():
    """Primitive -> pairs of a function of arrays and its arguments; the function calls the primitive, or its gradient does."""

    def of(primitive):
        name = MET_IN.get(primitive.name, primitive.name)
        found = [*CASES.get(name, ()), *VALUES.get(name, ())]
        assert found, f"{name!r} has no case in conftest.py"
        return found

    return of


@pytest.fixture
def refused():
    """The functions that have no gradient of the gradient, and say so."""
    return {name: CASES[name][0] for name in RECURRENT_CASES}


@pytest.fixture
def many_registers(monkeypatch):
    """Vectors are written on every processor; LLVM takes them apart where there are none."""
    from lamina.engines.native.machine import _vectors

    monkeypatch.setattr(_vectors, "has_avx512", lambda: True)
