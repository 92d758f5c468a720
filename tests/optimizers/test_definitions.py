"""Every update rule against its definition in float64 NumPy, at every argument; and what surrounds the rules."""

import inspect

import numpy as np
import pytest

from lamina import ops, optimizers
from lamina.variables import Variable

STEPS, RATE = 6, 0.05
rng = np.random.default_rng(3)


def draws():
    """Gradients of both signs and of very different sizes; one row never has any, one step is zero altogether."""
    grads = rng.standard_normal((STEPS, 4, 3)) * 10.0 ** rng.integers(-3, 3, (STEPS, 4, 3))
    grads[:, 0] = 0.0
    grads[3] = 0.0
    return grads


START, GRADIENTS = rng.standard_normal((4, 3)), draws()


# Each definition is a generator: it takes the weights, then gradient after gradient, and gives the weights after each.
def sgd(w, momentum=0.0, nesterov=False):
    velocity = 0.0
    while True:
        g = yield w
        velocity = momentum * velocity - RATE * g
        w = w + (momentum * velocity - RATE * g if nesterov else velocity)


def rmsprop(w, rho=0.9, momentum=0.0, epsilon=1e-7, centered=False):
    square = mean = step = 0.0
    while True:
        g = yield w
        square, mean = rho * square + (1 - rho) * g**2, rho * mean + (1 - rho) * g
        variance = square - mean**2 if centered else square
        step = momentum * step + RATE * g / np.sqrt(variance + epsilon)
        w = w - step


def adagrad(w, initial_accumulator_value=0.1, epsilon=1e-7):
    total = initial_accumulator_value
    while True:
        g = yield w
        total = total + g**2
        w = w - RATE * g / np.sqrt(total + epsilon)


def adadelta(w, rho=0.95, epsilon=1e-7):
    square = moved = 0.0
    while True:
        g = yield w
        square = rho * square + (1 - rho) * g**2
        step = g * np.sqrt((moved + epsilon) / (square + epsilon))
        moved = rho * moved + (1 - rho) * step**2
        w = w - RATE * step


def averages(beta_1, beta_2):
    """t, and Adam's two averages, each as it is and corrected for its start from zero."""
    m = v = 0.0
    out, t = None, 0
    while True:
        g = yield out
        t += 1
        m, v = beta_1 * m + (1 - beta_1) * g, beta_2 * v + (1 - beta_2) * g**2
        out = t, m, v, m / (1 - beta_1**t), v / (1 - beta_2**t)


def started(generator):
    next(generator)
    return generator


def adam_steps(beta_1=0.9, beta_2=0.999, epsilon=1e-7, amsgrad=False):
    """With the epsilon of the paper's faster form: added to the root of the average before its correction."""
    state, highest, step = started(averages(beta_1, beta_2)), 0.0, None
    while True:
        t, m, v, _, _ = state.send((yield step))
        highest = np.maximum(highest, v)
        rate = RATE * np.sqrt(1 - beta_2**t) / (1 - beta_1**t)
        step = rate * m / (np.sqrt(highest if amsgrad else v) + epsilon)


def adam(w, weight_decay=0.0, **options):
    steps = started(adam_steps(**options))
    while True:
        g = yield w
        w = w * (1 - RATE * weight_decay) - steps.send(g)


def adamw(w, weight_decay=0.004, **options):
    return adam(w, weight_decay, **options)


