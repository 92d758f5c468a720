"""A thin `tensorflow`: what programs with Keras take from it, besides `tf.keras`."""

import functools
import importlib
import logging
import types
from collections.abc import Callable
from typing import Any

from lamina.data._elements import Element
from lamina.engines import engine
from lamina.ops._symbolic import KerasTensor
from lamina.variables import GradientTape, set_random_seed

from . import _tf_control, _tf_data, _tf_functions, _tf_math, _tf_parts, _tf_shapes
from ._missing import no_such_name
from ._sessions import TENSORFLOW_1
from ._tables import TENSORFLOW_VERSION
from ._tf_files import IO
from ._tf_functions import ELEMENTWISE
from ._tf_image import IMAGE
from ._tf_linalg import LINALG
from ._tf_nn import NN, RANDOM
from ._tf_strings import STRINGS, decode_csv

_DTYPES = "float16 bfloat16 float32 float64 int8 int16 int32 int64 uint8 uint16 uint32 uint64 bool string".split()
_LEFT_OUT = {
    "placeholder": "use keras.Input, or keras.backend.placeholder with keras.backend.function",
    "estimator": "use a keras.Sequential model",
    "lite": "export is not part of it",
    "saved_model": "use model.save('model.keras'), or model.export for files that run elsewhere",
    "train": "use keras.optimizers, and model.save_weights for checkpoints",
    "summary": "use keras.callbacks",
}


def _function(func: Callable[..., Any] | None = None, **options: Any) -> Any:
    """`@tf.function`: the function as it is; what it computes runs eagerly."""
    if func is None:
        return functools.partial(_function, **options)
    return func


def _devices(device_type: str | None = None) -> list[Any]:
    """The devices of a kind: the CPU, and those that the engine computes on."""
    found = [tuple(d.upper().split(":")) for d in engine.devices()]
    names = {("CPU", "0"), *((kind if kind in ("CPU", "TPU") else "GPU", number) for kind, number in found)}
    return [
        types.SimpleNamespace(name=f"/physical_device:{kind}:{number}", device_type=kind)
        for kind, number in sorted(names)
        if device_type in (None, kind)
    ]


def _has_gpu(*args: Any, **kwargs: Any) -> bool:
    return bool(_devices("GPU"))


def _gpu_name() -> str:
    """The name of the first GPU, empty where there is none."""
    return next((f"/device:{'/'.join(d.name.split(':')[1:]).replace('/', ':')}" for d in _devices("GPU")), "")


def _nothing(*args: Any, **kwargs: Any) -> None:
    """Without effect here."""


def _true(*args: Any, **kwargs: Any) -> bool:
    return True


def _public_functions() -> dict[str, Any]:
    return {
        name: thing
        for name, thing in vars(_tf_functions).items()
        if not name.startswith("_")
        and name not in ("print_", "of_one", "dtype_name", "sizes_of")
        and getattr(thing, "__module__", None) == _tf_functions.__name__
    }


def _tensor_class() -> type:
    return type(engine.tensor(0.0))


_FUNCTIONS = {
    **ELEMENTWISE, **_public_functions(), **_tf_shapes.FUNCTIONS, **_tf_control.FUNCTIONS, **_tf_parts.INITIALIZERS,
    **_tf_parts.OTHER_TENSORS, **_tf_data.FUNCTIONS,
}  # fmt: skip
_MATH = {
    **_FUNCTIONS,
    **{name: NN[name] for name in ("softmax", "log_softmax", "log_sigmoid", "l2_normalize", "top_k")},
    **_tf_math.MATH,
}
_LOGGING = {"set_verbosity": _nothing, "DEBUG": 10, "INFO": 20, "WARN": 30, "ERROR": 40, "FATAL": 50}

