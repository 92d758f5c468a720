"""Boxes: formats, moves, deltas and overlap, by hand and beside Keras."""

import numpy as np
import pytest

from lamina import ops
from lamina.utils import bounding_boxes as boxes_of

FORMATS = {
    "xyxy": [10, 20, 50, 80], "yxyx": [20, 10, 80, 50], "xywh": [10, 20, 40, 60], "center_xywh": [30, 50, 40, 60],
    "center_yxhw": [50, 30, 60, 40], "rel_xyxy": [0.05, 0.2, 0.25, 0.8], "rel_yxyx": [0.2, 0.05, 0.8, 0.25],
    "rel_xywh": [0.05, 0.2, 0.2, 0.6], "rel_center_xywh": [0.15, 0.5, 0.2, 0.6],
}  # fmt: skip
A = np.array([[0, 0, 2, 2], [4, 4, 6, 8]], "float32")
B = np.array([[1, 0, 3, 2], [4, 4, 6, 8], [-1, -1, -1, -1]], "float32")


@pytest.mark.parametrize("source", FORMATS)
@pytest.mark.parametrize("target", FORMATS)
def test_formats(source, target):
    got = boxes_of.convert_format([[FORMATS[source]]], source, target, height=100, width=200)
    np.testing.assert_allclose(got, [[FORMATS[target]]], rtol=1e-5)
    got = boxes_of.convert_format({"boxes": np.array([FORMATS[source]]), "labels": 1}, source, target, 100, 200)
    np.testing.assert_allclose(got["boxes"], [FORMATS[target]], rtol=1e-5)


def test_wrong_arguments():
    with pytest.raises(ValueError, match="source must be one of"):
        boxes_of.convert_format(A, "odd", "xyxy")
    with pytest.raises(ValueError, match="must receive `height` and `width`"):
        boxes_of.convert_format(A, "xyxy", "rel_xyxy")
    with pytest.raises(ValueError, match=r"boxes must be \(..., 4\)"):
        boxes_of.convert_format(A[:, :3], "xyxy", "xywh")
    with pytest.raises(ValueError, match="`height` and `width` must be given"):
        boxes_of.clip_to_image_size({"boxes": A})
    for call in (
        lambda: boxes_of.crop(A, 0, 0, 1, 1, "xywh"),
        lambda: boxes_of.pad(A, 0, 0, bounding_box_format="xywh"),
    ):
        with pytest.raises(ValueError, match="bounding_box_format must be one of 'xyxy'"):
            call()
    with pytest.raises(ValueError, match="image_shape must be given"):
        boxes_of.compute_iou(A, B, "rel_xyxy")
    with pytest.raises(ValueError, match="boxes1 must be"):
        boxes_of.compute_ciou(A[0], B, "xyxy")
    with pytest.raises(ValueError, match="variance must be four numbers"):
        boxes_of.encode_box_to_deltas(A, A, "xyxy", "xyxy", variance=[1.0, 2.0])


def test_clip_crop_pad():
    got = boxes_of.clip_to_image_size({"boxes": A - 3, "labels": np.array([7, 8])}, height=9, width=2)
    np.testing.assert_array_equal(got["boxes"], [[0, 0, 0, 0], [1, 1, 2, 5]])
    np.testing.assert_array_equal(got["labels"], [-1, 8])
    np.testing.assert_array_equal(boxes_of.crop(A, 1, 2, 5, 3), [[0, 0, 0, 1], [2, 3, 3, 5]])
    np.testing.assert_array_equal(boxes_of.pad(A, 1, 2), A + [2, 1, 2, 1])


def test_quarter_turn():
    one, none = np.ones(1, "float32"), np.zeros(1, "float32")
    got = boxes_of.affine_transform([[[1.0, 2.0, 3.0, 6.0]]], 90 * one, none, none, one, none, none, 11, 11)
    np.testing.assert_allclose(got, [[[2, 7, 6, 9]]], atol=1e-4)
    moved = boxes_of.affine_transform([[[1.0, 2.0, 3.0, 6.0]]], none, 0.1 * one, none, one, none, none, 11, 11)
    assert abs(np.asarray(ops.convert_to_numpy(moved))[0, 0, 0] - 1) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("encoding", ["center_xywh", "center_yxhw"])
@pytest.mark.parametrize("variance", [None, [0.1, 0.1, 0.2, 0.2]])
def test_deltas_and_back(encoding, variance):
    deltas = boxes_of.encode_box_to_deltas(A, A * 1.5 + 1, "xyxy", "xyxy", encoding, variance)
    if variance is None and encoding == "center_xywh":
        np.testing.assert_allclose(deltas[0], [0.75, 0.75, np.log(1.5), np.log(1.5)], rtol=1e-5)
    back = boxes_of.decode_deltas_to_boxes(A, deltas, "xyxy", "xywh", encoding, variance)
    want = boxes_of.convert_format(A * 1.5 + 1, "xyxy", "xywh")
    np.testing.assert_allclose(back, want, rtol=1e-5)
    levels = boxes_of.decode_deltas_to_boxes({3: A}, {3: deltas}, "xyxy", "xywh", encoding, variance)
    np.testing.assert_allclose(levels[3], want, rtol=1e-5)


def test_overlap():
    np.testing.assert_allclose(boxes_of.compute_iou(A, B[:2], "xyxy"), [[1 / 3, 0], [0, 1]], atol=1e-6)
    masked = boxes_of.compute_iou(A[None], B, "xyxy", use_masking=True, mask_val=-5)
    np.testing.assert_allclose(masked[0, :, 2], [-5, -5])
    # Middles one apart, the box around both three by two, equal proportions.
    np.testing.assert_allclose(boxes_of.compute_ciou(A[:1], B[:1], "xyxy"), [1 / 3 - 1 / 13], atol=1e-5)


@pytest.mark.peer
def test_peer():
    keras = pytest.importorskip("keras")
    theirs = keras.utils.bounding_boxes
    random = np.random.default_rng(0)
    one, two = (np.sort(random.uniform(0, 20, (3, 5, 2, 2)), axis=2).reshape(3, 5, 4).astype("float32") for _ in "ab")
    numbers = [random.uniform(-0.5, 0.5, 3).astype("float32") for _ in range(3)]
    angle, shear = numbers[0] * 90, numbers[1] * 20
    arguments = (one, angle, numbers[1], numbers[2], 1 + numbers[0], shear, shear / 2, 20, 30)
    np.testing.assert_allclose(
        boxes_of.affine_transform(*arguments), theirs.affine_transform(*arguments), atol=1e-3, rtol=1e-4
    )
    for name in ("compute_iou", "compute_ciou"):
        got, want = (getattr(space, name)(one, two, "xyxy") for space in (boxes_of, theirs))
        np.testing.assert_allclose(got, want, atol=1e-5)
    got, want = (
        space.encode_box_to_deltas(one[0], two, "xyxy", "yxyx", variance=[0.1, 0.1, 0.2, 0.2])
        for space in (boxes_of, theirs)
    )
    np.testing.assert_allclose(got, want, rtol=1e-4, atol=1e-4)
