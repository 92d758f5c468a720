"""Pixels that drawing changes, files that galleries write."""

import numpy as np
import pytest

from lamina import visualization as v

pytest.importorskip("PIL")
X = np.full((2, 40, 60, 3), 100, "uint8")
BOXES = {"boxes": np.array([[[10, 15, 30, 35]], [[0, 0, 5, 5]]], "float32"), "labels": np.array([[1], [-1]])}


def test_boxes_are_outlined():
    got = v.draw_bounding_boxes(X, BOXES, "xyxy", color=(255, 0, 0), line_thickness=1)
    red = (got[0] == [255, 0, 0]).all(-1)
    want = np.zeros_like(red)
    want[15:36, 10:31] = True
    want[16:35, 11:30] = False
    np.testing.assert_array_equal(red, want)
    np.testing.assert_array_equal(got[1], X[1])
    first = v.draw_bounding_boxes(np.moveaxis(X, -1, 1) / 255.0, BOXES, "xyxy", data_format="channels_first")
    assert first.shape == X.shape and first.dtype == "uint8"


def test_names_are_written_above():
    named = {**BOXES, "confidences": np.array([[0.5], [0.5]])}
    got = v.draw_bounding_boxes(X, named, "xyxy", {1: "cat"}, font_scale=0.8)
    assert (got[0, :14] != 100).any() and not (got[1] != 100).any()


def test_masks_are_blended():
    masks = np.zeros((2, 40, 60, 1), "int32")
    masks[0, :10] = 1
    masks[1] = -1
    got = v.draw_segmentation_masks(X, masks, color_mapping=[(0, 0, 0), (200, 100, 0)], alpha=0.5)
    assert got[0, 0, 0].tolist() == [150, 100, 50] and got[0, 20, 0].tolist() == [50, 50, 50]
    np.testing.assert_array_equal(got[1], X[1])
    plain = v.draw_segmentation_masks(X, masks, color_mapping={0: (0, 0, 0), 1: (200, 100, 0)}, blend=False)
    assert plain[0, 0, 0].tolist() == [200, 100, 0]
    assert len(np.unique(v.draw_segmentation_masks(X, masks, num_classes=3)[0].reshape(-1, 3), axis=0)) == 2


def test_galleries(tmp_path):
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    image = pytest.importorskip("matplotlib.image")
    random = np.random.default_rng(0).uniform(0, 1, (5, 20, 20, 3))
    v.plot_image_gallery(random, np.arange(5), np.arange(5), {0: "a"}, value_range=(0, 1), path=tmp_path / "a.png")
    v.plot_bounding_box_gallery(X, "xyxy", BOXES, BOXES, legend=True, rows=1, path=tmp_path / "b.png")
    masks = np.ones((2, 40, 60, 1))
    v.plot_segmentation_mask_gallery(X, 2, y_true=masks, y_pred=masks, path=tmp_path / "c.png")
    for name in "abc":
        assert image.imread(tmp_path / f"{name}.png").std() > 0


def test_wrong_arguments(tmp_path):
    with pytest.raises(ValueError, match="images must be a batch"):
        v.draw_bounding_boxes(X[0], BOXES, "xyxy")
    with pytest.raises(TypeError, match="bounding_boxes must be a dict"):
        v.draw_bounding_boxes(X, BOXES["boxes"], "xyxy")
    with pytest.raises(ValueError, match='must hold "boxes" and "labels"'):
        v.draw_bounding_boxes(X, {}, "xyxy")
    with pytest.raises(TypeError, match="segmentation_masks must be integers"):
        v.draw_segmentation_masks(X, X[..., :1] / 2)
    with pytest.raises(ValueError, match="segmentation_masks must fit images"):
        v.draw_segmentation_masks(X, X[:, :3, :, :1])
    with pytest.raises(ValueError, match="not both"):
        v.plot_image_gallery(X, path=tmp_path / "a.png", show=True)
    with pytest.raises(ValueError, match="label_map must be given"):
        v.plot_image_gallery(X, y_true=[1, 2])
    pytest.importorskip("matplotlib")
    with pytest.raises(ValueError, match="not both"):
        v.plot_bounding_box_gallery(X, "xyxy", legend=True, legend_handles=[1])
