"""Optimizers: the rules from their papers, what surrounds them, and the contract that each keeps."""

import warnings

import numpy as np
import pytest

from lamina import _deprecation, ops, optimizers
from lamina.engines import engine
from lamina.optimizers import schedules
from lamina.variables import GradientTape, Variable

CLASSES = sorted(
    name
    for name, thing in ((n, getattr(optimizers, n)) for n in optimizers.__all__)
    if isinstance(thing, type) and issubclass(thing, optimizers.Optimizer)
    and name not in ("Optimizer", "LossScaleOptimizer", "MultiOptimizer")
)  # fmt: skip
OPTIONS = [
    {}, {"clipnorm": 0.5}, {"global_clipnorm": 0.5}, {"use_ema": True, "ema_overwrite_frequency": 2},
    {"gradient_accumulation_steps": 2, "weight_decay": 0.1}, {"learning_rate": schedules.CosineDecay(0.1, 5)},
]  # fmt: skip
rng = np.random.default_rng(0)


def variables():
    return [Variable(np.linspace(-1, 1, 6, dtype="float32").reshape(2, 3)), Variable(np.ones(3, "float32"))]


def gradients(steps=5):
    draw = np.random.default_rng(1)
    return [
        [draw.standard_normal((2, 3)).astype("float32"), draw.standard_normal(3).astype("float32")]
        for _ in range(steps)
    ]


@pytest.mark.parametrize("name", CLASSES)
def test_config_round_trip(name):
    optimizer = getattr(optimizers, name)(learning_rate=0.25, clipnorm=2.0, use_ema=True)
    config = optimizers.serialize(optimizer)
    assert (config["module"], config["class_name"]) == ("keras.optimizers", name)
    back = optimizers.deserialize(config)
    assert type(back) is type(optimizer)
    assert back.get_config() == optimizer.get_config()
    for spelling in (name, name.lower()):
        assert type(optimizers.get(spelling)) is type(optimizer)


@pytest.mark.parametrize("options", OPTIONS, ids=lambda o: "-".join(o) or "plain")
@pytest.mark.parametrize("name", CLASSES)
def test_compiled_step_equals_eager(name, options):
    eager, compiled = (getattr(optimizers, name)(**options) for _ in range(2))
    mine, theirs = variables(), variables()
    compiled.build(theirs)
    step = engine.compile(lambda state, weights, grads: compiled.stateless_apply(state, grads, weights))
    state, weights = [v.numpy() for v in compiled.variables], [v.numpy() for v in theirs]
    for grads in gradients():
        eager.apply(grads, mine)
        weights, state = step(state, weights, grads)
    for ours, other in zip([*mine, *eager.variables], [*weights, *state]):
        np.testing.assert_allclose(ours.numpy(), other, rtol=2e-5, atol=2e-6)
        assert ours.numpy().dtype == np.asarray(other).dtype
    assert all((a.numpy() == b.numpy()).all() for a, b in zip(theirs, variables()))


@pytest.mark.parametrize("name", [n for n in CLASSES if getattr(optimizers, n).elementwise])
def test_one_flat_variable_gives_the_same(name):
    parts, flat = getattr(optimizers, name)(), getattr(optimizers, name)()
    mine = variables()
    joined = [Variable(np.concatenate([v.numpy().ravel() for v in mine]))]
    for grads in gradients():
        parts.apply(grads, mine)
        flat.apply([np.concatenate([g.ravel() for g in grads])], joined)
    np.testing.assert_allclose(
        np.concatenate([v.numpy().ravel() for v in mine]), joined[0].numpy(), rtol=1e-6, atol=1e-7
    )


@pytest.mark.parametrize("name", CLASSES)
def test_goes_downhill(name):
    optimizer = getattr(optimizers, name)(learning_rate=0.5 if name == "Adadelta" else 0.05)
    weight = Variable(np.full((3, 4), 2.0, "float32"))
    for _ in range(60):
        optimizer.apply([2 * weight.numpy()], [weight])
    assert np.square(weight.numpy()).sum() < 48.0


def test_sgd_by_hand():
    weight = Variable(1.0)
    optimizer = optimizers.SGD(0.1, momentum=0.5)
    optimizer.apply([np.float32(2.0)], [weight])
    assert float(weight) == pytest.approx(0.8)
    optimizer.apply([np.float32(2.0)], [weight])
    assert float(weight) == pytest.approx(0.8 - 0.2 - 0.1)


