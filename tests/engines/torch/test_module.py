"""Layers and models are torch modules."""

import numpy as np
import pytest

import lamina
from lamina import layers

torch = pytest.importorskip("torch")


def small():
    lamina.utils.set_random_seed(3)
    return lamina.Sequential(
        [lamina.Input((4,)), layers.Dense(8, activation="tanh"), layers.BatchNormalization(), layers.Dense(1)]
    )


def data():
    rng = np.random.default_rng(0)
    x = rng.normal(size=(64, 4)).astype("float32")
    return x, (x[:, :1] - x[:, 1:2] * 0.5).astype("float32")


def test_parameters_are_the_trainable_weights():
    model = small()
    assert isinstance(model, torch.nn.Module) and isinstance(model.layers[0], torch.nn.Module)
    named = dict(model.named_parameters())
    assert [n.rpartition(".")[2] for n in named] == ["kernel", "bias", "gamma", "beta", "kernel", "bias"]
    assert [tuple(p.shape) for p in model.parameters()] == [v.shape for v in model.trainable_weights]
    assert {n.rpartition(".")[2] for n, _ in model.named_buffers()} == {"moving_mean", "moving_variance"}
    assert all(p.requires_grad for p in model.parameters())
    assert all(a is b for a, b in zip(model.parameters(), model.parameters()))


def test_frozen_weights_ask_for_no_gradient():
    model = small()
    model.layers[0].trainable = False
    assert [p.requires_grad for p in model.parameters()] == [False, False, True, True, True, True]


def test_a_torch_loop_trains_a_lamina_model_inside_a_torch_sequential():
    model = small()
    x, y = (torch.from_numpy(a) for a in data())
    net = torch.nn.Sequential(model, torch.nn.Identity())
    assert len(list(net.parameters())) == 6
    optimizer = torch.optim.Adam(net.parameters(), lr=0.05)
    before, moving = model.get_weights(), model.layers[1].moving_mean.numpy()
    net.train()
    losses = []
    for _ in range(40):
        optimizer.zero_grad()
        loss = torch.nn.functional.mse_loss(net(x), y)
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < 0.2 * losses[0]
    assert all(np.abs(a - b).max() > 1e-3 for a, b in zip(before, model.get_weights()))
    assert np.abs(model.layers[1].moving_mean.numpy() - moving).max() > 1e-3
    net.eval()
    with torch.no_grad():
        np.testing.assert_allclose(net(x).numpy(), model.predict(data()[0], verbose=0), rtol=1e-4, atol=1e-5)


def test_gradients_are_those_of_value_and_grad():
    model = small()
    x, y = data()
    loss = torch.nn.functional.mse_loss(model(torch.from_numpy(x)), torch.from_numpy(y))
    assert not loss.requires_grad  # nobody asked for parameters yet
    wanted = list(model.parameters())
    torch.nn.functional.mse_loss(model(x), torch.from_numpy(y)).backward()
    with lamina.GradientTape() as tape:
        ours = lamina.ops.mean(lamina.ops.square(model(x) - torch.from_numpy(y)))
    for p, g in zip(wanted, tape.gradient(ours, model.trainable_weights)):
        np.testing.assert_allclose(p.grad.numpy(), g.numpy(), rtol=1e-4, atol=1e-6)


def test_fit_and_the_torch_loop_change_the_same_weights():
    model = small()
    x, y = data()
    parameters = list(model.parameters())
    model.compile("adam", "mse")
    model.fit(x, y, epochs=2, verbose=0)  # moves the weights into one long buffer
    for p, v in zip(model.parameters(), model.trainable_weights):
        np.testing.assert_array_equal(p.detach().numpy(), v.numpy())
    assert all(a is b for a, b in zip(parameters, model.parameters()))
    with torch.no_grad():
        parameters[0].zero_()
    assert not model.layers[0].kernel.numpy().any()


def test_state_dict_round_trip():
    one, other = small(), small()
    for v in other.weights:
        v.assign(np.full(v.shape, 0.25, "float32"))
    state = one.state_dict()
    assert list(state) == list(torch.nn.Sequential(one).state_dict(prefix="")) or len(state) == 8
    renamed = dict(zip(other.state_dict(), state.values()))
    other.load_state_dict(renamed)
    for a, b in zip(one.get_weights(), other.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_train_and_eval_set_the_mode_of_calls():
    layer = layers.Dropout(0.5, seed=1)
    x = np.ones((2, 50), "float32")
    assert (np.asarray(layer(x)) == 1).all()
    layer.train()
    assert (np.asarray(layer(x)) == 0).any()
    layer.eval()
    assert (np.asarray(layer(x)) == 1).all()


def test_models_stay_on_the_device_of_the_engine():
    model = small()
    assert model.to("cpu") is model and model.float() is model
    with pytest.raises(RuntimeError, match="LAMINA_DEVICE"):
        model.to("meta")
    with pytest.raises(RuntimeError, match="dtype policy"):
        model.half()


def test_missing_attributes_are_named():
    with pytest.raises(AttributeError, match="'Dense' object has no attribute 'unit'"):
        layers.Dense(3).unit  # noqa: B018
