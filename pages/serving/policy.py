"""The security headers of every response, above all the Content-Security-Policy."""

from __future__ import annotations

import re
from base64 import b64encode
from hashlib import sha256

from pages.serving.scripts import INLINE, STREAMLIT_PAGE

LANGUAGE_SCRIPTS = {"zh": "document.documentElement.lang = 'zh-CN'", "en": "document.documentElement.lang = 'en'"}
"""Scripts that set the language of the page for screen readers when the reader changes it."""

_INLINE = re.compile(r"<script>(.*?)</script>", re.DOTALL)
_DENIED_FEATURES = (
    "accelerometer", "autoplay", "camera", "display-capture", "geolocation", "gyroscope", "magnetometer", "microphone",
    "midi", "payment", "screen-wake-lock", "usb",
)  # fmt: skip


def build_headers(frame_ancestors: str) -> tuple[tuple[bytes, bytes], ...]:
    """The headers of every response. `frame_ancestors` is the source list of the sites that may frame the pages."""
    values = {
        "content-security-policy": build_content_policy(frame_ancestors),
        "x-content-type-options": "nosniff",
        "referrer-policy": "same-origin",
        "permissions-policy": ", ".join(f"{feature}=()" for feature in _DENIED_FEATURES),
        "cross-origin-opener-policy": "same-origin",
        "cross-origin-resource-policy": "same-origin",
    }
    return tuple((name.encode(), value.encode()) for name, value in values.items())


def build_content_policy(frame_ancestors: str) -> str:
    """The Content-Security-Policy: resources of this server, and the inline scripts of its pages by their digests.

    Inline styles are those of Streamlit's components, `data:` and `blob:` images those of the charts; fonts and workers
    are in Streamlit's bundle.
    """
    inline = _INLINE.findall(STREAMLIT_PAGE.read_text(encoding="utf-8"))
    scripts = [*inline, *INLINE.values(), *LANGUAGE_SCRIPTS.values()]
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
