from typing import Any, Unpack

from lamina import constraints, initializers, ops, regularizers
from lamina._public import public
from lamina._typing import Axis, TensorLike

from .._base._arguments import LayerArguments
from .._base._input_spec import InputSpec
from .._base._layer import Layer


@public("layers.GroupNormalization")
class GroupNormalization(Layer):
    """Scales groups of channels of each sample to mean 0 and variance 1, then by learned factors.

    `gamma · (x - mean) / sqrt(var + epsilon) + beta`, mean and variance over a group's channels and all positions.

    Args:
        groups: number of groups, a divisor of the number of channels; -1 for one group a channel (instance
            normalisation); 1 for all channels together.
        axis: the axis of channels.
        epsilon: added to the variance.
        center, scale: whether `beta` is added, whether `gamma` is multiplied.
        beta_initializer, gamma_initializer, beta_regularizer, gamma_regularizer, beta_constraint, gamma_constraint:
            of the factors.

    Input `(batch, ..., channels)`, output of the same shape.

    Example:
        >>> layers.GroupNormalization(groups=2)(ops.ones((2, 4, 6))).shape
        (2, 4, 6)

    Reference: Wu and He, Group Normalization, 2018, arXiv:1803.08494
    """

    def __init__(
        self,
        groups: int = 32,
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
        **kwargs: Unpack[LayerArguments],
    ):
        if not isinstance(groups, int) or isinstance(groups, bool) or (groups <= 0 and groups != -1):
            raise ValueError(f"{type(self).__name__}: groups must be a positive int, or -1; got {groups!r}.")
        super().__init__(**kwargs)
        self.autocast = False  # half precision overflows in the squares
        self.groups = groups
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

    def build(self, input_shape: Any) -> None:
        if not -len(input_shape) <= self.axis < len(input_shape):
            raise ValueError(f"{self._owner}: axis {self.axis} is outside an input of shape {input_shape}.")
        channels = input_shape[self.axis]
        if channels is None:
            raise ValueError(f"{self._owner}: axis {self.axis} of the input {input_shape} must have a known size.")
        if channels % (channels if self.groups == -1 else self.groups):
            raise ValueError(
                f"{self._owner}: groups={self.groups} must divide the {channels} channels of the input {input_shape}."
            )
        self.input_spec = InputSpec(ndim=len(input_shape), axes={self.axis: channels})
        if self.scale:
            self.gamma: Any = self.add_weight(
                name="gamma",
                shape=(channels,),
                initializer=self.gamma_initializer,
                regularizer=self.gamma_regularizer,
                constraint=self.gamma_constraint,
                autocast=False,
            )
        if self.center:
            self.beta: Any = self.add_weight(
                name="beta",
                shape=(channels,),
                initializer=self.beta_initializer,
                regularizer=self.beta_regularizer,
                constraint=self.beta_constraint,
                autocast=False,
            )

    def call(self, inputs: TensorLike) -> Any:
        shape = tuple(inputs.shape)
        axis = self.axis % len(shape)
        groups = shape[axis] if self.groups == -1 else self.groups
        split = (groups, shape[axis] // groups)
        x = ops.cast(inputs, ops.result_type(ops.standardize_dtype(inputs.dtype), "float32"))
        x = ops.reshape(x, (*shape[:axis], *split, *shape[axis + 1 :]))
        mean, variance = ops.moments(x, axes=[a for a in range(1, len(shape) + 1) if a != axis], keepdims=True)
        factor_shape = tuple(split[i - axis] if i in (axis, axis + 1) else 1 for i in range(len(shape) + 1))
        factor = ops.rsqrt(ops.add(variance, self.epsilon))
        if self.gamma is not None:
            factor = ops.multiply(factor, ops.reshape(ops.cast(self.gamma, x.dtype), factor_shape))
        outputs = ops.multiply(ops.subtract(x, mean), factor)
        if self.beta is not None:
            outputs = ops.add(outputs, ops.reshape(ops.cast(self.beta, x.dtype), factor_shape))
        return ops.cast(ops.reshape(outputs, shape), self.compute_dtype)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "groups": self.groups,
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
