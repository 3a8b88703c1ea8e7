"""The plots of a picture: the score with its threshold and the bands of events, and the share of each sensor."""

from typing import Any

from service.facade.charts.curves import broken, draw_curve, moments
from service.facade.charts.layout import Layout
from service.facade.charts.library import Fonts
from service.facade.charts.themes import Colours
from service.facade.charts.time_axis import prepare_time
from service.facade.domain.charts import THRESHOLD, Chart, SensorShares

_HIGHEST = 1.04  # a line along 1 is drawn whole


def draw_score(axes: Any, chart: Chart, layout: Layout, colours: Colours, fonts: Fonts) -> None:
    _prepare(axes, chart, layout)
    axes.set_ylim(0, _HIGHEST)
    axes.set_yticks([0, THRESHOLD, 1], ["0", "0.5", "1"])
    axes.tick_params(axis="y", length=0, pad=6, labelcolor=colours.muted)
    for label in axes.get_yticklabels():
        label.set_fontproperties(fonts.properties(layout.text_size))
    axes.grid(visible=True, color=colours.grid, linewidth=1)
    axes.axhline(THRESHOLD, color=colours.threshold, linewidth=1, dashes=(4, 3))
    _draw_bands(axes, chart, colours)
    _draw_line(axes, chart, layout, colours)
    if not any(score is not None for score in chart.scores):
        _say_why_empty(axes, chart, layout, colours, fonts)


def draw_sensor(
    axes: Any, shown: SensorShares, chart: Chart, layout: Layout, colours: Colours, fonts: Fonts, highest: float
) -> None:
    """The share of one sensor over time; `highest` is the end of the scale of all of them."""
    _prepare(axes, chart, layout)
    axes.set_ylim(0, highest)
    axes.set_yticks([])
    axes.axhline(0, color=colours.grid, linewidth=1)
    _draw_bands(axes, chart, colours)
    x, y = broken(chart.times, shown.shares, chart.pause)
    draw_curve(axes, x, y, colours.line, 1, 2.5 * colours.wash)
    place = {"transform": axes.transAxes, "va": "bottom", "fontproperties": fonts.properties(layout.text_size)}
    axes.text(
        0,
        1.04,
        fonts.fitted(shown.sensor, layout.text_size, layout.plot_width - (0 if layout.small else 90)),
        color=colours.text,
        ha="left",
        **place,
    )
    if shown.in_events is not None and not layout.small:
        axes.text(1, 1.04, f"{100 * shown.in_events:.0f} % in events", color=colours.muted, ha="right", **place)


def _prepare(axes: Any, chart: Chart, layout: Layout) -> None:
    axes.set_facecolor("none")
    axes.set_axisbelow(True)
    for spine in axes.spines.values():
        spine.set_visible(False)
    prepare_time(axes, chart, layout)


def _draw_bands(axes: Any, chart: Chart, colours: Colours) -> None:
    """A band for each event, at least a pixel wide."""
    starts, ends = (moments([getattr(event, end) for event in chart.events]) for end in ("start_time", "end_time"))
    axes.broken_barh(
        list(zip(starts, ends - starts, strict=True)), (0, 1), transform=axes.get_xaxis_transform(),
        facecolor=(colours.anomaly, colours.band), edgecolor=(colours.anomaly, 2 * colours.band), linewidth=1,
    )  # fmt: skip


def _draw_line(axes: Any, chart: Chart, layout: Layout, colours: Colours) -> None:
    """In the colour of anomalies where it is above the threshold."""
    from matplotlib.patches import Rectangle

    x, y = broken(chart.times, chart.scores, chart.pause)
    width = 1.1 if layout.small else 1.4
    for colour, low, high in ((colours.line, 0, THRESHOLD), (colours.anomaly, THRESHOLD, _HIGHEST)):
        part = Rectangle((0, low), 1, high - low, transform=axes.get_yaxis_transform())
        for drawn in draw_curve(axes, x, y, colour, width, colours.wash):
            drawn.set_clip_path(part)


def _say_why_empty(axes: Any, chart: Chart, layout: Layout, colours: Colours, fonts: Fonts) -> None:
    said = "The model gives no scores; bands show its anomalies" if chart.times else "No results in this time"
    axes.text(
        0.5, 0.75 if layout.small else 0.62, said, transform=axes.transAxes, ha="center", va="center",
        color=colours.muted, fontproperties=fonts.properties(layout.text_size + 1),
    )  # fmt: skip
