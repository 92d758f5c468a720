"""What is called while a model trains: Callback, EarlyStopping, ModelCheckpoint, ..."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
