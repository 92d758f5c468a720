"""Arguments of `compile`, `fit`, `evaluate` and `predict` of Keras 1 and 2."""

import functools
from collections.abc import Callable
from typing import Any

from lamina._deprecation import warn_once

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
        return method(self, *args, **kwargs)

    return wrapper
