"""`keras.backend` functions against NumPy, on arrays and on symbolic tensors."""

import numpy as np
import pytest

from lamina import backend as K
from lamina import layers, losses, ops
from lamina.variables import Variable

A = np.random.default_rng(0).normal(size=(3, 4)).astype("float32")
B = np.random.default_rng(1).normal(size=(3, 4)).astype("float32")
P = np.abs(A) + 0.1

# What K gives, what NumPy gives.
CASES = {
    "square": (lambda a, b: K.square(a), lambda a, b: a**2),
    "sqrt": (lambda a, b: K.sqrt(a), lambda a, b: np.sqrt(np.maximum(a, 0))),
    "abs": (lambda a, b: K.abs(a), lambda a, b: np.abs(a)),
    "exp": (lambda a, b: K.exp(a), lambda a, b: np.exp(a)),
    "log": (lambda a, b: K.log(K.abs(a)), lambda a, b: np.log(np.abs(a))),
    "pow": (lambda a, b: K.pow(a, 3), lambda a, b: a**3),
    "round": (lambda a, b: K.round(a), lambda a, b: np.round(a)),
    "sign": (lambda a, b: K.sign(a), lambda a, b: np.sign(a)),
    "sin": (lambda a, b: K.sin(a), lambda a, b: np.sin(a)),
    "cos": (lambda a, b: K.cos(a), lambda a, b: np.cos(a)),
    "clip": (lambda a, b: K.clip(a, -0.5, 0.5), lambda a, b: np.clip(a, -0.5, 0.5)),
    "clip below": (lambda a, b: K.clip(a, 0, None), lambda a, b: np.maximum(a, 0)),
    "sum": (lambda a, b: K.sum(a, axis=1), lambda a, b: a.sum(1)),
    "sum all": (lambda a, b: K.sum(a), lambda a, b: a.sum()),
    "mean": (lambda a, b: K.mean(a, axis=-1, keepdims=True), lambda a, b: a.mean(-1, keepdims=True)),
    "std": (lambda a, b: K.std(a, axis=1), lambda a, b: a.std(1)),
    "var": (lambda a, b: K.var(a, axis=1), lambda a, b: a.var(1)),
    "prod": (lambda a, b: K.prod(a, axis=1), lambda a, b: a.prod(1)),
    "max": (lambda a, b: K.max(a, axis=1), lambda a, b: a.max(1)),
    "min": (lambda a, b: K.min(a, axis=1), lambda a, b: a.min(1)),
    "any": (lambda a, b: K.any(K.greater(a, 1.0), axis=1), lambda a, b: (a > 1).any(1)),
    "all": (lambda a, b: K.all(K.greater(a, -1.0), axis=1), lambda a, b: (a > -1).all(1)),
    "argmax": (lambda a, b: K.argmax(a), lambda a, b: a.argmax(-1)),
    "argmin": (lambda a, b: K.argmin(a, axis=1), lambda a, b: a.argmin(1)),
    "cumsum": (lambda a, b: K.cumsum(a, axis=1), lambda a, b: a.cumsum(1)),
    "cumprod": (lambda a, b: K.cumprod(a, axis=1), lambda a, b: a.cumprod(1)),
    "logsumexp": (lambda a, b: K.logsumexp(a, axis=1), lambda a, b: np.log(np.exp(a).sum(1))),
    "maximum": (lambda a, b: K.maximum(a, b), lambda a, b: np.maximum(a, b)),
    "minimum": (lambda a, b: K.minimum(a, b), lambda a, b: np.minimum(a, b)),
    "equal": (lambda a, b: K.equal(a, a), lambda a, b: a == a),
    "not_equal": (lambda a, b: K.not_equal(a, b), lambda a, b: a != b),
    "greater": (lambda a, b: K.greater(a, b), lambda a, b: a > b),
    "greater_equal": (lambda a, b: K.greater_equal(a, a), lambda a, b: a >= a),
    "less": (lambda a, b: K.less(a, b), lambda a, b: a < b),
    "less_equal": (lambda a, b: K.less_equal(a, a), lambda a, b: a <= a),
    "concatenate": (lambda a, b: K.concatenate([a, b]), lambda a, b: np.concatenate([a, b], -1)),
    "stack": (lambda a, b: K.stack([a, b], axis=1), lambda a, b: np.stack([a, b], 1)),
    "reshape": (lambda a, b: K.reshape(a, (-1, 2, 2)), lambda a, b: a.reshape(-1, 2, 2)),
    "flatten": (lambda a, b: K.flatten(a), lambda a, b: a.ravel()),
    "batch_flatten": (lambda a, b: K.batch_flatten(K.reshape(a, (-1, 2, 2))), lambda a, b: a),
    "expand_dims": (lambda a, b: K.expand_dims(a), lambda a, b: a[..., None]),
    "squeeze": (lambda a, b: K.squeeze(K.expand_dims(a, 1), 1), lambda a, b: a),
    "permute_dimensions": (lambda a, b: K.permute_dimensions(K.expand_dims(a), (0, 2, 1)), lambda a, b: a[:, None]),
    "repeat": (lambda a, b: K.repeat(a, 2), lambda a, b: np.stack([a, a], 1)),
    "repeat_elements": (lambda a, b: K.repeat_elements(a, 2, axis=1), lambda a, b: np.repeat(a, 2, 1)),
    "tile": (lambda a, b: K.tile(a, (1, 2)), lambda a, b: np.tile(a, (1, 2))),
    "reverse": (lambda a, b: K.reverse(a, 1), lambda a, b: a[:, ::-1]),
    "zeros_like": (lambda a, b: K.zeros_like(a), lambda a, b: np.zeros_like(a)),
    "ones_like": (lambda a, b: K.ones_like(a), lambda a, b: np.ones_like(a)),
    "cast": (lambda a, b: K.cast(a, "int32"), lambda a, b: a.astype("int32")),
    "one_hot": (lambda a, b: K.one_hot(K.argmax(a), 4), lambda a, b: np.eye(4)[a.argmax(-1)]),
    "relu": (lambda a, b: K.relu(a, alpha=0.1, max_value=1.0), lambda a, b: np.where(a > 0, np.minimum(a, 1), 0.1 * a)),
    "elu": (lambda a, b: K.elu(a, 0.5), lambda a, b: np.where(a > 0, a, 0.5 * np.expm1(a))),
    "softmax": (lambda a, b: K.softmax(a), lambda a, b: np.exp(a) / np.exp(a).sum(-1, keepdims=True)),
    "sigmoid": (lambda a, b: K.sigmoid(a), lambda a, b: 1 / (1 + np.exp(-a))),
    "hard_sigmoid": (lambda a, b: K.hard_sigmoid(a), lambda a, b: np.clip(0.2 * a + 0.5, 0, 1)),
    "tanh": (lambda a, b: K.tanh(a), lambda a, b: np.tanh(a)),
    "softplus": (lambda a, b: K.softplus(a), lambda a, b: np.log1p(np.exp(a))),
    "softsign": (lambda a, b: K.softsign(a), lambda a, b: a / (1 + np.abs(a))),
    "l2_normalize": (lambda a, b: K.l2_normalize(a, axis=1), lambda a, b: a / np.linalg.norm(a, axis=1, keepdims=True)),
    "switch": (lambda a, b: K.switch(K.greater(a, 0.0), a, b), lambda a, b: np.where(a > 0, a, b)),
    "switch rows": (
        lambda a, b: K.switch(K.greater(K.sum(a, axis=1), 0.0), lambda: a, lambda: b),
        lambda a, b: np.where(a.sum(1, keepdims=True) > 0, a, b),
    ),
    "bias_add": (lambda a, b: K.bias_add(a, np.arange(4.0)), lambda a, b: a + np.arange(4)),
    "identity": (lambda a, b: K.identity(a), lambda a, b: a),
    "transpose": (lambda a, b: K.transpose(a), lambda a, b: a.T),
    "batch_dot": (lambda a, b: K.batch_dot(a, b, axes=1), lambda a, b: (a * b).sum(1, keepdims=True)),
}


