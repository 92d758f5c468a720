"""Arguments of the optimizers of Keras 1 and 2."""

from typing import Any

from lamina._checks import check_non_negative
from lamina._deprecation import warn_once

_IGNORED = ("schedule_decay", "jit_compile", "is_legacy_optimizer")


def take_old_arguments(kwargs: dict[str, Any], learning_rate: Any, where: str) -> tuple[Any, float]:
    """Takes `lr` and `decay` out of `kwargs`; gives the learning rate and the decay, 0 for none."""
    if "lr" in kwargs:
        learning_rate = kwargs.pop("lr")
        warn_once(f"{where}.lr", f"{where}(lr=...) is the spelling of Keras 1; write learning_rate=.")
    decay = kwargs.pop("decay", None)
    if decay is not None:
        check_non_negative(decay, "decay", where)
        warn_once(
            f"{where}.decay",
            f"{where}(decay=...) is an argument of Keras 1 and 2, learning_rate / (1 + decay * iterations); "
            "write learning_rate=optimizers.schedules.InverseTimeDecay(learning_rate, 1, decay).",
        )
    for name in _IGNORED:
        if kwargs.pop(name, None) is not None:
            warn_once(f"{where}.{name}", f"{where}: {name} is an argument of Keras 2 without effect here.")
    return learning_rate, float(decay or 0.0)


def epsilon_or_default(epsilon: float | None) -> float:
    """Keras 1 and 2 wrote epsilon=None for the default."""
    return 1e-7 if epsilon is None else epsilon
