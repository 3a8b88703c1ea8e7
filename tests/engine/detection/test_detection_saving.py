import io
import json

import numpy as np
import pytest

from service.engine.detection import load, save, score


def test_a_saved_model_scores_as_before(model, machine):
    text, npz = save(model)
    again = load(text, npz)
    readings = machine(100, first=5000)
    assert np.array_equal(score(again, readings).contributions, score(model, readings).contributions)
    assert (again.sensors, again.context_rows, again.trained_rows) == (model.sensors, 34, 3000)


def test_the_saved_form_is_json_and_arrays_of_numbers_alone(model):
    text, npz = save(model)
    json.loads(text, parse_constant=pytest.fail)
    with np.load(io.BytesIO(npz), allow_pickle=False) as arrays:
        assert {array.dtype.kind for array in arrays.values()} == {"f", "i"}


def test_a_model_of_another_format_is_refused(model):
    text, npz = save(model)
    with pytest.raises(ValueError, match="format 99"):
        load(json.dumps(json.loads(text) | {"format": 99}), npz)