# Module -> what it holds. A name that is no key here and no name there is an AttributeError.
_TOP = {
    **_FUNCTIONS,
    **_tf_math.TOP,
    **{name: name for name in _DTYPES},
    "__version__": TENSORFLOW_VERSION,
    "GradientTape": GradientTape,
    "function": _function,
    "print": _tf_functions.print_,
    "newaxis": None,
    "executing_eagerly": _true,
    "get_logger": functools.partial(logging.getLogger, "tensorflow"),
    "set_random_seed": set_random_seed,
    "tpu": _tf_parts.TPU,
    **TENSORFLOW_1,
}
TENSORFLOW: dict[str, dict[str, Any]] = {
    "tensorflow": _TOP,
    "tensorflow.math": _MATH,
    "tensorflow.nn": NN,
    "tensorflow.random": {**RANDOM, "set_seed": set_random_seed},
    "tensorflow.linalg": {
        **{name: _FUNCTIONS[name] for name in ("matmul", "norm", "eye", "tensordot", "einsum")},
        **LINALG,
    },
    "tensorflow.config": {
        "list_physical_devices": _devices,
        "list_logical_devices": _devices,
        "set_visible_devices": _nothing,
        "run_functions_eagerly": _nothing,
    },
    "tensorflow.config.experimental": {"list_physical_devices": _devices, "set_memory_growth": _nothing},
    "tensorflow.test": {
        "is_gpu_available": _has_gpu,
        "is_built_with_cuda": _has_gpu,
        "gpu_device_name": _gpu_name,
    },
    **{f"tensorflow.{path}": names for path, names in _tf_data.DATA.items()},
    "tensorflow.io": {**IO, "decode_csv": decode_csv},
    "tensorflow.strings": STRINGS,
    "tensorflow.io.gfile": _tf_parts.FILES,
    "tensorflow.gfile": _tf_parts.FILES,
    "tensorflow.image": IMAGE,
    "tensorflow.distribute": _tf_parts.DISTRIBUTE,
    "tensorflow.debugging": _tf_parts.DEBUGGING,
    "tensorflow.nest": _tf_parts.NEST,
    "tensorflow.__internal__": {},
    "tensorflow.__internal__.tracking": {
        "no_automatic_dependency_tracking": _tf_parts.no_automatic_dependency_tracking
    },
    "tensorflow.logging": _LOGGING,
    "tensorflow.autograph": {"set_verbosity": _nothing},
    "tensorflow.python": {},
    "tensorflow.compat": {},
    **{
        f"tensorflow.compat.{version}{part}": things
        for version in ("v1", "v2")
        for part, things in (
            ("", _TOP),
            (".logging", _LOGGING),
            (".image", IMAGE),
            (".math", _MATH),
            (".nn", NN),
        )
    },
    "tensorflow.compat.v1.gfile": _tf_parts.FILES,
}
# Parts of Keras that stand at the top of TensorFlow too.
_OF_KERAS = ("initializers", "losses", "metrics", "optimizers", "regularizers", "constraints")


class TensorflowModule(types.ModuleType):
    """One module of the thin TensorFlow."""

    def __init__(self, fullname: str):
        super().__init__(fullname, f"The part of {fullname} that lamina stands in for.")
        self.__dict__["__path__"] = []
        self.__dict__.update(TENSORFLOW[fullname])
        self.__dict__["__all__"] = [name for name in TENSORFLOW[fullname] if not name.startswith("_")]

    def __getattr__(self, name: str) -> Any:
        full = f"{self.__name__}.{name}"
        if full in TENSORFLOW or full in _KERAS:
            return importlib.import_module(full)
        if name == "Tensor" and TENSORFLOW[self.__name__] is _TOP:
            return _TensorOrSymbol
        if self.__name__ == "tensorflow" and name in _OF_KERAS:
            return importlib.import_module(f"tensorflow.keras.{name}")
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        raise AttributeError(self._lamina_no(name))

    def _lamina_no(self, name: str) -> str:
        advice = _LEFT_OUT.get(name) if self.__name__ == "tensorflow" else None
        if advice:
            return f"{self.__name__}.{name} is not part of the thin tensorflow that lamina stands in with: {advice}."
        return no_such_name(self, name, "a thin tensorflow; lamina.ops may have what you need")


class _InstanceOfTensor(type):
    def __instancecheck__(cls, thing: Any) -> bool:
        return isinstance(thing, (_tensor_class(), KerasTensor, Element))


class _TensorOrSymbol(metaclass=_InstanceOfTensor):
    """`tf.Tensor`, for isinstance."""


_KERAS = ("tensorflow.keras", "tensorflow.python.keras", "tensorflow.compat.v1.keras", "tensorflow.compat.v2.keras")


def make_tensorflow_module(fullname: str) -> TensorflowModule:
    """The stand-in for a module of TensorFlow, one of `TENSORFLOW`."""
    return TensorflowModule(fullname)
