"""The command `lamina`: tables to models, models to predictions, old scripts on lamina."""

from ._main import main as main
