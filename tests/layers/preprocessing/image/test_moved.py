"""What boxes, masks and labels become when their images move."""

import numpy as np
import pytest

from lamina import layers, ops

SIDE = 20
SQUARE = np.zeros((3, SIDE, SIDE, 1), "float32")
BOX = (6, 4, 12, 9)
SQUARE[:, BOX[1] : BOX[3] + 1, BOX[0] : BOX[2] + 1] = 255
MOVING = [
    ("RandomFlip", {}),
    ("RandomTranslation", {"height_factor": 0.2, "width_factor": 0.2, "fill_mode": "constant"}),
    ("RandomRotation", {"factor": (0.25, 0.25), "fill_mode": "constant"}),
    ("RandomZoom", {"height_factor": 0.2, "width_factor": 0.2, "fill_mode": "constant"}),
    ("RandomShear", {"x_factor": 0.2, "fill_mode": "constant"}),
    ("RandomShear", {"y_factor": (0.1, 0.2), "fill_mode": "constant"}),
    ("RandomPerspective", {"scale": 0.3}),
    ("RandomCrop", {"height": 16, "width": 17}),
    ("CenterCrop", {"height": 16, "width": 18}),
    ("CenterCrop", {"height": 30, "width": 30}),
    ("Resizing", {"height": 40, "width": 10}),
    ("Resizing", {"height": 40, "width": 50, "pad_to_aspect_ratio": True}),
    ("Resizing", {"height": 40, "width": 30, "crop_to_aspect_ratio": True}),
    ("RandAugment", {"num_ops": 1, "factor": 0.1}),
]


def array(x):
    return ops.convert_to_numpy(x)


@pytest.mark.parametrize("box_format", ["xyxy", "rel_yxyx"])
@pytest.mark.parametrize("name, arguments", MOVING)
def test_boxes_and_masks_follow_the_image(name, arguments, box_format):
    boxes = np.broadcast_to(np.array(BOX, "float32"), (3, 1, 4))
    given = boxes
    if box_format == "rel_yxyx":
        given = boxes[..., [1, 0, 3, 2]] / SIDE
    layer = getattr(layers, name)(**arguments, bounding_box_format=box_format)
    data = {
        "images": SQUARE,
        "bounding_boxes": {"boxes": given, "labels": np.array([[1], [2], [3]])},
        "segmentation_masks": (SQUARE > 0).astype("uint8"),
    }
    done = layer(data, training=True)
    height, width = done["images"].shape[1:3]
    moved = array(done["bounding_boxes"]["boxes"])
    if box_format == "rel_yxyx":
        moved = moved[..., [1, 0, 3, 2]] * [width, height, width, height]
    np.testing.assert_array_equal(done["bounding_boxes"]["labels"], [[1], [2], [3]])
    assert array(done["segmentation_masks"]).dtype == "uint8"
    for mask, (box,) in zip(array(done["segmentation_masks"]), moved):
        ys, xs = np.nonzero(mask[..., 0])
        scale = max(height, width) / SIDE
        np.testing.assert_allclose(box, [xs.min(), ys.min(), xs.max(), ys.max()], atol=2.2 * max(scale, 1))


def test_boxes_out_of_sight_lose_their_label():
    layer = layers.RandomTranslation((0.9, 0.9), 0.0, bounding_box_format="xywh")
    boxes = {"boxes": np.array([[1.0, 10.0, 5.0, 6.0], [0.0, 0.0, 4.0, 20.0]], "float32"), "labels": np.array([5, 6])}
    done = layer({"images": SQUARE[0], "bounding_boxes": boxes}, training=True)["bounding_boxes"]
    np.testing.assert_array_equal(done["labels"], [-1, 6])
    np.testing.assert_allclose(done["boxes"][1], [0, 18, 4, 2], atol=1e-4)
    rest = layer({"images": SQUARE[0], "bounding_boxes": boxes}, training=False)["bounding_boxes"]
    np.testing.assert_array_equal(rest["boxes"], boxes["boxes"])


def test_shear_and_perspective_read_where_they_should():
    x = np.arange(5, dtype="float32").reshape(1, 1, 5, 1) * np.ones((1, 5, 1, 1), "float32")
    layer = layers.RandomShear(fill_mode="nearest")
    got = array(layer.transform_images(x, {"shear_factor": ops.array([[1.0, 0.0]])}))[0, :, :, 0]
    np.testing.assert_allclose(got, np.minimum(np.arange(5) + np.arange(5)[:, None], 4), atol=1e-5)
    layer = layers.RandomPerspective()
    corners = np.array([[[0, 0], [4, 0], [0, 4], [4, 4]]], "float32")
    moved = {"apply_perspective": ops.array([True]), "start_points": corners, "end_points": corners / 2}
    half = array(layer.transform_images(x, moved))[0, :3, :3, 0]
    np.testing.assert_allclose(half, np.broadcast_to([0, 2, 4], (3, 3)), atol=1e-4)


def test_elastic_masks_bend_as_their_images():
    layer = layers.RandomElasticTransform((1, 1), scale=(0.9, 0.9), interpolation="nearest", seed=1)
    x = np.random.default_rng(0).integers(0, 9, (2, 16, 16, 1))
    done = layer({"images": x.astype("float32"), "segmentation_masks": x}, training=True)
    np.testing.assert_array_equal(array(done["images"]), array(done["segmentation_masks"]))
    assert not np.array_equal(done["images"], x)
    boxed = layers.RandomElasticTransform(bounding_box_format="xyxy")
    with pytest.raises(ValueError, match="cannot follow"):
        boxed({"images": x, "bounding_boxes": {"boxes": x[:, 0, :4, 0], "labels": x}}, training=True)


