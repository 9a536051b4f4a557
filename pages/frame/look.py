"""The look: a quiet printed report. One ink, two meaning colours, greys; hierarchy by size and weight."""

from __future__ import annotations

import streamlit as st

from data.model.grades import GRADE_RULES
from data.model.schema import Lang
from pages.serving.policy import LANGUAGE_SCRIPTS

ICON = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#1f5fa8"/>'
    '<circle cx="9" cy="16" r="4" fill="#ffffff"/><path d="M13 14.5h8V9l7 7-7 7v-5.500h-8z" fill="#ffffff"/></svg>'
)
"""The site's mark. Drawn here, because a Material symbol as a page icon is fetched from outside."""

_CSS = """
<style>
:root { --ink: light-dark(#171717, #e8eaed); --ground: light-dark(#ffffff, #111418); --quiet: light-dark(#5b626a, #a3abb5); --rule: light-dark(#d9dcdf, #343a42);
  --worsened: #cf6a1a; --focus: light-dark(#1f5fa8, #7db4ee); }
.stMainBlockContainer { max-width: 1060px; padding: 4rem 2.5rem 3rem; }
.stPlotlyChart:not([class*="st-key-export-"] *) text { fill: var(--ink) !important; }
[class*="st-key-export-"] { overflow-x: auto; border: 1px solid var(--rule); background: #ffffff; }
[class*="st-key-export-"] > div { min-width: 1200px; }
[class*="st-key-export-"] .modebar { right: auto !important; left: 6px !important; opacity: 1 !important; }
.st-key-changes > div:has([class*="st-key-export-"]) { grid-column: 1 / -1; }
.stPlotlyChart .geo text { paint-order: stroke; stroke: light-dark(#ffffff, #111418); stroke-width: 3px; stroke-linejoin: round; }
.stPlotlyChart .hoverlayer text { fill: #171717 !important; }
[data-testid="stCode"] > div:last-child { opacity: 1 !important; visibility: visible !important; }
.stHtml ul, .stHtml ol, .stHtml li { margin-left: 0; }
.stApp h1, .stApp h2, .stApp h3 { letter-spacing: 0; line-height: 1.3; text-wrap: balance; }
.st-key-masthead { border-bottom: 1px solid var(--rule); padding-bottom: .35rem; row-gap: .1rem; }
.site { font-weight: 650; font-size: 1.05rem; white-space: nowrap; }
.stApp h1:focus { outline: none; }
.stHtml a:focus-visible { outline: 2px solid var(--focus); outline-offset: 2px; border-radius: 2px; }
.pages { display: flex; gap: 1rem; font-size: .9rem; }
.pages a { color: var(--ink); text-decoration: none; padding: .15rem .5rem; border-radius: 4px; line-height: 1.6;
  white-space: nowrap; }
.pages a:hover { background: light-dark(#eceef0, #262b32); }
.pages a[aria-current="page"] { font-weight: 650; box-shadow: inset 0 -2px 0 var(--ink); border-radius: 0; }
a.link { display: inline-flex; align-items: center; gap: .4rem; color: var(--ink); text-decoration: none;
  line-height: 1.4; }
a.link:only-child { display: flex; width: fit-content; }
a.link:has(.icon) { font-size: .9rem; }
.title { font-weight: 600; font-size: .95rem; margin: 0 0 .25rem; }
a.link:hover > :not(.icon) { text-decoration: underline; text-underline-offset: 3px; }
.icon { font: 400 1.15rem/1 "Material Symbols Rounded"; width: 1em; height: 1em; flex: none; overflow: hidden;
  white-space: nowrap; user-select: none; font-feature-settings: "liga"; }
.neighbours { display: flex; flex-wrap: wrap; gap: .5rem 2rem; margin-top: .5rem; font-weight: 500; }
.neighbours a:has(.icon:last-child) { margin-left: auto; text-align: right; }
.st-key-lang { margin-left: auto; }
[data-tag-index] span { color: light-dark(#ffffff, #111418) !important; }
.side { font-size: 1rem !important; margin: 0 !important; padding: 0 !important; }
.status { color: var(--quiet); font-size: .875rem; margin: 0; font-variant-numeric: tabular-nums; }
.st-key-status button { min-height: 1.5rem; }
.lede { max-width: 42rem; font-size: 1.02rem; line-height: 1.7; margin: 0 0 .25rem; }
ul.lede, ol.lede { padding-left: 1.3rem !important; }
.lede li { margin-bottom: .3rem; }
.quiet { color: var(--quiet); font-size: .875rem; line-height: 1.6; max-width: 44rem; margin: 0; }
.quiet a { color: var(--ink); }
.kicker { color: var(--quiet); font-size: .875rem; margin: 0 0 .4rem; }
.strip { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(20rem, 100%), 1fr)); gap: .35rem 1.5rem; font-size: .875rem;
  margin: .25rem 0 0 !important; padding: 0 !important; list-style: none; }
.strip li { display: grid; grid-template-columns: 2.6rem 6.6rem 1fr; align-items: baseline; }
.strip b { font-size: 1.1rem; font-variant-numeric: tabular-nums; font-weight: 600; text-align: right; padding-right: .5rem; }
.strip .grade { justify-self: start; }
.grade { display: inline-block; border: 1px solid currentColor; border-radius: 3px; padding: 0 .3rem; font-size: .75rem; line-height: 1.25rem; font-weight: 600; }
.grade-P { border-width: 3px; padding: 0 .2rem; line-height: 1rem;
  background: repeating-linear-gradient(135deg, var(--rule) 0 1px, transparent 1px 5px); }
.improved { color: light-dark(#1d62a8, #7db4ee); }
.worsened { color: light-dark(#a94f0b, #f0a868); }
.plan { color: var(--quiet); }
.cards { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(16rem, 100%), 1fr)); gap: 1.75rem 2rem;
  align-items: start; }
.st-key-changes { display: grid !important; grid-template-columns: repeat(auto-fill, minmax(min(24rem, 100%), 1fr)); gap: 2rem 2.5rem !important; align-items: start; }
.st-key-changes > div, [class*="st-key-figure-"] { width: 100% !important; min-width: 0; max-width: none; flex: none; }
.card { border-top: 2px solid currentColor; padding-top: .4rem; min-width: 0; }
.card p { margin: 0; }
.card .title { font-size: 1.02rem; margin-bottom: .25rem; }
.card .best { font-size: 1.3rem; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.35; margin-top: .35rem; }
.card .what { font-size: .875rem; line-height: 1.5; margin-bottom: .3rem; }
.card .words { font-size: .95rem; line-height: 1.5; margin-top: .35rem; }
.finding { font-weight: 600; font-size: .98rem; line-height: 1.5; margin: 0; }
.prov { font-size: .8125rem; color: var(--quiet); line-height: 1.55; margin: 0; }
.prov q { quotes: "“" "”"; color: var(--ink); }
.caveat { font-size: .8125rem; line-height: 1.5; margin: .15rem 0 0; padding-left: .6rem; border-left: 2px solid var(--rule); color: var(--quiet); max-width: 44rem; }
.triple { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(15.5rem, 100%), 1fr)); gap: 1.5rem 2rem; margin: .5rem 0; }
.triple h2 { font-size: .875rem !important; color: var(--quiet); padding: 0 0 .25rem !important; margin: 0 !important; }
.triple p, .triple li { line-height: 1.65; margin: 0 0 .3rem; font-size: .95rem; }
.triple ol { padding-left: 1.2rem; margin: 0; }
.levels { display: grid;
  grid-template-columns: repeat(auto-fill, minmax(min(15rem, 100%), 1fr)); gap: 1.1rem 1.5rem; margin: 0 !important; padding: 0 !important; list-style: none; }
.levels li { border-top: 1px solid var(--rule); padding-top: .4rem; margin: 0; }
.levels .num { font-size: 1.2rem; font-weight: 600; font-variant-numeric: tabular-nums; line-height: 1.35; display: block; }
.levels .what { font-size: .875rem; line-height: 1.45; display: block; }
.events { list-style: none; margin: 0 !important; padding: 0 !important; max-width: 46rem; }
.events li { display: grid;
  grid-template-columns: 9.5rem 1fr; gap: .75rem; padding: .35rem 0; border-top: 1px solid var(--rule); margin: 0; line-height: 1.55; font-size: .93rem; }
.events time { color: var(--quiet); font-variant-numeric: tabular-nums; }
.conflict { display: grid;
  grid-template-columns: repeat(auto-fit, minmax(min(16rem, 100%), 1fr)); gap: .5rem 1.5rem; border-top: 1px solid var(--rule); padding: .5rem 0; }
.conflict blockquote { margin: 0; padding: 0 0 0 .7rem; border-left: 3px solid var(--worsened); font-size: .95rem; }
.conflict p { grid-column: 1 / -1; margin: 0; font-size: .93rem; line-height: 1.6; max-width: 46rem; }
.tablewrap { overflow-x: auto; max-width: 100%; }
.tablewrap table { border-collapse: collapse;
  font-size: .8125rem; line-height: 1.45; font-variant-numeric: tabular-nums; min-width: 46rem; width: 100%; }
.tablewrap th { text-align: left; font-weight: 600; border-bottom: 1px solid currentColor; padding: .3rem .6rem .3rem 0;
  vertical-align: bottom; }
.tablewrap td { border-bottom: 1px solid var(--rule); padding: .35rem .6rem .35rem 0; vertical-align: top; }
.tablewrap a { color: inherit; text-decoration-color: var(--quiet); text-underline-offset: 2px; }
.tablewrap small { color: var(--quiet); font-size: .75rem; }
.tablewrap caption { text-align: left; padding: 0 0 .3rem; caption-side: top; }
.nw { white-space: nowrap; }
.imprint { border-top: 1px solid var(--rule); color: var(--quiet); font-size: .8125rem; line-height: 1.6; padding-top: .6rem; margin-top: 2rem; }
.compact { list-style: none; margin: 0 !important; padding: 0 !important; }
.compact li { margin: 0 0 2px; padding: 0; }
.st-key-head { display: grid !important; grid-template-columns: minmax(0, 1fr) 210px; gap: 1.5rem !important; align-items: start; }
.st-key-head > div { width: 100% !important; min-width: 0; }
.st-key-head > .st-key-take-locator, .st-key-head > div:has(.st-key-take-locator) { grid-column-end: -1; }
.st-key-head > div:has([class*="st-key-export-"]) { grid-column: 1 / -1 !important; }
.legend { display: flex; flex-wrap: wrap; gap: .25rem 1.25rem; list-style: none; padding: 0 !important; margin: 0 !important; font-size: .8125rem; color: var(--quiet); }
.sw { display: inline-block; width: .8rem; height: .8rem; vertical-align: -1px; margin-right: .3rem; border: 1px solid var(--quiet); }
.legend.small { font-size: .75rem; line-height: 1.4; gap: .1rem; flex-direction: column; }
.sw.chosen { background: #2f7fd1; }
.pt { display: inline-block; width: 9px; height: 9px; border-radius: 50%; background: var(--ink); border: 1.5px solid var(--ground);
  outline: 1px solid var(--quiet); margin-right: .4rem; }
.pt.named { background: var(--ground); border-color: var(--ink); outline: none; }
.st-key-map .point[style*="fill: rgb(27, 32, 38)"], .st-key-where .point[style*="fill: rgb(27, 32, 38)"] { fill: var(--ink) !important; stroke: var(--ground) !important; }
.st-key-map .point[style*="fill: rgb(255"], .st-key-where .point[style*="fill: rgb(255"] { fill: var(--ground) !important; stroke: var(--ink) !important; }
.st-key-chosen { max-height: 27rem; overflow-y: auto; }
.st-key-chosen .compact li { font-size: .8125rem; line-height: 1.45; margin: 0 0 .3rem; }
.st-key-chosen .compact b { font-variant-numeric: tabular-nums; }
.st-key-chosen .compact small { color: var(--quiet); }
@media (max-width: 640px) {
  .stMainBlockContainer { padding-left: 1rem; padding-right: 1rem; }
  .st-key-head { grid-template-columns: minmax(0, 1fr); }
  .st-key-picker > :first-child { flex: 1 1 100% !important; }
  .events li { grid-template-columns: 1fr; gap: 0; }
  .st-key-masthead > :has(.pages), .st-key-masthead > * > :has(> .pages) { order: 3; width: 100% !important; }
  .pages { gap: 0; justify-content: space-between; }
  .pages a { padding: .15rem .3rem; }
}
@media print { .st-key-masthead, .st-key-status, [data-testid="stSidebar"], [data-testid="stHeader"] { display: none !important; } }
</style>
"""

