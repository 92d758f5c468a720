"""Small parts of TensorFlow: files, strategies, checks, structures, initialisers."""

import contextlib
import glob
import os
import shutil
import types
from collections.abc import Iterator
from typing import Any

import numpy as np

from lamina import initializers, ops, tree
from lamina._deprecation import warn_once

from ._later import absent


def open_file(name: Any, mode: str = "r") -> Any:
    """The file, opened as by Python's `open`."""
    return open(name, mode)


def _makedirs(path: Any) -> None:
    os.makedirs(path, exist_ok=True)


def _remove_tree(path: Any) -> None:
    shutil.rmtree(path)


FILES: dict[str, Any] = {
    "GFile": open_file,
    "Open": open_file,
    "exists": os.path.exists,
    "isdir": os.path.isdir,
    "listdir": os.listdir,
    "glob": glob.glob,
    "makedirs": _makedirs,
    "mkdir": _makedirs,
    "remove": os.remove,
    "rmtree": _remove_tree,
    "join": os.path.join,
}


class Strategy:
    """A strategy of distribution: everything runs in this process."""

    num_replicas_in_sync = 1
    extended = types.SimpleNamespace(_in_multi_worker_mode=lambda: False, should_checkpoint=True)

    def __init__(self, *args: Any, **options: Any):
        warn_once("tf.distribute", f"tf.distribute.{type(self).__name__} is accepted; all runs in one process.")

    @contextlib.contextmanager
    def scope(self) -> Iterator["Strategy"]:
        """A scope that changes nothing."""
        yield self

    def run(self, fn: Any, args: Any = (), kwargs: Any = None, options: Any = None) -> Any:
        """What `fn` gives."""
        return fn(*args, **(kwargs or {}))

    def reduce(self, reduce_op: Any, value: Any, axis: Any = None) -> Any:
        """The value, summed over `axis` if one is given."""
        return value if axis is None else ops.sum(value, axis=axis)


class MirroredStrategy(Strategy):
    """`tf.distribute.MirroredStrategy`."""


class OneDeviceStrategy(Strategy):
    """`tf.distribute.OneDeviceStrategy`."""


def get_strategy() -> Strategy:
    """The strategy in use."""
    return object.__new__(Strategy)


_ONE_PROCESS = "there is one process; run without it"
DISTRIBUTE: dict[str, Any] = {
    "Strategy": Strategy,
    "MirroredStrategy": MirroredStrategy,
    "OneDeviceStrategy": OneDeviceStrategy,
    "get_strategy": get_strategy,
    "has_strategy": lambda: False,
    **{
        name: absent(f"tensorflow.distribute.{name}", _ONE_PROCESS, is_open=True)
        for name in ("TPUStrategy", "MultiWorkerMirroredStrategy", "experimental", "cluster_resolver")
    },
}


def _check(holds: Any, message: Any, what: str) -> None:
    if not bool(np.all(np.asarray(holds))):
        raise ValueError(f"tf.debugging.{what}: {message or 'it does not hold'}.")


def _comparison(name: str, operation: Any) -> Any:
    def function(x: Any, y: Any, message: Any = None, summarize: Any = None, name: Any = None) -> None:
        _check(operation(x, y), message, function.__name__)

    function.__name__ = function.__qualname__ = f"assert_{name}"
    function.__doc__ = f"Raises ValueError unless `ops.{operation.__name__}` holds everywhere."
    return function


def assert_(condition: Any, data: Any = None, summarize: Any = None, name: Any = None) -> None:
    """Raises ValueError unless the condition holds everywhere."""
    _check(condition, data, "Assert")


def check_numerics(tensor: Any, message: Any, name: Any = None) -> Any:
    """The tensor. Raises ValueError if a value is not finite."""
    _check(ops.isfinite(tensor), message, "check_numerics")
    return tensor


def _nothing(*args: Any, **kwargs: Any) -> None:
    """Without effect here."""


DEBUGGING: dict[str, Any] = {
    "Assert": assert_,
    "check_numerics": check_numerics,
    "disable_traceback_filtering": _nothing,
    "enable_traceback_filtering": _nothing,
    **{
        f"assert_{name}": _comparison(name, getattr(ops, name))
        for name in ("equal", "greater", "greater_equal", "less")
    },
}


def map_structure(func: Any, *structure: Any, **options: Any) -> Any:
    """`func` of the leaves of structures of one form."""
    return tree.map_structure(func, *structure)


NEST: dict[str, Any] = {
    "flatten": lambda structure, expand_composites=False: tree.flatten(structure),
    "map_structure": map_structure,
    "pack_sequence_as": lambda structure, flat_sequence, **_: tree.pack_sequence_as(structure, flat_sequence),
    "is_nested": tree.is_nested,
    "assert_same_structure": lambda a, b, **_: tree.assert_same_structure(a, b),
}

INITIALIZERS: dict[str, Any] = {
    "zeros_initializer": initializers.Zeros,
    "ones_initializer": initializers.Ones,
    "constant_initializer": initializers.Constant,
    "random_normal_initializer": initializers.RandomNormal,
    "random_uniform_initializer": initializers.RandomUniform,
    "truncated_normal_initializer": initializers.TruncatedNormal,
}


TPU = absent("tensorflow.tpu", "there is no TPU of TensorFlow here", is_open=True)
_DENSE = "tensors are dense; use arrays"
OTHER_TENSORS: dict[str, Any] = {
    name: absent(f"tensorflow.{name}", _DENSE) for name in ("SparseTensor", "RaggedTensor", "IndexedSlices")
}


def no_automatic_dependency_tracking(method: Any) -> Any:
    """The method as it is: only Keras tracks what is set on layers."""
    return method
