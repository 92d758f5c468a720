"""Numbers that layers keep as attributes, such as a dropout's rate: constants of the programs that were traced with them.

A callback may set one between two batches (dropout that grows, momentum of statistics that are gathered anew); programs of
before would go on with the old one.
"""

from typing import Any

from lamina.layers._base._state import numbers_set


class Settings:
    """Notices when such a number of a model's layers, of lamina's own classes, is another one.

    Layers of a user's own may count in their attributes; theirs are left alone.
    """

    def __init__(self, model: Any):
        self._model = model
        self._set = -1
        self._seen: Any = None

    def have_changed(self) -> bool:
        """Whether one has changed since the last question; False the first time."""
        if self._set == numbers_set.count:  # by any layer at all: costs nothing where, as mostly, none was
            return False
        before, self._seen, self._set = self._seen, self._numbers(), numbers_set.count
        return before is not None and before != self._seen

    def _numbers(self) -> list[Any]:
        own = (x for x in self._model._flatten_layers() if type(x).__module__.startswith("lamina."))
        return [
            (id(x), name, n) for x in own for name, n in vars(x).items() if type(n) in (int, float) and name[0] != "_"
        ]
