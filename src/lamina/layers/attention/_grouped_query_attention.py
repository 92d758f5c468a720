from typing import Any, Unpack

from lamina._checks import check_positive_int
from lamina._public import public

from .._base._arguments import GeneralArguments
from ._projected_attention import ProjectedAttention


@public("layers.GroupQueryAttention")
class GroupedQueryAttention(ProjectedAttention):
    """Multi-head attention in which groups of query heads share one head of keys and values.

    With `num_key_value_heads` equal to `num_query_heads` it is multi-head attention; with 1, multi-query attention.

    Called as `layer(query, value, key=None)`: query `(batch, targets, features)`, value `(batch, sources, ...)`, key
    `(batch, sources, ...)`, by default the value. Gives `(batch, targets, features)`.

    Args:
        head_dim: size of each head.
        num_query_heads: number of query heads, a multiple of `num_key_value_heads`.
        num_key_value_heads: number of heads of keys and values.
        dropout: fraction of the attention weights that is dropped in training.
        use_bias: whether the projections add a bias.
        sliding_window: steps this far apart or farther do not see each other; None for no limit.
        flash_attention: must be None or False.
        kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
            kernel_constraint, bias_constraint: of the projections.
        use_gate: whether the heads' results are multiplied by a sigmoid of a projection of the query.
        seed: int or None, for dropout.

    `call` takes `query_mask`, `value_mask`, `key_mask` (bool, `(batch, steps)`), `attention_mask` (bool,
    `(batch, targets, sources)`), `use_causal_mask`, and `return_attention_scores`, which gives the weights
    `(batch, query heads, targets, sources)`, too.

    Example:
        >>> layer = layers.GroupQueryAttention(head_dim=4, num_query_heads=4, num_key_value_heads=2)
        >>> layer(ops.ones((2, 3, 8)), ops.ones((2, 5, 8))).shape
        (2, 3, 8)

    Reference: Ainslie et al., GQA: Training Generalized Multi-Query Transformer Models, 2023, arXiv:2305.13245
    """

    def __init__(
        self,
        head_dim: Any,
        num_query_heads: Any,
        num_key_value_heads: Any,
        dropout: float = 0.0,
        use_bias: bool = True,
        sliding_window: Any = None,
        flash_attention: Any = None,
        kernel_initializer: Any = "glorot_uniform",
        bias_initializer: Any = "zeros",
        kernel_regularizer: Any = None,
        bias_regularizer: Any = None,
        activity_regularizer: Any = None,
        kernel_constraint: Any = None,
        bias_constraint: Any = None,
        use_gate: bool = False,
        seed: Any = None,
        **kwargs: Unpack[GeneralArguments],
    ):
        where = type(self).__name__
        check_positive_int(head_dim, "head_dim", where)
        check_positive_int(num_query_heads, "num_query_heads", where)
        check_positive_int(num_key_value_heads, "num_key_value_heads", where)
        if num_query_heads % num_key_value_heads:
            raise ValueError(
                f"{where}: num_query_heads must be a multiple of num_key_value_heads; got {num_query_heads} and "
                f"{num_key_value_heads}."
            )
        super().__init__(
            head_dim,
            dropout=dropout,
            use_bias=use_bias,
            sliding_window=sliding_window,
            flash_attention=flash_attention,
            kernel_initializer=kernel_initializer,
            bias_initializer=bias_initializer,
            kernel_regularizer=kernel_regularizer,
            bias_regularizer=bias_regularizer,
            activity_regularizer=activity_regularizer,
            kernel_constraint=kernel_constraint,
            bias_constraint=bias_constraint,
            use_gate=use_gate,
            seed=seed,
            **kwargs,
        )
        # As in Keras, the output is penalised like the projections.
        self.activity_regularizer = self._projection_regularizer
        self.head_dim = head_dim
        self.num_query_heads = num_query_heads
        self.num_key_value_heads = num_key_value_heads

    def build(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> None:
        key_shape = self._checked(query_shape, value_shape, key_shape)
        self._query_dense = self._to_heads("query", query_shape, self.num_query_heads, self.head_dim)
        self._key_dense = self._to_heads("key", key_shape, self.num_key_value_heads, self.head_dim)
        if self.use_gate:
            self._gate_dense = self._to_heads(
                "gate", query_shape, self.num_query_heads, self.head_dim, activation="sigmoid"
            )
        self._value_dense = self._to_heads("value", value_shape, self.num_key_value_heads, self.head_dim)
        self._build_attention(4, (1,))
        self._output_dense = self._from_heads(query_shape, self.num_query_heads, self.head_dim, (query_shape[-1],))

    def _checked(self, query_shape: Any, value_shape: Any, key_shape: Any) -> tuple[Any, ...]:
        key_shape = value_shape if key_shape is None else key_shape
        if any(len(shape) != 3 for shape in (query_shape, value_shape, key_shape)) or value_shape[1] != key_shape[1]:
            raise ValueError(
                f"{self._owner}: query, value and key must be (batch, steps, features), value and key with the same steps; "
                f"got shapes {tuple(query_shape)}, {tuple(value_shape)} and {tuple(key_shape)}."
            )
        return tuple(key_shape)

    def compute_output_shape(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> Any:
        self._checked(query_shape, value_shape, key_shape)
        return tuple(query_shape)

    def _score_shape(self, query_shape: tuple[Any, ...], value_shape: tuple[Any, ...]) -> tuple[Any, ...]:
        return (query_shape[0], self.num_query_heads, query_shape[1], value_shape[1])

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "head_dim": self.head_dim,
            "num_query_heads": self.num_query_heads,
            "num_key_value_heads": self.num_key_value_heads,
        }
