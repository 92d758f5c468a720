from typing import Any, Unpack

from lamina import activations, constraints, initializers, ops, regularizers
from lamina._checks import check_positive_int
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import GeneralArguments
from .._base._input_spec import InputSpec
from .._base._low_rank import Adaptable
from .._base._quantized_product import QuantizedProduct


@public("layers.Dense")
class Dense(QuantizedProduct):
    """A weighted sum of all inputs for each unit: `activation(x · kernel + bias)`, on the last axis.

    Args:
        units: number of outputs.
        activation: function (or its name) applied to the sums; None for none.
        use_bias: whether a bias is added.
        kernel_initializer, bias_initializer: initial values. kernel_regularizer, bias_regularizer: penalties.
        activity_regularizer: penalty on the output. kernel_constraint, bias_constraint: projections.
        lora_rank, lora_alpha: as for `enable_lora`, which building then calls.
        quantization_config: how the weight is quantised, if the dtype policy says that it is.

    Input `(batch, ..., features)`, output `(batch, ..., units)`.

    Example:
        >>> Dense(3)(ops.ones((2, 5))).shape
        (2, 3)
    """

    kernel = Adaptable()

    def __init__(
        self,
        units: int,
        activation: Any = None,
        use_bias: bool = True,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: Any = None,
        lora_alpha: Any = None,
        quantization_config: Any = None,
        **kwargs: Unpack[GeneralArguments],
    ):
        super().__init__(activity_regularizer=activity_regularizer, **kwargs)
        self._ask_lora(lora_rank, lora_alpha)
        self._ask_quantization(quantization_config)
        units = int(units) if isinstance(units, float) and units.is_integer() else units
        check_positive_int(units, "units", f'Dense "{self.name}"')
        self.units: int = int(units)
        self.activation: Any = activations.get(activation)
        self.use_bias = use_bias
        self.kernel_initializer: Any = initializers.get(kernel_initializer)
        self.bias_initializer: Any = initializers.get(bias_initializer)
        self.kernel_regularizer: Any = regularizers.get(kernel_regularizer)
        self.bias_regularizer: Any = regularizers.get(bias_regularizer)
        self.kernel_constraint: Any = constraints.get(kernel_constraint)
        self.bias_constraint: Any = constraints.get(bias_constraint)
        self.input_spec = InputSpec(min_ndim=2)
        self.supports_masking = True
        self.bias = None

    def build(self, input_shape: Any) -> None:
        self._add_adaptable((input_shape[-1], self.units), self.kernel_initializer)
        if self.use_bias:
            self.bias: Any = self.add_weight(
                name="bias",
                shape=(self.units,),
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )
        self.input_spec = InputSpec(min_ndim=2, axes={-1: input_shape[-1]})

    def call(self, inputs: TensorLike, training: bool | None = None) -> Any:
        outputs = self._multiplied(inputs, training)
        if self.bias is not None:
            outputs = ops.add(outputs, self.bias)
        return self._activated(outputs)

    def _product(self, inputs: Any, weight: Any) -> Any:
        return ops.matmul(inputs, weight)

    def _product_gradient(self, upstream: Any, weight: Any) -> Any:
        return ops.matmul(upstream, ops.transpose(weight))

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape[:-1], self.units)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "units": self.units,
            "activation": activations.serialize(self.activation),
            "use_bias": self.use_bias,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }
