"""`TorchModuleWrapper`."""

import importlib
from typing import Any, Unpack

from lamina._public import public
from lamina.variables import Variable, deserialize_keras_object, serialize_keras_object

from .._base._arguments import LayerArguments
from .._base._layer import Layer
from ._needs import needs_engine


@public("layers.TorchModuleWrapper")
class TorchModuleWrapper(Layer):
    """A module of PyTorch as a layer, on the torch engine: its parameters are trained like those of any other layer.

    Parameters become variables, trainable if they require gradients; buffers (statistics of a batch normalisation) variables
    that are not trainable. `module` gives the module with their present values. Its own draws (a dropout's) come from
    PyTorch's generator, which `utils.set_random_seed` does not seed.

    To be saved, the module's class must be registered with `saving.register_keras_serializable`, with a `get_config` and
    `from_config`: a file holds no code.

    Args:
        module: a `torch.nn.Module`, no lazy one that is not initialised yet.
        output_shape: the whole shape of the output; found by tracing, otherwise.
    Raises ValueError on other engines and for lazy modules; TypeError for what is no module.

    Inputs and outputs: tensors `(batch, ...)`, as the module takes and gives them.

    Example (on the torch engine):

        layer = layers.TorchModuleWrapper(torch.nn.Linear(3, 2))
    """

    def __init__(
        self, module: Any, name: str | None = None, output_shape: Any = None, **kwargs: Unpack[LayerArguments]
    ):
        super().__init__(name=name, **kwargs)
        needs_engine(self, "torch")
        nn = importlib.import_module("torch.nn")
        if not isinstance(module, nn.Module):
            raise TypeError(f"{self._owner}: module must be a torch.nn.Module; got {module!r}.")
        if any(isinstance(p, nn.parameter.UninitializedTensorMixin) for p in module.parameters()):
            raise ValueError(f"{self._owner}: the module is lazy and not initialised; call it once before wrapping it.")
        self.__dict__.update(_module=module, _output_shape=None if output_shape is None else tuple(output_shape))
        with self._scope():
            self._tensors = {
                path: Variable(
                    tensor.detach().clone(), trainable=is_trained, name=path.replace(".", "_"), dtype=_dtype(tensor)
                )
                for path, tensor, is_trained in _tensors_of(module)
            }
        self._mark_built()

    @property
    def module(self) -> Any:
        """The module, with the values that the variables have now."""
        values = {path: variable.value for path, variable in self._tensors.items()}
        self._module.load_state_dict(values, strict=False)
        return self._module

    def call(self, *args: Any, training: bool | None = None, **kwargs: Any) -> Any:
        self._module.train(bool(training))
        # What a module writes into its buffers goes into copies, and from there into the variables.
        values = {p: v.value if v.trainable else v.value.clone() for p, v in self._tensors.items()}
        outputs = importlib.import_module("torch.func").functional_call(self._module, values, args, kwargs)
        if training:
            for path, _ in self._module.named_buffers():
                if path in self._tensors:
                    self._tensors[path].assign(values[path])
        return outputs

    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        return self._output_shape or super().compute_output_shape(*args, **kwargs)

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        if self._output_shape is not None:
            return super().compute_output_spec(*args, **kwargs)
        return self._traced_spec(*args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        config = {"module": serialize_keras_object(self._module), "output_shape": self._output_shape}
        return {**super().get_config(), **config}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None, safe_mode: Any = None
    ) -> Any:
        module = deserialize_keras_object(config["module"], custom_objects=custom_objects)
        return cls(**{**config, "module": module})


def _tensors_of(module: Any) -> list[tuple[str, Any, bool]]:
    """Path, tensor and whether it is trained, of every parameter and of every buffer that is part of the state."""
    kept = module.state_dict()
    parameters = [(path, p, p.requires_grad) for path, p in module.named_parameters()]
    return parameters + [(path, b, False) for path, b in module.named_buffers() if path in kept]


def _dtype(tensor: Any) -> str:
    return str(tensor.dtype).removeprefix("torch.")
