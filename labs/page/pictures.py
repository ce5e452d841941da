"""The figures inside of the page: WebP without loss, of a palette of 64 colours.

Measured on 47 figures of the references: 11.6 MB as SVG, 4.9 MB as WebP of quality 80, and 3.0 MB
as drawn here, where each is the smallest of the three, with sharper lines than the second.
"""

import base64
import io
from pathlib import Path
from typing import Any

from labs.kit.extras import require
from labs.page.markup import tag, text

WIDTH, SMALL = 1800, 800  # pixels of a figure at most, and of the one beside a finding
COLORS = 64


def picture(stem: Path, width: int, alt: str) -> str:
    """Return a figure as an image of at most `width` pixels, or empty where there is none: an
    installed package has no pictures.

    Args:
        stem: the path of the figure without ending.
        width: pixels.
        alt: what it shows, to one who does not see it.

    Raises:
        labs.kit.extras.MissingExtraError: Pillow, which comes with matplotlib, is not installed.
    """
    path = stem.with_name(f"{stem.name}.png")
    if not path.exists():
        return ""
    require("labs", "report --html", ["PIL"])
    content, (wide, high) = webp(path.read_bytes(), width)
    source = f"data:image/webp;base64,{base64.b64encode(content).decode()}"
    size = {"width": wide, "height": high}
    return tag("img", src=source, alt=alt, **size, loading="lazy", decoding="async")


def webp(png: bytes, width: int) -> tuple[bytes, tuple[int, int]]:
    """Return a PNG as WebP of at most `width` pixels, and its size in pixels."""
    from PIL import Image

    image: Any = Image.open(io.BytesIO(png)).convert("RGB")
    if image.width > width:
        size = (width, round(image.height * width / image.width))
        image = image.resize(size, Image.Resampling.LANCZOS)
    few = image.quantize(COLORS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    few.convert("RGB").save(buffer, "WEBP", lossless=True, quality=50, method=2)
    return buffer.getvalue(), image.size


def figure(image: str, caption: str, *below: str, **attributes: Any) -> str:
    """Return an image with its caption, which is HTML; where there is no image, a sentence."""
    missing = "This picture is not in an installed package; a checkout has it."
    shown = tag("div", image) if image else tag("p", text(missing), class_="missing")
    return tag("figure", shown, tag("figcaption", caption, *below), **attributes)
