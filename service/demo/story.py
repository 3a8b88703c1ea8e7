"""What the demo tells: which pump, trained on when, and which faults its readings hold. Every time follows from one."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service.demo.pump import Fault

BUCKET = "demo"
NAME = "demo-pump"  # of the dataset, the model and the scheduler
FREE_MODEL = "demo-pump-2"  # trained, but nothing uses it: for trying out POST /v1/schedulers
UNFED = "demo-unfed"  # model and scheduler of a pump that nobody uploads anything for
WINDOW = timedelta(minutes=5)
FREQUENCY = "PT5M"
TRAINING_DAYS, EVALUATION_DAYS = 21, 7


@dataclass(frozen=True)
class Story:
    """The demo that began at `begun`, a boundary of the five-minute grid; `scored` once its first day is."""

    begun: datetime
    scored: bool = False

    @property
    def live_start(self) -> datetime:
        """The day before the beginning is scored first; everything before that is for training."""
        return self.begun - timedelta(days=1)

    @property
    def training_start(self) -> datetime:
        return self.evaluation_start - timedelta(days=TRAINING_DAYS)

    @property
    def evaluation_start(self) -> datetime:
        return self.live_start - timedelta(days=EVALUATION_DAYS)

    @property
    def fault(self) -> Fault:
        """What predictions are to show: a valve that sticks for three hours."""
        return Fault("valve_sticking", self.begun - timedelta(hours=5), self.begun - timedelta(hours=2))

    @property
    def labelled(self) -> tuple[Fault, ...]:
        """Faults of the past that the operators wrote down: one before the evaluation, one within."""
        wear, cavitation = self.training_start + timedelta(days=9), self.evaluation_start + timedelta(days=3)
        return (
            Fault("bearing_wear", wear, wear + timedelta(hours=12)),
            Fault("cavitation", cavitation, cavitation + timedelta(hours=6)),
        )

    @property
    def faults(self) -> tuple[Fault, ...]:
        return (*self.labelled, self.fault)


def window_start(at: datetime) -> datetime:
    """The five-minute boundary at or before `at`."""
    return at.astimezone(UTC).replace(minute=at.minute - at.minute % 5, second=0, microsecond=0)
