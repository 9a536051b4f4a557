"""What stands around every page: name, pages and language above; filters beside; what is shown, and where it comes from."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import streamlit as st
from markupsafe import Markup

from data.model.grades import GRADES
from data.model.problems import escape_invisible
from data.model.schema import Lang, Text
from data.query.columns import PROVINCE, ROLES
from data.query.filters import Filters
from data.reading.live import progress
from data.wording.citation import cite_document
from data.wording.formatting import format_date
from data.wording.labels import GRADE_WORDS, ROLE_WORDS, say
from pages.frame.escape_markdown import literal
from pages.frame.view import LANGUAGES, SCOPE, View, apply_controls, apply_filters, apply_language, apply_scope

PAGE_NAMES = {
    "overview": Text(zh="概览", en="Overview"),
    "case": Text(zh="案例", en="Cases"),
    "map": Text(zh="地图", en="Map"),
    "compare": Text(zh="比较", en="Compare"),
    "data": Text(zh="数据", en="Data"),
    "method": Text(zh="方法", en="Method"),
}
_LANGUAGE_NAMES = {"zh": "中文", "en": "English"}
_FILTER_NAMES = {
    "city": Text(zh="地市", en="City"),
    "domain": Text(zh="领域", en="Domain"),
    "grade": Text(zh="证据等级", en="Grade"),
    "role": Text(zh="指标类别", en="Kind of figure"),
    "search": Text(zh="搜索", en="Search"),
    "scope": Text(zh="范围", en="Scope"),
    "lang": Text(zh="语言", en="Language"),
    "case": Text(zh="案例", en="Case"),
}
_NAMED = 5
"""So many values that do not exist are named."""


def filter_value(view: View, name: str, value: str) -> str:
    """A filter's value as a reader reads it."""
    if name == "city":
        if value == PROVINCE:
            return view.say("全省", "Province-wide")
        return next(place.name[view.lang] for place in view.dataset.places.values() if place.code == value)
    if name == "domain":
        return view.dataset.domains[value].name[view.lang]
    if name == "grade":
        return f"{value} · {GRADE_WORDS[value][view.lang]}"
    return ROLE_WORDS[value][view.lang]


def filters_said(view: View) -> str:
    """The filters in one line, each with its name: `City: Luoyang, Jiyuan · Search: “water”`."""
    colon, comma = view.say("：", ": "), view.say("、", ", ")
    said = []
    for name in view.filters.query():
        value = getattr(view.filters, name)
        if name == "scope":
            said.append(view.say("含同案例的其他指标", "with the other figures of the same cases"))
            continue
        said.append(
            _FILTER_NAMES[name][view.lang]
            + colon
            + (f"“{value}”" if isinstance(value, str) else comma.join(filter_value(view, name, each) for each in value))
        )
    return " · ".join(said)


def masthead(view: View, active: str) -> None:
    """The name of the site, its pages and the language switch."""
    with st.container(key="masthead", horizontal=True, vertical_alignment="center", gap="medium"):
        st.html(
            Markup('<div class="site">{}</div>').format(view.say("河南改革成效", "Henan Reform Outcomes")),
            width="content",
        )
        links = [
            Markup('<a href="{}" aria-current="{}">{}</a>').format(
                view.href(name), "page" if name == active else "false", PAGE_NAMES[name][view.lang]
            )
            for name in view.pages
        ]
        st.html(
            Markup('<nav class="pages" aria-label="{}">{}</nav>').format(
                view.say("页面", "Pages"), Markup("").join(links)
            ),
            width="content",
        )
        st.segmented_control(
            view.say("语言", "Language"),
            LANGUAGES,
            format_func=lambda lang: _LANGUAGE_NAMES[lang],
            key="lang",
            required=True,
            on_change=apply_language,
            label_visibility="collapsed",
        )


