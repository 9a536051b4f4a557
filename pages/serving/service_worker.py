"""The service worker: pages/browser/worker.js, which keeps the app's files, or worker_off.js, which removes it."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import streamlit
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from pages.serving.etag import is_current

PATH = "worker.js"
STATIC = Path(streamlit.__file__).parent / "static"
_SCRIPTS = {
    kept: (Path(__file__).parents[1] / "browser" / f"{name}.js").read_text(encoding="utf-8")
    for kept, name in ((True, "worker"), (False, "worker_off"))
}
"""The script of the worker by whether it keeps files."""


def list_files() -> list[str]:
    """The files of the app below its static folder. Their names hold a digest of their content."""
    return sorted(path.relative_to(STATIC).as_posix() for path in STATIC.rglob("*") if path.is_file())


def worker_route(base: str, keeps_files: bool) -> Route:
    """The route of the worker: a script that browsers check at each visit, for the pages below `base`."""
    version = sha256("\n".join(list_files()).encode()).hexdigest()[:16]
    settings = json.dumps({"base": f"{base}/", "version": version})
    body = f"const settings = {settings};\n{_SCRIPTS[keeps_files]}".encode()
    headers = {
        "etag": f'W/"{sha256(body).hexdigest()[:32]}"',
        "cache-control": "no-cache",
        "service-worker-allowed": f"{base}/",
    }

    def worker(request: Request) -> Response:
        if is_current(request, headers["etag"]):
            return Response(status_code=304, headers=headers)
        return Response(body, media_type="text/javascript", headers=headers)

    return Route(f"{base}/{PATH}", worker)
