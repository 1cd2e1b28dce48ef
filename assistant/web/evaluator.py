"""The Evaluator tab: run a suite and see how often Superbill, or another tool's file, is right."""

from typing import Any

import gradio as gr

from assistant.services import Services
from assistant.web import evaluator_desk
from assistant.web.evaluator_view import FOLDS_JS
from assistant.web.views import empty
from assistant.web.words import say


def evaluator_tab(services: Services) -> None:
    """The tab's components and events, inside the current Blocks."""
    desk = evaluator_desk.EvaluatorDesk(services)
    loaded = gr.State(None, time_to_live=8 * 3600)
    before = gr.State(None, time_to_live=8 * 3600)
    with gr.Row(elem_classes="sb-eval-row"):
        with gr.Column(scale=3, min_width=320):
            name = gr.Dropdown(evaluator_desk.suite_choices(), value="first", label=say("evaluator.suite"))
            tools = gr.CheckboxGroup(
                evaluator_desk.tool_choices(),
                value=[evaluator_desk.OWN],
                label=say("evaluator.tools"),
                elem_id="sb-tools",
            )
        with gr.Column(scale=2, min_width=300):
            drop = gr.File(
                label=say("evaluator.drop"),
                type="filepath",
                height=120,
                elem_classes="sb-drop",
                elem_id="sb-predictions-drop",
            )
    with gr.Row():
        start = gr.Button(say("evaluator.run"), variant="primary", elem_id="sb-run")
        halt = gr.Button(say("evaluator.stop"), interactive=False, elem_id="sb-stop-run")
    status = gr.HTML(elem_id="sb-eval-status", elem_classes="sb-quiet")
    result = gr.HTML(empty("evaluator.empty"), elem_id="sb-run-result", js_on_load=FOLDS_JS)

    private: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
    drop.upload(desk.loaded, drop, [loaded, tools, drop, status], **private)
    running = start.click(
        desk.run,
        [name, tools, loaded, before],
        [status, result, before, start, halt],
        concurrency_id="evaluation",
        concurrency_limit=1,
        **private,
    )
    halt.click(evaluator_desk.stopped, None, [status, start, halt], cancels=[running], **private)
