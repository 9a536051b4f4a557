"""The title and the first sentences of every screen, for the page and for what is served before it has started.

`TITLES` and `DESCRIPTIONS` have those that are the same for every selection; a case opens with its title and summary.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from data.model.schema import Case, Document, Lang, Text
from data.query.dataset import Dataset
from data.query.filters import Filters, Selection
from data.query.findings import ChangeCounts, GapCounts, count_changes
from data.query.geography import name_area
from data.wording.counts import name_cases, name_metrics
from data.wording.findings import CaseFindings, describe_changes, describe_kinds, name_counted
from data.wording.labels import t, upper_first


@dataclass(frozen=True, slots=True)
class Opening:
    """A title and the paragraph below it, in one language; of the overview also how many results state what,
    and what the changes among them are.
    """

    title: str
    lede: str = ""
    counts: ChangeCounts | None = None
    kinds: str = ""


TITLES: Mapping[str, Text] = {
    "compare": Text(zh="比较", en="Compare"),
    "data": Text(zh="数据", en="The data"),
    "method": Text(zh="方法", en="Method"),
}
"""The titles of the screens that have the same for every selection, by their ids."""
MAX_PLACES = 3
"""Maximum number of cities that a title names."""
MAX_SELECTORS = 2
"""Maximum number of those who chose cases that a sentence names."""


def count_words(count: int) -> tuple[str, str]:
    """Return a number of cases as it stands in a title, in Chinese and in English."""
    return ("十", "ten") if count == 10 else (f"{count:,}", f"{count:,}")


def open_overview(selection: Selection, lang: Lang, filters: Filters | None = None) -> Opening:
    """Return the title of the overview, and how many of the selected results state a change, with a caution.

    Under `filters` by city the title says whose the metrics are and how many.
    """
    title = title_cities(selection, filters, lang) if filters and filters.city else title_reforms(selection, lang)
    caution = warn(tuple(selection.dataset.documents_of(selection.cases)), lang)
    counts = count_changes(selection) if len(selection.positions) else None
    if not counts:
        return Opening(title, caution)
    lede = describe_changes(counts, lang) + t(lang, "", " ") + caution
    return Opening(title, lede, counts, describe_kinds(counts, lang))


def warn(documents: Sequence[Document], lang: Lang) -> str:
    """Say who chose the cases of these documents, and that the changes need not be due to the reforms."""
    selectors = list(dict.fromkeys((document.selected_by or document.issuer)[lang] for document in documents))
    if len(selectors) > MAX_SELECTORS:
        selectors = [t(lang, "各自的发布单位", "those who published them")]
    chosen = t(lang, "案例由", "") + t(lang, "、", " and ").join(selectors) + t(lang, "选定", " chose the cases")
    return t(
        lang,
        f"{chosen}，没有对照组，不能证明变化由改革引起。",
        f"{chosen[:1].upper()}{chosen[1:]}, and none has a comparison group: this does not show that the reforms "
        "caused the changes.",
    )


def title_reforms(selection: Selection, lang: Lang) -> str:
    """Return what the selected reforms are asked for; of all of them if none is selected."""
    zh, en = count_words(len(selection.cases) or len(selection.dataset.cases))
    return t(
        lang,
        f"{zh}项改革报告了什么变化，材料没写明什么",
        f"What {en} reform{' in Henan reports' if en == '1' else 's in Henan report'}, and what the source leaves out",
    )


def title_cities(selection: Selection, filters: Filters, lang: Lang) -> str:
    """Return the chosen cities with the number of their cases and metrics, or of those that the scope adds too."""
    names = t(lang, "、", ", ").join(name_area(selection.dataset, code)[lang] for code in filters.city)
    cases, metrics = name_cases(len(selection.cases), lang), name_metrics(len(selection.positions), lang)
    if filters.scope:
        return t(lang, f"{names}及同案例的其他指标：{metrics}", f"{names} and the same cases elsewhere: {metrics}")
    return t(lang, f"{names}：{cases}，{metrics}", f"{names}: {cases}, {metrics}")


def title_findings(dataset: Dataset, filters: Filters, cases: Sequence[CaseFindings], lang: Lang) -> str:
    """Return a title for what cases report that says by itself what it is about."""
    if len(cases) == 1:
        (case,) = cases
        return t(lang, f"{case.title}：报告的成效", f"{case.title}: what it reports") + f" · {case.places}"
    zh, en = count_words(len(cases))
    place = _name_place(dataset, filters, lang)
    return t(lang, f"{place}{zh}项改革各自报告了什么", f"What {en} reforms in {place} report")


def title_gaps(counts: GapCounts, lang: Lang, alone: Selection | None = None) -> str:
    """Return a title for the matrix of these counts.

    Where it stands `alone`, it says by itself which cases of this selection it is about.
    """
    counted = name_counted(counts, lang)
    gaps = t(
        lang,
        f"{counted}写得有多完整，缺口在哪里",
        f"how completely the {counted} are stated, and where the gaps are",
    )
    if alone is None:
        return upper_first(gaps)
    place, (zh, en) = _name_place(alone.dataset, counts.filters, lang), count_words(len(alone.cases))
    reforms = f"{en.capitalize()} reform{'' if en == '1' else 's'} in {place}"
    return t(lang, f"{place}{zh}项改革：{gaps}", f"{reforms}: {gaps}")


def _name_place(dataset: Dataset, filters: Filters, lang: Lang) -> str:
    """Return the names of the chosen cities, otherwise of the province, for a title that stands alone."""
    chosen = [name_area(dataset, code)[lang] for code in filters.city]
    return t(lang, "、", ", ").join(chosen) if 0 < len(chosen) <= MAX_PLACES else t(lang, "河南", "Henan")


def title_map(dataset: Dataset, lang: Lang, shown: int | None = None) -> str:
    """Return the title of the map: how many reforms of which years, and how many of them it shows if not all."""
    years = [case.year for case in dataset.cases]
    span = "–".join(map(str, dict.fromkeys((min(years), max(years))))) if years else ""
    zh, en = count_words(len(dataset.cases))
    reforms = t(
        lang,
        f"河南{span}年{zh}大改革典型案例" if zh == "十" else f"河南{span}年{zh}个改革典型案例",
        f"Henan's {en} model reforms of {span}",
    )
    if shown in (None, len(dataset.cases)):
        return t(lang, f"{reforms}在哪里", f"Where {reforms} happened")
    return t(lang, f"{reforms}：其中{shown:,}个在哪里", f"Where {shown:,} of {reforms} happened")


def name_number(case: Case, lang: Lang) -> str:
    """Return the number of a case in words."""
    return t(lang, f"案例 {case.number}", f"Case {case.number}")


def number_title(case: Case, lang: Lang) -> str:
    """Return the number and title of a case, for links, headings and choices."""
    return f"{case.number} · {case.title[lang]}"


def join_places(dataset: Dataset, case: Case, lang: Lang) -> str:
    """Return the names of a case's own places."""
    return t(lang, "、", ", ").join(dataset.places[place].name[lang] for place in case.places)


