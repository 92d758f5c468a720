"""What the plots draw, read off the axes."""

import numpy as np
import pytest

import lamina
from lamina import layers, plot

matplotlib = pytest.importorskip("matplotlib")
matplotlib.use("Agg")
RNG = np.random.default_rng(0)


@pytest.fixture(autouse=True)
def close():
    yield
    import matplotlib.pyplot as plt

    plt.close("all")


def network():
    model = lamina.Sequential([lamina.Input((2,)), layers.Dense(4, "relu", name="hidden"), layers.Dense(1, name="out")])
    model.compile("sgd", "mse")
    return model


def test_curves_go_through_what_was_logged():
    rows = RNG.normal(size=(8, 2)).astype("float32")
    history = network().fit(rows, rows[:, :1], epochs=3, validation_split=0.25, verbose=0)
    lines = history.plot().lines
    assert [line.get_label() for line in lines] == ["loss", "val_loss"]
    assert lines[0].get_xdata().tolist() == [1, 2, 3]
    assert np.allclose(lines[1].get_ydata(), history.history["val_loss"])
    with pytest.raises(ValueError, match=r"'los'; there are loss, val_loss. Did you mean 'loss'\?"):
        plot.curves(history, "los")


def test_confusion_counts_rows_by_true_and_predicted_class():
    true, predicted = RNG.integers(0, 3, 50), RNG.integers(0, 3, 50)
    expected = [str(sum((true == i) & (predicted == j))) for i in range(3) for j in range(3)]
    for given in (predicted, np.eye(3)[predicted]):
        assert [text.get_text() for text in plot.confusion(true, given, ["a", "b", "c"]).texts] == expected
    ax = plot.confusion(np.eye(3)[true], predicted)
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("predicted", "true")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (([0, 1], [0]), "same number of rows; got 2 and 1"),
        (([0, 2], [0, 1], ["a"]), "one for each of 3 classes; got 1"),
        (([-1], [0]), "0 or above; got -1"),
    ],
)
def test_confusion_refuses_what_does_not_fit(arguments, words):
    with pytest.raises(ValueError, match=words):
        plot.confusion(*arguments)


def test_filters_show_windows_or_a_matrix():
    layer = layers.Conv2D(5, 3)
    layer(np.ones((1, 8, 8, 2), "float32"))
    axes = plot.filters(layer, most=4)
    shown = [axis.images[0].get_array() for axis in axes.ravel() if axis.images]
    kernel = lamina.ops.convert_to_numpy(layer.kernel)
    assert len(shown) == 4 and np.allclose(shown[2], kernel[:, :, :, 2].mean(-1))
    dense = network().get_layer("hidden")
    assert np.allclose(plot.filters(dense).images[0].get_array(), lamina.ops.convert_to_numpy(dense.kernel))
    for wrong in (layers.Dense(3), layers.Flatten()):
        with pytest.raises(ValueError, match="filters: layer must be built and have a kernel"):
            plot.filters(wrong)


def test_activations_are_those_of_the_layer():
    model = lamina.Sequential(
        [lamina.Input((6, 6, 1)), layers.Conv2D(3, 3, name="c"), layers.Flatten(), layers.Dense(2)]
    )
    image = RNG.normal(size=(6, 6, 1)).astype("float32")
    expected = lamina.ops.convert_to_numpy(model.get_layer("c")(image[np.newaxis]))[0]
    shown = [axis.images[0].get_array() for axis in plot.activations(model, image).ravel() if axis.images]
    assert np.allclose(np.stack(shown, -1), expected, atol=1e-5)
    bars = plot.activations(model, image[np.newaxis], model.layers[-1]).patches
    assert np.allclose([bar.get_height() for bar in bars], model.predict(image[np.newaxis], verbose=0)[0], atol=1e-5)
    with pytest.raises(ValueError, match="activations: model must be a built"):
        plot.activations(lamina.Sequential([layers.Dense(2)]), image)


def test_embeddings_keep_distances_within_a_plane():
    plane = RNG.normal(size=(10, 2)) @ RNG.normal(size=(2, 5))
    ax = plot.embeddings(plane, labels=[0, 1] * 5)
    places = np.concatenate([c.get_offsets() for c in ax.collections])
    rows = np.concatenate([plane[::2], plane[1::2]])
    apart = lambda points: np.linalg.norm(points[:, None] - points[None], axis=-1)  # noqa: E731
    assert np.allclose(apart(np.asarray(places)), apart(rows))
    with pytest.raises(ValueError, match=r"vectors must have shape \(rows, features\); got \(3,\)"):
        plot.embeddings(np.ones(3))
    with pytest.raises(ValueError, match="labels must hold one for each of 10 vectors; got 1"):
        plot.embeddings(plane, labels=[0])


def test_decision_regions_are_where_the_model_answers_with_a_class():
    model = network()
    model.get_layer("hidden").set_weights([np.array([[1.0, -1, 0, 0], [0, 0, 0, 0]]), np.zeros(4)])
    model.get_layer("out").set_weights([np.array([[1.0], [-1], [0], [0]]), np.zeros(1)])  # the first feature itself
    ax = plot.decision_regions(model, [[-1.0, 0.0], [1.0, 1.0]], [0, 1], threshold=0.0, resolution=41)
    filled = list(ax.collections[0].get_paths())
    assert filled[0].contains_point((-0.5, 0.3)) and not filled[0].contains_point((0.5, 0.3))
    assert filled[1].contains_point((0.5, 0.3)) and not filled[1].contains_point((-0.5, 0.3))
    with pytest.raises(ValueError, match=r"x must have shape \(rows, 2\); got \(1, 3\)"):
        plot.decision_regions(model, np.ones((1, 3)))


def test_a_network_is_drawn_with_its_layers_and_arrows():
    start = lamina.Input((4,), name="rows")
    left, right = layers.Dense(3, name="left")(start), layers.Dense(3, name="right")(start)
    ax = lamina.Model(start, layers.Add(name="sum")([left, right])).plot()
    boxes = {text.get_text().split(" ")[0]: text.get_position() for text in ax.texts if text.get_text()}
    assert set(boxes) == {"rows", "left", "right", "sum"}
    assert len([text for text in ax.texts if not text.get_text()]) == 4  # arrows
    assert boxes["rows"][1] < boxes["left"][1] == boxes["right"][1] < boxes["sum"][1]


def test_without_matplotlib_the_extra_is_named(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"plot.curves needs matplotlib: pip install 'lamina\[plot\]'"):
        plot.curves({"loss": [1.0]})


def test_axes_that_are_given_are_drawn_on():
    ax = matplotlib.figure.Figure().subplots()
    assert plot.curves({"loss": [1.0]}, ax=ax) is ax
