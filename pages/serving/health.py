"""What a supervisor asks: `/healthz`."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from data.live import State, current, progress
from data.load import DatasetError


def healthz(request: Request) -> Response:
    """Which data is served: its version, cases, figures, when it was loaded and how many seconds ago, and the number of problems of a newer edit.

    503 while there is none, which tells how many of how many files are read where that takes long.
    """
    try:
        status, body = 200, {"status": "ok", **_served(current())}
    except DatasetError as error:
        nothing = {"version": None, "cases": 0, "metrics": 0, "loaded": None}
        far = progress()
        status, body = (
            503,
            {"status": "reading", **nothing, "read": far[0], "of": far[1]}
            if far
            else {"status": "no data", **nothing, "problems": len(error.problems)},
        )
    return JSONResponse(body, status, {"cache-control": "no-store"})


def _served(state: State) -> dict[str, object]:
    return {
        "version": state.dataset.version,
        "cases": len(state.dataset.cases),
        "metrics": state.dataset.figures,
        "loaded": datetime.fromtimestamp(state.loaded_at, UTC).isoformat(timespec="seconds"),
        "age": max(0, int(time.time() - state.loaded_at)),
        "problems": len(state.problems),
    }
