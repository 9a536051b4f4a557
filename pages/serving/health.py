"""The health check `/healthz`, for supervisors and probes."""

from __future__ import annotations

import time
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from data import __version__
from data.reading.live import State, current
from data.reading.load import DatasetError

NO_DATA = {"release": __version__, "version": None, "cases": 0, "metrics": 0, "loaded": None}


def healthz(request: Request) -> Response:
    """Answers 200 with the release of the server, and the version, size and loading time of the data that is served.

    `problems` is the number of problems of a newer edit that is not used. 503 while there is no data.
    """
    try:
        status, body = 200, _describe(current())
    except DatasetError as error:
        status, body = 503, {"status": "no data", **NO_DATA, "problems": len(error.problems)}
    return JSONResponse(body, status, {"cache-control": "no-store"})


def _describe(state: State) -> dict[str, object]:
    return {
        "status": "ok",
        "release": __version__,
        "version": state.dataset.version,
        "cases": len(state.dataset.cases),
        "metrics": len(state.dataset.metrics),
        "loaded": datetime.fromtimestamp(state.loaded_at, UTC).isoformat(timespec="seconds"),
        "age": max(0, int(time.time() - state.loaded_at)),
        "problems": len(state.problems),
    }
