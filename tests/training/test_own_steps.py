"""Training steps of one's own, of the kinds that people write: compiled they do what they do eagerly."""

import numpy as np
import pytest

import lamina
from lamina import GradientTape, layers, ops

rng = np.random.default_rng(0)
X, Z = rng.normal(size=(24, 5)).astype("float32"), rng.normal(size=(24, 3)).astype("float32")
Y = X[:, :1] * X[:, 1:2]


def perceptron(inputs, outputs):
    return lamina.Sequential([layers.Input((inputs,)), layers.Dense(8, activation="tanh"), layers.Dense(outputs)])


def mse(a, b):
    return ops.mean(ops.square(a - b))


def apply(optimizer, tape, loss, model):
    optimizer.apply_gradients(zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables))


class Own(lamina.Model):
    data = X, Y

    def __init__(self):
        super().__init__()
        self.net = perceptron(self.data[0].shape[1], self.data[1].shape[1])

    def call(self, x):
        return self.net(x)


class SharpnessAware(Own):
    """Weights are moved uphill, and back again with the gradient from there (Foret et al. 2021)."""

    def train_step(self, data):
        x, y = data
        weights = self.net.trainable_variables
        with GradientTape() as tape:
            loss = mse(self.net(x), y)
        slopes = tape.gradient(loss, weights)
        size = ops.sqrt(sum(ops.sum(ops.square(g)) for g in slopes))
        moves = [0.05 * g / size for g in slopes]
        for v, move in zip(weights, moves):
            v.assign_add(move)
        with GradientTape() as tape:
            uphill = mse(self.net(x), y)
        slopes = tape.gradient(uphill, weights)
        for v, move in zip(weights, moves):
            v.assign_sub(move)
        self.optimizer.apply_gradients(zip(slopes, weights))
        return {"loss": loss, "uphill": uphill}


class Adversarial(Own):
    """Half of the loss is that of inputs moved against the network (Goodfellow et al. 2015)."""

    def train_step(self, data):
        x, y = ops.convert_to_tensor(data[0]), data[1]
        with GradientTape() as tape:
            tape.watch(x)
            loss = mse(self.net(x), y)
        moved = x + 0.1 * ops.sign(tape.gradient(loss, x))
        with GradientTape() as tape:
            both = 0.5 * mse(self.net(x), y) + 0.5 * mse(self.net(moved), y)
        apply(self.optimizer, tape, both, self.net)
        return {"loss": loss, "both": both}


class Wasserstein(Own):
    """Two steps of a critic with a penalty on its slope, then one of the generator (Gulrajani et al. 2017)."""

    data = Z, X

    def __init__(self):
        super().__init__()
        self.critic = perceptron(5, 1)
        self.first, self.second = (lamina.optimizers.Adam(0.05) for _ in range(2))

    def train_step(self, data):
        noise, real = data
        for _ in range(2):
            with GradientTape() as tape:
                fake = self.net(noise)
                between = 0.3 * fake + 0.7 * real
                with GradientTape() as inner:
                    inner.watch(between)
                    judged = self.critic(between)
                slope = inner.gradient(judged, between)
                size = ops.sqrt(ops.sum(ops.square(slope), axis=1) + 1e-8)
                loss = ops.mean(self.critic(fake)) - ops.mean(self.critic(real)) + 10.0 * mse(size, 1.0)
            apply(self.first, tape, loss, self.critic)
        with GradientTape() as tape:
            fooled = -ops.mean(self.critic(self.net(noise)))
        apply(self.second, tape, fooled, self.net)
        return {"critic": loss, "generator": fooled}


class SideBySide(Own):
    """Two tapes at once, as in the tutorials on GANs."""

    data = Z, X

    def __init__(self):
        super().__init__()
        self.critic = perceptron(5, 1)
        self.first, self.second = (lamina.optimizers.RMSprop(0.05) for _ in range(2))

    def train_step(self, data):
        noise, real = data
        with GradientTape() as one, GradientTape() as other:
            fake, true = self.critic(self.net(noise)), self.critic(real)
            judging, fooling = mse(true, 1.0) + mse(fake, 0.0), mse(fake, 1.0)
        apply(self.second, other, fooling, self.net)
        apply(self.first, one, judging, self.critic)
        return {"critic": judging, "generator": fooling}


class Cycle(Own):
    """One tape that is asked several times, for networks that share losses (Zhu et al. 2017)."""

    data = X, Z

    def __init__(self):
        super().__init__()
        self.back, self.critic = perceptron(3, 5), perceptron(3, 1)
        self.optimizers_ = [lamina.optimizers.SGD(0.1) for _ in range(3)]

    def train_step(self, data):
        x, y = data
        with GradientTape(persistent=True) as tape:
            there = self.net(x)
            total = mse(self.critic(there), 1.0) + 2.0 * mse(self.back(there), x)
            judging = mse(self.critic(y), 1.0) + mse(self.critic(there), 0.0)
        for optimizer, loss, model in zip(
            self.optimizers_, (total, total, judging), (self.net, self.back, self.critic)
        ):
            apply(optimizer, tape, loss, model)
        return {"total": total, "critic": judging}


