"""What `fit` validates on, and when."""

from dataclasses import dataclass
from typing import Any

import numpy as np


@dataclass(frozen=True)
class Validation:
    """What `fit` validates on, and when."""

    source: Any  # None for no validation
    steps: int | None
    frequency: Any

    def is_due(self, epoch: int) -> bool:
        if self.source is None:
            return False
        if isinstance(self.frequency, (int, np.integer)):
            return (epoch + 1) % self.frequency == 0
        return (epoch + 1) in self.frequency
