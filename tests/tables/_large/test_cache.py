"""What is encoded on disk is what the model takes, and rows that are equal have one key."""

import numpy as np
import pytest

from lamina.tables._columns import describe_columns, model_inputs
from lamina.tables._errors import TableError
from lamina.tables._large._cache import LEFT, Cache
from lamina.tables._large._stream import Stream
from lamina.tables._read import read_table
from lamina.tables._target import describe_target

MEMORY = 20 << 20


def cache_of(path, target, folder, task="auto", **options):
    stream = Stream(path, (), None, MEMORY)
    found, sample, _ = describe_target(stream.sample, target, task)
    columns = describe_columns(sample, target, {}, [n for n in stream.names if n == "id"])
    folder.mkdir(exist_ok=True)
    return Cache(str(folder), stream, columns, found, **options), columns


@pytest.mark.parametrize("target", ["y", "city"])
def test_inputs_and_targets(messy_file, tmp_path, target):
    cache, columns = cache_of(messy_file, target, tmp_path / "c")
    table = read_table(str(messy_file))
    wanted = model_inputs(columns, table)
    assert cache.rows == len(table) and not cache.unknown
    for first, rows in ((0, 6000), (17, 2048), (5990, 100)):
        got = cache.inputs(first, rows)
        assert got.keys() == wanted.keys()
        for name, values in got.items():
            np.testing.assert_array_equal(values, wanted[name][first : first + rows], err_msg=name)
        truth = cache.target.encode(table.columns[target])
        np.testing.assert_array_equal(cache.truth(first, rows), truth[first : first + rows])
    assert cache.missing["x"] == int(np.isnan(table.columns["x"]).sum())


def test_keys(tmp_path):
    path = tmp_path / "t.csv"
    rng = np.random.default_rng(0)
    some = [f"{rng.integers(0, 40)},{rng.choice(['a', 'b'])},{rng.normal():.2f}" for _ in range(3000)]
    rows = [*some, *some, "5,a,"]
    path.write_text("n,c,y\n" + "\n".join(rows) + "\n")
    cache, _ = cache_of(path, "y", tmp_path / "c")
    keys = cache.keys()
    np.testing.assert_array_equal(keys[:3000], keys[3000:6000])
    assert keys[6000] == LEFT and cache.unknown == 1 and "1 of 6001 rows have no 'y'" in cache.notes[-1]
    assert len(np.unique(keys)) == len(set(rows))
    counts = np.histogram(np.unique(keys[:-1]), bins=4, range=(0, 2**32))[0]
    assert counts.min() > 0.2 * counts.sum()
    other, _ = cache_of(path, "y", tmp_path / "d", seed=1)
    assert not np.array_equal(other.keys(), keys)
    grouped, _ = cache_of(path, "y", tmp_path / "e", group="n")
    numbers = np.array([int(row.split(",")[0]) for row in rows[:-1]])
    assert len(np.unique(grouped.keys()[:-1])) == len(np.unique(numbers))
    for number in (3, 7):
        assert len(np.unique(grouped.keys()[:-1][numbers == number])) == 1


def test_what_no_row_of_the_sample_holds(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text("n,y\n" + "1,a\n2,b\n" * 8000 + "oops,a\n3,c\n")
    cache, _ = cache_of(path, "y", tmp_path / "c")
    if "c" not in cache.target.classes:
        assert cache.unknown == 1 and "or a class that no row of the sample is of" in cache.notes[-1]
    assert cache.missing["n"] == 1
    path.write_text("n,y\n" + "1,a\n2,b\n" * 8000 + "inf,a\n")
    with pytest.raises(TableError, match=r"not finite.*the first in row 16001"):
        cache_of(path, "y", tmp_path / "d")
