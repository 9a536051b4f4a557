"""`python -m pages.serving.probe`: asks the server of this machine whether it has data, as a container's health check.

It knows the port and the base path from the same variables as the server. Exit code 0 if /healthz answers "ok", else 1
with the reason on standard error.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException

TIMEOUT = 5
"""Maximum number of seconds to wait for the answer."""


def place(environment: Mapping[str, str]) -> tuple[int, str]:
    """The port and the path at which the server of this environment answers its health check."""
    base = environment.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
    return int(environment.get("STREAMLIT_SERVER_PORT") or "8501"), f"/{base}/healthz" if base else "/healthz"


def main() -> int:
    try:
        port, path = place(os.environ)
        connection = HTTPConnection("localhost", port, timeout=TIMEOUT)
        connection.request("GET", path)
        status = json.load(connection.getresponse())["status"]
    except (OSError, HTTPException, ValueError, KeyError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0 if status == "ok" else 1


if __name__ == "__main__":
    sys.exit(main())
