"""An SVG file -> an `<svg>` element for the inside of a page."""

from __future__ import annotations

import re
from html import escape

from lnnstats.report.figures.style import in_the_dark


def embedded(file: str, id: str, title: str, description: str) -> str:
    """Without prologue, metadata and size; ids prefixed by the figure's; named, described, recoloured in the dark."""
    body = _ids(_inside(file), id)
    role = "group" if "<a " in body else "img"  # an image has no links within
    dark = in_the_dark(body)
    for light in dark:
        body = body.replace(light, f"var(--c{light[1:]}, {light})")
    box = re.search(r'viewBox="([^"]+)"', file)
    assert box is not None
    width = float(box[1].split()[2]) / 72
    return (
        f'<svg id="{id}-drawing" role="{role}" aria-labelledby="{id}-title {id}-description"'
        f' viewBox="{box[1]}" style="max-width: {width:.2f}in">'
        f'<title id="{id}-title">{escape(title)}</title><desc id="{id}-description">{escape(description)}</desc>'
        f"<style>{_night(id, dark)}</style>{body}</svg>"
    )


def _inside(file: str) -> str:
    """What lies between the outermost tags, less the metadata, with paths to a hundredth of a point."""
    body = file[file.index(">", file.index("<svg")) + 1 : file.rindex("</svg>")]
    body = re.sub(r"\s*<metadata>.*?</metadata>", "", body, flags=re.DOTALL)
    body = body.replace("xlink:href", "href").replace(' target="_blank"', "")
    return re.sub(r' d="[^"]*"', lambda path: re.sub(r"(\.\d\d)\d+", r"\1", path[0]), body)


def _ids(body: str, id: str) -> str:
    """Ids and references to them prefixed; a reference to an anchor of the page stays."""
    own = set(re.findall(r'\bid="([^"]+)"', body))
    body = re.sub(r'\bid="([^"]+)"', rf'id="{id}-\1"', body)
    body = re.sub(r'\bhref="#([^"]+)"', lambda to: f'href="#{id}-{to[1]}"' if to[1] in own else to[0], body)
    return re.sub(r"url\(#([^)]+)\)", rf"url(#{id}-\1)", body)


def _night(id: str, dark: dict[str, str]) -> str:
    """The colours of a dark page, as variables of this figure."""
    variables = "; ".join(f"--c{light[1:]}: {other}" for light, other in dark.items())
    return f"@media screen and (prefers-color-scheme: dark) {{ #{id}-drawing {{ {variables} }} }}"