_BORDERS = "".join(f".grade-{grade} {{ border-style: {rule.border}; }}\n" for grade, rule in GRADE_RULES.items())

_PRINT = """
<style>
@page { size: A4; margin: 12mm; }
[data-testid="stSidebar"], [data-testid="stHeader"], [data-testid="stToolbar"] { display: none !important; }
.stApp, .stApp > *, .stMain, [data-testid="stAppViewContainer"] { position: static !important; overflow: visible !important; height: auto !important; color-scheme: light; }
.stMainBlockContainer { width: 700px; max-width: 700px; padding: 0; margin: 0 auto; }
.stMainBlockContainer, .stMainBlockContainer p, .stMainBlockContainer li { font-size: 11px !important; line-height: 1.45 !important; }
.stMainBlockContainer h1 { font-size: 20px !important; padding: 0 !important; }
.stMainBlockContainer h2 { font-size: 14px !important; padding: 6px 0 2px !important; }
.stMainBlockContainer .stVerticalBlock { gap: 4px; }
.stMainBlockContainer [data-testid="stHeading"], .stMainBlockContainer [data-testid="stMarkdownContainer"] { margin: 0 !important; }
.stMainBlockContainer blockquote, .stMainBlockContainer .triple h2, .stMainBlockContainer .imprint { font-size: 11px !important; }
html, body, .stApp { background: #ffffff !important; }
.stApp, .stApp div { border-left: 0; box-shadow: none !important; background-color: transparent; color-scheme: light !important; }
.stApp * { color: #171717 !important; }
.stApp .improved { color: #1d62a8 !important; }
.stApp .worsened { color: #a94f0b !important; }
.triple { grid-template-columns: repeat(3, 1fr); gap: 14px; margin: 0; }
.st-key-changes { grid-template-columns: repeat(2, 1fr); gap: 8px 20px !important; }
.caveat, .prov { font-size: 9.5px !important; }
.compact { columns: 3; column-gap: 18px; }
.conflict, .compact li, [class*="st-key-figure-"] { break-inside: avoid; }
.imprint { margin-top: 6px; }
</style>
"""
_EMBED = """
<style>
[data-testid="stSidebar"], [data-testid="stExpandSidebarButton"], [data-testid="stHeader"], [data-testid="stToolbar"] { display: none !important; }
.stMainBlockContainer { max-width: none; padding: .75rem; }
.imprint { margin-top: 0; padding-bottom: .4rem; }
.stMainBlockContainer { padding-bottom: 0; }
.stElementContainer:has(> .stHtml > .imprint) { position: sticky; bottom: 0; z-index: 1; background: light-dark(#ffffff, #111418); }
.st-key-changes { grid-template-columns: minmax(0, 1fr); }
</style>
"""


