"""What old programs are told about the machine."""

import pytest

from lamina import compat
from lamina.engines import current


@pytest.fixture
def tf():
    compat.install()
    try:
        import tensorflow

        yield tensorflow
    finally:
        compat.uninstall()


def test_the_cpu_is_always_there(tf):
    (cpu,) = tf.config.list_physical_devices("CPU")
    assert cpu.name == "/physical_device:CPU:0" and cpu.device_type == "CPU"


def test_gpus_of_the_engine_are_listed(tf, monkeypatch):
    monkeypatch.setattr(current(), "devices", lambda: ["gpu:0", "gpu:1"])
    found = tf.config.list_physical_devices("GPU")
    assert [d.name for d in found] == ["/physical_device:GPU:0", "/physical_device:GPU:1"]
    assert len(tf.config.experimental.list_physical_devices()) == 3
    assert tf.test.is_gpu_available() and tf.test.gpu_device_name() == "/device:GPU:0"
    tf.config.experimental.set_memory_growth(found[0], True)


def test_without_a_gpu(tf, monkeypatch):
    monkeypatch.setattr(current(), "devices", lambda: ["cpu:0"])
    assert tf.config.list_physical_devices("GPU") == []
    assert not tf.test.is_gpu_available() and tf.test.gpu_device_name() == ""
