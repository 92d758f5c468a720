from typing import Any

from lamina import constraints, initializers, ops, regularizers
from lamina._public import public
from lamina._typing import Axis, TensorLike

from .._base._layer import Layer


@public("layers.LayerNormalization")
class LayerNormalization(Layer):
    """Scales each sample to mean 0 and variance 1 over its features, then by learned factors.

    `gamma · (x - mean(x)) / sqrt(var(x) + epsilon) + beta`, mean and variance over `axis`.

    Args:
        axis: int or list of ints, the axes of features.
        epsilon: added to the variance.
        center, scale: whether `beta` is added, whether `gamma` is multiplied.
        beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint:
            of the factors.

    Input `(batch, ..., features)`, output of the same shape.

    Example:
        >>> layers.LayerNormalization()([[1.0, 3.0]])
        Tensor([[-0.9995004,  0.9995004]], dtype=float32)

    Reference: Ba et al., Layer Normalization, 2016, arXiv:1607.06450
    """

    def __init__(
        self,
        axis: Axis = -1,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        **kwargs: Any,
    ):
        if kwargs.pop("rms_scaling", False):
            raise ValueError("LayerNormalization: rms_scaling=True is not supported; use RMSNormalization.")
        super().__init__(**kwargs)
        whole = isinstance(axis, int) or (isinstance(axis, (list, tuple)) and all(isinstance(a, int) for a in axis))
        if not whole:
            raise TypeError(f"{self._owner}: axis must be an int or a list of ints; got {axis!r}.")
        self.axis = axis
        self.epsilon = epsilon
        self.center = center
        self.scale = scale
        self.beta_initializer: Any = initializers.get(beta_initializer)
        self.gamma_initializer: Any = initializers.get(gamma_initializer)
        self.beta_regularizer: Any = regularizers.get(beta_regularizer)
        self.gamma_regularizer: Any = regularizers.get(gamma_regularizer)
        self.beta_constraint: Any = constraints.get(beta_constraint)
        self.gamma_constraint: Any = constraints.get(gamma_constraint)
        self.supports_masking = True
        self.gamma = None
        self.beta = None

    def _axes(self) -> list[int]:
        return [self.axis] if isinstance(self.axis, int) else list(self.axis)

    def build(self, input_shape: Any) -> None:
        for axis in self._axes():
            if not -len(input_shape) <= axis < len(input_shape):
                raise ValueError(f"{self._owner}: axis {axis} is outside an input of shape {input_shape}.")
        shape = tuple(input_shape[axis] for axis in self._axes())
        if self.scale:
            self.gamma: Any = self.add_weight(
                name="gamma",
                shape=shape,
                initializer=self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                autocast=False,
            )
        if self.center:
            self.beta: Any = self.add_weight(
                name="beta",
                shape=shape,
                initializer=self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                autocast=False,
            )

    def call(self, inputs: TensorLike) -> Any:
        # Half precision overflows in the squares.
        inputs = ops.cast(inputs, ops.result_type(ops.standardize_dtype(inputs.dtype), "float32"))
        axes = self._axes()
        outputs = ops.layer_normalization(
            inputs,
            gamma=None if self.gamma is None else self.gamma.value,
            beta=None if self.beta is None else self.beta.value,
            axis=axes[0] if len(axes) == 1 else axes,
            epsilon=self.epsilon,
        )
        return ops.cast(outputs, self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "axis": self.axis,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": initializers.serialize(self.beta_initializer),
            "gamma_initializer": initializers.serialize(self.gamma_initializer),
            "beta_regularizer": regularizers.serialize(self.beta_regularizer),
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
            "beta_constraint": constraints.serialize(self.beta_constraint),
            "gamma_constraint": constraints.serialize(self.gamma_constraint),
        }