def test_adam_by_hand():
    weight, m, v = Variable(1.0), 0.0, 0.0
    optimizer, w = optimizers.Adam(0.1), 1.0
    for t, g in enumerate((0.5, -2.0, 0.1), start=1):
        m, v = 0.9 * m + 0.1 * g, 0.999 * v + 0.001 * g * g
        w -= 0.1 * np.sqrt(1 - 0.999**t) / (1 - 0.9**t) * m / (np.sqrt(v) + 1e-7)
        optimizer.apply([np.float32(g)], [weight])
        assert float(weight) == pytest.approx(w, rel=1e-5)


def test_learning_rate_is_settable():
    optimizer = optimizers.SGD(0.1)
    optimizer.learning_rate = 0.5
    assert float(optimizer.learning_rate) == 0.5
    optimizer.learning_rate = schedules.ExponentialDecay(0.1, 1, 0.5)
    assert float(optimizer.learning_rate) == pytest.approx(0.1)
    assert len(optimizer.variables) == 1
    with pytest.raises(TypeError, match="learning rate follows"):
        optimizer.learning_rate = 0.1


def test_old_spellings_are_noted_once():
    _deprecation.forget_warnings()
    with pytest.warns(DeprecationWarning, match="learning_rate="):
        optimizer = optimizers.RMSprop(lr=0.25)
    assert float(optimizer.learning_rate) == 0.25
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        optimizers.RMSprop(lr=0.5)
    with pytest.warns(DeprecationWarning, match="InverseTimeDecay"):
        decayed = optimizers.SGD(0.1, decay=0.5)
    weight = Variable(0.0)
    moves = []
    for _ in range(3):
        before = float(weight)
        decayed.apply([np.float32(1.0)], [weight])
        moves.append(before - float(weight))
    np.testing.assert_allclose(moves, [0.1, 0.1 / 1.5, 0.1 / 2.0], rtol=1e-5)
    assert optimizers.SGD.from_config(decayed.get_config()).get_config() == decayed.get_config()


def test_missing_gradients():
    first, second = variables()
    optimizer = optimizers.SGD(0.1)
    with pytest.warns(UserWarning, match="does not depend"):
        optimizer.apply([None, np.ones(3, "float32")], [first, second])
    np.testing.assert_allclose(second.numpy(), 0.9, rtol=1e-6)
    with pytest.raises(ValueError, match="no gradients"):
        optimizer.apply([None, None])


def test_accumulation_updates_with_the_mean():
    weight = Variable(0.0)
    optimizer = optimizers.SGD(1.0, gradient_accumulation_steps=2)
    for gradient, expected in ((1.0, 0.0), (3.0, -2.0), (5.0, -2.0), (7.0, -8.0)):
        optimizer.apply([np.float32(gradient)], [weight])
        assert float(weight) == expected
    assert int(optimizer.iterations) == 2


@pytest.mark.parametrize(
    "options",
    [
        {"learning_rate": schedules.ExponentialDecay(0.1, 1, 0.5)}, {"use_ema": True, "ema_momentum": 0.5},
        {"use_ema": True, "ema_overwrite_frequency": 2}, {"weight_decay": 0.1}, {"clipnorm": 0.1}, {"clipvalue": 0.1},
        {"global_clipnorm": 0.1},
    ],
    ids=lambda o: "-".join(o),
)  # fmt: skip
@pytest.mark.parametrize("name", CLASSES)
def test_accumulated_steps_are_one_update_of_the_mean(name, options):
    """Whatever counts steps or moves weights does so once an update; in between nothing moves."""
    whole = getattr(optimizers, name)(**options)
    parts = getattr(optimizers, name)(**options, gradient_accumulation_steps=3)
    mine, theirs = variables(), variables()
    for v in (mine[0], theirs[0]):
        v.constraint = lambda w: ops.clip(w, -0.9, 0.9)
    for group in zip(*[iter(gradients(9))] * 3):
        before = [v.numpy() for v in theirs]
        for grads in group[:-1]:
            parts.apply(grads, theirs)
        assert all((a == b.numpy()).all() for a, b in zip(before, theirs))
        parts.apply(group[-1], theirs)
        whole.apply([np.mean(g, 0) for g in zip(*group)], mine)
    assert int(parts.iterations) == int(whole.iterations) == 3
    for optimizer, own in ((whole, mine), (parts, theirs)):
        optimizer.finalize_variable_values(own)
    for a, b in zip(mine, theirs):
        np.testing.assert_allclose(a.numpy(), b.numpy(), rtol=1e-4, atol=1e-5)


def test_old_decay_goes_by_updates():
    weight = Variable(0.0)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        optimizer = optimizers.SGD(1.0, decay=1.0, gradient_accumulation_steps=2)
    for expected in (0.0, -1.0, -1.0, -1.5):
        optimizer.apply([np.float32(1.0)], [weight])
        assert float(weight) == pytest.approx(expected)


