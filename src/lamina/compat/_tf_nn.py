"""`tf.nn` and `tf.random` of the thin TensorFlow."""

from typing import Any

from lamina import ops, random
from lamina.variables import global_seed_generator

from ._tf_functions import ELEMENTWISE, dtype_name, of_one, sizes_of

# tf.nn


def _relu(features: Any, name: Any = None) -> Any:
    return ops.relu(features)


def _leaky_relu(features: Any, alpha: float = 0.2, name: Any = None) -> Any:
    return ops.leaky_relu(features, alpha)


def _softmax(logits: Any, axis: int = -1, name: Any = None) -> Any:
    return ops.softmax(logits, axis=-1 if axis is None else axis)


def _log_softmax(logits: Any, axis: int = -1, name: Any = None) -> Any:
    return ops.log_softmax(logits, axis=-1 if axis is None else axis)


def _softmax_cross_entropy(labels: Any, logits: Any, axis: int = -1, name: Any = None) -> Any:
    return ops.categorical_crossentropy(labels, logits, from_logits=True, axis=axis)


def _sparse_softmax_cross_entropy(labels: Any, logits: Any, name: Any = None) -> Any:
    return ops.sparse_categorical_crossentropy(labels, logits, from_logits=True)


def _sigmoid_cross_entropy(labels: Any, logits: Any, name: Any = None) -> Any:
    return ops.binary_crossentropy(labels, logits, from_logits=True)


def _moments(x: Any, axes: Any, shift: Any = None, keepdims: bool = False, name: Any = None) -> Any:
    return ops.moments(x, axes=axes, keepdims=keepdims)


def _l2_normalize(x: Any, axis: Any = None, epsilon: float = 1e-12, name: Any = None) -> Any:
    squares = ops.sum(ops.square(x), axis=axis, keepdims=True)
    return ops.multiply(x, ops.rsqrt(ops.maximum(squares, epsilon)))


def _dropout(x: Any, rate: float, noise_shape: Any = None, seed: Any = None, name: Any = None) -> Any:
    return random.dropout(x, rate, noise_shape=noise_shape, seed=_seeded(seed))


def _embedding_lookup(params: Any, ids: Any, max_norm: Any = None, name: Any = None) -> Any:
    return ops.take(params, ids, axis=0)


def _top_k(input: Any, k: int = 1, sorted: bool = True, name: Any = None) -> Any:
    return ops.top_k(input, k, sorted=sorted)


def _bias_add(value: Any, bias: Any, data_format: Any = None, name: Any = None) -> Any:
    return ops.add(value, bias)


def _depth_to_space(input: Any, block_size: int, data_format: str = "NHWC", name: Any = None) -> Any:
    return ops.depth_to_space(input, block_size, data_format=_LAYOUTS[data_format])


def _space_to_depth(input: Any, block_size: int, data_format: str = "NHWC", name: Any = None) -> Any:
    return ops.space_to_depth(input, block_size, data_format=_LAYOUTS[data_format])


def _l2_loss(t: Any, name: Any = None) -> Any:
    return ops.multiply(0.5, ops.sum(ops.square(t)))


_LAYOUTS = {"NHWC": "channels_last", "NCHW": "channels_first"}

NN = {
    "relu": _relu,
    "relu6": of_one("relu6", ops.relu6),
    "elu": of_one("elu", ops.elu),
    "selu": of_one("selu", ops.selu),
    "gelu": of_one("gelu", ops.gelu),
    "silu": of_one("silu", ops.silu),
    "swish": of_one("swish", ops.swish),
    "leaky_relu": _leaky_relu,
    "sigmoid": ELEMENTWISE["sigmoid"],
    "tanh": ELEMENTWISE["tanh"],
    "softplus": ELEMENTWISE["softplus"],
    "softmax": _softmax,
    "log_softmax": _log_softmax,
    "softmax_cross_entropy_with_logits": _softmax_cross_entropy,
    "sparse_softmax_cross_entropy_with_logits": _sparse_softmax_cross_entropy,
    "sigmoid_cross_entropy_with_logits": _sigmoid_cross_entropy,
    "moments": _moments,
    "l2_normalize": _l2_normalize,
    "dropout": _dropout,
    "embedding_lookup": _embedding_lookup,
    "top_k": _top_k,
    "bias_add": _bias_add,
    "depth_to_space": _depth_to_space,
    "space_to_depth": _space_to_depth,
    "l2_loss": _l2_loss,
    "log_sigmoid": of_one("log_sigmoid", ops.log_sigmoid),
}


# tf.random


def _seeded(seed: Any) -> Any:
    return global_seed_generator() if seed is None else seed


def _normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = "float32", seed: Any = None, name: Any = None
) -> Any:
    return random.normal(sizes_of(shape), mean, stddev, dtype=dtype_name(dtype), seed=_seeded(seed))


def _uniform(
    shape: Any, minval: Any = 0, maxval: Any = None, dtype: Any = "float32", seed: Any = None, name: Any = None
) -> Any:
    dtype = dtype_name(dtype)
    if "int" in dtype:
        return random.randint(sizes_of(shape), minval, maxval, dtype=dtype, seed=_seeded(seed))
    return random.uniform(sizes_of(shape), minval, 1.0 if maxval is None else maxval, dtype=dtype, seed=_seeded(seed))


def _truncated_normal(
    shape: Any, mean: Any = 0.0, stddev: Any = 1.0, dtype: Any = "float32", seed: Any = None, name: Any = None
) -> Any:
    return random.truncated_normal(sizes_of(shape), mean, stddev, dtype=dtype_name(dtype), seed=_seeded(seed))


def _shuffle(value: Any, seed: Any = None, name: Any = None) -> Any:
    return random.shuffle(ops.convert_to_tensor(value), seed=_seeded(seed))


def _categorical(logits: Any, num_samples: int, dtype: Any = "int64", seed: Any = None, name: Any = None) -> Any:
    return random.categorical(logits, num_samples, dtype=dtype_name(dtype) or "int64", seed=_seeded(seed))


RANDOM = {
    "normal": _normal,
    "uniform": _uniform,
    "truncated_normal": _truncated_normal,
    "shuffle": _shuffle,
    "categorical": _categorical,
}
