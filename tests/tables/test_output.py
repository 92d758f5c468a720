"""What is never overwritten."""

import pytest

from lamina.tables._errors import TableError
from lamina.tables._output import check_new, out_folder


@pytest.fixture
def there(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a\n1\n")
    return path


def test_a_file_that_is_there_needs_force(there, tmp_path):
    with pytest.raises(TableError, match="--force"):
        check_new(str(there), False)
    check_new(str(there), True)
    check_new(str(tmp_path / "new.csv"), False)
    check_new(None, False)
    with pytest.raises(TableError, match="is read itself"):
        check_new(str(there), True, str(there))


def test_a_fit_does_not_write_over_what_it_reads(tmp_path):
    folder = str(tmp_path / "m")
    with pytest.raises(TableError, match="is read itself"), out_folder(str(tmp_path), True, False, _made(tmp_path)):
        pass
    with out_folder(folder, False, False, _made(tmp_path)):
        pass


def _made(folder):
    (folder / "metrics.json").write_text('[{"a": 1}]')
    return str(folder / "metrics.json")
