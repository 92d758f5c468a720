# Written by scripts/make_face.py; do not edit.

from lamina.distillation._distillation_loss import DistillationLoss as DistillationLoss
from lamina.distillation._distiller import Distiller as Distiller
from lamina.distillation._feature_distillation import FeatureDistillation as FeatureDistillation
from lamina.distillation._logits_distillation import LogitsDistillation as LogitsDistillation
