import numpy as np
import pytest

import lamina
from lamina import layers, ops


def test_variables_are_followed_when_read():
    w = lamina.Variable([2.0, 3.0])
    with lamina.GradientTape() as tape:
        loss = ops.sum(ops.square(w))
    np.testing.assert_allclose(tape.gradient(loss, w), [4.0, 6.0])
    assert tape.watched_variables() == (w,)


def test_without_automatic_watching_only_what_is_watched_counts():
    a, b = lamina.Variable(2.0), lamina.Variable(3.0)
    with lamina.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(a)
        loss = a * b
    assert float(tape.gradient(loss, a)) == 3.0
    with lamina.GradientTape(watch_accessed_variables=False, persistent=True) as tape:
        tape.watch(a)
        loss = a * b
    assert tape.gradient(loss, [a, b])[1] is None


def test_a_tape_around_another_follows_variables_read_inside():
    w = lamina.Variable(3.0)
    x = ops.convert_to_tensor(2.0)
    with lamina.GradientTape() as outer:
        with lamina.GradientTape() as inner:
            inner.watch(x)
            y = w * x * x
        dx = inner.gradient(y, x)
        loss = dx * dx
    # dy/dx = 2wx = 12; d(dx²)/dw = 2·dx·2x = 96
    assert float(ops.convert_to_numpy(dx)) == 12.0
    assert float(outer.gradient(loss, w)) == 96.0


def test_value_assigned_inside_the_tape_is_used_and_the_first_read_differentiated():
    w = lamina.Variable(3.0)
    with lamina.GradientTape() as tape:
        loss = w * w
        w.assign(10.0)
    assert float(tape.gradient(loss, w)) == 6.0
    assert float(w.numpy()) == 10.0


class Stepping(lamina.Model):
    """`train_step` is a function of the model, whose results are the logs."""

    def __init__(self, function, *variables):
        super().__init__()
        self.function, self.parts = function, variables

    def call(self, x):
        return x

    def train_step(self, data):
        return {str(k): value for k, value in enumerate(self.function(*self.parts))}


def results(how, function, *variables):
    if how == "by itself":
        return [float(ops.convert_to_numpy(value)) for value in function(*variables)]
    model = Stepping(function, *variables)
    model.compile(run_eagerly=how == "in an eager step")
    return [values[0] for values in model.fit(np.zeros((2, 1)), batch_size=2, verbose=0).history.values()]


HOW = pytest.mark.parametrize("how", ["by itself", "in an eager step", "in a compiled step"])


@HOW
def test_a_variable_read_after_it_was_assigned_has_the_new_value(how):
    def function(v, w):
        with lamina.GradientTape() as tape:
            first = v * 3.0
            v.assign(5.0)
            then = v * w
            loss = first + then
        return first, then, *tape.gradient(loss, [v, w])

    assert results(how, function, lamina.Variable(1.0), lamina.Variable(2.0)) == [3.0, 10.0, 3.0, 5.0]


@HOW
def test_a_tape_knows_nothing_of_what_was_computed_before_it(how):
    """As in a GAN: the second loss is differentiated at the new weights of the first network, not through its update."""

    def function(v, w):
        with lamina.GradientTape() as tape:
            loss = ops.square(v) * w
        v.assign(v - 0.5 * tape.gradient(loss, v))  # 3 - 0.5 (2 · 3 · 2) = -3
        scaled = 4.0 * w
        with lamina.GradientTape() as tape:
            loss = v * w * scaled
        return v * 1.0, tape.gradient(loss, w)

    assert results(how, function, lamina.Variable(3.0), lamina.Variable(2.0)) == [-3.0, -24.0]


@HOW
def test_no_gradient_leads_through_an_assignment(how):
    def function(v, w):
        with lamina.GradientTape() as outer:
            with lamina.GradientTape() as inner:
                loss = ops.square(w) * v
            first = inner.gradient(loss, w)
            w.assign(w - 0.25 * first)  # 2 - 0.25 (2 · 2 · 1) = 1
            with lamina.GradientTape() as inner:
                loss = ops.square(w) * v
            second = inner.gradient(loss, w)
        return first, second, outer.gradient(loss, v)

    assert results(how, function, lamina.Variable(1.0), lamina.Variable(2.0)) == [4.0, 2.0, 1.0]


@HOW
def test_tapes_side_by_side_give_each_its_gradient(how):
    def function(v, w):
        with lamina.GradientTape() as one, lamina.GradientTape() as other:
            fake = v * 3.0
            judged = w * fake
            first, second = judged + 1.0, judged * judged
        return one.gradient(first, v), other.gradient(second, w)  # w 3; 2 · 30 · 6

    assert results(how, function, lamina.Variable(2.0), lamina.Variable(5.0)) == [15.0, 360.0]


@HOW
def test_a_tape_within_another_watches_what_that_one_follows(how):
    """The gradient penalty of a Wasserstein GAN."""

    def function(v, w):
        with lamina.GradientTape() as outer:
            between = v * ops.ones((2, 1))
            with lamina.GradientTape() as inner:
                inner.watch(between)
                judged = ops.square(between) * w
            slope = inner.gradient(judged, between)  # 2 v w
            penalty = ops.mean(ops.square(slope))
        return penalty, *outer.gradient(penalty, [v, w])  # 4 v² w²; 8 v w²; 8 v² w

    assert results(how, function, lamina.Variable(2.0), lamina.Variable(3.0)) == [144.0, 144.0, 96.0]


def test_two_networks_are_trained_in_one_step_as_one_after_the_other():
    """Both losses of a GAN, with optimizers that are large enough to tell."""

    class Gan(lamina.Model):
        def __init__(self):
            super().__init__()
            self.generator = lamina.Sequential([layers.Input((3,)), layers.Dense(4, "tanh"), layers.Dense(2)])
            self.critic = lamina.Sequential([layers.Input((2,)), layers.Dense(4, "tanh"), layers.Dense(1)])

        def call(self, x):
            return self.generator(x)

        def train_step(self, data):
            noise, real = data
            with lamina.GradientTape() as tape:
                loss = ops.mean(self.critic(self.generator(noise))) - ops.mean(self.critic(real))
            self.first.apply_gradients(
                zip(tape.gradient(loss, self.critic.trainable_variables), self.critic.trainable_variables)
            )
            with lamina.GradientTape() as tape:
                fooled = -ops.mean(self.critic(self.generator(noise)))
            weights = self.generator.trainable_variables
            self.second.apply_gradients(zip(tape.gradient(fooled, weights), weights))
            return {"critic": loss, "generator": fooled}

    rng = np.random.default_rng(0)
    noise, real = rng.normal(size=(12, 3)).astype("float32"), rng.normal(size=(12, 2)).astype("float32")
    found = []
    for eagerly in (False, True):
        lamina.utils.set_random_seed(1)
        model = Gan()
        model.first, model.second = lamina.optimizers.SGD(0.5), lamina.optimizers.SGD(0.5)
        model.compile(run_eagerly=eagerly)
        model.fit(noise, real, batch_size=4, epochs=2, shuffle=False, verbose=0)
        found.append(model.get_weights())
    for compiled, eager in zip(*found, strict=True):
        np.testing.assert_allclose(compiled, eager, rtol=1e-4, atol=1e-5)
