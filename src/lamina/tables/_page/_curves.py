"""The curves of training."""

import numpy as np

from lamina._markup._axes import Axes, range_of
from lamina._markup._html import Markup, element, joined, paragraph

from ._findings import Findings

_DECADES = 1e4  # at most, on a logarithmic axis


def training_section(findings: Findings) -> Markup | None:
    """Losses by epoch of the first network of each fold: training and validation rows of the first fold, validation rows of the
    others."""
    if not findings.curves:
        return None
    history, best = findings.curves[0]
    training, validation = (np.array(history[k], dtype="float64") for k in ("loss", "val_loss"))
    others = [np.array(h["val_loss"], dtype="float64") for h, _ in findings.curves[1:]]
    linear = findings.summary.get("linear_validation_loss")
    every = np.concatenate([training, validation, *others, [np.nan if linear is None else linear]])
    every = every[np.isfinite(every) & (every > 0)]
    log = len(every) > 0 and every.max() > 20 * every.min()
    low, high = (
        (max(every.min() / 1.2, every.max() / _DECADES), every.max() * 1.2) if log else range_of(every, zero=True)
    )
    longest = max(len(one) for one in (training, *others))
    log = " of the logarithms" if findings.target.log is not None else ""
    what = f"squared error / variance{log}" if findings.is_number else "cross-entropy (nats a row)"
    axes = Axes((1, max(longest, 2)), (low, high), "epoch", what, "Losses by epoch", log=log)
    for one in others:
        axes.line(_epochs(one), one, "s1 thin")
    axes.line(_epochs(training), training, "s0")
    axes.line(_epochs(validation), validation, "s1")
    axes.dots([best], [validation[best - 1]], "s1 big")
    legend = [("s0", "training rows"), ("s1", "validation rows")]
    if linear is not None:
        axes.line([1, max(longest, 2)], [linear, linear], "dash")
        kind = "linear" if findings.is_number else "logistic"
        legend.append(("dash", f"{kind} model, validation"))
    said = [f"The dot is the best epoch, {best} of {len(training)}; its weights are kept. "]
    if others:
        said.append(f"Strong: the first of {len(findings.curves)} folds; faint: the validation rows of the others. ")
    if not findings.is_number:
        said.append("The training rows' labels are smoothed, which keeps their loss up.")
    return joined([
        element("h2", "Training"), paragraph("".join(said), kind="soft"),
        element("div", axes.render(legend), class_="plots"),
    ])  # fmt: skip


def _epochs(losses: np.ndarray) -> np.ndarray:
    return np.arange(1, len(losses) + 1)
