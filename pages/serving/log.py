"""The log: one JSON object per line on standard error, without addresses of clients and without queries."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.model.problems import escape_invisible

LEVELS = ("debug", "info", "warning", "error")
_LIBRARIES = ("streamlit", "uvicorn", "websockets")
logger = logging.getLogger(__name__)


def configure(level: str) -> None:
    """Configures the root logger to write records of at least `level`; libraries write at least warnings.

    A line that cannot be written, as on a full disk, is dropped without an error.
    """
    handler = logging.StreamHandler()
    handler.setFormatter(JsonFormatter())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name, logger in logging.root.manager.loggerDict.items():
        if isinstance(logger, logging.Logger) and name.partition(".")[0] in _LIBRARIES:
            logger.handlers.clear()
            logger.propagate = True
            logger.setLevel(max(logging.WARNING, logging.root.level))


class JsonFormatter(logging.Formatter):
    """Formats a record as one line of printable characters; `extra={"fields": …}` adds fields to it."""

    def format(self, record: logging.LogRecord) -> str:
        written = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        line = {
            "time": written,
            "level": record.levelname.lower(),
            "from": record.name,
            "message": record.getMessage(),
            **getattr(record, "fields", {}),
        }
        if record.exc_info:
            line["traceback"] = self.formatException(record.exc_info)
        text = json.dumps(line, ensure_ascii=False, default=str)
        return "".join(character if character.isprintable() else json.dumps(character)[1:-1] for character in text)


class RequestLog:
    """Logs every response: method, path without query, status, bytes and milliseconds until the last of them.

    Static files are logged at level `debug`.
    """

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self.app, self.static = app, f"{base}/static/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        began = time.perf_counter()
        path = escape_invisible(scope["path"], 200)
        fields = {"method": scope["method"], "path": path, "status": None, "bytes": 0}

        async def send_counted(message: Message) -> None:
            await send(message)
            fields["status"] = message.get("status", fields["status"])
            fields["bytes"] += len(message.get("body", b""))

        try:
            await self.app(scope, receive, send_counted)
        finally:
            fields["ms"] = round((time.perf_counter() - began) * 1000, 1)
            level = logging.DEBUG if scope["path"].startswith(self.static) else logging.INFO
            logger.log(level, "request", extra={"fields": fields})
