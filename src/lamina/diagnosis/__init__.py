"""Advice: what is wrong with a network, told from the model, its loss, its optimizer and a batch, before the first step."""

from ._case import Case as Case
from ._finding import Finding as Finding
from ._head import Head as Head
from ._judge import judge as judge
from ._report import Report as Report
