"""Pictures of models: what stands in them, where, and for Graphviz."""

import importlib.util
import itertools
import shutil
import xml.etree.ElementTree as ET

import pytest

from lamina import layers, utils
from lamina.layers import Input
from lamina.models import Model, Sequential
from lamina.viewing._layered import place
from lamina.viewing._plot_model import ModelPicture

has_pydot = importlib.util.find_spec("pydot") is not None
needs_pydot = pytest.mark.skipif(not has_pydot, reason="needs pydot")
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def model():
    """Two inputs, a model inside, a way around."""
    left, right = Input((16,), name="left"), Input((8,), name="right")
    encoder = Sequential(
        [Input((16,)), layers.Dense(8, activation="relu", name="first"), layers.Dense(8, name="last")], name="encoder"
    )
    join = layers.Concatenate(name="join")([encoder(left), right])
    deep = layers.Dense(16, name="deep")(join)
    return Model([left, right], layers.Add(name="sum")([join, deep]), name="whole")


def texts(path):
    return [element.text for element in ET.parse(path).getroot().iter(f"{SVG}text")]


def paths(path):
    return [element for element in ET.parse(path).getroot().iter(f"{SVG}path") if element.get("class") == "a"]


def test_layers_and_arrows(model, tmp_path):
    picture = utils.plot_model(model, tmp_path / "m.svg")
    assert picture.path == str(tmp_path / "m.svg") and repr(picture) == f"<ModelPicture {picture.path}>"
    assert sorted(texts(picture.path)) == ["Add", "Concatenate", "Dense", "InputLayer", "InputLayer", "Sequential"]
    assert len(paths(picture.path)) == 6
    assert "<svg" in picture._repr_mimebundle_()["image/svg+xml"]
    assert ModelPicture("nowhere.png")._repr_mimebundle_() == {"text/plain": "<ModelPicture nowhere.png>"}


def test_everything_that_can_be_shown(model, tmp_path):
    model.get_layer("deep").trainable = False
    utils.plot_model(
        model, tmp_path / "m.svg", show_shapes=True, show_dtype=True, show_layer_names=True, expand_nested=True,
        show_layer_activations=True, show_trainable=True,
    )  # fmt: skip
    found = texts(tmp_path / "m.svg")
    assert {"encoder (Sequential)", "first (Dense)", "last (Dense)", "deep (Dense)"} <= set(found)
    assert {"Input shape: (None, 8), (None, 8)", "Output shape: (None, 16)", "Activation: relu"} <= set(found)
    assert {"Output dtype: float32", "Trainable: yes", "Trainable: no"} <= set(found)
    assert len(paths(tmp_path / "m.svg")) == 7


@pytest.mark.parametrize("rankdir, axis, sign", [("TB", 1, 1), ("BT", 1, -1), ("LR", 0, 1), ("RL", 0, -1)])
def test_where_arrows_lead(rankdir, axis, sign, tmp_path):
    chain = Sequential([Input((2,)), layers.Dense(3), layers.Dense(4)])
    utils.plot_model(chain, tmp_path / "m.svg", rankdir=rankdir)
    (arrow,) = paths(tmp_path / "m.svg")
    numbers = [float(x) for x in arrow.get("d").replace("M", " ").replace("C", " ").split()]
    assert sign * (numbers[-2 + axis] - numbers[axis]) > 10


def test_names_are_escaped(tmp_path):
    utils.plot_model(
        Sequential([Input((2,)), layers.Dense(1, name="a<b>&c")]), tmp_path / "m.svg", show_layer_names=True
    )
    assert texts(tmp_path / "m.svg") == ["a<b>&c (Dense)"]


def test_a_subclass_is_one_box(tmp_path):
    class Mine(Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)

        def call(self, x):
            return self.dense(x)

    mine = Mine()
    with pytest.raises(ValueError, match="is not built yet: call build"):
        utils.plot_model(mine, tmp_path / "m.svg")
    mine.build((None, 3))
    utils.plot_model(mine, tmp_path / "m.svg")
    assert texts(tmp_path / "m.svg") == ["Mine"]


