"""Convolutions with one channel a group (depthwise): there is nothing to multiply as matrices, so the places of the window
are gone through one by one, over all positions at once."""

from collections.abc import Callable
from typing import Any

import numpy as np

from ._constant_rows import constant_row
from ._windows import Geometry, carve, fill_padded, split_last


def bind_depthwise(g: Geometry, x: np.ndarray, kernel: np.ndarray, out: np.ndarray, work: Any) -> Callable[[], None]:
    """The convolution, as a function without arguments."""
    taps = list(kernel.reshape(g.wide, g.channels, -1))
    tiles = []
    for part, *_ in g.tiles(len(x)):
        padded, pad = g.pad_views(x[part], work[0])
        total = split_last(out[part], g.groups)
        tiles.append((pad, total, carve(work[1], total.shape), [p[..., None] for p in g.places(padded)]))

    def run() -> None:
        for pad, total, product, places in tiles:
            fill_padded(pad)
            np.multiply(places[0], taps[0], out=total)
            for place, tap in zip(places[1:], taps[1:]):
                np.multiply(place, tap, out=product)
                np.add(total, product, out=total)

    return run


def bind_depthwise_input_grad(
    g: Geometry, grad: np.ndarray, kernel: np.ndarray, out: np.ndarray, work: Any
) -> Callable[[], None]:
    """Its transpose in the input."""
    taps = list(kernel.reshape(g.wide, g.channels, -1))
    tiles = []
    for part, *_ in g.tiles(len(grad)):
        whole, finish = g.unpad_views(out[part], work[0])
        many = split_last(grad[part], g.groups)
        tiles.append((whole, finish, many, carve(work[1], many.shape), g.places(whole)))

    def run() -> None:
        for whole, finish, many, product, places in tiles:
            whole.fill(0)
            for place, tap in zip(places, taps):
                np.multiply(many, tap, out=product)
                for k in range(tap.shape[-1]):
                    np.add(place, product[..., k], out=place)
            if finish is not None:
                np.copyto(*finish)

    return run


def bind_depthwise_kernel_grad(
    g: Geometry, x: np.ndarray, grad: np.ndarray, out: np.ndarray, work: Any
) -> Callable[[], None]:
    """Its gradient in the kernel."""
    taps = out.reshape(g.wide, g.filters)
    tiles = []
    for tile, *_ in g.tiles(len(x)):
        padded, pad = g.pad_views(x[tile], work[0])
        many = split_last(grad[tile], g.groups)
        products = carve(work[1], many.shape)
        places = [p[..., None] for p in g.places(padded)]
        ones = constant_row(1, products.size // g.filters, products.dtype)
        tiles.append((pad, many, products, products.reshape(-1, g.filters), ones, places))

    def run() -> None:
        taps.fill(0)
        for pad, many, products, rows, ones, places in tiles:
            fill_padded(pad)
            for tap, place in zip(taps, places):
                np.multiply(place, many, out=products)
                tap += ones @ rows

    return run