def filter_controls(view: View) -> None:
    """The controls of the sidebar. They show what the URL says and write what the reader chooses into it."""
    everything = view.say("全部", "All")
    units = sorted(place.code for place in view.dataset.places.values() if place.kind == "prefecture" and place.code)

    def shown(name: str):
        return lambda value: filter_value(view, name, value)

    with st.sidebar:
        st.html(Markup('<h2 class="side">{}</h2>').format(view.say("筛选", "Filter")))
        st.multiselect(
            _FILTER_NAMES["city"][view.lang],
            (PROVINCE, *units),
            format_func=shown("city"),
            key="city",
            placeholder=everything,
            on_change=apply_controls,
            select_all=False,
        )
        st.pills(
            _FILTER_NAMES["domain"][view.lang],
            list(view.dataset.domains),
            selection_mode="multi",
            format_func=lambda value: literal(filter_value(view, "domain", value)),
            key="domain",
            on_change=apply_controls,
            wrap=True,
        )
        st.text_input(
            _FILTER_NAMES["search"][view.lang],
            key="search",
            placeholder=view.say("如：转诊率", "e.g. referral rate"),
            on_change=apply_controls,
            max_chars=100,
            autocomplete="off",
        )
        st.pills(
            _FILTER_NAMES["grade"][view.lang],
            GRADES,
            selection_mode="multi",
            format_func=shown("grade"),
            key="grade",
            on_change=apply_controls,
            wrap=True,
        )
        st.pills(
            _FILTER_NAMES["role"][view.lang],
            ROLES,
            selection_mode="multi",
            format_func=shown("role"),
            key="role",
            on_change=apply_controls,
            wrap=True,
        )
        _clear_button(view, "clear-side")


def status_line(view: View) -> None:
    """How much is shown, the chosen values with one-click clear, and notices about what could not be used."""
    cases, figures = len(view.selection.cases), len(view.selection.positions)
    shown = view.say(
        f"{cases:,} 个案例 · {figures:,} 项指标",
        f"{cases:,} case{'s' if cases != 1 else ''} · {figures:,} figure{'s' if figures != 1 else ''}",
    )
    if view.filters.city:
        places = view.say("、", ", ").join(filter_value(view, "city", code) for code in view.filters.city)
        own = view.selection.local
        shown = (
            shown + view.say(f"，其中 {own:,} 项属于{places}", f", {own:,} of them {places}'s own")
            if view.filters.scope
            else view.say(f"{places}：{shown}", f"{places}: {shown}")
        )
    with st.container(key="status", horizontal=True, vertical_alignment="center", gap="small"):
        st.html(Markup('<p class="status" role="status">{}</p>').format(shown), width="content")
        if view.filters:
            for name in view.filters.query():
                if name != "scope":
                    _chips(view, name)
            _clear_button(view, "clear-all")
        if view.page.url_path != "case":
            scope_switch(view, view.elsewhere, cases)
    for name, value in view.dropped[:_NAMED]:
        st.warning(_dropped(view, name, value), icon=":material/link_off:")
    if (more := len(view.dropped) - _NAMED) > 0:
        st.warning(
            view.say(
                f"链接中另有 {more} 个值不存在，已忽略。",
                f"The link names {more} more that do not exist; they are ignored.",
            ),
            icon=":material/link_off:",
        )


def scope_switch(view: View, elsewhere: int, cases: int = 1) -> None:
    """Shows the figures of these cases that are elsewhere beside a city's own; nothing where there are none."""
    if elsewhere:
        st.session_state[SCOPE] = bool(view.filters.scope)
        st.toggle(
            view.say(
                f"同案例的其他 {elsewhere:,} 项",
                f"The {elsewhere:,} figure{'s' if elsewhere != 1 else ''} of the same case{'s' if cases != 1 else ''} "
                "elsewhere",
            ),
            key=SCOPE,
            on_change=apply_scope,
            width="content",
        )


def update_notice(view: View) -> None:
    """Which data is shown while a newer edit cannot be used."""
    if view.state.problems:
        loaded = datetime.fromtimestamp(view.state.loaded_at, UTC)
        when = f"{format_date(f'{loaded:%Y-%m-%d}', view.lang)} {loaded:%H:%M} UTC"
        st.warning(
            view.say(
                f"当前显示 {when} 的数据；较新的修改有误，尚未采用。",
                f"Data of {when}; an update has problems and is not used.",
            ),
            icon=":material/warning:",
        )


