"""Two processes over loopback give the numbers of one, and do not wait for one that is gone."""

import numpy as np
import running


def both_end_if_one_is_told_to(tmp_path, engine):
    """After the same step, in a state that is gone on with."""
    for process in running.run_two("terminated", tmp_path, engine):
        assert process["often"] == process["seldom"] == 143
    alone = running.run("gone_on_with", tmp_path, engine)
    assert alone["often states"] == ["state-4", "state-6"] and alone["seldom states"] == ["state-4", "state-8"]
    for place in ("often", "seldom"):
        np.testing.assert_allclose(alone[place], alone["whole"], rtol=0, atol=1e-5)


def two_processes_are_one(tmp_path, engine):
    """All that is asked of is found by one pair of processes, and by one alone that goes on with what they began."""
    first, second = running.run_two("processes", tmp_path, engine)
    alone = running.run("alone", tmp_path, engine)
    for process in (first, second):
        for name in ("arrays", "batches", "own", "images"):
            np.testing.assert_allclose(process[name], alone[name], rtol=0, atol=1e-5)
        # No sample is lost or doubled: of arrays, a PyDataset, a data set.
        assert process["predicted"] == [[float(i) for i in range(100)]] * 3
        assert "the sum of the weights" in process["different"] and "process 1" in process["different"]
    # The second was killed: the first is told, and the state that it left is gone on with.
    assert len(alone["arrays"]) == 3 and "fit(resume=...)" in first["lost"] and "lost" not in second
    assert alone["states"] == ["state-4", "state-8"] and alone["saved"] == 8 * 16 + 16 + 16 * 4 + 4
    np.testing.assert_allclose(alone["resumed"], alone["arrays"], rtol=0, atol=1e-5)
