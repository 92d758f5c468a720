from typing import Any, Unpack

from lamina._checks import check_one_of, check_positive_int
from lamina._public import public
from lamina._typing import TensorLike
from lamina.engines import engine

from .._base._arguments import LayerArguments
from .._base._layer import Layer
from .._base._specs import specs_of
from .._base._unsupported import refuse
from ._converts_weight import ConvertsWeight
from ._encode import encode, encoded_shape


@public("layers.CategoryEncoding")
class CategoryEncoding(ConvertsWeight, Layer):
    """Integers as vectors.

    Args:
        num_tokens: number of categories; inputs are `0 <= x < num_tokens`.
        output_mode: "one_hot", "multi_hot" (1 for each category that occurs in a sample) or "count".
        sparse: must be False.

    `call` takes `count_weights`, of the shape of the inputs, in mode "count".

    Input integers `(batch, n)` or `(batch,)`, output floating `(batch, num_tokens)`; with "one_hot" and n > 1
    `(batch, n, num_tokens)`.

    Example:
        >>> layers.CategoryEncoding(num_tokens=3, output_mode="one_hot")([0, 2])
        Tensor([[1., 0., 0.],
                [0., 0., 1.]], dtype=float32)
    """

    def __init__(
        self,
        num_tokens: Any = None,
        output_mode: str = "multi_hot",
        sparse: bool = False,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(**kwargs)
        refuse(self, sparse=sparse)
        output_mode = "multi_hot" if output_mode == "binary" else output_mode
        check_one_of(output_mode, ("count", "one_hot", "multi_hot"), "output_mode", self._owner)
        check_positive_int(num_tokens, "num_tokens", self._owner)
        self.num_tokens = num_tokens
        self.output_mode = output_mode
        self._build_at_init()

    def call(self, inputs: TensorLike, count_weights: TensorLike = None) -> Any:
        if count_weights is not None and self.output_mode != "count":
            raise ValueError(f"{self._owner}: count_weights needs output_mode='count'; it is {self.output_mode!r}.")
        if not engine.is_traced(inputs):
            values = engine.numpy(inputs)
            if values.size and not 0 <= values.min() <= values.max() < self.num_tokens:
                raise ValueError(
                    f"{self._owner}: the inputs must be from 0 to num_tokens - 1 = {self.num_tokens - 1}; got values "
                    f"from {values.min()} to {values.max()}."
                )
        return encode(inputs, self.output_mode, self.num_tokens, self.compute_dtype, count_weights)

    def compute_output_shape(self, input_shape: Any, count_weights_shape: Any = None) -> Any:
        return encoded_shape(tuple(input_shape) or (1,), self.output_mode, self.num_tokens)

    def compute_output_spec(self, inputs: TensorLike, count_weights: TensorLike = None) -> Any:
        return specs_of(self.compute_output_shape(tuple(inputs.shape)), self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {**super().get_config(), "num_tokens": self.num_tokens, "output_mode": self.output_mode}
