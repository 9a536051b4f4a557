"""What surrounds every page: style sheets, masthead and notices above, notices in place of a page, footer below."""

from __future__ import annotations

from datetime import UTC, datetime

import streamlit as st
from markupsafe import Markup

from data.model.problems import escape_invisible
from data.model.schema import Lang
from data.wording.citation import Access, cite_access, credit_documents
from data.wording.filters import FILTERS, describe_filters
from data.wording.formatting import format_date
from data.wording.labels import LANGUAGE, t
from pages.frame.elements import escape_markdown, show_warning
from pages.frame.filter_bar import show_clear_button
from pages.frame.view import LANGUAGES, View, apply_choice
from pages.markup.environment import render
from pages.markup.screens import LANGUAGE_NAMES, link_screens
from pages.markup.style_sheet import EMBED, PRINT
from pages.serving.policy import LANGUAGE_SCRIPTS

_MAX_NAMED = 5
"""Maximum number of unknown values, and of cases without a metric, that a notice names."""


def insert_styles(lang: Lang, printing: bool, embedded: bool) -> None:
    """Insert the style sheet for paper or a frame into the page, and set the document's language."""
    sheet, script = Markup(PRINT if printing else EMBED if embedded else ""), Markup(LANGUAGE_SCRIPTS[lang])
    st.html(render("frame", "styles", lang, sheet, script), unsafe_allow_javascript=True)


def show_masthead(view: View) -> None:
    """Show the name of the site, the links to its pages and the language switch."""
    with st.container(key="masthead", horizontal=True, vertical_alignment="center", gap="medium"):
        st.html(render("bar", "site_name", view.lang), width="content")
        st.html(
            render("bar", "navigation", view.lang, link_screens(view.href, view.screen, view.lang)), width="content"
        )
        st.segmented_control(
            LANGUAGE[view.lang],
            LANGUAGES,
            format_func=LANGUAGE_NAMES.__getitem__,
            key="lang",
            required=True,
            on_change=apply_choice,
            args=("lang",),
            label_visibility="collapsed",
        )


def show_dropped(view: View) -> None:
    """Show a notice about each value of the URL that does not exist."""
    for name, value in view.dropped[:_MAX_NAMED]:
        _warn_dropped(view, name, escape_invisible(value, 40))
    if (more := len(view.dropped) - _MAX_NAMED) > 0:
        show_warning(
            view,
            f"链接中另有{more}个值不存在，已忽略。",
            f"The link names {more} more that do not exist; they are ignored.",
        )


def _warn_dropped(view: View, name: str, value: str) -> None:
    label = FILTERS[name].name if name in FILTERS else LANGUAGE
    show_warning(
        view,
        escape_markdown(f"链接中的“{label.zh}：{value}”不存在，已忽略。"),
        escape_markdown(f"The link names a {label.en.lower()} that does not exist ({value}); it is ignored."),
    )


def show_update_notice(view: View) -> None:
    """Show of when the data is while a newer edit cannot be used."""
    if view.state.problems:
        loaded = datetime.fromtimestamp(view.state.loaded_at, UTC)
        when = f"{format_date(f'{loaded:%Y-%m-%d}', view.lang)} {loaded:%H:%M} UTC"
        show_warning(
            view,
            f"当前显示 {when} 的数据；较新的修改有误，尚未采用。",
            f"Data of {when}; an update has problems and is not used.",
            icon="warning",
        )


def show_no_data(lang: Lang) -> None:
    """Show a notice in place of every page while no data could be loaded."""
    text = t(
        lang,
        "数据未能载入；修复后本页会自动显示。",
        "No data could be loaded; this page shows it as soon as that is mended.",
    )
    st.error(text, icon=":material/error:")


def show_nothing_found(view: View) -> None:
    """Show a notice in place of an empty chart or table: the filters to clear, and the cases kept without a metric."""
    chosen = describe_filters(view.dataset, view.filters, view.lang)
    cases = view.selection.cases
    text = view.t(f"没有符合的案例和指标（{chosen}）。", f"No case and no figure fits ({chosen}).")
    if cases:
        titles = view.t("；", "; ").join(f"{case.number} {case.title[view.lang]}" for case in cases[:_MAX_NAMED])
        more = len(cases) - _MAX_NAMED
        titles += view.t(f"；另有{more:,}个", f"; {more:,} more") if more > 0 else ""
        text = view.t(
            f"没有符合的指标（{chosen}）。符合的案例：{titles}。",
            f"No figure fits ({chosen}). Cases that do: {titles}.",
        )
    st.info(escape_markdown(text), icon=":material/search_off:")
    show_clear_button(view, "clear-empty")


def show_footer(view: View) -> None:
    """Show the documents that the cases come from, with a citation to copy; in a frame with a link to the site."""
    st.html(write_footer(view))


def write_footer(view: View) -> Markup:
    """Return the footer of a page; on paper and in a frame it has nothing to copy."""
    credit, citation = credit_documents(view.documents, view.lang), ""
    if not (view.embedded or view.printing):
        citation = cite_access(view.documents, Access("", "", view.url(), view.today), view.lang)
    return render("frame", "footer", view.lang, credit, view.location, citation, view.url() if view.embedded else "")
