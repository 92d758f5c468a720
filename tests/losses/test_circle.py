"""The circle loss in half precision, where a large number would be infinite."""

import numpy as np

from lamina import losses, ops
from lamina.engines import engine


def test_a_sample_without_a_partner_in_half_precision():
    rng = np.random.default_rng(0)
    embeddings = rng.normal(size=(5, 4))
    embeddings /= np.linalg.norm(embeddings, axis=1, keepdims=True)
    labels = np.array([0, 0, 1, 1, 2])  # the last is alone
    given = [np.asarray(losses.circle(labels, ops.cast(embeddings, d), gamma=8.0)) for d in ("float16", "float32")]
    assert np.isfinite(given[0]).all() and given[0][-1] == 0
    np.testing.assert_allclose(given[0], given[1], rtol=2e-2, atol=2e-2)
    slope = engine.value_and_grad(lambda x: ops.sum(losses.circle(labels, x, gamma=8.0)))
    _, gradient = slope(ops.cast(embeddings, "float16"))
    assert np.isfinite(engine.numpy(gradient)).all() and np.any(engine.numpy(gradient))
