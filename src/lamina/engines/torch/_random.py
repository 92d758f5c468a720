"""Draws that are pure functions of a seed: two unsigned ints, (seed, counter).

On the CPU an operator of its own reads the seed and draws with a generator of torch; on other devices, where reading would
wait for the device, the numbers are hashes of their places and the seed.
"""

import math
from typing import Any

import torch

from lamina.engines._threefry import threefry

from ._dtypes import torch_dtype
from ._part import local
from ._tensors import DEVICE, tensor

_library = torch.library.Library("lamina", "DEF")
_library.define("draw(Tensor seed, SymInt[] shape, ScalarType dtype, str kind) -> Tensor")
_MASK = 2**63 - 1


def _generator(seed: torch.Tensor) -> torch.Generator:
    words = [int(n) & 0xFFFFFFFF for n in seed.reshape(-1).to(torch.int64).tolist()]
    key = _mixed((words[0] << 32) | (words[1] if len(words) > 1 else 0))
    return torch.Generator().manual_seed(key)


def _mixed(z: int) -> int:
    """Neighbouring keys to unrelated ones (splitmix64)."""
    z = (z + 0x9E3779B97F4A7C15) & (2**64 - 1)
    z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & (2**64 - 1)
    z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & (2**64 - 1)
    return (z ^ (z >> 31)) & _MASK


def _draw(seed: torch.Tensor, shape: Any, dtype: torch.dtype, kind: str) -> torch.Tensor:
    make = torch.rand if kind == "uniform" else torch.randn
    return make(tuple(shape), generator=_generator(seed), dtype=dtype)


_library.impl("draw", _draw, "CompositeExplicitAutograd")
_library.impl("draw", lambda seed, shape, dtype, kind: seed.new_empty(tuple(shape), dtype=dtype), "Meta")


def uniform(seed: Any, shape: Any, dtype: Any = "float32") -> torch.Tensor:
    """Uniform in [0, 1)."""
    return _drawn("uniform", seed, shape, torch_dtype(dtype))


def bernoulli(seed: Any, shape: Any, chance: float) -> torch.Tensor:
    """True with probability `chance`."""
    return uniform(seed, shape) < chance


def normal(seed: Any, shape: Any, dtype: Any = "float32") -> torch.Tensor:
    """Standard normal."""
    return _drawn("normal", seed, shape, torch_dtype(dtype))


def _drawn(kind: str, seed: Any, shape: Any, dtype: torch.dtype) -> torch.Tensor:
    """Where this process computes a part of a batch, numbers for it are its rows of those for the whole batch."""
    seed, shape = tensor(seed), tuple(int(n) for n in shape)
    part = local.part
    if part is None or not shape or shape[0] != part.size:
        return _drawn_here(kind, seed, shape, dtype)
    return part.of(_drawn_here(kind, seed, (part.total, *shape[1:]), dtype))


def _drawn_here(kind: str, seed: torch.Tensor, shape: tuple[int, ...], dtype: torch.dtype) -> torch.Tensor:
    wide = torch.float64 if dtype is torch.float64 else torch.float32
    if DEVICE.type == "cpu":
        return torch.ops.lamina.draw(seed, shape, wide, kind).to(dtype)
    if kind == "uniform":
        return _hashed(seed, math.prod(shape), wide).reshape(shape).to(dtype)
    half = (math.prod(shape) + 1) // 2
    pair = _hashed(seed, 2 * half, wide).reshape(2, half)
    radius = torch.sqrt(-2 * torch.log1p(-pair[0]))
    both = torch.cat([radius * torch.cos(2 * math.pi * pair[1]), radius * torch.sin(2 * math.pi * pair[1])])
    return both[: math.prod(shape)].reshape(shape).to(dtype)


def _signed(n: int) -> int:
    return n - 2**64 if n >= 2**63 else n


