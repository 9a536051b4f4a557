"""The log: one JSON object a line on standard error. Who reads, and what they search for, is never written."""

from __future__ import annotations

import json
import logging
import time
from datetime import UTC, datetime

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from data.problems import visible

LEVELS = ("debug", "info", "warning", "error")
_OTHERS = ("streamlit", "uvicorn", "websockets")
logger = logging.getLogger(__name__)


def start(level: str) -> None:
    """Everything from this level on is written, by Streamlit and uvicorn from warnings on. A line that cannot be written, on a full disk, is lost and breaks nothing."""
    handler = logging.StreamHandler()
    handler.setFormatter(Lines())
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    for name, logger in logging.root.manager.loggerDict.items():
        if isinstance(logger, logging.Logger) and name.partition(".")[0] in _OTHERS:
            logger.handlers.clear()
            logger.propagate = True
            logger.setLevel(max(logging.WARNING, logging.root.level))


class Lines(logging.Formatter):
    """A record as one line of printable characters; `extra={"fields": …}` adds fields to it."""

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


class Requests:
    """Writes a line for every answer: method, path without its query, status, bytes and milliseconds until the last of them. Files of the program only for `debug`."""

    def __init__(self, app: ASGIApp, base: str = "") -> None:
        self.app, self.static = app, f"{base}/static/"

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        begun, fields = (
            time.perf_counter(),
            {"method": scope["method"], "path": visible(scope["path"], 200), "status": None, "bytes": 0},
        )

        async def counted(message: Message) -> None:
            await send(message)
            fields["status"] = message.get("status", fields["status"])
            fields["bytes"] += len(message.get("body", b""))

        try:
            await self.app(scope, receive, counted)
        finally:
            fields["ms"] = round((time.perf_counter() - begun) * 1000, 1)
            logger.log(
                logging.DEBUG if scope["path"].startswith(self.static) else logging.INFO,
                "request",
                extra={"fields": fields},
            )
