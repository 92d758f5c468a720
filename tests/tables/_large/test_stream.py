"""A table read in pieces is the table read at once; its sample is drawn evenly."""

import gzip
import json

import numpy as np
import pytest

from lamina.tables._errors import TableError
from lamina.tables._large._stream import CHUNK, Stream
from lamina.tables._read import read_table

MEMORY = 20 << 20


def whole_of(stream, keep=()):
    pieces = list(stream.tables(stream.names, list(keep)))
    columns = {name: np.concatenate([p.columns[name] for p in pieces]) for name in stream.names}
    return columns, {name: np.concatenate([p.raw[name] for p in pieces]) for name in keep}


def agree(stream, path, keep=()):
    table = read_table(str(path))
    columns, raw = whole_of(stream, keep)
    assert stream.names == table.names and stream.rows == len(table) and stream.sample.dates == table.dates
    for name in table.names:
        np.testing.assert_array_equal(columns[name], table.columns[name], err_msg=name)
    for name in keep:
        assert list(map(str, raw[name])) == list(map(str, table.raw[name]))
    return table


def test_a_text_file(messy_file):
    stream = Stream(messy_file, (), None, MEMORY)
    table = agree(stream, messy_file, ["amount", "x"])
    assert len(stream.sample) < stream.rows
    for name, values in stream.sample.columns.items():
        np.testing.assert_array_equal(values, table.columns[name][stream.sample.row_numbers - 1], err_msg=name)
    assert set(stream.sample.notes) >= {n for n in table.notes if "'amount'" not in n}  # which shows another example
    places = stream.sample.row_numbers / stream.rows
    assert abs(places.mean() - 0.5) < 0.05 and len(np.unique(places)) == len(places)


def test_the_sample_is_fixed_by_its_seed(messy_file):
    drawn = [Stream(messy_file, (), None, MEMORY, seed).sample.row_numbers for seed in (0, 0, 1)]
    np.testing.assert_array_equal(drawn[0], drawn[1])
    assert not np.array_equal(drawn[0], drawn[2])


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_encodings(tmp_path, messy, encoding):
    path = tmp_path / "t.csv"
    path.write_bytes("".join(messy[:3000]).encode(encoding))
    agree(Stream(path, (), None, MEMORY), path)


def test_a_packed_file_and_several(tmp_path, messy):
    whole, first, second = (tmp_path / name for name in ("all.csv", "1.csv.gz", "2.csv"))
    text = "".join(messy[:4000])
    whole.write_text(text, encoding="utf-8")
    first.write_bytes(gzip.compress("".join(messy[:1500]).encode("utf-8")))
    second.write_text("".join([messy[1], *messy[1500:4000]]), encoding="utf-8")
    agree(Stream([first, second], (), None, MEMORY), whole)
    twice = Stream([second, second], (), None, MEMORY)
    assert "2.csv is given 2 times, and its rows are taken so often." in twice.sample.notes
    second.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(TableError, match=r"2\.csv: lacks the columns 'id', 'amount'"):
        Stream([first, second], (), None, MEMORY)


def test_rows_of_a_chunk_or_a_little_more(tmp_path):
    path = tmp_path / "t.csv"
    for rows in (CHUNK - 1, CHUNK, CHUNK + 1, 2 * CHUNK, 2 * CHUNK + 5):
        path.write_text("a\n" + "".join(f"{i}\n" for i in range(rows)))
        sizes = [len(chunk) for chunk in Stream(path, (), None, MEMORY).chunks()]
        assert sum(sizes) == rows and all(size == CHUNK for size in sizes[:-1])


def test_a_line_of_totals_is_left_out_wherever_chunks_end(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("a,b\n" + "x,1\n" * CHUNK + "Total,16384\n")
    stream = Stream(path, (), None, MEMORY)
    assert stream.rows == CHUNK and any("looks like a total" in n for n in stream.sample.notes)


@pytest.mark.parametrize(
    ("odd", "message"),
    [
        ("1,2,3\n", r"line 20002 has 3 fields, the table 2 columns: '1,2,3'"),
        ('1,"x\n', r"quotation mark that opens in line 20002 is never closed"),
        ("1,\udcff\n", r"after line \d+: not UTF-8"),
    ],
)
def test_what_is_wrong_far_below_is_told_with_its_line(tmp_path, odd, message):
    path = tmp_path / "t.csv"
    text = "a,b\n" + "1,2\n" * 20_000 + odd + "1,2\n" * 20_000
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(TableError, match=message):
        Stream(path, (), "utf-8", MEMORY)


def test_an_empty_table(tmp_path):
    path = tmp_path / "t.csv"
    for text in ("", "a,b\n"):
        path.write_text(text)
        with pytest.raises(TableError, match="the table is empty"):
            Stream(path, (), None, MEMORY)


def test_json_lines(tmp_path):
    path = tmp_path / "t.jsonl"
    rows = [{"a": i / 2 if i % 5 else None, "b": f"v{i % 3}", "c": f"{i % 50},{i % 900 + 100}"} for i in range(5000)]
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    agree(Stream(path, (), None, MEMORY), path, ["a", "b"])
    path.write_text(json.dumps(rows[0]) + "\n[1]\n")
    with pytest.raises(TableError, match="line 2 is no JSON object"):
        Stream(path, (), None, MEMORY)


@pytest.mark.parametrize("suffix", [".parquet", ".feather"])
def test_columns_of_typed_files(tmp_path, suffix):
    pandas = pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    rng = np.random.default_rng(0)
    n = 20_000
    frame = pandas.DataFrame({
        "i": rng.integers(0, 9, n), "f": np.where(rng.random(n) < 0.1, np.nan, rng.normal(size=n)),
        "t": rng.choice(["a", "b"], n), "b": rng.random(n) < 0.5,
        "d": pandas.Timestamp("2024-01-01") + pandas.to_timedelta(rng.integers(0, 99, n), "D"),
        "o": pandas.Categorical(rng.choice(["low", "high"], n), ["low", "high"], ordered=True),
        "g": pandas.array(np.where(rng.random(n) < 0.5, None, 3), dtype="Int64"), "s": rng.choice(["5%", "7%", ""], n),
    })  # fmt: skip
    path = tmp_path / f"t{suffix}"
    frame.to_parquet(path) if suffix == ".parquet" else frame.to_feather(path)
    stream = Stream(path, (), None, MEMORY)
    agree(stream, path, ["i", "f", "t"])
    assert stream.sample.ordered == {"o": ["low", "high"]}
    path.write_bytes(b"PAR1 broken")
    with pytest.raises(TableError, match="not a (Parquet|Feather) file that can be read"):
        Stream(path, (), None, MEMORY)
