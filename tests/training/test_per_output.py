"""Losses, metrics and logs of several outputs."""

import numpy as np
import pytest

import lamina
from lamina import layers

NAMED_OUTPUTS = {
    # structure of outputs; names of the losses, and of the metric of each
    "dict": (lambda a, b: {"p": a, "q": b}, ["p_loss", "q_loss"], ["p_mae", "q_mae"]),
    "list": (lambda a, b: [a, b], ["one_loss", "two_loss"], ["one_mae", "two_mae"]),
    "dict in a dict": (lambda a, b: {"h": {"p": a}, "q": b}, ["h/p_loss", "q_loss"], ["one_mae", "two_mae"]),
    "list in a list": (lambda a, b: [[a], b], ["0/one_loss", "two_loss"], ["one_mae", "two_mae"]),
}


@pytest.mark.parametrize("case", NAMED_OUTPUTS)
def test_logs_of_outputs_have_keras_names(case, data):
    pack, losses, metrics = NAMED_OUTPUTS[case]
    x, y = data
    inputs = lamina.Input((3,))
    model = lamina.Model(inputs, pack(layers.Dense(1, name="one")(inputs), layers.Dense(1, name="two")(inputs)))
    model.compile("sgd", pack("mse", "mae"), metrics=pack(["mae"], ["mae"]))
    logs = model.evaluate(x, pack(y, y + 1), verbose=0, return_dict=True)
    assert set(logs) == {"loss", *losses, *metrics}
    found = lamina.tree.flatten(model.predict(x, verbose=0))
    errors = found[0] - y, found[1] - y - 1
    wanted = [np.mean(errors[0] ** 2), np.mean(np.abs(errors[1])), *(np.mean(np.abs(e)) for e in errors)]
    for name, value in zip(losses + metrics, wanted):
        assert logs[name] == pytest.approx(value, rel=1e-4), name
    assert logs["loss"] == pytest.approx(wanted[0] + wanted[1], rel=1e-4)
    listed = model.evaluate(x, pack(y, y + 1), verbose=0)
    assert dict(zip(model.metrics_names, listed, strict=True)) == pytest.approx(logs)


def test_alike_metrics_all_have_a_name(make, data, tmp_path):
    x, y = data
    weight = np.linspace(0, 2, len(x))
    own = lamina.metrics.MeanAbsoluteError(name="mae")
    model = make(metrics=["mae", own], weighted_metrics=["mae", "mse"])
    logs = model.evaluate(x, y, sample_weight=weight, verbose=0, return_dict=True)
    assert set(logs) == {"loss", "mae", "mae_1", "weighted_mae", "mse"}
    assert logs["mae"] == logs["mae_1"] != logs["weighted_mae"]
    model.save(tmp_path / "m.keras")
    assert set(lamina.models.load_model(tmp_path / "m.keras").fit(x, y, verbose=0).history) == set(logs)
    inputs = lamina.Input((3,))
    two = lamina.Model(inputs, {"p": layers.Dense(1)(inputs), "q": layers.Dense(1)(inputs)})
    for _ in range(2):  # compiled again, the metric has the name it was made with
        two.compile("sgd", "mse", metrics={"p": [own]})
        assert "p_mae" in two.evaluate(x, {"p": y, "q": y}, verbose=0, return_dict=True)
    two.save(tmp_path / "m.keras")
    again = lamina.models.load_model(tmp_path / "m.keras")
    assert "p_mae" in again.evaluate(x, {"p": y, "q": y}, verbose=0, return_dict=True)


def test_outputs_without_names_are_called_by_their_losses(data):
    x, y = data

    class Two(lamina.Model):
        def __init__(self):
            super().__init__()
            self.a, self.b = layers.Dense(1), layers.Dense(1)

        def call(self, inputs):
            return self.a(inputs), self.b(inputs)

    for loss, names in ((["mse", "mae"], {"mse_loss", "mae_loss"}), ("mse", {"mse_loss", "mse_loss_1"})):
        model = Two()
        model.compile("sgd", loss)
        assert set(model.evaluate(x, [y, y], verbose=0, return_dict=True)) == {"loss", *names}


@pytest.mark.parametrize("eagerly", [False, True])
@pytest.mark.parametrize("loss", ["mse", "mae", "huber", "categorical_crossentropy", "sparse_categorical_crossentropy"])
def test_targets_of_another_width_are_named_with_their_output(loss, eagerly):
    model = lamina.Sequential([layers.Input((3,)), layers.Dense(5, activation="softmax", name="scores")])
    model.compile("sgd", loss, run_eagerly=eagerly)
    with pytest.raises(ValueError, match=r"'scores'.*(\(8, 2\).*\(8, 5\)|\(8, 5\).*\(8, 2\))"):
        model.fit(np.ones((8, 3)), np.ones((8, 2)), batch_size=8, verbose=0)


def test_a_metric_of_another_width_is_named_with_its_output():
    model = lamina.Sequential([layers.Input((3,)), layers.Dense(5, name="scores")])
    model.compile("sgd", lambda y_true, y_pred: y_pred**2, metrics=["mae"])
    with pytest.raises(ValueError, match=r"metric 'mae' of the output 'scores'.*\(8, 2\).*\(8, 5\)"):
        model.fit(np.ones((8, 3)), np.ones((8, 2)), batch_size=8, verbose=0)


def test_an_error_of_a_loss_of_ones_own_says_which_output_it_is_about():
    def own(y_true, y_pred):
        raise KeyError("mine")

    model = lamina.Sequential([layers.Input((3,)), layers.Dense(5, name="scores")])
    model.compile("sgd", own)
    with pytest.raises(KeyError) as error:
        model.fit(np.ones((8, 3)), np.ones((8, 2)), batch_size=8, verbose=0)
    assert "'scores': y has shape (8, 2), the output (8, 5)" in error.value.__notes__[0]
