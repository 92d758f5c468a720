"""The examples in the docstrings of public objects run, and give what stands under them."""

import doctest
import importlib.util
import pathlib
import re

import pytest

from lamina.layers import Layer

ROOT = pathlib.Path(__file__).parent.parent
_spec = importlib.util.spec_from_file_location("refresh_examples", ROOT / "scripts" / "refresh_examples.py")
refresh_examples = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(refresh_examples)

ALL = refresh_examples.documented()
WITH_EXAMPLE = [entry for entry in ALL if refresh_examples.examples(entry)]
only_native = pytest.mark.native_only("tensors are printed as the native engine prints them")


@only_native
@pytest.mark.parametrize("entry", WITH_EXAMPLE, ids=lambda entry: entry.path)
def test_example_gives_what_it_shows(entry, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    if entry.path.startswith("plot."):
        pytest.importorskip("matplotlib").use("Agg")
    for example, got in refresh_examples.run(refresh_examples.examples(entry)):
        assert not refresh_examples.differs(example, got), (
            f"{entry.path}: {example.source.strip()} gives {got}instead of {example.want}; see scripts/refresh_examples.py"
        )


def test_half_of_the_public_objects_have_an_example():
    assert len(ALL) > 800
    assert len(WITH_EXAMPLE) >= len(ALL) / 2


@pytest.mark.parametrize(
    ("want", "got", "differs"),
    [
        ("Tensor([0.1, 2.])", "Tensor([0.1000001, 2.])", False), ("Tensor([0.1, 2.])", "Tensor([0.1001, 2.])", True),
        ("Tensor([1., 2.])", "Tensor([1., 2., 3.])", True), ("(2, 3)", "(2, 4)", True), ("True", "False", True),
        ("Tensor([1., 2.])", "array([1., 2.])", True), ("[[1.,\n 2.]]", "[[1., 2.]]", False), ("", "3", True),
    ],
)  # fmt: skip
def test_what_counts_as_different(want, got, differs):
    assert refresh_examples.differs(doctest.Example("f()", f"{want}\n" if want else ""), f"{got}\n") is differs


def test_an_error_says_which_example_it_comes_from():
    test = doctest.DocTestParser().get_doctest(">>> 1 / 0\n", {}, "a name", "a file", 0)
    with pytest.raises(ZeroDivisionError) as error:
        list(refresh_examples.run(test))
    assert error.value.__notes__ == ["in the example of a name: 1 / 0"]


def test_outputs_are_written_anew(tmp_path):
    source = 'def f():\n    """Three.\n\n    Example:\n        >>> 1 + 1\n        3\n        >>> 5\n    """\n'
    file = tmp_path / "module.py"
    file.write_text(source)
    text = "Three.\n\n    Example:\n        >>> 1 + 1\n        3\n        >>> 5\n    "
    assert refresh_examples.refresh(refresh_examples.Documented("f", None, file, "f", text))
    assert file.read_text() == source.replace("        3\n", "        2\n").replace(">>> 5\n", ">>> 5\n        5\n")


# Their example needs another engine; tests/layers/foreign/ has such programs.
ON_OTHER_ENGINES = {"layers.FlaxLayer", "layers.JaxLayer", "layers.TorchModuleWrapper"}
LAYERS = [entry for entry in ALL if isinstance(entry.thing, type) and issubclass(entry.thing, Layer)]


@pytest.mark.parametrize("entry", [e for e in LAYERS if e.path.startswith("layers.")], ids=lambda entry: entry.path)
def test_a_layer_has_an_example_and_names_the_shapes_that_go_in_and_come_out(entry):
    assert entry in WITH_EXAMPLE or entry.path in ON_OTHER_ENGINES
    assert re.search(r"`\((batch|\.\.\.)", entry.text), "no shape such as `(batch, features)`"
    assert re.search(r"\b([Ii]nputs?|Called)\b", entry.text), "does not say what goes in"
    assert re.search(r"\b([Oo]utputs?|[Gg]ives?|[Rr]eturns?)\b", entry.text), "does not say what comes out"
