from typing import Any

from lamina import constraints, initializers, ops, regularizers
from lamina._checks import check_positive_int
from lamina._public import public
from lamina._typing import TensorLike

from .._base._low_rank import Adaptable
from .._base._quantized import Quantizable
from .._base._specs import specs_of


@public("layers.Embedding")
class Embedding(Quantizable):
    """A table of vectors: an integer selects its row.

    Args:
        input_dim: number of rows, one more than the largest index.
        output_dim: length of a vector.
        embeddings_initializer, embeddings_regularizer, embeddings_constraint: of the table.
        mask_zero: whether index 0 is padding, to be masked.
        weights: initial table, `(input_dim, output_dim)`; with it the layer is built at once.
        lora_rank, lora_alpha: as for `enable_lora`, which building then calls.
        quantization_config: how the table is quantised, if the dtype policy says that it is.

    Input `(batch, ...)`, integers; output `(batch, ..., output_dim)`.
    Example:
        >>> layers.Embedding(10, 4)(ops.array([[1, 2, 3]])).shape
        (1, 3, 4)
    """

    adaptable = "embeddings"
    embeddings = Adaptable()

    def __init__(
        self,
        input_dim: Any,
        output_dim: Any,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        weights: TensorLike = None,
        lora_rank: Any = None,
        lora_alpha: Any = None,
        quantization_config: Any = None,
        **kwargs: Any,
    ):
        super().__init__(**kwargs)
        self._ask_lora(lora_rank, lora_alpha)
        self._ask_quantization(quantization_config)
        check_positive_int(input_dim, "input_dim", self._owner)
        check_positive_int(output_dim, "output_dim", self._owner)
        self.input_dim: int = int(input_dim)
        self.output_dim: int = int(output_dim)
        self.embeddings_initializer: Any = initializers.get(embeddings_initializer)
        self.embeddings_regularizer: Any = regularizers.get(embeddings_regularizer)
        self.embeddings_constraint: Any = constraints.get(embeddings_constraint)
        self.mask_zero = mask_zero
        self.supports_masking = mask_zero
        # Indices must not be rounded by a cast to a half-precision float.
        self.autocast = False
        if weights is not None:
            table = weights if not isinstance(weights, (list, tuple)) else weights[0]
            self._initial_weights = [ops.reshape(ops.convert_to_tensor(table), (self.input_dim, self.output_dim))]
            self.build()

    def build(self, input_shape: Any = None) -> None:
        self._add_adaptable((self.input_dim, self.output_dim), self.embeddings_initializer)

    # A row has a scale: to the quantiser, rows are columns.
    _reduced_axes = (1,)

    def _matrix_shape(self, shape: tuple[int, ...]) -> tuple[int, int]:
        return shape[1], shape[0]

    def _as_matrix(self, weight: Any) -> Any:
        return ops.transpose(weight)

    def _from_matrix(self, matrix: Any) -> Any:
        return ops.transpose(matrix)

    def _turned(self, matrix: Any) -> Any:
        return ops.transpose(matrix)

    def _turned_shape(self, shape: tuple[int, int]) -> tuple[int, int]:
        return shape[1], shape[0]

    def call(self, inputs: TensorLike) -> Any:
        if not ops.is_int_dtype(ops.standardize_dtype(inputs.dtype)):
            inputs = ops.cast(inputs, "int32")
        return ops.cast(ops.take(self.embeddings, inputs, axis=0), self.compute_dtype)

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None) -> Any:
        return ops.not_equal(inputs, 0) if self.mask_zero else None

    def compute_output_shape(self, input_shape: Any) -> Any:
        return (*input_shape, self.output_dim)

    def compute_output_spec(self, inputs: TensorLike) -> Any:
        return specs_of(self.compute_output_shape(tuple(inputs.shape)), self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "input_dim": self.input_dim,
            "output_dim": self.output_dim,
            "embeddings_initializer": initializers.serialize(self.embeddings_initializer),
            "embeddings_regularizer": regularizers.serialize(self.embeddings_regularizer),
            "activity_regularizer": regularizers.serialize(self.activity_regularizer),
            "embeddings_constraint": constraints.serialize(self.embeddings_constraint),
            "mask_zero": self.mask_zero,
        }
