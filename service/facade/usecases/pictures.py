"""Pictures of charts. What a picture answers is its name, so that it is drawn once for all who ask: pictures are kept
for a while in Redis, and whoever has one already is told so without a look at the points."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Literal

import orjson

from service import __version__
from service.facade.charts.drawing import draw_png, draw_svg
from service.facade.charts.layout import Layout
from service.facade.domain.charts import ChartWanted, Look
from service.facade.problems import ChartsBusy
from service.facade.resources import Resources
from service.facade.usecases.charts import ChartQuestion, ask_for_chart, read_chart

Form = Literal["svg", "png"]
_KEPT_SECONDS = 60.0


@dataclass(frozen=True, kw_only=True)
class Picture:
    """A chart that may be drawn: `tag` is another one whenever the picture is. `scale` is for PNG alone, and what
    is `for_strangers` an embed's."""

    question: ChartQuestion
    look: Look
    form: Form = "svg"
    scale: float = 1.0
    for_strangers: bool = False

    @property
    def tag(self) -> str:
        known = [__version__, self.form, self.scale, self.look, self.question]
        return blake2b(orjson.dumps(known, default=str), digest_size=12).hexdigest()


def find_picture(
    resources: Resources, team: str, name: str, wanted: ChartWanted, look: Look, form: Form = "svg", scale: float = 1.0
) -> Picture:
    """The picture of a scheduler, not drawn yet.

    Raises:
        SchedulerNotFound, InvalidRequest
    """
    question = ask_for_chart(resources, team, name, wanted, pixels_of_time(wanted, look))
    return Picture(question=question, look=look, form=form, scale=scale)


def pixels_of_time(wanted: ChartWanted, look: Look) -> int:
    """How many pixels wide the plots of a picture are."""
    shown = len(wanted.sensors) + wanted.contributors
    return Layout(look.width, look.height_of(shown), shown).plot_width


def drawn(resources: Resources, picture: Picture) -> bytes:
    """The picture as it was drawn a moment ago, or as it is drawn now.

    Raises:
        ChartsBusy: too many others wait for theirs.
        InvalidRequest: nothing has a sensor of that name.
    """
    return resources.cache.fetch(f"facade:chart:{picture.tag}", _KEPT_SECONDS, lambda: _draw(resources, picture))


def _draw(resources: Resources, picture: Picture) -> bytes:
    """They are drawn one after the other; whoever waits keeps a thread."""
    drawers = resources.strangers_drawers if picture.for_strangers else resources.drawers
    if not drawers.acquire(blocking=False):
        raise ChartsBusy("Too many charts are being drawn at this moment.", retry_after=1)
    try:
        chart, folder = read_chart(resources, picture.question), resources.settings.data_path
        if picture.form == "svg":
            return draw_svg(chart, picture.look, folder)
        return draw_png(chart, picture.look, picture.scale, folder)
    finally:
        drawers.release()
