"""KerasTensors: unknown sizes, Python's operators, and functions over the recorded graph."""

import numpy as np
import pytest

import lamina
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
        (lambda: ops.inner(k(5, None), k(4, 3)), (5, 4)),
        (lambda: ops.dot(k(None, 3), k(None, None, 2)), (None, None, 2)),
        (lambda: ops.cross(k(2, 3, 3), k(None, 1, 2)), (2, 3, 3)),
        (lambda: ops.allclose(k(None, 3), k(2, None)), ()),
        (lambda: ops.linspace(k(None, 3, 4), k(2, 3, 4), 10, axis=1), (2, 10, 3, 4)),
        (lambda: ops.take_along_axis(k(None, 3, 3), k(1, 3, None, dtype="int32"), axis=1), (None, 3, 3)),
        (lambda: ops.einsum("ijk,jkl->li", k(None, 3, 4), k(None, 4, 5)), (5, None)),
        (lambda: ops.vstack([k(None, 3), k(None, None)]), (None, 3)),
        (lambda: ops.broadcast_to(k(None, 3), (2, 3, 3)), (2, 3, 3)),
        (lambda: ops.dsplit(k(None, 3, None), 2)[1], (None, 3, None)),
        (lambda: ops.space_to_depth(k(None, None, 6, 3), 2), (None, None, 3, 12)),
        (lambda: ops.repeat(k(None, 3), [1, 2], axis=0), (None, 3)),
        (lambda: ops.diagonal(k(None, 3, 3)), (3, None)),
        (lambda: ops.diag(k(None, 3), k=3), (None,)),
        (lambda: ops.diag(k(3, 5), k=3), (2,)),
        (lambda: ops.average(k(None, 3), axis=(1,), weights=k(3)), (None,)),
        (lambda: ops.reshape(k(None, 20), k(2, dtype="int32")), (None, None)),
        (lambda: ops.reshape(k(None, 20), (4, k(dtype="int32"))), (4, None)),
        (lambda: ops.unstack(k(2, None, None), num=3, axis=1)[2], (2, None)),
        (lambda: ops.slice(k(3, 3), k(2, dtype="int32"), (-1, 2)), (None, 2)),
        (lambda: ops.nonzero(k(None, 5))[1], (None,)),
        (lambda: ops.unique(k(2, 4), return_inverse=True)[1], (2, 4)),
        (lambda: ops.unique(k(2, 4), axis=-1, size=3), (2, 3)),
        (lambda: ops.searchsorted(k(None), k(2, 3)), (2, 3)),
        (lambda: ops.view(k(None, 3, dtype="int32"), dtype="int16"), (None, 6)),
        (lambda: ops.ldexp(k(None, 3), k(1, 3)), (None, 3)),
        (lambda: ops.eig(k(None, 4, 4))[0], (None, 4)),
        (lambda: ops.lu_factor(k(None, 4, 3))[1], (None, 3)),
        (lambda: ops.solve(k(None, 4, 4), k(None, 4)), (None, 4)),
        (lambda: ops.switch(k(dtype="int32"), [lambda x: x[:, 0]], k(None, 2)), (None,)),
        (lambda: ops.while_loop(lambda x: True, lambda x: (x,), (k(None, 2),))[0], (None, 2)),
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
    for ask, error in (
        (bool, TypeError), (float, TypeError), (int, TypeError), (iter, TypeError),
        (np.asarray, ValueError), (ops.convert_to_numpy, ValueError),
    ):  # fmt: skip
        with pytest.raises(error, match="symbolic"):
            ask(x)


