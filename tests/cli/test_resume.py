"""`lamina fit --resume` after SIGKILL."""

import os
import signal
import subprocess
import sys

import numpy as np
import pytest

import lamina as package


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_the_command_is_killed_and_goes_on(tmp_path, write_table, lamina):
    """SIGKILL after the first fold is told; `--resume` ends in the same model file as a fit in one piece."""
    rng = np.random.default_rng(0)
    rows = {"a": rng.normal(size=60), "b": rng.normal(size=60)}
    table = write_table({**rows, "y": 2 * rows["a"] + rows["b"] ** 2})
    options = ["--target", "y", "--folds", "3", "--epochs", "60", "--patience", "60", "--effort", "quick"]
    main = [sys.executable, "-u", "-c", "import sys; from lamina.cli import main; sys.exit(main())"]
    arguments = ["fit", str(table), *options, "--out", str(tmp_path / "m")]
    process = subprocess.Popen([*main, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    for line in process.stdout:
        if "fold 1 of 3" in line:
            process.send_signal(signal.SIGKILL)
            break
    process.communicate(timeout=120)
    assert not (tmp_path / "m" / "model.keras").exists() and (tmp_path / "m" / "unfinished" / "fold-1.npz").exists()
    assert "go on with --resume, or start anew with --force" in lamina.fails(*arguments)
    assert "unfinished fit of another table" in lamina.fails(*arguments, "--resume", "--seed", 3)
    text = lamina(*arguments, "--resume").stdout
    assert "kept from before" in text.split("fold 2")[0] and not (tmp_path / "m" / "unfinished").exists()
    lamina("fit", table, *options, "--out", tmp_path / "whole", "--quiet")
    assert (tmp_path / "m" / "metrics.json").read_bytes() == (tmp_path / "whole" / "metrics.json").read_bytes()
    models = [weights_of(tmp_path / name / "model.keras") for name in ("m", "whole")]
    for one, other in zip(*models, strict=True):
        np.testing.assert_array_equal(one, other)


def weights_of(path):
    return package.models.load_model(path).get_weights()


def short_fit(table, folds, out):
    """The arguments of a fit of two epochs."""
    return ["fit", table, "--target", "y", "--folds", folds, "--epochs", 2, "--effort", "quick", "--out", out]


def test_ctrl_c_while_the_report_is_made_keeps_the_trainings(lamina, write_table, tmp_path, monkeypatch):
    from lamina.cli import _app

    rng = np.random.default_rng(0)
    rows = {"a": rng.normal(size=40), "b": rng.normal(size=40)}
    table = write_table({**rows, "y": 2 * rows["a"] + rows["b"] ** 2})
    arguments = short_fit(table, 2, tmp_path / "m")

    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(_app, "write_fit", interrupted)
        message = lamina(*arguments, code=130).stderr
    assert message == "lamina fit: interrupted; nothing was written. To go on: the same command with --resume.\n"
    assert [p.name for p in (tmp_path / "m").iterdir()] == ["unfinished"]
    text = lamina(*arguments, "--resume").stdout
    assert text.count("kept from before") == 2 and not (tmp_path / "m" / "unfinished").exists()


def test_ctrl_c_between_folds_writes_those_that_are_finished(lamina, write_table, tmp_path, monkeypatch):
    from lamina.tables import _networks

    rng = np.random.default_rng(0)
    table = write_table({"a": rng.normal(size=40), "y": rng.normal(size=40)})
    arguments = short_fit(table, 3, tmp_path / "m")
    told = _networks._told
    with monkeypatch.context() as patch:
        calls = []

        def interrupting(one):
            calls.append(one)
            if len(calls) == 2:
                raise KeyboardInterrupt
            return told(one)

        patch.setattr(_networks, "_told", interrupting)
        result = lamina(*arguments, code=130)
    assert "of the 2 folds that were finished" in result.stdout
    assert result.stderr.endswith("the best so far was written. To go on: the same command with --resume --force.\n")
    assert (tmp_path / "m" / "model.keras").exists() and (tmp_path / "m" / "unfinished" / "fold-2.npz").exists()
    assert "kept from before" in lamina(*arguments, "--resume", "--force").stdout
    assert not (tmp_path / "m" / "unfinished").exists()
