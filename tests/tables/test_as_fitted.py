"""Later tables are read as the table of the fit was, and what does not fit is told or refused."""

import datetime
import json
import zipfile

import numpy as np
import pytest

import lamina
from lamina.tables import TableError, load_table_model
from lamina.tables._model_file import MEMBER

N = 60
VALUES = [7 * i % 53 + 1 for i in range(N)]


def fitted(written, values=None, target=None):
    """A linear model of `y`, twice the value that `written` stands for."""
    values = VALUES if values is None else values
    rows = {"x": [written(v) for v in values], "y": [(target or float)(2 * v) for v in values]}
    return lamina.fit_table(rows, target="y", hidden=(), folds=2, verbose=False)


def predicted(model, entries):
    return np.asarray(model.predict({"x": entries}), "float64")


def test_points_between_thousands_stay_so():
    model = fitted(lambda v: f"{30_000 * v:,}".replace(",", "."))
    assert model.columns[0].rule.comma
    np.testing.assert_allclose(predicted(model, ["900.000", "300"]), [60, 0], atol=0.5)
    assert "Column 'x' is read as in the table of the fit: '900.000' as 900000." in model.notes


def test_decimal_commas_stay_so_even_in_a_file(tmp_path):
    model = fitted(lambda v: f"{v / 8:.3f}".replace(".", ","))
    np.testing.assert_allclose(predicted(model, ["2,125", "0,5"]), [34, 8], atol=0.5)
    model.save(tmp_path / "m.keras")
    again = load_table_model(tmp_path / "m.keras")
    assert again.columns[0].rule == model.columns[0].rule
    (tmp_path / "t.csv").write_text('x\n"2,125"\n"3,000"\n')
    np.testing.assert_allclose(again.predict(tmp_path / "t.csv"), [34, 48], atol=0.5)
    assert any("'2,125' as 2.125" in note for note in again.notes)


def test_separators_that_tell_themselves_are_believed():
    model = fitted(lambda v: f"{v},5")
    np.testing.assert_allclose(predicted(model, ["12.5", "3.5"]), [24, 6], atol=0.5)
    assert predicted(model, ["1,012.5"])[0] > 1000
    assert any("decimal points here, decimal commas in the rows of the fit: '1,012.5'" in n for n in model.notes)


def test_a_separator_that_the_fit_had_not_is_what_its_own_was():
    whole = fitted(lambda v: f"{100 * v:,}")
    assert predicted(whole, ["1.200", "2.400"]).mean() > 20
    assert any("decimal commas here, decimal points in the rows of the fit: '1.200'" in n for n in whole.notes)
    decimals = fitted(lambda v: f"{v / 8:.3f}".replace(".", ","))
    np.testing.assert_allclose(predicted(decimals, ["2.125"]), [34], atol=0.5)
    assert any("decimal points here" in note for note in decimals.notes)


def test_multiples_count_in_those_of_the_fit():
    model = fitted(lambda v: f"{v}k")
    np.testing.assert_allclose(predicted(model, ["5k", "0.02M"]), [10, 40], atol=0.5)
    assert any("'0.02M' is taken as 20" in note for note in model.notes)
    with pytest.raises(
        TableError, match="column 'x' must be in 'k', as when the model was fitted; 1 entry \\('5000'\\) is not"
    ):
        predicted(model, ["5000"])
    plain = fitted(lambda v: str(1000 * v))
    np.testing.assert_allclose(predicted(plain, ["5k", "30k"]), [10, 60], atol=0.5)


@pytest.mark.parametrize("unit, other", [("{} kg", "{} g"), ("{}°C", "{}°F"), ("€{}", "${}"), ("{}%", "{}")])
def test_another_unit_is_refused_or_missing(unit, other):
    model = fitted(unit.format)
    with pytest.raises(TableError, match="must be in"):
        predicted(model, [other.format(v) for v in (12, 14)])
    found = predicted(model, [unit.format(12), unit.format(20), other.format(20)])
    np.testing.assert_allclose(found[:2], [24, 40], atol=0.5)
    assert any("is not, taken as missing" in note and repr(other.format(20)) in note for note in model.notes)


