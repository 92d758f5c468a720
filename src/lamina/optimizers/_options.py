"""The options that all optimizers share, and the signature that tells of them."""

import functools
import inspect
from collections.abc import Callable
from typing import Any, TypedDict, TypeVar

from lamina._checks import check_fraction, check_non_negative, check_positive

F = TypeVar("F", bound=Callable[..., None])


class OptionsWithoutDecay(TypedDict, total=False):
    """What an optimizer takes beside its own arguments, for type checkers; see `Options`."""

    clipnorm: float | None
    clipvalue: float | None
    global_clipnorm: float | None
    use_ema: bool
    ema_momentum: float
    ema_overwrite_frequency: int | None
    loss_scale_factor: float | None
    gradient_accumulation_steps: int | None
    name: str | None
    lr: float  # of Keras 1 and 2, as the next ones
    decay: float
    jit_compile: bool


class CommonOptions(OptionsWithoutDecay, total=False):
    weight_decay: float | None


class Options:
    """The part of an optimizer that holds these options. Raises ValueError for values outside their ranges."""

    def __init__(
        self,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
    ):
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = use_ema
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self._check_options()

    def _check_options(self) -> None:
        where = type(self).__name__
        given = self.options()
        for name in ("weight_decay", "clipnorm", "clipvalue", "global_clipnorm"):
            if given[name] is not None:
                check_non_negative(given[name], name, where)
        if sum(given[name] is not None for name in ("clipnorm", "clipvalue", "global_clipnorm")) > 1:
            raise ValueError(
                f"{where}: at most one of clipnorm, clipvalue and global_clipnorm may be given; got "
                f"clipnorm={self.clipnorm!r}, clipvalue={self.clipvalue!r}, global_clipnorm={self.global_clipnorm!r}."
            )
        if self.loss_scale_factor is not None:
            check_positive(self.loss_scale_factor, "loss_scale_factor", where)
        steps = self.gradient_accumulation_steps
        if steps and not steps >= 2:
            raise ValueError(f"{where}: gradient_accumulation_steps must be an integer, 2 or more; got {steps!r}.")
        if self.use_ema:
            check_fraction(self.ema_momentum, "ema_momentum", where)
            frequency = self.ema_overwrite_frequency
            if frequency is not None and (not isinstance(frequency, int) or frequency < 1):
                raise ValueError(
                    f"{where}: ema_overwrite_frequency must be a positive integer or None; got {frequency!r}."
                )

    def options(self) -> dict[str, Any]:
        """The options by name."""
        return {name: getattr(self, name) for name in DEFAULTS}


_PARAMETERS = [p for p in inspect.signature(Options.__init__).parameters.values() if p.name != "self"]
DEFAULTS: dict[str, Any] = {p.name: p.default for p in _PARAMETERS}
_NAME = inspect.Parameter("name", inspect.Parameter.POSITIONAL_OR_KEYWORD, default=None, annotation=str | None)
_REST = inspect.Parameter("kwargs", inspect.Parameter.VAR_KEYWORD, annotation=Any)


def with_options(init: F) -> F:
    """An `__init__` that passes `**options` on to `Optimizer`, with all of them in its signature, as Keras has it.

    They are its last arguments, and may be given by place too.
    """
    return _with_signature(init, None)


def options_before(argument: str) -> Callable[[F], F]:
    """`with_options`, where they stand before an argument of that name."""
    return lambda init: _with_signature(init, argument)


def _with_signature(init: F, before: str | None) -> F:
    parameters = _full_parameters(init, before)
    names = [p.name for p in parameters[1:-1]]

    @functools.wraps(init)
    def with_places(self: Any, *args: Any, **kwargs: Any) -> None:
        if len(args) > len(names):
            raise TypeError(f"{type(self).__name__} takes at most {len(names)} arguments by place; got {len(args)}.")
        init(self, **dict(zip(names, args)), **kwargs)

    with_places.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    return with_places  # type: ignore[return-value]


def _full_parameters(init: Callable[..., None], before: str | None) -> list[inspect.Parameter]:
    own = [p for p in inspect.signature(init).parameters.values() if p.kind is not p.VAR_KEYWORD]
    known = {p.name for p in own}
    common = [p for p in (*_PARAMETERS, _NAME) if p.name not in known]
    place = len(own) if before is None else next(i for i, p in enumerate(own) if p.name == before)
    return [*own[:place], *common, *own[place:], _REST]
