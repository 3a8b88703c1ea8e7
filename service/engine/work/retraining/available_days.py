"""How much data a retraining needs: a version of a few days must not take over from one of half a year."""

from service.engine.scheduling.windows import utc_text
from service.engine.store.model_versions import ModelVersion
from service.engine.work.problems import InputProblem

FEWEST_DAYS = 14  # with data in them; the least that the service trained on (AWS user guide, ingestion errors)


class TooLittleData(InputProblem):
    """There are fewer days with data than a retraining needs."""

    def __init__(self, days: int, said: str) -> None:
        super().__init__(said)
        self.days = days


def check_days(version: ModelVersion, days: int) -> None:
    """Refuse a retraining on too few days.

    Args:
        days: those in UTC that have a row in the training range.

    Raises:
        TooLittleData: saying how many there are, and where they are looked for.
    """
    if days < FEWEST_DAYS:
        start, end = utc_text(version.training_data_start_time), utc_text(version.training_data_end_time)
        raise TooLittleData(
            days,
            f"There are {days} days with data from {start} to {end}, in the dataset and in the input of successful "
            f"executions together; a retraining needs {FEWEST_DAYS}. Ingest newer data, take a longer LookbackWindow, "
            "or let the inference scheduler run on.",
        )
