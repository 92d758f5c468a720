"""From raw columns and pictures to numbers that a network can use."""
