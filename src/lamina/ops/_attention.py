"""Scaled dot-product attention."""

import math
from typing import Any

import numpy as np

from lamina._typing import Tensor, TensorLike
from lamina.engines import engine

from ._backend import xp
from ._convert import floating, promote, tensor, to
from ._dtypes import dtype_name, numpy_dtype, result_type
from ._op import op


@op("nn", tensors="query key value bias mask scale")
def dot_product_attention(
    query: TensorLike,
    key: TensorLike,
    value: TensorLike,
    bias: TensorLike = None,
    mask: TensorLike = None,
    scale: TensorLike = None,
    is_causal: bool = False,
    flash_attention: Any = None,
    attn_logits_soft_cap: Any = None,
) -> Tensor:
    """softmax(scale · Q Kᵀ + bias) V for each head, the softmax over the steps of the keys.

    Args:
        query: `(batch, targets, heads, head_dim)`.
        key: `(batch, sources, kv_heads, head_dim)`; `heads` is a multiple of `kv_heads`, whose heads are shared in groups.
        value: `(batch, sources, kv_heads, value_dim)`.
        bias: added to the logits, broadcastable to `(batch, heads, targets, sources)`, or None.
        mask: bool, broadcastable to `(batch, heads, targets, sources)`: False entries get no weight.
        scale: number; 1/√head_dim if None.
        is_causal: whether a step sees only the steps up to its own.
        flash_attention: must be None or False: there is no such kernel here.
        attn_logits_soft_cap: positive number c, which keeps logits in (-c, c) by c · tanh(logits / c); None for no cap.

    Returns: `(batch, targets, heads, value_dim)`, the promoted dtype; the softmax is computed in float32 at least.
    Raises ValueError for shapes that do not fit.

    Reference: Vaswani et al., Attention Is All You Need, 2017, arXiv:1706.03762.
    """
    if flash_attention:
        raise ValueError("dot_product_attention: flash_attention=True is not supported; leave it out.")
    query, key, value = (floating(x) for x in promote(query, key, value, arrays=True))
    _check_heads(query, key, value)
    name = dtype_name(query)
    kernel = getattr(engine.nn, "attention", None)
    if kernel is not None and attn_logits_soft_cap is None:
        allowed = _allowed(mask, query.shape[1], key.shape[1], is_causal)
        scale = 1.0 / math.sqrt(query.shape[3]) if scale is None else scale
        return kernel(query, key, value, scale, None if bias is None else tensor(bias), allowed)
    work = result_type(name, "float32")
    batch, targets, heads, head_dim = query.shape
    sources, kv_heads = key.shape[1:3]
    scale = 1.0 / math.sqrt(head_dim) if scale is None else scale
    # The heads that share a key stand below each other as rows of one product.
    rows = (batch, kv_heads, heads // kv_heads * targets)
    left = xp.reshape(xp.transpose(to(query, work) * scale, (0, 2, 1, 3)), (*rows, head_dim))
    logits = xp.matmul(left, xp.transpose(to(key, work), (0, 2, 3, 1)))
    logits = xp.reshape(logits, (batch, heads, targets, sources))
    if attn_logits_soft_cap is not None:
        logits = attn_logits_soft_cap * xp.tanh(logits / attn_logits_soft_cap)
    if bias is not None:
        logits = logits + to(tensor(bias), work)
    allowed = _allowed(mask, targets, sources, is_causal)
    if allowed is not None:
        # Finite, so that a row without any True entry gives no NaN.
        logits = xp.where(
            allowed, logits, tensor(np.asarray(-0.7 * np.finfo(numpy_dtype(work)).max, numpy_dtype(work)))
        )
    weights = xp.exp(logits - xp.max(logits, axis=-1, keepdims=True))
    weights = weights / xp.sum(weights, axis=-1, keepdims=True)
    mixed = xp.matmul(xp.reshape(weights, (*rows, sources)), xp.transpose(to(value, work), (0, 2, 1, 3)))
    mixed = xp.reshape(mixed, (batch, heads, targets, value.shape[-1]))
    return to(xp.transpose(mixed, (0, 2, 1, 3)), name)


def _allowed(mask: Any, targets: int, sources: int, is_causal: bool) -> Any:
    """Where attention may go, broadcastable to (batch, heads, targets, sources); None if everywhere."""
    allowed = None if mask is None else to(tensor(mask), "bool")
    if not is_causal:
        return allowed
    causal = tensor(np.tri(targets, sources, dtype=bool))
    return causal if allowed is None else xp.logical_and(allowed, causal)


def _check_heads(query: Any, key: Any, value: Any) -> None:
    shapes = tuple(tuple(x.shape) for x in (query, key, value))
    q, k, v = shapes
    if any(len(s) != 4 for s in shapes):
        raise ValueError(
            "dot_product_attention: query, key and value must have the axes (batch, steps, heads, head_dim); got shapes "
            f"{q}, {k} and {v}."
        )
    if q[0] != k[0] or k[:3] != v[:3] or q[3] != k[3] or q[2] % k[2]:
        raise ValueError(
            "dot_product_attention: query, key and value must agree in the batch, key and value in steps and heads, "
            "query and key in the last axis, and the heads of the query must be a multiple of those of the key; got "
            f"shapes {q}, {k} and {v}."
        )
