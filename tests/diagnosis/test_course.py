"""What is told of how a training goes: faults of kinds that only that shows, and courses that look alike and are right."""

import warnings

import numpy as np
import pytest

import lamina
from lamina import layers, ops, optimizers
from lamina.diagnosis._course import Course
from lamina.diagnosis._judge import judge_course
from lamina.engines import engine

X = np.random.default_rng(0).normal(size=(256, 8)).astype("float32")
looks_again = pytest.mark.skipif(engine.COSTLY_TRACES, reason="a network that is stuck is not looked at again")


def told(optimizer, y, loss="mse", units=1, epochs=20, callbacks=()):
    """What is said while a network trains."""
    lamina.utils.set_random_seed(0)
    hidden = layers.Dense(32, activation="relu")
    model = lamina.Sequential([lamina.Input((8,)), hidden, layers.Dense(units)])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.compile(optimizer, loss)
        model.fit(X, y, epochs=epochs, verbose=0, callbacks=list(callbacks), diagnose="warn")
    return [w.message.finding for w in caught if hasattr(w.message, "finding")]


class Jump(lamina.callbacks.Callback):
    """As one step too large does it, which on another machine might end in NaN."""

    def on_epoch_end(self, epoch, logs=None):
        hidden = self.model.layers[0]
        hidden.bias.assign(hidden.bias - (100.0 if epoch == 0 else 0.0))


@looks_again
def test_large_steps_that_bring_a_regression_to_a_constant_without_nan():
    debts = X[:, :1] - X[:, 1:2] - 10
    (finding,) = told(optimizers.SGD(0.05), debts, epochs=70, callbacks=[Jump()])
    assert finding.rule == "constant-prediction"
    assert finding.fix.startswith("a learning rate 10 times smaller")
    assert not told(optimizers.SGD(0.003), debts, epochs=70)


def test_a_loss_far_above_that_of_the_start_is_told_though_it_falls():
    falling = [10.0 ** (12 - n) for n in range(10)]
    course = Course(2.0, losses=falling, steps=[8 * n for n in range(1, 11)], epochs={"loss": falling}, is_over=True)
    assert [f.rule for f in judge_course(course)] == ["loss-diverging"]
    course.start = None  # of a later fit it is not known
    assert not judge_course(course)


@pytest.mark.parametrize(("rates", "rules"), [((1.0, 1.0), ["learning-rate-high"]), ((1e-6, 1.0), [])])
def test_a_step_size_that_a_callback_sets_is_looked_at_in_the_first_epoch(rates, rules):
    scheduler = lamina.callbacks.LearningRateScheduler(lambda epoch: rates[epoch])  # the second looks for the limit
    found = told(optimizers.Adam(), X[:, :1], epochs=2, callbacks=[scheduler])
    assert [f.rule for f in found if f.rule.startswith("learning-rate")] == rules


def test_of_what_stands_behind_the_output_it_is_not_said_again_that_the_loss_is_lost():
    lamina.utils.set_random_seed(0)
    chain = (layers.Dense(16, activation="relu"), layers.Dense(4, activation="softmax"), layers.Dropout(0.5))
    model = lamina.Sequential([lamina.Input((8,)), *chain])
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.compile("adam", lambda y, p: ops.mean(-ops.log(p), axis=-1))
        model.fit(X, X[:, :4], epochs=2, verbose=0, diagnose="warn")
    assert [w.message.finding.rule for w in caught if hasattr(w.message, "finding")] == ["dropout-after-output"]


def test_a_loss_that_went_away_and_comes_back_no_further_than_where_it_began():
    back = [1e9, 1e6, 100.0, 20.0, 16.0, 16.0, 16.0, 16.0]
    course = Course(15.0, losses=back, steps=[8 * n for n in range(1, 9)], epochs={"loss": back}, is_over=True)
    assert [f.rule for f in judge_course(course)] == ["loss-diverging"]
    course.start, course.floor = 40.0, 16.0  # which is that of a constant
    assert [f.rule for f in judge_course(course)] == ["loss-diverging"]
    course.losses[0] = 1000.0
    course.losses[1:] = [20.0, 17.0, 15.0, 12.0, 8.0, 4.0, 2.0]  # large first steps, after which it learns
    assert not judge_course(course)


def test_a_loss_that_rises_from_nothing_to_next_to_nothing_does_not_diverge():
    rising = [1e-12, 1e-12, 1e-9, 1e-7, 1e-6]
    course = Course(1e-12, losses=rising, steps=[8 * n for n in range(1, 6)], epochs={"loss": rising}, is_over=True)
    assert [f.rule for f in judge_course(course)] == ["loss-diverging"]
    course.floor = 1.0
    assert not judge_course(course)


