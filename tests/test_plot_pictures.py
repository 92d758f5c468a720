"""The examples of the page about plots run, and their pictures are there."""

import importlib.util
import pathlib

import pytest

ROOT = pathlib.Path(__file__).parent.parent


@pytest.mark.native_only("one engine draws as another")
def test_examples_draw_the_pictures_of_the_page():
    pytest.importorskip("matplotlib").use("Agg")
    spec = importlib.util.spec_from_file_location("plot_pictures", ROOT / "scripts" / "plot_pictures.py")
    script = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(script)
    drawn = list(script.pictures())
    assert len(drawn) == (script.DOCS / "notebooks.md").read_text().count("![") == 7
    for figure, path in drawn:
        assert any(axes.has_data() or axes.texts for axes in figure.axes)
        assert (script.DOCS / path).read_bytes()[:4] == b"\x89PNG"
