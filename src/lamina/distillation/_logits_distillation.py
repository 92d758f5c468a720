"""`LogitsDistillation`."""

from typing import Any

from lamina import losses, ops, tree
from lamina._checks import check_positive
from lamina._public import public

from ._distillation_loss import LossByOutput


@public("distillation.LogitsDistillation")
class LogitsDistillation(LossByOutput):
    """The student learns the outputs of the teacher, softened by a temperature T.

    Logits of both are divided by T. KL divergence compares their softmax, times T², so that its gradients stay as large as those
    of the labels; other losses compare the divided logits.

    Args:
        temperature: T, positive.
        loss: loss or its name; for several outputs a structure of them, with None where an output is left out.
    Raises ValueError for another temperature, and if there is no loss at all.
    Reference: Hinton, Vinyals and Dean, Distilling the Knowledge in a Neural Network, 2015, arXiv:1503.02531
    Example:
        >>> loss = lamina.distillation.LogitsDistillation(temperature=2.0)
        >>> float(loss.compute_loss(np.array([[1.0, 2.0]]), np.array([[1.0, 2.0]])))
        0.0
    """

    def __init__(self, temperature: float = 3.0, loss: Any = "kl_divergence"):
        check_positive(temperature, "temperature", "LogitsDistillation")
        self.temperature = temperature
        self._set_loss(loss)

    def compute_loss(self, teacher_outputs: Any, student_outputs: Any, **kwargs: Any) -> Any:
        soften = lambda x: ops.divide(x, self.temperature)  # noqa: E731
        return self._total(
            self._compare, tree.map_structure(soften, teacher_outputs), tree.map_structure(soften, student_outputs)
        )

    def _compare(self, loss: Any, teacher: Any, student: Any) -> Any:
        if isinstance(loss, losses.KLDivergence) or loss is losses.kl_divergence:
            value = ops.mean(loss(ops.softmax(teacher), ops.softmax(student)))
            return ops.multiply(value, self.temperature**2)
        return ops.mean(loss(teacher, student))

    def get_config(self) -> dict[str, Any]:
        return {"temperature": self.temperature, "loss": self._loss_config()}
