"""Visitors of the dashboard: a reader who uses it and checks every response, and one who only passes by an empty page."""

from __future__ import annotations

import asyncio
import random
import re
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from html import unescape
from time import perf_counter
from typing import Any, Protocol
from urllib.parse import parse_qsl

from data.query.dataset import Dataset
from data.query.filters import Filters, list_options, parse, select
from pages.markup.screens import SCREENS
from tests.bench.tab import Tab, WrongAnswerError

FIRST_TIME = 0.5
"""Share of visitors without any file of the server in their cache."""
FILTERING = 0.55
"""Share of a reader's actions that change a filter; the others change the page."""
SOUGHT = ("银行", "days", "a word nobody wrote", "100 %", "")
TIMEOUT = 30.0
"""Seconds after which a visitor gives up, which counts as an error."""


@dataclass
class Tally:
    """Results of the visits: ms by action, and errors."""

    times: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    errors: list[str] = field(default_factory=list)

    @asynccontextmanager
    async def timed(self, act: str) -> AsyncIterator[None]:
        start = perf_counter()
        async with asyncio.timeout(TIMEOUT):
            yield
        self.times[act].append((perf_counter() - start) * 1000)


class Visitor(Protocol):
    """A tab whose visit consists of actions. `resume` checks the state after the connection broke in the middle of one."""

    tab: Tab

    async def arrive(self, tally: Tally) -> None: ...
    async def act(self, tally: Tally) -> None: ...
    async def resume(self, tally: Tally) -> None: ...


class Reader:
    """A reader of the dashboard. Every response is compared with what data.query.filters selects."""

    def __init__(self, tab: Tab, dataset: Dataset, chance: random.Random) -> None:
        self.tab, self.dataset, self.chance = tab, dataset, chance
        self.lang = "zh" if tab.locale.startswith("zh") else "en"
        self.filters = self.wanted = Filters()

    async def arrive(self, tally: Tally) -> None:
        """Open a link, every other one with a filter."""
        page, first = self.chance.choice([*SCREENS]), self.chance.random() < FIRST_TIME
        if self.chance.random() < 0.5:
            self.wanted = self.another()[1]
        async with tally.timed("open, first time" if first else "open, again"):
            await self.tab.open("/" if page == "overview" else f"/{page}", self.wanted.query(), first)
        self.look()

    async def act(self, tally: Tally) -> None:
        if SCREENS[self._page()].has_filters and self.chance.random() < FILTERING:
            name, self.wanted = self.another()
            async with tally.timed("filter change"):
                await self._apply(name)
        else:
            links = [link.href for link in self.tab.links() if "view=" not in link.href]
            href = self.chance.choice(links)
            self.wanted = self._read(href.partition("?")[2])
            async with tally.timed("page change"):
                await self.tab.follow(href)
        self.look()

    async def resume(self, tally: Tally) -> None:
        """A choice made while the connection broke is either kept or not; the view before it always is."""
        async with tally.timed("reconnect in a run"):
            await self.tab.reconnect()
            await self.tab.rerun()
        if self._addressed() == self.filters:
            self.wanted = self.filters
        self.look()

    def another(self) -> tuple[str, Filters]:
        """A different choice in one filter, by its name; or none in any."""
        if self.filters and self.chance.random() < 0.3:
            return "", Filters()
        name, values = self.chance.choice([*list_options(self.dataset).items(), ("search", SOUGHT)])
        value = self.chance.choice(values)
        if name == "search":
            return name, replace(self.filters, search=value)
        chosen = set(getattr(self.filters, name)) ^ {value}
        return name, replace(self.filters, **{name: tuple(known for known in values if known in chosen)})

    async def _apply(self, name: str) -> None:
        if not name:
            await self.tab.press("clear-all")
        elif name == "search":
            await self.tab.choose(name, lambda state: setattr(state, "string_value", self.wanted.search))
        else:
            await self.tab.filter(name, getattr(self.wanted, name))

    def look(self) -> None:
        """Check that the page is the requested one, complete and without an error, and shows the selection."""
        self.filters = self.wanted
        page = self._page()
        texts = [element.html.body for element in self.tab.elements("html")]
        said = next(
            (unescape(re.sub(r"<span.*|<[^>]*>", "", text)) for text in texts if '<p class="status"' in text), ""
        )
        noticed = {
            f"the title is {self.tab.title!r}": not self.tab.title.startswith(f"{SCREENS[page].name[self.lang]} · "),
            "there is an error on it": any(self.tab.elements("exception")),
            "it has no heading": not any(self.tab.elements("heading")),
            "it has no end": not any("<footer" in text for text in texts),
            f"it says {said!r}, not {self._counts(page)}": [*map(int, re.findall(r"\d+", said))] != self._counts(page),
            f"its address is {self.tab.query!r}": self._addressed() != self.filters,
        }
        wrong = [what for what, is_so in noticed.items() if is_so]
        if wrong:
            raise WrongAnswerError(f"{page} with {self.filters.query()}: {'; '.join(wrong)}")

    def _page(self) -> str:
        return self.tab.path.strip("/") or "overview"

    def _counts(self, page: str) -> list[int]:
        """The numbers in the status line, which only a page with filters has."""
        if not SCREENS[page].has_filters:
            return []
        found = select(self.dataset, self.filters)
        return [len(found.cases), len(found.positions)]

    def _addressed(self) -> Filters:
        return self._read(self.tab.query)

    def _read(self, query: str) -> Filters:
        return parse(dict(parse_qsl(query)), self.dataset)[0]


class Passer:
    """A visitor of the empty page, at the same pace."""

    def __init__(self, tab: Tab, chance: random.Random) -> None:
        self.tab, self.chance = tab, chance

    async def arrive(self, tally: Tally) -> None:
        first = self.chance.random() < FIRST_TIME
        async with tally.timed("open, first time" if first else "open, again"):
            await self.tab.open("/", {}, first)

    async def act(self, tally: Tally) -> Any:
        async with tally.timed("rerun"):
            await self.tab.press("again")

    async def resume(self, tally: Tally) -> None:
        raise WrongAnswerError("the empty page's server is gone")
