"""`lamina explain`: what the columns do in a model."""

import json
from typing import Any

import numpy as np

from lamina.tables._contributions import Contributions
from lamina.tables._errors import TableError
from lamina.tables._frames import name_of
from lamina.tables._importance import Importance
from lamina.tables._report import Speaker, plain, rows_table

from ._fitted import fitted_model

_BAR = 24  # letters


def explain_table(
    model: str, table: Any, encoding: str | None, memory: int | None, repeats: int, seed: int, as_json: bool
) -> None:  # fmt: skip
    """Prints the importance of the columns."""
    table_model = fitted_model(model)
    found: Importance = table_model.explain(table, repeats=repeats, seed=seed, encoding=encoding, memory=memory)
    pairs = list(zip(found.columns, found.values.tolist(), found.spread.tolist()))
    if as_json:
        columns = [{"name": name, "value": value, "spread": spread} for name, value, spread in pairs]
        about = {
            "table": name_of(table),
            "target": table_model.target.name,
            "rows": found.rows,
            "repeats": found.repeats,
            "notes": table_model.notes,
        }
        print(json.dumps({**about, "metric": found.metric, "base": found.base, "columns": columns}, indent=2))
        return
    say = Speaker(False)
    for note in table_model.notes:
        say.note(note)
    say.line(
        f"{name_of(table)}: how much the {found.metric} ({found.base:.4g}) of {found.rows} rows grows when a column is shuffled; "
        f"mean ± standard deviation of {found.repeats} shuffles."
    )
    shown = rows_table("column", "", "grows by", right=1)
    most = max(np.abs(found.values).max(), 1e-12)
    for name, value, spread in pairs:
        shown.add_row(plain(name), _bar(value, most), f"{value:+.4g} ± {spread:.1g}")
    say.show(shown)


def explain_row(
    model: str, table: Any, encoding: str | None, memory: int | None, row: int, background: str | None, name: str | None,
    seed: int, as_json: bool,
) -> None:  # fmt: skip
    """Prints what each column adds to the answer for one row."""
    table_model = fitted_model(model)
    found: Contributions = table_model.explain(
        table, row, background=background, seed=seed, encoding=encoding, memory=memory
    )
    classes = table_model.target.classes
    if name is not None and name not in classes:
        known = f"the classes are {', '.join(classes)}" if classes else f"{table_model.target.name!r} is a number"
        raise TableError(f"--class {name}: there is no such class; {known}.")
    unit = found.outputs.index(name) if name is not None else int(found.prediction.argmax())
    if as_json:
        print(
            json.dumps({"table": name_of(table), "row": row, **_as_json(found), "notes": table_model.notes}, indent=2)
        )
        return
    what = found.outputs[unit] if not classes else f"probability of {found.outputs[unit]!r}"
    say = Speaker(False)
    for note in table_model.notes:
        say.note(note)
    say.line(
        f"{name_of(table)}, row {row}: {what} is {found.prediction[unit]:.4g}; the mean of the {found.rows} rows it is compared "
        f"with is {found.base[unit]:.4g}. What each column adds (Shapley values ± standard error; they sum to the difference):"
    )
    shown = rows_table("column", "value", "", "adds", right=1)
    values, spread = found.values[:, unit], found.spread[:, unit]
    most = max(np.abs(values).max(), 1e-12)
    for i in np.argsort(-np.abs(values), kind="stable"):
        cells = plain(found.columns[i]), plain(found.shown[i]), _bar(values[i], most)
        shown.add_row(*cells, f"{values[i]:+.4g} ± {spread[i]:.1g}")
    say.show(shown)


def _as_json(found: Contributions) -> dict[str, Any]:
    def by_output(values: np.ndarray) -> dict[str, float]:
        return dict(zip(found.outputs, values.tolist()))

    columns = [
        {"name": name, "shown": shown, "values": by_output(values), "spread": by_output(spread)}
        for name, shown, values, spread in zip(found.columns, found.shown, found.values, found.spread)
    ]
    return {
        "base": by_output(found.base), "prediction": by_output(found.prediction), "background_rows": found.rows,
        "columns": columns,
    }  # fmt: skip


def _bar(value: float, most: float) -> str:
    return ("-" if value < 0 else "+") * round(_BAR * abs(value) / most)
