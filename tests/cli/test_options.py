"""Bad values of every option of `lamina fit`, typed and in a run file."""

import click
import pytest

from lamina.cli._app import app
from lamina.cli._options import OF_ONE_RUN, Between

FIT = app.commands["fit"]
WORDS = ["x", "nan", "inf", "-1", "1e999", "99999999999999999999999999", ""]
SHARES = [*WORDS, "0", "1", "1.5"]
TYPED = {
    "target": ["cots"],
    "ordinal": ["age", "age=1", "age=1,1", "age=", "no=a,b"],
    "drop": ["no"],
    "missing": [],
    "encoding": ["x", ""],
    "memory": ["x", "nan", "-1", "0", "", "9" * 400 + "GB", "9" * 40],
    "task": ["x", ""],
    "group": ["no", ""],
    "time": ["no", "0s", "9" * 400 + "s", "nans", "5 parsecs"],
    "test": ["no.csv"],
    "folds": [*WORDS, "1", "2.5"],
    "test_size": SHARES,
    "val_size": SHARES,
    "split_seed": WORDS,
    "seed": [*WORDS, str(2**32)],
    "effort": ["x", ""],
    "hidden": ["x", "nan", "-1", "1.5", "64,-1", "64;64", "999999999999", "64,0"],
    "epochs": [*WORDS, "0"],
    "batch_size": WORDS,
    "learning_rate": [w for w in WORDS if w != "99999999999999999999999999"],
    "weight_decay": ["x", "nan", "inf", "-1", "1e999", ""],
    "patience": [*WORDS, "0"],
    "out": [],
}
CASES = [(name, word) for name, words in TYPED.items() for word in words]


@pytest.fixture
def table(write_table):
    return write_table({"age": [i / 3 for i in range(40)], "cost": [2 * i for i in range(40)]})


def test_every_option_has_bad_values():
    names = {p.name for p in FIT.params if isinstance(p, click.Option)} - OF_ONE_RUN - {"help"}
    assert names == set(TYPED)


@pytest.mark.parametrize(("name", "word"), CASES, ids=[f"{name}={word}"[:40] for name, word in CASES])
def test_a_bad_value_ends_in_plain_words_that_name_the_option(name, word, lamina, table, tmp_path):
    option = f"--{name.replace('_', '-')}"
    result = lamina("fit", table, "--target", "cost", "--out", tmp_path / "m", f"{option}={word}", code=2)
    said = result.stderr.splitlines()[-1]
    assert option in said or repr(word.partition("=")[0]) in said or f" {word}: there is no" in said, result.stderr
    assert not (tmp_path / "m").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("target = 3", "target must be a text, like '3'; got 3"),
        ("target = ['y']", "target must be a text"),
        ("target = 2024-01-01", "target must be a text"),
        ("folds = '3'", "folds must be a whole number; got '3'"),
        ("folds = 2.0", "folds must be a whole number"),
        ("folds = true", "folds must be a whole number"),
        ("epochs = 0", "epochs: 0 is not in the range"),
        ("test_size = 'x'", "test_size must be a number"),
        ("test_size = nan", r"test_size (--test-size) must be between 0 and 1; got nan"),
        ("hidden = 64", "hidden must be a text"),
        ("drop = 3", "drop must be a text"),
        ("drop = ['a', 3]", "drop must be a text"),
        ("memory = 5", "memory must be a text"),
        ("time = [60]", "time must be a text, like '60'"),
        ("seed = 99999999999", "seed (--seed) must be a whole number from 0"),
    ],
)
def test_a_bad_value_in_a_run_file(line, said, lamina, table, tmp_path):
    target = "" if line.startswith("target") else "target = 'cost'\n"
    (tmp_path / "run.toml").write_text(f"table = 'table.csv'\nout = 'm'\n{target}{line}\n")
    assert said in lamina.fails("fit", tmp_path / "run.toml")


def test_one_name_or_a_list_of_them_in_a_run_file(lamina, table, tmp_path):
    for number, drop in enumerate(("'age'", "['age']")):
        text = f"table = ['table.csv']\ntarget = 'cost'\nout = '{number}'\ndrop = {drop}\nlearning_rate = 1\n"
        (tmp_path / "run.toml").write_text(text)
        assert "'age' dropped, as you asked" in lamina.fails("fit", tmp_path / "run.toml")


def test_nan_is_between_no_numbers():
    assert Between(0, 3).convert("2", None, None) == 2
    for word in ("nan", "4", "inf"):
        with pytest.raises(click.BadParameter):
            Between(0, 3).convert(word, None, None)
