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
    Example:
        >>> activations.relu([-1.0, 0.0, 2.0])
        Tensor([0., 0., 2.], dtype=float32)
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
    """x where x > 0, else negative_slope · x.

    Example:
        >>> activations.leaky_relu([-1.0, 0.0, 2.0])
        Tensor([-0.2,  0. ,  2. ], dtype=float32)
    """
    return ops.leaky_relu(x, negative_slope=negative_slope)


@public("activations.relu6")
def relu6(x: Any) -> Any:
    """min(max(x, 0), 6).

    Example:
        >>> activations.relu6([-1.0, 3.0, 8.0])
        Tensor([0., 3., 6.], dtype=float32)
    """
    return ops.relu6(x)


@public("activations.softmax")
def softmax(x: Any, axis: int = -1) -> Any:
    """exp(x) / Σ exp(x) along `axis`: positive numbers that sum to one.

    Example:
        >>> activations.softmax([[0.0, 0.0, 0.0, 0.0]])
        Tensor([[0.25, 0.25, 0.25, 0.25]], dtype=float32)
    """
    return ops.softmax(x, axis=axis)


@public("activations.sigmoid")
def sigmoid(x: Any) -> Any:
    """1 / (1 + exp(-x)): a probability from a log-odds.

    Example:
        >>> activations.sigmoid([-2.0, 0.0, 2.0])
        Tensor([0.11920291, 0.5       , 0.8807971 ], dtype=float32)
    """
    return ops.sigmoid(x)


@public("activations.log_softmax")
def log_softmax(x: Any, axis: int = -1) -> Any:
    """x - log Σ exp(x) along `axis`.

    Example:
        >>> activations.log_softmax([[0.0, 0.0]])
        Tensor([[-0.6931472, -0.6931472]], dtype=float32)
    """
    return ops.log_softmax(x, axis=axis)


@public("activations.step")
def step(x: Any) -> Any:
    """The threshold unit: 1 where x > 0, else 0 (so 0 at x = 0). Its gradient is zero everywhere.

    Example:
        >>> activations.step([-1.0, 0.5])
        Tensor([0., 1.], dtype=float32)

    Reference: McCulloch and Pitts, A logical calculus of the ideas immanent in nervous activity, 1943.
    """
    x = x if hasattr(x, "dtype") else ops.convert_to_tensor(x)
    return ops.stop_gradient(ops.cast(ops.greater(x, 0), x.dtype))


@public("activations.threshold")
def threshold(x: Any, threshold: float, default_value: float) -> Any:
    """x where x > threshold, else default_value.

    Example:
        >>> activations.threshold([-1.0, 2.0], threshold=0.5, default_value=0.0)
        Tensor([0., 2.], dtype=float32)
    """
    return ops.threshold(x, threshold, default_value)


@public("activations.linear")
def linear(x: Any) -> Any:
    """x itself.

    Example:
        >>> activations.linear([-1.0, 2.0])
        [-1.0, 2.0]
    """
    return x


@public("activations.elu")
def elu(x: Any, alpha: float = 1.0) -> Any:
    """x where x > 0, else alpha · (exp(x) - 1). Reference: Clevert et al., 2016, arXiv:1511.07289.

    Example:
        >>> activations.elu([-1.0, 0.0, 2.0])
        Tensor([-0.63212055,  0.        ,  2.        ], dtype=float32)
    """
    return ops.elu(x, alpha=alpha)


@public("activations.celu")
def celu(x: Any, alpha: float = 1.0) -> Any:
    """max(x, 0) + min(0, alpha · (exp(x / alpha) - 1)). Reference: Barron, 2017, arXiv:1704.07483.

    Example:
        >>> activations.celu([-1.0, 0.0, 2.0])
        Tensor([-0.63212055,  0.        ,  2.        ], dtype=float32)
    """
    return ops.celu(x, alpha=alpha)


@public("activations.selu")
def selu(x: Any) -> Any:
    """Scaled ELU, which keeps mean 0 and variance 1. Reference: Klambauer et al., 2017, arXiv:1706.02515.

    Example:
        >>> activations.selu([-1.0, 0.0, 2.0])
        Tensor([-1.1113307,  0.       ,  2.101402 ], dtype=float32)
    """
    return ops.selu(x)


@public("activations.gelu")
def gelu(x: Any, approximate: bool = False) -> Any:
    """x · Φ(x), Φ the normal distribution function (by tanh if `approximate`). Reference: arXiv:1606.08415.

    Example:
        >>> activations.gelu([-1.0, 0.0, 2.0])
        Tensor([-0.15865529,  0.        ,  1.9544997 ], dtype=float32)
    """
    return ops.gelu(x, approximate=approximate)


@public("activations.glu")
def glu(x: Any, axis: int = -1) -> Any:
    """a · sigmoid(b), where a and b are the halves of `x` along `axis`. Reference: arXiv:1612.08083.

    Example:
        >>> activations.glu([[1.0, 2.0, 0.0, 0.0]])
        Tensor([[0.5, 1. ]], dtype=float32)
    """
    return ops.glu(x, axis=axis)


@public("activations.softplus")
def softplus(x: Any) -> Any:
    """log(1 + exp(x)).

    Example:
        >>> activations.softplus([0.0, 2.0])
        Tensor([0.6931472, 2.126928 ], dtype=float32)
    """
    return ops.softplus(x)


@public("activations.softsign")
def softsign(x: Any) -> Any:
    """x / (1 + |x|).

    Example:
        >>> activations.softsign([-1.0, 0.0, 3.0])
        Tensor([-0.5 ,  0.  ,  0.75], dtype=float32)
    """
    return ops.softsign(x)


