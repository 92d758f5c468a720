"""lamina: deep learning with the Keras API on thin engines. (Interim face.)"""
__version__ = "0.1.0"
def __getattr__(name):
    import importlib
    try:
        return importlib.import_module(f"lamina.{name}")
    except ModuleNotFoundError as e:
        raise AttributeError(name) from e
