"""Where things are in a picture, in pixels from its upper left corner: a plot for the score, and one for each sensor
below it, over one axis of time. What a small picture has no room for is left out."""

from dataclasses import dataclass

Box = tuple[float, float, float, float]  # left, bottom, width, height as shares of the picture, as matplotlib wants it
AXIS_HEIGHT = 24
_GAP = 8
_SMALL_WIDTH, _SMALL_HEIGHT = 420, 190
_LEAST_SCORE_HEIGHT, _LEAST_SENSOR_HEIGHT, _SENSOR_HEIGHT = 60, 28, 44
_LABEL = 16  # of a sensor, above its plot


@dataclass(frozen=True)
class Layout:
    """A picture of `width` to `height` pixels with plots for so many `sensors` below that of the score."""

    width: int
    height: int
    sensors: int
    titled: bool = True

    @property
    def small(self) -> bool:
        return self.width < _SMALL_WIDTH or self.height < _SMALL_HEIGHT

    @property
    def shown_sensors(self) -> int:
        """How many of the sensors there is room for, with some left for the score."""
        room = self._plots_height() - _LEAST_SCORE_HEIGHT - _GAP
        return max(0, min(self.sensors, int(room / _LEAST_SENSOR_HEIGHT)))

    @property
    def text_size(self) -> float:
        return 9.5 if self.small else 11

    @property
    def title_size(self) -> float:
        return 11 if self.small else 15

    @property
    def left(self) -> int:
        return 28 if self.small else 38

    @property
    def right(self) -> int:
        return 10 if self.small else 18

    @property
    def plot_width(self) -> int:
        return max(self.width - self.left - self.right, 10)

    @property
    def most_ticks(self) -> int:
        return max(3, self.plot_width // (80 if self.small else 110))

    @property
    def top(self) -> int:
        if not self.titled:
            return 10
        return 26 if self.small else 58

    def score_box(self) -> Box:
        return self._box(self.top, self._score_height())

    def sensor_box(self, number: int) -> Box:
        """The plot of the sensor with this number, from 0; its label is above it."""
        top = self.top + self._score_height() + _GAP + number * self._sensor_height() + _LABEL
        return self._box(top, self._sensor_height() - _LABEL - 2)

    def _plots_height(self) -> float:
        return max(self.height - self.top - AXIS_HEIGHT, 20)

    def _sensor_height(self) -> float:
        """Sensors share at most three fifths of what there is."""
        fair = 0.6 * self._plots_height() / max(self.shown_sensors, 1)
        return max(_LEAST_SENSOR_HEIGHT, min(_SENSOR_HEIGHT, fair))

    def _score_height(self) -> float:
        below = self.shown_sensors * self._sensor_height() + _GAP if self.shown_sensors else 0
        return self._plots_height() - below

    def _box(self, top: float, height: float) -> Box:
        bottom = self.height - top - height
        return self.left / self.width, bottom / self.height, self.plot_width / self.width, height / self.height
