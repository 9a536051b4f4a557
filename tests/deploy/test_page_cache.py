"""The pages that nginx keeps: which, for whom, and what readers get while no server answers.

Whether a server was asked stands in its log.
"""

from __future__ import annotations

import asyncio
import gzip
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from urllib.parse import urlsplit

import pytest

from pages.serving.page_request import LANGUAGES, prefers_chinese
from tests.bench.tab import Tab
from tests.bench.visitors import Reader, Tally
from tests.deploy.pair import Pair, Server, fronted, pair
from tests.deploy.test_nginx import UNAVAILABLE, get
from tests.folders import copy_data
from tests.server import free_port, health, logged, started, until

BROWSER = "gzip, deflate, br, zstd"
ACCEPTED = {
    "zh": ("zh", "zh-CN,zh;q=0.9,en;q=0.8", "zh-Hant-TW, en", "ZH-cn,en"),
    "en": ("", "en", "en-US,en;q=0.5", "de-CH, zh;q=0.9", "en,zh", "zhx,zh;q=0.9"),
}
"""What browsers say of their language, by the language that they get from what is kept."""
LEFT_TO_THE_SERVER = ("en;q=0.5,zh", "*,zh;q=0.5", "zh;q=0.3, en;q=0.2", "en ,zh", "zh;q=1", "x" * 300)
"""The same where nginx does not decide."""


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Pair]:
    hosts = "localhost 127.0.0.1 one.example.org two.example.org"
    with pair(tmp_path_factory.mktemp("kept"), HENAN_ALLOWED_HOSTS=hosts) as running:
        yield running


def count_asked(served: Pair, path: str) -> int:
    """Number of requests for a path that have reached the servers."""
    for server in served.servers:
        assert health(server.address)["status"] == "ok", "its log has all that it was asked before"
    return sum(line.get("path") == path for log in served.folder.glob("server-*.log") for line in logged(log))


def list_kept(folder: Path) -> set[str]:
    """The keys of the pages that nginx keeps, without scheme and host."""
    contents = [file.read_bytes() for file in (folder / "henan-reforms-pages").rglob("*") if file.is_file()]
    keys = [found[1].decode() for content in contents if (found := re.search(rb"^KEY: (.*)$", content, re.MULTILINE))]
    return {re.sub(r"^\w+://[^/]*", "", key) for key in keys}


def test_the_second_reader_gets_the_page_of_the_first_as_the_server_wrote_it(served, dataset):
    case = dataset.cases[1].id
    path = f"/case?case={case}"
    direct = get(served.servers[0].address.replace("localhost", "127.0.0.1"), path, accept_encoding="gzip")
    first, *others = (
        get(served.address, path, f"127.0.3.{number}", accept_encoding=BROWSER, accept_language="en")
        for number in range(1, 7)
    )
    assert count_asked(served, "/case") == 2
    for answer in (first, *others):
        assert (answer.status, answer.headers["content-encoding"]) == (200, "gzip")
        assert gzip.decompress(answer.body).replace(urlsplit(served.address).netloc.encode(), b"") == gzip.decompress(
            direct.body
        ).replace(urlsplit(served.servers[0].address).netloc.replace("localhost", "127.0.0.1").encode(), b"")
        assert answer.headers.keys() >= direct.headers.keys() - {"x-accel-expires", "content-length"}
        assert "x-accel-expires" not in answer.headers
        assert answer.headers["cache-control"] == direct.headers["cache-control"] == "no-cache"
        assert answer.headers["content-security-policy"] == direct.headers["content-security-policy"]


def test_a_browser_that_has_the_page_is_told_so(served):
    path = "/map?lang=en"
    answer = get(served.address, path, accept_encoding=BROWSER)
    for known in (answer.headers["etag"], f'"other", {answer.headers["etag"]}'):
        again = get(served.address, path, accept_encoding=BROWSER, if_none_match=known)
        assert (again.status, again.body, again.headers["etag"]) == (304, b"", answer.headers["etag"])
    assert get(served.address, path, accept_encoding=BROWSER, if_none_match='"other"').status == 200
    assert count_asked(served, "/map") == 1


def test_languages_never_mix(served):
    everything = [(header, lang) for lang, headers in ACCEPTED.items() for header in headers]
    everything += [(header, "zh" if prefers_chinese(header) else "en") for header in LEFT_TO_THE_SERVER]
    Random(7).shuffle(everything)
    before = count_asked(served, "/compare")
    for header, lang in everything * 2:
        assert lang == ("zh" if prefers_chinese(header) else "en")
        answer = get(served.address, "/compare", accept_encoding="gzip", accept_language=header)
        assert answer.headers["content-language"][:2] == lang, header
        assert f'<html lang="{answer.headers["content-language"]}"'.encode() in gzip.decompress(answer.body)
    assert count_asked(served, "/compare") - before == len(ACCEPTED) + 2 * len(LEFT_TO_THE_SERVER)
    for lang in LANGUAGES:
        answer = get(served.address, f"/compare?lang={lang}", accept_language={"zh": "en", "en": "zh"}[lang])
        assert answer.headers["content-language"][:2] == lang
    assert {key for key in list_kept(served.folder) if key.startswith("/compare ")} == {
        "/compare zh gzip",
        "/compare en gzip",
    }