def test_erasing_fills_one_rectangle():
    x = np.ones((6, 12, 10, 3), "float32")
    got = array(layers.RandomErasing((1, 1), (0.2, 0.4), fill_value=(7.0, 8.0, 9.0), seed=1)(x, training=True))
    for image in got:
        ys, xs = np.nonzero(image[..., 0] == 7)
        inner = image[ys.min() : ys.max() + 1, xs.min() : xs.max() + 1]
        assert (inner == [7, 8, 9]).all() and (image == 1).sum() == (120 - len(ys)) * 3
        assert 0.05 < len(ys) / 120 < 0.5


def test_mix_up_and_cut_mix_weigh_labels_as_pixels():
    x = np.arange(6, dtype="float32").reshape(6, 1, 1, 1) * np.ones((1, 8, 8, 3), "float32")
    labels = np.eye(6, dtype="float32")
    for layer in (layers.MixUp(1.0, seed=1), layers.CutMix(seed=1)):
        done = layer({"images": x, "labels": labels, "segmentation_masks": x[..., :1]}, training=True)
        blended = array(done["labels"]) @ np.arange(6)
        np.testing.assert_allclose(array(done["images"]).mean((1, 2, 3)), blended, atol=1.2)
        np.testing.assert_allclose(array(done["segmentation_masks"])[..., 0], array(done["images"])[..., 0], atol=1e-5)
    np.testing.assert_allclose(
        layers.MixUp(1.0, seed=1)(x, training=True)[:, 0, 0, 0],
        array(layers.MixUp(1.0, seed=1)({"images": x, "labels": labels}, training=True)["labels"]) @ np.arange(6),
        atol=1e-5,
    )
    boxes = {"boxes": np.arange(12, dtype="float32").reshape(3, 1, 4), "labels": np.array([[1], [2], [3]])}
    data = {"images": x[:3], "bounding_boxes": boxes}
    both = layers.MixUp(seed=2, bounding_box_format="xyxy")(data, training=True)["bounding_boxes"]
    assert both["boxes"].shape == (3, 2, 4) and both["labels"].shape == (3, 2)
    np.testing.assert_array_equal(both["boxes"][:, :1], boxes["boxes"])
    assert sorted(array(both["labels"])[:, 1]) == [1, 2, 3]
    with pytest.raises(ValueError, match="cannot be cut and mixed"):
        layers.CutMix(bounding_box_format="xyxy")(data, training=True)


def test_max_num_bounding_boxes():
    layer = layers.MaxNumBoundingBoxes(2, bounding_box_format="xyxy")
    for count in (1, 2, 3):
        boxes = {"boxes": np.ones((3, count, 4), "float32"), "labels": np.ones((3, count), "int32")}
        done = layer({"images": SQUARE, "bounding_boxes": boxes}, training=False)
        np.testing.assert_array_equal(done["bounding_boxes"]["labels"], [[1, 1 if count > 1 else -1]] * 3)
        assert done["bounding_boxes"]["boxes"].shape == (3, 2, 4)
        np.testing.assert_array_equal(done["images"], SQUARE)


def test_rand_augment_is_one_of_its_layers():
    x = np.random.default_rng(0).uniform(0, 255, (2, 6, 6, 3)).astype("float32")
    layer = layers.RandAugment(num_ops=1, factor=(1.0, 1.0), seed=3)
    for i, part in enumerate(layer._layers_by_name.values()):
        drawn = {"layer_idxes": ops.array([i]), "seeds": ops.ones((1, 2), "uint32"), "input_shape": x.shape}
        got = layer.transform_images(x, drawn)
        np.testing.assert_array_equal(got, layer.transform_images(x, drawn))
        if part.is_random is False:
            np.testing.assert_allclose(got, part(x, training=True), atol=1e-3)


def test_aug_mix_weighs_its_chains():
    x = np.random.default_rng(0).uniform(0, 255, (2, 6, 6, 3)).astype("float32")
    layer = layers.AugMix(num_chains=2, chain_depth=1)
    names = list(layer._layers_by_name)
    drawn = {
        "chain_mixing_weights": ops.array([0.25, 0.75]),
        "weight_sample": ops.array(0.4),
        "layer_idxes": ops.array([[names.index("auto_contrast")], [len(names)]]),
        "seeds": ops.ones((2, 1, 2), "uint32"),
        "input_shape": x.shape,
    }
    mixed = 0.25 * array(layers.AutoContrast()(x)) + 0.75 * x
    np.testing.assert_allclose(layer.transform_images(x, drawn), 0.4 * x + 0.6 * mixed, atol=1e-2)
    assert not {"random_contrast"} & set(layers.AugMix(all_ops=False)._layers_by_name)


def test_no_operations_change_nothing():
    images = np.linspace(0, 1, 2 * 6 * 5 * 3, dtype="float32").reshape(2, 6, 5, 3)
    layer = layers.RandAugment(value_range=(0, 1), num_ops=0)
    np.testing.assert_array_equal(ops.convert_to_numpy(layer(images, training=True)), images)
    with pytest.raises(ValueError, match="num_ops"):
        layers.RandAugment(num_ops=-1)
