"""A model as one file of C99: static arrays, no allocation, a batch of one."""
