"""What is read is never written over."""

import os

import numpy as np
import pytest

import lamina
from lamina.tables._apart import check_apart
from lamina.tables._errors import TableError


@pytest.fixture
def there(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n")
    return path


@pytest.mark.parametrize("how", ["itself", "another way", "a link", "one of several", "a table of a database"])
def test_what_is_read_is_never_written_to(how, there, tmp_path, monkeypatch):
    path, read = str(there), str(there)
    if how == "another way":
        monkeypatch.chdir(tmp_path)
        path = "t.csv"
    elif how == "a link":
        path = str(tmp_path / "link.csv")
        try:
            os.symlink(there, path)
        except OSError:
            pytest.skip("no links here")
    elif how == "one of several":
        read = ("https://example.org/t.csv", "-", read)
    elif how == "a table of a database":
        path = str(tmp_path / "t.db")
        os.rename(there, path)
        read = path + "::people"
    with pytest.raises(TableError, match="is read itself"):
        check_apart(path, None, read)
    check_apart(path, "other.csv", None, {"a": [1]})


def test_a_report_is_not_written_over_its_table(tmp_path):
    rng = np.random.default_rng(0)
    frame = {"a": rng.normal(size=40), "b": rng.normal(size=40)}
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "".join(f"{a},{b}\n" for a, b in zip(*frame.values())))
    before = path.read_bytes()
    model = lamina.fit_table(frame, "b", hidden=(), folds=2, verbose=False)
    with pytest.raises(TableError, match="is read itself"):
        model.report(str(path), path)
    assert path.read_bytes() == before
