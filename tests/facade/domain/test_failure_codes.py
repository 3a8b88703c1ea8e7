"""Failed reasons as words that programs can test."""

import pytest

from service.facade.domain.executions import FAILURE_CODES, failure_code


@pytest.mark.parametrize(
    ("reason", "code"),
    [
        (
            "Could not find data file for sensor subsystem-06. Please ensure data is present for all sensors of the "
            "machine.",
            "missing_input_file",
        ),
        (
            "Could not find data file for sensor centrifugal-pump within expected range of (2022-05-13T12:10:00Z, "
            "2022-05-13T12:15:00Z]. Please ensure data is present for all sensors of the machine under prefix "
            "'s3://plant/in/centrifugal-pump_20220513120500' ~ 's3://plant/in/centrifugal-pump_20220513122000'",
            "missing_input_file",
        ),
        ("", "other"),
        (None, "other"),
        ("The moon was full.", "other"),
    ],
)
def test_known_texts_of_the_service_have_their_code(reason, code):
    assert failure_code(reason) == code


def test_every_code_is_listed_for_the_document():
    assert failure_code("whatever") in FAILURE_CODES
