"""One table of calls for every op: run eagerly against NumPy from the definition, symbolically, and against Keras."""

import itertools
import math
from typing import Any, NamedTuple

import numpy as np
import pytest

f32 = np.float32
X = np.array([[0.5, -1.25, 2.0], [1.5, -0.75, 0.25]], f32)
Y = np.array([[1.5, 0.5, -2.0], [0.25, -0.75, 3.0]], f32)
POS = np.array([[0.5, 1.25, 2.0], [1.5, 0.75, 0.25]], f32)
UNIT = np.array([[0.5, -0.25, 0.9], [-0.5, -0.75, 0.25]], f32)
NAN = np.array([[0.5, np.nan, 2.0], [np.inf, -np.inf, np.nan]], f32)
SOMENAN = np.array([[0.5, np.nan, 2.0], [1.0, -3.0, np.nan]], f32)
I = np.array([[1, 2, 3], [4, 6, 0]], np.int32)
J = np.array([[2, 3, 1], [1, 4, 5]], np.int32)
B = np.array([[True, False, True], [False, False, True]])
C = np.array([[True, True, False], [False, True, True]])
V = np.array([3.0, -1.0, 2.0, 0.5], f32)
W = np.array([1.0, 2.0, -0.5], f32)
CUBE = np.arange(24, dtype=f32).reshape(2, 3, 4) / 7 - 1
SPD = np.array([[[4, 1, 0.5], [1, 3, 0.25], [0.5, 0.25, 2]], [[2, 0.5, 0], [0.5, 1, 0.25], [0, 0.25, 3]]], f32)
SQUARE = np.array([[2, 1, 0.5], [-1, 3, 0.25], [0.5, 4, 2]], f32)
TALL = np.array([[1, 2], [0.5, -1], [3, 0.25]], f32)
PROBS = np.array([[0.2, 0.5, 0.3], [0.7, 0.1, 0.2]], f32)
HOT = np.array([[0, 1, 0], [1, 0, 0]], f32)
IMAGE = np.arange(2 * 4 * 6 * 4, dtype=f32).reshape(2, 4, 6, 4)
SIGNAL = np.sin(np.arange(40, dtype=f32)).reshape(2, 20)


class Case(NamedTuple):
    name: str
    args: tuple
    kwargs: dict
    reference: Any
    symbolic: bool  # whether the tensors may be replaced by KerasTensors
    peer: bool  # whether Keras gives the same for this very call


CASES: list[Case] = []


def case(name: str, *args: Any, ref: Any = None, symbolic: bool = True, peer: bool = True, **kwargs: Any) -> None:
    CASES.append(Case(name, args, kwargs, ref, symbolic, peer))


def add(names: str, *args: Any, **kwargs: Any) -> None:
    for name in names.split():
        case(name, *args, **kwargs)


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x, axis=-1):
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    return e / e.sum(axis=axis, keepdims=True)


def each(function):
    return lambda x: np.vectorize(function)(x)


# Elementwise
add(
    "exp exp2 expm1 sin cos tan sinh cosh tanh arctan arcsinh cbrt deg2rad rad2deg ceil floor trunc negative "
    "sign square",
    X,
)
add("absolute abs fabs reciprocal sinc i0 conj conjugate copy real imag isreal", X)
add("log log2 log10 log1p sqrt", POS)
add("arcsin arccos arctanh", UNIT)
case("arccosh", POS + 1)
case("rsqrt", POS, ref=lambda x: 1 / np.sqrt(x))
case("erf", X, ref=each(math.erf))
case("erfc", X, ref=each(math.erfc))
case("erfinv", np.vectorize(math.erf)(X / 2).astype(f32), ref=lambda _: X / 2)
add("isfinite isinf isnan isposinf isneginf signbit", NAN)
case("nan_to_num", NAN, ref=lambda _: np.nan_to_num(NAN))
case("nan_to_num", NAN, nan=1.0, posinf=5.0, neginf=-5.0)
add("logical_not bitwise_not bitwise_invert", B)
case("bitwise_not", I)
case("bitwise_invert", I)
case("round", X * 1.7)
case("round", X * 1.77, 1)
case("clip", X, -0.5, 1.0)
case("clip", I, 1, 3)
case("angle", X)
case("heaviside", np.array([-1, 0, 2], f32), f32(0.5))
case("view", X, "int32", ref=lambda x, d: X.view(np.int32), symbolic=False)
case("view_as_real", np.array([1 + 2j, 3j], np.complex64), ref=lambda x: np.stack([x.real, x.imag], -1), symbolic=False)
case("view_as_complex", TALL, ref=lambda x: x[:, 0] + 1j * x[:, 1], symbolic=False)
add(
    "add subtract multiply divide true_divide maximum minimum arctan2 hypot logaddexp logaddexp2 fmax fmin fmod mod",
    X,
    Y,
)
add("equal not_equal less less_equal greater greater_equal floor_divide nextafter", X, Y)
add("fmax fmin maximum", X, NAN)
case("nextafter", X, Y, ref=lambda *_: np.nextafter(X, Y))
case("power", POS, Y)
case("power", I, 2)
add("gcd lcm bitwise_and bitwise_or bitwise_xor floor_divide mod", I, J)
add("left_shift right_shift", I, J)
case("bitwise_left_shift", I, J, ref=np.left_shift)
case("bitwise_right_shift", I, J, ref=np.right_shift)
add("logical_and logical_or logical_xor", B, C)
case("divide_no_nan", X, np.array([0, 1, 2], f32), ref=lambda a, b: np.divide(a, b, out=np.zeros_like(a), where=b != 0))
case("ldexp", X, I, ref=lambda x, i: x * 2.0**i)
case("isclose", X, X + f32(1e-6))
case("isclose", NAN, NAN, equal_nan=True)
case("allclose", X, X + f32(1e-9))
case("where", B, X, Y)
case("where", X > 0, X, 0.0)
case("where", B, ref=np.nonzero, symbolic=False)
case("select", [X > 1, X > 0], [X, Y], 7.0, ref=np.select)
case("polar", POS, X, ref=lambda r, t: r * np.exp(1j * t), symbolic=False)

