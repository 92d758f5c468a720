"""Arguments of `compile`, `fit`, `evaluate` and `predict` of Keras 1 and 2."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from lamina._deprecation import warn_once
from lamina._hints import did_you_mean

_WITHOUT_EFFECT = {
    **dict.fromkeys(("workers", "use_multiprocessing", "max_queue_size"), "give it to the PyDataset"),
    "sample_weight_mode": "weights of any rank that fits the losses are understood",
}


def understands_old_arguments(method: Callable[..., Any]) -> Callable[..., Any]:
    """Lets a method take `nb_epoch` and the like of Keras 1 and 2, which its signature does not show."""

    @functools.wraps(method)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
        if "nb_epoch" in kwargs:
            warn_once("nb_epoch", "fit(nb_epoch=) is Keras 1's name; write epochs=.")
            kwargs["epochs"] = kwargs.pop("nb_epoch")
        for name, advice in _WITHOUT_EFFECT.items():
            if name in kwargs:
                where = method.__name__
                warn_once(f"{where}:{name}", f"{where}({name}=) has no effect; {advice}.")
                kwargs.pop(name)
        for name in kwargs:
            if name not in known and not takes_all:
                meant = did_you_mean(name, known)
                raise TypeError(f"{type(self).__name__}.{method.__name__}: unknown argument {name!r}.{meant}")
        return method(self, *args, **kwargs)

    parameters = inspect.signature(method).parameters
    takes_all = any(p.kind is p.VAR_KEYWORD for p in parameters.values())
    known = [name for name in parameters if name != "self"]
    return wrapper
