from typing import Any, Unpack

from lamina import ops
from lamina._public import public

from .._base._arguments import LayerArguments
from ._attention import Attention


@public("layers.AdditiveAttention")
class AdditiveAttention(Attention):
    """Attention with scores `sum(scale · tanh(query + key))` (Bahdanau).

    Called like Attention, on `[query, value]` or `[query, value, key]`.

    Args:
        use_scale: whether the features are weighted by a learned vector.
        dropout: fraction of the weights that is dropped in training.

    Inputs: query `(batch, targets, dim)`, value `(batch, sources, value_dim)`, key `(batch, sources, dim)`; output
    `(batch, targets, value_dim)`.

    Example:
        >>> layers.AdditiveAttention()([ops.ones((2, 3, 4)), ops.ones((2, 5, 4))]).shape
        (2, 3, 4)

    Reference: Bahdanau et al., Neural Machine Translation by Jointly Learning to Align and Translate, 2014,
    arXiv:1409.0473
    """

    def __init__(self, use_scale: bool = True, dropout: float = 0.0, **kwargs: Unpack[LayerArguments]):
        super().__init__(use_scale=use_scale, dropout=dropout, **kwargs)

    def build(self, input_shape: Any) -> None:
        self._check_inputs_list(input_shape)
        if self.use_scale:
            self.scale: Any = self.add_weight(name="scale", shape=(input_shape[0][-1],), initializer="glorot_uniform")

    def _calculate_scores(self, query: Any, key: Any) -> Any:
        pairs = ops.tanh(ops.add(ops.expand_dims(query, -2), ops.expand_dims(key, -3)))
        return ops.sum(pairs if self.scale is None else ops.multiply(pairs, self.scale), axis=-1)

    def get_config(self) -> dict[str, Any]:
        return {name: value for name, value in super().get_config().items() if name != "score_mode"}
