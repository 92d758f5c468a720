"""Ten training steps beside real Keras: the same data and weights give the same losses and weights."""

import numpy as np
import pytest

import lamina

keras = pytest.importorskip("keras")
pytestmark = pytest.mark.peer

rng = np.random.default_rng(5)
X = rng.standard_normal((40, 6)).astype("float32")
TOKENS = rng.integers(0, 11, (40, 5)).astype("int32")
LABELS = rng.integers(0, 3, 40).astype("int32")
TARGETS = rng.standard_normal((40, 2)).astype("float32")


def dense_net(k):
    layers = [k.layers.Dense(8, activation="relu"), k.layers.Dense(3, activation="softmax")]
    return k.Sequential([k.Input((6,)), *layers]), X, LABELS, "sparse_categorical_crossentropy"


def batch_norm_net(k):
    # A bias before the normalisation has no gradient but rounding noise, which Adam would blow up.
    layers = [
        k.layers.Dense(8, use_bias=False),
        k.layers.BatchNormalization(),
        k.layers.Activation("tanh"),
        k.layers.Dense(2),
    ]
    return k.Sequential([k.Input((6,)), *layers]), X, TARGETS, "mse"


def layer_norm_net(k):
    layers = [
        k.layers.Dense(8, kernel_regularizer="l2"),
        k.layers.LayerNormalization(),
        k.layers.Dense(2, activation="elu"),
    ]
    return k.Sequential([k.Input((6,)), *layers]), X, TARGETS, "huber"


def embedding_net(k):
    tokens = k.Input((5,), dtype="int32")
    h = k.layers.Flatten()(k.layers.Embedding(11, 4)(tokens))
    return (
        k.Model(tokens, k.layers.Dense(1, activation="sigmoid")(h)),
        TOKENS,
        (LABELS > 0).astype("float32"),
        "binary_crossentropy",
    )


NETS = {f.__name__: f for f in (dense_net, batch_norm_net, layer_norm_net, embedding_net)}
OPTIMIZERS = {
    "SGD": {}, "SGD momentum": dict(momentum=0.9), "SGD nesterov": dict(momentum=0.9, nesterov=True),
    "RMSprop": {}, "RMSprop centered": dict(momentum=0.5, centered=True), "Adam": {}, "Adam amsgrad": dict(amsgrad=True),
    "AdamW": dict(weight_decay=0.01), "Adamax": {}, "Nadam": {}, "Adagrad": dict(learning_rate=0.05),
    "Adadelta": dict(learning_rate=1.0), "Adam clipnorm": dict(clipnorm=0.1), "Adam global_clipnorm": dict(global_clipnorm=0.1),
    "SGD clipvalue": dict(clipvalue=0.01), "Adam ema": dict(use_ema=True, ema_momentum=0.9, ema_overwrite_frequency=3),
    "SGD accumulation": dict(gradient_accumulation_steps=3), "SGD decay": dict(weight_decay=0.05, momentum=0.5),
    "Adam schedule": "schedule",
}  # fmt: skip


def make_optimizer(k, case):
    name, options = case.split()[0], OPTIMIZERS[case]
    if options == "schedule":
        return k.optimizers.Adam(k.optimizers.schedules.ExponentialDecay(0.01, 3, 0.7, staircase=True))
    options = {"learning_rate": 0.01, **options}
    return getattr(k.optimizers, name)(**options)


@pytest.mark.parametrize("case", OPTIMIZERS)
@pytest.mark.parametrize("net", NETS)
def test_ten_steps(net, case):
    if net != "dense_net" and case.partition(" ")[2] not in ("", "momentum"):
        case = case.split()[0]  # variants are compared on one net, every optimizer on all
    ours, x, y, loss = NETS[net](lamina)
    theirs, *_ = NETS[net](keras)
    ours.set_weights(theirs.get_weights())
    losses = []
    for k, model in ((lamina, ours), (keras, theirs)):
        model.compile(optimizer=make_optimizer(k, case), loss=loss)
        history = model.fit(x, y, batch_size=20, epochs=5, shuffle=False, verbose=0)
        losses.append(history.history["loss"])
    np.testing.assert_allclose(losses[0], losses[1], rtol=1e-5, atol=1e-5)
    for a, b in zip(ours.get_weights(), theirs.get_weights()):
        np.testing.assert_allclose(a, b, rtol=1e-4, atol=1e-5)


def test_logs_have_keras_names_and_values():
    ours, x, y, loss = dense_net(lamina)
    theirs, *_ = dense_net(keras)
    ours.set_weights(theirs.get_weights())
    results = []
    for model in (ours, theirs):
        model.compile("sgd", loss, metrics=["acc"], weighted_metrics=["accuracy"])
        weights = np.linspace(0.1, 2, 40).astype("float32")
        history = model.fit(
            x, y, batch_size=15, epochs=2, shuffle=False, verbose=0, sample_weight=weights, validation_data=(x, y),
        ).history  # fmt: skip
        results.append((history, model.evaluate(x, y, verbose=0), model.evaluate(x, y, verbose=0, return_dict=True)))
    (history, listed, named), (their_history, their_listed, their_named) = results
    assert set(history) == set(their_history) and set(named) == set(their_named)
    for name in history:
        np.testing.assert_allclose(history[name], their_history[name], rtol=1e-4, err_msg=name)
    np.testing.assert_allclose(listed, their_listed, rtol=1e-4)


def test_several_outputs_have_keras_names_and_values():
    def build(k):
        a = k.Input((6,), name="a")
        h = k.layers.Dense(4, activation="relu")(a)
        return k.Model(a, [k.layers.Dense(2, name="p")(h), k.layers.Dense(3, activation="softmax", name="q")(h)])

    ours, theirs = build(lamina), build(keras)
    ours.set_weights(theirs.get_weights())
    histories = []
    for model in (ours, theirs):
        model.compile(
            "sgd", loss={"p": "mse", "q": "sparse_categorical_crossentropy"}, loss_weights={"p": 0.5, "q": 2.0},
            metrics={"p": ["mae"], "q": ["accuracy"]},
        )  # fmt: skip
        histories.append(model.fit(X, {"p": TARGETS, "q": LABELS}, epochs=2, shuffle=False, verbose=0).history)
    assert set(histories[0]) == set(histories[1])
    for name in histories[0]:
        np.testing.assert_allclose(histories[0][name], histories[1][name], rtol=1e-4, err_msg=name)
