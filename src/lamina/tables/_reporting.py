"""What is found out for a report."""

import os
from typing import Any

import numpy as np

from ._choice import Result
from ._columns import Column
from ._dependence import Dependence, can_vary, partial_dependence
from ._errors import TableError
from ._evidence import Trial, trials_of, used_columns
from ._figures import Figures, figures_of
from ._importance import REPEATS, Importance, permutation_importance
from ._page._findings import Findings
from ._target import Target

_CURVES = 6  # columns that are drawn
_MATTERS = 0.01  # of the importance of the first column
_MANY = 100  # columns above which each is shuffled twice only


def findings_of_fit(columns: list[Column], target: Target, summary: dict[str, Any], result: Result) -> Findings:
    """What the tested rows of a fit say of its models."""
    trials = trials_of(result)
    rows, folds = len(result.truth), len(result.rounds)
    judged = (
        f"Tested in {folds} folds: each of {rows} rows once, by a model that was trained without it. Of these rows and models is "
        "all that follows."
        if folds > 1
        else f"Of the {rows} test rows, which had no part in training, is all that follows."
    )
    curves = [(one.run.history, one.run.best_epoch) for one in result.rounds if one.run is not None]
    name = result.written_name
    return _findings(
        columns, target, summary, trials, judged, result.by_model[name], result.spread.get(name, {}),
        summary["cautions"], curves,
    )  # fmt: skip


def findings_on(
    columns: list[Column], target: Target, summary: dict[str, Any], trial: Trial, notes: list[str]
) -> Findings:
    """What rows of another table say of a model. Raises TableError if the model's file knows nothing of its fit."""
    if "command" not in summary:
        raise TableError(
            "The model's file does not tell how it was fitted; fit it once more, then a report can be written."
        )
    path = trial.table.path
    judged = f"All that follows is of the {len(trial.table)} rows of {path} that have {target.name!r}."
    cautions = [*notes, *summary["cautions"]]
    if path == summary["table"]:
        cautions.insert(
            0, f"The model was fitted on rows of {path}: what follows flatters it. Give rows that it does not know."
        )
    history = {
        name: [np.nan if v is None else v for v in values] for name, values in summary.get("history", {}).items()
    }
    curves = [(history, summary["best_epoch"])] if history else []
    figures = figures_of(target, trial.truth, trial.outputs)
    return _findings(columns, target, summary, [trial], judged, figures, {}, cautions, curves)


def _findings(
    columns: list[Column], target: Target, summary: dict[str, Any], trials: list[Trial], judged: str, figures: Figures,
    spread: Figures, cautions: list[str], curves: list[Any],
) -> Findings:  # fmt: skip
    names = used_columns(columns)
    importance = permutation_importance(trials, target, names, REPEATS if len(names) <= _MANY else 2)
    title = f"{target.name} from {os.path.basename(summary['table'])}"
    return Findings(
        title, target, columns, summary, trials, judged, figures, spread, cautions, importance,
        _dependences(columns, target, trials, importance), curves,
    )  # fmt: skip


def _dependences(
    columns: list[Column], target: Target, trials: list[Trial], importance: Importance
) -> list[Dependence]:
    """The curves of the most important columns; those that do not matter, beside their spread or the first, have none."""
    by_name = {c.name: c for c in columns}
    least = _MATTERS * importance.values[0]
    matter = [
        name
        for name, value, spread in zip(importance.columns, importance.values, importance.spread)
        if value > max(least, spread) and can_vary(by_name[name])
    ]
    found = [partial_dependence(trials, target, by_name[name]) for name in matter[:_CURVES]]
    return [one for one in found if len(one.levels) > 1]