# Reductions
for axis in (None, 0, -1):
    for name in ("sum", "mean", "var", "std", "max", "min", "amax", "amin", "prod", "ptp", "median"):
        case(name, X, axis=axis)
    add("all any", B, axis=axis)
    add("argmax argmin", X, axis=axis)
    add("cumsum cumprod", X, axis=axis)
    add("count_nonzero", I, axis=axis)
    add("nansum nanprod nanmean nanvar nanstd nanmax nanmin nanmedian nancumsum nancumprod", SOMENAN, axis=axis)
    add("nanargmax nanargmin", SOMENAN, axis=axis)
add("sum mean max std", CUBE, axis=(0, 2), keepdims=True)
add("quantile nanquantile", CUBE, 0.3, axis=1)
add("quantile nanquantile", CUBE, np.array([0.1, 0.5], f32), axis=(0, 2), keepdims=True)
add("percentile nanpercentile", X, 30.0, axis=-1)
for method in ("lower", "higher", "midpoint", "nearest"):
    case("quantile", V, 0.4, method=method)
case("nanquantile", SOMENAN, 0.4, axis=0)
case("nanpercentile", SOMENAN, 40.0)
case("max", X, axis=1, initial=1.0)
case("max", np.zeros((0, 3), "float32"), axis=0, initial=-2.0)
case("min", X, axis=1, initial=0.0)
case("argmax", X, axis=1, keepdims=True)
case("average", X, axis=0)
case("average", X, axis=1, weights=W)
case("logsumexp", X, axis=1, ref=lambda x, axis: np.log(np.exp(x).sum(axis)))
case("logsumexp", X, keepdims=True, ref=lambda x, keepdims: np.log(np.exp(x).sum(keepdims=True)))
add("sort argsort", X, axis=0)
add("sort argsort", X)
case("argpartition", np.array([3, 1, 2], f32), 1, ref=lambda x, k: np.array([1, 2, 0]), peer=False)
case("top_k", X, 2, ref=lambda x, k: (-np.sort(-x)[:, :k], np.argsort(-x)[:, :k]))
case("in_top_k", np.array([1, 2], np.int32), PROBS, 1, ref=lambda t, p, k: np.array([True, False]))
case("trapezoid", X, dx=0.5, ref=lambda y, dx: ((y[:, 1:] + y[:, :-1]) / 2 * dx).sum(-1))
case("trapezoid", X, np.array([0, 1, 3], f32), ref=lambda y, x: ((y[:, 1:] + y[:, :-1]) / 2 * np.diff(x)).sum(-1))

