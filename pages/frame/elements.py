"""General elements of a page: paragraphs, notes and downloads."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from data.downloads.csv_json import write_csv
from data.wording.openings import DESCRIPTIONS, TITLES
from pages.frame.view import View
from pages.markup.environment import render


def show_paragraph(text: str, css_class: str = "quiet") -> None:
    """Show a paragraph, in small grey print unless another class is given."""
    st.html(render("frame", "paragraph", "en", text, css_class))  # it has no words of its own, in any language


def show_opening(view: View, screen: str) -> None:
    """Show the title and lede of a screen that has the same for every selection."""
    st.title(TITLES[screen][view.lang], anchor=False)
    show_paragraph(DESCRIPTIONS[screen][view.lang], "lede wide")


def show_note(view: View, zh: str, en: str, *, css_class: str = "quiet") -> None:
    """Show a paragraph in the reader's language."""
    show_paragraph(view.say(zh, en), css_class)


def show_warning(view: View, zh: str, en: str, *, icon: str = "link_off") -> None:
    """Show a notice about what could not be used, by default a part of the link."""
    st.warning(view.say(zh, en), icon=f":material/{icon}:")


def show_download(
    label: str, write: Callable[[], bytes], file_name: str, media_type: str, key: str, icon: str = "download"
) -> None:
    """Show the button for a file, which is written when it is pressed."""
    st.download_button(label, write, file_name, media_type, key, on_click="ignore", icon=f":material/{icon}:")


def show_csv_download(label: str, table: Callable[[], pd.DataFrame], file_name: str, key: str) -> None:
    """Show the button for a table as a CSV file."""
    show_download(label, lambda: write_csv(table()), file_name, "text/csv", f"csv-{key}", "table")
