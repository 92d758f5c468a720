"""`TableModel`: a model, and what it expects of a table."""

from functools import partial
from typing import Any

import numpy as np

from lamina import models
from lamina._public import public
from lamina.export._exported import Exported, exported_model
from lamina.export._formats import format_named, target_path, write_format
from lamina.saving._errors import ModelFileError

from ._apart import check_apart
from ._as_fitted import read_as_fitted
from ._columns import Column, model_inputs, steady
from ._contributions import Contributions, shapley_values
from ._errors import TableError, close_names
from ._evidence import Trial, used_columns
from ._export import exported_table
from ._figures import Figures, classes_of, figures_of
from ._frames import as_table
from ._importance import REPEATS, Importance, permutation_importance
from ._large._answers import answers_in_pieces, judged, row_of, sample_of, stream_for
from ._large._budget import is_large
from ._large._stream import Stream
from ._matching import Surprises, match_columns
from ._model_file import MEMBER, read_model_file, write_model_file
from ._page._page import write_page
from ._reporting import findings_of_fit, findings_on
from ._table import Table
from ._target import NUMBER, Target, shares_of
from ._training import outputs_of


@public("tables.TableModel")
class TableModel:
    """A model for the rows of a table as people keep them; `lamina.fit_table` and `lamina fit` make it.

    Attributes:
        model: the Keras model, which takes a dict of raw columns.
        columns, target: what it expects of a table; None for a file that `lamina fit` did not write.
        missing: the values that were said to stand for missing ones.
        summary: what stands in metrics.json: how the table was read, the choice, the figures; empty if the file has none.
        result: the models and test rows of all rounds of the fit that just ended; None for a loaded model.
        profile: how the columns and the target were spread in the training rows; empty if the file does not tell.
        notes: how the rows last predicted were read, and what was unusual in them, in sentences.

    Example:
        >>> sizes = [7 * n % 40 for n in range(40)]
        >>> rows = {"size": sizes, "kind": ["large" if n >= 20 else "small" for n in sizes]}
        >>> model = lamina.fit_table(rows, target="kind", folds=2, hidden=(), verbose=False)
        >>> model.predict({"size": [3, 30]})
        array(['small', 'large'], dtype=object)
    """

    def __init__(
        self, model: models.Model, columns: list[Column] | None = None, target: Target | None = None,
        missing: tuple[str, ...] = (), summary: dict[str, Any] | None = None, result: Any = None,
        profile: dict[str, Any] | None = None,
    ):  # fmt: skip
        self.model, self.columns, self.target, self.missing = model, columns, target, tuple(missing)
        self.summary: dict[str, Any] = summary or {}
        self.result = result
        self.profile: dict[str, Any] = profile or {}
        self.notes: list[str] = []

    def __repr__(self) -> str:
        return f"<TableModel that predicts {self.target.name!r}, {self.target.kind}>" if self.target else "<TableModel>"

    @property
    def figures(self) -> dict[str, Figures]:
        """The metrics on the test rows, by model; the written one stands first."""
        return self.summary.get("test", {})

    def predict(self, data: Any, encoding: str | None = None, memory: int | None = None) -> np.ndarray:
        """The number, or the likeliest class, of each row: float32 or names `(rows,)`.

        Classes that are whole numbers, floats or truth values in the frame that the model was fitted to are given as these;
        those of a file are texts.

        Args:
            data: a path or an address, or a list of them, a frame of pandas or polars, a pyarrow Table or a dict of columns,
                with the columns that the model was fitted on; raw, gaps included.
            encoding: of a text file; found out by default.
            memory: most bytes that the table may take, as for `fit_table`; a larger file is read in pieces.
        Raises TableError if the columns are not those of the model.
        """
        outputs = self._outputs_for(data, encoding, memory)
        if self.target.kind == NUMBER:
            return outputs[:, 0].astype("float32")
        return self.target.answers[classes_of(self.target, outputs)]

    def predict_proba(self, data: Any, encoding: str | None = None, memory: int | None = None) -> np.ndarray:
        """The probability of each class, float32 `(rows, classes)`, in the order of `target.classes`; arguments as of `predict`.

        Raises ValueError if the target is a number.
        """
        if self.target.kind == NUMBER:
            raise ValueError(f"predict_proba: {self.target.name!r} is a number and has no classes; use predict.")
        return shares_of(self.target, self._outputs_for(data, encoding, memory)).astype("float32")

    def evaluate(self, data: Any, encoding: str | None = None, memory: int | None = None) -> Figures:
        """The metrics on the rows of a table that have the target; arguments as of `predict`.

        Raises TableError as `predict`, and without a target.
        """
        return figures_of(self.target, *self.judged(data, encoding, memory)[:2])

    def judged(
        self, data: Any, encoding: str | None = None, memory: int | None = None
    ) -> tuple[np.ndarray, np.ndarray, int]:
        """Encoded targets and outputs of the rows that have the target, `(rows, units)` each, and how many rows these are.

        Of a table that is read in pieces a part of the rows may be drawn evenly. Raises TableError as `evaluate`.
        """
        if self._is_large(data, memory):
            return judged(self, self.stream(data, encoding, memory), memory)
        table = self.known_rows(self.read(data, encoding))
        return self.target.encode(table.columns[self.target.name]), self.outputs(table), len(table)

    def explain(
        self, data: Any, row: int | None = None, *, background: Any = None, repeats: int = REPEATS, seed: int = 0,
        encoding: str | None = None, memory: int | None = None,
    ) -> Importance | Contributions:  # fmt: skip
        """What the columns do: for the rows of a table that have the target their importance, for one row what each adds.

        Args:
            data: as for `predict`; for importance with the target.
            row: number of the row in `data`, from 1; None for the importance of the columns.
            background: rows that the row is compared with; by default those of `data`.
            repeats: how often each column is shuffled, for importance.
            seed: fixes what is drawn.
            encoding: of a text file; found out by default.
            memory: most bytes that the table may take, as for `fit_table`; of a larger file rows are drawn evenly, which the
                first of `notes` says.
        Returns: a `tables.Importance`, or for a row `tables.Contributions`. Raises TableError as `evaluate` (`predict` for a
        row), and if there is no such row.
        """
        if row is not None and self._is_large(data, memory):
            stream = self.stream(data, encoding, memory, seed)
            one, table = row_of(stream, row), sample_of(stream)
        else:
            table = one = self.read(data, encoding, memory, seed)
        if row is None:
            trial = self._trial(self.known_rows(table))
            return permutation_importance([trial], self.target, used_columns(self.columns), repeats, seed)
        if one is table:
            if not 1 <= row <= len(table):
                raise TableError(f"{table.path}: there is no row {row}; the table has rows 1 to {len(table)}.")
            one = table.take(np.array([row - 1]))
        others = table if background is None else self.read(background, encoding, memory, seed)
        found = self._contributions(one, others, seed)
        self.notes = list(dict.fromkeys([*others.notes, *self.notes]))
        return found

    def report(self, path: str, data: Any = None, encoding: str | None = None, memory: int | None = None) -> None:
        """Writes a report: one HTML file with the figures, curves, importance of columns and worst rows.

        Args:
            path: of the file, which is written whole or not at all.
            data: rows with the target that the model does not know, as for `predict`; by default the rows that were tested by
                the fit that just ended.
            encoding: of a text file; found out by default.
            memory: most bytes that the table may take; of a larger file rows are drawn evenly, which the report says.
        Raises TableError as `evaluate`, without `data` for a model that was loaded, and if `path` is a file of `data`.
        """
        check_apart(path, data)
        if data is not None:
            table = self.known_rows(self.read(data, encoding, memory))
            trial = self._trial(table)
            findings = findings_on(self.columns, self.target, self.summary, trial, self.notes)
        elif self.result is not None:
            findings = findings_of_fit(self.columns, self.target, self.summary, self.result)
        else:
            raise TableError(
                "report: a model that was loaded has no tested rows beside it; give `data`, rows with the target."
            )
        write_page(path, findings)

    def save(self, path: str) -> None:
        """Writes the `.keras` file, whole or not at all; `tables.load_table_model` reads it."""
        about = {
            "target": self.target.to_json(),
            "columns": [c.to_json() for c in self.columns],
            "missing": list(self.missing),
            "summary": self.summary,
            "profile": self.profile,
        }
        write_model_file(path, self.model, about)

    def export(self, path: Any, format: str = "numpy", **options: Any) -> list[str]:
        """Writes the model, its preprocessing inside, to files that run without lamina; returns their paths.

        In the format "numpy" the file reads tables: `predict_table(columns)`, or `python FILE.py TABLE.csv OUT.csv`. In the
        others the inputs are arrays: numbers float32 with NaN where they are missing, dates as days since 1970, strings.

        Args:
            path, format, options: as for `Model.export`.
        Raises ExportError, naming the layer, for what a format cannot hold.
        """
        return write_format(format, self.exported(), target_path(path, format_named(format).suffix), options)

    def exported(self) -> Exported:
        """What `export` writes."""
        if self.columns is None:
            return exported_model(self.model)
        return exported_table(self.model, self.columns, self.target, self.missing)

    def read(self, data: Any, encoding: str | None = None, memory: int | None = None, seed: int = 0) -> Table:
        """The data as a table, read as the model's own was; of a large one rows that are drawn evenly, by the seed.

        Raises TypeError without a description of the columns.
        """
        if self._is_large(data, memory):
            return sample_of(self.stream(data, encoding, memory, seed))
        return as_table(data, self.missing, encoding, self._again)

    def stream(self, data: Any, encoding: str | None = None, memory: int | None = None, seed: int = 0) -> Stream:
        """A large table in pieces, read as the model's own was."""
        return stream_for(data, self.missing, encoding, memory, seed, None if self.columns is None else self._again)

    def _again(self, table: Table) -> Table:
        return read_as_fitted(table, self.columns, self.target, self.missing)

    def _is_large(self, data: Any, memory: int | None) -> bool:
        if self.columns is None:
            raise TypeError(
                "TableModel: this file was not written by lamina fit and knows nothing of columns; use `.model`."
            )
        return is_large(data, memory)

    def _outputs_for(self, data: Any, encoding: str | None, memory: int | None) -> np.ndarray:
        """What the model gives, of a large table piece by piece."""
        if not self._is_large(data, memory):
            return self.outputs(self.read(data, encoding, memory))
        stream = self.stream(data, encoding, memory)
        return np.concatenate([outputs for _, outputs in answers_in_pieces(self, stream, [])])

    def known_rows(self, table: Table) -> Table:
        """The rows that have the target. Raises TableError if the table has no such column, or unknown classes."""
        name = self.target.name
        if name not in table.columns:
            raise TableError(
                f"{table.path}: there is no column {name!r} to compare with.{close_names(name, table.names)}"
            )
        return self.target.rows_of(table)

    def outputs(self, table: Table) -> np.ndarray:
        """What the model gives, float64 `(rows, units)`. Raises TableError if the columns are not those of the model."""
        return outputs_of(self.model, self._inputs(table))

    def outputs_of_piece(self, table: Table, surprises: Surprises) -> np.ndarray:
        """The same for rows of a larger table, what is unusual in them counted in `surprises`."""
        columns, _ = match_columns(self.columns, table, self.target.name, surprises=surprises)
        return outputs_of(self.model, steady(model_inputs(columns, table)))

    def _inputs(self, table: Table) -> dict[str, np.ndarray]:
        columns, notes = match_columns(self.columns, table, self.target.name)
        self.notes = [*table.notes, *notes]
        return model_inputs(columns, table)

    def _trial(self, table: Table) -> Trial:
        inputs, answers = self._inputs(table), partial(outputs_of, self.model)
        truth = self.target.encode(table.columns[self.target.name])
        return Trial(table, truth, answers(inputs), inputs, answers, self.target)

    def _contributions(self, table: Table, others: Table, seed: int) -> Contributions:
        def answers(inputs: dict[str, np.ndarray]) -> np.ndarray:
            outputs = outputs_of(self.model, inputs)
            return outputs if self.target.kind == NUMBER else shares_of(self.target, outputs)

        background, row = self._inputs(others), self._inputs(table)
        values, spread, base, prediction, rows = shapley_values(answers, row, background, seed)
        raw = table.raw or table.columns
        return Contributions(
            list(row), [str(raw[name][0]) for name in row], values, spread, base, prediction,
            self.target.classes or [self.target.name], rows,
        )  # fmt: skip


@public("tables.load_table_model")
def load_table_model(path: str) -> TableModel:
    """Reads what `TableModel.save` or `lamina fit` wrote; any other model file gives a TableModel without columns.

    Raises ModelFileError if the file is no model.
    """
    model, about = read_model_file(path)
    if about is None:
        return TableModel(model)
    try:
        columns, target = [Column(**c) for c in about["columns"]], Target(**about["target"])
        known = about.get("summary"), None, about.get("profile")
        return TableModel(model, columns, target, tuple(about["missing"]), *known)
    except (KeyError, TypeError) as error:
        raise ModelFileError(path, MEMBER, f"not what lamina fit writes ({error}).") from None