def test_a_network_that_is_trained_on_at_its_lowest_is_right():
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input((8,)), layers.Dense(1)])
    model.set_weights([np.eye(8)[:, :1], np.zeros(1)])  # the answer
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.compile(optimizers.SGD(1e-4), "mse")
        y = X[:, :1] + 1e-6 * np.arange(256)[:, None]  # of which little is left, and which drifts away
        drift = lamina.callbacks.LambdaCallback(
            on_epoch_end=lambda epoch, logs: model.layers[0].bias.assign([2e-4 * epoch * epoch])
        )
        model.fit(X, y, epochs=8, verbose=0, diagnose="warn", callbacks=[drift])
    assert not [w.message.finding for w in caught if hasattr(w.message, "finding")]


def test_a_later_fit_of_other_data_does_not_begin_with_the_loss_of_the_first():
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
    model.compile(optimizers.Adam(0.001), "mse")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        for scale in (0.1, 10.0):
            losses = model.fit(X, scale * X[:, :1], epochs=10, verbose=0, diagnose="warn").history["loss"]
            assert losses[-1] < losses[0]
    assert [w.message.finding.rule for w in caught if hasattr(w.message, "finding")] == []


def gaussian(y, outputs):
    """The negative log-likelihood of a normal distribution, whose mean and logarithm of the deviation are the outputs."""
    mean, scale = outputs[:, :1], outputs[:, 1:]
    return ops.mean(scale + 0.5 * ops.square((y - mean) / ops.exp(scale)), axis=-1)


@pytest.mark.parametrize("loss", [gaussian, lambda y, p: -ops.mean(ops.tanh(y * p), axis=-1)])
def test_losses_below_zero_with_a_lowest_value_are_right(loss):
    assert not told(optimizers.Adam(0.003), X[:, :1], loss, units=2 if loss is gaussian else 1, epochs=30)


def test_a_loss_without_lowest_value_is_told_where_the_truth_is_no_better_than_its_neighbours():
    (finding,) = told(optimizers.Adam(0.01), X[:, :1], lambda y, p: -ops.mean(y * p, axis=-1), epochs=30)
    assert (finding.rule, finding.severity) == ("loss-unbounded", "error")


def test_a_step_of_ones_own_may_have_a_loss_without_end():
    falling = [-(4.0**n) for n in range(8)]
    course = Course(losses=falling, steps=[8 * n for n in range(1, 9)], epochs={"loss": falling}, is_over=True)
    assert [f.rule for f in judge_course(course)] == ["loss-unbounded"]
    course.is_default = False  # as the critic of two adversaries has
    assert not judge_course(course)


@pytest.mark.parametrize("update, rule", [(0.3, "updates-too-large"), (1e-10, "updates-too-small"), (1e-3, None)])
def test_sizes_of_updates_of_a_loss_that_does_not_fall(update, rule):
    loss = [1.02, 1.01, 1.015, 1.012]
    course = Course(
        losses=loss, steps=[50, 100, 150, 200], epochs={"loss": loss}, floor=1.0, update=update, is_over=True
    )
    assert [f.rule for f in judge_course(course)] == [rule or "loss-not-decreasing"]


def oscillating(loss):
    course = Course(
        losses=loss, steps=[20 * n for n in range(1, len(loss) + 1)], epochs={"loss": loss}, start=loss[0], is_over=True
    )
    return [f.rule for f in judge_course(course)]


@pytest.mark.parametrize(
    "floor, jitter", [(0.1, 0.02), (0.09, 0.1), (0.4, 0.2), (0.11, 0.25)]
)  # that the start is ten times as much or less
def test_a_loss_that_settles_in_its_noise_does_not_oscillate(floor, jitter):
    noise = floor * (1 + jitter * np.random.default_rng(0).uniform(-1, 1, 14) * np.tile([1, -1], 7))
    assert not oscillating([1.0, 3.5 * floor, *noise.tolist()])
    assert not oscillating([1.0, *noise.tolist()])


def test_a_loss_that_swings_after_it_has_fallen():
    assert oscillating([1.0, 0.5, *[0.3, 0.7, 0.25, 0.6] * 4]) == ["loss-oscillating"]


def test_a_callback_that_raises_the_step_size_is_told_with_what_comes_of_it():
    scheduler = lamina.callbacks.LearningRateScheduler(lambda epoch, rate: 3 * rate)
    (finding,) = told(optimizers.SGD(0.003), X[:, :1] - X[:, 1:2], epochs=12, callbacks=[scheduler])
    assert finding.rule in ("loss-diverging", "non-finite-loss")
    assert "LearningRateScheduler has raised the learning rate from 0.009 to" in finding.message
    assert finding.fix == "in LearningRateScheduler a schedule that does not raise the rate so far."


