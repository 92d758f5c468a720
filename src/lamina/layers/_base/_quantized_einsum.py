"""The weight of an einsum as a matrix to the quantiser, and the places of its scales in the output."""

import math
from typing import Any

from lamina import ops

from ._quantized_product import QuantizedProduct


class QuantizedEinsum(QuantizedProduct):
    """A quantisable layer whose product is `einsum(equation, inputs, weight)`; it sets `equation` and `full_output_shape`."""

    equation: str
    full_output_shape: tuple[Any, ...]

    @property
    def _labels(self) -> tuple[str, str, str]:
        """The labels of input, weight and output; axes under "..." have labels that no equation has."""
        left, out = self.equation.replace(" ", "").split("->")
        source, weight = left.split(",")
        elided = len(self.full_output_shape) - len(out.replace("...", ""))
        hidden = "".join(chr(0x100 + i) for i in range(elided))
        return source.replace("...", hidden), weight, out.replace("...", hidden)

    def _product(self, inputs: Any, weight: Any) -> Any:
        return ops.einsum(self.equation, inputs, weight)

    def _product_gradient(self, upstream: Any, weight: Any) -> Any:
        left, out = self.equation.replace(" ", "").split("->")
        source, kernel = left.split(",")
        return ops.einsum(f"{out},{kernel}->{source}", upstream, weight)

    def _input_axes(self, inputs: Any) -> Any:
        source, _, out = self._labels
        return _missing(source, out)

    @property
    def _reduced_axes(self) -> tuple[int, ...]:  # type: ignore[override]  # Dense's are known to its class
        _, weight, out = self._labels
        return _missing(weight, out)

    @property
    def _is_product(self) -> bool:
        """Whether each axis but those of the batch is summed over, or of the input alone, or of the weight alone."""
        source, weight, out = self._labels
        return all((label in source) + (label in weight) + (label in out) == 2 for label in {*source, *weight, *out})

    def _observe(self, inputs: Any) -> None:
        if self._is_product:
            super()._observe(inputs)

    def _check_mode(self, mode: str, what: str) -> None:
        super()._check_mode(mode, what)
        if mode in ("gptq", "awq") and not self._is_product:
            raise NotImplementedError(
                f"{self._owner}.{what}: {self.equation!r} is no product of matrices, for which {mode!r} is known."
            )

    @property
    def _kept_axes(self) -> tuple[int, ...]:
        """The axes of the weight that the output has too."""
        return tuple(axis for axis in range(len(self._labels[1])) if axis not in self._reduced_axes)

    def _sum_shape(self, shape: tuple[int, ...]) -> tuple[int, int]:
        return self._matrix_shape(shape)

    def _sum_matrix(self, weight: Any) -> Any:
        turned = ops.transpose(ops.convert_to_tensor(weight), (*self._reduced_axes, *self._kept_axes))
        return ops.reshape(turned, self._matrix_shape(tuple(weight.shape)))

    def _from_sum_matrix(self, matrix: Any) -> Any:
        order = (*self._reduced_axes, *self._kept_axes)
        turned = ops.reshape(matrix, [self._weight_shape[axis] for axis in order])
        return ops.transpose(turned, [order.index(axis) for axis in range(len(order))])

    def _input_rows(self, inputs: Any) -> Any:
        source, weight, _ = self._labels
        summed = [source.index(weight[axis]) for axis in self._reduced_axes]
        others = [axis for axis in range(len(source)) if axis not in summed]
        turned = ops.transpose(inputs, [*others, *summed])
        return ops.reshape(turned, (-1, math.prod(inputs.shape[axis] for axis in summed)))

    def _matrix_shape(self, shape: tuple[int, ...]) -> tuple[int, int]:
        rows = math.prod(shape[axis] for axis in self._reduced_axes)
        return rows, math.prod(shape) // rows

    def _as_matrix(self, weight: Any) -> Any:
        return ops.reshape(ops.convert_to_tensor(weight), self._matrix_shape(tuple(weight.shape)))

    def _from_matrix(self, matrix: Any) -> Any:
        return ops.reshape(matrix, self._weight_shape)

    def _scale_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        _, weight, out = self._labels
        sizes = dict(zip(weight, shape))
        return tuple(sizes.get(label, 1) for label in out)

    def _kept_scale(self, scale: Any) -> Any:
        _, weight, out = self._labels
        return _moved(ops.convert_to_tensor(scale), weight, out)

    def _weight_scale(self, scale: Any) -> Any:
        _, weight, out = self._labels
        return _moved(scale, out, weight)

    def _output_scale(self, scale: Any, inputs: Any) -> Any:
        source, _, out = self._labels
        return _moved(scale, source, out)


def _missing(labels: str, out: str) -> tuple[int, ...]:
    """The places of the labels that are not in `out`."""
    return tuple(i for i, label in enumerate(labels) if label not in out)


def _moved(scale: Any, labels: str, out: str) -> Any:
    """A tensor with the axes `labels` (of size 1 where `out` has none of the name) with the axes `out`, of size 1 where new."""
    kept = [label for label in labels if label in out]
    absent = _missing(labels, out)
    scale = ops.squeeze(scale, absent) if absent else scale
    scale = ops.transpose(scale, [kept.index(label) for label in out if label in kept])
    for place in _missing(out, labels):
        scale = ops.expand_dims(scale, place)
    return scale
