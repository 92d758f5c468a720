"""Words that are taken as missing though they may be categories are counted."""

import lamina
from lamina.tables._frames import as_table


def told(entries, missing=()):
    return [note for note in as_table({"c": entries}, missing).notes if "taken as missing" in note]


def test_words_as_frequent_as_the_categories_are_counted():
    (note,) = told(["oak", "none", "ash"] * 8)
    assert note.startswith("Column 'c': 8 of 24 entries ('none') are taken as missing")
    assert told(["Si", "Na", "Al", "NA"] * 8)[0].startswith("Column 'c': 16 of 32 entries ('NA', 'Na')")


def test_few_of_many_are_not():
    assert not told(["oak", "ash"] * 40 + ["NA"] * 5)
    assert not told(["oak", "none", "ash"] * 8, ("none",))
    assert not told(["1", "none", "3"] * 8)
    assert not told([f"name {i}" for i in range(50)] + ["none"] * 8)
    assert not told(["oak", "", "ash"] * 8)


def test_in_files_and_in_pieces(tmp_path):
    path = tmp_path / "t.csv"
    path.write_text(
        "\n".join(["c,y", *(f"{c},{i % 3 + i % 2 / 9}" for i, c in enumerate(["oak", "none", "ash"] * 40))])
    )
    for memory in (None, 2000):
        model = lamina.fit_table(
            path, target="y", hidden=(), effort="quick", test_size=0.3, verbose=False, memory=memory
        )
        assert any("40 of 120 entries ('none')" in note for note in model.summary["notes"])
