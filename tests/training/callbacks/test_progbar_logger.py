"""What a run prints: in a notebook, on a terminal, and elsewhere."""

import io
import re
import sys
import types

import numpy as np
import pytest

import lamina
from lamina import layers
from lamina.training.callbacks import _progbar_logger
from lamina.training.callbacks._notebook_line import drawn_bar, in_notebook
from lamina.training.callbacks._progbar_logger import in_time

ROWS = np.ones((64, 2), "float32")


def fitted(epochs=3, **options):
    model = lamina.Sequential([lamina.Input((2,)), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(ROWS, ROWS[:, :1], epochs=epochs, batch_size=4, **options)
    return model


class Handle:
    """A display of a notebook that keeps what it showed."""

    def __init__(self, said):
        self.lines = [said["text/plain"]]

    def update(self, said, raw):
        assert raw
        self.lines.append(said["text/plain"])


@pytest.fixture
def notebook(monkeypatch):
    """Enters a kernel's stream and display, without a kernel; gives the displays and the stream."""
    handles = []

    def display(said, raw, display_id):
        assert raw and display_id
        handles.append(Handle(said))
        return handles[-1]

    stream = type("OutStream", (io.StringIO,), {"__module__": "ipykernel.iostream"})()
    fake = types.ModuleType("IPython.display")
    fake.display = display
    monkeypatch.setitem(sys.modules, "IPython.display", fake)
    monkeypatch.setattr(_progbar_logger, "REFRESH_S", 0.0)

    def enter():  # in the test itself, since pytest sets the stream anew between the two
        monkeypatch.setattr(sys, "stdout", stream)
        return handles, stream

    return enter


def test_a_notebook_sees_one_line_for_all_epochs(notebook):
    handles, stream = notebook()
    fitted(callbacks=[lamina.callbacks.LambdaCallback(on_train_batch_end=lambda *_: None)])
    assert stream.getvalue() == ""
    (handle,) = handles
    ends = [line for line in handle.lines if " left" not in line]
    assert [line[:9] for line in ends] == ["Epoch 1/3", "Epoch 2/3", "Epoch 3/3"]
    assert all("16/16 ━━━━" in line and " ms/step, " in line and "loss: " in line for line in ends)
    within = [line for line in handle.lines if " left" in line]
    assert within and all(re.search(r"Epoch \d/3 - \d+/16 [━─]+ - [\d.e+]+ ms/step, .* left", line) for line in within)


def test_evaluate_and_predict_have_lines_of_their_own(notebook):
    handles, stream = notebook()
    model = fitted(epochs=1)
    model.evaluate(ROWS, ROWS[:, :1])
    model.predict(ROWS)
    assert len(handles) == 3 and stream.getvalue() == ""
    assert "loss: " in handles[1].lines[-1] and handles[2].lines[-1].startswith("2/2 ━")


def test_verbose_2_and_0_write_no_live_line(notebook):
    handles, stream = notebook()
    fitted(verbose=2)
    assert not handles and len(stream.getvalue().splitlines()) == 6
    fitted(verbose=0)
    assert not handles and len(stream.getvalue().splitlines()) == 6


def test_elsewhere_lines_are_plain(capsys):
    assert not in_notebook()
    fitted(epochs=2)
    printed = capsys.readouterr().out.splitlines()
    assert [bool(re.match(r"Epoch \d/2$", line)) for line in printed] == [True, False, True, False]
    assert re.match(r"16/16 - [\d.]+ s - [\d.]+ ms/step - loss: ", printed[1])


def test_a_terminal_shows_the_pace_and_the_time_left(monkeypatch):
    stream = type("Terminal", (io.StringIO,), {"isatty": lambda self: True})()
    monkeypatch.setattr(sys, "stdout", stream)
    monkeypatch.setenv("TERM", "xterm-256color")
    monkeypatch.setenv("COLUMNS", "160")
    bar = _progbar_logger.ProgbarLogger()
    bar.set_params({"verbose": 1, "epochs": 1, "steps": 10})
    bar.on_epoch_begin(0)
    bar.progress(4, {"loss": 0.5})
    assert re.fullmatch(r"[\d.e+]+ ms/step, [\d.]+ s left", bar._bar.tasks[0].fields["pace"])
    bar.on_epoch_end(0, {"loss": 0.25})
    assert "ms/step" in stream.getvalue() and "loss: 0.2500" in stream.getvalue()


@pytest.mark.parametrize(
    ("seconds", "said"), [(0.42, "0.4 s"), (12.3, "12 s"), (185, "3 min 05 s"), (7800, "2 h 10 min"), (59.96, "60 s")]
)
def test_durations(seconds, said):
    assert in_time(seconds) == said


def test_the_bar_fills():
    assert drawn_bar(0, 4) == "0/4 " + "─" * 24
    assert drawn_bar(2, 4) == "2/4 " + "━" * 12 + "─" * 12
    assert drawn_bar(9, 4) == "9/4 " + "━" * 24
    assert drawn_bar(9, None) == "9 steps"
