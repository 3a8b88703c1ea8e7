"""What one validation looks at."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from service.facade.domain.models import Component
from service.facade.domain.runs import data_delay
from service.facade.domain.schedulers import InferenceScheduler
from service.facade.domain.window_files import Window
from service.facade.usecases.window_inputs import InputPlace, input_place


@dataclass(frozen=True)
class Look:
    """What is looked at: the windows follow each other, the oldest first; `rate` is the model's, if it has one."""

    scheduler: InferenceScheduler
    components: tuple[Component, ...]
    rate: timedelta | None
    windows: tuple[Window, ...]
    now: datetime

    @property
    def place(self) -> InputPlace:
        return input_place(self.scheduler, self.components)

    def is_due(self, window: Window) -> bool:
        return window.data_end_time + data_delay(self.scheduler) <= self.now
