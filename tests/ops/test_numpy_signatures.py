"""Calls made of shapes, axes and options, against NumPy's function of the same name."""

import itertools

import numpy as np
import pytest

from lamina import ops
from lamina.engines import engine

rng = np.random.default_rng(0)
SHAPES = [(1,), (3,), (2, 3), (2, 1), (4, 1, 3), (0, 3)]
if engine.COSTLY_TRACES:  # every shape is compiled
    SHAPES = [(3,), (2, 1), (0, 3)]
AXES = [None, 0, -1, np.int64(0), (0, 1), (0, -1), [0, 1]]
BINARY = (
    "add subtract multiply divide floor_divide mod power maximum minimum arctan2 equal not_equal less less_equal greater "
    "greater_equal logical_and logical_or logical_xor bitwise_and bitwise_or bitwise_xor left_shift gcd lcm hypot "
    "logaddexp logaddexp2 nextafter heaviside matmul dot outer inner kron vdot cross isclose"
).split()
REDUCTIONS = (
    "sum mean max min prod any all std var argmax argmin median nansum nanmean nanmax nanmin nanprod nanstd nanvar nanmedian "
    "ptp"
).split()
ALONG = "cumsum cumprod sort flip diff squeeze take_along_axis".split()


def array(shape, kind):
    if kind == "f":
        return rng.normal(size=shape).astype("float32")
    return rng.integers(1, 4, size=shape).astype("int32") if kind == "i" else rng.random(shape) > 0.5


def agree(name, *args, **kwargs):
    """Whether both give the same; where NumPy refuses, so may we, but not with an answer of another axis."""
    with np.errstate(all="ignore"):
        try:
            want = getattr(np, name)(*args, **kwargs)
        except (ValueError, TypeError, IndexError) as error:
            if isinstance(error, np.exceptions.AxisError):
                with pytest.raises((ValueError, IndexError, TypeError)):
                    getattr(ops, name)(*args, **kwargs)
            return
    got = np.asarray(getattr(ops, name)(*args, **kwargs))
    said = f"{name} of {[np.shape(a) for a in args]} {kwargs}"
    assert got.shape == np.shape(want), f"{said}: shape {got.shape}, NumPy's is {np.shape(want)}"
    np.testing.assert_allclose(
        got.astype("float64"), np.asarray(want, "float64"), rtol=1e-3, atol=1e-4, equal_nan=True, err_msg=said
    )


@pytest.mark.parametrize("kind", "fi")
@pytest.mark.parametrize("name", [n for n in BINARY if hasattr(ops, n)])
def test_binary_functions_broadcast(name, kind):
    if kind == "f" and ("bitwise" in name or name in ("left_shift", "gcd", "lcm")):
        pytest.skip("for integers")
    for a, b in itertools.product([(), *SHAPES], [(), *SHAPES]):
        agree(name, array(a, kind), array(b, kind))


@pytest.mark.filterwarnings("ignore::RuntimeWarning")  # NumPy's, of empty and all-NaN slices
@pytest.mark.parametrize("name", [n for n in REDUCTIONS if hasattr(ops, n)])
def test_reductions_take_every_axis(name):
    for shape, kind in itertools.product([*SHAPES, (2, 3, 4)], "fib"):
        if kind == "b" and name in ("ptp", "nanmedian", "median", "std", "var", "nanstd", "nanvar"):
            continue
        x = array(shape, kind)
        agree(name, x)
        for axis, keepdims in itertools.product([*AXES, 7, -7], (False, True)):
            agree(name, x, axis=axis, **({"keepdims": True} if keepdims else {}))


@pytest.mark.parametrize("name", [n for n in ALONG if n != "take_along_axis"])
def test_functions_along_an_axis(name):
    for shape, axis in itertools.product([*SHAPES, (2, 3, 4)], [0, 1, -1, -2, 7, -7]):
        agree(name, array(shape, "f"), axis=axis)


@pytest.mark.parametrize("axis", [0, 1, -1, None])
def test_take_along_axis_broadcasts_but_on_the_axis(axis):
    for a, b in itertools.product(
        [(3, 4), (1, 4), (3, 1), (5, 4), (3, 6)], [(3, 2), (1, 2), (3, 4), (2, 4), (2, 1), (5,)]
    ):
        x, places = array(a, "f"), rng.integers(0, 1 if axis is None or a[axis] == 1 else a[axis] - 1, size=b)
        agree("take_along_axis", x, places, axis)
    with pytest.raises(ValueError, match="axis 7"):
        ops.take_along_axis(np.ones((2, 3)), np.zeros((2, 3), int), axis=7)


@pytest.mark.parametrize("bins", [[-1.0, 0.0, 1.0], [1.0, 0.0, -1.0], [0.0], [1.0, 1.0]])
def test_digitize_takes_bounds_in_either_order(bins):
    agree("digitize", np.array([[-2.0, -1.0, -0.5], [0.0, 1.0, 3.0]], "float32"), np.array(bins))


@pytest.mark.parametrize(
    ("name", "args", "kwargs"),
    [
        ("broadcast_to", (np.float32(2), 3), {}), ("reshape", (array((2, 3), "f"), 6), {}),
        ("quantile", (array((2, 3), "f"), [0.1, 0.5]), {"axis": np.int64(1)}),
        ("pad", (array((2, 3), "f"), 1), {}), ("pad", (array((2, 3), "f"), (1, 2)), {}),
        ("pad", (array((2, 3), "f"), ((1, 2),)), {}), ("repeat", (array((2, 3), "f"), [1, 2], 0), {}),
        ("roll", (array((2, 3), "f"), (1, 2), (0, 1)), {}), ("roll", (array((2, 3), "f"), 1, (0, 1)), {}),
        ("clip", (array((3, 4), "f"), array((3, 1), "f") - 1, array((4,), "f") + 1), {}),
        ("clip", (array((3, 4), "i"), 0.5, 1.5), {}), ("full", ((2, 3), [1, 2, 3]), {}),
        ("full_like", (array((2, 3), "f"), [1, 2, 3]), {}), ("linspace", (array((2, 1), "f"), array((3,), "f"), 4), {}),
        ("where", (array((3, 1), "b"), array((4,), "f"), 1.0), {}), ("tile", (array((2, 3), "f"), (2, 1, 2)), {}),
        ("tensordot", (array((2, 3), "f"), array((3,), "f")), {"axes": (1, 0)}),
        ("average", (array((2, 3), "f"), 1), {"weights": np.array([1.0, 2.0, 0.5], "float32")}),
        ("searchsorted", (np.array([1.0, 2.0, 3.0], "float32"), array((2, 2), "f")), {"side": "right"}),
        ("moveaxis", (array((2, 3, 4), "f"), [0, 1], [1, 0]), {}), ("rot90", (array((2, 3, 4), "f"), 2, (1, 2)), {}),
        ("expand_dims", (array((2, 3), "f"), (0, -1)), {}), ("take", (array((3, 4), "f"), [1, -1], 1), {}),
        ("diagonal", (array((3, 4, 5), "f"), 1, 0, 2), {}), ("cross", (array((4, 3), "f"), array((5, 1, 3), "f")), {}),
    ],
)  # fmt: skip
def test_further_arguments(name, args, kwargs):
    agree(name, *args, **kwargs)
