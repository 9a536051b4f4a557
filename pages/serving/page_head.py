"""What the head of a page says to search engines and previews of links: title, description, addresses, the dataset."""

from __future__ import annotations

import json

from markupsafe import Markup

from data.downloads.extract import LICENCE
from data.downloads.snippets import build_link
from data.model.schema import Lang
from data.query.dataset import Dataset
from data.query.filters import Filters
from data.wording.labels import say
from pages.markup.first_view import FirstView
from pages.markup.report import FORMATS
from pages.serving.page_request import LANGUAGES, PageRequest
from pages.serving.preview_image import HEIGHT, WIDTH, preview_path
from pages.site.screens import SCREENS, SITE_NAME

LANGUAGE_TAGS: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}
_LOCALES = {"zh": "zh_CN", "en": "en_US"}
MAX_DESCRIPTION = 300
"""Maximum number of characters of a description."""


def format_head(request: PageRequest, dataset: Dataset, base: str, opened: FirstView) -> Markup:
    """The title, description and addresses of a page; absolute addresses only where the operator names the host."""
    lang, title = request.lang, write_title(request, opened.title)
    description = shorten(opened.description)
    parts = [
        Markup("<title>{}</title>").format(title),
        Markup('<meta name="description" content="{}">').format(description),
        Markup('<meta property="og:site_name" content="{}">').format(SITE_NAME[lang]),
        Markup('<meta property="og:type" content="website">'),
        Markup('<meta property="og:title" content="{}">').format(opened.title),
        Markup('<meta property="og:description" content="{}">').format(description),
        Markup('<meta property="og:locale" content="{}">').format(_LOCALES[lang]),
    ]
    if request.origin:
        parts += _format_addresses(request, f"{request.origin}{base}")
        if request.screen == "overview":
            parts.append(_format_dataset(dataset, f"{request.origin}{base}", lang, opened))
    return Markup("\n    ").join(parts)


def write_title(request: PageRequest, heading: str) -> str:
    """The title of a page in the browser: as the page sets it, with the heading of a case."""
    names = [SCREENS[request.screen].name[request.lang], heading if request.case_id else "", SITE_NAME[request.lang]]
    return " · ".join(filter(None, names))


def shorten(text: str) -> str:
    """A text of at most MAX_DESCRIPTION characters."""
    return text if len(text) <= MAX_DESCRIPTION else f"{text[: MAX_DESCRIPTION - 1].rstrip()}…"


def _format_addresses(request: PageRequest, site: str) -> list[Markup]:
    own = f"{site}{request.path(request.lang if request.names_lang else None)}"
    alternate = Markup('<link rel="alternate" hreflang="{}" href="{}">')
    image = f"{site}{preview_path(request.lang)}"
    return [
        Markup('<link rel="canonical" href="{}">').format(own),
        *(alternate.format(LANGUAGE_TAGS[lang], f"{site}{request.path(lang)}") for lang in LANGUAGES),
        alternate.format("x-default", f"{site}{request.path()}"),
        Markup('<meta property="og:url" content="{}">').format(own),
        Markup('<meta property="og:image" content="{}">').format(image),
        Markup('<meta property="og:image:width" content="{}">').format(WIDTH),
        Markup('<meta property="og:image:height" content="{}">').format(HEIGHT),
        Markup('<meta name="twitter:card" content="summary_large_image">'),
    ]


def _format_dataset(dataset: Dataset, site: str, lang: Lang, opened: FirstView) -> Markup:
    """The dataset as JSON-LD (schema.org), in which no `<` stands that could end the element."""
    source = dataset.source
    described = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": f"{SITE_NAME[lang]} {source.year}",
        "description": f"{opened.title}{say(lang, '。', '. ')}{opened.description}",
        "url": f"{site}/?lang={lang}",
        "inLanguage": [LANGUAGE_TAGS[each] for each in LANGUAGES],
        "license": LICENCE["path"],
        "isAccessibleForFree": True,
        "version": dataset.version,
        "temporalCoverage": str(source.year),
        "spatialCoverage": say(lang, "中国河南省", "Henan, China"),
        "isBasedOn": {
            "@type": "CreativeWork",
            "name": source.title[lang],
            "author": {"@type": "Organization", "name": source.issuer[lang]},
            "datePublished": source.date,
        },
        "distribution": [
            {
                "@type": "DataDownload",
                "encodingFormat": form.media_type,
                "contentUrl": build_link(site, form.path, Filters(), **form.parameters(lang)),
            }
            for form in FORMATS.values()
        ],
    }
    text = json.dumps(described, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026")
    return Markup('<script type="application/ld+json">{}</script>').format(Markup(text))
