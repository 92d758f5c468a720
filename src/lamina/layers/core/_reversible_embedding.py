from typing import Any

from lamina import ops
from lamina._public import public
from lamina._typing import TensorLike

from .._base._low_rank import Adaptable
from .._base._mask import set_mask
from .._base._quantized import Quantizable
from .._base._quantized_product import QuantizedProduct
from .._base._specs import specs_of
from ._embedding import Embedding


@public("layers.ReversibleEmbedding")
class ReversibleEmbedding(Embedding, QuantizedProduct):
    """An Embedding that also leads back: with `reverse=True`, vectors become a logit for each row of the table.

    Args:
        input_dim, output_dim, embeddings_initializer, embeddings_regularizer, embeddings_constraint, mask_zero: as in
            Embedding.
        tie_weights: whether the way back multiplies by the same table; else by a matrix `(output_dim, input_dim)` of its own.
        reverse_dtype: dtype of the logits and their calculation; None for that of the layer.
        logit_soft_cap: positive number c; logits become `c · tanh(logits / c)`. None leaves them as they are.

    Input `(batch, ...)`, integers, output `(batch, ..., output_dim)`; in reverse `(batch, ..., output_dim)` to
    `(batch, ..., input_dim)`.

    Example:
        >>> layer = layers.ReversibleEmbedding(10, 4)
        >>> vectors = layer(ops.array([[1, 2, 3]]))
        >>> vectors.shape, layer(vectors, reverse=True).shape
        ((1, 3, 4), (1, 3, 10))

    Reference: Press and Wolf, Using the Output Embedding to Improve Language Models, 2016, arXiv:1608.05859.
    """

    embeddings = Adaptable()
    _quantization_modes = Quantizable._quantization_modes

    def __init__(
        self,
        input_dim: int,
        output_dim: int,
        tie_weights: bool = True,
        embeddings_initializer: Any = "uniform",
        embeddings_regularizer: Any = None,
        embeddings_constraint: Any = None,
        mask_zero: bool = False,
        reverse_dtype: Any = None,
        logit_soft_cap: float | None = None,
        **kwargs: Any,
    ):
        super().__init__(
            input_dim,
            output_dim,
            embeddings_initializer=embeddings_initializer,
            embeddings_regularizer=embeddings_regularizer,
            embeddings_constraint=embeddings_constraint,
            mask_zero=mask_zero,
            **kwargs,
        )
        self.tie_weights = tie_weights
        self.reverse_dtype = reverse_dtype
        self.logit_soft_cap = logit_soft_cap

    def build(self, input_shape: Any = None) -> None:
        super().build(input_shape)
        if not self.tie_weights and not self._keeps_levels:
            self.reverse_embeddings: Any = self.add_weight(
                name="reverse_embeddings",
                shape=(self.output_dim, self.input_dim),
                initializer=self.embeddings_initializer,
            )

    def call(self, inputs: TensorLike, reverse: bool = False) -> Any:
        if reverse:
            return self._logits(inputs)
        outputs = super().call(inputs)
        return set_mask(outputs, ops.not_equal(inputs, 0)) if self.mask_zero else outputs

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None) -> Any:
        return None  # which way the layer is called is known in `call` alone, where the mask is set

    def _logits(self, inputs: Any) -> Any:
        dtype = self.reverse_dtype or self.compute_dtype
        if self._keeps_levels and self.inputs_quantizer is not None:
            logits = self._quantized_logits(ops.cast(inputs, self.compute_dtype))
        else:
            logits = self._product(ops.cast(inputs, dtype), ops.cast(self._reverse_weight(), dtype))
        logits, cap = ops.cast(logits, dtype), self.logit_soft_cap
        return logits if cap is None else ops.multiply(ops.tanh(ops.divide(logits, cap)), cap)

    def _quantized_logits(self, inputs: Any) -> Any:
        if not self.tie_weights:
            floats = self._reverse_weight()
            return self._integer_product(inputs, self.reverse_embeddings, self.reverse_embeddings_scale, floats)
        stored = self._stored_weight
        floats = ops.transpose(self._base_weight(stored))
        levels = ops.transpose(ops.convert_to_tensor(stored))
        logits = self._integer_product(inputs, levels, self.embeddings_scale, floats)
        if self.lora_enabled:
            logits = ops.add(logits, self._product(inputs, ops.transpose(self._cast_delta())))
        return logits

    def _reverse_weight(self) -> Any:
        """The floats that lead back, `(output_dim, input_dim)`."""
        if self.tie_weights:
            return ops.transpose(self.embeddings)
        if not self._keeps_levels:
            return self.reverse_embeddings
        kept = (getattr(self, f"reverse_embeddings{part}", None) for part in ("", "_scale", "_zero"))
        return ops.transpose(self._floats(*(None if v is None else ops.transpose(v) for v in kept)))

    def _product(self, inputs: Any, weight: Any) -> Any:
        return ops.matmul(inputs, weight)

    def _product_gradient(self, upstream: Any, weight: Any) -> Any:
        return ops.matmul(upstream, ops.transpose(weight))

    # The weight that leads back is quantised, and kept, as the transpose of a table.

    def _quantize(self, config: Any) -> None:
        parts: dict[str, Any] = {}
        if not self.tie_weights:
            parts = self._quantized_parts(ops.transpose(self.reverse_embeddings), config)
            del self.reverse_embeddings
        super()._quantize(config)
        for name, value in parts.items():
            getattr(self, f"reverse_{name.removeprefix('_')}").assign(ops.transpose(value))

    def _build_levels(self, shape: tuple[int, ...], mode: str, block: int | None) -> None:
        super()._build_levels(shape, mode, block)
        names = [] if self.tie_weights else ["_embeddings", "embeddings_scale", "embeddings_zero"]
        for name, like in [(name, getattr(self, name)) for name in names if hasattr(self, name)]:
            own, initializer = f"reverse_{name.removeprefix('_')}", "ones" if name.endswith("scale") else "zeros"
            setattr(self, own, self._add_fixed(own, tuple(reversed(like.shape)), initializer, like.dtype))

    @property
    def _filed_parts(self) -> dict[str | None, list[str]]:
        if self.tie_weights:
            return super()._filed_parts
        reverse = [f"reverse_embeddings{part}" for part in ("", "_scale", "_zero")]
        ends = {None: reverse[:1], "int8": reverse[:2], "int4": reverse}
        return {mode: [*parts, *ends.get(mode, [])] for mode, parts in super()._filed_parts.items()}

    def compute_output_shape(self, input_shape: Any, reverse: bool = False) -> Any:
        return (*input_shape[:-1], self.input_dim) if reverse else super().compute_output_shape(input_shape)

    def compute_output_spec(self, inputs: TensorLike, reverse: bool = False) -> Any:
        dtype = self.reverse_dtype if reverse and self.reverse_dtype else self.compute_dtype
        return specs_of(self.compute_output_shape(tuple(inputs.shape), reverse), dtype)

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        return {
            **config,
            "tie_weights": self.tie_weights,
            "reverse_dtype": self.reverse_dtype,
            "logit_soft_cap": self.logit_soft_cap,
        }
