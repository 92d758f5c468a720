# Written by scripts/make_face.py; do not edit.

from lamina.variables._dtype_policy import DTypePolicy as DTypePolicy
from lamina.optimizers._loss_scale import LossScaleOptimizer as LossScaleOptimizer
from lamina.variables._dtype_policy import DTypePolicy as Policy
from lamina.variables._dtype_policy import dtype_policy as dtype_policy
from lamina.variables._dtype_policy import dtype_policy as global_policy
from lamina.variables._dtype_policy import set_dtype_policy as set_dtype_policy
from lamina.variables._dtype_policy import set_dtype_policy as set_global_policy
