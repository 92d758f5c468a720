"""State that an optimizer of one's own asks for."""

import pytest

import lamina


def test_one_name_gives_a_list_and_several_a_tuple_of_lists():
    variables = [lamina.Variable([1.0, 2.0]), lamina.Variable([[3.0]])]
    optimizer = lamina.optimizers.SGD()
    one = optimizer.add_optimizer_variables(variables, "velocity")
    assert [tuple(v.shape) for v in one] == [(2,), (1, 1)] and all("velocity" in v.path for v in one)
    first, second = optimizer.add_optimizer_variables(variables, ["m", "v"], ["zeros", "ones"])
    assert float(first[0][1]) == 0 and float(second[1][0, 0]) == 1
    with pytest.raises(ValueError, match="as many initializers as names"):
        optimizer.add_optimizer_variables(variables, ["m", "v"], ["zeros"])