def adamax(w, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    m = u = t = 0.0
    while True:
        g = yield w
        t += 1
        m, u = beta_1 * m + (1 - beta_1) * g, np.maximum(beta_2 * u, np.abs(g))
        w = w - RATE / (1 - beta_1**t) * m / (u + epsilon)


def nadam(w, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    state, product = started(averages(beta_1, beta_2)), 1.0
    while True:
        g = yield w
        t, m, _, _, v_hat = state.send(g)
        now, following = (beta_1 * (1 - 0.5 * 0.96 ** (t + i)) for i in (0, 1))
        product *= now
        m_hat = following * m / (1 - product * following) + (1 - now) * g / (1 - product)
        w = w - RATE * m_hat / (np.sqrt(v_hat) + epsilon)


def lamb(w, beta_1=0.9, beta_2=0.999, epsilon=1e-7):
    state = started(averages(beta_1, beta_2))
    while True:
        _, _, _, m_hat, v_hat = state.send((yield w))
        update = m_hat / (np.sqrt(v_hat) + epsilon)
        w = w - RATE * np.linalg.norm(w) / np.linalg.norm(update) * update


def lion(w, beta_1=0.9, beta_2=0.99):
    m = np.zeros_like(w)
    while True:
        g = yield w
        w = w - RATE * np.sign(beta_1 * m + (1 - beta_1) * g)
        m = beta_2 * m + (1 - beta_2) * g


def ftrl(
    w,
    learning_rate_power=-0.5,
    initial_accumulator_value=0.1,
    l1_regularization_strength=0.0,
    l2_regularization_strength=0.0,
    l2_shrinkage_regularization_strength=0.0,
    beta=0.0,
):
    n, z, p = initial_accumulator_value, 0.0, learning_rate_power
    l1, l2 = l1_regularization_strength, l2_regularization_strength + beta / (2 * RATE)
    while True:
        g = yield w
        total = n + g**2
        z = z + g + 2 * l2_shrinkage_regularization_strength * w - (total**-p - n**-p) / RATE * w
        n = total
        w = np.where(np.abs(z) > l1, (np.sign(z) * l1 - z) / (n**-p / RATE + 2 * l2), 0.0)


def adafactor(w, beta_2_decay=-0.8, epsilon_1=1e-30, epsilon_2=1e-3, clip_threshold=1.0, relative_step=True, rate=RATE):
    rows, columns, t = 0.0, 0.0, 0
    while True:
        g = yield w
        t += 1
        beta, square = 1 - t**beta_2_decay, g**2 + epsilon_1
        rows = beta * rows + (1 - beta) * square.mean(1)
        columns = beta * columns + (1 - beta) * square.mean(0)
        update = g / np.sqrt(np.outer(rows, columns) / rows.mean())
        update = update / max(1.0, np.sqrt((update**2).mean()) / clip_threshold)
        scale = max(epsilon_2, np.sqrt((w**2).mean())) * min(rate, 1 / np.sqrt(t))
        w = w - scale * update


def muon(
    w,
    muon_a=3.4445,
    muon_b=-4.775,
    muon_c=2.0315,
    momentum=0.95,
    ns_steps=5,
    nesterov=True,
    rms_rate=0.2,
    weight_decay=0.004,
):
    """The iteration acts on the singular values alone: s <- a s + b s^3 + c s^5."""
    m = 0.0
    while True:
        g = yield w
        m = momentum * m + g
        u, s, v = np.linalg.svd(g + momentum * m if nesterov else m, full_matrices=False)
        s = s / (np.sqrt((s**2).sum()) + 1e-7)
        for _ in range(ns_steps):
            s = muon_a * s + muon_b * s**3 + muon_c * s**5
        scale = 1.0 if rms_rate is None else np.sqrt(max(w.shape)) * rms_rate
        w = w * (1 - RATE * weight_decay) - RATE * scale * (u * s) @ v


def schedule_free_adamw(w, beta_1=0.9, beta_2=0.999, epsilon=1e-8, warmup_steps=0):
    z, x, v, t = w, w, 0.0, 0
    while True:
        g = yield (1 - beta_1) * z + beta_1 * x
        t += 1
        rate = RATE * min(1.0, t / warmup_steps) if warmup_steps else RATE
        v = beta_2 * v + (1 - beta_2) * g**2
        z = z - rate * g / (np.sqrt(v / (1 - beta_2**t)) + epsilon)
        x = x + (z - x) / t


CASES = [
    ("SGD", sgd, [{}, {"momentum": 0.9}, {"momentum": 0.9, "nesterov": True}, {"nesterov": True}]),
    (
        "RMSprop",
        rmsprop,
        [{}, {"rho": 0.5}, {"momentum": 0.8}, {"epsilon": 0.1}, {"centered": True, "epsilon": 1e-3},
         {"rho": 0.7, "momentum": 0.5, "epsilon": 0.01, "centered": True}],
    ),
    ("Adagrad", adagrad, [{}, {"initial_accumulator_value": 2.0}, {"initial_accumulator_value": 0.0}, {"epsilon": 0.5}]),
    ("Adadelta", adadelta, [{}, {"rho": 0.5}, {"epsilon": 0.01}]),
    ("Adam", adam, [{}, {"beta_1": 0.5}, {"beta_2": 0.6}, {"epsilon": 0.1}, {"amsgrad": True, "beta_2": 0.3}]),
    ("AdamW", adamw, [{}, {"weight_decay": 0.5}, {"beta_1": 0.5, "beta_2": 0.6, "epsilon": 0.1, "amsgrad": True}]),
    ("Adamax", adamax, [{}, {"beta_1": 0.5}, {"beta_2": 0.6}, {"epsilon": 0.1}]),
    ("Nadam", nadam, [{}, {"beta_1": 0.5}, {"beta_2": 0.6}, {"epsilon": 0.1}]),
    ("Lamb", lamb, [{}, {"beta_1": 0.5}, {"beta_2": 0.6}, {"epsilon": 0.1}]),
    ("Lion", lion, [{}, {"beta_1": 0.5}, {"beta_2": 0.6}]),
    (
        "Ftrl",
        ftrl,
        [{}, {"learning_rate_power": -0.7}, {"learning_rate_power": 0.0}, {"initial_accumulator_value": 2.0},
         {"l1_regularization_strength": 3.0}, {"l2_regularization_strength": 3.0},
         {"l2_shrinkage_regularization_strength": 0.4}, {"beta": 0.5}],
    ),
    (
        "Adafactor",
        adafactor,
        [{}, {"beta_2_decay": -0.3}, {"epsilon_1": 0.1}, {"epsilon_2": 5.0}, {"clip_threshold": 0.2},
         {"relative_step": False}],
    ),
    (
        "Muon",
        muon,
        [{}, {"muon_a": 3.0, "muon_b": -4.0, "muon_c": 1.5}, {"momentum": 0.5}, {"ns_steps": 2}, {"nesterov": False},
         {"rms_rate": None}, {"rms_rate": 0.7}, {"weight_decay": 0.5}],
    ),
    (
        "ScheduleFreeAdamW",
        schedule_free_adamw,
        [{}, {"beta_1": 0.5}, {"beta_2": 0.6}, {"epsilon": 0.1}, {"warmup_steps": 4}],
    ),
]  # fmt: skip
# What the definitions of matrices do not reach has a test of its own below.
ELSEWHERE = {"Muon": {"adam_beta_1", "adam_beta_2", "adam_weight_decay", "adam_lr_ratio", "epsilon", "exclude_layers",
                      "exclude_embeddings"}}  # fmt: skip
COMMON = set(inspect.signature(optimizers.Optimizer.__init__).parameters)


@pytest.mark.parametrize(
    ("name", "rule", "options"),
    [
        pytest.param(name, rule, options, id="-".join([name, *options]))
        for name, rule, cases in CASES
        for options in cases
    ],
)
def test_rule(name, rule, options):
    optimizer, weight = getattr(optimizers, name)(RATE, **options), Variable(START, dtype="float64")
    expected = rule(START, **options)
    next(expected)
    for gradient in GRADIENTS:
        optimizer.apply([gradient], [weight])
        # The learning rate is a float32 variable.
        np.testing.assert_allclose(weight.numpy(), expected.send(gradient), rtol=2e-6, atol=1e-7)


def test_every_rule_and_argument_is_compared():
    named = {name: set().union(*cases) | ELSEWHERE.get(name, set()) for name, _, cases in CASES}
    for name in optimizers.__all__:
        cls = getattr(optimizers, name)
        if not (inspect.isclass(cls) and issubclass(cls, optimizers.Optimizer)):
            continue
        if name in ("Optimizer", "LossScaleOptimizer", "MultiOptimizer"):
            continue
        own = set(inspect.signature(cls.__init__).parameters) - COMMON
        assert own <= named[name], f"{name}: {own - named[name]} is not compared"


@pytest.mark.parametrize("shape", [(), (3,), (2, 2, 3)], ids=str)
def test_muon_leaves_all_but_matrices_to_adam(shape):
    start, grads = rng.standard_normal(shape), rng.standard_normal((3, *shape))
    options = {"adam_beta_1": 0.5, "adam_beta_2": 0.6, "adam_lr_ratio": 0.3, "epsilon": 0.1, "adam_weight_decay": 0.2}
    muon_, weight = optimizers.Muon(RATE, **options), Variable(start, dtype="float64")
    expected, state = start, started(adam_steps(0.5, 0.6, 0.1))
    for gradient in grads:
        muon_.apply([gradient], [weight])
        # The decay goes by the rate, Adam's step by the rate times the ratio.
        expected = expected * (1 - RATE * 0.2) - 0.3 * state.send(gradient)
        np.testing.assert_allclose(weight.numpy(), expected, rtol=2e-6)


@pytest.mark.parametrize(
    ("options", "is_adam"),
    [
        ({}, True),
        ({"exclude_embeddings": False}, False),
        ({"exclude_embeddings": False, "exclude_layers": ["nothing"]}, False),
        ({"exclude_embeddings": False, "exclude_layers": ["nothing", "word_emb"]}, True),
    ],
    ids=str,
)
def test_muon_leaves_embeddings_and_named_layers_to_adam(options, is_adam):
    weight = Variable(START, dtype="float64", name="word_embedding")
    optimizers.Muon(RATE, adam_weight_decay=None, weight_decay=None, **options).apply([GRADIENTS[0]], [weight])
    rule = adam if is_adam else muon
    expected = started(rule(START, weight_decay=0.0)).send(GRADIENTS[0])
    np.testing.assert_allclose(weight.numpy(), expected, rtol=2e-6)


def test_adafactor_of_a_vector_keeps_every_square():
    start, grads = START[1], GRADIENTS[:, 1]
    optimizer, weight = optimizers.Adafactor(RATE), Variable(start, dtype="float64")
    expected, square = start, 0.0
    for t, g in enumerate(grads, start=1):
        optimizer.apply([g], [weight])
        beta = 1 - t**-0.8
        square = beta * square + (1 - beta) * (g**2 + 1e-30)
        update = g / np.sqrt(square)
        update = update / max(1.0, np.sqrt((update**2).mean()))
        expected = expected - max(1e-3, np.sqrt((expected**2).mean())) * min(RATE, t**-0.5) * update
        np.testing.assert_allclose(weight.numpy(), expected, rtol=2e-6)


@pytest.mark.parametrize("relative_step", [True, False])
def test_adafactor_never_goes_faster_than_one_over_the_root_of_the_step(relative_step):
    optimizer, weight = optimizers.Adafactor(3.0, relative_step=relative_step), Variable(START, dtype="float64")
    expected = started(adafactor(START, rate=3.0))
    for gradient in GRADIENTS:
        optimizer.apply([gradient], [weight])
        np.testing.assert_allclose(weight.numpy(), expected.send(gradient), rtol=1e-5)


@pytest.mark.parametrize(("start", "gradient", "expected"), [(0.0, 2.0, -RATE), (3.0, 0.0, 3.0), (0.0, 0.0, 0.0)])
def test_lamb_trusts_the_rate_where_a_norm_is_zero(start, gradient, expected):
    weight = Variable(np.full(1, start), dtype="float64")
    optimizers.Lamb(RATE).apply([np.full(1, gradient)], [weight])
    np.testing.assert_allclose(weight.numpy(), expected, rtol=1e-5)


# What surrounds the rules, seen through SGD: with a rate of one the step is the gradient that the rule was given.
def moved(grads, **options):
    weights = [Variable(np.zeros_like(g), dtype="float64") for g in grads]
    optimizers.SGD(1.0, **options).apply(grads, weights)
    return [-w.numpy() for w in weights]


LARGE, SMALL, NOTHING = np.array([3.0, -4.0]), np.array([0.3, -0.4]), np.zeros(2)


def test_clipnorm_shortens_each_gradient():
    for got, expected in zip(moved([LARGE, SMALL, NOTHING], clipnorm=2.0), [LARGE * 2 / 5, SMALL, NOTHING]):
        np.testing.assert_allclose(got, expected, rtol=1e-12)


def test_clipvalue_cuts_each_entry():
    for got, expected in zip(moved([LARGE, SMALL], clipvalue=3.5), [[3.0, -3.5], SMALL]):
        np.testing.assert_allclose(got, expected, rtol=1e-12)


def test_global_clipnorm_shortens_all_alike():
    norm = np.sqrt(25 + 0.25)
    for got, g in zip(moved([LARGE, SMALL, NOTHING], global_clipnorm=2.0), [LARGE, SMALL, NOTHING]):
        np.testing.assert_allclose(got, g * 2 / norm, rtol=1e-12)
    for got, g in zip(moved([LARGE, SMALL], global_clipnorm=6.0), [LARGE, SMALL]):
        np.testing.assert_allclose(got, g, rtol=1e-12)
    for got in moved([NOTHING, NOTHING], global_clipnorm=6.0):
        assert (got == 0).all()


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_a_global_norm_that_is_not_finite_shows_in_every_weight(bad):
    """Else one overflown gradient would quietly set the step of all the others to zero."""
    for got in moved([LARGE, np.array([1.0, bad])], global_clipnorm=2.0):
        assert np.isnan(got).all()


@pytest.mark.parametrize("option", ["clipnorm", "clipvalue"])
def test_a_nan_gradient_stays_one(option):
    first, second = moved([LARGE, np.array([1.0, np.nan])], **{option: 2.0})
    assert np.isfinite(first).all() and np.isnan(second[1])


def test_the_loss_scale_is_divided_out_before_anything_is_clipped():
    (got,) = moved([LARGE * 1024], loss_scale_factor=1024.0, clipnorm=2.0)
    np.testing.assert_allclose(got, LARGE * 2 / 5, rtol=1e-12)
    assert float(optimizers.SGD(loss_scale_factor=8.0).scale_loss(np.float32(0.5))) == 4.0


def test_weight_decay_takes_its_share_before_the_rule_and_leaves_out_what_is_excluded():
    kernel, bias, other = (Variable(np.full(2, 2.0), dtype="float64", name=n) for n in ("kernel", "bias", "other"))
    optimizer = optimizers.SGD(0.5, weight_decay=0.1)
    optimizer.exclude_from_weight_decay(var_list=[other], var_names=["^bi.s$", "scale"])
    optimizer.apply([LARGE, LARGE, LARGE], [kernel, bias, other])
    np.testing.assert_allclose(kernel.numpy(), 2 - 0.5 * 0.1 * 2 - 0.5 * LARGE, rtol=1e-12)
    for weight in (bias, other):
        np.testing.assert_allclose(weight.numpy(), 2 - 0.5 * LARGE, rtol=1e-12)


def test_decay_follows_a_schedule():
    rate = optimizers.schedules.PiecewiseConstantDecay([0], [0.5, 0.25])
    weight, optimizer = Variable(np.ones(1), dtype="float64"), optimizers.SGD(rate, weight_decay=0.2)
    for expected in (1 - 0.5 * 0.2, (1 - 0.5 * 0.2) * (1 - 0.25 * 0.2)):
        optimizer.apply([np.zeros(1)], [weight])
        np.testing.assert_allclose(weight.numpy(), expected, rtol=1e-6)


def test_average_of_the_weights():
    optimizer, weight = optimizers.SGD(1.0, use_ema=True, ema_momentum=0.75), Variable(0.0, dtype="float64")
    average = None
    for t in range(1, 6):
        optimizer.apply([np.float64(-t)], [weight])
        now = sum(range(1, t + 1))
        average = now if average is None else 0.75 * average + 0.25 * now
        assert float(weight.numpy()) == now
        assert float(optimizer.slot("average", weight).numpy()) == pytest.approx(average)
    optimizer.finalize_variable_values([weight])
    assert float(weight.numpy()) == pytest.approx(average)


def test_average_takes_the_place_of_the_weights_every_so_often():
    options = {"use_ema": True, "ema_momentum": 0.5, "ema_overwrite_frequency": 3}
    optimizer, weight = optimizers.SGD(1.0, **options), Variable(0.0, dtype="float64")
    w, average = 0.0, None
    for t in range(1, 8):
        optimizer.apply([np.float64(-1.0)], [weight])
        w += 1
        average = w if average is None else 0.5 * average + 0.5 * w
        w = average if t % 3 == 0 else w
        assert float(weight.numpy()) == pytest.approx(w)


def test_constraints_apply_to_what_the_rule_made():
    weight = Variable(np.array([0.5, -0.5]), dtype="float64")
    weight.constraint = lambda w: ops.maximum(w, 0.0)
    optimizers.SGD(1.0).apply([np.array([0.25, -2.0])], [weight])
    np.testing.assert_allclose(weight.numpy(), [0.25, 1.5])
    optimizers.SGD(1.0).apply([np.array([1.0, 1.0])], [weight])
    np.testing.assert_allclose(weight.numpy(), [0.0, 0.5])


def test_loss_scale_grows_and_halves():
    inner = optimizers.SGD(1.0)
    optimizer = optimizers.LossScaleOptimizer(inner, initial_scale=4.0, dynamic_growth_steps=3)
    weight, scale, good = Variable(0.0, dtype="float64"), 4.0, 0
    for gradient in (1.0, np.inf, 1.0, 1.0, 1.0, np.nan, 1.0, -np.inf, 1.0, 1.0, 1.0, 1.0):
        before = float(weight.numpy())
        optimizer.apply([np.float64(gradient)], [weight])
        if np.isfinite(gradient):
            assert float(weight.numpy()) == before - gradient / scale
            good += 1
            scale, good = (scale * 2, 0) if good == 3 else (scale, good)
        else:
            assert float(weight.numpy()) == before
            scale, good = scale / 2, 0
        assert float(optimizer.scale_loss(np.float32(1.0))) == scale
    assert int(inner.iterations) == 9


def test_multi_optimizer_gives_each_variable_its_own():
    first, second = (Variable(0.0, dtype="float64", name=n) for n in ("kernel", "bias"))
    optimizer = optimizers.MultiOptimizer(optimizers.OptimizerMap(optimizers.SGD(1.0), {"bi.s": optimizers.SGD(0.25)}))
    optimizer.apply([np.float64(1.0), np.float64(1.0)], [first, second])
    assert (float(first.numpy()), float(second.numpy())) == (-1.0, -0.25)