@pytest.mark.parametrize("name", CASES)
def test_as_numpy(name):
    ours, reference = CASES[name]
    a, b = ops.convert_to_tensor(A), ops.convert_to_tensor(B)
    expected = reference(A, B)
    found = ours(a, b)
    assert tuple(found.shape) == expected.shape
    np.testing.assert_allclose(np.asarray(found), expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("name", CASES)
def test_symbolic(name):
    """A graph of placeholders, evaluated by K.function, gives the same."""
    ours, reference = CASES[name]
    a, b = K.placeholder((None, 4)), K.placeholder((None, 4))
    out = ours(a, b)
    expected = reference(A, B)
    assert len(out.shape) == expected.ndim and all(s in (None, n) for s, n in zip(out.shape, expected.shape))
    (found,) = K.function([a, b], [out])([A, B])
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


def test_products():
    np.testing.assert_allclose(K.dot(A, B.T), A @ B.T, rtol=1e-5)
    x, w = np.ones((2, 3, 4), "float32"), np.ones((4, 5), "float32")
    assert K.dot(x, w).shape == (2, 3, 5)
    rng = np.random.default_rng(0)
    for first, second, axes, formula in [
        ((2, 3, 4), (2, 4, 5), None, "bij,bjk->bik"),
        ((2, 3, 4), (2, 3, 5), 1, "bij,bik->bjk"),
        ((2, 3, 4), (2, 5, 4), (2, 2), "bij,bkj->bik"),
        ((2, 3), (2, 3, 4), (1, 1), "bi,bij->bj"),
        ((2, 3, 4, 5), (2, 4, 6), (2, 1), "bijk,bjl->bikl"),
    ]:
        x, y = rng.normal(size=first), rng.normal(size=second)
        np.testing.assert_allclose(
            K.batch_dot(x, y, axes), np.einsum(formula, x, y), rtol=1e-5, err_msg=str((first, second))
        )
    with pytest.raises(ValueError, match="differ in size"):
        K.batch_dot(np.ones((2, 3)), np.ones((2, 4)))
    with pytest.raises(ValueError, match="need a batch axis"):
        K.batch_dot(np.ones(2), np.ones((2, 4)))


def test_losses_take_target_first():
    target, output = np.eye(3, dtype="float32"), np.full((3, 3), 0.2, "float32") + 0.4 * np.eye(3, dtype="float32")
    np.testing.assert_allclose(K.categorical_crossentropy(target, output), -np.log([0.6] * 3), rtol=1e-5)
    np.testing.assert_allclose(K.sparse_categorical_crossentropy([0, 1, 2], output), -np.log([0.6] * 3), rtol=1e-5)
    np.testing.assert_allclose(K.binary_crossentropy(target[0], output[0]), -np.log([0.6, 0.8, 0.8]), rtol=1e-5)
    assert losses.binary_crossentropy(target, output).shape == (3,)
    assert K.in_top_k(output, np.array([0, 1, 2]), 1).tolist() == [True] * 3


def test_values_of_variables():
    v = K.variable([[1, 2], [3, 4]], name="a/b")
    assert v.dtype == "float32" and K.int_shape(v) == (2, 2) and K.ndim(v) == 2 and K.count_params(v) == 4
    K.set_value(v, np.zeros((2, 2)))
    assert K.get_value(v).tolist() == [[0, 0], [0, 0]] and type(K.get_value(v)) is np.ndarray
    K.batch_set_value([(v, np.ones((2, 2)))])
    assert K.batch_get_value([v])[0].sum() == 4 and K.eval(K.sum(v)) == 4
    K.update_add(v, K.ones((2, 2)))
    K.update_sub(v, 0.5)
    assert K.eval(v).tolist() == [[1.5, 1.5]] * 2
    K.moving_average_update(v, 0.0, 0.5)
    assert K.eval(v)[0, 0] == 0.75
    for made, expected in ((K.zeros((2,)), [0, 0]), (K.ones((2,)), [1, 1]), (K.eye(2), [[1, 0], [0, 1]])):
        assert isinstance(made, Variable) and made.numpy().tolist() == expected
    assert K.constant(2, shape=(2, 2)).tolist() == [[2, 2], [2, 2]] and ops.dtype(K.constant([1, 2])) == "float32"
    assert K.arange(3).tolist() == [0, 1, 2] and K.gather(v, [1]).shape == (1, 2)


def test_kinds():
    x = layers.Input((3,))
    assert K.is_keras_tensor(x) and not K.is_keras_tensor(A) and K.is_placeholder(x) and not K.is_placeholder(x + 1)
    assert K.is_tensor(x) and K.is_tensor(ops.ones(2)) and not K.is_sparse(x)
    assert K.int_shape(x) == (None, 3) and K.shape(ops.ones((2, 3))) == (2, 3) and K.dtype(x) == "float32"
    assert K.standardize_dtype(None) == K.floatx() == "float32" and K.result_type("int32", "float32") == "float32"
    assert K.is_float_dtype("bfloat16") and K.is_int_dtype("uint8") and not K.is_int_dtype("float32")
    assert ops.dtype(K.cast_to_floatx([1, 2])) == "float32" and K.cast_to_floatx(x).dtype == "float32"
    with pytest.raises(ValueError, match="symbolic"):
        K.eval(x)
    with pytest.raises(ValueError, match="shape= or ndim="):
        K.placeholder()
    assert K.placeholder(ndim=3).shape == (None, None, None)


def test_phase():
    assert K.learning_phase() == 0
    with K.learning_phase_scope(1):
        assert K.learning_phase() == 1 and K.in_train_phase(1, lambda: 2) == 1
        assert float(ops.std(layers.Dropout(0.5)(np.ones(100, "float32")))) > 0
    assert (
        K.in_train_phase(1, lambda: 2) == 2 and K.in_test_phase(1, 2) == 1 and K.in_train_phase(1, 2, training=1) == 1
    )
    try:
        K.set_learning_phase(1)
        assert K.learning_phase() == 1 and (layers.Dropout(0.5)(np.ones(100, "float32")) == 0).any()
    finally:
        K.clear_session()
    assert K.learning_phase() == 0
    with pytest.raises(ValueError, match="must be one of 0, 1"):
        K.set_learning_phase(3)


def test_random():
    draws = K.random_normal((2000,), 3.0, 0.5, seed=1)
    assert abs(float(draws.mean()) - 3) < 0.05 and abs(float(draws.std()) - 0.5) < 0.05
    assert (K.random_normal((5,)) != K.random_normal((5,))).any()
    uniform = K.random_uniform((2000,), -1, 1)
    assert uniform.min() >= -1 and uniform.max() <= 1 and abs(float(uniform.mean())) < 0.1
    assert abs(float(K.random_binomial((2000,), 0.3).mean()) - 0.3) < 0.05
    assert float(ops.max(ops.abs(K.truncated_normal((2000,))))) <= 2
    assert isinstance(K.random_normal_variable((2, 2), 0, 1), Variable)
    assert K.random_uniform_variable((2, 2), 0, 1).shape == (2, 2)
    with pytest.raises(ValueError, match="not known yet"):
        K.random_normal(K.shape(layers.Input((3,))))
    dropped = K.dropout(np.ones(1000, "float32"), 0.25, seed=3)
    assert sorted(np.unique(dropped).tolist()) == pytest.approx([0, 4 / 3])


def test_loops():
    assert K.map_fn(lambda x: x * 2, np.arange(3)).tolist() == [0, 2, 4]
    assert float(K.foldl(lambda a, x: a - x, np.array([1.0, 2.0, 3.0]))) == -4
    assert float(K.foldr(lambda a, x: a - x, np.array([1.0, 2.0, 3.0]), initializer=0.0)) == -6


def test_pads_and_slices():
    x = np.ones((1, 2, 2, 1), "float32")
    assert K.spatial_2d_padding(x).shape == (1, 4, 4, 1)
    assert K.spatial_2d_padding(x, data_format="channels_first").shape == (1, 2, 4, 3)
    assert K.temporal_padding(np.ones((1, 2, 3)), (1, 2)).shape == (1, 5, 3)
    assert K.slice(A, (1, 0), (2, 2)).tolist() == A[1:3, :2].tolist()


def test_image_layout_names():
    assert K.image_dim_ordering() == "tf" and K.image_data_format() == "channels_last"
    try:
        K.set_image_dim_ordering("th")
        assert K.image_data_format() == "channels_first"
    finally:
        K.set_image_dim_ordering("tf")


def test_uids(capsys):
    K.reset_uids()
    assert [K.get_uid("a"), K.get_uid("a"), K.get_uid("b")] == [1, 2, 1]
    assert K.print_tensor(A, "here") is A and "here" in capsys.readouterr().out
    assert K.stop_gradient([A, B])[1].tolist() == B.tolist()


def test_name_scope_names_what_is_made_inside():
    with K.name_scope("block/one"):
        made = Variable(1.0, name="w")
    assert made.path == "block_one/w" and Variable(1.0, name="w").path == "w"