class ActorCritic(Own):
    """A critic, an actor judged by it after its step, and a target network that follows (Lillicrap et al. 2016)."""

    def __init__(self):
        super().__init__()
        self.critic, self.target = perceptron(6, 1), perceptron(6, 1)
        self.first, self.second = (lamina.optimizers.SGD(0.2) for _ in range(2))

    def train_step(self, data):
        x, y = data
        goal = y + 0.9 * self.target(ops.concatenate([x, self.net(x)], axis=1))
        with GradientTape() as tape:
            loss = mse(self.critic(ops.concatenate([x, y], axis=1)), goal)
        apply(self.first, tape, loss, self.critic)
        with GradientTape() as tape:
            judged = -ops.mean(self.critic(ops.concatenate([x, self.net(x)], axis=1)))
        apply(self.second, tape, judged, self.net)
        for follower, leader in zip(self.target.weights, self.critic.weights):
            follower.assign(0.9 * follower + 0.1 * leader)
        return {"critic": loss, "actor": judged}


class MetaLearning(Own):
    """A step on some rows, the gradient of others from there, without that of the step itself (Finn et al. 2017)."""

    def train_step(self, data):
        x, y = data
        weights = self.net.trainable_variables
        before = [ops.copy(v) for v in weights]
        with GradientTape() as tape:
            first = mse(self.net(x[:4]), y[:4])
        for v, g in zip(weights, tape.gradient(first, weights)):
            v.assign(v - 0.3 * g)
        with GradientTape() as tape:
            second = mse(self.net(x[4:]), y[4:])
        slopes = tape.gradient(second, weights)
        for v, old in zip(weights, before):
            v.assign(old)
        self.optimizer.apply_gradients(zip(slopes, weights))
        return {"first": first, "second": second}


class Gathered(Own):
    """Gradients of several parts are gathered in variables and applied at once."""

    def __init__(self):
        super().__init__()
        self.sums = [
            lamina.Variable(np.zeros(v.shape, "float32"), trainable=False) for v in self.net.trainable_variables
        ]

    def train_step(self, data):
        x, y = data
        weights = self.net.trainable_variables
        for k in range(2):
            with GradientTape() as tape:
                loss = mse(self.net(x[4 * k : 4 * k + 4]), y[4 * k : 4 * k + 4])
            for total, g in zip(self.sums, tape.gradient(loss, weights)):
                total.assign_add(g / 2)
        self.optimizer.apply_gradients(zip([total.value for total in self.sums], weights))
        for total in self.sums:
            total.assign(ops.zeros_like(total))
        return {"loss": loss}


class SlopePenalty(Own):
    """The size of the gradient is a part of the loss (Drucker and Le Cun 1992, of weights)."""

    def train_step(self, data):
        x, y = data
        with GradientTape() as outer:
            with GradientTape() as inner:
                loss = mse(self.net(x), y)
            slopes = inner.gradient(loss, self.net.trainable_variables)
            total = loss + 0.1 * sum(ops.sum(ops.square(g)) for g in slopes)
        apply(self.optimizer, outer, total, self.net)
        return {"loss": loss, "total": total}


class Physics(Own):
    """u'' = -u with u(0) = 1: second derivatives by the inputs in the loss (Raissi et al. 2019)."""

    data = X[:, :1], Y

    def train_step(self, data):
        x = ops.convert_to_tensor(data[0])
        with GradientTape() as outer:
            with GradientTape() as second:
                second.watch(x)
                with GradientTape() as first:
                    first.watch(x)
                    u = self.net(x)
                slope = first.gradient(u, x)
            loss = mse(second.gradient(slope, x), -u) + ops.square(self.net(ops.zeros((1, 1)))[0, 0] - 1.0)
        apply(self.optimizer, outer, loss, self.net)
        return {"loss": loss}


def trained(kind, run_eagerly):
    lamina.utils.set_random_seed(0)
    model = kind()
    before = model.net.get_weights()
    model.compile(optimizer=lamina.optimizers.SGD(0.1), run_eagerly=run_eagerly)
    history = model.fit(*kind.data, batch_size=8, epochs=3, shuffle=False, verbose=0).history
    after = model.get_weights()
    assert all((a != b).any() for a, b in zip(before, model.net.get_weights(), strict=True)), "it has not learned"
    return history, after


@pytest.mark.parametrize("kind", Own.__subclasses__(), ids=lambda kind: kind.__name__)
def test_compiled_as_eagerly(kind):
    history, weights = trained(kind, False)
    logs, others = trained(kind, True)
    assert history.keys() == logs.keys()
    for name, values in history.items():
        np.testing.assert_allclose(values, logs[name], rtol=1e-3, atol=1e-5, err_msg=name)
    for a, b in zip(weights, others, strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-3, atol=1e-4)
