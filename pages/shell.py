"""The frame around every page: navigation, language, filters, what is shown and its source."""

from __future__ import annotations

import streamlit as st

from data.reading.live import progress
from data.reading.load import DatasetError
from pages.frame import bars, look
from pages.frame.view import language, open_view
from pages.serving.screens import SCRIPTS, url_path
from pages.serving.workarounds import updates

lang = language()
site = {"zh": "河南改革成效", "en": "Henan Reform Outcomes"}[lang]
pages = {
    name: st.Page(
        script,
        title=f"{bars.PAGE_NAMES[name][lang]} · {site}",
        url_path=url_path(name),
        default=name == "overview",
    )
    for name, script in SCRIPTS.items()
}
page = st.navigation(list(pages.values()), position="hidden")
st.set_page_config(page_title=page.title, page_icon=look.ICON, layout="wide", initial_sidebar_state="auto")

try:
    view = open_view(pages, page)
except DatasetError:
    updates.record_edition(0)
    look.apply(lang, printing=False, embedded=False)
    (bars.being_read if progress() else bars.no_data)(lang)
    st.stop()
updates.record_edition(view.state.edition)
look.apply(lang, view.printing, view.embedded)
if not (view.printing or view.embedded):
    bars.masthead(view, next(name for name, known in pages.items() if known.url_path == page.url_path))
    bars.filter_controls(view)
    bars.status_line(view)
bars.update_notice(view)
page.run()
bars.imprint(view)
