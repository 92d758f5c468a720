import io
import re
from types import SimpleNamespace

import pytest
from rich.console import Console

from lamina.tables._display import Display, duration, seconds_left


def trained(display, epochs, best=1):
    """Tells a display of a training."""
    watching = display.watching(SimpleNamespace(best_epoch=best - 1))
    for epoch in range(epochs):
        watching.on_epoch_end(epoch, {"loss": 0.5, "val_of_the_mean": 0.25})
    watching.on_train_end()


def shown(terminal, folds, *lengths, budget=None):
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=120, legacy_windows=False, color_system=None)
    with Display(console, folds, 100, 30, budget) as display:
        for length in lengths:
            trained(display, length)
    return file.getvalue()


def test_a_pipe_gets_plain_lines():
    text = shown(False, 1, 25)
    lines = text.splitlines()
    assert [line.split(",")[0].split()[-1] for line in lines] == ["1/100", "10/100", "20/100", "25/100"]
    assert lines[0] == "  network: epoch 1/100, loss 0.5000, validation 0.2500, best epoch 1"
    assert "\x1b" not in text and "\r" not in text
    assert shown(False, 3, 25, 25) == ""  # of folds a line each is printed when they end


def test_a_terminal_gets_one_live_line():
    text = shown(True, 3, 25, 40)
    assert "network 1/3" in text and "\x1b[2K" in text
    assert len(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]|\r", "", text).strip().splitlines()) <= text.count("\x1b[2K") + 1


def test_it_tells_the_fold_the_epoch_and_the_time_left():
    with Display(Console(file=io.StringIO(), force_terminal=True, width=150), 2, 100, 30, None) as display:
        trained(display, 40, best=10)
        watching = display.watching(SimpleNamespace(best_epoch=4))
        watching.on_epoch_end(0, {"loss": 0.5, "val_of_the_mean": 0.25})
        (task,) = display.bar.tasks
        assert task.description == "network 2/2" and task.completed == 101 and task.total == 200
        assert task.fields["epoch"] == 1 and re.fullmatch(r"about \d+ s left", task.fields["left"])
        assert "best epoch 5" in task.fields["losses"]


def test_a_narrow_terminal_has_one_line_too():
    file = io.StringIO()
    console = Console(file=file, force_terminal=True, width=78, legacy_windows=False)
    with Display(console, 12, 1000, 30, None) as display:
        trained(display, 40)
    assert file.getvalue().count("\x1b[1A") == 1  # gone back over once, when it is taken away


def test_nothing_is_shown_where_nothing_is_asked_for(capsys):
    with Display(None, 1, 100, 30, None) as display:
        trained(display, 20)
    assert capsys.readouterr().out == ""


@pytest.mark.parametrize(
    ("done", "folds", "epoch", "best", "left"),
    [
        ([], 1, 10, 5, 25),  # till patience ends it: epoch 35
        ([], 1, 95, 90, 5),  # or till the last epoch
        ([], 3, 10, 5, 25 + 2 * 35),  # others take as long as the present one
        ([40, 60], 4, 10, 5, 40 + 50),  # or as those that are over
        ([40], 2, 50, 45, 25),
    ],
)
def test_the_time_left(done, folds, epoch, best, left):
    """At one second an epoch."""
    assert seconds_left(done, folds, epoch, best, 100, 30, spent=float(sum(done) + epoch)) == pytest.approx(left)


def test_durations():
    assert [duration(s) for s in (0.4, 8, 99, 150, 7500)] == ["0 s", "8 s", "99 s", "2 min", "2 h 5 min"]
