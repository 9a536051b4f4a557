"""Two servers behind nginx with .deploy/nginx.conf, on free ports and with a folder of its own."""

from __future__ import annotations

import getpass
import os
import re
import shlex
import shutil
import socket
import subprocess
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from urllib.parse import urlsplit

from tests.server import PROJECT, free_port, process_of, started

EXAMPLE = PROJECT / ".deploy" / "nginx.conf"
NGINX = os.environ.get("NGINX_PROGRAM") or shutil.which(
    "nginx", path=os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin"])
)
"""Debian installs it in a folder that is only on root's path."""
STARTUP_TIMEOUT = 20
"""Maximum number of seconds for nginx to start."""
MAIN_CONFIG = """
daemon off;
pid {folder}/pid;
error_log stderr warn;
{user}
events {{ worker_connections 1024; }}
http {{
    access_log off;
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


def configured(folder: Path, port: int, servers: tuple[str, str], *, tls: int | None = None) -> list[str]:
    """nginx's command for the example, listening at `port` of this machine in front of `servers` (host:port), with
    files in `folder`.

    With `tls` it is a port that speaks HTTPS with `folder`/own.crt and own.key, turned on as the example says.
    """
    if NGINX is None:
        raise RuntimeError("nginx is not here; install it, or name it: NGINX_PROGRAM=/path/to/nginx")
    text = EXAMPLE.read_text(encoding="utf-8")
    names = {
        "127.0.0.1:8501": servers[0],
        "127.0.0.1:8502": servers[1],
        "listen 80; # plain": f"listen 127.0.0.1:{port}; # plain",
        "    listen [::]:80; # plain\n": "",
        "/var/lib/nginx/henan-reforms ": f"{folder}/henan-reforms ",
        "/var/lib/nginx/henan-reforms-pages ": f"{folder}/henan-reforms-pages ",
        "/srv/henan-reforms/current/": f"{PROJECT}/",
    }
    if tls is not None:
        text = turn_on_tls(text)
        names = {name: own for name, own in names.items() if "plain" not in name} | {
            "listen [::]:80 ipv6only=off;": f"listen 127.0.0.1:{port};",
            "listen 443 ssl;": f"listen 127.0.0.1:{tls} ssl;",
            "    listen [::]:443 ssl;\n": "",
            "/etc/letsencrypt/live/reforms.example.org/fullchain.pem": f"{folder}/own.crt",
            "/etc/letsencrypt/live/reforms.example.org/privkey.pem": f"{folder}/own.key",
        }
    for name, own in names.items():
        assert text.count(name) == 1, f"{EXAMPLE.name} names {name} {text.count(name)} times"
        text = text.replace(name, own)
    (folder / "site.conf").write_text(text)
    (folder / "nginx.conf").write_text(
        MAIN_CONFIG.format(folder=folder, user=f"user {getpass.getuser()};" if os.geteuid() == 0 else "")
    )
    return [NGINX, "-p", str(folder), "-c", str(folder / "nginx.conf"), "-e", "stderr"]


def turn_on_tls(text: str) -> str:
    """The example after the command that it gives for HTTPS."""
    command = re.search(r"`(sed -i .*)` turns on", text)[1]
    return subprocess.run(
        shlex.split(command.replace(" -i", "")), input=text, capture_output=True, text=True, check=True
    ).stdout


@contextmanager
def pair(scratch: Path, **environment: str) -> Iterator[Pair]:
    """Both servers and nginx, once it listens; all are stopped afterwards. RuntimeError with nginx's log if it fails."""
    with ExitStack() as stack, ThreadPoolExecutor() as starting:
        contexts = [started(scratch / f"server-{name}.log", **environment) for name in "ab"]
        servers = tuple(Server(*entered) for entered in starting.map(stack.enter_context, contexts))
        address = stack.enter_context(fronted(scratch, [urlsplit(server.address).port for server in servers]))
        yield Pair(address, servers, scratch)


@contextmanager
def fronted(scratch: Path, ports: Sequence[int]) -> Iterator[str]:
    """The address of nginx in front of the servers at these two ports, once it listens, with or without them."""
    port = free_port()
    first, second = (f"127.0.0.1:{behind}" for behind in ports)
    command = configured(scratch, port, (first, second))
    log = scratch / "nginx.log"
    with log.open("wb") as out, process_of(command, stdout=out, stderr=subprocess.STDOUT) as nginx:
        await_port(nginx, port, log)
        yield f"http://127.0.0.1:{port}"


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