def _hashed(seed: torch.Tensor, size: int, dtype: torch.dtype) -> torch.Tensor:
    """Uniform numbers: splitmix64 of place and seed, in the wrapping arithmetic of int64."""
    words = seed.to(torch.int64)
    key = _shuffled((words[0] << 32) ^ words[-1])
    z = _shuffled(torch.arange(size, device=seed.device) * _signed(0x9E3779B97F4A7C15) + key)
    bits = 53 if dtype is torch.float64 else 24
    return _shifted(z, 64 - bits).to(dtype) * 2.0**-bits


def _shifted(z: torch.Tensor, n: int) -> torch.Tensor:
    """A shift to the right that brings in zeros."""
    return (z >> n) & (2 ** (64 - n) - 1)


def _shuffled(z: torch.Tensor) -> torch.Tensor:
    z = (z ^ _shifted(z, 30)) * _signed(0xBF58476D1CE4E5B9)
    z = (z ^ _shifted(z, 27)) * _signed(0x94D049BB133111EB)
    return z ^ _shifted(z, 31)


def randint(seed: Any, shape: Any, low: Any, high: Any, dtype: Any = "int32") -> torch.Tensor:
    """Integers in [low, high)."""
    low, high = (tensor(v).to(torch.int64) for v in (low, high))
    span = (high - low).to(torch.float64)
    found = torch.floor(uniform(seed, shape, "float64") * span).to(torch.int64)
    return (torch.minimum(found, high - low - 1) + low).to(torch_dtype(dtype))


def permutation(seed: Any, n: int) -> torch.Tensor:
    """The integers 0 ... n-1 in random order."""
    return torch.argsort(uniform(seed, (int(n),), "float64"), stable=True)


def bits(seed: Any, shape: Any, by_sample: bool = True) -> torch.Tensor:
    """31 random bits each, int32 from 0 up; the same on every engine."""
    shape = tuple(int(n) for n in shape)
    key = tensor(seed).to(torch.int64) & 0xFFFFFFFF
    # Of a part of a batch that this process computes, the places are those in the whole batch.
    start = first_row(shape[0]) * math.prod(shape[1:]) if by_sample and shape else 0
    places = torch.arange(start, start + math.prod(shape), dtype=torch.int64, device=key.device)
    words, _ = threefry((key[0], key[1]), places, lambda x: x & 0xFFFFFFFF)
    return (words >> 1).to(torch.int32).reshape(shape)


def first_row(size: int) -> int:
    """Where the rows begin that this process computes of a batch."""
    part = local.part
    return 0 if part is None or size != part.size else part.start


def gamma(seed: Any, alpha: Any, dtype: Any = "float32") -> torch.Tensor:
    """Gamma with shape `alpha` and scale one: Marsaglia and Tsang's method, with enough tries that none is left over.

    Reference: Marsaglia and Tsang, A simple method for generating gamma variables, 2000, doi:10.1145/358407.358414.
    """
    seed, alpha = tensor(seed), tensor(alpha).to(torch.float64)
    tries, shape = 8, tuple(alpha.shape)
    bits = _shuffled(seed.to(torch.int64))
    seeds = [torch.stack([bits[0] ^ i, bits[-1]]) & 0xFFFFFFFF for i in range(1, 4)]
    x = normal(seeds[0], (tries, *shape), "float64")
    u = uniform(seeds[1], (tries, *shape), "float64")
    boosted = torch.where(alpha < 1, alpha + 1, alpha)
    d = boosted - 1 / 3
    v = (1 + x / torch.sqrt(9 * d)) ** 3
    good = (v > 0) & (torch.log1p(-u) < 0.5 * x * x + d - d * v + d * torch.log(torch.clamp(v, min=1e-300)))
    # The first try that was accepted; each is with a probability above 0.95.
    first = torch.argmax(good.to(torch.int8), 0, keepdim=True)
    found = d * torch.gather(torch.clamp(v, min=1e-300), 0, first)[0]
    power = torch.log1p(-uniform(seeds[2], shape, "float64")) / alpha
    return torch.where(alpha < 1, found * torch.exp(power), found).to(torch_dtype(dtype))
