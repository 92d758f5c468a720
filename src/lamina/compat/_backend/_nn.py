"""Functions of neural networks: activations, cross-entropies, dropout."""

from typing import Any

from lamina import activations, losses, ops, random
from lamina._public import public
from lamina._settings import standardize_data_format

from ._random import seed_of


@public("backend.relu")
def relu(x: Any, alpha: float = 0.0, max_value: Any = None, threshold: float = 0.0) -> Any:
    """The rectifier: `x` above the threshold (up to max_value), alpha * (x - threshold) below."""
    return activations.relu(x, negative_slope=alpha, max_value=max_value, threshold=threshold)


@public("backend.elu")
def elu(x: Any, alpha: float = 1.0) -> Any:
    """`x` above 0, alpha * (exp(x) - 1) below."""
    return ops.elu(x, alpha)


@public("backend.softmax")
def softmax(x: Any, axis: int = -1) -> Any:
    """exp(x) / sum(exp(x)) along an axis."""
    return ops.softmax(x, axis=axis)


@public("backend.sigmoid")
def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x))."""
    return ops.sigmoid(x)


@public("backend.hard_sigmoid")
def hard_sigmoid(x: Any) -> Any:
    """Keras 1 and 2's straight-line sigmoid: 0.2 x + 0.5, held between 0 and 1."""
    return ops.clip(ops.add(ops.multiply(x, 0.2), 0.5), 0.0, 1.0)


@public("backend.tanh")
def tanh(x: Any) -> Any:
    """The hyperbolic tangent."""
    return ops.tanh(x)


@public("backend.softplus")
def softplus(x: Any) -> Any:
    """log(1 + exp(x))."""
    return ops.log(ops.add(ops.exp(ops.negative(ops.abs(x))), 1.0)) + ops.maximum(x, 0.0)


@public("backend.softsign")
def softsign(x: Any) -> Any:
    """x / (1 + |x|)."""
    return ops.divide(x, ops.add(ops.abs(x), 1.0))


@public("backend.l2_normalize")
def l2_normalize(x: Any, axis: Any = None) -> Any:
    """`x` divided by its Euclidean norm along an axis (over all elements by default)."""
    squares = ops.sum(ops.square(x), axis=axis, keepdims=True)
    return ops.multiply(x, ops.rsqrt(ops.maximum(squares, 1e-12)))


@public("backend.binary_crossentropy")
def binary_crossentropy(target: Any, output: Any, from_logits: bool = False) -> Any:
    """-t log(p) - (1 - t) log(1 - p), element by element."""
    return ops.binary_crossentropy(target, output, from_logits=from_logits)


@public("backend.categorical_crossentropy")
def categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """-sum t log(p) along an axis, of one-hot targets."""
    return ops.categorical_crossentropy(target, output, from_logits=from_logits, axis=axis)


@public("backend.sparse_categorical_crossentropy")
def sparse_categorical_crossentropy(target: Any, output: Any, from_logits: bool = False, axis: int = -1) -> Any:
    """-log(p) of the target class, of integer targets."""
    return ops.sparse_categorical_crossentropy(ops.cast(target, "int32"), output, from_logits=from_logits, axis=axis)


@public("backend.binary_focal_crossentropy")
def binary_focal_crossentropy(
    target: Any, output: Any, apply_class_balancing: bool = False, alpha: float = 0.25, gamma: float = 2.0,
    from_logits: bool = False,
) -> Any:  # fmt: skip
    """The binary cross-entropy times (1 - p)^gamma, p being the probability of what is true, element by element."""
    output = ops.convert_to_tensor(output)
    p = ops.sigmoid(output) if from_logits else output
    target = ops.cast(target, p.dtype)
    true = target * p + (1 - target) * (1 - p)
    loss = ops.power(1 - true, gamma) * ops.binary_crossentropy(target, p)
    return loss * (target * alpha + (1 - target) * (1 - alpha)) if apply_class_balancing else loss


@public("backend.categorical_focal_crossentropy")
def categorical_focal_crossentropy(
    target: Any, output: Any, alpha: float = 0.25, gamma: float = 2.0, from_logits: bool = False, axis: int = -1
) -> Any:
    """-sum alpha (1 - p)^gamma t log(p) along an axis."""
    return losses.categorical_focal_crossentropy(target, output, alpha, gamma, from_logits, axis=axis)


@public("backend.batch_normalization")
def batch_normalization(
    x: Any, mean: Any, var: Any, beta: Any, gamma: Any, axis: int = -1, epsilon: float = 1e-3
) -> Any:
    """gamma (x - mean) / sqrt(var + epsilon) + beta; the four are vectors along an axis, or broadcast."""
    x, mean, var, beta, gamma = (None if v is None else ops.convert_to_tensor(v) for v in (x, mean, var, beta, gamma))
    if len(mean.shape) == 1 and axis not in (-1, len(x.shape) - 1):
        shape = [-1 if k == axis % len(x.shape) else 1 for k in range(len(x.shape))]
        mean, var, beta, gamma = (None if v is None else ops.reshape(v, shape) for v in (mean, var, beta, gamma))
    y = (x - mean) * ops.rsqrt(var + epsilon)
    y = y if gamma is None else y * gamma
    return y if beta is None else y + beta


@public("backend.in_top_k")
def in_top_k(predictions: Any, targets: Any, k: int) -> Any:
    """Whether the target class is among the `k` highest predictions."""
    return ops.in_top_k(targets, predictions, k)


@public("backend.dropout")
def dropout(x: Any, level: float, noise_shape: Any = None, seed: int | None = None) -> Any:
    """`x` with a fraction `level` of its elements at 0, the others scaled up."""
    return random.dropout(x, level, noise_shape=noise_shape, seed=seed_of(seed))


@public("backend.bias_add")
def bias_add(x: Any, bias: Any, data_format: Any = None) -> Any:
    """`x` plus a bias for each channel."""
    if standardize_data_format(data_format) == "channels_first" and len(x.shape) > 2:
        bias = ops.reshape(bias, (1, -1, *(1,) * (len(x.shape) - 2)))
    return ops.add(x, bias)


@public("backend.stop_gradient")
def stop_gradient(variables: Any) -> Any:
    """The same values, through which no gradient flows."""
    if isinstance(variables, (list, tuple)):
        return [ops.stop_gradient(v) for v in variables]
    return ops.stop_gradient(variables)
