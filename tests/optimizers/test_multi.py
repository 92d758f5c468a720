"""Optimizers that hold others."""

import numpy as np
import pytest

import lamina
from lamina import callbacks, layers, optimizers
from lamina.optimizers import SGD, LossScaleOptimizer, MultiOptimizer, OptimizerMap


def made():
    first, rest = SGD(0.1), SGD(0.01)
    return first, rest, MultiOptimizer(OptimizerMap(rest, {".*first/.*": first}))


@pytest.mark.parametrize("wrap", [lambda optimizer: optimizer, LossScaleOptimizer])
def test_callbacks_change_every_rate(wrap):
    first, rest, multi = made()
    model = lamina.Sequential([lamina.Input((2,)), layers.Dense(2, name="first"), layers.Dense(1)])
    model.compile(wrap(multi), "mse")
    halve = callbacks.LearningRateScheduler(lambda epoch, rate: rate / 2)
    x, y = np.ones((4, 2)), np.ones((4, 1))
    model.fit(x, y, verbose=0, callbacks=[halve])
    np.testing.assert_allclose([float(first.learning_rate), float(rest.learning_rate)], [0.05, 0.005])
    plateau = callbacks.ReduceLROnPlateau("loss", factor=0.1, patience=1, min_delta=1e9)
    model.fit(x, y, epochs=2, verbose=0, callbacks=[plateau])
    np.testing.assert_allclose([float(first.learning_rate), float(rest.learning_rate)], [0.005, 0.0005], rtol=1e-5)


def test_one_loss_scale_serves_all():
    first, rest, multi = made()
    multi.loss_scale_factor = 4.0
    a, b = lamina.Variable([1.0], name="a"), lamina.Variable([1.0], name="b")
    assert first.loss_scale_factor == rest.loss_scale_factor == 4.0
    assert float(multi.scale_loss(2.0)) == 8.0
    multi.apply([[4.0], [8.0]], [a, b])
    np.testing.assert_allclose([a.numpy()[0], b.numpy()[0]], [0.99, 0.98])
    outer = LossScaleOptimizer(multi, initial_scale=10.0)
    assert multi.loss_scale_factor is first.loss_scale_factor is rest.loss_scale_factor is None
    outer.build([a, b])
    assert float(outer.scale_loss(2.0)) == 20.0


def test_muon_scales_by_the_longer_side():
    x = np.ones((4, 2), "float32")
    np.testing.assert_allclose(optimizers.Muon(rms_rate=0.2).lr_adjust(x), x * 0.4)
    np.testing.assert_array_equal(optimizers.Muon(rms_rate=None).lr_adjust(x), x)
    muon = optimizers.Muon(ns_steps=3)
    np.testing.assert_array_equal(muon.zeropower_via_newtonschulz5(x, 3), muon.orthogonalize(x))


@pytest.mark.parametrize(
    "schedule",
    [
        lambda rate: optimizers.schedules.PolynomialDecay(rate, 4),
        lambda rate: optimizers.schedules.ExponentialDecay(rate, 4, 0.5),
        lambda rate: optimizers.schedules.CosineDecay(rate, 4),
        lambda rate: optimizers.schedules.CosineDecayRestarts(rate, 4),
    ],
)
def test_a_schedule_begins_at_the_rate_of_an_optimizer(schedule):
    adam = optimizers.Adam(0.5)
    found = schedule(adam.learning_rate)
    assert float(found(0)) == 0.5
    adam.learning_rate = found
    assert len(adam.variables) == 1