# Creation
add("zeros ones", (2, 3), symbolic=False)
case("empty", (2, 3), ref=np.zeros, symbolic=False, peer=False)
case("full", (2, 3), 1.5, symbolic=False)
add("zeros_like ones_like", X)
case("empty_like", X, ref=np.zeros_like, peer=False)
case("full_like", X, 2.0)
case("arange", 5, symbolic=False)
case("arange", 1, 4.0, 0.5, symbolic=False)
case("linspace", 0.0, 2.0, 5, symbolic=False)
case("linspace", V[:2], V[2:], 4, axis=-1, endpoint=False)
case("logspace", 0.0, 2.0, 4, symbolic=False)
case("geomspace", 1.0, 100.0, 5, symbolic=False)
case("eye", 3, 4, k=1, symbolic=False)
case("identity", 3, symbolic=False)
case("tri", 3, 4, k=-1, symbolic=False)
case("array", X)
case("meshgrid", V, W)
case("meshgrid", V, W, indexing="ij")
add("bartlett blackman hamming hanning", 7, symbolic=False)
case("kaiser", 7, 3.0, symbolic=False)
case("vander", W)
case("vander", W, 4, increasing=True)
case("one_hot", I, 5, ref=lambda x, n: (x[..., None] == np.arange(n)).astype(f32))
case("one_hot", I, 5, axis=0, ref=lambda x, n, axis: np.moveaxis((x[..., None] == np.arange(n)).astype(f32), -1, 0))
case("multi_hot", I, 7, ref=lambda x, n: (x[..., None] == np.arange(n)).max(1).astype(f32))

# Shaping
case("reshape", X, (3, -1))
add("ravel transpose flip fliplr flipud", X)
case("transpose", CUBE, (2, 0, 1))
case("moveaxis", CUBE, 0, -1)
case("swapaxes", CUBE, 0, 2)
case("expand_dims", X, 1)
case("expand_dims", X, (0, 2))
case("squeeze", X[None], 0)
case("squeeze", X[None, :, None])
case("broadcast_to", W, (2, 3))
case("flip", CUBE, (0, 2))
case("rot90", X)
case("rot90", CUBE, k=3, axes=(1, 2))
case("roll", X, 1)
case("roll", X, 2, axis=1)
case("repeat", X, 2)
case("repeat", X, 3, axis=1)
case("repeat", X, [1, 2], axis=0)
case("tile", X, (2, 1))
case("concatenate", [X, Y], axis=1)
case("concatenate", [X, I])
case("stack", [X, Y], axis=-1)
add("hstack vstack dstack", [X, Y])
add("hstack vstack dstack", [V, V])
case("append", X, Y)
case("append", X, Y, axis=0)
case("split", CUBE, 2, axis=2)
case("split", CUBE, [1, 3], axis=2)
case("array_split", CUBE, 3, axis=2)
case("hsplit", CUBE, 3)
case("vsplit", CUBE, 2)
case("dsplit", CUBE, 2)
case("unstack", X, axis=1, ref=lambda x, axis: [x[:, i] for i in range(3)])
case("pad", X, 1)
case("pad", X, ((1, 0), (0, 2)), constant_values=3.0)
for mode in ("reflect", "symmetric", "edge"):
    case("pad", X, ((1, 1), (2, 1)), mode=mode, peer=mode != "edge")
case("diag", W)
case("diag", W, 1)
case("diag", W, -2)
case("diag", SQUARE, -1)
case("diagflat", X)
case("diagonal", CUBE, 1)
case("diagonal", CUBE, 0, axis1=2, axis2=1)
add("tril triu", SQUARE)
add("tril triu", CUBE, 1)
case("trace", CUBE)
case("trace", I, 1)
case("diff", X)
case("diff", CUBE, n=2, axis=1)
case(
    "space_to_depth",
    IMAGE,
    2,
    ref=lambda x, b: x.reshape(2, 2, 2, 3, 2, 4).transpose(0, 1, 3, 2, 4, 5).reshape(2, 2, 3, 16),
)
case(
    "depth_to_space",
    IMAGE,
    2,
    ref=lambda x, b: x.reshape(2, 4, 6, 2, 2, 1).transpose(0, 1, 3, 2, 4, 5).reshape(2, 8, 12, 1),
)
case("rearrange", IMAGE, "b (h p) w c -> b h (p w) c", p=2, ref=lambda x, *_, p: x.reshape(2, 2, 12, 4))
case("rearrange", CUBE, "a b c -> (c a) b", ref=lambda x, _: x.transpose(2, 0, 1).reshape(8, 3))

# Indexing
case("take", X, np.array([1, 0, 5], np.int32))
case("take", X, np.array([[2, 0], [-1, 1]], np.int32), axis=1)
case("take_along_axis", X, np.array([[0], [2]], np.int32), axis=1)
case("take_along_axis", X, np.array([0, 4], np.int32), ref=lambda x, i: x.ravel()[i])
case("get_item", X, (slice(None), 1), ref=lambda x, k: x[k])
case("get_item", X, 1, ref=lambda x, k: x[k])
case("get_item", X, slice(None, None, -1), ref=lambda x, k: x[k])
case("get_item", X, (None, ..., slice(-1, -9, -2)), ref=lambda x, k: x[k])
case("get_item", X, (0, slice(0, 2, -1)), ref=lambda x, k: x[k])
case("slice", X, (0, 1), (2, 2), ref=lambda x, *_: x[:, 1:3])
case("slice_update", X, (0, 1), np.ones((1, 2), f32), ref=lambda x, *_: np.where([[0, 1, 1], [0, 0, 0]], 1, x))
case("scatter", np.array([[0], [2], [0]], np.int32), W, (4,), ref=lambda i, v, s: np.array([v[0] + v[2], 0, v[1], 0]))
SCATTER = np.array([[0, 1], [1, 2], [0, 1]], np.int32)


