"""What a terminal shows, as SVG: for scripts/picture and scripts/recording."""

import re
from html import escape

WIDTH, HEIGHT, MARGIN = 7.3, 17, 12
STYLE = """
  svg { background: #ffffff; } text { fill: #24292f; font: 12px ui-monospace, Menlo, Consolas, monospace; white-space: pre; }
  .c1 { font-weight: bold; } .c2 { fill: #8c959f; } .c31 { fill: #cf222e; } .c32 { fill: #1a7f37; } .c33 { fill: #9a6700; }
  .c35 { fill: #8250df; } .c36 { fill: #0969da; font-weight: bold; }
  @media (prefers-color-scheme: dark) {
    svg { background: #0d1117; } text { fill: #e6edf3; } .c2 { fill: #6e7681; } .c31 { fill: #ff7b72; }
    .c32 { fill: #3fb950; } .c33 { fill: #d29922; } .c35 { fill: #bc8cff; } .c36 { fill: #58a6ff; }
  }"""


def classes_of(classes, codes):
    """The classes after an escape sequence of colours."""
    for code in (codes or "0").split(";"):
        classes = () if code in ("", "0") else (*classes, f"c{code}")
    return classes


def span(text, classes):
    return f'<tspan class="{" ".join(classes)}">{escape(text)}</tspan>' if classes else escape(text)


def spans(line):
    """The parts of a line, each with the classes of its colours."""
    classes, parts = (), []
    for codes, text in re.findall(r"(?:\x1b\[([\d;]*)m)?([^\x1b]*)", line):
        if codes:
            classes = classes_of(classes, codes)
        if text:
            parts.append(span(text, classes))
    return "".join(parts)


def size(columns, rows):
    """Of a picture in pixels."""
    return round(columns * WIDTH) + 2 * MARGIN, rows * HEIGHT + 2 * MARGIN


def baseline(row):
    """Where the text of a row stands; the first is 0."""
    return MARGIN + (row + 1) * HEIGHT - 4