@pytest.mark.parametrize("schedule, is_told", [(lambda epoch: 0.0, True), (lambda epoch: 0.001 * epoch, False)])
def test_a_callback_that_sets_no_step_size_at_all(schedule, is_told):
    found = told(optimizers.Adam(), X[:, :1], epochs=4, callbacks=[lamina.callbacks.LearningRateScheduler(schedule)])
    assert [f.rule for f in found] == (["learning-rate-negative"] if is_told else [])
    assert not found or found[0].fix == "a schedule that gives about 0.001 in LearningRateScheduler."


@looks_again
@pytest.mark.parametrize("loss", ["mae", "huber", "log_cosh"])
def test_other_losses_that_do_not_fall(loss):
    y = X[:, :1] - X[:, 1:2]
    (finding,) = told(optimizers.SGD(0.01, clipnorm=2e-4), y, loss, epochs=14)
    assert finding.rule == "loss-not-decreasing"
    assert not told(optimizers.Adam(0.01), y, loss)


@looks_again
def test_a_huber_loss_whose_delta_leaves_no_gradient():
    y = X[:, :1] - X[:, 1:2]
    lamina.config.set_diagnosis("off", ignore=["huber-delta"])  # which says it at the start
    (finding,) = told(optimizers.SGD(0.1), y, lamina.losses.Huber(1e-6))
    assert finding.rule == "loss-not-decreasing" and finding.fix.startswith("Huber(delta=1.0)")
    assert "delta=1e-06" in finding.message
    assert not told(optimizers.Adam(0.01), 1e-3 * y, lamina.losses.Huber(1e-4))  # of small targets


@pytest.mark.parametrize("layer", ["LSTM", "GRU", "SimpleRNN"])
@pytest.mark.parametrize("is_both_ways", [False, True])
def test_recurrent_layers_whose_kernel_is_constant(layer, is_both_ways):
    def findings(**options):
        recurrent = getattr(layers, layer)(4, **options)
        chain = layers.Bidirectional(recurrent, name="at") if is_both_ways else recurrent
        model = lamina.Sequential([lamina.Input((5, 8)), chain, layers.Dense(1)])
        model.compile("adam", "mse")
        series = np.stack([X] * 5, axis=1)
        return [(f.rule, f.layer == chain.path) for f in lamina.diagnose(model, series, X[:, :1])]

    assert findings(kernel_initializer=lamina.initializers.Constant(0.1)) == [("constant-init", True)]
    assert findings(recurrent_initializer="zeros") == []


def test_a_metric_that_does_not_fit_hides_no_cause():
    course = Course(1.0, losses=[1.0, float("nan")], steps=[8, 16])
    assert [f.rule for f in judge_course(course, said={"accuracy-for-regression"})] == ["non-finite-loss"]
    flat = Course(1.0, [1.0] * 4, [50, 100, 150, 200], {"loss": [1.0] * 4}, 1.0)
    for said, rules in (({"metric-mismatch"}, ["loss-not-decreasing"]), ({"unscaled-target"}, [])):
        assert [f.rule for f in judge_course(flat, said=said)] == rules


@pytest.mark.parametrize(("end", "rules"), [(0.6932, ["loss-not-decreasing"]), (0.69, [])])
def test_a_loss_that_comes_down_to_that_of_a_constant_and_stays_there(end, rules):
    losses = [0.76, 0.71, *[end + 1e-3 / n for n in range(1, 12)]]
    course = Course(0.8, losses, [100 * n for n in range(1, 14)], {"loss": losses}, 0.6931, is_over=True)
    assert [f.rule for f in judge_course(course)] == rules
    course.has_frozen = True
    assert not judge_course(course)


@pytest.mark.parametrize(("rate", "y", "rules"), [
    (1e-4, X[:, :1] - X[:, 1:2], ["undertrained"]), (1e-4, np.sin(40 * X[:, :1]), []), (0.05, X[:, :1] - X[:, 1:2], []),
])  # fmt: skip
def test_too_few_steps_where_a_line_would_do(rate, y, rules):
    assert [f.rule for f in told(optimizers.SGD(rate), y, epochs=6)] == rules
    assert not told(optimizers.SGD(rate), y, epochs=2)  # perhaps one of several


@looks_again
def test_what_steps_that_were_too_large_have_made_of_a_network_is_told_as_such():
    (finding,) = told(optimizers.SGD(0.003), X[:, :1] - 0.2 * X[:, 1:2], epochs=70, callbacks=[Jump()])
    assert finding.rule == "dead-relu" and finding.message.startswith("After 560 steps: 32 of 32")
    assert finding.fix.startswith("a learning rate 10 times smaller")


@pytest.mark.parametrize(("start", "rules"), [(0.5, []), (0.1, ["loss-oscillating"])])
def test_noise_in_which_a_loss_settles_after_a_fall_within_the_first_epoch_is_no_swing(start, rules):
    losses = [0.08, *[0.012, 0.02] * 10]
    course = Course(start, losses, [10 * n for n in range(1, 22)], {"loss": losses}, is_over=True)
    assert [f.rule for f in judge_course(course)] == rules
