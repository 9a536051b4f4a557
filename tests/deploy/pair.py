"""Two servers behind nginx with .deploy/nginx.conf, on free ports and with a folder of its own, and requests to them."""

from __future__ import annotations

import getpass
import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from time import monotonic
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit

from tests.answers import Answer
from tests.server import PROJECT, free_port, process_of, started

Changes = Mapping[str, str]
EXAMPLE = PROJECT / ".deploy" / "nginx.conf"
UNANSWERED = "Too many requests, or no server answers at the moment. Try again in 5 seconds."
UNAVAILABLE = EXAMPLE.with_name("unavailable.html").read_bytes()
NGINX = os.environ.get("NGINX_PROGRAM") or shutil.which(
    "nginx", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
)
"""Debian installs it in a folder that is only on root's path."""
STARTUP_TIMEOUT = 20
"""Maximum number of seconds for nginx to start."""
MODULE = "lib/nginx/modules/ngx_http_brotli_filter_module.so"
"""The Brotli filter, which a package of its own puts beside Debian's nginx."""
MAIN_CONFIG = """
daemon off;
load_module {module};
pid {folder}/pid;
error_log stderr warn;
{user}
events {{ worker_connections 4096; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    include {folder}/site.conf;
}}
"""
"""The settings around a site in the distribution's own nginx.conf."""


@dataclass(frozen=True)
class Server:
    address: str
    process: subprocess.Popen[bytes]


@dataclass(frozen=True)
class Pair:
    """Address for readers, the servers behind it, and nginx's folder."""

    address: str
    servers: tuple[Server, ...]
    folder: Path


def configured(
    folder: Path, port: int, servers: Sequence[int], *, tls: int = 0, changes: Changes = MappingProxyType({})
) -> list[str]:
    """nginx's command for the example, listening at `port` of this machine in front of servers at two ports, with files
    in `folder`, and `changes` of the example's text.

    With `tls` it is a port that speaks HTTPS with `folder`/own.crt and own.key.
    """
    if NGINX is None:
        raise RuntimeError("nginx is not here; install it, or name it: NGINX_PROGRAM=/path/to/nginx")
    own = {
        "127.0.0.1:8501": f"127.0.0.1:{servers[0]}",
        "127.0.0.1:8502": f"127.0.0.1:{servers[1]}",
        "127.0.0.1:8500": f"127.0.0.1:{free_port()}",
        "listen 80;": f"listen 127.0.0.1:{port};",
        "    listen [::]:80;\n": "",
        "/etc/nginx/henan-reforms-tls*.conf": f"{folder}/tls*.conf",
        "/var/lib/nginx/": f"{folder}/",
        "/srv/henan-reforms/current/": f"{PROJECT}/",
    }
    write(EXAMPLE, folder / "site.conf", {**own, **changes})
    if tls:
        own = {
            "listen 443 ssl;": f"listen 127.0.0.1:{tls} ssl;",
            "listen [::]:443 ssl;\n": "",
            "/etc/letsencrypt/live/henan-reforms/fullchain.pem": f"{folder}/own.crt",
            "/etc/letsencrypt/live/henan-reforms/privkey.pem": f"{folder}/own.key",
        }
        write(EXAMPLE.with_name("tls.conf"), folder / "tls.conf", own)
    user = f"user {getpass.getuser()};" if os.geteuid() == 0 else ""
    module = Path(NGINX).resolve().parents[1] / MODULE
    (folder / "nginx.conf").write_text(MAIN_CONFIG.format(folder=folder, user=user, module=module))
    return [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]


def write(example: Path, copy: Path, changes: Changes) -> None:
    """Copy a file with changes of its text, each of which is needed."""
    text = example.read_text(encoding="utf-8")
    for before, after in changes.items():
        assert before in text, f"{example.name} has no {before}"
        text = text.replace(before, after)
    copy.write_text(text, encoding="utf-8")


@contextmanager
def pair(scratch: Path, **environment: str) -> Iterator[Pair]:
    """Both servers and nginx, once it listens; all are stopped afterwards. RuntimeError with nginx's log if it fails."""
    with ExitStack() as stack, ThreadPoolExecutor() as starting:
        contexts = [started(scratch / f"server-{name}.log", **environment) for name in "ab"]
        servers = tuple(Server(*entered) for entered in starting.map(stack.enter_context, contexts))
        address = stack.enter_context(fronted(scratch, [urlsplit(server.address).port for server in servers]))
        yield Pair(address, servers, scratch)


@contextmanager
def fronted(folder: Path, ports: Sequence[int], **more: Any) -> Iterator[str]:
    """The address of nginx in front of the servers at these two ports, once it listens, with or without them."""
    port = free_port()
    command = configured(folder, port, ports, **more)
    log = folder / "nginx.log"
    with log.open("wb") as out, process_of(command, stdout=out, stderr=subprocess.STDOUT) as nginx:
        await_port(nginx, port, log)
        yield f"http://127.0.0.1:{port}"


def get(address: str, path: str, source: str = "127.0.0.1", **headers: str) -> Answer:
    """The answer to one request from this address of the machine. Header names are written with underscores."""
    parts = urlsplit(address)
    connection = HTTPConnection(parts.hostname, parts.port, source_address=(source, 0))
    connection.request("GET", path, headers={name.replace("_", "-"): value for name, value in headers.items()})
    answer = connection.getresponse()
    found = Answer(answer.status, {name.lower(): value for name, value in answer.getheaders()}, answer.read())
    connection.close()
    return found


def await_port(process: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait until the process listens. RuntimeError with its log if it does not."""
    deadline = monotonic() + STARTUP_TIMEOUT
    while monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
            return
        except ConnectionRefusedError:
            pass
        try:
            process.wait(timeout=0.05)
            break
        except subprocess.TimeoutExpired:
            continue
    raise RuntimeError(f"nginx did not start\n{log.read_text()}")
