"""Pictures for the documentation: PNG files that stay small."""

import io
from pathlib import Path

LARGEST_BYTES = 300_000
COLOURS = (256, 128, 64, 32)


def save_small(image, path: Path, largest_bytes: int = LARGEST_BYTES) -> int:
    """Write a QImage as PNG; with fewer colours where it would be larger than `largest_bytes`.

    Returns:
        Its size in bytes.
    """
    from PIL import Image
    from PySide6.QtGui import QImage

    rgb = image.convertToFormat(QImage.Format.Format_RGB888)
    size, stride = (rgb.width(), rgb.height()), rgb.bytesPerLine()
    picture = Image.frombuffer("RGB", size, bytes(rgb.constBits()), "raw", "RGB", stride, 1)
    data = _png(picture)
    for colours in COLOURS:
        if len(data) <= largest_bytes:
            break
        data = _png(picture.quantize(colours, Image.Quantize.MEDIANCUT, dither=Image.Dither.NONE))
    path.write_bytes(data)
    return len(data)


def _png(picture) -> bytes:
    file = io.BytesIO()
    picture.save(file, "PNG", optimize=True)
    return file.getvalue()
