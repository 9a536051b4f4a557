"""The key to the letters and doubts that some metrics have, for a page that stands alone, as on paper."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from data.model.grades import GRADE_RULES, GRADES_NOTE
from data.model.schema import Lang
from data.wording.labels import FLAG_MEANINGS, FLAG_WORDS, say
from data.wording.rows import MetricRow
from pages.markup.marks import format_badge


def format_grade_key(rows: Sequence[MetricRow], lang: Lang) -> Markup:
    """Return the meaning of each grade and flag that occurs among these metrics, below the fixed line on grades."""
    grades, flags = {row.grade for row in rows}, {word for row in rows for word in row.flag_words}
    colon = say(lang, "：", ": ")
    grade_item, flag_item = Markup("<li>{} {}{}{}</li>"), Markup("<li>⚠ {}{}{}</li>")
    items = [
        *(
            grade_item.format(format_badge(grade, lang), rule.word[lang], colon, rule.meaning[lang])
            for grade, rule in GRADE_RULES.items()
            if grade in grades
        ),
        *(
            flag_item.format(word[lang], colon, FLAG_MEANINGS[flag][lang])
            for flag, word in FLAG_WORDS.items()
            if word[lang] in flags
        ),
    ]
    return Markup('<section class="grade-key"><h2>{}</h2><p>{}</p><ul>{}</ul></section>').format(
        say(lang, "完整度与疑点说明", "Key to completeness and doubts"), GRADES_NOTE[lang], Markup("").join(items)
    )
