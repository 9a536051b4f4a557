"""`python -m tests.bench.timed run dashboard.py …`: Streamlit's own command, which writes the ms of each script run to the
file TIMED.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import Any

from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.web.cli import main

NOTES = Path(os.environ["TIMED"])


def _noted(run: Any) -> Any:
    def timed(runner: ScriptRunner, *given: Any) -> None:
        start = time.perf_counter()
        run(runner, *given)
        with NOTES.open("a") as notes:
            print((time.perf_counter() - start) * 1000, file=notes)

    return timed


if __name__ == "__main__":
    NOTES.touch()
    ScriptRunner._run_script = _noted(ScriptRunner._run_script)
    sys.argv[0] = "streamlit"
    sys.exit(main())
