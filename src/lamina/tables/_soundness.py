"""Whether a network that was trained on a table is sound: the rules of `lamina.diagnose` that hold after training."""

import numpy as np

from lamina.diagnosis._report import Report
from lamina.models import Model
from lamina.training._diagnosing._diagnose import diagnose

from ._choice import Result
from ._rounds import NETWORK, padded, standardised
from ._training import gaps_allowed

# Rules on how a training begins and is fed, which say nothing of one that is over, or that the models for tables take care of.
_BEFORE = (
    "constant-init", "poor-init", "no-trainable-weights", "learning-rate-high", "learning-rate-low", "learning-rate-negative",
    "clip-too-small", "optimizer-epsilon", "batchnorm-batch-size", "class-imbalance", "single-class-labels", "constant-features",
    "unscaled-target", "unnormalised-input", "tiny-input", "non-finite-data", "validation-leak", "unshuffled-data",
    "validation-split-sorted", "over-regularised", "exploding-gradient", "vanishing-gradient",
)  # fmt: skip
_ROWS = 1000


def network_findings(result: Result) -> Report | None:
    """What is wrong with the first network of a fit on its training rows; None if there is no network."""
    one = result.rounds[0]
    if NETWORK not in one.networks:
        return None
    core, run = one.networks[NETWORK].core, one.networks[NETWORK].run
    core.model.set_weights(run.weights)
    features = padded(one.training.network[:_ROWS], one.width)
    targets = core.spread(standardised(one.target, one.training.truth[:_ROWS]))
    return diagnose(core.model, features, targets, ignore=_BEFORE)


def model_findings(model: Model, inputs: dict[str, np.ndarray], truth: np.ndarray) -> Report:
    """What is wrong with a compiled model on rows: raw columns, and encoded targets `(rows, units)`."""
    some = {name: values[:_ROWS] for name, values in inputs.items()}
    with gaps_allowed():
        return diagnose(model, some, truth[:_ROWS], ignore=_BEFORE)


def soundness_lines(found: Report) -> list[str]:
    """The findings in short, a line each; one line if there are none."""
    if not found:
        return ["Is the network sound? Nothing found."]
    return ["Is the network sound?", *(f"  {f.severity}: {f.rule}: {f.message} {f.fix}" for f in found)]