def scattered(function):
    def reference(x, indices, updates, *_, **__):
        x = x.copy()
        for i, u in zip(indices, updates):
            x[tuple(i)] = function(x[tuple(i)], u)
        return x

    return reference


case("scatter_update", X, SCATTER[:2], W[:2], ref=scattered(lambda a, b: b))
case("scatter_update", X, SCATTER, W, "add", ref=scattered(lambda a, b: a + b))
case("scatter_update", X, SCATTER, W, "max", ref=scattered(max))
case("scatter_update", X, SCATTER, W, "min", ref=scattered(min))
case("scatter_update", X, SCATTER, W, "mul", ref=scattered(lambda a, b: a * b))
case("nonzero", I, symbolic=False)
case("unique", I, symbolic=False)
case(
    "unique", np.array([3, 1, 3], np.int32), return_index=True, return_inverse=True, return_counts=True, symbolic=False
)
case("isin", I, np.array([1, 6], np.int32))
case("isin", I, np.array([1, 6], np.int32), invert=True)
case("searchsorted", np.sort(V), X[0])
case("searchsorted", np.array([1, 2, 2, 3], f32), np.array([2.0], f32), side="right")
case("digitize", X, np.array([-1, 0, 1], f32))
case("bincount", np.array([0, 2, 2, 5], np.int32), minlength=7, symbolic=False)
case("bincount", np.array([0, 2, 2], np.int32), weights=W, symbolic=False)
case("histogram", V, 4, symbolic=False)
case("histogram", V, 4, (0.0, 3.0), symbolic=False)
case("unravel_index", np.array([5, 2], np.int32), (2, 3))
IDS = np.array([0, 2, 0], np.int32)
DATA = CUBE[0]
case("segment_sum", DATA, IDS, 3, ref=lambda d, i, n: np.stack([d[i == k].sum(0) for k in range(n)]))
case("segment_prod", DATA, IDS, 3, ref=lambda d, i, n: np.stack([d[i == k].prod(0) for k in range(n)]))
case(
    "segment_max",
    DATA,
    np.array([0, 1, 0], np.int32),
    2,
    ref=lambda d, i, n: np.stack([d[i == k].max(0) for k in range(n)]),
)
case(
    "segment_min",
    DATA,
    np.array([0, 1, 0], np.int32),
    2,
    ref=lambda d, i, n: np.stack([d[i == k].min(0) for k in range(n)]),
)

# Linear algebra
case("matmul", X, TALL)
case("matmul", CUBE, CUBE.transpose(0, 2, 1))
case("matmul", X, W)
case("dot", CUBE, np.ones((4, 2), f32))
case("dot", W, W)
case("tensordot", CUBE, CUBE, axes=[[0, 2], [0, 2]])
case("tensordot", X, TALL, axes=1)
case("inner", X, Y)
case("outer", V, W)
case("vdot", X, Y)
case("einsum", "ij,kj->ik", X, Y, ref=lambda s, a, b: a @ b.T)
case("einsum", "...ij->...ji", CUBE, ref=lambda s, a: np.swapaxes(a, -1, -2))
case("kron", X, TALL)
case("cross", X, Y)
for mode in ("valid", "same", "full"):
    case("correlate", V, W, mode=mode)
case("corrcoef", CUBE[0])
case("cholesky", SPD, ref=np.linalg.cholesky)
case("cholesky", SPD, upper=True, ref=lambda x, upper: np.swapaxes(np.linalg.cholesky(x), -1, -2))
case("cholesky_inverse", np.linalg.cholesky(SPD[0]).astype(f32), ref=lambda L: np.linalg.inv(L @ L.T))
case("inv", SPD, ref=np.linalg.inv)
case("det", SQUARE, ref=np.linalg.det)
case("slogdet", SQUARE, ref=np.linalg.slogdet)
case("logdet", SPD, ref=lambda x: np.log(np.linalg.det(x)))
case("eigh", SPD, ref=None, peer=False)
case("eig", SQUARE, ref=None, peer=False, symbolic=False)
case("qr", TALL, ref=None, peer=False)
case("svd", TALL, ref=None, peer=False)
case("svd", TALL, compute_uv=False, ref=lambda x, compute_uv: np.linalg.svd(x, compute_uv=False))
case("solve", SQUARE, TALL, ref=np.linalg.solve)
case("solve", SQUARE, W, ref=np.linalg.solve)
case("solve_triangular", np.tril(SQUARE), TALL, lower=True, ref=lambda a, b, lower: np.linalg.solve(a, b))
case("lstsq", TALL, W, ref=lambda a, b: np.linalg.lstsq(a, b, rcond=None)[0])
case("pinv", TALL, ref=np.linalg.pinv)
case("matrix_rank", np.outer(W, W).astype(f32), ref=lambda x: 1)
case("lu_factor", SQUARE, ref=None, peer=True, symbolic=False)
for order, axis in (
    (None, None),
    (1, 1),
    (2, 0),
    (3, 1),
    (math.inf, 1),
    (-math.inf, 1),
    (0, 1),
    ("fro", (0, 1)),
    ("nuc", (0, 1)),
    (1, (0, 1)),
    (-1, (0, 1)),
    (2, (0, 1)),
    (-2, (0, 1)),
    (math.inf, (0, 1)),
):
    case("norm", X, ord=order, axis=axis, ref=np.linalg.norm)
case("norm", np.sin(CUBE * 5), ord=1, axis=(0, 2), keepdims=True, ref=np.linalg.norm)
case("cdist", X, Y, ref=lambda a, b: np.sqrt(((a[:, None] - b[None]) ** 2).sum(-1)))

# Signals
case("fft", (X, Y), ref=lambda z: (np.fft.fft(z[0] + 1j * z[1]).real, np.fft.fft(z[0] + 1j * z[1]).imag))
case("fft2", (X, Y), ref=lambda z: (np.fft.fft2(z[0] + 1j * z[1]).real, np.fft.fft2(z[0] + 1j * z[1]).imag))
case("ifft2", (X, Y), ref=lambda z: (np.fft.ifft2(z[0] + 1j * z[1]).real, np.fft.ifft2(z[0] + 1j * z[1]).imag))
case("rfft", X, ref=lambda x: (np.fft.rfft(x).real, np.fft.rfft(x).imag))
case("rfft", X, 4, ref=lambda x, n: (np.fft.rfft(x, n).real, np.fft.rfft(x, n).imag))
case("irfft", (X, Y), ref=lambda z: np.fft.irfft(z[0] + 1j * z[1]))
case("extract_sequences", SIGNAL, 5, 3, ref=lambda x, n, s: np.stack([x[:, i : i + n] for i in range(0, 16, s)], 1))
case("stft", SIGNAL, 8, 4, 8, ref=None)
case("istft", (np.ones((2, 6, 5), f32), np.zeros((2, 6, 5), f32)), 8, 4, 8, ref=None)

