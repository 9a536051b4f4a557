"""The frame around every page: navigation, language, filters, what is shown and its source."""

from __future__ import annotations

import streamlit as st

from pages.frame import bars, look
from pages.frame.view import language, open_view

SCRIPTS = {"overview": "overview.py", "case": "case.py", "map": "map.py", "compare": "compare.py", "data": "download.py", "method": "method.py"}

lang = language()
site = {"zh": "河南改革成效", "en": "Henan Reform Outcomes"}[lang]
pages = {
    name: st.Page(script, title=f"{bars.PAGE_NAMES[name][lang]} · {site}", url_path="" if name == "overview" else name, default=name == "overview")
    for name, script in SCRIPTS.items()
}
page = st.navigation(list(pages.values()), position="hidden")
st.set_page_config(page_title=page.title, page_icon=look.ICON, layout="wide", initial_sidebar_state="auto")

view = open_view(pages, page)
look.apply(lang, view.printing, view.embedded)
if view.printing or view.embedded:
    page.run()
else:
    bars.masthead(view, next(name for name, known in pages.items() if known.url_path == page.url_path))
    bars.filter_controls(view)
    bars.status_line(view)
    page.run()
bars.imprint(view)
