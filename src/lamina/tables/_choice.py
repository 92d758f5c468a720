"""Which model is written, and how it does on rows that had no say in it.

With one split the validation rows choose. With folds the rows tested in the *other* folds choose for each fold, since the
validation rows have already chosen the network's best epoch and flatter it; for what is written, all of them do.
"""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ._class_weights import chosen_weights, weights_sentence
from ._figures import Figures, classes_of, confusion, constant_outputs, figures_of, score_name
from ._network import Head
from ._rounds import LINEAR, NETWORK, Round, losses_of
from ._target import NUMBER, Target
from ._thresholds import chosen_threshold, decision_sentence, f1_of

BOTH = "mean of both"
_MARGIN = 1e-4  # relative; what is better by less is not better


Chosen = tuple[str, ...]  # names of the heads that are averaged


@dataclass
class Result:
    """What all rounds say together.

    Attributes:
        target: of the first round, with the threshold of the written model.
        rounds: the finished ones.
        chosen: names of the heads that are averaged in what is written.
        by_fold: for each round what the other rounds prefer, which its figures are of.
        heads: the trained models that are written.
        truth, outputs: of all tested rows, `(rows, units)`, by the order of the rounds.
        by_model, spread: mean and standard deviation of each figure over the rounds, by model; the written one stands first.
        confusion: of the written model, for classes.
        decided: the target with threshold or weights of the written model, for each round.
        was_cut: whether rounds, or another scale of the target, were left out after Ctrl-C.
    """

    target: Target
    rounds: list[Round]
    chosen: Chosen
    by_fold: list[Chosen]
    heads: list[Head]
    truth: np.ndarray
    outputs: np.ndarray
    by_model: dict[str, Figures]
    spread: dict[str, Figures]
    confusion: np.ndarray | None
    decided: list[Target]
    was_cut: bool = False

    @property
    def written_name(self) -> str:
        return name_of(self.chosen, self.target)

    @property
    def metric(self) -> str:
        return score_name(self.target)

    @property
    def thresholds(self) -> list[float]:
        """Of two classes, the threshold in each round."""
        return [target.threshold for target in self.decided]

    @property
    def interrupted(self) -> bool:
        """Whether Ctrl-C ended the fit before its time."""
        return self.was_cut or any(one.run is not None and one.run.cut == "interrupted" for one in self.rounds)

    def cautions(self) -> list[str]:
        """What keeps the figures from being taken for more than they are."""
        rows = len(self.truth)
        said = []
        if rows < 100 and self.target.kind != NUMBER:
            said.append(f"With {rows} test rows, one row is {100 / rows:.1f} percentage points of accuracy.")
        elif rows < 50:
            said.append(f"{rows} test rows are few: another --split-seed will give other figures.")
        others = [
            str(i + 1) for i, chosen in enumerate(self.by_fold) if name_of(chosen, self.target) != self.written_name
        ]
        if others:
            said.append(
                f"Fold{'s' * (len(others) > 1)} {', '.join(others)}: without the rows tested there another model would be "
                f"written; the figures of {self.written_name!r} are of that one there."
            )
        if len(self.rounds) > 1:
            said.append(
                f"The figures are those of the models of single folds; what is written is the mean of {len(self.rounds)} of "
                "them, which is seldom worse."
            )
        return said


def name_of(chosen: Chosen, target: Target) -> str:
    """What a choice of heads is called."""
    networks = sum(name != LINEAR for name in chosen)
    if LINEAR not in chosen:
        return NETWORK if networks == 1 else f"mean of {networks} networks"
    return {0: linear_name(target), 1: BOTH}.get(networks, f"mean of {networks} networks and {linear_name(target)}")


def linear_name(target: Target) -> str:
    """What the linear model is called."""
    return "linear model" if target.kind == NUMBER else "logistic model"


def constant_name(target: Target) -> str:
    """What the answer that is always the same is called."""
    return "mean" if target.kind == NUMBER else "majority class"


def choose(rounds: list[Round]) -> Result:
    """The mean of those models, networks and linear, that together have the least loss on rows that trained none of them."""
    target = rounds[0].target
    several = len(rounds) > 1
    chosen = _grown(rounds, several)
    by_fold = [_grown([*rounds[:i], *rounds[i + 1 :]], True) for i in range(len(rounds))] if several else [chosen]
    models: dict[str, list[Chosen]] = {name_of(chosen, target): by_fold}
    for name in (NETWORK, LINEAR):
        if name in rounds[0].heads and (name,) != chosen:
            models[name_of((name,), target)] = [(name,)] * len(rounds)
    answers = {name: [_mean(one.tested, heads) for one, heads in zip(rounds, heads)] for name, heads in models.items()}
    decided = {name: [_decided(rounds, i, heads) for i, heads in enumerate(of)] for name, of in models.items()}
    constant = constant_name(target)
    answers[constant] = [constant_outputs(target, one.training.truth, len(one.test.table)) for one in rounds]
    decided[constant] = [target] * len(rounds)
    each = {
        name: [figures_of(of, one.test.truth, out) for of, one, out in zip(decided[name], rounds, outputs)]
        for name, outputs in answers.items()
    }
    written = name_of(chosen, target)
    return Result(
        _decided(rounds, None, chosen), rounds, chosen, by_fold, [one.heads[name] for one in rounds for name in chosen],
        np.concatenate([one.test.truth for one in rounds]), np.concatenate(answers[written]),
        {name: _over_rounds(figures, np.mean) for name, figures in each.items()},
        {name: _over_rounds(figures, np.std) for name, figures in each.items()} if len(rounds) > 1 else {},
        None if target.kind == NUMBER else sum(
            confusion(of, one.test.truth, out) for of, one, out in zip(decided[written], rounds, answers[written])
        ),
        decided[written],
    )  # fmt: skip


