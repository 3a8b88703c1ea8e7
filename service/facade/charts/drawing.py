"""A chart as a picture. Everything that is drawn belongs to one Figure of our own: pyplot, which keeps figures for the
whole process, is never used."""

from io import BytesIO
from pathlib import Path
from threading import Lock
from typing import Any

from service.facade.charts.layout import Layout
from service.facade.charts.library import Fonts, load
from service.facade.charts.panels import draw_score, draw_sensor
from service.facade.charts.svg import finished_svg
from service.facade.charts.themes import COLOURS, Colours
from service.facade.charts.time_axis import label_time
from service.facade.domain.chart_words import description_of, outcome_of, range_of, title_of
from service.facade.domain.charts import Chart, Look

_DPI = 72  # a point is a pixel
_LEAST_SCALE = 0.3  # of the sensors' plots: shares that small look small
_drawing = Lock()  # threads gain nothing from drawing at once, and matplotlib does not promise that they may


def draw_svg(chart: Chart, look: Look, keep_in: Path) -> bytes:
    """The chart as SVG 1.1, the same bytes for the same chart; `keep_in` is a folder for the list of fonts."""
    fonts = load(keep_in)
    with _drawing, BytesIO() as file:
        _figure(chart, look, fonts).savefig(file, format="svg", metadata={"Date": None, "Creator": None})
        drawn = file.getvalue()
    return finished_svg(drawn, title_of(chart), description_of(chart))


def draw_png(chart: Chart, look: Look, scale: float, keep_in: Path) -> bytes:
    """The chart as PNG with `scale` pixels to a CSS pixel."""
    fonts = load(keep_in)
    words = {"Software": None, "Title": title_of(chart), "Description": description_of(chart)}
    with _drawing, BytesIO() as file:
        _figure(chart, look, fonts).savefig(file, format="png", dpi=_DPI * scale, metadata=words)
        return file.getvalue()


def _figure(chart: Chart, look: Look, fonts: Fonts) -> Any:
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    title = title_of(chart) if look.title is None else look.title
    count = len(chart.sensors)
    layout = Layout(look.width, look.height_of(count), count, titled=bool(title))
    colours = COLOURS[look.theme]
    figure = Figure((layout.width / _DPI, layout.height / _DPI), dpi=_DPI, facecolor=colours.surface)
    FigureCanvasAgg(figure)
    _write_headline(figure, title, chart, layout, colours, fonts)
    _draw_plots(figure, chart, layout, colours, fonts)
    return figure


def _draw_plots(figure: Any, chart: Chart, layout: Layout, colours: Colours, fonts: Fonts) -> None:
    draw_score(figure.add_axes(layout.score_box()), chart, layout, colours, fonts)
    highest = max((share or 0 for one in chart.sensors for share in one.shares), default=0)
    for number, shown in enumerate(chart.sensors[: layout.shown_sensors]):
        axes = figure.add_axes(layout.sensor_box(number))
        draw_sensor(axes, shown, chart, layout, colours, fonts, max(_LEAST_SCALE, 1.05 * highest))
    label_time(figure, chart, layout, colours, fonts)


def _write_headline(figure: Any, title: str, chart: Chart, layout: Layout, colours: Colours, fonts: Fonts) -> None:
    if not layout.titled:
        return
    size, top = layout.title_size, 1 - (8 if layout.small else 12) / layout.height
    edge = 8 if layout.small else layout.right
    width, place = layout.width - 2 * edge, {"x": edge / layout.width, "ha": "left", "va": "top"}
    bold, shown = fonts.properties(size, bold=True), fonts.fitted(title, size, width, bold=True)
    figure.text(y=top, s=shown, color=colours.text, fontproperties=bold, **place)
    if not layout.small:
        size = layout.text_size + 0.5
        below = fonts.fitted(f"{range_of(chart)}  ·  {outcome_of(chart)}", size, width)
        plain = fonts.properties(size)
        figure.text(y=top - 21 / layout.height, s=below, color=colours.muted, fontproperties=plain, **place)
