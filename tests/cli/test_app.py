import os
import signal
import subprocess
import sys

import pytest

import lamina as package

MAIN = [sys.executable, "-c", "import sys; from lamina.cli import main; sys.exit(main())"]


def run(*args, cwd=None):
    environment = {**os.environ, "COLUMNS": "120"}
    return subprocess.run([*MAIN, *map(str, args)], capture_output=True, text=True, cwd=cwd, env=environment)


def test_version():
    result = run("--version")
    assert (result.returncode, result.stdout) == (0, f"lamina {package.__version__}\n")


def test_help_names_the_commands():
    result = run("--help")
    assert result.returncode == 0
    for command in ("fit", "predict", "summary", "run"):
        assert command in result.stdout


def test_a_mistake_is_one_line_and_exit_code_2(tmp_path):
    pytest.importorskip("pandas")
    result = run("fit", "nothing.csv", "--target", "y", cwd=tmp_path)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr == "lamina fit: nothing.csv: there is no such file.\n"


def test_unknown_options_have_exit_code_2():
    result = run("fit", "t.csv", "--targets", "y")
    assert result.returncode == 2 and "Traceback" not in result.stderr


def test_run_gives_a_program_its_own_arguments(tmp_path):
    script = tmp_path / "program.py"
    script.write_text("import sys, keras\nprint(keras.__name__, sys.argv[1:])\nsys.exit(3)\n")
    result = run("run", script, "--epochs", "2", "--help", "-x")
    assert result.returncode == 3, result.stderr
    assert result.stdout.strip().endswith("['--epochs', '2', '--help', '-x']")


@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_ctrl_c_keeps_the_best_so_far(tmp_path, write_table, people):
    pytest.importorskip("pandas")
    table = write_table(people)
    options = ["--epochs", "20000", "--patience", "20000", "--folds", "0", "--effort", "quick"]
    arguments = ["fit", str(table), "--target", "cost", "--out", str(tmp_path / "m"), *options]
    # What a shell runs in the background does not hear SIGINT, and neither do its children.
    process = subprocess.Popen(
        [*MAIN, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )  # fmt: skip
    for line in process.stdout:
        if "epoch 1/" in line:
            process.send_signal(signal.SIGINT)
            break
    rest, message = process.communicate(timeout=120)
    assert (process.returncode, message) == (130, "lamina fit: interrupted; the best so far was written.\n")
    assert "interrupted; what follows is the best epoch so far" in rest
    assert (tmp_path / "m" / "model.keras").exists()


def test_summary(lamina, tmp_path):
    model = package.Sequential([package.Input((2,)), package.layers.Dense(3, name="first")])
    model.save(tmp_path / "m.keras")
    result = lamina("summary", tmp_path / "m.keras")
    assert "first" in result.stdout and "Total params: 9" in result.stdout
    assert "no such file" in lamina.fails("summary", tmp_path / "no.keras")


def test_summary_of_a_table_model(lamina, tmp_path, write_table, people):
    pytest.importorskip("pandas")
    table = write_table(people)
    lamina("fit", table, "--target", "band", "--drop", "cost", "--out", tmp_path / "m", "--hidden", 0, "--quiet")
    text = lamina("summary", tmp_path / "m" / "model.keras").stdout
    assert "Predicts 'band' (cheap, dear, fair) from:" in text
    assert "city (nominal)" in text and "row" not in text.split("from:")[1]


@pytest.mark.native_only("other engines load their library")
def test_starting_the_command_loads_no_extra():
    code = "import sys, lamina.cli._app; print(sorted({'pandas', 'matplotlib', 'pyarrow', 'torch', 'jax'} & set(sys.modules)))"
    assert subprocess.check_output([sys.executable, "-c", code], text=True).strip() == "[]"


def test_every_command_shows_examples_and_exit_codes_are_told():
    from lamina.cli._app import app

    for name, command in app.commands.items():
        assert f"lamina {name}" in (command.epilog or ""), name
    told = " ".join(run("--help").stdout.split())
    for code in (
        "0 done",
        "1 lamina check found",
        "2 a mistake",
        "3 lamina check met no fit",
        "130 interrupted",
        "141 nobody",
    ):
        assert code in told


@pytest.mark.parametrize(
    ("words", "completed"),
    [
        ("lamina e", ["evaluate", "explain", "export"]),
        ("lamina fit t.csv --effort ", ["quick", "normal", "best"]),
        ("lamina fit t.csv --task r", ["regression"]),
        ("lamina report m", ["m"]),  # of a file: the shell does it
    ],
)
def test_completion_of_the_shell(words, completed):
    environment = {
        **os.environ, "_LAMINA_COMPLETE": "bash_complete", "COMP_WORDS": words, "COMP_CWORD": str(words.count(" "))
    }  # fmt: skip
    shown = subprocess.check_output(MAIN, text=True, env=environment).splitlines()
    assert [line.partition(",")[2].strip() for line in shown] == completed
