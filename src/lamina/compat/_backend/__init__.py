"""The graph-era functions of `keras.backend as K`."""
