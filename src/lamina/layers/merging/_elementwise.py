from functools import reduce
from typing import Any

from lamina import ops
from lamina._public import public
from lamina._typing import TensorLike
from lamina.ops._symbolic import KerasTensor

from ._merge import Merge


@public("layers.Add")
class Add(Merge):
    """The sum of a list of tensors, elementwise.

    Inputs: a list of tensors `(batch, ...)` that broadcast against each other; output of their common shape.

    Example:
        >>> layers.Add()([ops.array([1.0, 2.0]), ops.array([3.0, 4.0])])
        Tensor([4., 6.], dtype=float32)
    """

    def _join(self, inputs: list[Any]) -> Any:
        return reduce(ops.add, inputs)


@public("layers.Subtract")
class Subtract(Merge):
    """The first of two tensors minus the second.

    Inputs: a list of two tensors `(batch, ...)` that broadcast against each other; output of their common shape.

    Example:
        >>> layers.Subtract()([ops.array([1.0, 2.0]), ops.array([3.0, 5.0])])
        Tensor([-2., -3.], dtype=float32)
    """

    least = 2

    def _check_shapes(self, shapes: Any, origins: Any = None) -> None:
        super()._check_shapes(shapes, origins)
        if len(shapes) != 2:
            raise ValueError(f"{self._owner}: expected exactly 2 tensors; got {len(shapes)}.")

    def _join(self, inputs: list[Any]) -> Any:
        return ops.subtract(inputs[0], inputs[1])


@public("layers.Multiply")
class Multiply(Merge):
    """The product of a list of tensors, elementwise.

    Inputs: a list of tensors `(batch, ...)` that broadcast against each other; output of their common shape.

    Example:
        >>> layers.Multiply()([ops.array([1.0, 2.0]), ops.array([3.0, 4.0])])
        Tensor([3., 8.], dtype=float32)
    """

    def _join(self, inputs: list[Any]) -> Any:
        return reduce(ops.multiply, inputs)


@public("layers.Average")
class Average(Merge):
    """The mean of a list of tensors, elementwise.

    Inputs: a list of tensors `(batch, ...)` that broadcast against each other; output of their common shape.

    Example:
        >>> layers.Average()([ops.array([1.0, 2.0]), ops.array([3.0, 4.0])])
        Tensor([2., 3.], dtype=float32)
    """

    def _join(self, inputs: list[Any]) -> Any:
        return ops.divide(reduce(ops.add, inputs), len(inputs))

    def compute_output_spec(self, inputs: TensorLike) -> Any:
        spec = super().compute_output_spec(inputs)
        return KerasTensor(spec.shape, ops.result_type(spec.dtype, float))


@public("layers.Maximum")
class Maximum(Merge):
    """The largest of a list of tensors, elementwise.

    Inputs: a list of tensors `(batch, ...)` that broadcast against each other; output of their common shape.

    Example:
        >>> layers.Maximum()([ops.array([1.0, 5.0]), ops.array([3.0, 4.0])])
        Tensor([3., 5.], dtype=float32)
    """

    def _join(self, inputs: list[Any]) -> Any:
        return reduce(ops.maximum, inputs)


@public("layers.Minimum")
class Minimum(Merge):
    """The smallest of a list of tensors, elementwise.

    Inputs: a list of tensors `(batch, ...)` that broadcast against each other; output of their common shape.

    Example:
        >>> layers.Minimum()([ops.array([1.0, 5.0]), ops.array([3.0, 4.0])])
        Tensor([1., 4.], dtype=float32)
    """

    def _join(self, inputs: list[Any]) -> Any:
        return reduce(ops.minimum, inputs)


@public("layers.add")
def add(inputs: TensorLike, **kwargs: Any) -> Any:
    """The sum of a list of tensors, through a layer `Add`.

    Example:
        >>> layers.add([ops.array([1.0, 2.0]), ops.array([3.0, 4.0])])
        Tensor([4., 6.], dtype=float32)
    """
    return Add(**kwargs)(inputs)


@public("layers.subtract")
def subtract(inputs: TensorLike, **kwargs: Any) -> Any:
    """The first of two tensors minus the second, through a layer `Subtract`.

    Example:
        >>> layers.subtract([ops.array([1.0, 2.0]), ops.array([3.0, 5.0])])
        Tensor([-2., -3.], dtype=float32)
    """
    return Subtract(**kwargs)(inputs)


@public("layers.multiply")
def multiply(inputs: TensorLike, **kwargs: Any) -> Any:
    """The product of a list of tensors, through a layer `Multiply`.

    Example:
        >>> layers.multiply([ops.array([1.0, 2.0]), ops.array([3.0, 4.0])])
        Tensor([3., 8.], dtype=float32)
    """
    return Multiply(**kwargs)(inputs)


@public("layers.average")
def average(inputs: TensorLike, **kwargs: Any) -> Any:
    """The mean of a list of tensors, through a layer `Average`.

    Example:
        >>> layers.average([ops.array([1.0, 2.0]), ops.array([3.0, 4.0])])
        Tensor([2., 3.], dtype=float32)
    """
    return Average(**kwargs)(inputs)


@public("layers.maximum")
def maximum(inputs: TensorLike, **kwargs: Any) -> Any:
    """The largest of a list of tensors, through a layer `Maximum`.

    Example:
        >>> layers.maximum([ops.array([1.0, 5.0]), ops.array([3.0, 4.0])])
        Tensor([3., 5.], dtype=float32)
    """
    return Maximum(**kwargs)(inputs)


@public("layers.minimum")
def minimum(inputs: TensorLike, **kwargs: Any) -> Any:
    """The smallest of a list of tensors, through a layer `Minimum`.

    Example:
        >>> layers.minimum([ops.array([1.0, 5.0]), ops.array([3.0, 4.0])])
        Tensor([1., 4.], dtype=float32)
    """
    return Minimum(**kwargs)(inputs)
