"""What a model is trained with, as one value."""

import threading
from dataclasses import dataclass, field
from typing import Any

from lamina.metrics import Mean

from ._compile_loss import CompileLoss
from ._compile_metrics import CompileMetrics


@dataclass(eq=False)
class Compiled:
    """What `compile` made of its arguments, and what has been made of that since. A model has one from the start, without
    a loss; `compile` gives it another.

    Attributes: `optimizer`; `loss` and `metrics` by output, None for none; `tracker`, the mean of the loss; `config`, the
    arguments of `compile`, None for a model not compiled; `run_eagerly`, `steps_per_execution`; `trainable`, the weights
    that were trainable at compile; `steps`, compiled, by kind, each with the key it was made for; `progress`, what the engine
    keeps of their programs, by kind; `outputs`, the specs of the
    outputs for the shapes of `seen`; `watched`, the values, by id, of tensors that a loss refers to, as they were in the last
    call; `lock`, held while a step runs, as all steps of a model work on its variables; `said`, the rule and layer of each
    finding that was told; `is_diagnosed`, whether a first batch was looked at; `is_looked_at`, whether the network was looked at
    again because its loss did not fall; `start`, the loss before the first step, None if it is not known; `onlooker`, who is
    told what a step of training computes while it is traced.
    """

    optimizer: Any = None
    loss: CompileLoss | None = None
    metrics: CompileMetrics | None = None
    tracker: Mean | None = None
    config: dict[str, Any] | None = None
    run_eagerly: bool = False
    steps_per_execution: int = 1
    trainable: list[Any] = field(default_factory=list)
    steps: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    progress: dict[str, dict[str, int]] = field(default_factory=dict)
    outputs: list[Any] = field(default_factory=list)
    seen: str | None = None
    watched: dict[int, Any] = field(default_factory=dict)
    said: set[tuple[str, str | None]] = field(default_factory=set)
    is_diagnosed: bool = False
    is_looked_at: bool = False
    start: float | None = None
    onlooker: Any = None
    lock: Any = field(default_factory=threading.RLock, repr=False)

    @property
    def is_ready(self) -> bool:
        """Whether it is known which loss and which metrics go to which output."""
        return (self.loss is None or self.loss.built) and (self.metrics is None or self.metrics.built)

    def build(self, y: Any, y_pred: Any) -> None:
        """Finds that out from targets and outputs, or their specs."""
        if self.loss is not None and not self.loss.built:
            self.loss.build(y_pred, y)
        if self.metrics is not None and not self.metrics.built:
            self.metrics.build(y, y_pred)

    def all_metrics(self) -> list[Any]:
        """The tracker of the loss, those of each output's loss, and the metrics."""
        found: list[Any] = [] if self.tracker is None else [self.tracker]
        found += [] if self.loss is None else self.loss.trackers
        return found + ([] if self.metrics is None else self.metrics.metrics)

    def __getstate__(self) -> dict[str, Any]:
        # Compiled steps belong to one model and are made anew for a copy.
        state = {**self.__dict__, "steps": {}, "progress": {}, "watched": {}, "onlooker": None}
        del state["lock"]
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state, lock=threading.RLock())
