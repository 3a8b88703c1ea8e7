"""Colours. Text has a contrast of at least 4.5 to 1 with what is behind it, lines of 3 to 1 (WCAG 2.2, 1.4.3 and
1.4.11), in bands too; blue and red are told apart by everybody."""

from dataclasses import dataclass

from service.facade.domain.charts import Theme


@dataclass(frozen=True, kw_only=True)
class Colours:
    """`band` is the opacity of an event's band, which has the colour of anomalies; `wash` that below a line."""

    surface: str
    text: str
    muted: str
    grid: str
    line: str
    anomaly: str
    threshold: str
    band: float
    wash: float


COLOURS: dict[Theme, Colours] = {
    "light": Colours(
        surface="#ffffff", text="#1b2430", muted="#566273", grid="#e4e8ee", line="#2563b8", anomaly="#c2330f",
        threshold="#7d8896", band=0.13, wash=0.08,
    ),
    "dark": Colours(
        surface="#14181f", text="#e6eaf0", muted="#9aa6b5", grid="#2a323d", line="#7db2ff", anomaly="#ff7a5c",
        threshold="#8894a4", band=0.20, wash=0.12,
    ),
}  # fmt: skip
