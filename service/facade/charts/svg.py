"""What matplotlib's SVG lacks: words for those who do not see it, and sizes in CSS pixels."""

import re
from xml.sax.saxutils import escape

_OPENING = re.compile(r'<svg [^>]*?width="([\d.]+)pt" height="([\d.]+)pt"[^>]*?>', re.DOTALL)
_FRONT = re.compile(r"<metadata>.*?</metadata>\s*", re.DOTALL)
_COMMENTS = re.compile(r"<!--.*?-->\s*", re.DOTALL)
_PATHS, _DIGITS = re.compile(r'(?<= d=")[^"]+'), re.compile(r"(\.\d\d)\d+")
_NO_XML = re.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")  # XML 1.0, production 2
_NAMESPACES = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def finished_svg(drawn: bytes, title: str, description: str) -> bytes:
    """The drawing as an image with a name and a description (WAI-ARIA, role `img`), without the prologue of old."""
    text = drawn.decode()
    opening = _OPENING.search(text)
    if opening is None:
        raise ValueError("matplotlib writes another kind of SVG than it did")
    inner = _PATHS.sub(_shorter, text[opening.end() :])
    inner = _COMMENTS.sub("", _FRONT.sub("", inner, count=1))
    width, height = (number.removesuffix(".0") for number in opening.groups())
    whole = "\n".join([
        f'<svg {_NAMESPACES} version="1.1" width="{width}" height="{height}" viewBox="0 0 {width} {height}"'
        ' role="img" aria-labelledby="title description">',
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="description">{escape(description)}</desc>{inner}',
    ])  # fmt: skip
    return _NO_XML.sub("\ufffd", whole).encode()


def _shorter(path: re.Match[str]) -> str:
    """A hundredth of a pixel is exact enough, and a third of the size."""
    return _DIGITS.sub(r"\1", path[0]).replace(" \n", " ")
