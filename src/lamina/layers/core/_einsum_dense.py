from typing import Any, Unpack

from lamina import activations, constraints, initializers, ops, regularizers
from lamina._public import public
from lamina._typing import TensorLike

from .._base._arguments import LayerArguments
from .._base._low_rank import Adaptable
from .._base._quantized_einsum import QuantizedEinsum
from .._base._unsupported import refuse


@public("layers.EinsumDense")
class EinsumDense(QuantizedEinsum):
    """A dense layer of any rank: `activation(einsum(equation, x, kernel) + bias)`.

    Args:
        equation: such as `"abc,cd->abd"`; "..." may stand for any axes, at the left or at the right of all terms.
        output_shape: sizes of the output's axes without the batch (and without those under "..."); None where the size
            is that of the input.
        activation: function or its name.
        bias_axes: the output axes that the bias has, as a string such as "d"; None for no bias.
        kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, kernel_constraint, bias_constraint:
            as in Dense.
        lora_rank, lora_alpha: as for `enable_lora`, which building then calls.
        gptq_unpacked_column_size: must be None.
        quantization_config: how the weight is quantised, if the dtype policy says that it is.

    Input and output have the axes that `equation` names, such as `(batch, steps, features)` and `(batch, steps, units)`.

    Example:
        >>> EinsumDense("abc,cd->abd", output_shape=(None, 4), bias_axes="d")(ops.ones((2, 3, 5))).shape
        (2, 3, 4)
    """

    kernel = Adaptable()

    def __init__(
        self,
        equation: Any,
        output_shape: Any,
        activation: Any = None,
        bias_axes: Any = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        lora_rank: Any = None,
        lora_alpha: Any = None,
        gptq_unpacked_column_size: Any = None,
        quantization_config: Any = None,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(**kwargs)
        self._ask_lora(lora_rank, lora_alpha)
        self._ask_quantization(quantization_config)
        refuse(self, gptq_unpacked_column_size=gptq_unpacked_column_size)
        self.equation = equation
        self.partial_output_shape: Any = (output_shape,) if isinstance(output_shape, int) else tuple(output_shape)
        self.bias_axes = bias_axes
        self.activation: Any = activations.get(activation)
        self.kernel_initializer: Any = initializers.get(kernel_initializer)
        self.bias_initializer: Any = initializers.get(bias_initializer)
        self.kernel_regularizer: Any = regularizers.get(kernel_regularizer)
        self.bias_regularizer: Any = regularizers.get(bias_regularizer)
        self.kernel_constraint: Any = constraints.get(kernel_constraint)
        self.bias_constraint: Any = constraints.get(bias_constraint)
        self.bias = None

    def build(self, input_shape: Any) -> None:
        kernel_shape, bias_shape, self.full_output_shape = read_equation(
            self.equation, self.bias_axes, input_shape, self.partial_output_shape, self._owner
        )
        self._add_adaptable(kernel_shape, self._scaled_initializer())
        if bias_shape is not None:
            self.bias: Any = self.add_weight(
                name="bias",
                shape=bias_shape,
                initializer=self.bias_initializer,
                regularizer=self.bias_regularizer,
                constraint=self.bias_constraint,
            )

    def _scaled_initializer(self) -> Any:
        """The kernel's initializer; one that goes by fan-in and fan-out is told which axes are which, if it was not."""
        own = self.kernel_initializer
        if not isinstance(own, initializers.VarianceScaling) or own.input_axes is not None:
            return own
        weight, out = self.equation.replace(" ", "").partition(",")[2].split("->")
        axes = [[i for i, label in enumerate(weight) if (label in out) is wanted] for wanted in (False, True)]
        return type(own).from_config(
            {**own.get_config(), "seed": own.seed, "input_axes": axes[0], "output_axes": axes[1]}
        )

    def call(self, inputs: TensorLike, training: bool | None = None) -> Any:
        outputs = self._multiplied(inputs, training)
        if self.bias is not None:
            outputs = ops.add(outputs, self.bias)
        return self._activated(outputs)

    def compute_output_shape(self, input_shape: Any) -> Any:
        return read_equation(self.equation, self.bias_axes, input_shape, self.partial_output_shape, self._owner)[2]

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "output_shape": self.partial_output_shape,
            "equation": self.equation,
            "activation": activations.serialize(self.activation),
            "bias_axes": self.bias_axes,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
        }


def read_equation(
    equation: str, bias_axes: Any, input_shape: tuple[Any, ...], output_shape: tuple[Any, ...], owner: str
) -> tuple[Any, ...]:
    """The shapes of kernel, bias (None for none) and output that the equation asks for."""
    compact = equation.replace(" ", "")
    left_hand, arrow, out = compact.partition("->")
    terms = left_hand.split(",")
    if not arrow or len(terms) != 2 or "." in terms[1]:
        raise ValueError(f"{owner}: equation must look like 'abc,cd->abd' or '...x,xy->...y'; got {equation!r}.")
    source, weight = terms
    elided_left = source.startswith("...") and out.startswith("...")
    elided_right = source.endswith("...") and out.endswith("...")
    if ("." in source or "." in out) and not (elided_left or elided_right):
        raise ValueError(
            f"{owner}: '...' must stand at the left of input and output or at the right of both; got {equation!r}."
        )
    source, out = source.replace("...", ""), out.replace("...", "")
    elided = len(input_shape) - len(source)
    if elided < 0 or (elided and not (elided_left or elided_right)):
        raise ValueError(f"{owner}: the equation {equation!r} names {len(source)} input axes; got shape {input_shape}.")
    if elided_left:
        known = dict(zip(source, input_shape[elided:]))
        full_output: list[Any] = list(output_shape)
        names = out
        if len(output_shape) != len(out):
            raise ValueError(f"{owner}: output_shape {output_shape} does not have the axes {out!r} of {equation!r}.")
    else:
        known = dict(zip(source, input_shape))
        full_output = [known.get(out[:1]), *output_shape]
        names = out
        if len(full_output) != len(out):
            raise ValueError(
                f"{owner}: output_shape {output_shape} (without the batch) does not have the axes {out[1:]!r} "
                f"of {equation!r}."
            )
    sizes: dict[str, Any] = {}
    for label, size in zip(names, full_output):
        if label in known and size is not None and known[label] is not None and size != known[label]:
            raise ValueError(
                f"{owner}: axis {label!r} of {equation!r} has size {known[label]} in the input {input_shape} and "
                f"{size} in output_shape."
            )
        sizes[label] = known.get(label) if size is None else size
    for label in weight:
        if label not in known and label not in sizes:
            raise ValueError(
                f"{owner}: kernel axis {label!r} of {equation!r} is neither in the input nor in the output."
            )
    kernel = tuple(known[label] if known.get(label) is not None else sizes.get(label) for label in weight)
    result = tuple(sizes[label] for label in names)
    missing = tuple(input_shape[:elided]) if elided_left else ()
    trailing = tuple(input_shape[len(source) :]) if elided_right and not elided_left else ()
    bias = None
    if bias_axes:
        unknown = [label for label in bias_axes if label not in names]
        if unknown:
            raise ValueError(f"{owner}: bias_axes {bias_axes!r} are not all in the output of {equation!r}.")
        first = min(names.index(label) for label in bias_axes)
        bias = tuple(sizes[label] if label in bias_axes else 1 for label in names[first:])
        if trailing:
            bias += (1,) * len(trailing)
    return kernel, bias, missing + result + trailing
