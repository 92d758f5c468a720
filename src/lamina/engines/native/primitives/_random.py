"""Draws that are pure functions of a seed: an array of two unsigned ints, (seed, counter), keys NumPy's Philox."""

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from lamina.engines._threefry import threefry

from .._cut import WHOLE
from .._emit import Emit
from .._graph import Spec
from .._operands import to_array, to_dtype
from .._primitive import NO_GRADIENT, Primitive
from ._normal import normal_of_uniform
from ._parts import flat, is_in_one_piece
from ._philox_emit import blocks_of, each_number

FLOAT64 = np.dtype("float64")


def generator(seed: np.ndarray) -> np.random.Generator:
    key = np.asarray(seed).astype(np.uint64).reshape(-1)
    return np.random.Generator(np.random.Philox(key=key[:2] if key.size >= 2 else int(key[0])))


def _draw(name: str, sample: Callable[..., Any], emit: Emit | None = None) -> Primitive:
    def forward(
        seed: np.ndarray,
        *args: Any,
        shape: tuple[Any, ...],
        dtype: np.dtype,
        out: np.ndarray | None = None,
        **params: Any,
    ) -> Any:
        value = sample(generator(seed), *args, shape=shape, dtype=dtype, out=out, **params)
        if value is out and out is not None:
            return out
        value = np.asarray(value)
        if out is None:
            return value.astype(dtype, copy=False)
        np.copyto(out, value, casting="unsafe")
        return out

    return Primitive(
        name, forward=forward, shape=lambda *_, shape, dtype, **__: Spec(shape, dtype), vjp=NO_GRADIENT, cut=WHOLE,
        emit=emit,
    )  # fmt: skip


def _floating(method: str) -> Callable[..., Any]:
    def sample(rng: np.random.Generator, shape: tuple[Any, ...], dtype: np.dtype, out: np.ndarray | None) -> np.ndarray:
        native = dtype if dtype.name in ("float32", "float64") else np.dtype("float32")
        direct = out is not None and out.dtype == native and out.flags.c_contiguous and out.shape == shape
        return getattr(rng, method)(shape, dtype=native, out=out if direct else None)

    return sample


def _can_emit(kind: Any, inputs: Any, outputs: Any, **_: Any) -> bool:
    """Of a seed of two numbers, and a result that lies in one piece."""
    (seed, *_), (out,) = inputs, outputs
    return seed.shape == (2,) and seed.dtype.kind in "iu" and is_in_one_piece(out)


def _pieces(kind: Any, out: Any, bits: int) -> int:
    size = math.prod(out.shape)
    return blocks_of(size, bits) if size >= kind.least_shared // 4 else 1  # a number is more work than most


def _emit_uniform(f: Any, inputs: Any, outputs: Any, shape: Any, dtype: np.dtype, share: Any = None) -> None:
    out = flat(outputs[0])
    bits, digits = (32, 24) if dtype.itemsize == 4 else (64, 53)

    def store(place: Any, number: Any) -> None:
        kept = f.define(f"lshr i64 {number.text}, {bits - digits}", np.int64)
        f.store(f.multiply(f.cast(kept, dtype), f.number(2.0**-digits, dtype)), out, (place,))

    each_number(f, inputs[0], out.shape[0], bits, store, share)


random_uniform = _draw(
    "random_uniform",
    _floating("random"),
    Emit(
        loops=_emit_uniform,
        pieces=lambda kind, inputs, outputs, dtype, **_: _pieces(kind, outputs[0], 8 * dtype.itemsize),
        can=lambda kind, inputs, outputs, dtype, **_: (
            dtype.name in ("float32", "float64") and _can_emit(kind, inputs, outputs)
        ),
    ),
)


def _is_rare(chance: float) -> bool:
    """Whether sixteen bits are too few."""
    return not 1e-3 <= chance <= 1 - 1e-3


