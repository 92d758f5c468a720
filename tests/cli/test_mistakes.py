"""How a command ends that did not succeed."""

import click
import pytest

from lamina.cli._mistakes import in_one_line
from lamina.tables._errors import TableError


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (TableError("t.csv: is\n  wrong."), 2, "lamina fit: t.csv: is wrong.\n"),
        (
            MemoryError("Unable to allocate 9 TiB"),
            2,
            "lamina fit: there is not enough memory (Unable to allocate 9 TiB).\n",
        ),
        (MemoryError(), 2, "lamina fit: there is not enough memory (of the machine).\n"),
        (OSError(28, "No space left", "/tmp/x"), 2, "lamina fit: /tmp/x: cannot be read or written (No space left).\n"),
        (BrokenPipeError(), 141, ""),
        (KeyboardInterrupt(" Go on."), 130, "lamina fit: interrupted; nothing was written. Go on.\n"),
    ],
)
def test_a_line_and_a_code(error, code, said, capsys):
    @in_one_line
    def fit():
        raise error

    with pytest.raises(click.exceptions.Exit) as ended:
        fit()
    assert ended.value.exit_code == code
    assert capsys.readouterr().err == said


def test_a_fault_of_lamina_keeps_its_traceback():
    @in_one_line
    def fit():
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fit()
