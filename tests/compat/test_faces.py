"""How lamina presents itself: version and backend."""

import importlib

import pytest

import lamina
from lamina import config
from lamina.compat import _faces


def test_version_and_dunder_version_agree(installed):
    keras = importlib.import_module("keras")
    assert keras.version() == keras.__version__ == importlib.import_module("tensorflow.keras").version()
    assert lamina.version() == lamina.__version__ != keras.version()


@pytest.mark.parametrize("path", ["backend", "config", "src.backend"])
def test_backend_without_a_wish_is_tensorflow(installed, monkeypatch, path):
    monkeypatch.delenv("KERAS_BACKEND", raising=False)
    assert importlib.import_module(f"keras.{path}").backend() == "tensorflow"


def test_backend_that_was_asked_for_and_runs_is_named(installed, monkeypatch, engine_name):
    name = {"native": "numpy"}.get(engine_name, engine_name)
    keras = importlib.import_module("keras")
    monkeypatch.setenv("KERAS_BACKEND", name)
    assert keras.config.backend() == name
    monkeypatch.setenv("KERAS_BACKEND", "openvino")
    assert keras.config.backend() == "tensorflow"
    monkeypatch.delenv("KERAS_BACKEND")
    monkeypatch.setattr(_faces, "_asked", {})
    keras.config.set_backend(name)
    assert keras.backend.backend() == name and config.backend() == engine_name


def test_distribution_is_keras_s(installed):
    from lamina.distribution import DataParallel

    distribution = importlib.import_module("keras.distribution")
    assert distribution.DataParallel is DataParallel and distribution.distribution() is None


def test_export_is_keras_s(installed):
    from lamina.export import ExportArchive

    assert importlib.import_module("keras.export").ExportArchive is ExportArchive
