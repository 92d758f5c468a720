import inspect
from typing import Any, Unpack

from lamina import tree
from lamina._public import public
from lamina._typing import TensorLike
from lamina.ops._symbolic import KerasTensor
from lamina.variables import deserialize_keras_object, serialize_keras_object

from .._base._arguments import LayerArguments
from .._base._call import as_shapes, is_shape, map_shapes
from .._base._layer import Layer


@public("layers.Lambda")
class Lambda(Layer):
    """A function as a layer, for small things without weights.

    To be saved, the function must be a named one that is registered with `saving.register_keras_serializable`: a file
    holds no code.

    Args:
        function: `function(inputs, **arguments)`; may take `mask` and `training`.
        output_shape: shape without the batch, or `function(input_shape) -> shape`; by default found by tracing.
        mask: mask of the output, or `function(inputs, mask) -> mask`.
        arguments: dict[str, Any] of further arguments.

    Input `(batch, ...)`, or a structure of tensors, output what the function gives.

    Example:
        >>> layers.Lambda(lambda x: x * 2.0)([1.0, 2.0])
        Tensor([2., 4.], dtype=float32)
    """

    def __init__(
        self,
        function: Any,
        output_shape: Any = None,
        mask: TensorLike = None,
        arguments: Any = None,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(**kwargs)
        if not callable(function):
            raise TypeError(f"{self._owner}: function must be callable; got {function!r}.")
        self.arguments: Any = arguments or {}
        self.function = function
        self.mask = mask
        self.supports_masking: bool = mask is not None
        self._output_shape = as_shapes(output_shape) if isinstance(output_shape, (list, tuple)) else output_shape
        names = inspect.signature(function).parameters
        self._takes_mask = "mask" in names
        self._takes_training = "training" in names
        self._build_at_init()

    def call(self, inputs: TensorLike, mask: TensorLike = None, training: bool | None = None) -> Any:
        further = dict(self.arguments)
        if self._takes_mask:
            further["mask"] = mask
        if self._takes_training:
            further["training"] = training
        return self.function(inputs, **further)

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None) -> Any:
        return self.mask(inputs, mask) if callable(self.mask) else self.mask

    def compute_output_shape(self, input_shape: Any) -> Any:
        if self._output_shape is None:
            return super().compute_output_shape(input_shape)
        if callable(self._output_shape):
            return self._output_shape(input_shape)
        batch = input_shape[0] if is_shape(input_shape) else tree.flatten(input_shape)[0]
        return map_shapes(lambda shape: (batch, *shape), self._output_shape)

    def compute_output_spec(self, inputs: TensorLike, mask: TensorLike = None, training: bool | None = None) -> Any:
        if self._output_shape is None:
            return self._traced_spec(inputs)
        shapes = self.compute_output_shape(tree.map_structure(lambda x: tuple(x.shape), inputs))
        first = tree.flatten(inputs)[0]
        return map_shapes(lambda shape: KerasTensor(shape, first.dtype), shapes)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "function": serialize_keras_object(self.function),
            "output_shape": serialize_keras_object(self._output_shape),
            "mask": serialize_keras_object(self.mask),
            "arguments": serialize_keras_object(self.arguments),
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None, safe_mode: Any = None
    ) -> Any:
        config = dict(config)
        for key in ("function", "output_shape", "mask", "arguments"):
            if isinstance(config.get(key), dict):
                config[key] = deserialize_keras_object(config[key], custom_objects=custom_objects)
        return super().from_config(config)