def test_numbers_without_the_unit_are_told():
    model = fitted("{} kg".format)
    np.testing.assert_allclose(predicted(model, ["12", "20 kg"]), [24, 40], atol=0.5)
    assert any("is in 'kg' in the rows of the fit; 1 entry ('12') is not" in note for note in model.notes)
    np.testing.assert_allclose(predicted(model, [12.0, 20.0]), [24, 40], atol=0.5)
    assert model.notes == ["Column 'x' holds plain numbers, taken to be in 'kg', as in the rows of the fit."]
    bare = fitted(str)
    np.testing.assert_allclose(predicted(bare, ["$12", "$20"]), [24, 40], atol=0.5)
    assert any("is without a unit in the rows of the fit; 2 entries ('$12', '$20')" in note for note in bare.notes)
    with pytest.raises(TableError, match="without a unit"):
        predicted(bare, ["12%", "20%"])


def test_a_currency_is_the_same_however_it_is_written():
    model = fitted("${}".format)
    assert (model.columns[0].rule.units, model.columns[0].rule.seen) == (("$", ""), ("$",))
    np.testing.assert_allclose(predicted(model, ["12 USD", "US$ 20", "$0.005k"]), [24, 40, 10], atol=0.5)


def test_fractions_beside_percent_are_not_percent():
    model = fitted(lambda v: f"{v}%" if v % 3 else str(v))
    np.testing.assert_allclose(predicted(model, ["12%", "20", "30"]), [24, 40, 60], atol=0.5)
    predicted(model, ["12%"] * 10 + ["0.2"])
    assert any("1 entry ('0.2') is not, taken as missing" in note for note in model.notes)
    with pytest.raises(TableError, match="3 entries \\('0.2', '0.3', '0.4'\\) are not"):
        predicted(model, ["12%", "0.2", "0.3", "0.4"])
    fractions = fitted(lambda v: str(v / 100))
    np.testing.assert_allclose(predicted(fractions, ["0.2", "0.3", "0.4", "50%"])[:3], [40, 60, 80], atol=0.5)
    assert any("1 entry ('50%') is not, taken as missing" in note for note in fractions.notes)


def test_multiples_of_a_currency():
    model = fitted("${}k".format)
    np.testing.assert_allclose(predicted(model, ["$12k", "$0.02M", "$5000"]), [24, 40, 10], atol=0.5)
    with pytest.raises(TableError, match="must be in '[$]' or 'k', as"):
        predicted(model, ["€12k", "€5k"])
    mixed = fitted(lambda v: f"{v}k" if v < 40 else f"{v / 1000}M")
    np.testing.assert_allclose(predicted(mixed, ["12k", "0.02M", "5000"]), [24, 40, 10], atol=0.5)
    with pytest.raises(TableError, match="must be in 'k' or 'm' or without a unit, as"):
        predicted(mixed, ["12 kg", "13 kg"])


def test_points_that_were_decimal_stay_so_beside_whole_numbers():
    model = fitted(lambda v: f"{v}.{100 + v}")
    found = predicted(model, ["12", "20.120", "30.130", "512", "40.140"])
    np.testing.assert_allclose(found[[0, 1, 2, 4]], [24, 40, 60, 80], atol=0.5)
    assert model.notes == ["Column 'x' is read as in the table of the fit: '20.120' as 20.12."]
    many = [f"{v}.{100 + v}" for v in range(1, 30)]
    np.testing.assert_allclose(predicted(model, [*many, "2,5"])[:3], [2, 4, 6], atol=0.5)
    assert any("1 entry ('2,5'), taken as missing" in note for note in model.notes)


def test_points_that_parted_thousands_beside_whole_numbers_stay_so():
    model = fitted(lambda v: f"{v}.{100 + v}" if v > 9 else "512")
    assert model.columns[0].rule.comma and model.columns[0].rule.has_groups
    few, many = predicted(model, ["20.120"]), predicted(model, ["20.120", "12.112", "30.130", "512"])
    np.testing.assert_allclose(few[0], many[0], rtol=1e-5)


