"""Pictures of charts. What a picture shows has a name, so that it is drawn once for all who ask for it: they are kept
for a while in Redis, and whoever has it already is told so without a drawing."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

import orjson

from service import __version__
from service.facade.charts.drawing import draw_png, draw_svg
from service.facade.charts.layout import Layout
from service.facade.domain.charts import Chart, ChartWanted, Look
from service.facade.problems import ChartsBusy
from service.facade.resources import Resources
from service.facade.usecases.charts import find_chart

Form = Literal["svg", "png"]
_KEPT_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A chart that may be drawn: `tag` is another one whenever the picture is. `scale` is for PNG alone."""

    chart: Chart
    look: Look
    form: Form
    scale: float = 1.0

    @property
    def tag(self) -> str:
        known = [__version__, self.form, self.scale, self.look, self.chart]
        return blake2b(orjson.dumps(known, default=_as_text), digest_size=12).hexdigest()


def find_picture(
    resources: Resources, team: str, name: str, wanted: ChartWanted, look: Look, form: Form = "svg", scale: float = 1.0
) -> Picture:
    """The picture of a scheduler, not drawn yet.

    Raises:
        SchedulerNotFound, InvalidRequest
    """
    shown = len(wanted.sensors) + wanted.contributors
    pixels = Layout(look.width, look.height_of(shown), shown).plot_width
    return Picture(
        chart=find_chart(resources, team, name, wanted, pixels),
        look=look,
        form=form,
        scale=scale if form == "png" else 1.0,
    )


def drawn(resources: Resources, picture: Picture) -> bytes:
    """The picture as it was drawn a moment ago, or as it is drawn now.

    Raises:
        ChartsBusy: too many others wait for theirs.
    """
    return resources.cache.fetch(f"facade:chart:{picture.tag}", _KEPT_SECONDS, lambda: _draw(resources, picture))


def _draw(resources: Resources, picture: Picture) -> bytes:
    """They are drawn one after the other; whoever waits keeps a thread."""
    if not resources.drawers.acquire(blocking=False):
        raise ChartsBusy("Too many charts are being drawn at this moment.", retry_after=1)
    try:
        folder = resources.settings.data_path
        if picture.form == "svg":
            return draw_svg(picture.chart, picture.look, folder)
        return draw_png(picture.chart, picture.look, picture.scale, folder)
    finally:
        resources.drawers.release()


def _as_text(value: object) -> str:
    """What JSON has no form for: durations."""
    return str(value)
