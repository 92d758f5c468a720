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


def ones(*shape):
    return ops.ones(shape)


UNFIT = {
    "add": lambda: ops.add(ones(2, 3), ones(4, 3)),
    "cross": lambda: ops.cross(ones(2, 3), ones(4, 3)),
    "cross, symbolic": lambda: ops.cross(Input(batch_shape=(2, 3)), Input(batch_shape=(4, 3))),
    "reshape": lambda: ops.reshape(ones(2, 5), (-1, -1, 5)),
    "reshape, size": lambda: ops.reshape(ones(2, 5), (3, 5)),
    "transpose": lambda: ops.transpose(ones(2, 5, 3), (0, 0, 0)),
    "diagonal": lambda: ops.diagonal(ones(2, 5, 3), axis1=0, axis2=0),
    "trace": lambda: ops.trace(ones(2, 5, 3), axis1=1, axis2=1),
    "moveaxis, source": lambda: ops.moveaxis(ones(5, 2), (1, -1), (0, 1)),
    "moveaxis": lambda: ops.moveaxis(ones(5, 2), (0, 1), (0, 0)),
    "tensordot": lambda: ops.tensordot(ones(2, 5), ones(2, 3), 1),
    "where": lambda: ops.where(ones(2, 5) > 0, ones(2, 3), 1.0),
    "broadcast_to": lambda: ops.broadcast_to(ones(2, 5), (3, 5)),
    "einsum": lambda: ops.einsum("ij,jk", ones(2, 5), ones(2, 3)),
    "squeeze": lambda: ops.squeeze(ones(2, 5), 0),
}


@pytest.mark.parametrize("call", UNFIT.values(), ids=UNFIT)
def test_shapes_that_do_not_fit_are_value_errors(call):
    with pytest.raises(ValueError):
        call()


def test_the_order_of_a_number():
    np.testing.assert_array_equal(ops.convert_to_numpy(ops.argsort(ops.array(3.0))), [0])
