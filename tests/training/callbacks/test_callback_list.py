"""CallbackList, for loops of one's own."""

import pytest

from lamina import callbacks, layers
from lamina.layers import Input
from lamina.models import Sequential
from lamina.training.callbacks._callback import HOOKS


class Notes(callbacks.Callback):
    def __init__(self):
        super().__init__()
        self.came = []


for _hook in (*HOOKS, "on_batch_begin", "on_batch_end"):
    setattr(Notes, _hook, lambda self, *args, _hook=_hook, **kwargs: self.came.append((_hook, args, kwargs)))


def test_every_hook_reaches_every_callback():
    first, second = Notes(), Notes()
    calls = callbacks.CallbackList([[first], second])
    for hook in (*HOOKS, "on_batch_begin", "on_batch_end"):
        args = (
            ()
            if hook.endswith(("train_begin", "train_end", "test_begin", "test_end", "predict_begin", "predict_end"))
            else (3,)
        )
        getattr(calls, hook)(*args, logs={"a": 1})
        assert first.came[-1] == second.came[-1] == (hook, args, {"logs": {"a": 1}})


def test_model_params_and_what_is_added():
    model, note = Sequential([Input((2,)), layers.Dense(1)]), Notes()
    calls = callbacks.CallbackList(
        [note], add_history=True, add_progbar=True, model=model, epochs=2, steps=3, verbose=0
    )
    assert calls.model is model and note.model is model and note.params == {"epochs": 2, "steps": 3, "verbose": 0}
    assert [type(c).__name__ for c in calls.callbacks] == ["Notes", "ProgbarLogger", "History"]
    history = callbacks.History()
    assert callbacks.CallbackList([history], add_history=True).callbacks == [history]
    assert callbacks.CallbackList().callbacks == []


def test_anything_else_is_refused():
    with pytest.raises(TypeError, match="expected a lamina.callbacks.Callback; got 3"):
        callbacks.CallbackList([3])
