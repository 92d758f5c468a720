"""Axes regrouped by a pattern of names."""

import math
from typing import Any

from lamina._typing import Tensor, TensorLike

from ._backend import xp
from ._convert import tensor as as_tensor
from ._op import op


@op("core", tensors="tensor pattern", class_name="Rearrange", keras_module="keras.src.ops.einops")
def rearrange(tensor: TensorLike, pattern: Any, **axes_lengths: Any) -> Tensor:
    """Axes regrouped as a pattern says, such as `"b (h w) c -> b c h w"`.

    Args:
        tensor: tensor of any shape.
        pattern: names of axes before and after `->`; parentheses join axes into one.
        axes_lengths: sizes of axes that cannot be found from the shape.

    Example:
        >>> ops.rearrange(ops.ones((2, 3, 4)), "b h w -> b (h w)").shape
        (2, 12)

    Reference: Rogozhnikov, "Einops", ICLR 2022.
    """
    x = as_tensor(tensor)
    left, arrow, right = pattern.partition("->")
    if not arrow:
        raise ValueError(f"rearrange: pattern must hold '->'; got {pattern!r}.")
    before, after = _groups(left), _groups(right)
    before, after = _fill_ellipsis(before, after, x.ndim)
    if len(before) != x.ndim:
        raise ValueError(
            f"rearrange: pattern {pattern!r} names {len(before)} axes; the tensor has shape {tuple(x.shape)}."
        )
    sizes = dict(axes_lengths)
    for group, size in zip(before, x.shape):
        unknown = [n for n in group if n not in sizes]
        known = math.prod(sizes[n] for n in group if n in sizes)
        if len(unknown) > 1 or size % known or (not unknown and known != size):
            raise ValueError(
                f"rearrange: cannot divide an axis of size {size} into ({' '.join(group)}) with {axes_lengths}."
            )
        if unknown:
            sizes[unknown[0]] = size // known
    names = [n for group in before for n in group]
    wanted = [n for group in after for n in group]
    if sorted(names) != sorted(wanted):
        raise ValueError(f"rearrange: both sides of {pattern!r} must name the same axes.")
    x = xp.reshape(x, tuple(sizes[n] for n in names))
    x = xp.transpose(x, tuple(names.index(n) for n in wanted))
    return xp.reshape(x, tuple(math.prod(sizes[n] for n in group) for group in after))


def _groups(side: str) -> list[list[str]]:
    groups: list[list[str]] = []
    inside = False
    for token in side.replace("(", " ( ").replace(")", " ) ").split():
        if token == "(":
            inside = True
            groups.append([])
        elif token == ")":
            inside = False
        elif inside:
            groups[-1].append(token)
        else:
            groups.append([] if token == "1" else [token])
    return groups


def _fill_ellipsis(before: list[Any], after: list[Any], rank: int) -> tuple[list[Any], list[Any]]:
    """`...` written out as as many names as it stands for."""
    count = rank - len([g for g in before if g != ["..."]])
    names = [[f"…{i}"] for i in range(count)]

    def fill(groups: list[Any]) -> list[Any]:
        return [
            h
            for g in groups
            for h in (
                names if g == ["..."] else [[m for n in g for m in ([c[0] for c in names] if n == "..." else [n])]]
            )
        ]

    return fill(before), fill(after)
