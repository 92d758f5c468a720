"""The gradient of relu reads what dropout left of its result, where that is kept anyway."""

import numpy as np
import pytest

from lamina import ops
from lamina.engines import native

rng = np.random.default_rng(0)
X, W = rng.normal(size=(40, 8)).astype("float32"), rng.normal(size=(8, 3)).astype("float32")
KEPT = rng.random((40, 8)) < 0.7


def gradient_reads(mask):
    """The gradients by a plan, and the calls that give what relu's gradient reads of the way forth."""

    def step(x, w, kept):
        def loss(x, w):
            y = native.nn.relu(x) * mask(kept)
            return np.sum(np.square(y @ w))

        return native.value_and_grad(loss, (0, 1))(x, w)[1]

    compiled = native.compile(step)
    found = [np.asarray(g) for g in compiled(X, W, KEPT)]
    (plan,) = compiled.plans
    return found, [n.inputs[1].node.primitive.name for n in plan.graph.nodes if n.primitive.name == "relu_grad"]


def expected(mask):
    y = np.maximum(X, 0) * mask
    of_y = 2 * (y @ W) @ W.T
    return of_y * mask * (X > 0), y.T @ (2 * (y @ W))


@pytest.mark.parametrize("scale", [1.0, 1 / 0.7])
def test_a_mask_of_truth_values(scale):
    found, read = gradient_reads(lambda kept: ops.cast(kept, "float32") * scale)
    assert read == ["multiply"]
    for a, b in zip(found, expected(KEPT * np.float32(scale)), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("mask, factors", [
    (lambda kept: ops.cast(kept, "float32") * 0.5, KEPT * np.float32(0.5)),  # a product may be too small for a number
    (lambda kept: ops.cast(kept, "float32") * -1.5, KEPT * np.float32(-1.5)),
    (lambda kept: ops.cast(kept, "float32") - 0.5, KEPT - np.float32(0.5)),
])  # fmt: skip
def test_other_factors_tell_nothing_of_the_sign(mask, factors):
    found, read = gradient_reads(mask)
    assert read == ["relu"]
    for a, b in zip(found, expected(factors), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-5)
