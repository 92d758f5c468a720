"""Modules of PyTorch as layers, against PyTorch alone."""

import numpy as np
import pytest

import lamina
from lamina import layers, saving
from lamina.layers.foreign._torch_module_wrapper import TorchModuleWrapper

ON_TORCH = lamina.config.backend() == "torch"
x = np.random.default_rng(0).normal(size=(24, 3)).astype("float32")
y = x @ np.array([[1.0, 0.5], [2.0, -1.0], [0.0, 1.0]], "float32")


@pytest.mark.skipif(ON_TORCH, reason="there it works")
def test_other_engines_refuse():
    with pytest.raises(ValueError, match="torch engine alone"):
        TorchModuleWrapper(None)


@pytest.mark.skipif(not ON_TORCH, reason="needs the torch engine")
class TestOnTorch:
    def test_calls_the_module_and_knows_its_weights(self):
        import torch

        module = torch.nn.Linear(3, 2)
        layer = TorchModuleWrapper(module)
        expected = module(torch.from_numpy(x)).detach().numpy()
        np.testing.assert_allclose(lamina.ops.convert_to_numpy(layer(x)), expected, rtol=1e-5, atol=1e-6)
        assert [(v.name, v.shape, v.trainable) for v in layer.weights] == [
            ("weight", (2, 3), True),
            ("bias", (2,), True),
        ]
        assert layer(layers.Input((3,))).shape == (None, 2)

    def test_trains_as_torch_alone(self):
        import torch

        module = torch.nn.Sequential(
            torch.nn.Linear(3, 4), torch.nn.BatchNorm1d(4), torch.nn.Tanh(), torch.nn.Linear(4, 2)
        )
        inputs = layers.Input((3,))
        layer = TorchModuleWrapper(module)
        model = lamina.Model(inputs, layer(inputs))
        model.compile(lamina.optimizers.SGD(0.1), "mse")
        alone = __import__("copy").deepcopy(module).train()
        optimizer = torch.optim.SGD(alone.parameters(), 0.1)
        for _ in range(5):
            optimizer.zero_grad()
            torch.nn.functional.mse_loss(alone(torch.from_numpy(x)), torch.from_numpy(y)).backward()
            optimizer.step()
        model.fit(x, y, batch_size=24, epochs=5, shuffle=False, verbose=0)
        for ours, theirs in zip(layer.module.state_dict().values(), alone.state_dict().values(), strict=True):
            np.testing.assert_allclose(ours.numpy(), theirs.numpy(), rtol=1e-4, atol=1e-5)
        expected = alone.eval()(torch.from_numpy(x)).detach().numpy()
        np.testing.assert_allclose(model.predict(x, verbose=0), expected, rtol=1e-4, atol=1e-5)

    def test_frozen_parameters_stay(self):
        import torch

        module = torch.nn.Linear(3, 2)
        module.weight.requires_grad_(False)
        layer = TorchModuleWrapper(module)
        assert [v.name for v in layer.trainable_weights] == ["bias"]

    def test_files_hold_what_is_registered_alone(self, tmp_path):
        import torch

        class Unknown(torch.nn.Linear):
            pass

        @saving.register_keras_serializable("test_torch")
        class Known(torch.nn.Linear):
            def get_config(self):
                return {"in_features": self.in_features, "out_features": self.out_features}

            @classmethod
            def from_config(cls, config):
                return cls(**config)

        def made(module):
            inputs = layers.Input((3,))
            return lamina.Model(inputs, TorchModuleWrapper(module)(inputs))

        model = made(Known(3, 2))
        model.save(tmp_path / "known.keras")
        again = saving.load_model(tmp_path / "known.keras")
        np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))
        with pytest.raises((TypeError, ValueError), match="Unknown"):
            made(Unknown(3, 2)).save(tmp_path / "unknown.keras")

    def test_bad_modules(self):
        import torch

        with pytest.raises(TypeError, match=r"must be a torch\.nn\.Module; got 3"):
            TorchModuleWrapper(3)
        with pytest.raises(ValueError, match="lazy"):
            TorchModuleWrapper(torch.nn.LazyLinear(2))

    def test_given_output_shape(self):
        import torch

        layer = TorchModuleWrapper(torch.nn.Linear(3, 2), output_shape=(None, 2))
        assert layer.compute_output_shape((None, 3)) == (None, 2) and layer(layers.Input((3,))).shape == (None, 2)
