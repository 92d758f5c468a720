"""Kernels, draws and conversions of the torch engine, against their definitions."""

import numpy as np
import pytest

torch = pytest.importorskip("torch")

import lamina  # noqa: E402
from lamina import layers, ops  # noqa: E402
from lamina.engines import engine  # noqa: E402
from lamina.engines.torch import _conv, _random, _tensors  # noqa: E402

RNG = np.random.default_rng(0)


def random_array(*shape):
    return RNG.normal(size=shape).astype("float32")


def by_definition(q, k, v, bias=None, allowed=None):
    k, v = (np.repeat(x, q.shape[2] // k.shape[2], axis=2) for x in (k, v))
    logits = np.einsum("bthd,bshd->bhts", q, k) / np.sqrt(q.shape[-1])
    logits = logits if bias is None else logits + bias
    logits = logits if allowed is None else np.where(allowed, logits, -1e30)
    weights = np.exp(logits - logits.max(-1, keepdims=True))
    return np.einsum("bhts,bshd->bthd", weights / weights.sum(-1, keepdims=True), v)


@pytest.mark.parametrize("heads", [(4, 4), (4, 2)])
@pytest.mark.parametrize("with_bias", [False, True])
@pytest.mark.parametrize("with_mask", [False, True])
def test_attention(heads, with_bias, with_mask):
    q, k, v = random_array(2, 5, heads[0], 8), random_array(2, 7, heads[1], 8), random_array(2, 7, heads[1], 6)
    bias = random_array(2, heads[0], 5, 7) if with_bias else None
    mask = RNG.random((2, 1, 5, 7)) > 0.3 if with_mask else None
    if with_mask:
        mask[0, 0, 1] = False  # a step that may look nowhere looks everywhere alike
    found = ops.dot_product_attention(q, k, v, bias=bias, mask=mask)
    np.testing.assert_allclose(found.numpy(), by_definition(q, k, v, bias, mask), rtol=2e-4, atol=2e-5)


def test_attention_has_a_second_derivative():
    q, k, v = random_array(1, 3, 1, 4), random_array(1, 3, 1, 4), random_array(1, 3, 1, 4)
    with lamina.GradientTape() as outer:
        x = outer.watch(torch.from_numpy(q))
        with lamina.GradientTape() as inner:
            inner.watch(x)
            y = ops.sum(ops.square(ops.dot_product_attention(x, k, v)))
        g = ops.sum(ops.square(inner.gradient(y, x)))
    second = outer.gradient(g, x)

    def slope(q):
        _, found = engine.value_and_grad(lambda a: ops.sum(ops.square(ops.dot_product_attention(a, k, v))))(q)
        return float(ops.sum(ops.square(found)))

    d = random_array(1, 3, 1, 4).astype("float64")
    q, k, v = (a.astype("float64") for a in (q, k, v))
    numeric = (slope(q + 1e-5 * d) - slope(q - 1e-5 * d)) / 2e-5
    assert float(np.sum(second.numpy() * d)) == pytest.approx(numeric, rel=1e-3)


@pytest.mark.parametrize("shape", [(6, 3), (4, 5, 3), (4, 5, 6, 3), (2, 3, 4, 5, 3)])
@pytest.mark.parametrize("options", [{}, {"center": False}, {"scale": False}])
def test_batch_normalisation_is_the_formula(shape, options):
    x = random_array(*shape) * 3 + 1
    layer = layers.BatchNormalization(momentum=0.5, **options)
    y = layer(x, training=True)
    axes = tuple(range(x.ndim - 1))
    mean, variance = x.mean(axes), x.var(axes)
    np.testing.assert_allclose(y.numpy(), (x - mean) / np.sqrt(variance + 1e-3), rtol=1e-4, atol=1e-5)
    np.testing.assert_allclose(layer.moving_mean.numpy(), 0.5 * mean, rtol=1e-5, atol=1e-6)
    np.testing.assert_allclose(layer.moving_variance.numpy(), 0.5 + 0.5 * variance, rtol=1e-5)


@pytest.mark.parametrize("mode", ["set", "add", "multiply", "max", "min"])
def test_scatter(mode):
    x, updates = random_array(4, 5, 2), random_array(3, 2)
    places = np.array([[0, 1], [3, 4], [0, 2]])
    wanted = x.copy()
    combine = {"set": lambda a, b: b, "add": np.add, "multiply": np.multiply, "max": np.maximum, "min": np.minimum}[
        mode
    ]
    for (i, j), u in zip(places, updates):
        wanted[i, j] = combine(wanted[i, j], u)
    np.testing.assert_allclose(engine.nn.scatter(x, places, updates, mode).numpy(), wanted, rtol=1e-6)


def test_unsigned_integers_wrap_around():
    a = np.array([2**32 - 1, 5], "uint32")
    assert ops.add(a, np.array([2, 3], "uint32")).tolist() == [1, 8]
    assert ops.dtype(ops.add(a, a)) == "uint32" and ops.maximum(a, a).tolist() == a.tolist()


@pytest.mark.parametrize("dtype", ["bfloat16", "float8_e4m3fn", "float16", "uint16", "bool", "complex64"])
def test_arrays_there_and_back(dtype):
    array = np.array([0, 1, 1, 0]).astype(ops._dtypes.numpy_dtype(dtype))
    back = engine.numpy(engine.tensor(array))
    assert back.dtype == array.dtype and (back == array).all()


def test_arrays_that_torch_would_not_take():
    array = np.arange(6, dtype="float32")
    fixed = array.copy()
    fixed.flags.writeable = False
    for x in (array[::-1], fixed, array.astype(">f4"), array[::2]):
        assert engine.tensor(x).tolist() == x.tolist()


@pytest.mark.parametrize("kind", ["uniform", "normal"])
def test_draws_are_functions_of_the_seed(kind):
    draw = getattr(engine.random, kind)
    seed, other = (torch.tensor([7, n], dtype=torch.uint32) for n in (0, 1))
    a, b, c = draw(seed, (2000,)), draw(seed, (2000,)), draw(other, (2000,))
    assert (a == b).all() and (a != c).any()
    mean, std = (0.5, 12**-0.5) if kind == "uniform" else (0.0, 1.0)
    assert float(a.mean()) == pytest.approx(mean, abs=0.06) and float(a.std()) == pytest.approx(std, rel=0.05)


def test_hashed_draws_as_on_devices():
    seed = torch.tensor([7, 3], dtype=torch.uint32)
    u = _random._hashed(seed, 100_000, torch.float32)
    assert 0 <= float(u.min()) < 1e-4 and 1 - 1e-4 < float(u.max()) < 1
    assert float(u.mean()) == pytest.approx(0.5, abs=0.005) and float(u.std()) == pytest.approx(12**-0.5, rel=0.01)
    assert abs(float(torch.corrcoef(torch.stack([u[:-1], u[1:]]))[0, 1])) < 0.01
    assert (
        u != _random._hashed(torch.tensor([7, 4], dtype=torch.uint32), 100_000, torch.float32)
    ).float().mean() > 0.99


def test_gamma_draws_have_its_moments():
    alpha = torch.full((20_000,), 0.5)
    for a in (0.5, 3.0):
        x = engine.random.gamma(torch.tensor([1, 2], dtype=torch.uint32), alpha * 0 + a)
        assert float(x.mean()) == pytest.approx(a, rel=0.05) and float(x.var()) == pytest.approx(a, rel=0.1)


def test_specs_compute_nothing():
    spec = engine.spec(lambda x: ops.matmul(x, np.ones((3, 2), "float32")), engine.Spec((4, 3), np.dtype("float32")))
    assert spec == engine.Spec((4, 2), np.dtype("float32"))
    with pytest.raises(_tensors.ConcreteValueError, match="run_eagerly"):
        engine.spec(lambda x: engine.numpy(x), engine.Spec((2,), np.dtype("float32")))


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision_learns(policy):
    x = random_array(256, 8, 8, 1)
    y = (x.mean((1, 2, 3)) > 0).astype("int32")
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential(
        [
            lamina.Input((8, 8, 1)),
            layers.Conv2D(8, 3, activation="relu", dtype=policy),
            layers.BatchNormalization(dtype=policy),
            layers.GlobalAveragePooling2D(dtype=policy),
            layers.Dense(2, activation="softmax", dtype="float32"),
        ]
    )
    model.compile(lamina.optimizers.Adam(0.02), "sparse_categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x, y, epochs=15, batch_size=32, verbose=0).history
    assert ops.dtype(model.layers[0](x)) == policy.removeprefix("mixed_")
    assert all(v.dtype == "float32" for v in model.trainable_weights)
    assert history["loss"][-1] < 0.6 * history["loss"][0] and history["accuracy"][-1] > 0.85


def test_gradient_tape_leaves_the_users_tensors_as_they_were():
    x = torch.ones(3)
    with lamina.GradientTape() as tape:
        tape.watch(x)
        loss = ops.sum(x * x)
    assert not x.requires_grad
    assert tape.gradient(loss, x).tolist() == [2, 2, 2]
    assert not x.requires_grad and not loss.requires_grad and float(loss) == 3


def test_numpy_arrays_can_be_watched():
    x = np.ones(3, "float32")
    with lamina.GradientTape() as tape:
        tape.watch(x)
        loss = ops.sum(ops.square(x))
    assert tape.gradient(loss, x).tolist() == [2, 2, 2]
    assert not _tensors.watched


@pytest.mark.parametrize("make", [lambda: layers.LayerNormalization(), lambda: layers.BatchNormalization()])
def test_normalisation_has_a_second_derivative(make):
    layer = make()
    x, w, d = random_array(4, 3), random_array(4, 3), random_array(4, 3)
    layer.build((4, 3))

    def slope(point):
        def loss(a):
            return ops.sum(
                ops.square(layer(a, training=True) if "Batch" in type(layer).__name__ else layer(a))
                * ops.cast(w, a.dtype)
            )

        _, g = engine.value_and_grad(loss)(point)
        return ops.sum(ops.square(g))

    _, second = engine.value_and_grad(slope)(x)
    numeric = float(slope(x + 1e-3 * d) - slope(x - 1e-3 * d)) / 2e-3
    assert float(np.sum(second.numpy() * d)) == pytest.approx(numeric, rel=0.05, abs=0.05)


@pytest.mark.parametrize("dtype", ["bfloat16", "float32"])
@pytest.mark.parametrize("length, stride, kept", [(1, 2, [1]), (2, 2, [1, 2]), (1, 1, [1])])
def test_taps_that_meet_only_borders_have_no_gradient(dtype, length, stride, kept):
    """Some of torch's kernels leave it unwritten, so that it is what the memory held before."""
    dtype = getattr(torch, dtype)
    for _ in range(50):
        held = [torch.full((n,), float("nan"), dtype=dtype) for n in (8, 12, 16, 18, 24, 32, 64, 256)]
        del held
        kernel = torch.ones(3, 3, 2, dtype=dtype, requires_grad=True)
        _conv.conv(torch.ones(1, length, 3, dtype=dtype), kernel, (stride,), ((1, 1),), (1,), 1).sum().backward()
        gradient = kernel.grad.float().sum((1, 2))
        assert torch.isfinite(gradient).all()
        assert [k for k in range(3) if gradient[k] != 0] == kept
