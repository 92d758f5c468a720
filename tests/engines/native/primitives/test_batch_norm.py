"""Batch normalisation with its gradient in closed form, against the definition differentiated step by step."""

import numpy as np
import pytest

from lamina.engines import native

rng = np.random.default_rng(0)


def by_steps(x, gamma, beta, epsilon):
    axes = tuple(range(len(x.shape) - 1))
    mean = np.mean(x, axis=axes, keepdims=True)
    variance = np.mean(np.square(x - mean), axis=axes)
    y = (x - mean) / np.sqrt(variance + epsilon)
    y = y if gamma is None else y * gamma
    return y if beta is None else y + beta, np.reshape(mean, x.shape[-1:]), variance


@pytest.mark.parametrize("shape", [(6, 4), (2, 5, 3), (2, 3, 3, 4)])
@pytest.mark.parametrize("scaled", [False, True])
@pytest.mark.parametrize("of", ["values", "statistics", "all"])
def test_first_and_second_gradients(shape, scaled, of):
    x, weights = rng.normal(2, 3, shape), rng.normal(size=shape)
    scale = [rng.normal(size=shape[-1:]), rng.normal(size=shape[-1:])] if scaled else []

    def loss(norm, x, gamma=None, beta=None):
        y, mean, variance = norm(x, gamma, beta, 0.01)
        values, statistics = np.sum(np.sin(y) * weights), np.sum(np.square(mean)) + np.sum(mean * variance)
        return {"values": values, "statistics": statistics, "all": values + statistics}[of]

    def gradients(norm, *arrays):
        wanted = list(range(len(arrays)))
        return native.value_and_grad(lambda *a: loss(norm, *a), wanted)(*arrays)[1]

    def of_gradients(norm, *arrays):
        return sum(np.sum(np.square(g) * 0.5) for g in gradients(norm, *arrays))

    arrays = [x, *scale]
    for a, b in zip(gradients(native.nn.batch_norm, *arrays), gradients(by_steps, *arrays), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-10)
    second = [
        native.value_and_grad(lambda *a, norm=norm: of_gradients(norm, *a), list(range(len(arrays))))(*arrays)[1]
        for norm in (native.nn.batch_norm, by_steps)
    ]
    for a, b in zip(*second, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-8, atol=1e-9)


def test_what_the_way_back_reads_is_one_array_of_the_size_of_the_batch():
    """And two sums over it: the differences from the mean are kept, and nothing is summed that is zero but for rounding."""

    def step(x, gamma, beta, g):
        return native.value_and_grad(lambda *a: np.sum(native.nn.batch_norm(*a, 0.001)[0] * g), [0, 1, 2])(
            x, gamma, beta
        )[1]

    compiled = native.compile(step)
    x, g = rng.normal(size=(2, 50, 8)).astype("float32")
    compiled(x, np.ones(8, "float32"), np.zeros(8, "float32"), g)
    (plan,) = compiled.plans
    sums = [node for node in plan.graph.nodes if node.primitive.name == "sum"]
    assert len(sums) == 4  # the mean, the variance; of g, and of g times the differences
