"""`lnnstats.stats` lists every procedure that a study can name, and importing it stays light."""

from __future__ import annotations

import subprocess
import sys

from lnnstats import stats
from lnnstats.analysis.calls import ENTRIES


def test_every_procedure_is_listed():
    missing = [kind for kind, entry in ENTRIES.items() if entry.procedure.__name__ not in stats.__all__]
    assert missing == []
    assert all(getattr(stats, entry.procedure.__name__) is entry.procedure for entry in ENTRIES.values())


def test_importing_it_loads_no_table_and_no_other_statistics():
    heavy = "{'pandas', 'scipy.stats', 'statsmodels', 'pingouin', 'lifelines', 'torch'}"
    code = f"import sys, lnnstats.stats; sys.exit(bool({heavy} & set(sys.modules)))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
