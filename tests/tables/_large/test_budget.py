"""Which files are too large to be read at once."""

import pytest

from lamina.tables._errors import TableError
from lamina.tables._large._budget import bytes_of, default_memory, is_large


@pytest.mark.parametrize(
    ("text", "size"),
    [("1000", 1000), ("2k", 2048), ("1.5MB", 1_572_864), ("1 GiB", 1 << 30), ("2g", 2 << 30), ("1TB", 1 << 40)],
)
def test_amounts(text, size):
    assert bytes_of(text) == size


@pytest.mark.parametrize("text", ["", "much", "-1GB", "0", "1PB"])
def test_what_is_no_amount(text):
    with pytest.raises(TableError, match=r"--memory takes an amount of memory, like 500MB or 2GB; got"):
        bytes_of(text)


def test_kinds_of_files(tmp_path):
    assert default_memory() > 1 << 20
    for name in ("t.csv", "t.csv.gz", "t.jsonl", "t.parquet", "t.feather"):
        (tmp_path / name).write_bytes(b"x" * 1000)
        assert is_large(tmp_path / name, 5000) and not is_large(tmp_path / name, 1 << 20), name
    for name in ("t.xlsx", "t.json", "t.db", "t.csv.zip"):  # which are no streams
        (tmp_path / name).write_bytes(b"x" * 1000)
        assert not is_large(tmp_path / name, 1)
    several = [str(tmp_path / "t.csv")] * 3
    assert is_large(several, 30_000) and not is_large(several, 60_000)
    for other in ("-", "https://example.org/t.csv", str(tmp_path / "none.csv"), {"a": [1]}, []):
        assert not is_large(other, 1)
