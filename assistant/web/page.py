"""The page: four tabs, one for each role, and the public endpoints."""

import json
from pathlib import Path

import gradio as gr

from assistant.services import Services
from assistant.web.admin import AdminDesk
from assistant.web.biller import BillerDesk
from assistant.web.coder import coder_tab
from assistant.web.desk import desk_tab
from assistant.web.endpoints import add_endpoints
from assistant.web.evaluator import EvaluatorDesk
from assistant.web.views import render
from assistant.web.words import LANGUAGES, say, texts

STATIC = Path(__file__).with_name("static")
SCRIPTS = ("page.js", "coder.js", "desk.js")
FRAMES = ("frame.css", "coder.css", "desk.css")
"""Style sheets that go into the head as they are; the library scopes those given as `css` to its own container."""
SYSTEM_FONTS = ["system-ui", "-apple-system", "Segoe UI", "Roboto", "Helvetica Neue", "Arial", "sans-serif"]
FIXED_FONTS = ["ui-monospace", "SFMono-Regular", "Menlo", "Consolas", "DejaVu Sans Mono", "monospace"]
UPLOADS_LIVE = (3600, 3600)
"""Seconds between clean-ups of the upload folder and age of what goes; a file is normally gone at once."""


def build_page(services: Services) -> gr.Blocks:
    """The whole page over `services`. Nothing is kept on it: each session's work is in its own state."""
    with gr.Blocks(
        title=say("page.title"), analytics_enabled=False, fill_width=True, delete_cache=UPLOADS_LIVE
    ) as page:
        words = json.dumps({language: texts(language)["page"] for language in LANGUAGES})
        gr.HTML(render("head", words=words), js_on_load="superbill.head(element);")
        with gr.Tabs(elem_id="sb-tabs"):
            with gr.Tab(say("page.coder"), id="coder"):
                coder_tab(services)
            with gr.Tab(say("page.biller"), id="biller"):
                desk_tab(BillerDesk(services))
            with gr.Tab(say("page.evaluator"), id="evaluator"):
                desk_tab(EvaluatorDesk(services))
            with gr.Tab(say("page.admin"), id="admin"):
                desk_tab(AdminDesk(services))
        add_endpoints(services)
    page.queue(default_concurrency_limit=4, max_size=200)
    return page


def look() -> dict[str, object]:
    """Theme, style sheet and script, for `launch`. No font or script comes from elsewhere."""
    theme = gr.themes.Base(
        primary_hue=gr.themes.colors.teal,
        secondary_hue=gr.themes.colors.teal,
        neutral_hue=gr.themes.colors.slate,
        font=SYSTEM_FONTS,
        font_mono=FIXED_FONTS,
        radius_size=gr.themes.sizes.radius_sm,
    ).set(
        button_primary_background_fill="#0f766e",
        button_primary_background_fill_hover="#115e59",
        button_primary_text_color="#ffffff",
        button_primary_background_fill_dark="#0f766e",
        button_primary_background_fill_hover_dark="#115e59",
    )
    script = "\n".join((STATIC / name).read_text(encoding="utf-8").replace("</", "<\\/") for name in SCRIPTS)
    frame = "\n".join((STATIC / name).read_text(encoding="utf-8") for name in FRAMES)
    return {
        "theme": theme,
        "css": (STATIC / "page.css").read_text(encoding="utf-8"),
        "head": f"<style>{frame}</style><script>{script}</script>",
    }
