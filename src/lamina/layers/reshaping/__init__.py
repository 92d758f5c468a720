"""The same numbers in another shape or order."""