def join_domains(dataset: Dataset, case: Case, lang: Lang) -> str:
    """Return the names of a case's domains."""
    return t(lang, "、", ", ").join(dataset.domains[domain].name[lang] for domain in case.domains)


def describe_case(dataset: Dataset, case: Case, lang: Lang) -> list[str]:
    """Return where a case happened, its domains and who submitted it."""
    sender = case.submitted_by
    submitted = t(lang, f"{sender.zh}报送", f"submitted by {sender.en}")
    return [join_places(dataset, case, lang), join_domains(dataset, case, lang), submitted]


DESCRIPTIONS: Mapping[str, Text] = {
    "map": Text(
        zh="河南省十八个地市级单位中，哪些地方有改革案例，各报告了什么。",
        en="Where in Henan's 18 prefecture-level units the reform cases happened, and what each of them reports.",
    ),
    "compare": Text(
        zh="把不同改革案例的指标放在一起：可比的共用一条坐标轴，不可比的写明原因。",
        en="Figures of different reform cases side by side: on one axis where they share a scale, otherwise with the "
        "reason why not.",
    ),
    "data": Text(
        zh="全部指标可下载为 CSV、Excel、JSON，附原文、时间和完整度；另有供程序读取的固定链接。",
        en="Every figure as CSV, Excel or JSON, with its source words, periods and completeness; permanent links for "
        "programs.",
    ),
    "method": Text(
        zh="指标怎样摘录、怎样分级、怎样推算，材料在哪里自相矛盾，前后对比能说明什么、不能说明什么。",
        en="How the figures were transcribed, graded and calculated, where the source contradicts itself, and what a "
        "comparison of earlier and later can and cannot say.",
    ),
}
"""A sentence on what each of these screens is for: below its title on all but the map, and for search engines."""
