"""What the Inception networks share: a normalized convolution, towers side by side, and the way in."""

from typing import Any

from lamina.layers import AveragePooling2D, Concatenate, MaxPooling2D

from ._blocks import activate, channel_axis, convolve, normalize

# A tower: (filters, size of the kernel) of one convolution after another.
Tower = tuple[tuple[int, Any], ...]


def unit(x: Any, filters: int, size: Any, strides: int = 1, padding: str = "same", name: str | None = None) -> Any:
    """A convolution, normalized without a scale, and its activation."""
    x = convolve(x, filters, size, strides, name, padding=padding)
    x = normalize(x, name and f"{name}_bn", scale=False)
    return activate(x, name=name and f"{name}_ac")


def tower(x: Any, parts: Tower) -> Any:
    for filters, size in parts:
        x = unit(x, filters, size)
    return x


def shrinking_tower(x: Any, parts: Tower) -> Any:
    """A tower whose last convolution halves the size."""
    filters, size = parts[-1]
    return unit(tower(x, parts[:-1]), filters, size, strides=2, padding="valid")


def average_tower(x: Any, filters: int) -> Any:
    return unit(AveragePooling2D(3, strides=1, padding="same")(x), filters, 1)


def beside(towers: list[Any], name: str | None = None) -> Any:
    return Concatenate(axis=channel_axis(), name=name)(towers)


def shrink(x: Any, parts: tuple[Tower, ...], name: str) -> Any:
    """Towers and a pooling that halve the size."""
    towers = [shrinking_tower(x, part) for part in parts]
    return beside([*towers, MaxPooling2D(3, strides=2)(x)], name)


def way_in(x: Any) -> Any:
    """The convolutions before the first towers."""
    x = unit(x, 32, 3, strides=2, padding="valid")
    x = unit(x, 32, 3, padding="valid")
    x = unit(x, 64, 3)
    x = MaxPooling2D(3, strides=2)(x)
    x = unit(x, 80, 1, padding="valid")
    x = unit(x, 192, 3, padding="valid")
    return MaxPooling2D(3, strides=2)(x)
