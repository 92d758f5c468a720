"""The column to predict: its kind, and the output unit count, activation and loss that follow from it."""

import unicodedata
from collections import Counter
from dataclasses import asdict, dataclass, field
from numbers import Integral
from typing import Any

import numpy as np

from ._columns import check_finite, is_missing, no_number, sentinel_note
from ._errors import TableError, close_names
from ._number_rule import NumberRule, rule_of_json
from ._numbers import why_no_numbers
from ._read import as_text, text_of
from ._sheet import NAMELESS
from ._signed_log import SignedLog
from ._table import Table

NUMBER, TWO_CLASSES, CLASSES = "number", "two classes", "classes"
REGRESSION, CLASSIFICATION, AUTO = "regression", "classification", "auto"
_FEW = 10  # whole numbers: at most so many different ones are taken as classes
_NAMES_BELOW = 3  # rows in which further lines of names are looked for
_MOST_CLASSES = 1000
_FEWEST = 5  # rows of a class
_RARE = 0.1  # share of the rows, of two classes
_YES = {"true", "yes", "y", "t", "1", "wahr", "ja", "j", "oui", "si", "sí", "да", "예", "네", "はい", "是"}
_NO = {"false", "no", "n", "f", "0", "falsch", "nein", "non", "нет", "아니오", "아니요", "いいえ", "否"}
_SMALLEST, _LARGEST = 1e-15, 1e15


@dataclass
class Target:
    """The target.

    Attributes:
        name, kind: its name; "number", "two classes" or "classes".
        classes: names in the order of the outputs; of two classes the second is the one whose probability is given.
        threshold: of two classes, the probability above which a row is taken for the second.
        rare: of two classes, the one that fewer than a tenth of the rows are of; its F1 chooses the threshold.
        rare_classes: of more than two, those with few rows.
        weights: of more than two, what their probabilities are multiplied by before the largest is taken; empty for nothing.
        mean, variance: of the numbers in the training part.
        log: the logarithmic scale on which the numbers are fitted, if they are.
        labels: of a frame, the classes as numbers or truth values, if they are such; empty for texts, and for files.
        rule: of numbers that were texts, how they were read.
    """

    name: str
    kind: str
    classes: list[str] = field(default_factory=list)
    mean: float = 0.0
    variance: float = 1.0
    threshold: float = 0.5
    rare: str = ""
    log: SignedLog | None = None
    rare_classes: list[str] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)
    labels: list[bool | int | float] = field(default_factory=list)
    rule: NumberRule | None = None

    def __post_init__(self) -> None:
        if isinstance(self.log, dict):  # of a file
            self.log = SignedLog(**self.log)
        if isinstance(self.rule, dict):
            self.rule = rule_of_json(self.rule)

    def to_json(self) -> dict[str, Any]:
        """The target as JSON values, for `Target(**values)`."""
        return asdict(self)

    @property
    def answers(self) -> np.ndarray:
        """What is predicted for each class, `(classes,)`: the labels in their type, or the names as objects."""
        return np.array(self.labels) if self.labels else np.array(self.classes, dtype=object)

    @property
    def units(self) -> int:
        return len(self.classes) if self.kind == CLASSES else 1

    @property
    def activation(self) -> str:
        return {NUMBER: "linear", TWO_CLASSES: "sigmoid", CLASSES: "softmax"}[self.kind]

    @property
    def loss(self) -> str:
        return {NUMBER: "mse", TWO_CLASSES: "binary_crossentropy", CLASSES: "categorical_crossentropy"}[self.kind]

    def reasons(self) -> list[str]:
        """Why the network ends as it does, a sentence for each choice."""
        if self.kind == NUMBER:
            return [
                f"1 output unit: {self.name!r} is one number.",
                "Linear activation: a number is not confined to a range. The unit works on the standardised "
                f"{'' if self.log is None else 'logarithmic '}scale and is scaled back inside the model, so that it gives the "
                "table's own units.",
                "Mean squared error: its best guess is the mean, given the inputs; large misses weigh most.",
            ]
        if self.kind == TWO_CLASSES:
            return [
                f"1 output unit: of two classes, the probability of {self.classes[1]!r} says all.",
                "Sigmoid activation: it turns any number into a probability between 0 and 1.",
                "Binary cross-entropy: minus the logarithm of the probability given to the class that is true.",
            ]
        return [
            f"{self.units} output units: one for each class of {self.name!r}.",
            "Softmax activation: it turns any numbers into probabilities that sum to 1.",
            "Categorical cross-entropy: minus the logarithm of the probability given to the class that is true.",
        ]

    def encode(self, values: np.ndarray) -> np.ndarray:
        """What the model is trained on: numbers `(rows, 1)`, 0 and 1 `(rows, 1)`, or one-hot rows, float32."""
        if self.kind == NUMBER:
            return values.astype("float32")[:, None]
        return self.of_places(self.indices(values))

    def of_places(self, places: np.ndarray) -> np.ndarray:
        """What the model is trained on, of the places of classes `(rows,)`."""
        if self.kind == TWO_CLASSES:
            return places.astype("float32")[:, None]
        return np.eye(len(self.classes), dtype="float32")[places]

    def rows_of(self, table: Table) -> Table:
        """The rows of another table that have the target. Raises TableError for classes that the model does not know."""
        if self.name in table.unfit:
            raise TableError(table.unfit[self.name])
        lost, rows = is_missing(table.columns[self.name]), len(table)
        known, words = np.flatnonzero(~lost), _words_in(table, self.name, lost)
        table = table.take(known)
        if not len(known):
            raise TableError(f"{table.path}: the target {self.name!r} is missing in all rows.{_held(words)}")
        if len(known) < rows:
            table.notes = [*table.notes, without_target(rows - len(known), rows, self.name, words)]
        values = table.columns[self.name]
        if self.kind == NUMBER:
            check_finite(table, self.name, values)
            if values.dtype.kind != "f":
                raise TableError(
                    f"{table.path}: the target {self.name!r} must hold numbers; it holds {no_number(values)!r}."
                )
            return table
        unknown = sorted(set(as_text(values).tolist()) - set(self.classes))
        if unknown:
            raise TableError(
                f"{table.path}: the target {self.name!r} holds {', '.join(map(repr, unknown[:3]))}, which is none of the "
                f"classes {', '.join(self.classes[:8])}."
            )
        return table

    def indices(self, values: np.ndarray) -> np.ndarray:
        """The places of class names, int64 `(rows,)`."""
        place = {name: i for i, name in enumerate(self.classes)}
        return np.array([place[v] for v in as_text(values).tolist()], dtype="int64")


