"""`BatchEnsemble`."""

from typing import Any, Unpack

from lamina import activations, initializers, ops, regularizers
from lamina._checks import check_positive_int
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from .._base._layer import Layer


@public("layers.BatchEnsemble")
class BatchEnsemble(Layer):
    """Dense layers of several members that share one kernel: `activation(((x * r) @ kernel) * s + bias)`.

    Each member has vectors of its own, `r` before the kernel, `s` and `bias` after it, so that an ensemble costs little more
    memory than one network. A rank-2 input is given to every member.

    Args:
        units: size of the output of each member.
        members: how many there are.
        activation: function or its name.
        use_bias: whether there is a bias, one for each member.
        kernel_initializer, kernel_regularizer: of the shared kernel, `(features, units)`.
        input_scale_initializer, output_scale_initializer: of `r` `(members, features)` and `s` `(members, units)`.
        bias_initializer: of the bias, `(members, units)`.

    Input `(batch, features)` or `(batch, members, features)`; output `(batch, members, units)`. Raises ValueError for other
    shapes.
    Example:
        >>> layers.BatchEnsemble(3, members=4)(ops.ones((2, 5))).shape
        (2, 4, 3)

    References: Wen, Tran, Ba, BatchEnsemble, 2020, arXiv:2002.06715; Gorishniy et al., TabM, 2025, arXiv:2410.24210.
    """

    def __init__(
        self,
        units: int,
        members: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        input_scale_initializer: Any = "ones",
        output_scale_initializer: Any = "ones",
        kernel_regularizer: Any = None,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(**kwargs)
        check_positive_int(units, "units", self._owner)
        check_positive_int(members, "members", self._owner)
        self.units, self.members, self.use_bias = int(units), int(members), use_bias
        self.activation: Any = activations.get(activation)
        self.kernel_initializer: Any = initializers.get(kernel_initializer)
        self.bias_initializer: Any = initializers.get(bias_initializer)
        self.input_scale_initializer: Any = initializers.get(input_scale_initializer)
        self.output_scale_initializer: Any = initializers.get(output_scale_initializer)
        self.kernel_regularizer: Any = regularizers.get(kernel_regularizer)
        self.bias: Any = None

    def build(self, input_shape: Any) -> None:
        self._check(input_shape)
        features = input_shape[-1]
        self.kernel: Any = self.add_weight(
            name="kernel", shape=(features, self.units), initializer=self.kernel_initializer,
            regularizer=self.kernel_regularizer,
        )  # fmt: skip
        self.input_scale: Any = self.add_weight(
            name="input_scale", shape=(self.members, features), initializer=self.input_scale_initializer
        )
        self.output_scale: Any = self.add_weight(
            name="output_scale", shape=(self.members, self.units), initializer=self.output_scale_initializer
        )
        if self.use_bias:
            self.bias = self.add_weight(
                name="bias", shape=(self.members, self.units), initializer=self.bias_initializer
            )

    def _check(self, shape: Any) -> None:
        rank_fits = len(shape) == 2 or (len(shape) == 3 and shape[1] == self.members)
        if not rank_fits or shape[-1] is None:
            raise ValueError(
                f"{self._owner} takes (batch, features) or (batch, {self.members} members, features) with a known number of "
                f"features; got {tuple(shape)}."
            )

    def call(self, inputs: TensorLike) -> Any:
        self._check(inputs.shape)
        if len(inputs.shape) == 2:
            inputs = ops.expand_dims(inputs, 1)
        outputs = ops.matmul(ops.multiply(inputs, self.input_scale), self.kernel)
        outputs = ops.multiply(outputs, self.output_scale)
        if self.bias is not None:
            outputs = ops.add(outputs, self.bias)
        return self.activation(outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        self._check(input_shape)
        return (input_shape[0], self.members, self.units)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "units": self.units,
            "members": self.members,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "input_scale_initializer": initializers.serialize(self.input_scale_initializer),
            "output_scale_initializer": initializers.serialize(self.output_scale_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
        }
