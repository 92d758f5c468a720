"""Attention: weighted means of values, with weights from queries and keys."""

from ._additive_attention import AdditiveAttention as AdditiveAttention
from ._attention import Attention as Attention
from ._grouped_query_attention import GroupedQueryAttention as GroupedQueryAttention
from ._multi_head_attention import MultiHeadAttention as MultiHeadAttention
