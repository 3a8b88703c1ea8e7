"""Result lines of every age of the service -> predictions."""

from datetime import UTC, datetime

import pytest

from service.facade.domain.predictions import Prediction
from service.facade.sensordata.results import UnreadableResult, parse_results

# The three lines of the user guide, shortened to two sensors.
GUIDE = rb"""{"timestamp":"2021-03-11T22:24:00.000000","prediction":0,"prediction_reason":"MACHINE_OFF"}
{"timestamp":"2021-03-11T22:25:00.000000","prediction":1,"prediction_reason":"ANOMALY_DETECTED","anomaly_score":0.72385,"diagnostics":[{"name":"component_5feceb66\\sensor0","value":0.02346},{"name":"component_5feceb66\\sensor1","value":0.97654}]}
{"timestamp":"2021-03-11T22:26:00.000000","prediction":0,"prediction_reason":"NO_ANOMALY_DETECTED","anomaly_score":0.41227,"diagnostics":[{"name":"component_5feceb66\\sensor0","value":0.5},{"name":"component_5feceb66\\sensor1","value":0.5}]}
"""


def at(minute: int) -> datetime:
    return datetime(2021, 3, 11, 22, minute, tzinfo=UTC)


def test_the_lines_of_the_user_guide_are_read():
    sensors = ("component_5feceb66\\sensor0", "component_5feceb66\\sensor1")
    assert parse_results(GUIDE) == [
        Prediction(at(24), 0, "MACHINE_OFF", sensors=sensors),
        Prediction(at(25), 1, "ANOMALY_DETECTED", 0.72385, sensors, (0.02346, 0.97654)),
        Prediction(at(26), 0, "NO_ANOMALY_DETECTED", 0.41227, sensors, (0.5, 0.5)),
    ]


def test_lines_from_before_scores_and_reasons_are_read():
    (prediction,) = parse_results(b'{"timestamp": "2021-03-11T22:24:00.000000", "prediction": 1}')
    assert prediction == Prediction(at(24), 1)


def test_lines_in_the_notation_of_python_are_read():
    line = (
        rb"{'timestamp':'2021-03-11T22:24:00.000000','prediction':1,'prediction_reason':'ANOMALY_DETECTED',"
        rb"'diagnostics':[{'name':'subsystem-19\\signal-067','value':0.12},{'name':'subsystem-18\\signal-099','value':0.0}]}"
    )
    (prediction,) = parse_results(line)
    assert prediction == Prediction(
        at(24), 1, "ANOMALY_DETECTED", None, ("subsystem-19\\signal-067", "subsystem-18\\signal-099"), (0.12, 0.0)
    )


def test_lines_of_windows_editors_are_read():
    (prediction,) = parse_results(b'\xef\xbb\xbf{"timestamp": "2021-03-11T22:24:00", "prediction": 0}\r\n')
    assert prediction == Prediction(at(24), 0)


def test_an_empty_object_has_no_predictions():
    assert parse_results(b"\n") == []


@pytest.mark.parametrize(
    "line",
    [
        b"not json",
        b"[]",
        b'{"prediction": 1}',
        b'{"timestamp": "0001-01-01T00:00:00", "prediction": 1}',
        b'{"timestamp": "2021-03-11T22:24:00", "diagnostics": [{"name": "pump\\\\flow", "value": 1e300}]}',
        rb"{'timestamp': '2021-03-11T22:24:00', 'prediction_reason': '\ud800'}",
        b'{"timestamp": "soon"}',
        b"{'timestamp': __import__('os').name}",
        b"{'timestamp':",
        b'{"timestamp": "2021-03-11T22:24:00", "prediction": "high"}',
        b'{"timestamp": "2021-03-11T22:24:00", "prediction": null}',
        b'{"timestamp": "2021-03-11T22:24:00", "prediction": 65536}',
        b'{"timestamp": "2021-03-11T22:24:00", "prediction_reason": "\\u0000"}',
        b'{"timestamp": "0001-01-01T00:00:00+05:00"}',
        b'{"timestamp": "2021-03-11T22:24:00", "diagnostics": [{"name": "a\\\\b"}]}',
        b'{"timestamp": "2021-03-11T22:24:00", "diagnostics": 3}',
    ],
)
def test_a_line_that_is_none_is_named(line):
    with pytest.raises(UnreadableResult, match="line 2 is no result line"):
        parse_results(b'{"timestamp": "2021-03-11T22:24:00.000000"}\n' + line)
