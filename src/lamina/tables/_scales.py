"""On which scale a number is fitted: its own, or a logarithmic one if the validation rows prefer it."""

from dataclasses import replace

import numpy as np

from ._rounds import LINEAR, Round, fit_linear, losses_of
from ._signed_log import signed_log_for, skewness
from ._target import NUMBER

_BETTER = 0.97  # of the error, below which another scale is worth its trouble


def fit_linears(rounds: list[Round]) -> list[str]:
    """Solves the linear models of all rounds, each on the better scale, and gives what is to be said of a long tail.

    In targets of long tails each round gets the scale that the network is to be tried on as well.
    """
    for one in rounds:
        fit_linear(one)
    if rounds[0].target.kind != NUMBER:
        return []
    logs = [signed_log_for(one.training.truth[:, 0].astype("float64")) for one in rounds]
    if None in logs:
        return []
    for one, log in zip(rounds, logs):
        one.log = log
    others = on_logs(rounds)
    for other in others:
        fit_linear(other)
    is_better, said = compared(LINEAR, rounds, others)
    if is_better:
        for one, other in zip(rounds, others):
            one.heads, one.validated, one.tested = other.heads, other.validated, other.tested
    tail = skewness(rounds[0].training.truth[:, 0].astype("float64"))
    about = f"{rounds[0].target.name!r} has a long tail (skewness {tail:.1f}): it is tried on its own scale and on a"
    return [
        f"{about} logarithmic one, arcsinh(y / {logs[0].size:.3g}); predictions and figures are in its own units.",
        said,
    ]


def on_logs(rounds: list[Round]) -> list[Round]:
    """The same rounds with the target on the logarithmic scale, and models of their own."""
    return [
        replace(
            one, target=replace(one.target, log=one.log), networks=dict(one.networks), heads=dict(one.heads),
            validated=dict(one.validated), tested=dict(one.tested),
        )
        for one in rounds
    ]  # fmt: skip


def compared(model: str, rounds: list[Round], others: list[Round]) -> tuple[bool, str]:
    """Whether the model (LINEAR or NETWORK) is better with the logarithmic scale, and a sentence with the figures.

    Compared are squared errors in the table's own units on the validation rows of all rounds.
    """
    own, log = (
        np.concatenate([losses_of(one.target, one.validated[model], one.validation.truth) for one in of]).mean()
        for of in (rounds, others)
    )
    share = float(np.sqrt(log / max(own, 1e-300)))
    is_better = share < _BETTER
    name = "linear model" if model == LINEAR else model
    fitted = "on the logarithmic scale" if is_better else "on the number itself"
    return is_better, (
        f"The {name} is fitted {fitted}; on the validation rows its error with the logarithmic scale is {share:.3f} times the "
        "error without."
    )
