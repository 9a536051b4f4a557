"""The scripts that stand in the HTML of the pages, as files in pages/browser/ and in Streamlit's page.

They read what they depend on from their attributes, so that their digests in the policy do not depend on it.
"""

from __future__ import annotations

from pathlib import Path

import streamlit
from markupsafe import Markup

STREAMLIT_PAGE = Path(streamlit.__file__).parent / "static" / "index.html"
SCRIPTS = {
    name: (Path(__file__).parents[1] / "browser" / f"{name}.js").read_text(encoding="utf-8")
    for name in ("connect", "links", "popovers", "share", "words", "worker_registration", "first_view")
}
"""The scripts of the pages by name."""


def format_script(name: str, **attributes: str) -> Markup:
    """A script with these `data-` attributes."""
    data = Markup("").join(Markup(' data-{}="{}"').format(key, value) for key, value in attributes.items())
    return Markup("<script{}>{}</script>").format(data, Markup(SCRIPTS[name]))
