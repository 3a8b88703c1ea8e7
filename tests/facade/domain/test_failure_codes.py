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
        (
            "The data files of component pump have no row in the window (2026-03-01T12:30:00Z, 2026-03-01T12:35:00Z]: "
            "looked into s3://plant/in/pump_20260301123000.csv. They have no rows at all.",
            "no_rows_in_window",
        ),
        (
            "No bucket of the model's TargetSamplingRate PT5M that ends in the window (2026-03-01T12:30:00Z, "
            "2026-03-01T12:35:00Z] has a row.",
            "no_rows_in_window",
        ),
        (
            "Component pump has 61 files in the window (2026-03-01T12:30:00Z, 2026-03-01T12:35:00Z]; 60 are allowed. "
            "Write more rows to each file.",
            "too_much_input",
        ),
        ("Could not read s3://plant/in/pump_1.csv: row 3, column flow: 'abc' is not a number.", "unreadable_input"),
        ("s3://plant/in/: AccessDenied when listing.", "access_denied"),
        ("The model pump-model has no active version. Train it, or activate a version.", "model_unavailable"),
        ("The bucket 'plant' does not exist.", "bucket_missing"),
        ("S3 did not answer when asked to list s3://plant/in/: timed out", "storage_unavailable"),
        ("The engine itself failed: KeyError. Its log has the details.", "engine_failed"),
        ("", "other"),
        (None, "other"),
        ("The moon was full.", "other"),
    ],
)
def test_known_texts_of_the_service_have_their_code(reason, code):
    assert failure_code(reason) == code


def test_every_code_is_listed_for_the_document():
    assert failure_code("whatever") in FAILURE_CODES
