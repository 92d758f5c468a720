"""Which engine runs: the environment, Keras's environment, what lies in the machine."""

import subprocess
import sys

import pytest

from lamina import config, engines


@pytest.fixture
def environment(monkeypatch):
    monkeypatch.delenv("LAMINA_ENGINE", raising=False)
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    return monkeypatch


@pytest.mark.parametrize(
    ("variables", "name", "why"),
    [
        ({}, "auto", ""),
        ({"LAMINA_ENGINE": " JAX "}, "jax", "LAMINA_ENGINE=jax"),
        ({"LAMINA_ENGINE": "", "KERAS_BACKEND": "torch"}, "torch", "KERAS_BACKEND=torch"),
        ({"KERAS_BACKEND": "jax"}, "jax", "KERAS_BACKEND=jax"),
        ({"KERAS_BACKEND": "numpy"}, "native", "KERAS_BACKEND=numpy"),
        ({"KERAS_BACKEND": "tensorflow"}, "auto", "KERAS_BACKEND=tensorflow (there is no TensorFlow engine)"),
        ({"KERAS_BACKEND": "somethingelse"}, "auto", ""),
        ({"LAMINA_ENGINE": "native", "KERAS_BACKEND": "jax"}, "native", "LAMINA_ENGINE=native"),
    ],
)
def test_what_the_environment_asks_for(environment, variables, name, why):
    for key, value in variables.items():
        environment.setenv(key, value)
    assert engines.requested() == (name, why)


@pytest.mark.parametrize(
    ("accelerator", "installed", "name"),
    [
        (None, {"jax", "jax_cuda12_plugin", "torch"}, "native"),
        ("NVIDIA GPU", {"jax", "jax_cuda12_plugin", "torch"}, "jax"),
        ("NVIDIA GPU", {"jax", "jax_cuda13_plugin"}, "jax"),
        ("NVIDIA GPU", {"jax"}, "native"),  # JAX for CPUs
        ("AMD GPU", {"jax", "jax_cuda12_plugin"}, "native"),
        ("TPU", {"jax", "libtpu"}, "jax"),
        ("TPU", {"torch"}, "native"),
        ("NVIDIA GPU", set(), "native"),
    ],
)
def test_auto_takes_the_engine_that_can_use_the_accelerator(environment, accelerator, installed, name):
    environment.delenv("JAX_PLATFORMS", raising=False)
    environment.setattr(engines, "_accelerator", lambda: accelerator)
    environment.setattr(engines, "_is_installed", installed.__contains__)
    environment.setattr(engines, "_torch_can_use", lambda accelerator: False)
    found, why = engines._automatic()
    assert found == name and (accelerator or "no accelerator") in why


def test_auto_takes_torch_where_only_torch_can(environment):
    environment.setattr(engines, "_accelerator", lambda: "NVIDIA GPU")
    environment.setattr(engines, "_is_installed", {"torch", "jax"}.__contains__)
    environment.setattr(engines, "_torch_can_use", lambda accelerator: True)
    assert engines._automatic()[0] == "torch"


def test_jax_held_to_the_cpu_is_not_chosen(environment):
    environment.setenv("JAX_PLATFORMS", "cpu")
    environment.setattr(engines, "_accelerator", lambda: "NVIDIA GPU")
    environment.setattr(engines, "_is_installed", {"jax", "jax_cuda12_plugin"}.__contains__)
    assert engines._automatic()[0] == "native"


def test_a_hidden_gpu_is_none(environment):
    environment.setattr(engines.os.path, "exists", lambda path: "nvidia" in path)
    environment.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    assert engines._accelerator() == "NVIDIA GPU"
    environment.setenv("CUDA_VISIBLE_DEVICES", "")
    assert engines._accelerator() is None


def test_a_library_that_is_not_installed_is_named(environment):
    environment.setattr(engines, "_current", None)
    environment.setattr(engines, "_is_installed", lambda library: False)
    with pytest.raises(ModuleNotFoundError, match=r"pip install 'lamina\[jax\]'.*LAMINA_ENGINE=jax"):
        engines._choose("jax", "LAMINA_ENGINE=jax")


def test_keras_backend_numpy_runs_the_native_engine_and_says_why():
    code = "import lamina; print(lamina.config.backend(), '|', lamina.config.describe()['chosen by'])"
    environment = {"KERAS_BACKEND": "numpy", "PATH": "", "PYTHONPATH": ":".join(filter(None, sys.path))}
    found = subprocess.check_output([sys.executable, "-c", code], env=environment, text=True)
    assert found.strip() == "native | KERAS_BACKEND=numpy"


def test_show_says_what_runs_why_and_how_to_choose(capsys, engine_name):
    config.show()
    shown = capsys.readouterr().out
    for part in (
        f"engine: {engine_name}",
        "chosen by:",
        "to choose: LAMINA_ENGINE=native|jax|torch",
        "device:",
        "float32",
    ):
        assert part in shown
