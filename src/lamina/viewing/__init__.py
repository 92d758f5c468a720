"""Ways to look at a model."""

from ._profile import Profile as Profile
from ._summary import print_summary as print_summary