def test_infinite_gradient_is_left_out_by_the_loss_scale():
    weight = Variable(1.0)
    optimizer = optimizers.LossScaleOptimizer(optimizers.SGD(0.5), initial_scale=8.0, dynamic_growth_steps=2)
    assert float(optimizer.scale_loss(np.float32(1.0))) == 8.0
    optimizer.apply([np.float32(np.inf)], [weight])
    assert float(weight) == 1.0
    assert float(optimizer.scale_loss(np.float32(1.0))) == 4.0
    for _ in range(2):
        optimizer.apply([np.float32(4.0)], [weight])
    assert float(weight) == 0.0
    assert float(optimizer.scale_loss(np.float32(1.0))) == 8.0
    back = optimizers.deserialize(optimizers.serialize(optimizer))
    assert back.get_config() == optimizer.get_config()


def test_state_is_saved_and_loaded():
    optimizer, mine = optimizers.Adam(0.1), variables()
    for grads in gradients():
        optimizer.apply(grads, mine)
    store = {}
    optimizer.save_own_variables(store)
    other = optimizers.Adam()
    other.build(variables())
    other.load_own_variables(store)
    for a, b in zip(optimizer.variables, other.variables):
        np.testing.assert_array_equal(a.numpy(), b.numpy())
    with pytest.warns(UserWarning, match="not built"):
        optimizers.Adam().load_own_variables(store)


def test_own_optimizer_in_keras_style():
    class Signed(optimizers.Optimizer):
        def __init__(self, learning_rate=0.1, **kwargs):
            super().__init__(learning_rate=learning_rate, **kwargs)

        def build(self, variables):
            if self.built:
                return
            super().build(variables)
            self.counts = [self.add_variable_from_reference(v, name="count") for v in variables]

        def update_step(self, gradient, variable, learning_rate):
            self.assign_add(self.counts[self._get_variable_index(variable)], np.ones(variable.shape, "float32"))
            self.assign_sub(variable, learning_rate * ops.sign(gradient))

    weight, optimizer = Variable([1.0, -1.0]), Signed()
    optimizer.apply_gradients([(np.array([3.0, -2.0], "float32"), weight)])
    np.testing.assert_allclose(weight.numpy(), [0.9, -0.9], rtol=1e-6)
    assert len(optimizer.variables) == 3


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: optimizers.SGD("fast"), ["SGD", "learning_rate", "fast"]),
        (lambda: optimizers.SGD(clipnorm=1.0, clipvalue=1.0), ["clipnorm", "clipvalue"]),
        (lambda: optimizers.SGD(momentum=2.0), ["SGD", "momentum", "2.0"]),
        (lambda: optimizers.Adam(gradient_accumulation_steps=1), ["gradient_accumulation_steps", "1"]),
        (lambda: optimizers.Adam(use_ema=True, ema_momentum=2), ["ema_momentum", "2"]),
        (lambda: optimizers.Adam(speed=3), ["Adam", "speed"]),
        (lambda: optimizers.AdamW(weight_decay=None), ["weight_decay"]),
        (lambda: optimizers.get("adm"), ["adm", "Adam"]),
        (lambda: optimizers.get(3), ["optimizer", "3"]),
        (lambda: optimizers.SGD().apply([1.0]), ["build"]),
        (lambda: optimizers.SGD().apply([1.0, 2.0], [Variable(0.0)]), ["1", "2"]),
        (lambda: schedules.ExponentialDecay(0.1, 0, 0.5), ["ExponentialDecay", "decay_steps", "0"]),
        (lambda: schedules.PiecewiseConstantDecay([1], [0.1]), ["boundaries", "values"]),
    ],
)
def test_mistakes_are_named(make, words):
    with pytest.raises(ValueError) as caught:
        make()
    assert all(word in str(caught.value) for word in words)


def test_unknown_variable_is_named():
    optimizer = optimizers.SGD()
    optimizer.build(variables())
    with pytest.raises(ValueError, match="built without"):
        optimizer.apply([np.float32(1.0)], [Variable(0.0)])


def test_minimize_of_keras_2():
    _deprecation.forget_warnings()
    w, optimizer = Variable(5.0), optimizers.SGD(0.1)
    with pytest.warns(DeprecationWarning, match="minimize is of Keras 2"):
        optimizer.minimize(lambda: (w - 2.0) ** 2, [w])
    assert float(w.numpy()) == pytest.approx(5 - 0.1 * 6)
    with GradientTape() as tape:
        loss = w * 3.0
    optimizer.minimize(loss, lambda: [w], tape=tape)
    assert float(w.numpy()) == pytest.approx(4.4 - 0.3) and int(optimizer.iterations) == 2
    with pytest.raises(ValueError, match="needs tape="):
        optimizer.minimize(w * 3.0, [w])