def test_hosts_never_mix(served):
    for _ in range(2):
        for host in ("one.example.org", "two.example.org"):
            body = get(served.address, "/data", host=host).body.decode()
            assert set(re.findall(r"\w+\.example\.org", body)) == {host}
    assert count_asked(served, "/data") == 2


def test_forms_never_mix(served):
    sizes = {}
    for accepted in (BROWSER, "gzip", "br", "identity", "gzip;q=0", "br, gzip;q=0") * 2:
        answer = get(served.address, "/method?lang=zh", accept_encoding=accepted)
        packed = answer.headers.get("content-encoding", "")
        assert packed == ("gzip" if accepted in (BROWSER, "gzip") else "")
        sizes.setdefault(packed, set()).add(len(gzip.decompress(answer.body) if packed else answer.body))
    assert sizes["gzip"] == sizes[""]
    assert len(sizes[""]) == 1


@pytest.mark.parametrize(
    "target",
    [
        "/?utm={}",
        "/?lang=en&x{}=",
        "/?city=410300&{}",
        "/?city=410300,410{}",
        "/?page={}",
        "/?search=a{}",
        "/case?case=2020-{}",
        "/unknown{}/",
        "/%6dap?{}",
        "/map?city=%34103{}",
        "/{}".ljust(300, "/"),
    ],
)
def test_what_somebody_makes_up_is_not_kept(served, target):
    before = list_kept(served.folder)
    for number in (100, 100, 101):
        assert get(served.address, target.format(number), accept_language="en").status in (200, 301, 404)
    assert list_kept(served.folder) == before


def test_errors_are_not_kept(served):
    for _ in range(2):
        assert get(served.address, "/?lang=en", host="three.example.org").status == 421
    assert get(served.address, "/?lang=en", host="one.example.org").status == 200
    assert not [key for key in list_kept(served.folder) if not key.endswith((" ", "gzip", "br"))]


def test_what_is_no_page_is_asked_for_each_time(served):
    for path in ("/api/cases.json", "/api/metrics.csv", "/sitemap.xml", "/_stcore/health"):
        before = count_asked(served, path)
        for _ in range(3):
            assert get(served.address, path).status == 200
        assert count_asked(served, path) - before == 3
    packed = get(served.address, "/api/metrics.csv", accept_encoding=BROWSER)
    plain = get(served.address, "/api/metrics.csv", accept_encoding="identity")
    assert (packed.headers["content-encoding"], gzip.decompress(packed.body)) == ("gzip", plain.body)


def test_a_reader_works_with_a_kept_page(served, dataset):
    """Of the other server too: each of these readers has a socket with the server of its own address."""

    async def visit(source: str) -> None:
        reader = Reader(Tab(served.address, "en-US", source), dataset, Random(source))
        await reader.arrive(Tally())
        for _ in range(3):
            await reader.act(Tally())
        await reader.tab.close()

    for number in range(1, 5):
        asyncio.run(visit(f"127.0.2.{number}"))


def test_an_edit_is_shown_once_the_kept_page_is_outdated_and_without_a_server_the_last_one_is_given(tmp_path):
    folder = copy_data(tmp_path / "data")
    case = folder / "cases" / "2020-01-water-pricing.yaml"
    soon = "from pages.serving import index_page; index_page.SHARED_SECONDS = 2"
    with (
        started(tmp_path / "server-a.log", first=soon, HENAN_DATA=str(folder)) as server,
        fronted(tmp_path, [urlsplit(server[0]).port, free_port()]) as address,
    ):
        running = Pair(address, (Server(*server),), tmp_path)
        kept = get(running.address, "/method?lang=zh", accept_encoding=BROWSER)
        assert b"Another agricultural" not in get(running.address, "/?lang=en").body
        text = case.read_text(encoding="utf-8")
        case.write_text(text.replace("en: Comprehensive agricultural", "en: Another agricultural", 1), encoding="utf-8")
        process = running.servers[0].process
        assert until(process, lambda: b"Another agricultural" in get(running.address, "/?lang=en").body)
        assert count_asked(running, "/method") == 1, "it is older than the page that has been replaced"
        process.kill()
        process.wait()
        for _ in range(3):
            answer = get(running.address, "/method?lang=zh", accept_encoding=BROWSER)
            assert (answer.status, answer.body) == (200, kept.body)
        missing = get(running.address, "/method?lang=en", accept_encoding=BROWSER)
        assert (missing.status, missing.body) == (502, UNAVAILABLE.read_bytes())
        assert {key for key in list_kept(tmp_path) if key.startswith("/method")} == {"/method?lang=zh en br, gzip"}
