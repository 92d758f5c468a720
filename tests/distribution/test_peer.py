"""Beside Keras: layouts by paths, of variables, of data."""

import os

import pytest

from lamina import distribution as ours

pytestmark = pytest.mark.peer
pytest.importorskip("keras")
if os.environ.get("KERAS_BACKEND") != "jax":
    pytest.skip("Keras distributes over jax", allow_module_level=True)


class Thing:
    """A variable, as distributions see it."""

    path, shape, ndim, _layout = "net/dense/kernel", (4, 4), 2, None


def answers(module, device):
    mesh = module.DeviceMesh((1, 1), ["batch", "model"], [device])
    layouts = module.LayoutMap(mesh)
    layouts[".*dense.*kernel"] = (None, "model")
    layouts["net/out/bias"] = module.TensorLayout(("model",))
    model = module.ModelParallel(layout_map=layouts, batch_dim_name="batch")
    data = module.DataParallel(devices=[device])
    paths = ("net/dense/kernel", "dense_1/kernel", "net/out/bias", "out/bias", "net/dense/kernel/x")
    found = [layouts[path] for path in paths]
    found += [model.get_data_layout((8, 2, 3)), data.get_data_layout((8,)), model.get_variable_layout(Thing())]
    found += [data.get_variable_layout(Thing()), model.get_tensor_layout("x"), data.get_tensor_layout("x")]
    plain = [spread.num_model_replicas for spread in (model, data)] + [model.data_shard_id, model.num_processes]
    return [None if layout is None else tuple(layout.axes) for layout in found], plain, list(layouts), len(layouts)


def test_layouts_are_keras_s():
    from keras import distribution as theirs

    assert answers(ours, ours.list_devices()[0]) == answers(theirs, theirs.list_devices()[0])


@pytest.mark.parametrize("shape, names", [((), ()), ((2,), ("a", "b")), ((3,), ("a",))])
def test_what_is_refused_is_refused_by_keras(shape, names):
    from keras import distribution as theirs

    for module in (ours, theirs):
        with pytest.raises(ValueError):
            module.DeviceMesh(shape, names, ["cpu:0"])
