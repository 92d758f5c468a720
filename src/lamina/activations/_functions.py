"""Activation functions: those of `ops`, under their names as activations."""

from typing import Any

from lamina import ops
from lamina._public import public
from lamina.ops._op import make_operation


@public("activations.relu")
def relu(x: Any, negative_slope: float = 0.0, max_value: float | None = None, threshold: float = 0.0) -> Any:
    """Rectified linear unit: x where x > threshold, else negative_slope · (x - threshold); at most max_value.

    Args:
        x: tensor of any shape.
        negative_slope: slope below the threshold.
        max_value: upper bound, None for none.
        threshold: where the unit switches on.
    Returns: tensor of the shape and dtype of `x`.
    """
    if negative_slope == 0 and threshold == 0:
        if max_value is None:
            return ops.relu(x)
        return ops.relu6(x) if max_value == 6 else ops.clip(ops.relu(x), 0.0, max_value)
    x = ops.convert_to_tensor(x)
    below = ops.relu(threshold - x) if negative_slope != 0 else None
    x = x * ops.cast(ops.greater(x, threshold), x.dtype) if threshold != 0 else ops.relu(x)
    if max_value is not None:
        x = ops.clip(x, 0.0, max_value)
    return x if below is None else x - negative_slope * below


@public("activations.leaky_relu")
def leaky_relu(x: Any, negative_slope: float = 0.2) -> Any:
    """x where x > 0, else negative_slope · x."""
    return ops.leaky_relu(x, negative_slope=negative_slope)


@public("activations.relu6")
def relu6(x: Any) -> Any:
    """min(max(x, 0), 6)."""
    return ops.relu6(x)


@public("activations.softmax")
def softmax(x: Any, axis: int = -1) -> Any:
    """exp(x) / Σ exp(x) along `axis`: positive numbers that sum to one."""
    return ops.softmax(x, axis=axis)


@public("activations.sigmoid")
def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)): a probability from a log-odds."""
    return ops.sigmoid(x)


@public("activations.log_softmax")
def log_softmax(x: Any, axis: int = -1) -> Any:
    """x - log Σ exp(x) along `axis`."""
    return ops.log_softmax(x, axis=axis)


@public("activations.step")
def step(x: Any) -> Any:
    """The threshold unit: 1 where x > 0, else 0 (so 0 at x = 0). Its gradient is zero everywhere.

    Reference: McCulloch and Pitts, A logical calculus of the ideas immanent in nervous activity, 1943.
    """
    x = x if hasattr(x, "dtype") else ops.convert_to_tensor(x)
    return ops.stop_gradient(ops.cast(ops.greater(x, 0), x.dtype))


@public("activations.threshold")
def threshold(x: Any, threshold: float, default_value: float) -> Any:
    """x where x > threshold, else default_value."""
    return ops.threshold(x, threshold, default_value)


@public("activations.linear")
def linear(x: Any) -> Any:
    """x itself."""
    return x


@public("activations.elu")
def elu(x: Any, alpha: float = 1.0) -> Any:
    """x where x > 0, else alpha · (exp(x) - 1). Reference: Clevert et al., 2016, arXiv:1511.07289."""
    return ops.elu(x, alpha=alpha)


@public("activations.celu")
def celu(x: Any, alpha: float = 1.0) -> Any:
    """max(x, 0) + min(0, alpha · (exp(x / alpha) - 1)). Reference: Barron, 2017, arXiv:1704.07483."""
    return ops.celu(x, alpha=alpha)


@public("activations.selu")
def selu(x: Any) -> Any:
    """Scaled ELU, which keeps mean 0 and variance 1. Reference: Klambauer et al., 2017, arXiv:1706.02515."""
    return ops.selu(x)


@public("activations.gelu")
def gelu(x: Any, approximate: bool = False) -> Any:
    """x · Φ(x), Φ the normal distribution function (by tanh if `approximate`). Reference: arXiv:1606.08415."""
    return ops.gelu(x, approximate=approximate)


@public("activations.glu")
def glu(x: Any, axis: int = -1) -> Any:
    """a · sigmoid(b), where a and b are the halves of `x` along `axis`. Reference: arXiv:1612.08083."""
    return ops.glu(x, axis=axis)


@public("activations.softplus")
def softplus(x: Any) -> Any:
    """log(1 + exp(x))."""
    return ops.softplus(x)


@public("activations.softsign")
def softsign(x: Any) -> Any:
    """x / (1 + |x|)."""
    return ops.softsign(x)


@public("activations.tanh")
def tanh(x: Any) -> Any:
    """The hyperbolic tangent."""
    return ops.tanh(x)


@public("activations.exponential")
def exponential(x: Any) -> Any:
    """exp(x)."""
    return ops.exp(x)


@public("activations.silu", "activations.swish")
def silu(x: Any) -> Any:
    """x · sigmoid(x). Reference: Ramachandran et al., 2017, arXiv:1710.05941."""
    return ops.silu(x)


@public("activations.mish")
def mish(x: Any) -> Any:
    """x · tanh(softplus(x)). Reference: Misra, 2019, arXiv:1908.08681."""
    return ops.multiply(x, ops.tanh(ops.softplus(x)))


@public("activations.hard_sigmoid")
def hard_sigmoid(x: Any) -> Any:
    """relu6(x + 3) / 6: a sigmoid of straight lines."""
    return ops.hard_sigmoid(x)


@public("activations.hard_silu", "activations.hard_swish")
def hard_silu(x: Any) -> Any:
    """x · relu6(x + 3) / 6. Reference: Howard et al., 2019, arXiv:1905.02244."""
    return ops.hard_silu(x)


@public("activations.hard_tanh")
def hard_tanh(x: Any) -> Any:
    """min(max(x, -1), 1)."""
    return ops.hard_tanh(x)


@public("activations.hard_shrink")
def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """x where |x| > threshold, else 0."""
    return ops.hard_shrink(x, threshold=threshold)


@public("activations.soft_shrink")
def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """x moved towards zero by `threshold`, zero in between."""
    return ops.soft_shrink(x, threshold=threshold)


@public("activations.tanh_shrink")
def tanh_shrink(x: Any) -> Any:
    """x - tanh(x)."""
    return ops.tanh_shrink(x)


@public("activations.log_sigmoid")
def log_sigmoid(x: Any) -> Any:
    """log(sigmoid(x))."""
    return ops.log_sigmoid(x)


@public("activations.sparse_plus")
def sparse_plus(x: Any) -> Any:
    """0 for x <= -1, (x + 1)² / 4 up to 1, then x. Reference: arXiv:2305.08391."""
    return ops.sparse_plus(x)


@public("activations.sparse_sigmoid")
def sparse_sigmoid(x: Any) -> Any:
    """0 for x <= -1, (x + 1) / 2 up to 1, then 1."""
    return ops.sparse_sigmoid(x)


@public("activations.sparsemax")
def sparsemax(x: Any, axis: int = -1) -> Any:
    """The point of the simplex nearest to `x` along `axis`. Reference: Martins et al., 2016, arXiv:1602.02068."""
    return ops.sparsemax(x, axis=axis)


@public("activations.squareplus")
def squareplus(x: Any, b: float = 4) -> Any:
    """(x + sqrt(x² + b)) / 2. Reference: Barron, 2021, arXiv:2112.11687."""
    return ops.squareplus(x, b=b)


# Keras writes these two into files of graphs, beside the Relu of ops and the layer ReLU.
_HOME = "keras.src.activations.activations"
make_operation("ReLU", relu, ("x",), _HOME)
make_operation("Mish", mish, ("x",), _HOME)
