"""`python -m tests.browser.closed REPORT`: start the server, open every page in both languages, and write what was
requested from other hosts and what was missing.

In a network namespace (`unshare --net`) only this machine can be reached; outside of one, host names are not resolved.
"""

from __future__ import annotations

import fcntl
import json
import socket
import struct
import sys
from contextlib import suppress
from http.client import HTTPConnection
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from playwright.sync_api import Page, Request, Response, sync_playwright

from tests.browser.reader import LAST, QUICK, chromium, leaf_through, reading, turn, visit
from tests.server import started

FOREIGN_ADDRESS = ("192.0.2.1", 80)
"""An address reserved for documentation, which no host has."""
WITNESS = """
import ipaddress, os, sys

def _near(host):
    host = host.decode() if isinstance(host, bytes) else host
    try:
        return host in (None, "", "localhost") or ipaddress.ip_address(host).is_loopback or ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False

def _witness(event, args):
    if event in ("socket.connect", "socket.sendto", "socket.sendmsg"):
        near = not isinstance(args[1], tuple) or _near(args[1][0])
    elif event in ("socket.getaddrinfo", "socket.gethostbyname"):
        near = _near(args[0])
    else:
        near = event not in ("subprocess.Popen", "os.system", "os.posix_spawn")
    if not near:
        with open(os.environ["WITNESS"], "a") as seen:
            seen.write(f"{event} {args!r}\\n")

sys.addaudithook(_witness)
"""
"""Python that a server runs first: it writes the server's requests to other hosts and its subprocesses to WITNESS."""
DRAWN = {
    "/": (".findings td.what", 19),
    "/case": (".figure-card .metric-chart", 2),
    "/compare": (".compared .arrow", 5),
    "/data": (".datatable tbody tr", 25),
    "/map": (".areas > li > a", 18),
    "/method": (".grades .metric-chart", 7),
}
"""Selector and minimum number of what each page draws; with fewer the run fails."""
DOWNLOADS = (
    "metrics.csv",
    "metrics.xlsx",
    "metrics.json",
    "cases.json",
    "dataset.zip",
    "report.html",
    "places.geojson",
    "openapi.json",
)
"""One file of every kind."""
MISSING = """async () => {
    await document.fonts.ready;
    const faces = [...document.fonts], icons = [...document.querySelectorAll("[data-testid=stIconMaterial], [translate=no][role=img], .icon")].filter(icon => icon.offsetParent);
    const loaded = name => faces.some(face => face.family.includes(name) && face.status === "loaded");
    return [
        ...faces.filter(face => face.status === "error" && !face.family.includes("First ")).map(face => `font ${face.family}`),
        ...["Source Sans", "Material Symbols Rounded"].filter(name => !loaded(name)).map(name => `font ${name} not loaded`),
        ...icons.filter(icon => icon.getBoundingClientRect().width > 2 * parseFloat(getComputedStyle(icon).fontSize)).map(icon => `icon as text: ${icon.textContent}`),
        ...[...document.images].filter(image => !image.complete || !image.naturalWidth).map(image => `image ${image.src}`),
        ...icons.length ? [] : ["icons"],
    ];
}"""
"""Fonts, icons and images that failed to load. An icon without its font is a word. The fonts named "First …" are those of
this machine that stand in for others, if it has them.
"""


def main(report: Path) -> None:
    raise_loopback()
    enclosed = not reachable()
    found: dict[str, Any] = {"enclosed": enclosed, "pages": [], "missing": []}
    with TemporaryDirectory() as scratch, sync_playwright() as playwright, chromium(playwright, QUICK) as browser:
        seen = Path(scratch) / "seen"
        seen.touch()
        everywhere = {"STREAMLIT_SERVER_ADDRESS": "0.0.0.0"} if enclosed else {}
        with started(Path(scratch) / "log", first=WITNESS, WITNESS=str(seen), **everywhere) as (address, _):
            with reading(browser, address) as (context, noted):
                page = context.new_page()
                page.on("response", lambda response: note_absent(response, found["missing"]))
                page.on("requestfailed", lambda request: note_failed(request, found["missing"]))
                visit(page, LAST)
                for lang in ("zh", "en"):
                    turn(page, f"{LAST}?lang={lang}")
                    for path in leaf_through(page, lang):
                        found["pages"].append(f"{lang} {path}")
                        found["missing"] += [f"{lang} {path}: {what}" for what in missing(page, path)]
            found["missing"] += failed_downloads(address)
            open_foreign_socket(address)
        found |= {"browser": noted, "server": seen.read_text().splitlines(), "log": (Path(scratch) / "log").read_text()}
    report.write_text(json.dumps(found), encoding="utf-8")


def raise_loopback() -> None:
    """Bring up the loopback device, which is down in a new namespace; elsewhere this is neither permitted nor needed."""
    with suppress(PermissionError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        fcntl.ioctl(any_socket, 0x8914, struct.pack("16sh14x", b"lo", 0x1 | 0x40))


def reachable() -> bool:
    """Whether there is a route to other hosts. Nothing is sent: connecting a datagram socket only looks up the route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as any_socket:
        try:
            any_socket.connect(FOREIGN_ADDRESS)
        except OSError:
            return False
    return True


def note_absent(response: Response, noted: list[str]) -> None:
    if response.status >= 400:
        noted.append(f"{response.status}: {response.url}")


def note_failed(request: Request, noted: list[str]) -> None:
    """Note a failed request, unless the page cancelled it because it was left."""
    if request.failure != "net::ERR_ABORTED":
        noted.append(f"{request.failure}: {request.url}")


def missing(page: Page, path: str) -> list[str]:
    """Wait for what the page draws, then return its missing parts."""
    selector, count = DRAWN.get(path, ("h1", 1))
    page.locator(selector).nth(count - 1).wait_for(state="attached")
    found: list[str] = page.evaluate(MISSING)
    return found


def failed_downloads(address: str) -> list[str]:
    """Download a file of every kind and return those that fail."""
    connection = HTTPConnection(address.removeprefix("http://"), timeout=20)
    refused = []
    for path in DOWNLOADS:
        connection.request("GET", f"/api/{path}")
        answer = connection.getresponse()
        if answer.status != 200 or not answer.read():
            refused.append(f"{answer.status}: {path}")
    connection.close()
    return refused


def open_foreign_socket(address: str) -> None:
    """Open a socket with a foreign origin: to check it, Streamlit would request its own public address from a service."""
    connection = HTTPConnection(address.removeprefix("http://"), timeout=20)
    opening = {
        "upgrade": "websocket",
        "connection": "Upgrade",
        "sec-websocket-version": "13",
        "sec-websocket-key": "MDEyMzQ1Njc4OWFiY2RlZg==",
    }
    connection.request("GET", "/_stcore/stream", headers={**opening, "origin": "http://example.org"})
    connection.getresponse().read()
    connection.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