# Activations and losses
case("relu", X, ref=lambda x: np.maximum(x, 0))
case("sigmoid", X, ref=sigmoid)
case("softplus", X, ref=lambda x: np.log1p(np.exp(x)))
case("softsign", X, ref=lambda x: x / (1 + abs(x)))
add("silu swish", X, ref=lambda x: x * sigmoid(x))
case("log_sigmoid", X, ref=lambda x: np.log(sigmoid(x)))
case("relu6", X * 4, ref=lambda x: np.clip(x, 0, 6))
case("hard_sigmoid", X * 3, ref=lambda x: np.clip(x / 6 + 0.5, 0, 1))
add("hard_silu hard_swish", X * 3, ref=lambda x: x * np.clip(x / 6 + 0.5, 0, 1))
case("hard_tanh", X, ref=lambda x: np.clip(x, -1, 1))
case("tanh_shrink", X, ref=lambda x: x - np.tanh(x))
case("sparse_plus", X, ref=lambda x: np.where(x <= -1, 0, np.where(x >= 1, x, (x + 1) ** 2 / 4)))
case("sparse_sigmoid", X, ref=lambda x: np.clip((x + 1) / 2, 0, 1))
case("selu", X, ref=lambda x: 1.05070098 * np.where(x > 0, x, 1.67326324 * (np.exp(x) - 1)))
case("leaky_relu", X, 0.1, ref=lambda x, a: np.where(x > 0, x, a * x))
case("elu", X, 1.5, ref=lambda x, a: np.where(x > 0, x, a * (np.exp(x) - 1)))
case("celu", X, 1.5, ref=lambda x, a: np.maximum(x, 0) + np.minimum(a * (np.exp(x / a) - 1), 0))
case("gelu", X, False, ref=lambda x, _: x * 0.5 * (1 + np.vectorize(math.erf)(x / math.sqrt(2))))
case("gelu", X, ref=lambda x: 0.5 * x * (1 + np.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3))))
case("glu", CUBE, ref=lambda x: x[..., :2] * sigmoid(x[..., 2:]))
case("hard_shrink", X, ref=lambda x: np.where(abs(x) > 0.5, x, 0))
case("soft_shrink", X, ref=lambda x: np.sign(x) * np.maximum(abs(x) - 0.5, 0))
case("threshold", X, 0.3, -7.0, ref=lambda x, t, v: np.where(x > t, x, v))
case("squareplus", X, ref=lambda x: (x + np.sqrt(x**2 + 4)) / 2)
case("softmax", X, ref=softmax)
case("softmax", CUBE, axis=1, ref=softmax)
case("softmax", CUBE, axis=(0, 2), ref=softmax)
case("log_softmax", X, ref=lambda x: np.log(softmax(x)))
# Keras 3.15 gives rows that do not sum to 1 here.
case(
    "sparsemax",
    np.array([[0.1, 1.1, 0.3], [3, 0, 0]], f32),
    peer=False,
    ref=lambda x: np.array([[0, 0.9, 0.1], [1, 0, 0]]),
)
case("categorical_crossentropy", HOT, PROBS, ref=lambda t, p: -np.log((t * p).sum(-1)))
case(
    "categorical_crossentropy",
    HOT,
    X,
    from_logits=True,
    ref=lambda t, x, from_logits: -np.log((t * softmax(x)).sum(-1)),
)
case("sparse_categorical_crossentropy", np.array([1, 0]), PROBS, ref=lambda t, p: -np.log([0.5, 0.7]))
case(
    "sparse_categorical_crossentropy",
    np.array([1, 0]),
    X,
    from_logits=True,
    ref=lambda t, x, from_logits: -np.log(softmax(x)[[0, 1], t]),
)
case("binary_crossentropy", HOT, PROBS, ref=lambda t, p: -(t * np.log(p) + (1 - t) * np.log(1 - p)))
case(
    "binary_crossentropy",
    HOT,
    X,
    from_logits=True,
    ref=lambda t, x, from_logits: -(t * np.log(sigmoid(x)) + (1 - t) * np.log(1 - sigmoid(x))),
)
case("psnr", X, Y, 2.0, ref=lambda a, b, m: 10 * np.log10(m**2 / np.mean((a - b) ** 2)))
case("moments", CUBE, [0, 2], ref=lambda x, a: (x.mean((0, 2)), x.var((0, 2))))
case("moments", CUBE, 1, keepdims=True, ref=lambda x, a, keepdims: (x.mean(1, keepdims=True), x.var(1, keepdims=True)))
case(
    "batch_normalization",
    CUBE,
    W,
    abs(W),
    1,
    offset=W,
    scale=W,
    ref=lambda x, m, v, a, offset, scale: (
        (x - m[:, None]) / np.sqrt(v[:, None] + 1e-3) * scale[:, None] + offset[:, None]
    ),
)
case(
    "layer_normalization",
    CUBE,
    V,
    V,
    epsilon=1e-3,
    ref=lambda x, g, b, epsilon: (x - x.mean(-1, keepdims=True)) / np.sqrt(x.var(-1, keepdims=True) + epsilon) * g + b,
)
case(
    "rms_normalization",
    CUBE,
    V,
    epsilon=1e-3,
    ref=lambda x, g, epsilon: x / np.sqrt((x**2).mean(-1, keepdims=True) + epsilon) * g,
)
case("normalize", X, ref=lambda x: x / np.sqrt((x**2).sum(-1, keepdims=True)))
case("normalize", X, axis=0, order=3, ref=lambda x, axis, order: x / ((abs(x) ** 3).sum(0, keepdims=True)) ** (1 / 3))

# Core
case("cast", X, "int32", ref=lambda x, d: x.astype(d))
case("saturate_cast", X * 200, "uint8", ref=lambda x, d: np.clip(x, 0, 255).astype(d))
case("convert_to_tensor", X, ref=np.asarray)
case("stop_gradient", X, ref=lambda x: x)


def pytest_generate_tests(metafunc):
    if "case" in metafunc.fixturenames:
        metafunc.parametrize("case", CASES, ids=[f"{i}-{c.name}" for i, c in enumerate(CASES)])


@pytest.fixture
def table():
    return CASES