def _decided(rounds: list[Round], place: int | None, heads: Chosen) -> Target:
    """The target as these heads decide in a round: by what the other rounds tested, or by the validation rows."""
    target = rounds[0].target
    if not target.rare and not target.rare_classes:
        return target
    judges = [(one.test.truth, _mean(one.tested, heads)) for i, one in enumerate(rounds) if i != place]
    if len(rounds) == 1:
        judges = [(rounds[0].validation.truth, _mean(rounds[0].validated, heads))]
    truth, outputs = (np.concatenate(parts) for parts in zip(*judges))
    if target.rare_classes:
        return replace(target, weights=chosen_weights(target, truth, outputs))
    return replace(target, threshold=chosen_threshold(target, truth, outputs))


def _grown(rounds: list[Round], by_test: bool) -> Chosen:
    """The best model, to which the best partner is added as long as that helps: those whose mean is best.

    Reference: Caruana, Niculescu-Mizil, Crew, Ksikes, Ensemble Selection from Libraries of Models, 2004,
    doi:10.1145/1015330.1015432.
    """
    names = [*(name for name in rounds[0].heads if name != LINEAR), LINEAR]
    chosen: list[str] = []
    least = np.inf
    while len(chosen) < len(names):
        others = {name: _loss(rounds, (*chosen, name), by_test) for name in names if name not in chosen}
        best = min(others, key=others.get)
        if chosen and not others[best] < least * (1 - _MARGIN):
            break
        least = others[best]
        chosen.append(best)
    return tuple(name for name in names if name in chosen)


def _loss(rounds: list[Round], names: Chosen, by_test: bool) -> float:
    """The mean loss over the rows that choose; infinite for what is not finite, so that it is chosen last."""
    losses = [
        losses_of(one.target, _mean(outputs, names), part.truth)
        for one in rounds
        for outputs, part in ([(one.tested, one.test)] if by_test else [(one.validated, one.validation)])
    ]
    loss = float(np.concatenate(losses).mean())
    return loss if np.isfinite(loss) else np.inf


def _mean(outputs: dict[str, np.ndarray], names: Chosen) -> np.ndarray:
    return np.mean([outputs[name] for name in names], axis=0)


def _over_rounds(figures: list[Figures], over: Any) -> Figures:
    names = list(dict.fromkeys(name for one in figures for name in one))
    return {name: float(over([one[name] for one in figures if name in one])) for name in names}


def first_line(result: Result) -> str:
    """Which model is written, and whether it is worth anything."""
    by_model, target = result.by_model, result.target
    name = result.written_name
    own, constant = by_model[name][result.metric], by_model[constant_name(target)][result.metric]
    linear = by_model.get(linear_name(target), by_model[name])[result.metric]
    if own >= constant:
        return f"No better than the answer that is always the same: the columns tell the {name} nothing of {target.name!r}."
    if result.chosen == (LINEAR,):
        if NETWORK not in by_model:
            return f"Written is the {name}; no network was asked for."
        return f"Written is the {name}: the network is no better on {_judges(result)}."
    what = "the mean of network and linear model" if name == BOTH else f"the {name}"
    if own >= linear:
        return (
            f"No better than the {linear_name(target)} on the test rows; written is {what}, which is better on "
            f"{_judges(result)}."
        )
    return f"Written is {what}, which is better than the {linear_name(target)} on {_judges(result)}."


def _judges(result: Result) -> str:
    return "the rows of the folds" if len(result.rounds) > 1 else "the validation rows"


def decision_of(result: Result) -> str | None:
    """What is told about threshold or weights for rare classes; None if there are none."""
    target = result.target
    if not target.rare and not target.rare_classes:
        return None
    sizes = np.cumsum([len(one.test.table) for one in result.rounds])[:-1]
    truth = classes_of(target, result.truth)
    plain = classes_of(replace(target, threshold=0.5, weights=[]), result.outputs)
    own = np.concatenate([classes_of(of, out) for of, out in zip(result.decided, np.split(result.outputs, sizes))])
    if target.rare_classes:
        return weights_sentence(target, truth, plain, own)
    return decision_sentence(target, f1_of(target, truth, plain), f1_of(target, truth, own))
