"""Breaks of the product, a line each, which the tests should notice; they were chosen before the tests were read.

A break is located by a text that stands once in its file. Whoever moves that code moves the break.
"""

from __future__ import annotations

from typing import NamedTuple


class Break(NamedTuple):
    """A break: `text` in `file` becomes `replacement`. `tests` are what pytest runs to notice it."""

    room: str
    name: str
    file: str
    text: str
    replacement: str
    tests: tuple[str, ...]


BREAKS = (
    Break("model", "nearly-stays-below-when-mirrored", "data/model/evidence.py",
          '"nearly": "over"',
          '"nearly": "under"', ("tests/test_evidence.py",)),
    Break("model", "plan-has-a-direction", "data/model/evidence.py",
          'metric.status != "observed" or metric.better == "neutral"',
          'metric.better == "neutral"', ("tests/test_evidence.py", "tests/test_shares_and_plans.py")),
    Break("model", "phrase-of-60-characters-is-allowed", "data/model/schema.py",
          "PHRASE_LIMIT = 40",
          "PHRASE_LIMIT = 60", ("tests/test_check.py", "tests/test_audit.py")),
    Break("rules", "growth-by-two-times-is-no-multiple-of-three", "data/rules/cited.py",
          '"multiple": [value - 1]',
          '"multiple": [value + 1]', ("tests/test_numbers.py",)),
    Break("rules", "implied-share-of-the-whole-is-refused", "data/rules/numbers.py",
          "value * unit.factor > 1",
          "value * unit.factor >= 1", ("tests/test_check.py", "tests/test_load.py")),
    Break("reading", "restart-with-a-bad-file-forgets-the-last-good-data", "data/reading/live.py",
          "elif self._copy and (restored :=",
          "elif False and (restored :=", ("tests/test_live.py", "tests/test_last_good.py")),
    Break("reading", "message-names-a-path-of-the-machine", "data/reading/load.py",
          "build_dataset(read_files(folder), folder.name,",
          "build_dataset(read_files(folder), str(folder),", ("tests/test_check.py", "tests/test_load.py")),
    Break("query", "city-filter-forgets-the-province", "data/query/filters.py",
          "tabulate_values(dataset, name)[list(values)]",
          "tabulate_values(dataset, name)[[value for value in values if value != PROVINCE]]", ("tests/test_filters.py",)),
    Break("query", "unknown-value-is-dropped-without-a-notice", "data/query/filters.py",
          "unknown += [(name, value) for value in dict.fromkeys(values) if value not in known]",
          "unknown += []", ("tests/test_filters.py",)),
    Break("query", "map-is-coloured-by-where-people-live", "data/query/geography.py",
          "if is_own and single and not unit.per_resident:",
          "if is_own and single:", ("tests/test_map.py",)),
    Break("wording", "panel-of-a-city-tells-what-tells-least", "data/wording/map_cases.py",
          "best.setdefault(key, position)",
          "best[key] = position", ("tests/test_map.py",)),
    Break("markup", "area-without-a-case-filters-to-nothing", "pages/markup/templates/map.html",
          "{% set chooses = (area.cases or chosen) and",
          "{% set chooses =", ("tests/test_map.py",)),
    Break("markup", "number-on-the-map-covers-another", "pages/markup/map.py",
          "            if gap < DISC:",
          "            if gap < 0:", ("tests/test_map.py",)),
    Break("markup", "saved-map-leaves-out-the-decisive-doubt", "pages/plots.py",
          "{state} · {_say_stated(finding)}",
          "{state} · {finding.state}", ("tests/test_map.py",)),
    Break("wording", "at-least-is-at-most-in-chinese", "data/wording/words.yaml",
          'at_least: {zh: "{}以上"',
          'at_least: {zh: "{}以下"', ("tests/test_wording.py",)),
    Break("wording", "rank-that-climbs-is-said-to-fall", "data/wording/formatting.py",
          '"up ") if change.span[0] > 0',
          '"up ") if change.span[0] < 0', ("tests/test_wording.py",)),
    Break("wording", "copied-citation-leaves-out-the-caveats", "data/wording/citation.py",
          "*list_caveats(row, lang),",
          "", ("tests/test_citation.py",)),
    Break("downloads", "text-with-an-at-sign-is-a-formula", "data/downloads/csv_json.py",
          '"-", "@", "＝"',
          '"-", "＝"', ("tests/test_downloads.py",)),
    Break("downloads", "word-leaves-out-the-caveats", "data/downloads/word.py",
          "*list_caveats(row, self.lang), *others",
          "*others", ("tests/test_word.py", "tests/test_elsewhere.py")),
    Break("downloads", "second-page-of-a-data-link-is-empty", "data/downloads/extract.py",
          "None if self.limit is None else self.offset + self.limit",
          "self.limit", ("tests/test_downloads.py",)),
    Break("drafting", "fall-is-drafted-as-a-rise", "data/drafting/figures.py",
          "ends = -ends[1], -ends[0]",
          "ends = ends[1], ends[0]", ("tests/test_draft.py",)),
    Break("commands", "audit-is-content-with-one-clean-case", "data/audit.py",
          "return 0 if all(case.clean",
          "return 0 if any(case.clean", ("tests/test_audit.py",)),
    Break("markup", "table-does-not-mark-a-derived-end", "pages/markup/templates/data.html",
          'if label and origin == "derived"',
          'if label and origin == "missing"', ("tests/test_data_table.py",)),
    Break("wording", "single-values-stand-before-the-pairs", "data/wording/compare.py",
          'row.rule.drawing != "ends", row.case_id',
          'row.rule.drawing == "ends", row.case_id', ("tests/test_compare.py",)),
    Break("markup", "arrow-of-a-pair-ends-where-it-begins", "pages/markup/geometry.py",
          'else Mark("arrow", place(was), place(size), (row.before_bound',
          'else Mark("arrow", place(was), place(was), (row.before_bound', ("tests/test_compare.py", "tests/test_plots.py")),
    Break("markup", "axis-of-values-begins-at-the-smallest", "pages/markup/geometry.py",
          "low, high = min(numbers), max(",
          "low, high = min(sizes), max(", ("tests/test_compare.py",)),
    Break("markup", "address-of-any-scheme-becomes-a-link", "pages/markup/templates/card.html",
          'if scheme in ("http", "https")',
          "if rest", ("tests/test_elsewhere.py", "tests/test_hostile.py")),
    Break("screens", "files-of-the-chosen-figures-have-all", "pages/data_screen.py",
          "len(view.selection.positions), view.filters)",
          "len(view.selection.positions), Filters())", ("tests/test_pages.py",)),
    Break("frame", "new-filter-stays-on-the-third-page", "pages/frame/view.py",
          "if name not in (PAGE_NUMBER, *FILTERS)",
          "if name not in FILTERS", ("tests/test_parts.py",)),
    Break("serving", "nosniff-is-missing", "pages/serving/policy.py",
          '"x-content-type-options": "nosniff",',
          "", ("tests/test_headers.py",)),
    Break("serving", "rate-limit-does-not-count", "pages/serving/guard.py",
          "COSTS.get(_ending(scope), 1)",
          "0", ("tests/test_headers.py",)),
)  # fmt: skip