SMALL = np.sin(np.arange(2 * 5 * 6 * 4, dtype=f32)).reshape(2, 5, 6, 4)
WINDOW = np.cos(np.arange(2 * 3 * 4 * 2, dtype=f32)).reshape(2, 3, 4, 2)
GROUPED = np.cos(np.arange(2 * 3 * 2 * 6, dtype=f32)).reshape(2, 3, 2, 6)
BACK = np.cos(np.arange(3 * 2 * 5 * 4, dtype=f32)).reshape(3, 2, 5, 4)
POINT = np.cos(np.arange(8 * 3, dtype=f32)).reshape(1, 1, 8, 3)


def direct_conv(x, kernel, stride=(1, 1)):
    """From the definition: the sum over window and channels at each position."""
    h, w = kernel.shape[:2]
    rows, columns = (x.shape[1] - h) // stride[0] + 1, (x.shape[2] - w) // stride[1] + 1
    out = np.zeros((x.shape[0], rows, columns, kernel.shape[-1]), x.dtype)
    for i in range(rows):
        for j in range(columns):
            part = x[:, i * stride[0] : i * stride[0] + h, j * stride[1] : j * stride[1] + w]
            out[:, i, j] = np.einsum("bhwc,hwcf->bf", part, kernel)
    return out


case("conv", SMALL, WINDOW, ref=lambda x, k: direct_conv(x, k))
case("conv", SMALL, WINDOW, strides=(2, 1), ref=lambda x, k, strides: direct_conv(x, k, strides))
case("conv", SMALL, WINDOW, strides=2, padding="same")
case("conv", SMALL, GROUPED, dilation_rate=(1, 2))
case("conv_transpose", SMALL, BACK, strides=2)
case("conv_transpose", SMALL, BACK, strides=2, padding="same", output_padding=1)
case("depthwise_conv", SMALL, WINDOW, padding="same")
case("separable_conv", SMALL, WINDOW, POINT, strides=2)
# peer=False: Keras 3.15 on JAX refuses strides=None when it is called outside a layer.
case("max_pool", SMALL, 2, peer=False, ref=lambda x, n: x[:, :4].reshape(2, 2, n, 3, n, 4).max((2, 4)))
case("max_pool", SMALL, 2, strides=2)
case("max_pool", SMALL, 3, strides=2, padding="same")
case("average_pool", SMALL, 2, peer=False, ref=lambda x, n: x[:, :4].reshape(2, 2, n, 3, n, 4).mean((2, 4)))
case("average_pool", SMALL, 2, strides=2)
case("average_pool", SMALL, 3, strides=2, padding="same")
case("adaptive_average_pool", SMALL, (2, 3))
case("adaptive_max_pool", SMALL, 2)


QUERY = np.sin(np.arange(2 * 3 * 4 * 5, dtype=f32)).reshape(2, 3, 4, 5)
KEY = np.cos(np.arange(2 * 6 * 2 * 5, dtype=f32)).reshape(2, 6, 2, 5)
VALUE = np.sin(1 + np.arange(2 * 6 * 2 * 5, dtype=f32)).reshape(2, 6, 2, 5)
BIAS = np.cos(np.arange(4 * 3 * 6, dtype=f32)).reshape(1, 4, 3, 6)
SEEN = np.arange(2 * 3 * 6).reshape(2, 1, 3, 6) % 6 % 4 != 1  # the first step is seen by all


def direct_attention(query, key, value, bias=0.0, mask=True, scale=None, is_causal=False):
    """From the definition: every head, with the keys of its group."""
    groups = query.shape[2] // key.shape[2]
    key, value = np.repeat(key, groups, axis=2), np.repeat(value, groups, axis=2)
    scale = query.shape[-1] ** -0.5 if scale is None else scale
    logits = scale * np.einsum("btnh,bsnh->bnts", query, key) + bias
    mask = np.broadcast_to(mask, logits.shape)
    if is_causal:
        mask = mask & np.tri(*logits.shape[-2:], dtype=bool)
    return np.einsum("bnts,bsnh->btnh", softmax(np.where(mask, logits, -np.inf)), value)


case("dot_product_attention", QUERY, KEY, VALUE, ref=direct_attention)
case("dot_product_attention", QUERY, KEY[:, :, :1], VALUE[:, :, :1], scale=0.7, is_causal=True, ref=direct_attention)
case("dot_product_attention", QUERY, KEY, VALUE, bias=BIAS, ref=direct_attention)
case("dot_product_attention", QUERY, KEY, VALUE, mask=SEEN, ref=direct_attention)
# Keras on torch takes one of them at a time.
case("dot_product_attention", QUERY, KEY, VALUE, bias=BIAS, mask=SEEN, is_causal=True, ref=direct_attention, peer=False)

PLANES = np.moveaxis(SMALL, -1, 1)


