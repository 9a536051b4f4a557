"""What a browser may do with an answer: run, load and frame nothing but what is listed here."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

from pages.serving.index_page import LINKS_SCRIPT, STREAMLIT_PAGE

LANGUAGE_SCRIPTS = {"zh": "document.documentElement.lang = 'zh-CN'", "en": "document.documentElement.lang = 'en'"}
"""Streamlit's page says that it is English whatever is on it; a screen reader needs the language that is read."""

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_DENIED = (
    "accelerometer",
    "autoplay",
    "camera",
    "display-capture",
    "geolocation",
    "gyroscope",
    "magnetometer",
    "microphone",
    "midi",
    "payment",
    "screen-wake-lock",
    "usb",
)


def headers(frame_ancestors: str) -> tuple[tuple[bytes, bytes], ...]:
    """The headers of every answer. `frame_ancestors` is a source list: who may show the pages in a frame."""
    found = {
        "content-security-policy": content_policy(frame_ancestors),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "permissions-policy": ", ".join(f"{feature}=()" for feature in _DENIED),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    return tuple((name.encode(), value.encode()) for name, value in found.items())


def content_policy(frame_ancestors: str) -> str:
    """The Content-Security-Policy: everything from this server alone, and of inline scripts only Streamlit's and our own, by their digests.

    Styles are written into the page by Streamlit's components, images are drawn there, fonts and workers come from the bundle.
    """
    scripts = [*_INLINE.findall(STREAMLIT_PAGE.read_text(encoding="utf-8")), LINKS_SCRIPT, *LANGUAGE_SCRIPTS.values()]
    return "; ".join(
        (
            "default-src 'none'",
            f"script-src 'self' {' '.join(map(_digest, scripts))}",
            "style-src 'self' 'unsafe-inline'",
            "img-src 'self' data: blob:",
            "font-src 'self' data:",
            "connect-src 'self'",
            "worker-src 'self' blob:",
            "manifest-src 'self'",
            "base-uri 'self'",
            "form-action 'none'",
            f"frame-ancestors {frame_ancestors}",
        )
    )


def _digest(script: str) -> str:
    return f"'sha256-{b64encode(sha256(script.encode()).digest()).decode()}'"