def shares_of(target: Target, outputs: np.ndarray) -> np.ndarray:
    """The probability of each class, `(rows, classes)`."""
    return np.hstack([1 - outputs, outputs]) if target.kind == TWO_CLASSES else outputs


def without_target(lost: int, rows: int, name: str, words: Counter[str]) -> str:
    """What is said of rows that lack the target; `words` stand in its place in some of them."""
    return f"{lost} of {rows} rows have no {name!r} and are left out.{_held(words)}"


def _held(words: Counter[str]) -> str:
    if not words:
        return ""
    held = ", ".join(f"{word!r} in {count}" for word, count in words.most_common(3))
    return f" Taken as missing there: {held}; if that is a class or a number, write it in another way."


def _words_in(table: Table, name: str, lost: np.ndarray) -> Counter[str]:
    """What the rows without a target hold in its place, where anything does."""
    if name not in table.raw or not lost.any():
        return Counter()
    held = (v.strip() for v in table.raw[name][lost].tolist() if isinstance(v, str))
    return Counter(word for word in held if word)


def describe_target(table: Table, name: str, task: str) -> tuple[Target, Table, list[str]]:
    """The target, the rows that have it, and notes.

    Raises TableError if there is no such column, nothing in it, one class only, or a kind that cannot be learned.
    """
    if name not in table.columns:
        raise TableError(
            f"{table.path}: there is no column {name!r} to predict.{close_names(name, table.names)}{_why_not(table, name)}"
        )
    values, notes = table.columns[name], []
    check_finite(table, name, values)
    known = ~is_missing(values)
    words = _words_in(table, name, ~known)
    if not known.any():
        raise TableError(f"{table.path}: the target {name!r} is missing in all {len(table)} rows.{_held(words)}")
    if not known.all():
        notes.append(without_target(int((~known).sum()), len(table), name, words))
        table = table.take(np.flatnonzero(known))
        values = table.columns[name]
    distinct = len(np.unique(values))
    if distinct == 1:
        raise TableError(
            f"{table.path}: the target {name!r} is {str(as_text(values[:1])[0])!r} in all rows; there is nothing to tell apart."
            f"{_held(words)}"
        )
    if _is_number(values, distinct, task, notes, table.path, name):
        _check_precision(values, table.path, name)
        doubt = sentinel_note(values)
        if doubt:
            notes.append(f"The target {name!r}: {doubt}.")
        return Target(name, NUMBER, rule=table.rules.get(name)), table, notes
    if distinct > _MOST_CLASSES or (len(values) > 20 and distinct > len(values) / 2):
        why = why_no_numbers(values.tolist()) if values.dtype.kind == "U" else ""
        if name in table.dates:
            why = "it holds dates; give the days since one of them as numbers"
        raise TableError(
            f"{table.path}: the target {name!r} has {distinct} different values in {len(values)} rows, too many to be classes"
            f"{f'; {why}' if why else ''}."
        )
    notes.extend(_odd_classes(as_text(values)))
    ordered = np.unique(values)  # numbers in the order of their size, names in that of the alphabet
    names = as_text(ordered).tolist()
    kind = TWO_CLASSES if distinct == 2 else CLASSES
    target = Target(name, kind, names, labels=_labels(table, name, names))
    if kind == TWO_CLASSES:
        target.rare = _rare(values, ordered, names)
    else:
        target.rare_classes = [
            n for n, count in class_counts(target, values).items() if _is_rare(count / len(values), distinct)
        ]
    return target, table, notes


