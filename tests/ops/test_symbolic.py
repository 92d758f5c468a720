"""KerasTensors: unknown sizes, Python's operators, and functions over the recorded graph."""

import numpy as np
import pytest

from lamina import ops
from lamina.ops._symbolic import Function


def k(*shape, dtype="float32"):
    return ops.KerasTensor(shape, dtype)


@pytest.mark.parametrize(
    "make, shape",
    [
        (lambda: k(None, 4) + k(3, 4), (3, 4)),
        (lambda: k(None, 1) * k(5), (None, 5)),
        (lambda: ops.reshape(k(None, 4), (-1, 2)), (None, 2)),
        (lambda: ops.reshape(k(None, 3), (-1, 2)), (None, 2)),
        (lambda: ops.reshape(k(2, 6), (3, -1)), (3, 4)),
        (lambda: ops.concatenate([k(None, 2), k(None, 3)], -1), (None, 5)),
        (lambda: ops.concatenate([k(None, 2), k(4, 2)], 0), (None, 2)),
        (lambda: ops.split(k(None, 6), 3, axis=1)[0], (None, 2)),
        (lambda: ops.split(k(None, 6), 2)[0], (None, 6)),
        (lambda: ops.squeeze(k(None, 1)), (None,)),
        (lambda: ops.squeeze(k(None, 1, 3), 1), (None, 3)),
        (lambda: k(None, 4)[:, 1:], (None, 3)),
        (lambda: k(None, 4)[0], (4,)),
        (lambda: k(None, 4)[:, None, -1], (None, 1)),
        (lambda: k(None, 4)[..., ::2], (None, 2)),
        (lambda: k(None, 4)[2:], (None, 4)),
        (lambda: ops.matmul(k(None, 5, 4), k(4, 2)), (None, 5, 2)),
        (lambda: ops.transpose(k(None, 3)), (3, None)),
        (lambda: ops.mean(k(None, 3), axis=0), (3,)),
        (lambda: ops.flip(k(None, 3)), (None, 3)),
        (lambda: ops.ravel(k(None, 3)), (None,)),
        (lambda: ops.repeat(k(None, 3), 2, axis=0), (None, 3)),
        (lambda: ops.one_hot(k(None, dtype="int32"), 5), (None, 5)),
        (lambda: ops.take(k(10, 4), k(None, 7, dtype="int32"), axis=0), (None, 7, 4)),
        (lambda: ops.einsum("ij,kj->ik", k(None, 2), k(3, 2)), (None, 3)),
        (lambda: ops.pad(k(None, 2), ((0, 0), (1, 1))), (None, 4)),
        (lambda: ops.stack([k(None, 2), k(None, 2)], 1), (None, 2, 2)),
        (lambda: ops.where(k(None, 2) > 0, k(None, 2), 0.0), (None, 2)),
        (lambda: ops.add([1.0, 2.0], k(None, 2)), (None, 2)),
    ],
)
def test_unknown_sizes(make, shape):
    assert make().shape == shape


def test_operators():
    x = k(None, 3)
    graph = Function(x, ((2 - x) / 4 + x**2 - -x) % 5 // 1 + abs(x) * (x @ np.eye(3, dtype="float32")))
    a = np.arange(6, dtype="float32").reshape(2, 3)
    np.testing.assert_allclose(graph(a), ((2 - a) / 4 + a**2 + a) % 5 // 1 + np.abs(a) * a, rtol=1e-6)
    assert (np.ones(3, "float32") * x).shape == (None, 3)
    for question in (x > 1, x >= 1, x < 1, x <= 1, (x > 1) & (x < 2), (x > 1) | (x < 2), (x > 1) ^ (x < 2), ~(x > 1)):
        assert question.dtype == "bool" and question.shape == (None, 3)


def test_function_runs_the_recorded_graph():
    x, y = k(None, 3), k(None, 3)
    parts = ops.split(ops.concatenate([x, y], axis=-1), 2, axis=-1)
    graph = Function([x, y], {"sum": ops.sum(parts[0] + 1, axis=-1), "swap": parts[1]})
    a, b = np.ones((2, 3), "float32"), np.zeros((2, 3), "float32")
    out = graph([a, b])
    assert out["sum"].tolist() == [6.0, 6.0] and out["swap"].tolist() == b.tolist()
    spec = graph([k(4, 3), k(4, 3)])
    assert spec["sum"].shape == (4,)


def test_operations_are_named_and_described_like_keras():
    y = ops.mean(ops.add(k(None, 3), 1.0), axis=1)
    operation = y._keras_history.operation
    assert type(operation).__name__ == "Mean"
    config = operation.get_config()
    assert config.pop("name").startswith("mean") and config == {"axis": 1, "keepdims": False}


def test_shapes_that_do_not_fit_raise_at_once():
    with pytest.raises(ValueError, match=r"\(None, 3\).*\(2, 4\)"):
        k(None, 3) + k(2, 4)
    with pytest.raises(ValueError, match=r"matmul.*3.*4"):
        ops.matmul(k(None, 3), k(4, 2))
    with pytest.raises(ValueError, match="concatenate"):
        ops.concatenate([k(None, 3, 1), k(None, 4, 1)], axis=-1)
    with pytest.raises(ValueError, match="reshape"):
        ops.reshape(k(2, 3), (4, 2))


def test_values_are_refused():
    x = k(None, 3)
    for ask in (bool, float, int, np.asarray, ops.convert_to_numpy, iter):
        with pytest.raises(TypeError, match="symbolic"):
            ask(x)