def _kept(
    rng: np.random.Generator, chance: float, shape: tuple[Any, ...], dtype: np.dtype, out: np.ndarray | None
) -> np.ndarray:
    """Sixteen bits a draw, a quarter of the work of a uniform number; rare events take the number."""
    if _is_rare(chance):
        return rng.random(shape, dtype=np.float32) < chance
    size = math.prod(shape)
    bits = rng.bit_generator.random_raw(-(-size // 4)).view(np.uint16)[:size].reshape(shape)
    return np.less(bits, np.uint16(round(chance * 65536)), out=out)


def _emit_bernoulli(f: Any, inputs: Any, outputs: Any, chance: float, share: Any = None, **_: Any) -> None:
    out, limit = flat(outputs[0]), round(chance * 65536)
    each_number(
        f, inputs[0], out.shape[0], 16,
        lambda place, number: f.store(f.compare("less", number, f.number(limit, number.dtype)), out, (place,)), share,
    )  # fmt: skip


random_bernoulli = _draw(
    "random_bernoulli",
    _kept,
    Emit(
        loops=_emit_bernoulli,
        pieces=lambda kind, inputs, outputs, **_: _pieces(kind, outputs[0], 16),
        can=lambda kind, inputs, outputs, chance, **_: not _is_rare(chance) and _can_emit(kind, inputs, outputs),
    ),
)
random_normal = _draw(
    "random_normal", lambda rng, shape, dtype, out: rng.standard_normal(shape, dtype=FLOAT64)
)  # of float64 alone, see `normal`
random_integers = _draw(
    "random_integers", lambda rng, low, high, shape, dtype, out: rng.integers(low, high, shape, dtype=np.int64)
)
random_permutation = _draw("random_permutation", lambda rng, shape, dtype, out: rng.permutation(shape[0]))
random_gamma = _draw(
    "random_gamma", lambda rng, alpha, shape, dtype, out: rng.standard_gamma(alpha, shape, dtype=FLOAT64)
)


def _bits(seed: np.ndarray, shape: tuple[Any, ...], dtype: np.dtype, out: np.ndarray | None = None) -> np.ndarray:
    places = np.arange(math.prod(shape), dtype=np.uint32)
    words = threefry((seed[0], seed[1]), places)[0] >> np.uint32(1)
    found = words.astype(dtype).reshape(shape)
    if out is None:
        return found
    np.copyto(out, found)
    return out


random_bits = Primitive(
    "random_bits", forward=_bits, shape=lambda _, shape, dtype: Spec(shape, dtype), vjp=NO_GRADIENT, cut=WHOLE
)


def uniform(seed: Any, shape: Any, dtype: Any = "float32") -> Any:
    """Uniform in [0, 1)."""
    return random_uniform(to_array(seed), shape=tuple(shape), dtype=np.dtype(dtype))


def bernoulli(seed: Any, shape: Any, chance: float) -> Any:
    """True with probability `chance`, a number (kept to within 1e-5)."""
    return random_bernoulli(to_array(seed), shape=tuple(shape), dtype=np.dtype(bool), chance=float(chance))


def normal(seed: Any, shape: Any, dtype: Any = "float32") -> Any:
    """Standard normal; in float64 by NumPy, whose draws cannot be shared out."""
    if np.dtype(dtype) == FLOAT64:
        return random_normal(to_array(seed), shape=tuple(shape), dtype=FLOAT64)
    return normal_of_uniform(uniform(seed, shape))


def randint(seed: Any, shape: Any, low: Any, high: Any, dtype: Any = "int32") -> Any:
    """Integers in [low, high)."""
    low, high = (to_dtype(to_array(v), np.dtype("int64")) for v in (low, high))
    return random_integers(to_array(seed), low, high, shape=tuple(shape), dtype=np.dtype(dtype))


def permutation(seed: Any, n: int) -> Any:
    """The integers 0 ... n-1 in random order."""
    return random_permutation(to_array(seed), shape=(int(n),), dtype=np.dtype("int64"))


def bits(seed: Any, shape: Any, by_sample: bool = True) -> Any:
    """31 random bits each, int32 from 0 up; the same on every engine."""
    return random_bits(to_dtype(to_array(seed), np.dtype("uint32")), shape=tuple(shape), dtype=np.dtype("int32"))


def first_row(size: int) -> int:
    """None before: a step is that of the whole batch."""
    return 0


def gamma(seed: Any, alpha: Any, dtype: Any = "float32") -> Any:
    """Gamma with shape `alpha` and scale one."""
    alpha = to_array(alpha)
    return random_gamma(to_array(seed), to_dtype(alpha, FLOAT64), shape=tuple(alpha.shape), dtype=np.dtype(dtype))