def test_words_for_missing_are_not_counted_as_odd():
    model = fitted(str)
    found = predicted(model, ["12", "unknown", "없음", "unknown", "20"])
    np.testing.assert_allclose(found[[0, 4]], [24, 40], atol=0.5)
    assert any("3 entries ('unknown', '없음'), taken as missing" in note for note in model.notes)


def test_a_bad_cell_of_a_short_table_is_missing_and_shown():
    model = fitted(str)
    assert len(predicted(model, ["12", "abc"])) == 2
    assert "Column 'x' holds numbers but for 1 entry ('abc'), taken as missing." in model.notes
    with pytest.raises(TableError, match="must hold numbers.* 1 entry \\('abc'\\) is none"):
        predicted(model, ["abc"])
    with pytest.raises(TableError, match="6 entries \\('abc'"):
        predicted(model, ["12"] * 10 + ["abc"] * 6)


def test_a_target_that_fits_not_matters_to_those_alone_who_ask_for_it(tmp_path):
    model = fitted(str)
    rows = {"x": ["12", "20"], "y": ["unknown", "open"]}
    np.testing.assert_allclose(model.predict(rows), [24, 40], atol=0.5)
    with pytest.raises(TableError, match="column 'y' must hold numbers.*'open', 'unknown'"):
        model.evaluate(rows)


def test_several_files_are_read_one_by_one(tmp_path):
    model = fitted("{} kg".format)
    for name, entries in (("a", "12 kg\n20 kg"), ("b", "30\n1"), ("c", "5 g\n6 g")):
        (tmp_path / f"{name}.csv").write_text(f"x\n{entries}\n")
    a, b, c = (tmp_path / f"{name}.csv" for name in "abc")
    np.testing.assert_allclose(model.predict([a, b]), [24, 40, 60, 2], atol=0.5)
    with pytest.raises(TableError, match="c.csv: column 'x' must be in 'kg'"):
        model.predict([a, c])
    with pytest.raises(TableError, match="c.csv: column 'x' is in 'g', in .*a.csv in 'kg'"):
        lamina.fit_table([a, c], target="x")


def test_multiples_in_one_of_several_files_mean_what_they_do_alone(tmp_path):
    model = fitted("{}k".format)
    for name, entries in (("a", "5k\n0.02M"), ("b", "5k\n7k")):
        (tmp_path / f"{name}.csv").write_text(f"x\n{entries}\n")
    found = model.predict([tmp_path / "a.csv", tmp_path / "b.csv"])
    np.testing.assert_allclose(found, [10, 40, 10, 14], atol=0.5)


def test_categories_are_the_texts_that_they_were():
    codes = ["1.10", "1.1", "00501", "x", "7", "8"]
    rows = {"code": codes * 10, "y": [float(i) for i in range(6)] * 10}
    model = lamina.fit_table(rows, target="y", hidden=(), folds=2, verbose=False)
    np.testing.assert_allclose(model.predict({"code": ["1.10", "1.1"]}), [0, 1], atol=0.2)
    np.testing.assert_allclose(model.predict({"code": [7, 8]}), [4, 5], atol=0.2)
    assert model.notes == []


def test_the_target_is_read_as_it_was_too():
    model = fitted(str, target=lambda v: f"{20_000 * v:,}".replace(",", "."))
    assert (
        model.evaluate({"x": ["1", "2", "3", "4"], "y": ["40.000", "80.000", "120.000", "160.000"]})["R squared"] > 0.99
    )
    assert any("Column 'y' is read as in the table of the fit: '40.000' as 40000." in note for note in model.notes)
    model.evaluate({"x": ["1", "2", "3"], "y": ["40.000", "80.000", ""]})
    assert "1 of 3 rows have no 'y' and are left out." in model.notes


