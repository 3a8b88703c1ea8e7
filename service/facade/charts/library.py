"""matplotlib, imported when the first picture is drawn: it takes a second and 40 MB, which nobody else shall pay.

On import matplotlib looks for fonts and keeps a list of them. We draw with its own, so that pictures look alike
everywhere, and give that list a place where we may write: the data folder where there is one, else a folder that is
gone after the import. A HOME that cannot be written to is no trouble.
"""

import os
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any

_CONFIGURATION = "MPLCONFIGDIR"
# Browsers show the text of an SVG in the fonts of their system; places are measured with the last but one.
_FAMILIES = ["Inter", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "DejaVu Sans", "sans-serif"]
_SETTINGS = {
    "svg.fonttype": "none",  # text stays text: it can be selected and found, and takes a tenth of the room
    "svg.hashsalt": "lookout",  # ids inside of an SVG are the same each time
    "text.parse_math": False,  # a dollar in the name of a sensor is a dollar
    "axes.formatter.use_mathtext": False,
    "path.simplify": True,
}
_importing = Lock()


@dataclass(frozen=True)
class Fonts:
    """Paths of the font files that we draw with."""

    regular: str
    bold: str

    def properties(self, size: float, *, bold: bool = False) -> Any:
        """What matplotlib wants to know of a font, `size` in pixels."""
        from matplotlib.font_manager import FontProperties

        file = self.bold if bold else self.regular
        return FontProperties(family=_FAMILIES, weight="bold" if bold else "normal", size=size, fname=file)

    def width(self, text: str, size: float, *, bold: bool = False) -> float:
        """How many pixels wide a text is."""
        from matplotlib.font_manager import get_font

        font = get_font(self.bold if bold else self.regular)
        font.set_size(size, 72)
        font.set_text(text)
        return font.get_width_height()[0] / 64

    def fitted(self, text: str, size: float, pixels: float, *, bold: bool = False) -> str:
        """The text, with an ellipsis where it would be wider than so many pixels."""
        shown = text
        while len(shown) > 2 and self.width(shown, size, bold=bold) > pixels:
            shown = shown[:-2].rstrip() + "…"
        return shown


def load(keep_in: Path) -> Fonts:
    """Import matplotlib unless it is; `keep_in` is where its list of fonts may be kept, if that is a folder."""
    with _importing:
        return _load(keep_in)


@cache
def _load(keep_in: Path) -> Fonts:
    with _folder(keep_in) as folder, _environment(_CONFIGURATION, folder):
        import matplotlib as library
        import matplotlib.backends.backend_agg
        import matplotlib.backends.backend_svg
        import matplotlib.dates
        import matplotlib.figure
        import matplotlib.font_manager
    library.rcParams.update(_SETTINGS)
    warnings.filterwarnings("ignore", "Glyph .* missing from font")  # browsers have others; a PNG shows a box
    files = Path(library.get_data_path()) / "fonts" / "ttf"
    return Fonts(str(files / "DejaVuSans.ttf"), str(files / "DejaVuSans-Bold.ttf"))


@contextmanager
def _folder(keep_in: Path) -> Iterator[str]:
    """Where matplotlib may write while it is imported."""
    if chosen := os.environ.get(_CONFIGURATION):
        yield chosen
    elif keep_in.is_dir() and os.access(keep_in, os.W_OK):
        yield str(keep_in / "matplotlib")
    else:
        with TemporaryDirectory(prefix="lookout-fonts-") as folder:
            yield folder


@contextmanager
def _environment(name: str, value: str) -> Iterator[None]:
    before = os.environ.get(name)
    os.environ[name] = value
    try:
        yield
    finally:
        if before is None:
            del os.environ[name]
        else:
            os.environ[name] = before