def no_data(lang: Lang) -> None:
    """In place of every page while no data could be loaded."""
    st.error(
        say(
            lang,
            "数据未能载入；修复后本页会自动显示。",
            "No data could be loaded; this page shows it as soon as that is mended.",
        ),
        icon=":material/error:",
    )


@st.fragment(run_every=1)
def being_read(lang: Lang) -> None:
    """In place of every page while the first of many cases are read; the page is run again when all are."""
    done, total = progress() or (1, 1)
    st.progress(
        done / total,
        text=say(lang, f"正在读取案例文件：{done:,}/{total:,}", f"Reading the case files: {done:,} of {total:,}"),
    )


def _dropped(view: View, name: str, value: str) -> str:
    label, given = _FILTER_NAMES[name][view.lang], escape_invisible(value, 40)
    return literal(
        view.say(
            f"链接中的“{label}：{given}”不存在，已忽略。",
            f"The link names a {label.lower()} that does not exist ({given}); it is ignored.",
        )
    )


def _chips(view: View, name: str) -> None:
    value = getattr(view.filters, name)
    entries = (
        [(value, f"“{value}”")]
        if isinstance(value, str)
        else [(entry, filter_value(view, name, entry)) for entry in value]
    )
    for entry, label in entries:
        if not entry:
            continue
        left = (
            view.filters.without(name)
            if isinstance(value, str)
            else replace(view.filters, **{name: tuple(other for other in value if other != entry)})
        )
        st.button(
            f"{literal(label)} :material/close:",
            key=f"chip-{name}-{entry}",
            on_click=apply_filters,
            args=(left,),
            type="tertiary",
            help=view.say("取消这一项", "Remove this filter"),
        )


def _clear_button(view: View, key: str) -> None:
    if view.filters:
        st.button(
            view.say("清除全部筛选", "Clear all filters"),
            key=key,
            on_click=apply_filters,
            args=(Filters(),),
            icon=":material/filter_alt_off:",
        )


def nothing_found(view: View) -> None:
    """In place of an empty chart or table: what to clear, and the cases that are left without a figure."""
    names = view.say("、", ", ").join(_FILTER_NAMES[name][view.lang] for name in view.filters.query())
    cases = view.selection.cases
    said = view.say(f"没有同时符合这些条件的案例（{names}）。", f"No case meets all of these at once ({names}).")
    if cases:
        which = view.say("；", "; ").join(cases[:_NAMED].numbered(view.lang))
        more = len(cases) - _NAMED
        which += view.say(f"；另有 {more:,} 个", f"; {more:,} more") if more > 0 else ""
        said = view.say(
            f"没有同时符合这些条件的指标（{names}）。符合的案例：{which}。",
            f"No figure meets all of these at once ({names}). Cases that do: {which}.",
        )
    st.info(literal(said), icon=":material/search_off:")
    _clear_button(view, "clear-empty")


def imprint(view: View) -> None:
    """Whose figures these are."""
    source = view.dataset.source
    text = view.say(
        f"资料来源：{source.issuer.zh}《{source.title.zh}》（{format_date(source.date, 'zh')}）。指标为来源所述事实，摘要为编者所写。",
        f"Source: {source.issuer.en}, “{source.title.en}” ({format_date(source.date, 'en')}). The figures are what the source states; the summaries are ours.",
    )
    link = Markup(' <a href="{}" target="_blank" rel="noopener">{}</a>').format(
        view.link(), view.say("在“河南改革成效”中查看", "See it in Henan Reform Outcomes")
    )
    back = link if view.embedded else ""
    if not (view.embedded or view.printing):
        cited = st.expander(
            view.say("引用与链接", "Cite and link"),
            key="cite",
            on_change="rerun",
            icon=":material/format_quote:",
            type="compact",
        )
        if cited.open:
            cited.code(f"{cite_document(source)}\n{view.link()}", language=None, wrap_lines=True)
    st.html(Markup('<footer class="imprint" data-address="{}">{}{}</footer>').format(view.location, text, back))
