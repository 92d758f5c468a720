"""Rules on the data: its values, and whether validation is apart from training."""

from collections.abc import Iterator

import numpy as np

from ._case import Call, Case
from ._examples import REGRESSION
from ._head import is_whole, takes_many
from ._rule import DATA, Rule, Seen, seen

_MOST_ROWS = 20_000  # rows of validation that are looked up in the training data
_MOST_COLUMNS = 64  # of a table that are asked whether they are measured
_FEWEST_ROWS = 8  # of training; fewer may be all that there are, as the four of an exclusive or


def non_finite_data(case: Case) -> Iterator[Seen]:
    fills = any(_has_gaps(call) for call in case.calls) and all(
        h.predictions is None or np.isfinite(h.predictions).all() for h in case.heads
    )
    for name, array in (*case.x.items(), *case.y.items(), *case.sample_weight.items()):
        if array.dtype.kind not in "fc" or np.isfinite(np.sum(array, dtype="float64")):
            continue
        bad = ~np.isfinite(array)
        is_filled = (
            fills and name in case.x and not np.isinf(array).any()
        )  # by the network itself; infinity only saturates
        if bad.any() and not is_filled:
            first = [int(i) for i in np.argwhere(bad)[0]]
            of = f"of {array.size} values"
            if case.rows is not None:
                first[0] = int(case.rows[first[0]])
                of = f"of {array.size} values, in the {len(array)} rows looked at,"
            yield seen(
                None, f"{name} has {int(bad.sum())} {of} that are NaN or infinite, the first at {first}.",
                _finite_rows(case) + ", or np.nan_to_num for gaps in x.", count=int(bad.sum()), first=first,
            )  # fmt: skip
    if fills:
        return
    for name, array in case.validation.items():
        count = int(np.sum(~np.isfinite(array))) if array.dtype.kind in "fc" else 0
        if count:
            yield seen(
                None, f"{name} of the validation data has {count} of {array.size} values that are NaN or infinite: the "
                "validation loss will be NaN, and tells nothing.",
                "leave out these rows of validation_data, or np.nan_to_num for gaps in x.", count=count,
            )  # fmt: skip


def _has_gaps(call: Call) -> bool:
    return call.inputs.dtype.kind == "f" and not np.isfinite(call.inputs).all()


def _finite_rows(case: Case) -> str:
    """Statements that keep the rows whose numbers are all finite, of arrays, tables and lists."""
    parts = {"x": case.x, "y": case.y, "sample_weight": case.sample_weight}
    tests = [
        f"np.isfinite(np.asarray({name}, float).reshape(len({name}), -1)).all(axis=1)"
        for arrays in parts.values()
        for name, array in arrays.items()
        if array.dtype.kind in "fc" and not np.isfinite(np.sum(array, dtype="float64"))
    ]
    return "; ".join(["keep = " + " & ".join(tests), *(f"{n} = {_kept(n, a)}" for n, a in parts.items() if a)])


def _kept(name: str, arrays: dict[str, np.ndarray]) -> str:
    """The rows to keep of what was given by one name: an array, several by their names, or a list."""
    if set(arrays) == {name}:
        return f"np.asarray({name})[keep]"
    if all(each.startswith(f"{name}['") for each in arrays):
        return f"{{key: np.asarray(a)[keep] for key, a in {name}.items()}}"
    return f"[np.asarray(a)[keep] for a in {name}]"


def constant_features(case: Case) -> Iterator[Seen]:
    for name, array in case.x.items():
        if array.ndim > 1 and array.dtype.kind in "biuf" and len(array) >= 32 and np.all(array == array[:1]):
            yield seen(
                None, f"All {len(array)} rows of {name} are the same: the outputs cannot depend on them.",
                "look at how the features were read.", rows=len(array), shape=list(array.shape[1:]),
            )  # fmt: skip


def validation_leak(case: Case) -> Iterator[Seen]:
    held_out = _rows(case.validation, _MOST_ROWS)
    train = _rows({**case.x, **case.y}) if held_out else []
    if not train:
        return
    known = set(train)
    share = float(np.mean([row in known for row in held_out]))
    # Where rows recur anyway, as in tables of few categories, only the same data is told; measured numbers do not recur.
    recurring = 1 - len(known) / len(train)
    are_distinct = (recurring < 0.1 and share > 3 * recurring) or any(map(_is_measured, case.x.values()))
    is_same = len(known) >= _FEWEST_ROWS and train[:_MOST_ROWS] == held_out
    if len(train) >= _FEWEST_ROWS and (is_same or (share > 0.01 and are_distinct and share * len(held_out) >= 2)):
        yield seen(
            None, f"{share:.0%} of the validation rows are training rows too, with their targets: validation tells nothing of "
            "new data.", "validation_data of rows that are not in x, or validation_split=0.2.", share=share,
        )  # fmt: skip


def _is_measured(array: np.ndarray) -> bool:
    """Whether some of the columns take so many values that two rows that are alike are one."""
    if array.dtype.kind != "f" or array.ndim < 2:
        return False
    columns = array.reshape(len(array), -1)[:, :_MOST_COLUMNS]
    return columns.shape[1] > 1 and any(takes_many(column) and not is_whole(column) for column in columns.T)


def _rows(arrays: dict[str, np.ndarray], limit: int | None = None) -> list[bytes]:
    """The rows of all arrays joined, as bytes; none for arrays of different lengths, or that hold no numbers."""
    parts = list(arrays.values())
    if not parts or len({len(a) for a in parts}) != 1 or any(a.dtype.kind not in "biuf" for a in parts):
        return []
    flat = [a[:limit].reshape(len(a[:limit]), -1).astype("float32") for a in parts]
    return [row.tobytes() for row in np.concatenate(flat, axis=1)]


RULES = (
    Rule(
        "non-finite-data", DATA, "error", "NaN or infinity in x, y or sample_weight", non_finite_data, "UMLAUT",
        REGRESSION.format(change="x[3, 2] = np.nan"), REGRESSION.format(change=""),
    ),
    Rule(
        "constant-features", DATA, "warning", "32 or more rows of x, all the same", constant_features, "SO 58237726",
        REGRESSION.format(change="x = np.ones_like(x)"), REGRESSION.format(change=""), ("unknown-tokens",),
    ),
    Rule(
        "validation-leak", DATA, "warning", "more than 1 % of the validation rows, with their targets, are training rows",
        validation_leak, "SO 53119432", REGRESSION.format(change="options = dict(validation_data=(x[:64], y[:64]))"),
        REGRESSION.format(change="options = dict(validation_data=(x[:64], y[:64])); x = x[64:]; y = y[64:]"),
    ),
)  # fmt: skip
