"""Meshes, layouts and maps of layouts, which need no second device to be judged."""

import numpy as np
import pytest

from lamina.distribution import DeviceMesh, LayoutMap, TensorLayout


@pytest.fixture
def mesh():
    return DeviceMesh((2, 4), ["batch", "model"], [f"cpu:{i}" for i in range(8)])


def test_a_mesh_has_its_devices_in_rows_and_columns(mesh):
    assert mesh.shape == (2, 4) and mesh.axis_names == ("batch", "model")
    assert mesh.devices.tolist() == [[f"cpu:{i}" for i in range(4)], [f"cpu:{i}" for i in range(4, 8)]]
    assert repr(mesh) == "<DeviceMesh shape=(2, 4), axis_names=('batch', 'model')>"


def test_axes_are_cut_into_the_product_of_the_meshs_axes(mesh):
    assert [mesh.size(axes) for axes in (None, "batch", "model", ("batch", "model"))] == [1, 2, 4, 8]


@pytest.mark.parametrize(
    "shape, names, words",
    [
        ((), (), "must not be empty"),
        ((2, 4), ("batch",), r"\(2, 4\) and \('batch',\)"),
        ((2, 4), ("a", "a"), r"a name of its own; got axis_names=\('a', 'a'\)"),
        ((3,), ("batch",), r"shape \(3,\) is for 3 devices; there are 8: cpu:0"),
    ],
)
def test_what_does_not_fit_is_named(shape, names, words):
    with pytest.raises(ValueError, match=words):
        DeviceMesh(shape, names, [f"cpu:{i}" for i in range(8)])


def test_many_devices_are_not_all_listed():
    with pytest.raises(ValueError, match=r"cpu:7, \.\.\.\."):
        DeviceMesh((3,), ("batch",), [f"cpu:{i}" for i in range(99)])


def test_a_layout_gets_a_mesh_once(mesh):
    layout = TensorLayout([None, "model"])
    assert layout.axes == (None, "model") and layout.device_mesh is None
    layout.device_mesh = mesh
    assert layout.device_mesh is mesh
    with pytest.raises(ValueError, match="cannot be given another"):
        layout.device_mesh = mesh


def test_a_layout_names_axes_of_its_mesh(mesh):
    with pytest.raises(ValueError, match=r"name \['pipe'\]; the mesh has the axes \('batch', 'model'\)"):
        TensorLayout(("pipe", None), mesh)
    with pytest.raises(ValueError, match="no device_mesh yet"):
        TensorLayout(("model",)).backend_layout  # noqa: B018


def test_a_layout_must_fit_what_it_is_for(mesh):
    TensorLayout((("batch", "model"), None), mesh).check((16, 3), "it")
    with pytest.raises(ValueError, match=r"is for 1 axes; it has 2, its shape is \(16, 3\)"):
        TensorLayout(("model",), mesh).check((16, 3), "it")
    with pytest.raises(ValueError, match=r"axis 1 of it, of shape \(16, 3\), along 'model' into 4 parts; 3 does not"):
        TensorLayout((None, "model"), mesh).check((16, 3), "it")


def test_a_map_finds_layouts_by_paths(mesh):
    layouts = LayoutMap(mesh)
    layouts[".*/kernel"] = (None, "model")
    layouts["net/out/kernel"] = TensorLayout((None, None))
    assert layouts["net/dense/kernel"].axes == (None, "model") and layouts["net/dense/kernel"].device_mesh is mesh
    assert layouts["net/out/kernel"].axes == (None, None)  # the path itself goes before expressions
    assert layouts["net/dense/bias"] is None and layouts["net/dense/kernel_2"] is None
    assert len(layouts) == 2 and list(layouts) == [".*/kernel", "net/out/kernel"] and layouts.device_mesh is mesh
    del layouts[".*/kernel"]
    assert layouts["net/dense/kernel"] is None


def test_a_map_refuses_what_is_not_clear(mesh):
    layouts = LayoutMap(mesh)
    layouts[".*/kernel"] = (None, "model")
    layouts["net/.*"] = ("model",)
    with pytest.raises(ValueError, match=r"'net/kernel' fits several keys, \['\.\*/kernel', 'net/\.\*'\]"):
        layouts["net/kernel"]
    with pytest.raises(ValueError, match="there is a layout for 'net/"):
        layouts["net/.*"] = ("model",)
    with pytest.raises(ValueError, match="no regular expression"):
        layouts["("] = ("model",)
    with pytest.raises(TypeError, match="'x' must be a TensorLayout or a tuple of axes; got 3"):
        layouts["x"] = 3


def test_devices_may_be_an_array():
    assert DeviceMesh((1,), ("batch",), np.array(["cpu:0"])).devices.tolist() == ["cpu:0"]
