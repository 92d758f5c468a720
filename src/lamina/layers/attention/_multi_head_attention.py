from typing import Any, Unpack

from lamina._checks import check_positive_int
from lamina._public import public

from .._base._arguments import GeneralArguments
from ._projected_attention import ProjectedAttention


@public("layers.MultiHeadAttention")
class MultiHeadAttention(ProjectedAttention):
    """Several attentions side by side, each over its own projections of query, key and value.

    For each head `softmax(Q Kᵀ / sqrt(key_dim)) V`; the heads' results, projected once more, are the output.

    Called as `layer(query, value, key=None)`: query `(batch, targets, features)`, value `(batch, sources, ...)`, key like
    value in all but the last axis, by default the value. Gives `(batch, targets, output)`.

    Args:
        num_heads: number of heads.
        key_dim: size of each head for query and key. value_dim: for value; `key_dim` by default.
        dropout: fraction of the attention weights that is dropped in training.
        use_bias: whether the projections add a bias.
        output_shape: size, or sizes, of the output's last axes; the query's features by default.
        attention_axes: the axes of steps that attention goes over; all between batch and features by default.
        sliding_window: steps this far apart or farther do not see each other; None for no limit.
        flash_attention: must be None or False.
        kernel_initializer, bias_initializer, kernel_regularizer, bias_regularizer, activity_regularizer,
            kernel_constraint, bias_constraint: of the projections.
        use_gate: whether the heads' results are multiplied by a sigmoid of a projection of the query.
        seed: int or None, for dropout.

    `call` takes `query_mask`, `value_mask`, `key_mask` (bool, `(batch, steps)`), `attention_mask` (bool,
    `(batch, targets, sources)`), `use_causal_mask`, and `return_attention_scores`, which gives the weights
    `(batch, heads, targets, sources)`, too.

    Example:
        >>> MultiHeadAttention(num_heads=2, key_dim=4)(ops.ones((3, 5, 6)), ops.ones((3, 7, 6))).shape
        (3, 5, 6)

    Reference: Vaswani et al., Attention Is All You Need, 2017, arXiv:1706.03762
    """

    def __init__(
        self,
        num_heads: Any,
        key_dim: Any,
        value_dim: Any = None,
        dropout: float = 0.0,
        use_bias: bool = True,
        output_shape: Any = None,
        attention_axes: Any = None,
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
        check_positive_int(num_heads, "num_heads", where)
        check_positive_int(key_dim, "key_dim", where)
        if value_dim is not None:
            check_positive_int(value_dim, "value_dim", where)
        super().__init__(
            key_dim,
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
        self.num_heads = num_heads
        self.key_dim = key_dim
        self.value_dim: Any = key_dim if value_dim is None else value_dim
        self._output_shape = _ints(output_shape, "output_shape", self._owner)
        self.attention_axes: Any = _ints(attention_axes, "attention_axes", self._owner)

    @property
    def query_dense(self) -> Any:
        return self._query_dense

    @property
    def key_dense(self) -> Any:
        return self._key_dense

    @property
    def value_dense(self) -> Any:
        return self._value_dense

    @property
    def output_dense(self) -> Any:
        return self._output_dense

    def build(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> None:
        key_shape = self._checked(query_shape, value_shape, key_shape)
        self._query_dense = self._to_heads("query", query_shape, self.num_heads, self.key_dim)
        self._key_dense = self._to_heads("key", key_shape, self.num_heads, self.key_dim)
        if self.use_gate:
            self._gate_dense = self._to_heads("gate", query_shape, self.num_heads, self.value_dim, activation="sigmoid")
        self._value_dense = self._to_heads("value", value_shape, self.num_heads, self.value_dim)
        self._build_attention(len(query_shape) + 1, self._axes(query_shape))
        self._output_dense = self._from_heads(
            query_shape, self.num_heads, self.value_dim, self._output_shape or (query_shape[-1],)
        )

    def _axes(self, query_shape: tuple[Any, ...]) -> tuple[Any, ...]:
        rank = len(query_shape)
        if self.attention_axes is None:
            return tuple(range(1, rank - 1))
        axes = tuple(a + rank if a < 0 else a for a in self.attention_axes)
        if any(not 0 < a < rank - 1 for a in axes):
            raise ValueError(
                f"{self._owner}: attention_axes {self.attention_axes} must lie between batch and features of the query "
                f"{tuple(query_shape)}."
            )
        return axes

    def _checked(self, query_shape: Any, value_shape: Any, key_shape: Any) -> tuple[Any, ...]:
        key_shape = value_shape if key_shape is None else key_shape
        if tuple(value_shape[1:-1]) != tuple(key_shape[1:-1]):
            raise ValueError(
                f"{self._owner}: value and key must agree in all axes but the last; got shapes {tuple(value_shape)} and "
                f"{tuple(key_shape)}."
            )
        if len(query_shape) < 3 or len(query_shape) != len(value_shape):
            raise ValueError(
                f"{self._owner}: query and value must both be (batch, steps, features), or have more axes of steps; got "
                f"shapes {tuple(query_shape)} and {tuple(value_shape)}."
            )
        return tuple(key_shape)

    def compute_output_shape(self, query_shape: Any, value_shape: Any, key_shape: Any = None) -> Any:
        self._checked(query_shape, value_shape, key_shape)
        return (*query_shape[:-1], *(self._output_shape or (query_shape[-1],)))

    def _score_shape(self, query_shape: tuple[Any, ...], value_shape: tuple[Any, ...]) -> tuple[Any, ...]:
        axes = self._axes(query_shape)
        free = tuple(n for i, n in enumerate(query_shape[:-1]) if i not in axes)
        return (*free, self.num_heads, *(query_shape[a] for a in axes), *(value_shape[a] for a in axes))

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "num_heads": self.num_heads,
            "key_dim": self.key_dim,
            "value_dim": self.value_dim,
            "output_shape": self._output_shape,
            "attention_axes": self.attention_axes,
        }


def _ints(value: Any, name: str, owner: str) -> tuple[int, ...] | None:
    """An int or a sequence of ints as a tuple; None stays."""
    if value is None:
        return None
    values = (value,) if isinstance(value, int) else value
    if not isinstance(values, (list, tuple)) or not values or any(not isinstance(v, int) for v in values):
        raise ValueError(f"{owner}: {name} must be an int, or a list or tuple of ints; got {value!r}.")
    return tuple(values)
