"""The data links behave as their own OpenAPI description says: schemathesis sends what it allows and what it forbids."""

from __future__ import annotations

from typing import Any

import schemathesis
from hypothesis import HealthCheck, settings
from starlette.routing import Router

from pages.serving.api import mount

LINKS = Router([mount()])
SAME_QUERY = ["/metrics.xlsx", "/metrics.json", "/dataset.zip"]
"""Links with the query parameters of /metrics.csv and /places.geojson, which are tested in full; these write workbooks
and archives, which is slow.
"""
FEW = schemathesis.Config.from_dict({"phases": {"coverage": {"enabled": False}}})
few = settings(max_examples=10, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck))
thorough = schemathesis.openapi.from_asgi("/api/openapi.json", LINKS).exclude(path=SAME_QUERY)
others = schemathesis.openapi.from_asgi("/api/openapi.json", LINKS, config=FEW).include(path=SAME_QUERY)


@thorough.parametrize()
@few
def test_what_is_described_is_so(case: Any) -> None:
    case.call_and_validate()


@others.parametrize()
@few
def test_the_other_forms_are_described_as_they_are(case: Any) -> None:
    case.call_and_validate()
