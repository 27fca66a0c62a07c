"""What the tests run against besides our own code: servers and programs, each a pytest plugin module.

A `conftest.py` loads them all with `pytest_plugins = ["services.plugin"]`.
"""

import sys
from pathlib import Path

# The programs of environment/ know where prepared things lie; the fixtures ask them rather than repeat it.
sys.path.append(str(Path(__file__).resolve().parents[2] / "environment"))
