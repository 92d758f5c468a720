"""Where an epoch of some batches begins: where the epoch before stopped."""


class Position:
    """The place of training in data that is longer than an epoch of `steps_per_epoch` batches."""

    def __init__(self) -> None:
        self._pass: int | None = None
        self._offset = 0

    def advance(self, epoch: int, limit: int | None, total: int | None) -> tuple[int, int, int | None]:
        """Which pass over the data the epoch belongs to, its first batch and the one after its last (None for all).

        Args:
            epoch: number of the epoch; without a limit that is the pass.
            limit: batches an epoch, None for all.
            total: batches in the data, None for no end.
        """
        if limit is None:
            return epoch, 0, None
        if self._pass is None:
            self._pass = epoch
        here, start, stop = self._pass, self._offset, self._offset + limit
        is_over = total is not None and stop >= total
        self._pass, self._offset = (here + 1, 0) if is_over else (here, stop)
        return here, start, stop

    def get_state(self) -> tuple[int | None, int]:
        return self._pass, self._offset

    def set_state(self, state: tuple[int | None, int]) -> None:
        self._pass, self._offset = state
