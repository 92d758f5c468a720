"""The state of a training in files, so that a run that was killed goes on to the same end."""

from ._asked import keeper_of as keeper_of
from ._asked import plan_of as plan_of
from ._keeper import NoKeeper as NoKeeper
