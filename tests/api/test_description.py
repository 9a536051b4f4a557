"""The data links do what their own description says: schemathesis asks them what it allows and what it forbids."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from starlette.routing import Router

from data.routes import mounted

LINKS = Router([mounted()])
SLOW = "/metrics.xlsx"
"""It takes the query of /metrics.csv, which is asked everything; writing hundreds of workbooks would tell nothing more."""
FEW = schemathesis.Config.from_dict({"phases": {"coverage": {"enabled": False}}})
few = settings(max_examples=10, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
thorough = schemathesis.openapi.from_asgi("/api/openapi.json", LINKS).exclude(path=SLOW)
slow = schemathesis.openapi.from_asgi("/api/openapi.json", LINKS, config=FEW).include(path=SLOW)


@thorough.parametrize()
@few
def test_what_is_described_is_so(case: Any) -> None:
    case.call_and_validate()


@slow.parametrize()
@few
def test_the_workbook_is_described_as_it_is(case: Any) -> None:
    case.call_and_validate()