def direct_unfold(x, kernel_size, dilation=1, padding=0, stride=1):
    x = np.pad(x, ((0, 0), (0, 0), (padding, padding), (padding, padding)))
    reach = dilation * (kernel_size - 1)
    starts = [range(0, n - reach, stride) for n in x.shape[2:]]
    patches = [
        x[:, :, i : i + reach + 1 : dilation, j : j + reach + 1 : dilation].reshape(x.shape[0], -1)
        for i in starts[0]
        for j in starts[1]
    ]
    return np.stack(patches, axis=-1)


def direct_fold(x, output_size, kernel_size, dilation=1, padding=0, stride=1):
    """Every entry added where `unfold` takes it from."""
    channels = x.shape[1] // kernel_size**2
    numbers = np.arange(1, 1 + channels * output_size[0] * output_size[1]).reshape(1, channels, *output_size)
    places = direct_unfold(numbers, kernel_size, dilation, padding, stride)[0]
    out = np.zeros((x.shape[0], numbers.size + 1))
    np.add.at(out, (slice(None), places), x)
    return out[:, 1:].reshape(x.shape[0], channels, *output_size)


case("unfold", PLANES, 2, ref=direct_unfold)
case("unfold", PLANES, 2, dilation=2, padding=1, stride=2, ref=direct_unfold)
COLUMNS = np.sin(np.arange(2 * 12 * 20, dtype=f32)).reshape(2, 12, 20)
case("fold", COLUMNS, (5, 6), 2, ref=direct_fold)
case("fold", COLUMNS[:, :, :9], (5, 6), 2, dilation=2, padding=1, stride=2, ref=direct_fold)


FRAMES = 2 * np.sin(np.arange(3 * 6 * 4, dtype=f32) ** 1.5).reshape(3, 6, 4)
LABELS = np.array([[1, 2, 0], [3, 3, 1], [2, 0, 0]], np.int32)
LABEL_COUNTS, FRAME_COUNTS = np.array([2, 3, 0], np.int32), np.array([6, 5, 4], np.int32)


def spelled(way, blank):
    """What a class for each frame spells: repetitions merged, then blanks dropped."""
    return tuple(c for i, c in enumerate(way) if c != blank and (i == 0 or c != way[i - 1]))


def direct_spellings(logits, blank):
    """The probability of every spelling, added up over all ways of placing it."""
    probabilities: dict = {}
    for way in itertools.product(range(logits.shape[-1]), repeat=len(logits)):
        p = np.prod(softmax(logits)[range(len(logits)), way])
        probabilities[spelled(way, blank)] = probabilities.get(spelled(way, blank), 0) + p
    return probabilities


def direct_ctc(target, output, target_length, output_length, mask_index=0):
    return np.array(
        [
            -np.log(direct_spellings(y[:m], mask_index)[tuple(t[:n])])
            for t, y, n, m in zip(target, output, target_length, output_length)
        ]
    )


def direct_greedy(inputs, lengths, merge_repeated=True, mask_index=0):
    labels = np.full((1, *inputs.shape[:2]), -1)
    for b, n in enumerate(lengths):
        best = inputs[b, :n].argmax(-1)
        labels_of = spelled(best, mask_index) if merge_repeated else [c for c in best if c != mask_index]
        labels[0, b, : len(labels_of)] = labels_of
    return labels, np.array([[-inputs[b, :n].max(-1).sum()] for b, n in enumerate(lengths)])


def direct_beams(inputs, lengths, strategy, top_paths, mask_index=0):
    labels, scores = np.full((top_paths, *inputs.shape[:2]), -1), np.zeros((len(inputs), top_paths))
    for b, n in enumerate(lengths):
        best = sorted(direct_spellings(inputs[b, :n], mask_index).items(), key=lambda item: -item[1])[:top_paths]
        for rank, (spelling, p) in enumerate(best):
            labels[rank, b, : len(spelling)] = spelling
            scores[b, rank] = np.log(p)
    return labels, scores


case("ctc_loss", LABELS, FRAMES, LABEL_COUNTS, FRAME_COUNTS, ref=direct_ctc)
case("ctc_loss", LABELS - 1, FRAMES, np.array([2, 2, 1]), FRAME_COUNTS, mask_index=3, ref=direct_ctc)
case("ctc_decode", FRAMES, FRAME_COUNTS, ref=direct_greedy)
case("ctc_decode", FRAMES, FRAME_COUNTS, merge_repeated=False, mask_index=2, ref=direct_greedy)
case("ctc_decode", FRAMES, FRAME_COUNTS, strategy="beam_search", top_paths=3, ref=direct_beams)
case("ctc_decode", FRAMES, FRAME_COUNTS, strategy="beam_search", top_paths=2, mask_index=3, ref=direct_beams)
