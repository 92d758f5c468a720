from typing import Any, Unpack

from lamina import activations, constraints, initializers, ops, regularizers
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from .._base._input_spec import InputSpec
from .._base._layer import Layer


@public("layers.PReLU")
class PReLU(Layer):
    """x where positive, `alpha · x` elsewhere, with a learned slope for every input.

    Args:
        alpha_initializer, alpha_regularizer, alpha_constraint: of the slopes.
        shared_axes: axes along which slopes are shared, such as `[1, 2]` for images.

    Input `(batch, ...)`, output of the same shape.

    Example:
        >>> layers.PReLU(alpha_initializer="ones")(ops.array([[-1.0, 2.0]]))
        Tensor([[-1.,  2.]], dtype=float32)

    Reference: He et al., Delving Deep into Rectifiers, 2015, arXiv:1502.01852
    """

    def __init__(
        self,
        alpha_initializer: Any = "Zeros",
        alpha_regularizer: Any = None,
        alpha_constraint: Any = None,
        shared_axes: Any = None,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(**kwargs)
        self.supports_masking = True
        self.alpha_initializer: Any = initializers.get(alpha_initializer)
        self.alpha_regularizer: Any = regularizers.get(alpha_regularizer)
        self.alpha_constraint: Any = constraints.get(alpha_constraint)
        self.shared_axes: Any = (
            None
            if shared_axes is None
            else (list(shared_axes) if isinstance(shared_axes, (list, tuple)) else [shared_axes])
        )

    def build(self, input_shape: Any) -> None:
        shape = list(input_shape[1:])
        for axis in self.shared_axes or ():
            shape[axis - 1] = 1
        self.alpha: Any = self.add_weight(
            shape=tuple(shape),
            name="alpha",
            initializer=self.alpha_initializer,
            regularizer=self.alpha_regularizer,
            constraint=self.alpha_constraint,
        )
        shared = self.shared_axes or ()
        axes = {i: size for i, size in enumerate(input_shape) if i > 0 and i not in shared}
        self.input_spec = InputSpec(ndim=len(input_shape), axes=axes)

    def call(self, inputs: TensorLike) -> Any:
        negative = ops.multiply(ops.negative(self.alpha), activations.relu(ops.negative(inputs)))
        return ops.add(activations.relu(inputs), negative)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "alpha_initializer": initializers.serialize(self.alpha_initializer),
            "alpha_regularizer": regularizers.serialize(self.alpha_regularizer),
            "alpha_constraint": constraints.serialize(self.alpha_constraint),
            "shared_axes": self.shared_axes,
        }
