"""`tf.math` and `tf.linalg` where lamina.ops has other names, by definitions in NumPy."""

import importlib

import numpy as np
import pytest

from lamina import ops

RNG = np.random.default_rng(0)
M = RNG.normal(size=(2, 3, 3)).astype("float32") + 3 * np.eye(3, dtype="float32")
IDS = [0, 0, 2]


@pytest.fixture
def tf(installed):
    return importlib.import_module("tensorflow")


def close(found, expected):
    np.testing.assert_allclose(ops.convert_to_numpy(found), expected, rtol=2e-5, atol=2e-5)


def test_segments(tf):
    x = M[0]
    close(tf.math.segment_sum(x, IDS), [x[0] + x[1], 0 * x[0], x[2]])
    close(tf.math.segment_mean(x, IDS), [(x[0] + x[1]) / 2, 0 * x[0], x[2]])
    close(tf.math.unsorted_segment_sum(x, [2, 0, 2], 4), [x[1], 0 * x[0], x[0] + x[2], 0 * x[0]])


def test_counts(tf):
    labels, found = [0, 2, 2, 1], [0, 1, 2, 1]
    expected = np.zeros((3, 3))
    np.add.at(expected, (labels, found), 1)
    close(tf.math.confusion_matrix(labels, found), expected)
    weighted = tf.math.confusion_matrix(labels, found, 4, weights=[1.0, 0.5, 2.0, 1.0], dtype="float32")
    assert weighted.shape == (4, 4)
    assert float(weighted[2, 1]) == 0.5
    close(tf.math.count_nonzero(tf.constant([[0.0, 2.0], [0.0, 0.0]]), axis=1), [1, 0])
    close(tf.math.zero_fraction(tf.constant([0.0, 2.0, 0.0, 0.0])), 0.75)
    close(tf.math.in_top_k([1, 0], tf.constant([[0.1, 0.9], [0.2, 0.8]]), 1), [True, False])


def test_what_would_be_nan_is_zero(tf):
    x = tf.constant([0.0, 2.0])
    close(tf.math.reciprocal_no_nan(x), [0, 0.5])
    close(tf.math.xlogy(x, tf.constant([0.0, 3.0])), [0, 2 * np.log(3)])
    close(tf.math.multiply_no_nan(tf.constant([np.inf, 3.0]), x), [0, 6])


@pytest.mark.parametrize("exclusive", [False, True])
@pytest.mark.parametrize("reverse", [False, True])
def test_cumprod(tf, exclusive, reverse):
    x = np.array([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], "float32")
    turned = x[:, ::-1] if reverse else x
    expected = np.cumprod(turned, 1) / (turned if exclusive else 1)
    close(tf.math.cumprod(x, 1, exclusive, reverse), expected[:, ::-1] if reverse else expected)


def test_matrices(tf):
    linalg, a = tf.linalg, tf.constant(M)
    close(linalg.inv(a), np.linalg.inv(M))
    close(linalg.det(a), np.linalg.det(M))
    close(linalg.solve(a, a), np.broadcast_to(np.eye(3), (2, 3, 3)))
    close(linalg.trace(a), np.trace(M, axis1=1, axis2=2))
    close(linalg.diag_part(a), np.diagonal(M, axis1=1, axis2=2))
    close(linalg.diag([1.0, 2.0]), np.diag([1, 2]))
    close(linalg.matvec(a, M[:, 0]), np.einsum("bij,bj->bi", M, M[:, 0]))
    close(linalg.matrix_transpose(a), M.swapaxes(1, 2))
    close(linalg.l2_normalize(a, axis=1), M / np.sqrt((M**2).sum(1, keepdims=True)))
    s, u, v = linalg.svd(a)
    close(ops.einsum("bij,bj,bkj->bik", u, s, v), M)
    close(linalg.svd(a, compute_uv=False), np.linalg.svd(M, compute_uv=False))


@pytest.mark.parametrize("lower, upper", [(-1, 0), (0, -1), (1, 0), (0, 0), (-1, -1)])
def test_band_part(tf, lower, upper):
    i, j = np.indices((3, 3))
    kept = ((i - j <= lower) | (lower < 0)) & ((j - i <= upper) | (upper < 0))
    close(tf.linalg.band_part(tf.constant(M), lower, upper), np.where(kept, M, 0))


def test_shapes_and_norms(tf):
    x = tf.constant(M)
    close(tf.slice(x, [0, 1, 0], [1, -1, 2]), M[:1, 1:, :2])
    close(tf.broadcast_to([1.0, 2.0], [2, 2]), [[1, 2], [1, 2]])
    assert tf.ensure_shape(x, [None, 3, 3]) is x
    with pytest.raises(ValueError, match=r"expected the shape \(3, 3\); got \(2, 3, 3\)"):
        tf.ensure_shape(x, [3, 3])
    (clipped, nothing), norm = tf.clip_by_global_norm([x, None], 1.0)
    close(norm, np.linalg.norm(M))
    close(clipped, M / np.linalg.norm(M))
    assert nothing is None
    close(tf.clip_by_global_norm([x], 100.0)[0][0], M)
    close(tf.math.scalar_mul(2.0, x), 2 * M)
    close(tf.math.accumulate_n([x, x, x]), 3 * M)
