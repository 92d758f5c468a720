"""Learning rates that change with the step (`lamina.optimizers.schedules`)."""

from lamina._lazy import attach

__getattr__, __dir__, __all__ = attach(__name__)
