"""An axis that a tensor has not is an error in one wording, whatever the function and the engine."""

import numpy as np
import pytest

from lamina import ops
from lamina.layers import Input

X = np.ones((8, 3), "float32")
AXIS = {
    name: {}
    for name in (
        "sum mean prod max min argmax argmin any all std var count_nonzero logsumexp softmax log_softmax normalize sort argsort "
        "cumsum cumprod flip expand_dims squeeze median diff unstack norm nanmax nansum average argpartition"
    ).split()
} | {"roll": {"shift": 1}, "repeat": {"repeats": 2}, "split": {"indices_or_sections": 2}, "argpartition": {"kth": 1},
     "take": {"indices": np.array([0])}, "quantile": {"q": 0.5}}  # fmt: skip


@pytest.mark.parametrize("axis", [5, -6, np.int64(7)])
@pytest.mark.parametrize("name", AXIS)
def test_one_tensor(name, axis):
    with pytest.raises(ValueError, match=rf"axis.* {axis}|got {axis}") as caught:
        getattr(ops, name)(X, axis=axis, **AXIS[name])
    assert "(8, 3)" in str(caught.value) and type(caught.value) is ValueError


@pytest.mark.parametrize("axis", [4, -5])
@pytest.mark.parametrize("name", ["concatenate", "stack"])
def test_several(name, axis):
    with pytest.raises(ValueError, match=rf"{name}: axis {axis} is out of range for shape \(8, 3\)"):
        getattr(ops, name)([X, X], axis=axis)


@pytest.mark.parametrize(
    "call, message",
    [
        (lambda x: ops.mean(x, axis=(0, 4)), "mean: axis 4 is"),
        (lambda x: ops.transpose(x, (0, 5)), "transpose: axes 5 is"),
        (lambda x: ops.moveaxis(x, 0, 5), "moveaxis: destination 5 is"),
        (lambda x: ops.moveaxis(x, -3, 0), "moveaxis: source -3 is"),
        (lambda x: ops.swapaxes(x, 0, 5), "swapaxes: axis2 5 is"),
        (lambda x: ops.expand_dims(x, 3), "expand_dims: axis 3 is"),
    ],
)
def test_other_names(call, message):
    for x in (X, Input(batch_shape=(8, 3))):
        with pytest.raises(ValueError, match=message + r" out of range for shape \(8, 3\)"):
            call(x)


def test_what_is_in_range_stays():
    assert ops.expand_dims(X, 2).shape == (8, 3, 1) and ops.expand_dims(X, -3).shape == (1, 8, 3)
    assert ops.stack([X, X], axis=2).shape == (8, 3, 2)
    assert ops.tensordot(X, X, axes=[[0], [0]]).shape == (3, 3)


def test_other_errors_keep_their_words():
    with pytest.raises(ValueError) as caught:
        ops.split(X, 3, axis=0)
    assert "out of range" not in str(caught.value)


@pytest.mark.parametrize("name", AXIS)
def test_without_values(name):
    places = {"indices": Input((2,), dtype="int32")} if name == "take" else {}
    with pytest.raises(ValueError, match="axis"):
        getattr(ops, name)(Input((3,)), axis=5, **(AXIS[name] | places))
