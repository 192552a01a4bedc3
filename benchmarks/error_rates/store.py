"""Results by name in error_rates.json: read, and written whole after each part, so that a cut run loses one part."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

RATES = Path(__file__).parents[1] / "error_rates.json"


def stored(path: Path = RATES) -> dict[str, Any]:
    """Everything found so far."""
    return json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}


def keep(section: str, found: Mapping[str, Any], path: Path = RATES) -> None:
    """Adds to one section what was found; the file is replaced in one step."""
    everything = stored(path)
    everything[section] = {**everything.get(section, {}), **found}
    draft = path.with_suffix(".part")
    draft.write_text(json.dumps(everything, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    os.replace(draft, path)