def test_without_graphviz_an_svg_is_written_instead(model, tmp_path, monkeypatch):
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.warns(UserWarning, match=r"m.png' needs Graphviz and pydot .*m.svg' is written"):
        picture = utils.plot_model(model, tmp_path / "m.png")
    assert picture.path == str(tmp_path / "m.svg") and not (tmp_path / "m.png").exists()


def test_wrong_arguments(model, tmp_path, monkeypatch):
    with pytest.raises(ValueError, match="rankdir must be one of 'TB', 'LR', 'BT', 'RL'; got 'UP'"):
        utils.plot_model(model, tmp_path / "m.svg", rankdir="UP")
    with pytest.raises(ValueError, match="dpi must be a positive number; got 0"):
        utils.plot_model(model, tmp_path / "m.svg", dpi=0)
    with pytest.raises(TypeError, match="must be a lamina model; got 3"):
        utils.plot_model(3, tmp_path / "m.svg")
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *args: None if name == "pydot" else find(name))
    with pytest.raises(ImportError, match=r"model_to_dot needs pydot: pip install 'lamina\[graph\]'"):
        utils.model_to_dot(model)


@needs_pydot
def test_graph_of_pydot(model):
    graph = utils.model_to_dot(model, show_shapes=True, expand_nested=True, rankdir="LR", dpi=77)
    assert graph.get_rankdir() == "LR" and graph.get_dpi() == "77" and len(graph.get_edges()) == 6
    (cluster,) = graph.get_subgraphs()
    assert cluster.get_label() == "encoder (Sequential)" and len(cluster.get_nodes()) == 2
    assert any("Output shape: (None, 16)" in node.get_label() for node in graph.get_nodes() if node.get_label())
    assert type(utils.model_to_dot(model, subgraph=True)).__name__ == "Cluster"


@needs_pydot
@pytest.mark.skipif(shutil.which("dot") is None, reason="needs Graphviz")
def test_graphviz_writes_other_formats(model, tmp_path):
    picture = utils.plot_model(model, tmp_path / "m.png", dpi=50)
    assert (tmp_path / "m.png").read_bytes().startswith(b"\x89PNG") and "image/png" in picture._repr_mimebundle_()


def check_no_overlap(sizes, middles):
    for (a, (x1, y1)), (b, (x2, y2)) in itertools.combinations(zip(sizes, middles), 2):
        assert abs(x1 - x2) >= (a[0] + b[0]) / 2 - 1e-6 or abs(y1 - y2) >= (a[1] + b[1]) / 2 - 1e-6


@pytest.mark.parametrize(
    "arrows", [[], [(0, 1), (1, 2)], [(0, 5), (1, 5), (2, 5), (3, 5), (4, 5)], [(0, i) for i in range(1, 6)],
               [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (0, 5), (0, 3), (2, 5)], [(5, 0), (4, 1), (3, 2), (0, 2)]]
)  # fmt: skip
def test_boxes_stand_apart_and_in_order(arrows):
    sizes = [(30.0 + 17 * (i % 4), 20.0 + 9 * (i % 3)) for i in range(6)]
    middles, bends, (width, height) = place(sizes, arrows)
    check_no_overlap(sizes, middles)
    for source, target in arrows:
        assert middles[source][1] + sizes[source][1] / 2 < middles[target][1] - sizes[target][1] / 2
        ys = [y for _, y in bends[source, target]]
        assert ys == sorted(ys)
    for (w, h), (x, y) in zip(sizes, middles):
        assert w / 2 - 1e-6 <= x <= width - w / 2 + 1e-6 and h / 2 - 1e-6 <= y <= height - h / 2 + 1e-6


def test_a_long_arrow_passes_beside_the_boxes_of_other_rows():
    sizes = [(40.0, 20.0)] * 4
    middles, bends, _ = place(sizes, [(0, 1), (1, 2), (2, 3), (0, 3)])
    for x, y in bends[0, 3]:
        for (bx, by), (w, h) in zip(middles[1:3], sizes):
            assert abs(x - bx) > w / 2 or abs(y - by) >= h / 2
