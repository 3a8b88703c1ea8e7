from service.engine.detection import fit, score


def test_a_sensor_that_rests_longer_than_ever_is_anomalous_and_blamed(model, machine):
    readings = machine(60, first=5000)
    readings.values[20:, 3] = readings.values[19, 3]
    scores = score(model, readings)
    assert scores.anomalous[40:].all()
    assert (scores.contributions[40:].argmax(axis=1) == 3).all()
    assert not scores.anomalous[:25].any()


def test_a_sensor_that_often_rests_is_never_called_stuck(machine):
    readings = machine(3000)
    readings.values[:, 3] = readings.values[::40, 3].repeat(40)
    window = machine(60, first=5000)
    window.values[:, 3] = 40.0
    assert not score(fit(readings), window).anomalous.any()


def test_one_value_over_a_pause_is_not_rest(model, machine):
    parts = machine(60, first=5000)
    parts.values[10:, 3] = 40.0
    parts.times[20:] += parts.times[20] - parts.times[0]
    assert not score(model, parts).anomalous[:34].any()
