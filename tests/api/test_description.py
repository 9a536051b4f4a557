"""The data links behave as their own OpenAPI description says: schemathesis sends what it allows and what it forbids."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from starlette.routing import Router

from data.downloads.dictionary import PRESETS
from data.reading.live import Live
from pages.serving.api import mount
from tests.answers import ask
from tests.app import showing
from tests.folders import copy_data

LINKS = Router([mount()])
CASES = ("2020-03-returns-warehouse", "2020-09-dancheng-health")
SAME_QUERY = [
    *("/metrics.xlsx", "/metrics.json", "/dataset.zip", "/report.html"),
    *("/missing.csv", "/elsewhere.csv", "/counties.csv", "/places.geojson"),
]
"""Links with the query parameters of /metrics.csv and /areas.csv, which are tested in full."""
EXAMPLES = {"request-timeout": 600, "generation": {"max-examples": 10, "deterministic": True, "database": "none"}}
FEW = {"coverage": {"enabled": False}, "stateful": {"enabled": False}}
FULL = {"stateful": {"enabled": False}}


@pytest.fixture(scope="module", autouse=True)
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[str]]:
    """The paths that are described. The links show two cases, the shortest: each value that a parameter may have is
    sent once.
    """
    with showing(Live(copy_data(tmp_path_factory.mktemp("few") / "data", CASES))):
        yield list(ask(LINKS, "/api/openapi.json").json["paths"])


def send_and_validate(paths: list[str], phases: dict[str, dict[str, bool]]) -> tuple[set[str], list[str]]:
    """The paths that were asked, and what they did otherwise than described."""
    import schemathesis  # not above: it takes two seconds, in each process that collects the tests
    from schemathesis.engine import Status, events, from_schema

    @schemathesis.hook
    def before_call(context: object, case: schemathesis.Case, kwargs: dict[str, object]) -> None:
        """A choice of columns goes with no fields, which a description cannot say; a wrong one is sent."""
        if case.query.get("fields") and case.query.get("columns") in PRESETS:
            case.query.pop("columns")

    config = schemathesis.Config.from_dict({**EXAMPLES, "phases": phases})
    schema = schemathesis.openapi.from_asgi("/api/openapi.json", LINKS, config=config).include(path=paths)
    asked: set[str] = set()
    differences: list[str] = []
    for event in from_schema(schema).execute():
        if isinstance(event, (events.NonFatalError, events.FatalError, events.Interrupted)):
            differences.append(repr(event))
        elif isinstance(event, events.ScenarioFinished):
            asked |= {node.value.operation.path for node in event.recorder.cases.values()}
            checks = [check for checks in event.recorder.checks.values() for check in checks]
            differences += [str(check.failure_info) for check in checks if check.status is not Status.SUCCESS]
            differences += [str(event.label)] * (event.status is Status.ERROR)
    return asked, differences


def test_what_is_described_is_so(described):
    paths = sorted({*described} - {*SAME_QUERY})
    assert send_and_validate(paths, FULL) == ({*paths}, [])


def test_the_other_forms_are_described_as_they_are(described):
    assert {*SAME_QUERY} <= {*described}
    assert send_and_validate(SAME_QUERY, FEW) == ({*SAME_QUERY}, [])