LOST = {
    "zh": "与服务器的连接断开了。恢复后本页会自动继续，您的选择不变。",
    "en": "The connection to the server is lost. This page goes on by itself when it is back, with what you chose.",
}
NOWHERE = {
    "zh": "这个地址没有页面，已改为显示概览。",
    "en": "There is no page at this address; the overview is shown instead.",
}
_DIALOGS = """
<style>
.stDialog section > :is(h2, h2 ~ div) {{ display: none; }}
.stDialog section::after {{ content: "{lost}"; display: block; padding: 1.5rem 4rem 1.5rem 1.5rem; line-height: 1.6; }}
body:has([data-test-connection-state="CONNECTED"]) .stDialog section::after {{ content: "{nowhere}"; }}
</style>
"""
"""Streamlit opens a dialog when its server is gone and at an address without a page. Its words are for developers, and English: ours stand in their place."""


def apply(lang: Lang, printing: bool, embedded: bool) -> None:
    """Puts the style sheet on the page, with that of paper or of a frame elsewhere where asked, and tells the browser the language."""
    more = _PRINT if printing else _EMBED if embedded else ""
    dialogs = _DIALOGS.format(lost=LOST[lang], nowhere=NOWHERE[lang])
    st.html(
        f"{_CSS}<style>{_BORDERS}</style>{dialogs}{more}<script>{LANGUAGE_SCRIPTS[lang]}</script>",
        unsafe_allow_javascript=True,
    )
