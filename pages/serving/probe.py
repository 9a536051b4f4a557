"""`python -m pages.serving.probe`: asks the server of this machine whether it has data and shows a page.

For rollouts and as a container's health check. It knows the port and the base path from the same variables as the
server. Exit code 0 if /healthz answers "ok" and the overview is shown, else 1 with the reason on standard error.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from json import load
from urllib.request import urlopen

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect
from websockets.typing import Subprotocol

from pages.serving.script_error import MESSAGE

TIMEOUT = 5
"""Maximum number of seconds to wait for an answer, or for the next part of the page."""


def place(environment: Mapping[str, str]) -> str:
    """Host, port and base path of the server of this environment."""
    base = environment.get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
    return "/".join(filter(None, [f"localhost:{environment.get('STREAMLIT_SERVER_PORT') or '8501'}", base]))


def check_page(server: str) -> None:
    """Runs the overview over a socket as a browser does; ValueError if it fails or consists of a single part."""
    asked, parts = BackMsg(), 0
    asked.rerun_script.SetInParent()
    address = f"ws://{server}/_stcore/stream"
    with connect(address, subprotocols=[Subprotocol("streamlit")], open_timeout=TIMEOUT, max_size=None) as socket:
        socket.send(asked.SerializeToString())
        message = ForwardMsg()
        while not message.HasField("script_finished"):
            message.ParseFromString(socket.recv(TIMEOUT, decode=False))
            parts += message.HasField("delta")
            if MESSAGE[1] in message.delta.new_element.alert.body:
                raise ValueError(MESSAGE[1])
    if parts < 2:
        raise ValueError("The page is empty.")


def main() -> int:
    """Asks for both, in this order."""
    try:
        server = place(os.environ)
        with urlopen(f"http://{server}/healthz", timeout=TIMEOUT) as answer:
            status = load(answer)["status"]
        if status != "ok":
            raise ValueError(status)
        check_page(server)
    except (OSError, WebSocketException, ValueError, KeyError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
