# Written by scripts/make_face.py; do not edit.

from lamina.preprocessing._timeseries_generator import TimeseriesGenerator as TimeseriesGenerator
from lamina.preprocessing._skipgrams import make_sampling_table as make_sampling_table
from lamina.utils._sequences import pad_sequences as pad_sequences
from lamina.preprocessing._skipgrams import skipgrams as skipgrams