def _labels(table: Table, name: str, names: list[str]) -> list[bool | int | float]:
    """The classes of a frame in the type they have there; empty where they are texts, or of other types, or of a file."""
    if not table.is_held:
        return []
    by_name = {text_of(value, ()): value for value in set(table.raw[name].tolist())}
    labels = [by_name.get(text) for text in names]
    is_truth = {isinstance(label, (bool, np.bool_)) for label in labels}
    if len(is_truth) > 1 or not all(
        isinstance(label, (bool, np.bool_, Integral, float, np.floating)) for label in labels
    ):
        return []
    return [label.item() if isinstance(label, np.generic) else label for label in labels]


def _why_not(table: Table, target: str) -> str:
    """What of the reading may have hidden a name: line 1 taken as values, a second line of names, blanks between fields."""
    if len(table.names) == 1 and len(table.names[0].split()) > 1:
        return " Do blanks part the fields? A table needs commas, semicolons, tabs or | between them."
    nameless = next((f" {note}" for note in table.notes if NAMELESS in note), "")
    rows = [i for values in table.raw.values() for i in np.flatnonzero(values[:_NAMES_BELOW] == target).tolist()]
    if nameless or not rows:
        return nameless
    return f" It stands in row {min(rows) + 1} of the values: do names stand in several lines? Leave one, the lowest."


def _is_rare(share: float, classes: int) -> bool:
    """Of more than two classes: less than a tenth of the rows, and than half of what each would have of equal shares."""
    return share < min(_RARE, 0.5 / classes)


def _rare(values: np.ndarray, ordered: np.ndarray, names: list[str]) -> str:
    counts = [int((values == level).sum()) for level in ordered]
    return names[int(np.argmin(counts))] if min(counts) < _RARE * len(values) else ""


def _odd_classes(names: np.ndarray) -> list[str]:
    """Sentences about classes of few rows, and about names that may be one class written in two ways."""
    said = []
    counted = Counter(names.tolist())
    rare = sorted((n, name) for name, n in counted.items() if n < _FEWEST)
    if rare:
        shown = ", ".join(f"{name!r} ({n} row{'s' * (n > 1)})" for n, name in rare[:5]) + (
            ", ..." if len(rare) > 5 else ""
        )
        said.append(f"Too few rows to learn and to test: class {shown}.")
    alike: dict[str, list[str]] = {}
    for name in counted:
        alike.setdefault(" ".join(unicodedata.normalize("NFKC", name).casefold().split()), []).append(name)
    for twins in alike.values():
        if len(twins) > 1:
            how = (
                "case or blanks"
                if len({unicodedata.normalize("NFKC", t) for t in twins}) > 1
                else "the code of a letter"
            )
            said.append(f"Classes that differ in {how} only: {', '.join(map(repr, sorted(twins)))}. One class?")
    for words in (_YES, _NO):
        same = sorted(first for first in alike if first in words)
        if len(same) > 1 and set(alike) <= _YES | _NO:
            said.append(
                f"Classes that may mean the same: {', '.join(repr(sorted(alike[one])[0]) for one in same)}. One class?"
            )
    return said


def _is_number(values: np.ndarray, distinct: int, task: str, notes: list[str], path: str, name: str) -> bool:
    if values.dtype.kind != "f":
        if task == REGRESSION:
            raise TableError(
                f"{path}: --task regression needs numbers; the target {name!r} holds {no_number(values)!r}."
            )
        return False
    if task != AUTO:
        return task == REGRESSION
    if distinct == 2:
        return False
    whole = bool((values == np.round(values)).all())
    if whole and distinct <= _FEW and distinct <= len(values) / 20:
        notes.append(
            f"The target {name!r} holds {distinct} whole numbers and is taken as classes; --task regression takes it as a "
            "number."
        )
        return False
    if whole and distinct <= _FEW:
        notes.append(f"The target {name!r} is taken as a number; --task classification takes its values as classes.")
    return True


def _check_precision(values: np.ndarray, path: str, name: str) -> None:
    """Raises TableError for numbers whose squares or differences float32 does not hold."""
    size = np.abs(values).max()
    if size > _LARGEST or values.std() < max(_SMALLEST, 1e-6 * size):
        raise TableError(
            f"{path}: the target {name!r} ({values.min():.6g} to {values.max():.6g}) is too large, or varies too little, for "
            "single precision. Give it in other units, or without its offset."
        )


def class_counts(target: Target, values: np.ndarray) -> dict[str, int]:
    """How many rows each class has."""
    counted = Counter(as_text(values).tolist())
    return {name: counted[name] for name in target.classes}
