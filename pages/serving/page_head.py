"""What the head of a page says to search engines and previews of links: title, description, addresses, the dataset."""

from __future__ import annotations

import json
from typing import NamedTuple

from markupsafe import Markup

from data.downloads.extract import LICENCE
from data.downloads.snippets import build_link
from data.model.schema import Lang
from data.query.dataset import Dataset
from data.query.filters import Filters
from data.wording.labels import t
from pages.markup.report import FORMATS
from pages.markup.screens import SCREENS, SITE_NAME
from pages.serving.first_view import FirstView
from pages.serving.page_request import LANGUAGES, PageRequest
from pages.serving.preview_image import HEIGHT, WIDTH, preview_path

LANGUAGE_TAGS: dict[Lang, str] = {"zh": "zh-CN", "en": "en"}
MAX_DESCRIPTION = 300
"""Maximum number of characters of a description."""


class Addresses(NamedTuple):
    """The absolute addresses of a page, by language those of the same page, and its preview image."""

    own: str
    alternates: list[tuple[str, str]]
    image: str
    width: int = WIDTH
    height: int = HEIGHT


class PageHead(NamedTuple):
    """What the head says. Without data there is a title alone; `dataset` is JSON-LD."""

    title: str
    heading: str = ""
    description: str = ""
    addresses: Addresses | None = None
    dataset: Markup = Markup("")


def describe_page(request: PageRequest, dataset: Dataset, base: str, opened: FirstView) -> PageHead:
    """What the head of a page says; absolute addresses only where the operator names the host."""
    head = PageHead(write_title(request, opened.title), opened.title, shorten(opened.description))
    if not request.origin:
        return head
    site = f"{request.origin}{base}"
    described = _describe_dataset(dataset, site, request.lang, opened) if request.screen == "overview" else Markup("")
    return head._replace(addresses=_list_addresses(request, site), dataset=described)


def write_title(request: PageRequest, heading: str) -> str:
    """The title of a page in the browser: as the page sets it, with the heading of a case."""
    names = [SCREENS[request.screen].name[request.lang], heading if request.case_id else "", SITE_NAME[request.lang]]
    return " · ".join(filter(None, names))


def shorten(text: str) -> str:
    """A text of at most MAX_DESCRIPTION characters."""
    return text if len(text) <= MAX_DESCRIPTION else f"{text[: MAX_DESCRIPTION - 1].rstrip()}…"


def _list_addresses(request: PageRequest, site: str) -> Addresses:
    languages = [(LANGUAGE_TAGS[lang], f"{site}{request.path(lang)}") for lang in LANGUAGES]
    return Addresses(
        f"{site}{request.path(request.lang if request.names_lang else None)}",
        [*languages, ("x-default", f"{site}{request.path()}")],
        f"{site}{preview_path(request.lang)}",
    )


def _describe_dataset(dataset: Dataset, site: str, lang: Lang, opened: FirstView) -> Markup:
    """The dataset as JSON-LD (schema.org), in which no `<` stands that could end the element."""
    source = dataset.source
    described = {
        "@context": "https://schema.org",
        "@type": "Dataset",
        "name": f"{SITE_NAME[lang]} {source.year}",
        "description": f"{opened.title}{t(lang, '。', '. ')}{opened.description}",
        "url": f"{site}/?lang={lang}",
        "inLanguage": [LANGUAGE_TAGS[each] for each in LANGUAGES],
        "license": LICENCE["path"],
        "isAccessibleForFree": True,
        "version": dataset.version,
        "temporalCoverage": str(source.year),
        "spatialCoverage": t(lang, "中国河南省", "Henan, China"),
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
    return Markup(json.dumps(described, ensure_ascii=False).replace("<", "\\u003c").replace("&", "\\u0026"))
