"""The data links do what their own description says: schemathesis asks them all it allows and much that it forbids."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from starlette.routing import Router

from data.routes import mounted

SCHEMA = schemathesis.openapi.from_asgi("/api/openapi.json", Router([mounted()]))
thorough = settings(max_examples=10, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))


@SCHEMA.parametrize()
@thorough
def test_what_is_described_is_so(case: Any) -> None:
    case.call_and_validate()
