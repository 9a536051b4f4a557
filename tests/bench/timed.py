"""`python -m tests.bench.timed run dashboard.py …`: Streamlit's own command, which writes the time of each script run
to the file TIMED.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

import plotly.io
from streamlit.runtime.scriptrunner.script_runner import ScriptRunner
from streamlit.web.cli import main

NOTES = Path(os.environ["TIMED"])
_encoding: list[float] = []


def _stopped(encode: Any) -> Any:
    def timed(*given: Any, **named: Any) -> Any:
        start = time.perf_counter()
        try:
            return encode(*given, **named)
        finally:
            _encoding.append((time.perf_counter() - start) * 1000)

    return timed


def _noted(run: Any) -> Any:
    def timed(runner: ScriptRunner, *given: Any) -> None:
        _encoding.clear()
        start, processor = time.perf_counter(), time.thread_time()
        run(runner, *given)
        whole, own = (time.perf_counter() - start) * 1000, (time.thread_time() - processor) * 1000
        with NOTES.open("a") as notes:
            print(
                json.dumps({"script": whole - sum(_encoding), "encoding": sum(_encoding), "processor": own}), file=notes
            )

    return timed


if __name__ == "__main__":
    NOTES.touch()
    plotly.io.to_json = _stopped(plotly.io.to_json)
    ScriptRunner._run_script = _noted(ScriptRunner._run_script)
    sys.argv[0] = "streamlit"
    sys.exit(main())