@pytest.mark.parametrize(
    "make",
    [
        lambda: ops.squeeze(k(None, 1), axis=0),
        lambda: k(None, 5, 16)[:, 17],
        lambda: k(None, 5)[:, :, 0],
        lambda: ops.get_item(k(None, 5), (..., 1, ...)),
        lambda: ops.slice(k(3, 3), (1, 1), (2, 2, 2)),
        lambda: ops.slice(k(3, 3), (1, 1, 1), (2, 2)),
        lambda: ops.unstack(k(None, 3)),
        lambda: ops.unstack(k(2, 3), num=3),
        lambda: ops.solve(k(None, None, 4), k(None, 4, 5)),
        lambda: ops.solve_triangular(k(None, 4, 4), k(None, None, 5)),
        lambda: ops.inv(k(None, None, 4)),
        lambda: ops.cholesky(k(4, 3)),
        lambda: ops.qr(k(None, 4)),
        lambda: ops.eig(k(10, 4, 3)),
        lambda: ops.cond(k(dtype="bool"), lambda: ops.ones(3), lambda: ops.zeros(4)),
        lambda: ops.correlate(k(3), k(3, 4)),
        lambda: ops.view(k(None, 3, dtype="int16"), dtype="int32"),
        lambda: ops.image.gaussian_blur(k(10, 10)),
        lambda: ops.image.pad_images(k(None, 16), 0, 0, target_height=16, target_width=16),
        lambda: ops.image.crop_images(k(None, 10, 3), 2, 3, 4, 5),
        lambda: ops.matmul(k(None, 3), k(4, None)),
        lambda: ops.KerasTensor(3),
    ],
)
def test_what_cannot_be_is_refused_without_values(make):
    with pytest.raises(ValueError):
        make()


def test_places_in_a_sequence_of_unknown_length_may_need_64_bits():
    assert ops.searchsorted(k(None), k(2)).dtype == "int64"
    assert ops.searchsorted(k(3), k(2)).dtype == "int32"


def test_a_function_applied_to_rows_is_kept_in_a_config():
    x = lamina.Input((2,))
    model = lamina.Model(x, ops.vectorized_map(_doubled, x))
    again = lamina.Model.from_config(model.get_config(), custom_objects={"_doubled": _doubled})
    np.testing.assert_array_equal(again(np.ones((3, 2), "float32")), 2 * np.ones((3, 2)))


def _doubled(x):
    return x + x


def test_operators_of_numpy_arrays_give_symbolic_tensors():
    symbol = lamina.Input((3,))
    row = np.ones(3, "float32")
    for made in (
        row + symbol,
        row - symbol,
        row * symbol,
        row / symbol,
        row**symbol,
        np.float32(2) * symbol,
        row < symbol,
    ):
        assert isinstance(made, lamina.KerasTensor) and made.shape == (None, 3)
    values = np.array([[1.0, 2.0, 4.0]], "float32")
    assert np.allclose(lamina.Model(symbol, 8 * row / symbol)(values), 8 / values)
    assert (row == symbol) is False


def test_operators_of_tensors_and_variables_give_symbolic_tensors():
    symbol = lamina.Input((3,))
    for row in (ops.ones((3,)), lamina.Variable(np.ones(3, "float32"))):
        for made in (row + symbol, symbol + row, row - symbol, row * symbol, row / symbol, row**symbol, row < symbol):
            assert isinstance(made, lamina.KerasTensor) and made.shape == (None, 3)


@pytest.mark.native_only("the functions of NumPy take tensors of the native engine alone")
def test_a_numpy_function_of_tensors_and_symbols_names_the_one_to_use():
    with pytest.raises(TypeError, match=r"np\.concatenate.*lamina\.ops\.concatenate"):
        np.concatenate([ops.ones((2, 3)), lamina.Input((3,))])


@pytest.mark.parametrize("name", ["log", "sum", "concatenate", "mean", "where", "maximum"])
def test_a_numpy_function_names_the_one_to_use(name):
    symbol = lamina.Input((3,))
    arguments = {"concatenate": ([symbol, symbol],), "where": (symbol, 1, 0), "maximum": (symbol, 0)}.get(
        name, (symbol,)
    )
    with pytest.raises(TypeError, match=rf"np\.{name}.* needs values.*lamina\.ops\.{name} in its place"):
        getattr(np, name)(*arguments)
    assert np.shape(symbol) == (None, 3) and np.ndim(symbol) == 2
