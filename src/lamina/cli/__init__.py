"""The command `lamina`: tables to models, models to predictions, old scripts on lamina."""

from ._app import main as main
