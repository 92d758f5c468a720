import numpy as np
import pytest

import lamina
from lamina.tables._averages import fit_averages, has_averages, put_averages
from lamina.tables._columns import Column
from lamina.tables._table import Table

LEVELS = [f"c{n:02d}" for n in range(20)]


def column(**more):
    return Column("c", "nominal", levels=LEVELS, distinct=20, **more)


def table(values):
    return Table("t", {"c": np.array(values, dtype=object)})


def test_which_columns_have_averages():
    assert has_averages(column(), 1)
    assert not has_averages(Column("c", "nominal", distinct=5), 1)
    assert not has_averages(Column("c", "numeric", distinct=50), 1)
    assert not has_averages(column(), 11)


def test_averages_are_drawn_to_the_middle_and_0_for_what_is_never_seen():
    values = np.repeat(LEVELS, 10)
    targets = np.repeat(np.arange(20.0), 10)[:, None]
    one = column()
    fit_averages([one], table(values), targets)
    means = np.array(one.means)[:, 0]
    assert means.shape == (21,) and means[20] == 0
    np.testing.assert_allclose(means[:20] / means[19], (np.arange(20) - 9.5) / 9.5, rtol=1e-4)


def test_a_row_has_no_part_in_its_own_average():
    """Targets that are drawn by chance are told by the averages with the rows, not by those without."""
    rng = np.random.default_rng(0)
    values = rng.choice(LEVELS, 100)
    targets = rng.normal(size=(100, 1))
    one = column()
    (found,) = fit_averages([one], table(values), targets)
    with_row = np.array([one.means[LEVELS.index(v)][0] for v in values])
    assert np.corrcoef(with_row, targets[:, 0])[0, 1] > 0.3
    assert np.corrcoef(found.values[:, 0], targets[:, 0])[0, 1] < 0.15
    changed = targets.copy()
    changed[7] += 100.0
    (other,) = fit_averages([column()], table(values), changed - changed.mean())
    now = other.values[:, 0]
    same = values == values[7]
    assert same.sum() > 2 and now[7] < now[same].max()  # others of the category rise, it does not


def test_the_averages_are_the_last_of_the_numbers():
    values = np.repeat(LEVELS, 2)
    found = fit_averages([column()], table(values), np.arange(40.0)[:, None])
    linear, network = np.zeros((2, 40, 5))
    put_averages(linear, network, 3, found)
    assert linear[:, 2].any() and not np.delete(linear, 2, axis=1).any()
    np.testing.assert_allclose(network[:, 2], linear[:, 2] / np.sqrt(1 + (linear[:, 2] / 3) ** 2), rtol=1e-6)


@pytest.mark.parametrize("kind", ["number", "class"])
def test_the_model_looks_the_averages_up(kind, tmp_path):
    """What `predict` gives for training rows is not what the folds were trained on, and the file has it all."""
    rng = np.random.default_rng(0)
    place = rng.integers(0, 20, 160)
    y = place + rng.normal(size=160)
    rows = {
        "c": [LEVELS[n] for n in place],
        "y": y.tolist() if kind == "number" else ["yes" if v > 9 else "no" for v in y],
    }
    model = lamina.fit_table(rows, target="y", folds=2, effort="quick", epochs=3, verbose=False)
    assert all(one.columns[0].means for one in model.result.rounds) and not model.columns[0].means
    model.save(tmp_path / "m.keras")
    loaded = lamina.tables.load_table_model(tmp_path / "m.keras")
    new = {"c": [*LEVELS, "never seen"]}
    np.testing.assert_array_equal(loaded.predict(new), model.predict(new))
    if kind == "number":
        assert np.corrcoef(model.predict({"c": LEVELS}), np.arange(20))[0, 1] > 0.9
