"""Ways to look at a model."""

from ._summary import print_summary as print_summary
