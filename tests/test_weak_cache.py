"""What is remembered of functions of the user's does not keep them."""

import gc
import inspect
import weakref

import numpy as np

import lamina
from lamina import layers
from lamina._weak_cache import weakly_cached


def test_it_is_found_once_and_goes_with_the_function():
    asked = []
    names = weakly_cached(lambda f: asked.append(f.__name__) or list(inspect.signature(f).parameters))

    def function(x, y): ...

    assert names(function) == names(function) == ["x", "y"] and asked == ["function"]
    gone = weakref.ref(function)
    del function
    gc.collect()
    assert gone() is None


def test_what_takes_no_weak_references_is_asked_each_time():
    asked = []
    length = weakly_cached(lambda x: asked.append(x) or len(x))
    assert length((1, 2)) == length((1, 2)) == 2 and len(asked) == 2


def trained_with_functions_of_its_own():
    model = lamina.Sequential([lamina.Input((3,)), layers.Dense(2, "tanh"), layers.Dense(1)])
    compute_loss, call = model.compute_loss, model.layers[0].call
    model.compute_loss = lambda *args, **kwargs: compute_loss(*args, **kwargs) * 2
    model.layers[0].call = lambda x: call(x) + 1
    model.compile("sgd", "mse", run_eagerly=True)
    x = np.random.default_rng(0).normal(size=(64, 3)).astype("float32")
    model.fit(x, x[:, :1], verbose=0)
    return weakref.ref(model)


def test_a_model_with_functions_of_its_own_is_freed():
    gone = trained_with_functions_of_its_own()
    lamina.backend.clear_session()
    gc.collect()
    assert gone() is None
