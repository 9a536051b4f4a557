"""The frame around every page: styles, masthead, filters, status and footer."""

from __future__ import annotations

from pathlib import Path

import streamlit as st

from data.reading.load import DatasetError
from pages.frame import layout
from pages.frame.filter_bar import show_filter_bar
from pages.frame.view import choose_language, open_view
from pages.markup.screens import SCREENS, SITE_NAME, url_path
from pages.serving import following

ICON = (Path(__file__).parent / "browser" / "icon.svg").read_text(encoding="utf-8").strip()
"""The site's mark as a file, because Streamlit fetches a Material symbol as a page icon from another host."""

lang = choose_language()
pages = {
    name: st.Page(
        screen.script,
        title=f"{screen.name[lang]} · {SITE_NAME[lang]}",
        url_path=url_path(name),
        default=not url_path(name),
    )
    for name, screen in SCREENS.items()
}
page = st.navigation(list(pages.values()), position="hidden")
st.set_page_config(page_title=page.title, page_icon=ICON, layout="wide")
following.ask()

try:
    view = open_view(pages, page)
except DatasetError:
    layout.insert_styles(lang, printing=False, embedded=False)
    layout.show_no_data(lang)
    st.stop()
layout.insert_styles(lang, view.printing, view.embedded)
if not (view.printing or view.embedded):
    layout.show_masthead(view)
    if SCREENS[view.screen].has_filters:
        show_filter_bar(view)
    layout.show_dropped(view)
layout.show_update_notice(view)
page.run()
layout.show_footer(view)
