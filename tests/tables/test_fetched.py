"""Tables from a server on this machine."""

import gzip
import os
import socket
import sqlite3
import tempfile

import pytest

from lamina.tables import _fetched
from lamina.tables._errors import TableError
from lamina.tables._fetched import file_name, is_url
from lamina.tables._read import read_table

ROWS = b"a,b\n1,x\n2,y\n"


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """Where what is fetched lies: it must be empty afterwards."""
    made = tmp_path / "temporary"
    made.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(made))
    yield
    assert os.listdir(made) == []


@pytest.mark.parametrize("name", ["t.csv", "t.csv.gz", "table", "packed", "데이터 1.csv"])
def test_plain_and_packed_with_and_without_a_suffix(web, tmp_path, name):
    (tmp_path / name).write_bytes(gzip.compress(ROWS) if name in ("t.csv.gz", "packed") else ROWS)
    table = read_table(f"{web}/{name}?raw=1")
    assert table.columns["a"].tolist() == [1, 2] and table.columns["b"].tolist() == ["x", "y"]
    assert table.path == f"{web}/{name}?raw=1"


def test_parquet_that_does_not_say_so(web, tmp_path):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    pandas.DataFrame({"a": [1, 2]}).to_parquet(tmp_path / "download")
    assert read_table(f"{web}/download").columns["a"].tolist() == [1, 2]


def test_a_table_of_a_database(web, tmp_path):
    connection = sqlite3.connect(tmp_path / "t.db")
    connection.execute("create table one (a, b)")
    connection.execute("insert into one values (1, 'x')")
    connection.execute("create table two (c)")
    connection.commit()
    connection.close()
    assert read_table(f"{web}/t.db::one").columns["b"].tolist() == ["x"]
    with pytest.raises(TableError, match="there is no table 'three'"):
        read_table(f"{web}/t.db::three")


def test_what_cannot_be_fetched(web):
    with pytest.raises(TableError) as caught:
        read_table(f"{web}/none.csv")
    assert str(caught.value) == f"{web}/none.csv: cannot be fetched (HTTP Error 404: File not found)."
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    with pytest.raises(TableError, match=r"cannot be fetched .*refused"):
        read_table(f"http://127.0.0.1:{port}/t.csv")
    for url in ("http://127.0.0.1:nine/t.csv", "http:///t.csv", "http://[::1/t.csv"):
        with pytest.raises(TableError, match=r"t\.csv: .*be fetched"):
            read_table(url)


def test_a_file_that_is_too_large(web, tmp_path, monkeypatch):
    (tmp_path / "t.csv").write_bytes(ROWS)
    monkeypatch.setattr(_fetched, "MOST_BYTES", len(ROWS))
    assert len(read_table(f"{web}/t.csv")) == 2
    monkeypatch.setattr(_fetched, "MOST_BYTES", len(ROWS) - 1)
    with pytest.raises(TableError, match=f"more than {len(ROWS) - 1} bytes, the most that is fetched. Download it"):
        read_table(f"{web}/t.csv")


def test_a_page_is_no_table(web, tmp_path):
    (tmp_path / "t.csv").write_text("<!DOCTYPE html>\n<html><body>sign in, please</body></html>")
    with pytest.raises(TableError, match="a page of HTML, no table"):
        read_table(f"{web}/t.csv")


def test_mistakes_in_the_table_name_the_address(web, tmp_path):
    (tmp_path / "t.csv").write_text("a,b\n1,2\n3,4\n1,2,3\n")
    with pytest.raises(TableError) as caught:
        read_table(f"{web}/t.csv")
    assert str(caught.value).startswith(f"{web}/t.csv: line 4 has 3 fields")


def test_names():
    assert file_name("https://example.org/data/my%20table.csv?key=a/b") == "my table.csv"
    assert file_name("data/t.csv") == "t.csv" and file_name("https://example.org") == ""
    assert is_url("HTTPS://example.org/t.csv") and not is_url("https.csv") and not is_url("ftp://example.org/t.csv")