def test_models_of_files_without_rules(tmp_path):
    model = fitted(lambda v: f"{v},5")
    model.save(tmp_path / "new.keras")
    with zipfile.ZipFile(tmp_path / "new.keras") as new, zipfile.ZipFile(tmp_path / "old.keras", "w") as old:
        for name in new.namelist():
            content = new.read(name)
            if name == MEMBER:
                about = json.loads(content)
                for known in (*about["columns"], about["target"]):
                    del known["rule"]
                content = json.dumps(about).encode()
            old.writestr(name, content)
    again = load_table_model(tmp_path / "old.keras")
    assert again.columns[0].rule is None
    np.testing.assert_allclose(again.predict({"x": ["12,5", "3,5"]}), [24, 6], atol=0.5)
    np.testing.assert_allclose(again.predict({"x": ["12,5", "oops"]})[0], 24, atol=0.5)


@pytest.mark.parametrize(
    "written", ["%Y%m%d", "%Y%m%d120000", "%d.%m.%y", "%m/%d/%y", "%Y-%m-%d 오후 3:00", "%d.%m.%Y (x)"]
)
def test_dates_are_those_of_the_fit(written):
    days = [datetime.date(1941, 1, 1) + datetime.timedelta(3 * i) for i in range(N)]
    rows = {"day": [day.strftime(written) for day in days], "y": [float(i) for i in range(N)]}
    model = lamina.fit_table(rows, target="y", hidden=(), folds=2, verbose=False)
    assert model.columns[0].kind == "date"
    for places in ([40], [3, 40], [3, 20, 40, 50]):
        found = model.predict({"day": [days[i].strftime(written) for i in places]})
        np.testing.assert_allclose(found, places, atol=0.5)
    assert not any("np.str_" in note for note in model.notes)


@pytest.mark.parametrize("order", ["%d/%m/%Y", "%m/%d/%Y", "%d/%m/%y", "%m/%d/%y"])
def test_dates_that_cannot_be_read_are_told_or_refused(order):
    days = [datetime.date(2023, 1, 1) + datetime.timedelta(3 * i) for i in range(N)]
    rows = {"day": [day.strftime(order) for day in days], "y": [float(i) for i in range(N)]}
    model = lamina.fit_table(rows, target="y", hidden=(), folds=2, verbose=False)
    other = "%m/%d/%Y" if order.startswith("%d") else "%d/%m/%Y"
    first, last = days[3].strftime(order), days[40].strftime(order)
    model.predict({"day": [first, last, "soon"]})
    assert any("1 row(s) have a 'day' that is no date" in note and "'soon'" in note for note in model.notes)
    with pytest.raises(TableError, match="when the model was fitted they were"):
        model.predict({"day": [day.strftime(other) for day in days[:20]]})
    with pytest.raises(TableError, match="must hold dates"):
        model.predict({"day": [first] * 4 + ["soon"] * 4})


def test_a_large_table_goes_the_same_way(tmp_path):
    model = fitted(lambda v: f"{v / 8:.3f} kg".replace(".", ","))
    many = ['"2,125 kg"', '"3,000 kg"'] * 10_000 + ["7 g"]
    (tmp_path / "t.csv").write_text("\n".join(["x,z", *(f"{entry},1" for entry in many)]) + "\n")
    found = model.predict(tmp_path / "t.csv", memory=1 << 20)
    np.testing.assert_allclose(found[:2], [34, 48], atol=0.5)
    np.testing.assert_allclose(found, model.predict(tmp_path / "t.csv"), rtol=1e-5)
    model.predict(tmp_path / "t.csv", memory=1 << 20)
    assert any("'2,125 kg' as 2.125" in note for note in model.notes)
    assert any("1 entry ('7 g')" in note for note in model.notes)


def test_a_large_table_takes_no_bare_number_for_percent(tmp_path):
    model = fitted("{}%".format)
    (tmp_path / "t.csv").write_text("\n".join(["x,z", *["12%,1", "20%,1"] * 10_000, "0.61,1"]) + "\n")
    rows = [json.dumps({"x": x}) for x in [*[12, 20] * 10_000, "0.61"]]
    (tmp_path / "t.jsonl").write_text("\n".join(rows) + "\n")
    for name in ("t.csv", "t.jsonl"):
        found = model.predict(tmp_path / name, memory=1 << 20)
        np.testing.assert_allclose(found[:2], [24, 40], atol=0.5)
        assert any("1 entry ('0.61')" in note for note in model.notes)
        np.testing.assert_allclose(found, model.predict(tmp_path / name), rtol=1e-5)


