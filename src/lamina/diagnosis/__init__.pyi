# Written by scripts/make_face.py; do not edit.

from lamina.diagnosis._warning import DiagnosisError as DiagnosisError
from lamina.diagnosis._warning import DiagnosisWarning as DiagnosisWarning
from lamina.diagnosis._finding import Finding as Finding
from lamina.diagnosis._report import Report as Report
