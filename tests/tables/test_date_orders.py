"""Several files, each with its own order of year, month and day."""

import datetime

import numpy as np
import pytest

import lamina
from lamina.tables import TableError
from lamina.tables._date_orders import in_one_form, own_orders
from lamina.tables._dates import DAY_FIRST, MONTH_FIRST, YEAR_FIRST

DAYS = [datetime.date(2021, 3, 1) + datetime.timedelta(days=11 * i) for i in range(120)]
ISO, GERMAN, AMERICAN = "%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y"


def write(folder, *forms):
    paths = []
    for k, form in enumerate(forms):
        days = DAYS[k :: len(forms)]
        rows = [f"{day.strftime(form)},{day.toordinal() % 5000}" for day in days]
        paths.append(folder / f"{k}.csv")
        paths[-1].write_text("\n".join(["when,y", *rows]) + "\n")
    return paths


@pytest.mark.parametrize("memory", [None, 2000])
@pytest.mark.parametrize("forms", [(ISO, GERMAN), (GERMAN, AMERICAN), (AMERICAN, ISO, GERMAN)])
def test_each_file_is_read_in_its_own(tmp_path, forms, memory):
    paths = write(tmp_path, *forms)
    model = lamina.fit_table(paths, target="y", hidden=(), effort="quick", test_size=0.3, verbose=False, memory=memory)
    (column,) = model.columns
    assert (column.kind, column.missing) == ("date", 0) and column.note.startswith(f"{DAYS[0]} to {DAYS[-1]}")
    assert any("each file is read in its own order" in note for note in model.summary["notes"])
    assert model.evaluate(paths, memory=memory)["R squared"] > 0.99


def test_a_guess_of_a_model_is_not_overruled(tmp_path):
    model = lamina.fit_table(write(tmp_path, GERMAN)[0], target="y", hidden=(), folds=2, verbose=False)
    for name, rows in (("a", ["2021-05-04", "2021-05-25"]), ("b", ["04.05.2021", "05.05.2021"])):
        (tmp_path / f"{name}.csv").write_text("\n".join(["when,z", *(f"{row},1" for row in rows)]) + "\n")
    for memory in (None, 2000):
        found = model.predict([tmp_path / "a.csv", tmp_path / "b.csv"], memory=memory)
        np.testing.assert_allclose(found[2], found[0], rtol=1e-5)
    (tmp_path / "b.csv").write_text("when,z\n05/04/2021,1\n05/25/2021,1\n")
    for memory in (None, 2000):
        found = model.predict([tmp_path / "a.csv", tmp_path / "b.csv"], memory=memory)
        np.testing.assert_allclose(found[2:], found[:2], rtol=1e-5)
    with pytest.raises(TableError, match="dates month first"):
        model.predict(tmp_path / "b.csv")


def test_orders():
    iso, open_, american = (np.array(t) for t in (["2024-02-13"], ["01/02/2024"], ["02/13/2024", "01/02/2024"]))
    assert own_orders([iso, np.array(["13.02.2024"])], True) == [YEAR_FIRST, DAY_FIRST]
    assert own_orders([iso, open_, american], False) == [YEAR_FIRST, MONTH_FIRST, MONTH_FIRST]
    assert own_orders([iso, open_], True) is None and own_orders([open_, american], False) is None


def test_what_is_no_date_is_none_in_the_form_of_all():
    found = in_one_form(np.array(["13.02.2024 14:30", "32.01.12", "", "13.02.2024"]), DAY_FIRST)
    assert found.tolist() == ["2024-02-13 14:30:00", "no date: 32.01.12", "", "2024-02-13"]