@public("activations.tanh")
def tanh(x: Any) -> Any:
    """The hyperbolic tangent.

    Example:
        >>> activations.tanh([-1.0, 0.0, 1.0])
        Tensor([-0.7615942,  0.       ,  0.7615942], dtype=float32)
    """
    return ops.tanh(x)


@public("activations.exponential")
def exponential(x: Any) -> Any:
    """exp(x).

    Example:
        >>> activations.exponential([0.0, 1.0])
        Tensor([1.      , 2.718282], dtype=float32)
    """
    return ops.exp(x)


@public("activations.silu", "activations.swish")
def silu(x: Any) -> Any:
    """x · sigmoid(x). Reference: Ramachandran et al., 2017, arXiv:1710.05941.

    Example:
        >>> activations.swish([-1.0, 0.0, 2.0])
        Tensor([-0.2689414,  0.       ,  1.7615942], dtype=float32)
    """
    return ops.silu(x)


@public("activations.mish")
def mish(x: Any) -> Any:
    """x · tanh(softplus(x)). Reference: Misra, 2019, arXiv:1908.08681.

    Example:
        >>> activations.mish([-1.0, 0.0, 2.0])
        Tensor([-0.30340147,  0.        ,  1.9439589 ], dtype=float32)
    """
    return ops.multiply(x, ops.tanh(ops.softplus(x)))


@public("activations.hard_sigmoid")
def hard_sigmoid(x: Any) -> Any:
    """relu6(x + 3) / 6: a sigmoid of straight lines.

    Example:
        >>> activations.hard_sigmoid([-4.0, 0.0, 1.5])
        Tensor([0.  , 0.5 , 0.75], dtype=float32)
    """
    return ops.hard_sigmoid(x)


@public("activations.hard_silu", "activations.hard_swish")
def hard_silu(x: Any) -> Any:
    """x · relu6(x + 3) / 6. Reference: Howard et al., 2019, arXiv:1905.02244.

    Example:
        >>> activations.hard_swish([-4.0, 0.0, 1.5])
        Tensor([-0.   ,  0.   ,  1.125], dtype=float32)
    """
    return ops.hard_silu(x)


@public("activations.hard_tanh")
def hard_tanh(x: Any) -> Any:
    """min(max(x, -1), 1).

    Example:
        >>> activations.hard_tanh([-2.0, 0.5, 2.0])
        Tensor([-1. ,  0.5,  1. ], dtype=float32)
    """
    return ops.hard_tanh(x)


@public("activations.hard_shrink")
def hard_shrink(x: Any, threshold: float = 0.5) -> Any:
    """x where |x| > threshold, else 0.

    Example:
        >>> activations.hard_shrink([-1.0, 0.2, 2.0])
        Tensor([-1.,  0.,  2.], dtype=float32)
    """
    return ops.hard_shrink(x, threshold=threshold)


@public("activations.soft_shrink")
def soft_shrink(x: Any, threshold: float = 0.5) -> Any:
    """x moved towards zero by `threshold`, zero in between.

    Example:
        >>> activations.soft_shrink([-1.0, 0.2, 2.0])
        Tensor([-0.5,  0. ,  1.5], dtype=float32)
    """
    return ops.soft_shrink(x, threshold=threshold)


@public("activations.tanh_shrink")
def tanh_shrink(x: Any) -> Any:
    """x - tanh(x).

    Example:
        >>> activations.tanh_shrink([-1.0, 0.0, 1.0])
        Tensor([-0.23840582,  0.        ,  0.23840582], dtype=float32)
    """
    return ops.tanh_shrink(x)


@public("activations.log_sigmoid")
def log_sigmoid(x: Any) -> Any:
    """log(sigmoid(x)).

    Example:
        >>> activations.log_sigmoid([0.0, 2.0])
        Tensor([-0.6931472, -0.126928 ], dtype=float32)
    """
    return ops.log_sigmoid(x)


@public("activations.sparse_plus")
def sparse_plus(x: Any) -> Any:
    """0 for x <= -1, (x + 1)² / 4 up to 1, then x. Reference: arXiv:2305.08391.

    Example:
        >>> activations.sparse_plus([-2.0, 0.0, 2.0])
        Tensor([0.  , 0.25, 2.  ], dtype=float32)
    """
    return ops.sparse_plus(x)


@public("activations.sparse_sigmoid")
def sparse_sigmoid(x: Any) -> Any:
    """0 for x <= -1, (x + 1) / 2 up to 1, then 1.

    Example:
        >>> activations.sparse_sigmoid([-2.0, 0.0, 0.5])
        Tensor([0.  , 0.5 , 0.75], dtype=float32)
    """
    return ops.sparse_sigmoid(x)


@public("activations.sparsemax")
def sparsemax(x: Any, axis: int = -1) -> Any:
    """The point of the simplex nearest to `x` along `axis`. Reference: Martins et al., 2016, arXiv:1602.02068.

    Example:
        >>> activations.sparsemax([[2.0, 1.5, 0.0]])
        Tensor([[0.75, 0.25, 0.  ]], dtype=float32)
    """
    return ops.sparsemax(x, axis=axis)


@public("activations.squareplus")
def squareplus(x: Any, b: float = 4) -> Any:
    """(x + sqrt(x² + b)) / 2. Reference: Barron, 2021, arXiv:2112.11687.

    Example:
        >>> activations.squareplus([0.0, 3.0])
        Tensor([1.       , 3.3027756], dtype=float32)
    """
    return ops.squareplus(x, b=b)


# Keras writes these two into files of graphs, beside the Relu of ops and the layer ReLU.
_HOME = "keras.src.activations.activations"
make_operation("ReLU", relu, ("x",), _HOME)
make_operation("Mish", mish, ("x",), _HOME)
