"""Symbolic tensors and the graph of operations on them."""

from ._function import Function as Function
from ._function import run_nodes as run_nodes
from ._function import sort_nodes as sort_nodes
from ._infer import infer_op_spec as infer_op_spec
from ._infer import infer_spec as infer_spec
from ._infer import only_shapes_are_asked as only_shapes_are_asked
from ._infer import sizes_are_made_up as sizes_are_made_up
from ._keras_tensor import KerasTensor as KerasTensor
from ._keras_tensor import any_symbolic as any_symbolic
from ._keras_tensor import is_keras_tensor as is_keras_tensor
from ._node import KerasHistory as KerasHistory
from ._node import Node as Node
from ._node import node_of as node_of
from ._operation import Operation as Operation
from ._operation import auto_name as auto_name
from ._operation import reset_names as reset_names
from ._operation import to_snake_case as to_snake_case
