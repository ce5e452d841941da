"""The figures inside of the page: WebP without loss, of few colours.

Measured on 47 figures of the references: 11.6 MB as SVG, 4.9 MB as WebP of quality 80 and 3.0 MB
without loss in 64 colours, with sharper lines. Palettes of Pillow's own lose pale areas and small
marks, by which a verdict is told; the one here keeps them.
"""

import base64
import io
from pathlib import Path
from typing import Any

import numpy as np

from labs.kit.extras import require
from labs.page.markup import tag, text

WIDTH, SMALL = 1100, 800  # pixels of a figure at most, and of the one beside a finding
COLORS = 64
COMMON = 5e-4  # share of the pixels from which on a colour is kept apart from near ones
NEAR, FAR = 8, 40  # apart at least, of 255: common colours, and others


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
    own = Image.new("P", (1, 1))
    own.putpalette(palette(np.asarray(image)).tobytes())
    few = image.quantize(palette=own, dither=Image.Dither.NONE)
    buffer = io.BytesIO()
    few.convert("RGB").save(buffer, "WEBP", lossless=True, quality=100, method=4)
    return buffer.getvalue(), image.size


def palette(pixels: np.ndarray) -> np.ndarray:
    """Return the most frequent colours of an image that are not near one another.

    Args:
        pixels: uint8, shape (height, width, 3).

    Returns:
        uint8, shape (256, 3): at most `COLORS` of them, and the first again where there are fewer.
    """
    codes = pixels.reshape(-1, 3).astype(np.uint32) @ np.array([1 << 16, 1 << 8, 1], np.uint32)
    codes, counts = np.unique(codes, return_counts=True)  # of whole numbers, which is fast
    order = np.argsort(-counts, kind="stable")
    found = (codes[order, None] >> np.array([16, 8, 0], np.uint32) & 255).astype(int)
    apart = np.where(counts[order] > COMMON * counts.sum(), NEAR, FAR)
    distance, chosen = np.full(len(found), 256), list[np.ndarray]()
    while len(chosen) < COLORS and (free := distance >= apart).any():
        chosen.append(found[free.argmax()])
        distance = np.minimum(distance, np.abs(found - chosen[-1]).max(axis=1))
    return np.array(chosen + [chosen[0]] * (256 - len(chosen)), dtype=np.uint8)


def figure(image: str, caption: str, *below: str, **attributes: Any) -> str:
    """Return an image with its caption, which is HTML; where there is no image, a sentence."""
    missing = "This picture is not in an installed package; a checkout has it."
    shown = tag("div", image) if image else tag("p", text(missing), class_="missing")
    return tag("figure", shown, tag("figcaption", caption, *below), **attributes)
