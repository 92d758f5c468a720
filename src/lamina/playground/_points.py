"""Made-up data: each function stands alone, since the program that the page shows holds its source.

All take the number of points, how far they stray (0 to 0.5) and a generator of random numbers, and give the inputs,
`(count, features)`, and the targets, `(count,)`.
"""

from typing import Any

import numpy as np


def and_gate(count: int, noise: float, rng: Any) -> Any:
    """The corners of a square; 1 where both inputs are 1."""
    corners = np.stack([np.arange(count) % 2, np.arange(count) // 2 % 2], axis=1)
    return corners + rng.normal(0, 0.05 + noise / 2, (count, 2)), corners.min(axis=1)


def or_gate(count: int, noise: float, rng: Any) -> Any:
    """The corners of a square; 1 where one of the inputs is 1."""
    corners = np.stack([np.arange(count) % 2, np.arange(count) // 2 % 2], axis=1)
    return corners + rng.normal(0, 0.05 + noise / 2, (count, 2)), corners.max(axis=1)


def xor_gate(count: int, noise: float, rng: Any) -> Any:
    """The corners of a square; 1 where exactly one of the inputs is 1."""
    corners = np.stack([np.arange(count) % 2, np.arange(count) // 2 % 2], axis=1)
    return corners + rng.normal(0, 0.05 + noise / 2, (count, 2)), corners[:, 0] != corners[:, 1]


def circles(count: int, noise: float, rng: Any) -> Any:
    """A disc, 1, within a ring, 0."""
    inside = np.arange(count) % 2
    radius = np.where(inside, rng.uniform(0, 0.9, count), rng.uniform(1.3, 2, count))
    angle = rng.uniform(0, 2 * np.pi, count)
    x = radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return x + rng.normal(0, noise, (count, 2)), inside


def moons(count: int, noise: float, rng: Any) -> Any:
    """Two half circles, each of which begins inside the other."""
    second = np.arange(count) % 2
    angle = rng.uniform(0, np.pi, count)
    x = np.stack([np.cos(angle), np.sin(angle)], axis=1) * np.where(second, -1, 1)[:, None]
    x += np.where(second, 0.5, -0.5)[:, None] * np.array([1.0, 0.5])
    return 1.2 * x + rng.normal(0, 0.05 + noise, (count, 2)), second


def spirals(count: int, noise: float, rng: Any) -> Any:
    """Two arms that wind around each other."""
    second = np.arange(count) % 2
    along = np.sqrt(rng.uniform(0.01, 1, count))
    angle = 1.5 * 2 * np.pi * along + np.pi * second
    x = 2 * along[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1)
    return x + rng.normal(0, noise / 2, (count, 2)), second


def line(count: int, noise: float, rng: Any) -> Any:
    """A straight line, for a single neuron: y = 2.5 x + 1."""
    x = rng.uniform(-2, 2, (count, 1))
    return x, 2.5 * x[:, 0] + 1 + rng.normal(0, 0.1 + 2 * noise, count)


def digits(count: int, noise: float, rng: Any) -> Any:
    """Digits of 8 by 8 pixels, drawn by hand for this page: moved a little, some faint, some bold."""
    drawn = (
        "0018242424241800 0008180808081c00 0018240408103c00 0038041804043800 000818283c080800"
        "003c203804043800 0018203824241800 003c040808101000 0018241824241800 001824241c041800"
    )
    shapes = np.unpackbits(np.frombuffer(bytes.fromhex(drawn), "uint8")).reshape(10, 8, 8)
    y = np.arange(count) % 10
    moves = rng.integers(-1, 2, (count, 2))
    x = np.stack([np.roll(shapes[n], move, axis=(0, 1)) for n, move in zip(y, moves)])
    x = x * rng.uniform(0.6, 1, (count, 1, 1)) + rng.normal(0, 0.05 + noise / 2, x.shape)
    return x.reshape(count, 64), y


MAKERS = {
    "and": and_gate, "or": or_gate, "xor": xor_gate, "circles": circles, "moons": moons, "spirals": spirals,
    "line": line, "digits": digits,
}  # fmt: skip
COUNTS = {"digits": 300}  # of points; of the others 240
