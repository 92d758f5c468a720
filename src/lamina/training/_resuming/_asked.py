"""What `fit` was asked to keep: by `resume=`, or by a BackupAndRestore among its callbacks."""

import os
from collections.abc import Iterable
from typing import Any

from lamina.training.callbacks._backup_and_restore import BackupAndRestore

from ._keeper import Keeper, NoKeeper, Plan

SECONDS = 60.0  # between states that `resume=` keeps within an epoch


def plan_of(callbacks: Any, resume: Any) -> Plan | None:
    """Where and how often the state is kept; None for not at all.

    Raises TypeError for a `resume` that is no path, ValueError for several that keep states.
    """
    given = callbacks if isinstance(callbacks, Iterable) else [callbacks]
    keeping = [c for c in given if isinstance(c, BackupAndRestore)]
    if len(keeping) + (resume is not None) > 1:
        raise ValueError(
            "fit: give resume= or one BackupAndRestore, not several of them: one training has one folder of states."
        )
    if keeping:
        callback = keeping[0]
        every = None if callback.save_freq == "epoch" else callback.save_freq
        return Plan(callback.backup_dir, every, callback.save_seconds, callback.delete_checkpoint)
    return None if resume is None else Plan(_folder(resume), seconds=SECONDS)


def _folder(resume: Any) -> str:
    if not isinstance(resume, (str, os.PathLike)) or not os.fspath(resume):
        raise TypeError(f"fit: resume must be the path of a folder for the states of this training; got {resume!r}.")
    return str(os.fspath(resume))


def keeper_of(plan: Plan | None, *what: Any) -> NoKeeper:
    """The keeper that does as planned (`what`: as for `Keeper`)."""
    return NoKeeper() if plan is None else Keeper(plan, *what)
