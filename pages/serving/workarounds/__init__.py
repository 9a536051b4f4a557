"""Workarounds for gaps of Streamlit and Plotly.

Each module says what it works around, in which version, and when it can be removed. Those that use private names of
Streamlit list them as NAMES; where one is gone, Streamlit runs without the workaround.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from importlib import import_module

Names = Mapping[type, Sequence[str]]
"""The private names that a workaround uses: of a class, methods and what its `__init__` sets."""
LEFT_OUT = "A workaround is left out: Streamlit has changed"
logger = logging.getLogger(__name__)


def apply(*modules: str) -> None:
    """Put the workarounds of these modules into effect by their `configure`, or say in the log what they miss."""
    for module in modules:
        try:
            workaround = import_module(f"{__name__}.{module}")
            missing = find_missing(workaround.NAMES)
        except (ImportError, AttributeError) as error:
            missing = [str(error)]
        if missing:
            fields = {"workaround": module, "missing": missing}
            logger.warning(LEFT_OUT, extra={"fields": fields})
        else:
            workaround.configure()


def find_missing(names: Names) -> list[str]:
    """The names that their classes do not have in the installed version."""
    return [
        f"{owner.__name__}.{name}"
        for owner, wanted in names.items()
        for name in wanted
        if not hasattr(owner, name) and name not in vars(owner)["__init__"].__code__.co_names
    ]
