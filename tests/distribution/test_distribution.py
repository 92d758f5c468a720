"""Distributions: which is in use, what it says of layouts, what is refused."""

import numpy as np
import pytest

import lamina
from lamina import distribution, layers
from lamina.distribution import DataParallel, DeviceMesh, LayoutMap, ModelParallel, TensorLayout
from lamina.engines import engine

FIRST = distribution.list_devices()[0]


@pytest.fixture
def mesh():
    return DeviceMesh((1, 1), ("batch", "model"), [FIRST])


@pytest.fixture
def map_of_kernels(mesh):
    layouts = LayoutMap(mesh)
    layouts[".*kernel"] = (None, "model")
    return layouts


def test_devices_are_counted_by_kind():
    kind = FIRST.partition(":")[0]
    assert distribution.list_devices(kind) == distribution.list_devices(kind.upper())
    assert distribution.get_device_count() == len(distribution.list_devices()) >= 1
    assert distribution.get_device_count("tpu") == 0
    with pytest.raises(ValueError, match="device_type must be"):
        distribution.list_devices("abacus")


def test_one_is_in_use_inside_its_scope():
    one, two = DataParallel(devices=[FIRST]), DataParallel(devices=[FIRST])
    with one.scope():
        assert distribution.distribution() is one
        with pytest.raises(KeyError), two.scope():
            assert distribution.distribution() is two
            raise KeyError
        assert distribution.distribution() is one
    assert distribution.distribution() is None
    with pytest.raises(TypeError, match="expected a DataParallel, a ModelParallel or None; got 'all'"):
        distribution.set_distribution("all")


def test_data_parallel_cuts_batches_and_leaves_weights_whole():
    spread = DataParallel(devices=[FIRST])
    assert spread.batch_dim_name == "batch" and spread.num_model_replicas == spread.num_processes == 1
    assert spread.auto_shard_dataset and spread.data_shard_id == 0
    assert spread.get_data_layout((32, 28, 28)).axes == ("batch", None, None)
    assert spread.get_variable_layout(lamina.Variable(np.zeros((2, 3)))).axes == (None, None)
    assert spread.get_tensor_layout("dense/output") is None
    assert spread.distribute_dataset([1]) == [1]


@pytest.mark.skipif(engine.NAME == "torch", reason="the torch engine refuses such meshes, see below")
def test_a_mesh_of_two_axes_is_used_along_the_first(mesh):
    with pytest.warns(UserWarning, match="has 2 axes; batches are cut along the first, 'batch'"):
        assert DataParallel(mesh).batch_dim_name == "batch"
    with pytest.raises(ValueError, match="device_mesh must be a DeviceMesh; got 'mesh'"):
        DataParallel("mesh")


@pytest.mark.native_only("another engine has devices to name, or names a process a device")
def test_the_native_engine_names_those_for_several_devices(mesh):
    with pytest.raises(
        NotImplementedError, match=r"native engine computes .*set_num_threads says.* LAMINA_ENGINE=jax, or"
    ):
        DataParallel(devices=["cpu:0", "cpu:1"])
    with pytest.raises(NotImplementedError, match="initialize: the native engine"):
        distribution.initialize()
    with pytest.raises(NotImplementedError, match="distribute_tensor: the native engine"):
        distribution.distribute_tensor(np.zeros(2), TensorLayout(("model",), mesh))


@pytest.mark.skipif(engine.NAME == "torch", reason="the torch engine has ModelParallel refused by name, see below")
def test_model_parallel_cuts_as_the_map_says(map_of_kernels):
    spread = ModelParallel(layout_map=map_of_kernels, batch_dim_name="model", device_mesh=None)
    assert spread.get_data_layout((8, 2)).axes == ("model", None)
    own = TensorLayout((None,), map_of_kernels.device_mesh)
    with spread.scope():
        dense = layers.Dense(2)
        dense.build((None, 3))
        assert spread.get_variable_layout(dense.kernel).axes == (None, "model")
        assert spread.get_variable_layout(dense.bias).axes == (None,)
        assert spread.get_variable_layout(lamina.Variable([1.0], layout=own)) is own
    for wrong in ({"layout_map": None}, {"layout_map": {}}, {"layout_map": map_of_kernels, "batch_dim_name": "pipe"}):
        with pytest.raises(ValueError, match=r"must be a LayoutMap|'pipe' is no axis of <DeviceMesh"):
            ModelParallel(**wrong)
    with pytest.raises(TypeError, match="unknown arguments"):
        ModelParallel(layout_map=map_of_kernels, devices=[])


@pytest.mark.skipif(engine.NAME != "torch", reason="about the torch engine")
def test_the_torch_engine_names_the_one_that_cuts_weights(map_of_kernels):
    with pytest.raises(NotImplementedError, match="ModelParallel over .* the jax engine cuts weights"):
        ModelParallel(layout_map=map_of_kernels)


def test_a_layout_that_does_not_fit_a_variable_names_both():
    mesh = DeviceMesh((2,), ("model",), ["cpu:0", "cpu:1"])
    with pytest.raises(ValueError, match=r"The layout \('model',\) is for 1 axes; variable 'w' has 2"):
        lamina.Variable(np.zeros((2, 2)), name="w", layout=TensorLayout(("model",), mesh))
    if engine.NAME != "jax":
        with pytest.raises(NotImplementedError, match=rf"'w': the {engine.NAME} engine does not cut variables"):
            lamina.Variable(np.zeros((2, 2)), name="w", layout=TensorLayout(("model", None), mesh))


def test_one_device_trains_as_without():
    def weights(spread):
        distribution.set_distribution(spread)
        lamina.utils.set_random_seed(0)
        model = lamina.Sequential(
            [layers.Input((2,)), layers.Dense(4, activation="relu"), layers.Dropout(0.5), layers.Dense(1)]
        )
        model.compile("adam", "mse")
        rng = np.random.default_rng(0)
        model.fit(rng.random((20, 2), "float32"), rng.random((20, 1), "float32"), batch_size=8, verbose=0)
        distribution.set_distribution(None)
        return model.get_weights()

    for a, b in zip(weights(DataParallel(devices=[FIRST])), weights(None)):
        np.testing.assert_allclose(a, b, rtol=1e-6)


def test_symbolic_tensors_have_no_layout(mesh):
    x = lamina.Input((2,))
    assert distribution.distribute_tensor(x, TensorLayout((None, None), mesh)) is x


@pytest.mark.parametrize("given", [{"num_processes": 0}, {"process_id": -1}, {"num_processes": 2, "process_id": 2}])
def test_numbers_of_processes_must_fit(given, monkeypatch):
    if engine.NAME == "native":
        monkeypatch.setattr(lamina.engines.current(), "distribution", object(), raising=False)
    with pytest.raises(ValueError, match="num_processes|process_id"):
        distribution.initialize("127.0.0.1:1", **given)


def test_the_environment_must_hold_numbers(monkeypatch):
    if engine.NAME == "native":
        monkeypatch.setattr(lamina.engines.current(), "distribution", object(), raising=False)
    monkeypatch.setenv("KERAS_DISTRIBUTION_NUM_PROCESSES", "two")
    with pytest.raises(ValueError, match="NUM_PROCESSES must be an integer; got 'two'"):
        distribution.initialize()
