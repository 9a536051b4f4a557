"""What the curator's commands share: what they read and write, messages of wrong arguments, and printing."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NoReturn, TextIO

from data.model.problems import escape_invisible, quoted
from data.reading.folder import VARIABLE, choose_folder


class Parser(argparse.ArgumentParser):
    """An argument parser that prints its messages with `show`, for commands with a data folder as last argument."""

    def add_folder(self) -> None:
        self.add_argument(
            "folder",
            nargs="?",
            help=f"the folder that holds cases/ and reference/ (default: {VARIABLE}, otherwise this project's)",
        )

    def choose_folder(self, folder: str | None) -> Path:
        """Return the folder of the argument, or the default one. Exit with a message if it is no data folder."""
        try:
            return choose_folder(folder)
        except ValueError as error:
            self.reject(str(error))

    def read_document(self, path: Path) -> str:
        """Return the text of the source document. Exit with a message if it cannot be read as UTF-8."""
        try:
            return path.read_text(encoding="utf-8-sig")
        except OSError as error:
            self.reject(f"source: found {quoted(path)}. It cannot be read ({error.strerror}). Write a text file")
        except UnicodeDecodeError as error:
            self.reject(f"source: found {quoted(path)}. It is not UTF-8 (byte {error.start}). Save the file as UTF-8")

    def write(self, path: Path, content: bytes, found: str, advice: str) -> None:
        """Write a file. Exit with what was found, why it cannot be written, and what to do instead, if it fails."""
        try:
            path.write_bytes(content)
        except OSError as error:
            self.reject(f"{found} cannot be written ({error.strerror}). {advice}")

    def reject(self, message: str) -> NoReturn:
        """Exit with status 2 and a message about the arguments, without the usage."""
        self.exit(2, f"{message}\n")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        if message:
            show(message.removesuffix("\n"), stream=sys.stderr)
        super().exit(status)


def show(*lines: object, stream: TextIO | None = None) -> None:
    """Print lines, with escapes for control characters and for characters that the stream cannot encode."""
    out = stream or sys.stdout
    text = "\n".join(escape_invisible(line) for entry in lines for line in str(entry).split("\n"))
    encoding = out.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=out)
