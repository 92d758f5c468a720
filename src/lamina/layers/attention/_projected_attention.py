"""What multi-head and grouped-query attention share: dense projections, masks, the weighted means."""

import math
from typing import Any, Unpack

from lamina import constraints, initializers, ops, regularizers
from lamina._checks import check_fraction, check_positive_int
from lamina._typing import TensorLike
from lamina.layers.activations._softmax import Softmax
from lamina.layers.core._einsum_dense import EinsumDense
from lamina.layers.regularization._dropout import Dropout
from lamina.ops._symbolic import KerasTensor

from .._base._arguments import GeneralArguments
from .._base._layer import Layer
from .._base._unsupported import refuse
from ._masks import attention_mask_of

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


class ProjectedAttention(Layer):
    """The base of attention layers with heads. A subclass defines `build`, which calls `_build_attention` at its end.

    Projected queries and keys have the axes `(batch, steps..., heads, head_dim)`.
    """

    def __init__(
        self,
        key_dim: Any,
        dropout: Any,
        use_bias: bool,
        sliding_window: Any,
        flash_attention: Any,
        kernel_initializer: Any,
        bias_initializer: Any,
        kernel_regularizer: Any,
        bias_regularizer: Any,
        activity_regularizer: Any,
        kernel_constraint: Any,
        bias_constraint: Any,
        use_gate: bool,
        seed: Any,
        **kwargs: Unpack[GeneralArguments],
    ):
        super().__init__(**kwargs)
        refuse(self, flash_attention=flash_attention)
        check_fraction(dropout, "dropout", self._owner)
        if sliding_window is not None:
            check_positive_int(sliding_window, "sliding_window", self._owner)
        self.dropout = dropout
        self.use_bias = use_bias
        self.sliding_window = sliding_window
        self.kernel_initializer: Any = initializers.get(kernel_initializer)
        self.bias_initializer: Any = initializers.get(bias_initializer)
        self.kernel_regularizer: Any = regularizers.get(kernel_regularizer)
        self.bias_regularizer: Any = regularizers.get(bias_regularizer)
        self._projection_regularizer = regularizers.get(activity_regularizer)
        self.kernel_constraint: Any = constraints.get(kernel_constraint)
        self.bias_constraint: Any = constraints.get(bias_constraint)
        self.use_gate = use_gate
        self.seed = seed
        self.supports_masking = True
        self._scale = 1.0 / math.sqrt(key_dim)
        self._gate_dense = None

    def _projection(
        self, name: str, input_shape: Any, equation: str, sizes: tuple, bias_axes: str, **options: Any
    ) -> Any:
        """A built dense layer; initializers are copied, so that no two layers draw the same values."""
        dense = EinsumDense(
            equation,
            output_shape=sizes,
            bias_axes=bias_axes if self.use_bias else None,
            name=name,
            kernel_initializer=_copy(self.kernel_initializer),
            bias_initializer=_copy(self.bias_initializer),
            kernel_regularizer=self.kernel_regularizer,
            bias_regularizer=self.bias_regularizer,
            activity_regularizer=self._projection_regularizer,
            kernel_constraint=self.kernel_constraint,
            bias_constraint=self.bias_constraint,
            dtype=self.dtype_policy,
            **options,
        )
        dense.build(tuple(input_shape))
        return dense

    def _to_heads(self, name: str, input_shape: Any, heads: int, head_dim: int, **options: Any) -> Any:
        """Projects `(batch, steps..., features)` to `(batch, steps..., heads, head_dim)`."""
        axes = _LETTERS[: len(input_shape) - 1]
        sizes = (None,) * (len(axes) - 1) + (heads, head_dim)
        return self._projection(name, input_shape, f"{axes}x,xyz->{axes}yz", sizes, "yz", **options)

    def _from_heads(self, query_shape: Any, heads: int, head_dim: int, sizes: tuple[Any, ...]) -> Any:
        """Projects `(batch, steps..., heads, head_dim)` to `(batch, steps..., *sizes)`."""
        axes, out = _LETTERS[: len(query_shape) - 1], _LETTERS[-3 - len(sizes) : -3]
        return self._projection(
            "attention_output",
            (*query_shape[:-1], heads, head_dim),
            f"{axes}yz,yz{out}->{axes}{out}",
            (None,) * (len(axes) - 1) + tuple(sizes),
            out,
        )

    def _build_attention(self, rank: int, attention_axes: tuple[Any, ...]) -> None:
        """Prepares the calculation for projected tensors of `rank` axes, of which `attention_axes` are steps."""
        query = _LETTERS[:rank]
        key = "".join(_LETTERS[rank + i] if i in attention_axes else c for i, c in enumerate(query))
        rows = "".join(query[i] for i in attention_axes)
        columns = "".join(key[i] for i in attention_axes)
        shared = "".join(c for i, c in enumerate(query[:-1]) if i not in attention_axes)
        scores = shared + rows + columns
        self._dot_product_equation = f"{query},{key}->{scores}"
        self._combine_equation = f"{scores},{key}->{query}"
        self._score_axes = len(attention_axes)
        self._softmax = Softmax(axis=tuple(range(-len(attention_axes), 0)), dtype=self.dtype_policy)
        self._dropout_layer = Dropout(rate=self.dropout, dtype=self.dtype_policy, seed=self.seed)

    def call(
        self,
        query: TensorLike,
        value: TensorLike,
        key: TensorLike = None,
        query_mask: TensorLike = None,
        value_mask: TensorLike = None,
        key_mask: TensorLike = None,
        attention_mask: TensorLike = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        key = value if key is None else key
        mask = attention_mask_of(
            query, value, query_mask, value_mask, key_mask, attention_mask, use_causal_mask, self.sliding_window
        )
        gate = None if self._gate_dense is None else self._gate_dense(query)
        outputs, scores = self._compute_attention(
            self._query_dense(query),
            self._key_dense(key),
            self._value_dense(value),
            mask,
            training,
            return_attention_scores,
        )
        outputs = self._output_dense(outputs if gate is None else ops.multiply(outputs, gate))
        return (outputs, scores) if return_attention_scores else outputs

    def _compute_attention(
        self,
        query: TensorLike,
        key: TensorLike,
        value: TensorLike,
        attention_mask: TensorLike = None,
        training: bool | None = None,
        return_attention_scores: bool = False,
    ) -> tuple[Any, ...]:
        """The weighted means of projected values, and the weights (None unless asked for or at hand)."""
        if attention_mask is not None:
            rank = len(query.shape) - 1 + self._score_axes
            while len(attention_mask.shape) < rank:  # the axes of heads, and of steps not attended over
                attention_mask = ops.expand_dims(attention_mask, -2 * self._score_axes - 1)
        if self.dropout == 0 and not return_attention_scores and len(query.shape) == 4 and self._score_axes == 1:
            return ops.dot_product_attention(query, key, value, mask=attention_mask, scale=self._scale), None
        repeats = query.shape[-2] // key.shape[-2]
        if repeats > 1:
            key, value = ops.repeat(key, repeats, axis=-2), ops.repeat(value, repeats, axis=-2)
        scores = ops.einsum(self._dot_product_equation, ops.multiply(query, self._scale), key)
        weights = self._softmax(scores, mask=attention_mask)
        dropped = self._dropout_layer(weights, training=training)
        return ops.einsum(self._combine_equation, dropped, value), weights

    def _score_shape(self, query_shape: tuple[Any, ...], value_shape: tuple[Any, ...]) -> tuple[Any, ...]:
        raise NotImplementedError

    def compute_output_spec(
        self,
        query: TensorLike,
        value: TensorLike,
        key: TensorLike = None,
        query_mask: TensorLike = None,
        value_mask: TensorLike = None,
        key_mask: TensorLike = None,
        attention_mask: TensorLike = None,
        return_attention_scores: bool = False,
        training: bool | None = None,
        use_causal_mask: bool = False,
    ) -> Any:
        shapes = [None if x is None else tuple(x.shape) for x in (query, value, key)]
        outputs = KerasTensor(self.compute_output_shape(*shapes), self.compute_dtype)
        if not return_attention_scores:
            return outputs
        return outputs, KerasTensor(self._score_shape(*shapes[:2]), self.compute_dtype)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "dropout": self.dropout,
            "use_bias": self.use_bias,
            "use_gate": self.use_gate,
            "sliding_window": self.sliding_window,
            "kernel_initializer": initializers.serialize(self.kernel_initializer),
            "bias_initializer": initializers.serialize(self.bias_initializer),
            "kernel_regularizer": regularizers.serialize(self.kernel_regularizer),
            "bias_regularizer": regularizers.serialize(self.bias_regularizer),
            "activity_regularizer": regularizers.serialize(self._projection_regularizer),
            "kernel_constraint": constraints.serialize(self.kernel_constraint),
            "bias_constraint": constraints.serialize(self.bias_constraint),
            "seed": self.seed,
        }


def _copy(initializer: Any) -> Any:
    if not hasattr(initializer, "get_config"):
        return initializer
    return type(initializer).from_config(initializer.get_config())
