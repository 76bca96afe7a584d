"""Engraves a score with Verovio: `python -m realtime.files.engraving.pages IN.musicxml FOLDER`.

Writes the pages as FOLDER/1.svg, 2.svg, ... in plain SVG, which Qt and every browser draw alike,
and reports messages of `realtime.files.engraving.messages`, a line of JSON each. A process of its
own: Verovio is C++, and what it is given may be large.
"""

import re
import sys
from pathlib import Path
from xml.etree import ElementTree as Xml

from realtime.files.engraving.messages import Engraved
from realtime.processes.inside import keep_output, report
from realtime.processes.message_lines import Failed
from realtime.troubles.codes import Code
from realtime.troubles.trouble import Trouble

SVG = "{http://www.w3.org/2000/svg}"
PAGE = (2100, 2970)
"""Width and height of A4 in tenths of a millimetre."""
SCALE = 75
"""Per cent of Verovio's usual size."""
MARGIN = 150
"""Tenths of a millimetre around a page."""
SYMBOLS = {"\ueca3": "𝅗𝅥", "\ueca5": "♩", "\ueca7": "♪", "\uecb7": "."}
"""Notes of a tempo in Verovio's own typeface -> those that others have."""


def main(argv: list[str]) -> int:
    """Engrave one file. Returns 0, or 1 where that fails: the report says why."""
    pipe = keep_output()
    score, folder = Path(argv[0]), Path(argv[1])
    try:
        import verovio
    except ImportError:
        report(pipe, Failed(Trouble(Code.SCORE_READER_MISSING)))
        return 1
    verovio.enableLog(verovio.LOG_OFF)
    toolkit = verovio.toolkit()
    toolkit.setOptions(
        {
            "pageWidth": PAGE[0], "pageHeight": PAGE[1], "scale": SCALE, "svgViewBox": True,
            "header": "auto", "footer": "none", "scaleToPageSize": True,
            **{f"pageMargin{side}": MARGIN for side in ("Left", "Right", "Top", "Bottom")},
        }
    )  # fmt: skip
    if not toolkit.loadFile(str(score)):
        report(pipe, Failed(Trouble(Code.SCORE_NOT_ENGRAVED)))
        return 1
    pages = toolkit.getPageCount()
    for number in range(1, pages + 1):
        (folder / f"{number}.svg").write_text(plain_svg(toolkit.renderToSVG(number)), "utf-8")
    report(pipe, Engraved(pages))
    return 0


def plain_svg(svg: str) -> str:
    """The page in the part of SVG that all programs draw: no inner pages, styles, nested spans."""
    Xml.register_namespace("", "http://www.w3.org/2000/svg")
    Xml.register_namespace("xlink", "http://www.w3.org/1999/xlink")
    root = Xml.fromstring(svg)
    for parent in list(root.iter()):
        for child in list(parent):
            unseen = "placeholder" in child.get("class", "")
            if unseen or child.tag in (f"{SVG}style", f"{SVG}desc", f"{SVG}title"):
                parent.remove(child)
    for element in root.iter():
        if element.tag == f"{SVG}svg" and element is not root:
            _scale(element, root)
        elif element.tag in (f"{SVG}path", f"{SVG}rect", f"{SVG}ellipse", f"{SVG}polyline"):
            if element.get("stroke-width") is not None:
                element.set("stroke", "#000000")
        elif element.tag == f"{SVG}text":
            _flatten(element)
    return Xml.tostring(root, encoding="unicode")


def _scale(inner: Xml.Element, outer: Xml.Element) -> None:
    """An inner page becomes a group at the scale of the outer one."""
    sizes = [[float(part) for part in each.get("viewBox", "").split()] for each in (outer, inner)]
    inner.tag = f"{SVG}g"
    inner.attrib.clear()
    inner.set("transform", f"scale({sizes[0][2] / sizes[1][2]:.6f})")
    inner.set("fill", "#000000")


def _flatten(text: Xml.Element) -> None:
    """Words in nested spans become one text in the size of the largest."""
    words = re.sub(r"\s+", " ", "".join(text.itertext())).strip()
    sizes = [each.get("font-size", "") for each in text.iter() if each.text and each.text.strip()]
    pixels = [float(size[:-2]) for size in sizes if size.endswith("px")]
    bold = any(each.get("font-weight") == "bold" for each in text.iter())
    placed = next((each for each in text.iter() if each.get("x") or each.get("y")), text)
    kept = {name: placed.get(name) for name in ("x", "y", "text-anchor")}
    kept["transform"] = text.get("transform")
    for child in list(text):
        text.remove(child)
    text.attrib.clear()
    for name, value in kept.items():
        if value is not None:
            text.set(name, value)
    text.set("font-family", "serif")
    text.set("font-size", f"{max(pixels, default=400):g}px")
    if bold:
        text.set("font-weight", "bold")
    text.text = "".join(SYMBOLS.get(letter, letter) for letter in words)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
