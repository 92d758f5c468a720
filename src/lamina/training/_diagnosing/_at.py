"""The moments of a training at which something can be said: `compile`, and the start of `fit`."""

from typing import Any

import numpy as np

from lamina import tree
from lamina._deprecation import warn_at_user
from lamina.config._diagnosis import diagnosis, ignored_rules
from lamina.diagnosis._case import Setting
from lamina.diagnosis._finding import Finding
from lamina.diagnosis._judge import judge, judge_compiled
from lamina.diagnosis._network import Network
from lamina.diagnosis._warning import DiagnosisError, DiagnosisWarning
from lamina.engines import engine

from .._data import ArrayData, unpack_x_y_sample_weight
from .._stepping import Stepping
from ..callbacks._callback import CallbackList
from ..callbacks._learning_rate_scheduler import LearningRateScheduler
from ._diagnose import case_of
from ._heads import heads_of
from ._in_step import look_in_step
from ._pass import (
    MOST_ROWS,
    Look,
    affordable_rows,
    bad_rows,
    fixed_batch,
    has_call,
    is_alike_in_training,
    look_at,
    look_once,
    some_rows,
    take,
)

_MOST_ELEMENTS = 500_000  # of an array that is looked at as a whole; of a larger one some rows
_SOME_ROWS = 4_000
_MOST_LOOKED_AT = 64  # rows of the pass: chance kills as many units of a healthy network (see dead-relu)


class Looked(BaseException):
    """A program is only to be looked at, and has come to its first fit. It is no Exception, so that a program's own handlers
    let it pass."""

    def __init__(self, findings: list[Finding]):
        super().__init__("lamina check")
        self.findings = findings


def at_compile(model: Any) -> None:
    """Says what is wrong with a model that is built, whatever it will be trained on."""
    if diagnosis() == "check":
        return  # said at the fit, together with the rest
    network = Network(model)
    if network.graph is None:
        return
    shapes = [x.shape for x in network.graph.outputs]
    try:
        case = case_of(network, (None, None, None), None, Look(), heads_of(network, shapes))
        found = judge_compiled(case, ignored())
    except Exception:  # advice stops nobody
        return
    say(model, found, diagnosis())


def at_fit(
    model: Any,
    mode: str,
    source: Any,
    held_out: Any,
    runs: CallbackList,
    epochs: int,
    steps: int | None,
    is_split: bool,
    step: Any,
    class_weight: Any = None,
) -> None:
    """Says what is wrong with the model and the data that its training begins with; once for each `compile`.

    Args:
        source, held_out: the data of training and of validation, None for none.
        runs: the callbacks; `epochs` and the `steps` of each, None for unknown.
        is_split: whether what is held out is the tail of the data.
        step: that of training, None if its program must not be traced before the training begins.
        class_weight: as given to `fit`.
    """
    compiled = model._compiled
    compiled.start = None  # that of a fit before, perhaps of other data
    if compiled.is_diagnosed:
        return
    compiled.is_diagnosed = True
    setting = Setting(
        batch_size=getattr(source, "batch_size", None),
        shuffle=bool(getattr(source, "shuffle", True)) or not isinstance(source, ArrayData),
        is_split=is_split,
        steps=None if steps is None else steps * epochs,
        sets_rate=any(isinstance(c, LearningRateScheduler) for c in runs.callbacks),
        is_stream=not isinstance(source, ArrayData),
        class_weight=class_weight,
    )
    try:
        case = _case(model, source, held_out, setting, (step, runs.callbacks))
        compiled.start = case.total_loss
        found = judge(case, ignored(), {rule for rule, _ in compiled.said})
    except Exception:  # advice stops nobody; what is wrong with the data, the step itself will say
        if mode == "check":
            raise
        return
    if mode == "check":
        raise Looked(found)
    say(model, found, mode)


def ignored() -> set[str]:
    """The rules that nobody wants."""
    return set(ignored_rules())


def say(model: Any, found: list[Finding], mode: str) -> None:
    """Warns of what has not been said since `compile`, or raises DiagnosisError."""
    said = model._compiled.said
    new = [finding for finding in found if (finding.rule, finding.layer) not in said]
    said.update((finding.rule, finding.layer) for finding in new)
    serious = [finding for finding in new if finding.severity != "info"]
    if serious and mode == "error":
        raise DiagnosisError(serious)
    for finding in new:
        warn_at_user(DiagnosisWarning(finding))


