"""Recurrent layers, and wrappers over the steps of a sequence."""

from ._bidirectional import Bidirectional as Bidirectional
from ._gru import GRU as GRU
from ._gru import GRUCell as GRUCell
from ._lstm import LSTM as LSTM
from ._lstm import LSTMCell as LSTMCell
from ._rnn import RNN as RNN
from ._simple_rnn import SimpleRNN as SimpleRNN
from ._simple_rnn import SimpleRNNCell as SimpleRNNCell
from ._stacked_rnn_cells import StackedRNNCells as StackedRNNCells
from ._time_distributed import TimeDistributed as TimeDistributed
