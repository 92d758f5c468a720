"""Losses on class probabilities."""

import math
from typing import Any

from lamina import _settings
from lamina._checks import ShapeMismatch
from lamina._typing import Tensor, TensorLike

from ._activations import _softplus
from ._backend import kernels, xp
from ._convert import floating, promote, tensor, to
from ._dtypes import dtype_name
from ._hot import one_hot
from ._op import op


def _clipped(x: Any) -> Any:
    return xp.minimum(xp.maximum(x, _settings.epsilon()), 1 - _settings.epsilon())


def _check_same(name: str, target: Any, output: Any) -> None:
    if target.ndim != output.ndim or tuple(target.shape) != tuple(output.shape):
        raise ShapeMismatch(
            f"{name}: target and output must have the same shape; got target {tuple(target.shape)} and "
            f"output {tuple(output.shape)}.{_labels_advice(name, target, output)}"
        )


def _labels_advice(name: str, target: Any, output: Any) -> str:
    """What to do where class numbers stand for one-hot rows."""
    if name != "categorical_crossentropy" or tuple(target.shape) not in (
        shape := tuple(output.shape)[:-1],
        (*shape, 1),
    ):
        return ""
    return (
        " For class numbers use sparse_categorical_crossentropy; or make one-hot rows with lamina.utils.to_categorical."
    )


@op("nn")
def categorical_crossentropy(
    target: TensorLike, output: TensorLike, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """-Σ target · ln(output) along an axis.

    Args:
        target: `(..., classes)`, probabilities of the classes.
        output: `(..., classes)`, predicted probabilities (brought to sum 1 and kept off 0 and 1 by the fuzz factor), or
            logits.
        from_logits: whether `output` holds logits.
        axis: int, the axis of the classes.

    Returns: `(...)`, dtype of `output`.
    """
    output = floating(output)
    target = to(tensor(target), dtype_name(output))
    _check_same("categorical_crossentropy", target, output)
    if not output.ndim:
        raise ValueError("categorical_crossentropy: target and output need at least one axis.")
    return -xp.sum(target * _log_probabilities(output, from_logits, axis), axis=axis)


@op("nn")
def sparse_categorical_crossentropy(
    target: TensorLike, output: TensorLike, from_logits: bool = False, axis: int = -1
) -> Tensor:
    """-ln(output of the true class).

    Args:
        target: `(...)` or `(..., 1)`, integer class numbers.
        output: `(..., classes)`, predicted probabilities (kept off 0 and 1 by the fuzz factor), or logits.
        from_logits: whether `output` holds logits.
        axis: int, the axis of the classes.

    Returns: `(...)`, dtype of `output`.
    """
    output = floating(output)
    target = to(tensor(target), "int32")
    if not output.ndim:
        raise ValueError("sparse_categorical_crossentropy: output needs at least one axis.")
    if target.ndim == output.ndim and target.shape[-1] == 1:
        target = xp.squeeze(target, -1)
    classes = output.shape[axis]
    expected = tuple(n for i, n in enumerate(output.shape) if i != axis % output.ndim)
    if tuple(target.shape) != expected:
        raise ShapeMismatch(
            f"sparse_categorical_crossentropy: output {tuple(output.shape)} asks for targets of shape {expected}; got "
            f"{tuple(target.shape)}. Class numbers have no axis of classes; for one-hot targets use "
            "categorical_crossentropy."
        )
    logarithm = _log_probabilities(output, from_logits, axis)
    hot = one_hot(target, classes, axis=axis % output.ndim, dtype=dtype_name(output))
    return -xp.sum(hot * logarithm, axis=axis)


def _log_probabilities(output: Any, from_logits: bool, axis: int) -> Any:
    """ln of the probabilities; from the logits, which is exact and has the simple gradient p - t, where the engine sees
    that `output` is a softmax."""
    logits = output if from_logits else kernels.made_by("softmax", output, axis=axis % output.ndim)
    if logits is not None:
        return kernels.log_softmax(logits, axis)
    return xp.log(_clipped(output / xp.sum(output, axis=axis, keepdims=True)))


@op("nn")
def binary_crossentropy(target: TensorLike, output: TensorLike, from_logits: bool = False) -> Tensor:
    """-(t · ln(p) + (1 - t) · ln(1 - p)), element by element.

    Args:
        target: `(...)`, 0, 1 or between.
        output: `(...)`, predicted probabilities (kept off 0 and 1 by the fuzz factor), or logits.
        from_logits: whether `output` holds logits.

    Returns: `(...)`, dtype of `output`.
    """
    output = floating(output)
    target = to(tensor(target), dtype_name(output))
    _check_same("binary_crossentropy", target, output)
    logits = output if from_logits else kernels.made_by("sigmoid", output)
    if logits is not None:
        return _softplus(logits) - logits * target
    p = _clipped(output)
    return -(target * xp.log(p) + (1 - target) * xp.log(1 - p))


@op("nn", tensors="x1 x2", class_name="PSNR")
def psnr(x1: TensorLike, x2: TensorLike, max_val: TensorLike) -> Tensor:
    """Peak signal-to-noise ratio, 20 log₁₀(max_val) - 10 log₁₀(mean (x1 - x2)²).

    Args:
        x1, x2: tensors of one shape.
        max_val: the largest value possible.

    Returns: `()`, floating, in decibels.
    """
    a, b = promote(x1, x2, arrays=True, also=(float,))
    _check_same("psnr", a, b)
    return 20 * math.log10(max_val) - (10 / math.log(10)) * xp.log(xp.mean(xp.square(a - b)))
