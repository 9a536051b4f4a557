"""Servers of tests as forks of one process, which has imported what a server imports: most of a start.

`Forked` takes the place of `subprocess.Popen` (tests/conftest.py). `python -m tests.warm` is the process. A server of
another folder imports the code of that folder; each reads its data anew. Each server has a keeper, a process that is its
parent, tells the test its process id and its exit code, and kills it if the test process ends. Needs Linux.
"""

from __future__ import annotations

import atexit
import gc
import json
import os
import pkgutil
import runpy
import select
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import IO, Any

from tests.server import PROJECT

PACKAGES = (
    "anyio._backends._asyncio",
    "fastapi",
    "itsdangerous",
    "markupsafe",
    "pandas",
    "plotly.io",
    "plotly.graph_objects",
    "pydantic.v1",
    "streamlit.web.cli",
    "uvicorn.protocols.http.h11_impl",
    "uvicorn.protocols.websockets.websockets_sansio_impl",
    "xlsxwriter",
    "yaml",
)
"""What a server imports at its start and that takes long. One that is missing here costs time, nothing else."""
OWN = (
    *("data.downloads", "pages.markup", "data.model", "data.query", "data.reading", "data.wording"),
    *("pages.frame", "pages.serving", "pages.serving.workarounds"),
)
"""The project's own packages that a server imports."""
NO_THREADS = {"JE_ARROW_MALLOC_CONF": "background_thread:false", "OPENBLAS_NUM_THREADS": "1"}
"""Variables with which no package starts a thread when it is imported: a fork would be without it."""
MAX_REQUEST = 1 << 20
TIMEOUT = 60
"""Maximum number of seconds for the imports and for the end of a process."""
_starting = threading.Lock()


class Forked(subprocess.Popen[bytes]):
    """The process of a command `python -m …` or `python -c …`, which writes to `stdout` and reads nothing."""

    def __init__(
        self, command: Sequence[str], *, cwd: Path, env: Mapping[str, str], stdout: IO[bytes], **_: Any
    ) -> None:
        self.args, self.returncode = command, None
        self.stdin = self.stdout = self.stderr = None
        self._keeper, end = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with end, _starting:
            request = json.dumps([list(command), str(cwd), dict(env)]).encode()
            socket.send_fds(_warm_process(), [request], [end.fileno(), stdout.fileno()])
        self._keeper.settimeout(TIMEOUT)
        self.pid = int(self._keeper.recv(16))

    def poll(self) -> int | None:
        with suppress(subprocess.TimeoutExpired):
            self.wait(0)
        return self.returncode

    def wait(self, timeout: float | None = TIMEOUT) -> int:
        if self.returncode is None:
            self._keeper.settimeout(timeout)
            try:
                self.returncode = int(self._keeper.recv(16))
            except (TimeoutError, BlockingIOError) as late:
                raise subprocess.TimeoutExpired(self.args, timeout) from late
        return self.returncode

    def __exit__(self, *_: object) -> None:
        self.wait()
        self._keeper.close()


@cache
def _warm_process() -> socket.socket:
    """Where this test process asks its warm process for servers. It starts with the first and ends with this process."""
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "tests.warm"],
            cwd=PROJECT,
            env=os.environ | NO_THREADS,
            stdin=theirs,
            stdout=subprocess.DEVNULL,
        )
    atexit.register(process.wait, TIMEOUT)
    atexit.register(ours.close)
    return ours


def main() -> None:
    """Fork a keeper for each request, which forks a server."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in PACKAGES:
        import_module(name)
    find_components_once()
    import_own()
    gc.freeze()
    if len(os.listdir("/proc/self/task")) > 1:
        raise RuntimeError(f"one of these packages starts threads when it is imported: {PACKAGES}")
    with socket.socket(fileno=os.dup(0)) as requests:
        while True:
            request, descriptors, *_ = socket.recv_fds(requests, MAX_REQUEST, 2)
            with suppress(ChildProcessError):
                while os.waitpid(-1, os.WNOHANG)[0]:
                    pass
            if not request:
                return
            if not os.fork():
                break
            for descriptor in descriptors:
                os.close(descriptor)
    end, log = descriptors
    with open(os.devnull, "rb") as nothing, open(log, "wb") as out:
        for number, file in enumerate((nothing, out, out)):
            os.dup2(file.fileno(), number)
    with socket.socket(fileno=end) as test:
        if server := os.fork():
            keep(server, test)
            os._exit(0)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    run(*json.loads(request))


def find_components_once() -> None:
    """Each app would look through all installed packages for components, which takes longer than most pages."""
    from streamlit.components.v2 import manifest_scanner

    manifest_scanner.scan_component_manifests = cache(manifest_scanner.scan_component_manifests)
    manifest_scanner.scan_component_manifests()


def import_own() -> None:
    """Import the project's modules, and read its data once: patterns are compiled and texts made that all servers need."""
    for package in OWN:
        for module in pkgutil.iter_modules(import_module(package).__path__, f"{package}."):
            import_module(module.name)
    from data import load_dataset
    from data.reading.folder import FOLDER
    from data.wording.rows import prepare

    prepare(load_dataset(FOLDER))


def forget_own() -> None:
    """Undo `import_own`, for a server of another folder."""
    for name in [name for name in sys.modules if name.partition(".")[0] in ("data", "pages")]:
        del sys.modules[name]


def keep(server: int, test: socket.socket) -> None:
    """Tell the test the server's process id and exit code. If the test process ends before, so does the server."""
    test.send(str(server).encode())
    first = select.poll()
    first.register(os.pidfd_open(server), select.POLLIN)
    first.register(test, select.POLLIN)
    first.poll()
    os.kill(server, signal.SIGKILL)
    code = os.waitstatus_to_exitcode(os.waitpid(server, 0)[1])
    with suppress(BrokenPipeError):
        test.send(str(code).encode())


def run(command: Sequence[str], folder: str, environment: Mapping[str, str]) -> None:
    """What Python does with this command."""
    if Path(folder) != PROJECT:
        forget_own()
    os.chdir(folder)
    os.environ.clear()
    os.environ.update(environment)
    _, option, program, *arguments = command
    sys.argv = [option, *arguments]
    if option == "-m":
        sys.path[0] = folder
        runpy.run_module(program, run_name="__main__", alter_sys=True)
    else:
        sys.path[0] = ""
        sys.modules["__main__"] = ModuleType("__main__")
        exec(program, vars(sys.modules["__main__"]))


if __name__ == "__main__":
    main()
