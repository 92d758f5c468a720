"""lamina: deep learning with the Keras API on thin engines.

    import lamina
    from lamina import layers

    model = lamina.Sequential([lamina.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(1)])
    model.compile(optimizer="adam", loss="mse")
    model.fit(x, y, epochs=10)

The engine is pure NumPy unless LAMINA_ENGINE says otherwise. Names are loaded when they are first used.
"""

from ._blas import choose_kernels
from ._lazy import attach

choose_kernels()  # before anything loads NumPy

__version__ = "0.2.0"

__getattr__, __dir__, __all__ = attach(__name__)
