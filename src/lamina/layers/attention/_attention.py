from typing import Any, Unpack

from lamina import ops, random
from lamina._checks import check_fraction
from lamina._public import public
from lamina._typing import TensorLike
from lamina.ops._symbolic import KerasTensor
from lamina.variables import SeedGenerator

from .._base._arguments import LayerArguments
from .._base._call import is_shape
from .._base._layer import Layer
from ._masks import both, causal_mask

# Taken from masked scores: large enough to leave them no weight, small enough for half precision.
_MASKED = {"float16": 65504.0}


@public("layers.Attention")
class Attention(Layer):
    """Means of values, weighted by how well their keys fit each query: `softmax(query keyᵀ) value` (Luong).

    Called on `[query, value]` or `[query, value, key]`: query `(batch, targets, dim)`, value `(batch, sources,
    value_dim)`, key `(batch, sources, dim)`, by default the value. Gives `(batch, targets, value_dim)`.

    Args:
        use_scale: whether scores are multiplied by a learned number.
        score_mode: "dot" for products; "concat" for a learned number times the sum of `tanh(query + key)`.
        dropout: fraction of the weights that is dropped in training.
        seed: int or None.

    `call` takes `mask=[query_mask, value_mask]` (bool, `(batch, steps)`; masked values get no weight, outputs of masked
    queries are 0), `use_causal_mask` (a step sees only steps up to its own) and `return_attention_scores` (gives the
    weights `(batch, targets, sources)`, too).

    Example:
        >>> layers.Attention()([ops.ones((2, 3, 4)), ops.ones((2, 5, 4))]).shape
        (2, 3, 4)

    Reference: Luong et al., Effective Approaches to Attention-based Neural Machine Translation, 2015, arXiv:1508.04025
    """

    def __init__(
        self,
        use_scale: bool = False,
        score_mode: str = "dot",
        dropout: float = 0.0,
        seed: Any = None,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(**kwargs)
        check_fraction(dropout, "dropout", type(self).__name__)
        if score_mode not in ("dot", "concat"):
            raise ValueError(f'{self._owner}: score_mode must be "dot" or "concat"; got {score_mode!r}.')
        self.use_scale = use_scale
        self.score_mode = score_mode
        self.dropout = dropout
        self.seed = seed
        self.seed_generator: Any = SeedGenerator(seed) if dropout > 0 else None
        self.scale = None
        self.concat_score_weight = None

    def build(self, input_shape: Any) -> None:
        self._check_inputs_list(input_shape)
        if self.use_scale:
            self.scale: Any = self.add_weight(name="scale", shape=(), initializer="ones")
        if self.score_mode == "concat":
            self.concat_score_weight: Any = self.add_weight(name="concat_score_weight", shape=(), initializer="ones")

    def _check_inputs_list(self, inputs: Any, mask: Any = None) -> None:
        if not isinstance(inputs, (list, tuple)) or len(inputs) not in (2, 3) or is_shape(inputs):
            got = (
                f"{len(inputs)} inputs" if isinstance(inputs, (list, tuple)) and not is_shape(inputs) else "one tensor"
            )
            raise ValueError(f"{self._owner} must be called on [query, value] or [query, value, key]; got {got}.")
        if mask is not None and (not isinstance(mask, (list, tuple)) or len(mask) not in (2, 3)):
            raise ValueError(f"{self._owner}: mask must be a list [query_mask, value_mask]; got {mask!r}.")

    def _calculate_scores(self, query: Any, key: Any) -> Any:
        """How well each key fits each query, `(batch, targets, sources)`."""
        if self.score_mode == "dot":
            scores = ops.matmul(query, ops.swapaxes(key, -2, -1))
            return scores if self.scale is None else ops.multiply(scores, self.scale)
        pairs = ops.add(ops.expand_dims(query, -2), ops.expand_dims(key, -3))
        if self.scale is not None:
            pairs = ops.multiply(pairs, self.scale)
        return ops.multiply(ops.sum(ops.tanh(pairs), axis=-1), self.concat_score_weight)

    def _calculate_score_mask(self, scores: Any, value_mask: Any, use_causal_mask: bool) -> Any:
        if value_mask is not None:
            value_mask = ops.expand_dims(ops.cast(value_mask, "bool"), -2)
        return both(value_mask, causal_mask(*scores.shape[-2:]) if use_causal_mask else None)

    def _apply_scores(self, scores: Any, value: Any, scores_mask: Any = None, training: Any = False) -> tuple[Any, ...]:
        """The weighted means of the values, and the weights."""
        if scores_mask is not None:
            least = _MASKED.get(ops.standardize_dtype(scores.dtype), 1e9)
            scores = ops.where(scores_mask, scores, ops.subtract(scores, least))
        weights = ops.softmax(scores, axis=-1)
        if training and self.dropout > 0:
            weights = random.dropout(weights, self.dropout, seed=self.seed_generator)
        return ops.matmul(weights, value), weights

    def call(
        self,
        inputs: TensorLike,
        mask: TensorLike = None,
        training: bool | None = False,
        return_attention_scores: bool = False,
        use_causal_mask: bool = False,
    ) -> Any:
        self._check_inputs_list(inputs, mask)
        query, value = inputs[0], inputs[1]
        key = inputs[2] if len(inputs) > 2 else value
        query_mask, value_mask = (mask[0], mask[1]) if mask else (None, None)
        scores = self._calculate_scores(query=query, key=key)
        scores_mask = self._calculate_score_mask(scores, value_mask, use_causal_mask)
        outputs, weights = self._apply_scores(scores=scores, value=value, scores_mask=scores_mask, training=training)
        if query_mask is not None:
            present = ops.expand_dims(ops.cast(query_mask, "bool"), -1)
            outputs = ops.where(present, outputs, ops.zeros_like(outputs))
        return (outputs, weights) if return_attention_scores else outputs

    def compute_mask(self, inputs: TensorLike, mask: TensorLike = None) -> Any:
        return None if not mask or mask[0] is None else mask[0]

    def compute_output_shape(self, input_shape: Any) -> Any:
        self._check_inputs_list(input_shape)
        return (*input_shape[0][:-1], input_shape[1][-1])

    def compute_output_spec(
        self,
        inputs: TensorLike,
        mask: TensorLike = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        self._check_inputs_list(inputs, mask)
        outputs = KerasTensor(self.compute_output_shape([x.shape for x in inputs]), self.compute_dtype)
        if not return_attention_scores:
            return outputs
        return outputs, KerasTensor((*inputs[0].shape[:-1], inputs[1].shape[-2]), self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "use_scale": self.use_scale,
            "score_mode": self.score_mode,
            "dropout": self.dropout,
            "seed": self.seed,
        }
