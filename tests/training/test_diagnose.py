"""What `diagnose` takes, and that it leaves everything as it was."""

import json

import numpy as np
import pytest

import lamina
from lamina import layers


def data(rows=64):
    x = np.random.default_rng(0).normal(size=(rows, 4)).astype("float32")
    return x, (x[:, 0] > 0).astype("int32")


def faulty_net():
    model = lamina.Sequential([layers.Dense(8, activation="relu"), layers.BatchNormalization(), layers.Dropout(0.1)])
    model.add(layers.Dense(1, activation="softmax", name="answer"))
    model.compile("adam", "binary_crossentropy")
    return model


def rules(report):
    return [finding.rule for finding in report]


def test_a_finding_names_the_layer_and_the_numbers():
    model = faulty_net()
    (finding,) = lamina.diagnose(model, *data())
    assert finding.layer == model.layers[-1].path
    assert finding.evidence == {"units": 1}
    assert "sigmoid" in finding.fix


def test_no_weight_or_metric_is_changed():
    model = lamina.Sequential([lamina.Input((4,)), layers.Dense(8), layers.BatchNormalization(), layers.Dropout(0.5)])
    model.add(layers.Dense(1, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    before = [np.copy(v.numpy()) for v in model.variables]
    assert not lamina.diagnose(model, *data())
    for variable, value in zip(model.variables, before, strict=True):
        np.testing.assert_array_equal(variable.numpy(), value, err_msg=variable.path)
    assert all("call" not in layer.__dict__ for layer in model.layers)
    model.fit(*data(), verbose=0)


def test_batches_are_looked_at_without_being_used_up():
    x, y = data()
    batches = [(x[:32], y[:32]), (x[32:], y[32:])]
    dataset = lamina.data.Dataset.from_tensor_slices((x, y)).batch(32)

    class Batches(lamina.utils.PyDataset):
        def __len__(self):
            return 2

        def __getitem__(self, index):
            return batches[index]

    for source in (dataset, Batches()):
        model = faulty_net()
        assert rules(lamina.diagnose(model, source)) == ["softmax-single-unit"]
        assert len(list(source) if source is dataset else [source[i] for i in range(2)]) == 2


def test_a_generator_gives_its_first_batch():
    x, y = data()
    assert rules(lamina.diagnose(faulty_net(), (b for b in [(x, y)]))) == ["softmax-single-unit"]


def test_outputs_are_judged_with_their_own_loss_and_targets():
    inputs = lamina.Input((4,))
    hidden = layers.Dense(8, activation="relu")(inputs)
    heads = [layers.Dense(3, activation="softmax", name="kind")(hidden), layers.Dense(1, name="size")(hidden)]
    model = lamina.Model(inputs, heads)
    x, y = data()
    for loss in (
        ["sparse_categorical_crossentropy", "mse"],
        {"size": "mse", "kind": "sparse_categorical_crossentropy"},
    ):
        model.compile("adam", loss)
        assert not lamina.diagnose(model, x, [y, x[:, 0]])
        (finding,) = lamina.diagnose(model, x, [y + 2, x[:, 0]])
        assert (finding.rule, finding.layer) == ("label-out-of-range", "kind")
        (finding,) = lamina.diagnose(model, x, [y, 1000 * x[:, 0]])
        assert (finding.rule, finding.layer) == ("unscaled-target", "size")


def test_a_subclassed_model_is_judged_by_what_it_computes():
    class Net(lamina.Model):
        def __init__(self):
            super().__init__()
            self.last = layers.Dense(3)

        def call(self, x):
            return self.last(x)

    model = Net()
    model.compile("adam", "sparse_categorical_crossentropy")
    x, y = data()
    assert rules(lamina.diagnose(model, x, y)) == ["missing-from-logits"]
    model.last.activation = lamina.activations.softmax
    assert rules(lamina.diagnose(model, x, y + 7)) == ["label-out-of-range"]
    x[5, 2] = np.inf
    (finding,) = lamina.diagnose(model, x, y)
    assert finding.evidence == {"count": 1, "first": [5, 2]}


def test_the_last_activation_is_found_behind_layers_and_in_models_inside():
    x, y = data()
    chains = [
        [layers.Dense(4), layers.Activation("softmax"), layers.Reshape((4,))],
        [lamina.Sequential([lamina.Input((4,)), layers.Dense(4, activation="softmax")])],
        [layers.Dense(4), layers.Softmax()],
    ]
    for chain in chains:
        model = lamina.Sequential([lamina.Input((4,)), *chain])
        model.compile("adam", lamina.losses.SparseCategoricalCrossentropy(from_logits=True))
        assert rules(lamina.diagnose(model, x, y)) == ["from-logits-with-activation"]


def test_a_cause_is_said_and_what_follows_is_kept_back():
    x, _ = data()
    model = lamina.Sequential([lamina.Input((4,)), layers.Dense(4, activation="sigmoid")])
    model.compile("adam", "categorical_crossentropy")
    several = (x > 0).astype("float32")  # neither a probability distribution, nor what the activation is wrong for
    (finding,) = lamina.diagnose(model, 1000 * x, several)
    assert finding.rule == "sigmoid-with-categorical-crossentropy"
    assert finding.fix == 'loss="binary_crossentropy"'


def test_a_model_that_is_not_called_as_a_whole_is_judged_by_its_data():
    class Parts(lamina.Model):
        def __init__(self):
            super().__init__()
            self.part = layers.Dense(1)

        def train_step(self, data):
            return {"size": lamina.ops.sum(self.part(data[0]))}

    model = Parts()
    model.compile("adam")
    x, y = data()
    assert not lamina.diagnose(model, x, y)
    x[0, 0] = np.nan
    assert rules(lamina.diagnose(model, x, y)) == ["non-finite-data"]


def test_small_networks_bear_large_steps():
    x, y = data()
    for width, found in ((2, []), (32, ["learning-rate-high"])):
        model = lamina.Sequential([lamina.Input((4,)), layers.Dense(width, activation="tanh")])
        model.add(layers.Dense(1, activation="sigmoid"))
        model.compile(lamina.optimizers.Adam(0.1), "binary_crossentropy")
        assert rules(lamina.diagnose(model, x, y)) == found


def test_one_line_through_large_targets_is_no_fault():
    x, _ = data()
    model = lamina.Sequential([lamina.Input((4,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    assert not lamina.diagnose(model, x, 100 + 300 * x[:, 0])


def test_arrays_of_different_lengths_are_refused():
    x, y = data()
    with pytest.raises(ValueError, match="diagnose"):
        lamina.diagnose(faulty_net(), x, y[:-1])


def test_every_finding_is_json():
    x, y = data()
    report = lamina.diagnose(faulty_net(), x, y)
    assert json.loads(report.to_json())["findings"][0]["rule"] == "softmax-single-unit"


def test_a_model_must_be_compiled_and_a_rule_known():
    x, y = data()
    with pytest.raises(ValueError, match="not compiled"):
        lamina.diagnose(lamina.Sequential([layers.Dense(1)]), x, y)
    with pytest.raises(ValueError, match="ignore names the rule 'softmax'"):
        lamina.diagnose(faulty_net(), x, y, ignore=["softmax"])
