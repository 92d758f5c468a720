"""Distillation: losses by their formulas, what is trained and what not, files."""

import numpy as np
import pytest

from lamina import distillation, layers, losses, ops
from lamina.layers import Input
from lamina.models import Model, Sequential, load_model

RNG = np.random.default_rng(0)
X = RNG.normal(size=(32, 4)).astype("float32")
Y = X[:, :3].argmax(axis=1)


def net(name, units=8, outputs=3):
    hidden = layers.Dense(units, activation="relu", name="hidden")
    return Sequential([Input((4,)), hidden, layers.Dense(outputs, name="logits")], name=name)


def softmax(x):
    e = np.exp(x - x.max(-1, keepdims=True))
    return e / e.sum(-1, keepdims=True)


a, b = RNG.normal(size=(2, 5, 3)).astype("float32")


def test_logits_distillation_by_its_formula():
    p, q = softmax(a / 2), softmax(b / 2)
    expected = 4 * (p * np.log(p / q)).sum(-1).mean()
    np.testing.assert_allclose(distillation.LogitsDistillation(2.0).compute_loss(a, b), expected, rtol=1e-5)
    mse = distillation.LogitsDistillation(2.0, loss="mse").compute_loss(a, b)
    np.testing.assert_allclose(mse, ((a - b) ** 2).mean() / 4, rtol=1e-5)


def test_one_loss_for_each_output_and_none_for_some():
    loss = distillation.FeatureDistillation(loss=["mse", None, "mae"])
    expected = ((a - b) ** 2).mean() + np.abs(a - 2 * b).mean()
    np.testing.assert_allclose(loss.compute_loss([a, a, a], [b, 9 * b, 2 * b]), expected, rtol=1e-5)
    with pytest.raises(ValueError, match="at least one loss that is not None"):
        distillation.FeatureDistillation(loss=[None, None])
    with pytest.raises(ValueError):
        loss.validate_outputs([a, a], [b, b])


@pytest.mark.parametrize(
    "loss",
    [distillation.LogitsDistillation(4.0, "mse"), distillation.LogitsDistillation(loss={"a": "mse", "b": None}),
     distillation.FeatureDistillation("mae", "hidden", "logits")],
)  # fmt: skip
def test_configs_go_round(loss):
    again = type(loss).from_config(loss.get_config())
    assert again.get_config() == loss.get_config()


def distiller(**kwargs):
    return distillation.Distiller(
        net("teacher", 16), net("student"), kwargs.pop("losses", distillation.LogitsDistillation()), **kwargs
    )


def test_the_loss_is_the_weighted_sum_of_both():
    model = distiller(student_loss_weight=0.25)
    model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))
    logs = model.evaluate(X, Y, return_dict=True, verbose=0)
    of_student = -np.log(softmax(model.predict(X, verbose=0))[np.arange(32), Y]).mean()
    of_teacher = float(distillation.LogitsDistillation().compute_loss(model.teacher(X), model.student(X)))
    np.testing.assert_allclose(logs["student_loss"], of_student, rtol=1e-4)
    np.testing.assert_allclose(logs["distillation_loss"], of_teacher, rtol=1e-4)
    np.testing.assert_allclose(logs["loss"], 0.25 * of_student + 0.75 * of_teacher, rtol=1e-4)
    np.testing.assert_allclose(logs["total_loss"], logs["loss"], rtol=1e-4)


def test_the_student_learns_and_the_teacher_does_not():
    model = distiller(student_loss_weight=0.0)
    model.compile("adam", losses.SparseCategoricalCrossentropy(from_logits=True), metrics=["accuracy"])
    model.optimizer.learning_rate = 0.05
    before = model.teacher.get_weights()
    history = model.fit(X, Y, epochs=40, verbose=0).history
    assert history["distillation_loss"][-1] < 0.1 * history["distillation_loss"][0] and "accuracy" in history
    for old, new in zip(before, model.teacher.get_weights(), strict=True):
        np.testing.assert_array_equal(old, new)
    np.testing.assert_allclose(model.predict(X, verbose=0), model.student.predict(X, verbose=0))


def test_features_of_layers():
    inside = distillation.FeatureDistillation("mse", "hidden", "hidden")
    model = distiller(losses=[inside, distillation.LogitsDistillation(2.0)], distillation_loss_weights=[2.0, 0.5])
    with pytest.raises(ValueError):
        model.compile("sgd", "sparse_categorical_crossentropy")
        model.evaluate(X, Y, verbose=0)  # 16 features beside 8
    model = distillation.Distiller(
        net("t"), net("s"), [inside, distillation.LogitsDistillation(2.0)], distillation_loss_weights=[2.0, 0.5]
    )
    model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))
    hidden = [ops.convert_to_numpy(m.layers[0](X)) for m in (model.teacher, model.student)]
    expected = 2 * ((hidden[0] - hidden[1]) ** 2).mean()
    expected += 0.5 * float(distillation.LogitsDistillation(2.0).compute_loss(model.teacher(X), model.student(X)))
    logs = model.evaluate(X, Y, return_dict=True, verbose=0)
    np.testing.assert_allclose(logs["distillation_loss"], expected, rtol=1e-4)
    model.fit(X, Y, verbose=0)


def test_a_file_holds_teacher_and_student(tmp_path):
    model = distiller(student_loss_weight=0.3)
    model.compile("sgd", losses.SparseCategoricalCrossentropy(from_logits=True))
    model.fit(X, Y, verbose=0)
    model.save(tmp_path / "m.keras")
    again = load_model(tmp_path / "m.keras", compile=False)
    assert again.student_loss_weight == 0.3 and not again.teacher.trainable
    np.testing.assert_allclose(again.predict(X, verbose=0), model.predict(X, verbose=0), rtol=1e-5)
    np.testing.assert_allclose(again.teacher(X), model.teacher(X), rtol=1e-5)


def test_what_does_not_fit_is_said():
    soft = distillation.LogitsDistillation()
    with pytest.raises(ValueError, match="teacher must be a lamina model; got 3"):
        distillation.Distiller(3, net("s"), soft)
    with pytest.raises(ValueError, match="the outputs of teacher and student must have the same shapes"):
        distillation.Distiller(net("t"), net("s", outputs=4), soft)
    with pytest.raises(ValueError, match="student_loss_weight must be between 0 and 1; got 2"):
        distiller(student_loss_weight=2)
    with pytest.raises(ValueError, match="must have one number for each of the 1 losses"):
        distiller(distillation_loss_weights=[1.0, 2.0])
    with pytest.raises(ValueError, match="distillation_losses must be a DistillationLoss"):
        distiller(losses=[None])
    with pytest.raises(ValueError, match="of the student: .* no layer 'nowhere'"):
        distiller(losses=distillation.FeatureDistillation("mse", "hidden", "nowhere"))
    with pytest.raises(ValueError, match="loss, the student's for labels, is missing"):
        distiller().compile("sgd")
    with pytest.raises(ValueError, match="temperature must be a positive number; got 0"):
        distillation.LogitsDistillation(0)
    with pytest.raises(NotImplementedError, match="define compute_loss"):
        distillation.DistillationLoss().compute_loss(a, b)


def test_a_subclass_has_no_layers_to_find():
    class Mine(Model):
        def call(self, x):
            return x

    with pytest.raises(ValueError, match="has no graph to find the layer 'hidden' in"):
        distillation.Distiller(Mine(), net("s"), distillation.FeatureDistillation("mse", "hidden", "hidden"))