def test_thousands_after_plain_decimals():
    model = fitted(lambda v: f"{v * 150.4:.2f}")
    plain = predicted(model, ["1234", "567"])
    for entries in (["1,234", "567"], ["$1,234", "$567"]):
        np.testing.assert_allclose(predicted(model, entries), plain, rtol=1e-5)
        assert any("had no separators between thousands in the rows of the fit" in note for note in model.notes)
    np.testing.assert_allclose(predicted(model, ["1,234"]), plain[:1], rtol=1e-5)


def test_what_may_be_thousands_or_decimals_is_refused_with_its_rows():
    model = fitted(lambda v: f"{1.18**v:.3f}")
    with pytest.raises(
        TableError, match=r"'1,234' in row 2, which may be 1234 or 1.234; .* all 2 such entries \(rows 2, 4\)"
    ):
        predicted(model, ["5", "1,234", "7", "2,345"])


def test_a_target_in_thousands_after_plain_decimals():
    model = fitted(str, target=lambda y: f"{y * 50.2:.2f}")
    rows = {"x": [str(v) for v in VALUES], "y": [f"{2 * v * 50.2:,.0f}" for v in VALUES]}
    assert model.evaluate(rows)["R squared"] > 0.9


def test_words_that_were_missing_in_the_fit_are_again():
    model = fitted(lambda v: "closed" if v % 5 == 0 else f"{v}.5")
    assert model.columns[0].rule.lacking == ("closed",)
    assert np.isfinite(predicted(model, ["closed", "closed", "closed", "closed", "3.5"])).all()
    with pytest.raises(TableError, match="must hold numbers"):
        predicted(model, ["shut", "shut", "shut", "shut", "3.5"])


@pytest.mark.parametrize("kind", [str, float])
def test_a_word_in_many_rows_that_the_fit_had_not_is_refused(kind):
    model = fitted(kind)
    with pytest.raises(TableError, match="must hold numbers, as when the model was fitted; 20 entries \\('oops'\\)"):
        predicted(model, ["oops" if i % 3 == 0 else str(v) for i, v in enumerate(VALUES)])
    assert np.isfinite(predicted(model, ["oops" if i in (7, 9) else str(v) for i, v in enumerate(VALUES)])).all()


@pytest.mark.parametrize("turn", [str, lambda text: text.translate(str.maketrans(",.", ".,"))])
def test_the_sign_of_the_fit_between_thousands(turn):
    model = fitted(lambda v: turn(f"{v * 130 + 1000:.2f}"))
    right = predicted(model, ["2345", "3456"])
    entries = [turn("2.345"), turn("3.456")]
    np.testing.assert_allclose(predicted(model, entries), right, rtol=1e-5)
    assert any(f"{entries[0]!r} is read as 2345." in note for note in model.notes)
    np.testing.assert_allclose(predicted(model, entries[:1]), right[:1], rtol=1e-5)


def test_what_lies_out_of_range_as_it_is_read_is_told():
    model = fitted(lambda v: f"{v * 130 + 1000:.2f}")
    predicted(model, ["2.345", "4321.90", "2222.20"])
    assert any("'2.345') is read as 2.345 and so on" in note and "where 2345 would" in note for note in model.notes)
    predicted(model, ["2345.1", "4321.90", "2222.20"])
    assert not model.notes


def test_three_decimals_that_the_fit_had_stay_decimals():
    model = fitted(lambda v: f"{v * 130 + 1000.125:.3f}")
    np.testing.assert_allclose(predicted(model, ["2.345"]), predicted(model, ["2.3450"]), rtol=1e-6)


def test_units_of_another_size_are_refused_though_case_alone_tells():
    model = fitted("{} mW".format)
    with pytest.raises(TableError, match="must be in 'mw'"):
        predicted(model, ["5 MW", "7 MW"])
    np.testing.assert_allclose(predicted(model, ["5 mw", "7 MW", *["5 mW"] * 20])[:1], [10], atol=0.1)
    assert any("1 entry ('7 MW')" in note for note in model.notes)
