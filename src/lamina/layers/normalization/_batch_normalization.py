import math
from typing import Any, Unpack

from lamina import _settings, constraints, initializers, ops, regularizers
from lamina._public import public
from lamina._typing import Axis, TensorLike
from lamina.engines import engine

from .._base._arguments import LayerArguments
from .._base._input_spec import InputSpec
from .._base._layer import Layer
from ._renorm import Renorm, check_clipping


@public("layers.BatchNormalization")
class BatchNormalization(Layer):
    """Scales features to mean 0 and variance 1 over the batch, then by learned factors.

    In training `gamma · (x - mean(batch)) / sqrt(var(batch) + epsilon) + beta`; otherwise with moving averages of mean and
    variance, which training keeps. A frozen layer (`trainable=False`) uses the averages, too.

    Args:
        axis: the axis (or axes) of features.
        momentum: share of the old value in the moving averages.
        epsilon: added to the variance.
        center, scale: whether `beta` is added, whether `gamma` is multiplied.
        beta_initializer, gamma_initializer, moving_mean_initializer, moving_variance_initializer: initial values.
        beta_regularizer, gamma_regularizer: penalties. beta_constraint, gamma_constraint: projections.
        renorm: whether training, too, normalises towards moving averages (batch renormalisation).
        renorm_clipping: dict with the limits of the correction: "rmax", "rmin", "dmax"; a missing one is no limit.
        renorm_momentum: share of the old value in the averages of the correction.
        synchronized: whether statistics are taken over all devices; no effect on one.

    `call` takes a `mask` without the features' axis: masked steps take no part in the statistics.

    Input `(batch, ..., features)`, output of the same shape.

    Example:
        >>> layers.BatchNormalization()(ops.ones((2, 3)), training=True).shape
        (2, 3)

    Reference: Ioffe and Szegedy, Batch Normalization, 2015, arXiv:1502.03167
    """

    def __init__(
        self,
        axis: Axis = -1,
        momentum: float = 0.99,
        epsilon: float = 1e-3,
        center: bool = True,
        scale: bool = True,
        beta_initializer: Any = "zeros",
        gamma_initializer: Any = "ones",
        moving_mean_initializer: Any = "zeros",
        moving_variance_initializer: Any = "ones",
        beta_regularizer: Any = None,
        gamma_regularizer: Any = None,
        beta_constraint: Any = None,
        gamma_constraint: Any = None,
        renorm: bool = False,
        renorm_clipping: Any = None,
        renorm_momentum: float = 0.99,
        synchronized: bool = False,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(**kwargs)
        self.axis = axis
        self.momentum: float = float(momentum)
        self.epsilon: float = float(epsilon)
        self.center = center
        self.scale = scale
        self.beta_initializer: Any = initializers.get(beta_initializer)
        self.gamma_initializer: Any = initializers.get(gamma_initializer)
        self.moving_mean_initializer: Any = initializers.get(moving_mean_initializer)
        self.moving_variance_initializer: Any = initializers.get(moving_variance_initializer)
        self.beta_regularizer: Any = regularizers.get(beta_regularizer)
        self.gamma_regularizer: Any = regularizers.get(gamma_regularizer)
        self.beta_constraint: Any = constraints.get(beta_constraint)
        self.gamma_constraint: Any = constraints.get(gamma_constraint)
        self.renorm = bool(renorm)
        self.renorm_clipping: Any = check_clipping(renorm_clipping, self._owner) if renorm else renorm_clipping
        self.renorm_momentum = renorm_momentum
        self._renorm: Any = None
        self.synchronized = synchronized
        self.supports_masking = True
        self.gamma = None
        self.beta = None

    def build(self, input_shape: Any) -> None:
        axis = self.axis[0] if isinstance(self.axis, (list, tuple)) else self.axis
        if not -len(input_shape) <= axis < len(input_shape):
            raise ValueError(f"{self._owner}: axis {self.axis} is outside an input of shape {input_shape}.")
        size = input_shape[axis]
        if self.scale:
            self.gamma: Any = self._statistic("gamma", size, self.gamma_initializer, trainable=True)
            self.gamma.regularizer, self.gamma.constraint = self.gamma_regularizer, self.gamma_constraint
        if self.center:
            self.beta: Any = self._statistic("beta", size, self.beta_initializer, trainable=True)
            self.beta.regularizer, self.beta.constraint = self.beta_regularizer, self.beta_constraint
        self.moving_mean: Any = self._statistic("moving_mean", size, self.moving_mean_initializer)
        self.moving_variance: Any = self._statistic("moving_variance", size, self.moving_variance_initializer)
        if self.renorm:
            self._renorm = Renorm(self, size)
        self.input_spec = InputSpec(ndim=len(input_shape), axes={axis: size})
        self._feature_axis = axis % len(input_shape)
        self._reduction_axes = [i for i in range(len(input_shape)) if i != self._feature_axis]

    def _statistic(self, name: str, size: Any, initializer: Any, trainable: bool = False) -> Any:
        return self.add_weight(
            shape=(size,), name=name, initializer=initializer, trainable=trainable, autocast=trainable
        )

    def call(self, inputs: TensorLike, training: bool | None = None, mask: TensorLike = None) -> Any:
        if mask is not None and len(mask.shape) != len(inputs.shape) - 1:
            raise ValueError(
                f"{self._owner}: the mask must have one axis less than the input {tuple(inputs.shape)}; "
                f"got {tuple(mask.shape)}."
            )
        # Half precision overflows in the squares.
        inputs = ops.cast(inputs, ops.result_type(ops.standardize_dtype(inputs.dtype), "float32"))
        dtype = inputs.dtype
        kernel = getattr(engine.nn, "batch_norm", None)
        is_last = self._feature_axis % len(inputs.shape) == len(inputs.shape) - 1
        gamma, beta = (None if v is None else ops.cast(v, dtype) for v in (self.gamma, self.beta))
        if training and self.trainable:
            if (
                kernel is not None
                and self._renorm is None
                and mask is None
                and is_last
                and math.prod(inputs.shape[:-1]) > 1
            ):
                outputs, mean, variance = kernel(inputs, gamma, beta, self.epsilon)
                self._move(mean, variance)
                return ops.cast(outputs, self.compute_dtype)
            mean, variance = self._moments(inputs, mask)
            if self._renorm is None:
                self._move(mean, variance)
            else:
                gamma, beta = self._renorm.correct(mean, variance, gamma, beta)
            # The difference first: compilers may round a product and a sum as one, and of a batch of one it must be 0.
            inputs = ops.subtract(inputs, ops.expand_dims(mean, tuple(self._reduction_axes)))
            mean = ops.zeros_like(mean)
        else:
            mean, variance = ops.cast(self.moving_mean, dtype), ops.cast(self.moving_variance, dtype)
        outputs = ops.batch_normalization(
            inputs,
            mean=mean,
            variance=variance,
            axis=self._feature_axis,
            offset=beta,
            scale=gamma,
            epsilon=self.epsilon,
        )
        return ops.cast(outputs, self.compute_dtype)

    def _move(self, mean: Any, variance: Any) -> None:
        """The moving averages, a step on towards the statistics of a batch."""
        for moving, value in ((self.moving_mean, mean), (self.moving_variance, variance)):
            value = ops.cast(value, moving.dtype)
            moving.assign(ops.add(ops.multiply(moving, self.momentum), ops.multiply(value, 1.0 - self.momentum)))

    def _moments(self, inputs: Any, mask: Any) -> tuple[Any, Any]:
        axes = tuple(self._reduction_axes)
        if mask is None:
            return ops.moments(inputs, axes=axes)
        weights = ops.expand_dims(ops.cast(mask, inputs.dtype), -1)
        weights = ops.multiply(weights, ops.ones_like(inputs))
        total = ops.add(ops.sum(weights, axis=axes, keepdims=True), _settings.epsilon())
        mean = ops.divide(ops.sum(ops.multiply(weights, inputs), axis=axes, keepdims=True), total)
        squares = ops.multiply(weights, ops.square(ops.subtract(inputs, mean)))
        variance = ops.divide(ops.sum(squares, axis=axes, keepdims=True), total)
        return ops.squeeze(mean, axis=axes), ops.squeeze(variance, axis=axes)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return input_shape

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "axis": self.axis,
            "momentum": self.momentum,
            "epsilon": self.epsilon,
            "center": self.center,
            "scale": self.scale,
            "beta_initializer": initializers.serialize(self.beta_initializer),
            "gamma_initializer": initializers.serialize(self.gamma_initializer),
            "moving_mean_initializer": initializers.serialize(self.moving_mean_initializer),
            "moving_variance_initializer": initializers.serialize(self.moving_variance_initializer),
            "beta_regularizer": regularizers.serialize(self.beta_regularizer),
            "gamma_regularizer": regularizers.serialize(self.gamma_regularizer),
            "beta_constraint": constraints.serialize(self.beta_constraint),
            "gamma_constraint": constraints.serialize(self.gamma_constraint),
            "renorm": self.renorm,
            "renorm_clipping": self.renorm_clipping,
            "renorm_momentum": self.renorm_momentum,
            "synchronized": self.synchronized,
        }
