"""Rules on callbacks that watch a log: whether what they take for better is better, and can count."""

from collections.abc import Iterator

import numpy as np

from ._course import Course, Monitored
from ._rule import COURSE, Rule, Seen, seen

_MUCH = 0.1  # of what can be gained


def monitor_direction(course: Course) -> Iterator[Seen]:
    for watcher in course.monitored:
        values = _values(course, watcher)
        if watcher.effect is None or len(values) < 2:
            continue
        taken = 1 if watcher.is_larger_better else -1
        is_known = watcher.direction == -taken and watcher.direction * (values[-1] - values[0]) > 0
        if is_known or (watcher.is_guessed and _is_guessed_wrongly(course, watcher, values)):
            words = ("larger", "max", "min") if watcher.is_larger_better else ("smaller", "min", "max")
            by_name = ", as nothing is known of that name" if watcher.is_guessed else f' (mode="{words[1]}")'
            yield seen(
                None, f"{watcher.callback} takes a {words[0]} {watcher.monitor} for better{by_name} and has {watcher.effect}, "
                f"while {watcher.monitor} went the other way, from {values[0]:.4g} to {values[-1]:.4g}, and the model improved.",
                f'{watcher.callback}(monitor="{watcher.monitor}", mode="{words[2]}")',
                monitor=watcher.monitor, first=values[0], last=values[-1],
            )  # fmt: skip


def _is_guessed_wrongly(course: Course, watcher: Monitored, values: list[float]) -> bool:
    """Whether a log of which nothing is known rises with each epoch while all losses fall with each."""
    if watcher.direction or watcher.is_larger_better or len(values) < 3:
        return False
    losses = [course.epochs[name] for name in ("loss", "val_loss") if name in course.epochs]
    return bool(losses) and all(np.diff(values) > 0) and all((np.diff(one) < 0).all() for one in losses)


def improvement_not_counted(course: Course) -> Iterator[Seen]:
    for watcher in course.monitored:
        values = _values(course, watcher)
        sign = 1 if watcher.is_larger_better else -1
        if watcher.effect is None or len(values) < 2 or watcher.direction == -sign:
            continue
        gain = sign * (values[-1] - values[0])
        room = 1 - values[0] if watcher.is_share else abs(values[0])
        never = watcher.min_delta >= room and (watcher.is_share or (watcher.direction == -1 and min(values) > 0))
        if watcher.min_delta >= gain > (0 if never else _MUCH * room) and sign * values[-1] == max(
            sign * v for v in values
        ):
            yield seen(
                None, f"{watcher.callback} has {watcher.effect}: to it nothing improved, as min_delta={watcher.min_delta:g}, "
                f"while {watcher.monitor} went from {values[0]:.4g} to {values[-1]:.4g}.",
                f"{watcher.callback}(min_delta={_MUCH * gain / len(values):.1g}), or 0.",
                monitor=watcher.monitor, min_delta=watcher.min_delta, first=values[0], last=values[-1],
            )  # fmt: skip
        elif gain > 0 and _is_out_of_reach(watcher, values):
            yield seen(
                None, f"{watcher.callback} has {watcher.effect}: its baseline={watcher.baseline:g} is a value of "
                f"{watcher.monitor} that cannot be passed; that went from {values[0]:.4g} to {values[-1]:.4g}.",
                f"{watcher.callback}(baseline=None), or a baseline that can be passed.",
                monitor=watcher.monitor, baseline=watcher.baseline, first=values[0], last=values[-1],
            )  # fmt: skip


def _is_out_of_reach(watcher: Monitored, values: list[float]) -> bool:
    if watcher.baseline is None:
        return False
    if watcher.is_larger_better:
        return watcher.is_share and watcher.baseline + watcher.min_delta >= 1
    return watcher.direction == -1 and min(values) > 0 and watcher.baseline - watcher.min_delta <= 0


def _values(course: Course, watcher: Monitored) -> list[float]:
    """The log, from when it is watched; none before the end, and where it is not finite."""
    values = course.epochs.get(watcher.monitor, [])[watcher.begin :] if course.is_over else []
    return values if np.isfinite(values).all() else []


def _net(callback: str) -> str:
    return f"""rng = np.random.default_rng(0)
x = rng.normal(size=(512, 8)).astype("float32")
y = x[:, :1] - x[:, 1:2]
lamina.utils.set_random_seed(0)
model = lamina.Sequential([lamina.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
model.compile(optimizer=lamina.optimizers.Adam(0.003), loss="mse")
fit = dict(epochs=20, validation_split=0.25, callbacks=[lamina.callbacks.{callback}])"""


RULES = (
    Rule(
        "monitor-direction", COURSE, "warning", "a callback that stopped training, lowered the rate, or keeps the best weights, "
        "and takes for worse what is better: a smaller loss, a larger accuracy, which improved; or by its default a larger value "
        "of a log that it does not know, which rose with each epoch while the losses fell", monitor_direction,
        "Keras issue 18798", _net('EarlyStopping("val_loss", mode="max", patience=2)'),
        _net('EarlyStopping("val_loss", patience=2)'),
        ("loss-diverging", "non-finite-loss"),
    ),
    Rule(
        "improvement-not-counted", COURSE, "warning", "a callback that stopped training or lowered the rate, though its log "
        "improved by a tenth, or at all where min_delta is as much as it can: the improvement is below min_delta; or improved, "
        "and baseline is beyond what such a log can have",
        improvement_not_counted, "practice with callbacks",
        _net("EarlyStopping(patience=2, min_delta=10.0)"), _net("EarlyStopping(patience=2, min_delta=0.001)"),
        ("loss-diverging", "non-finite-loss"),
    ),
)  # fmt: skip
