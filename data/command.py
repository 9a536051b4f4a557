"""What the curator's commands share: how they take a folder, print, and refuse."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import NoReturn, TextIO

from data.folder import VARIABLE, choose_folder
from data.problems import visible


class Parser(argparse.ArgumentParser):
    """An argument parser whose last argument is a data folder, and whose messages a terminal only shows."""

    def add_folder(self) -> None:
        self.add_argument(
            "folder",
            nargs="?",
            help=f"the folder that holds cases/ and reference/ (default: {VARIABLE}, otherwise this project's)",
        )

    def data_folder(self, named: str | None) -> Path:
        """The folder that is named, or the default; exits with a sentence where there is none."""
        try:
            return choose_folder(named)
        except ValueError as error:
            self.refuse(str(error))

    def refuse(self, sentence: str) -> NoReturn:
        """Exits with a sentence about the arguments."""
        self.exit(2, f"{sentence}\n")

    def exit(self, status: int = 0, message: str | None = None) -> NoReturn:
        if message:
            show(message.removesuffix("\n"), stream=sys.stderr)
        super().exit(status)


def show(*lines: object, stream: TextIO | None = None) -> None:
    """Prints lines. A character that a terminal would act on, or cannot write, is printed as its code."""
    out = stream or sys.stdout
    text = "\n".join(visible(line) for entry in lines for line in str(entry).split("\n"))
    encoding = out.encoding or "utf-8"
    print(text.encode(encoding, "backslashreplace").decode(encoding), file=out)