# --- the case of a fit ------------------------------------------------------------------------------------------------


def _case(model: Any, source: Any, held_out: Any, setting: Setting, first: tuple[Any, Any] | None = None) -> Any:
    """`first`: for the look before training, the step and the callbacks."""
    network = Network(model)
    is_array = isinstance(source, ArrayData)
    data = unpack_x_y_sample_weight(source.data if is_array else source.peek())
    size = len(tree.flatten(data[0])[0])
    total = size if is_array else size * (source.num_batches or 100)
    validation = None
    if isinstance(held_out, ArrayData):
        validation = unpack_x_y_sample_weight(held_out.data)
        validation = _some(validation, _some_rows(validation))
    is_default = type(model).train_step is Stepping.train_step
    with engine.quiet():
        bad = bad_rows(data, size) if first else np.zeros(0, int)
        look = Look() if engine.COSTLY_TRACES else _look(network, data, source, total, bad, is_default, first)
    shapes = [o.shape for o in look.outputs] or [spec.shape for spec in model._compiled.outputs]
    heads = heads_of(network, shapes, _whole(data[1]), data[2] is not None, look)
    known, rows = (None, None, data[2]), None  # later only the pass is looked at
    if first:
        rows = _some_rows(data, bad)
        known = _some(data, rows)
    return case_of(network, known, validation, look, heads, is_default=is_default, setting=setting, rows=rows)


def case_now(model: Any, source: Any) -> Any:
    """The network as it is now, with the data it is trained on."""
    return _case(model, source, None, Setting(is_stream=not isinstance(source, ArrayData)))


def heads_now(model: Any, source: Any) -> list[Any]:
    """The outputs of the network, with the targets but without a pass."""
    data = unpack_x_y_sample_weight(source.data if isinstance(source, ArrayData) else source.peek())
    shapes = [spec.shape for spec in model._compiled.outputs]
    return heads_of(Network(model), shapes, _whole(data[1]), data[2] is not None)


def _look(network: Network, data: Any, source: Any, total: int, bad: Any, is_default: bool, first: Any) -> Look:
    """A pass that is small beside an epoch. (Where each shape costs a compilation, none is.)"""
    affordable = affordable_rows(network, total)
    is_whole = is_default and has_call(network.model)
    if first and is_whole:
        try:
            look = look_in_step(network, first[0], source, first[1], affordable, bad)
        except Exception:  # a pass of its own tells where it went wrong
            look = None
        if look is not None:
            return look
    fixed = fixed_batch(network)
    rows = some_rows(len(tree.flatten(data[0])[0]), fixed or min(affordable, _MOST_LOOKED_AT))
    rows = np.union1d(rows, bad) if len(bad) and fixed is None else rows
    batch = take(data, rows)
    is_once = is_whole and (first or is_alike_in_training(network))
    look = look_once(network, batch) if is_once else look_at(network, batch, _MOST_LOOKED_AT, is_default)
    look.places = rows
    return look


def _whole(part: Any) -> Any:
    """The arrays themselves, or many rows of large ones."""
    return tree.map_structure(
        lambda a: a if a is None or a.size <= _MOST_ELEMENTS else np.asarray(a[some_rows(len(a), _SOME_ROWS)]), part
    )


def _some_rows(data: Any, bad: Any = ()) -> np.ndarray | None:
    """The places of the rows to look at, those that are `bad` among them; None for all."""
    arrays = [a for a in tree.flatten(data) if a is not None]
    if all(isinstance(a, np.ndarray) and a.size <= _MOST_ELEMENTS for a in arrays):
        return None
    largest = max(int(np.prod(a.shape[1:])) for a in arrays)
    rows = some_rows(len(arrays[0]), int(np.clip(_MOST_ELEMENTS // max(largest, 1), MOST_ROWS, _SOME_ROWS)))
    return np.union1d(rows, bad) if len(bad) else rows


def _some(data: Any, rows: np.ndarray | None) -> Any:
    return data if rows is None else take(data, rows)
