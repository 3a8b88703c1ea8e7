"""The axis of time in UTC, which all plots of a picture share."""

from typing import Any

from service.facade.charts.curves import moments
from service.facade.charts.layout import AXIS_HEIGHT, Layout
from service.facade.charts.library import Fonts
from service.facade.charts.themes import Colours
from service.facade.charts.ticks import ticks
from service.facade.domain.charts import Chart

_PAD = 8  # pixels between a plot and the labels below it
_ZONE = "UTC"


def prepare_time(axes: Any, chart: Chart, layout: Layout) -> None:
    """Range and round moments; the labels are written below the lowest plot only."""
    from matplotlib.ticker import FixedLocator

    axes.set_xlim(*moments([chart.start_time, chart.end_time]))
    shown = ticks(chart.start_time, chart.end_time, layout.most_ticks)
    axes.xaxis.set_major_locator(FixedLocator(moments([moment for moment, _ in shown])))
    axes.tick_params(axis="x", length=0, labelbottom=False)


def label_time(figure: Any, chart: Chart, layout: Layout, colours: Colours, fonts: Fonts) -> None:
    """The moments, where a label does not touch the edge of the picture or the name of the zone, which stands first."""
    font, size = fonts.properties(layout.text_size), layout.text_size
    y = (AXIS_HEIGHT - _PAD) / layout.height
    place = {"y": y, "va": "top", "color": colours.muted, "fontproperties": font}
    figure.text(x=8 / layout.width, s=_ZONE, ha="left", **place)
    free = 8 + fonts.width(_ZONE, size) + 8
    for moment, label in ticks(chart.start_time, chart.end_time, layout.most_ticks):
        share = (moment - chart.start_time) / (chart.end_time - chart.start_time)
        x, half = layout.left + share * layout.plot_width, fonts.width(label, size) / 2
        if x - half >= free and x + half <= layout.width - 4:
            figure.text(x=x / layout.width, s=label, ha="center", **place)
            free = x + half + 8
