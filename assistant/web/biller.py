"""The Biller tab: remittances, deposits that agree or not, claims, and one claim from every side."""

from typing import Any

import gradio as gr

from assistant.web import biller_desk as desk
from assistant.web.biller_view import FOLDS_JS, ROWS_JS, letter_kinds
from assistant.web.views import empty
from assistant.web.words import say


def biller_tab() -> None:
    """The tab's components and events, inside the current Blocks."""
    payments = gr.State(None, time_to_live=8 * 3600)
    place = gr.State(None, time_to_live=8 * 3600)
    with gr.Row(elem_classes="sb-drop-row"):
        drop = gr.File(
            label=say("biller.drop"),
            type="filepath",
            file_count="multiple",
            height=120,
            elem_classes="sb-drop",
            elem_id="sb-remit-drop",
        )
        sample = gr.Button(say("biller.sample"), elem_id="sb-sample-remit", scale=0, min_width=260)
    status = gr.HTML(elem_id="sb-biller-status", elem_classes="sb-quiet")
    deposits = gr.HTML(empty("biller.empty"), elem_id="sb-deposits")
    with gr.Tabs():
        with gr.Tab(say("biller.tab_claims")):
            with gr.Row():
                sign = gr.Radio(desk.filter_choices(), value="all", label=say("biller.show"), elem_id="sb-filter")
                words = gr.Textbox(
                    label=say("biller.find"),
                    placeholder=say("biller.find_placeholder"),
                    max_lines=1,
                    scale=0,
                    min_width=280,
                )
            claims = gr.HTML(empty("biller.empty_claims"), elem_id="sb-claims", js_on_load=ROWS_JS)
            with gr.Tabs(elem_id="sb-one-claim"):
                with gr.Tab(say("biller.tab_explained")):
                    explained = gr.HTML(empty("biller.choose"), elem_id="sb-explained", js_on_load=FOLDS_JS)
                with gr.Tab(say("biller.tab_patient")):
                    patient = gr.HTML(empty("biller.choose"), elem_id="sb-patient")
                with gr.Tab(say("biller.tab_letters")):
                    with gr.Row():
                        kind = gr.Dropdown(letter_kinds(), value="patient", label=say("biller.kind"))
                        language = gr.Dropdown(
                            [(say("biller.language_en"), "en"), (say("biller.language_es"), "es")],
                            value="en",
                            label=say("biller.language"),
                        )
                    letter = gr.HTML(empty("biller.choose"), elem_id="sb-letter", js_on_load=FOLDS_JS)
                with gr.Tab(say("biller.tab_segments")):
                    segments = gr.HTML(empty("biller.choose"), elem_id="sb-segments")
        with gr.Tab(say("biller.tab_work")):
            work = gr.HTML(empty("biller.empty_work"), elem_id="sb-work-list")

    private: dict[str, Any] = {"api_visibility": "private", "concurrency_limit": 8, "show_progress": "hidden"}
    reading = {**private, "concurrency_limit": 2, "show_progress": "minimal"}
    sides = [place, claims, explained, patient, letter, segments]
    read = [payments, deposits, work, sign, *sides, drop, status]
    drop.upload(desk.dropped, [drop, kind, language], read, **reading)
    sample.click(desk.samples, [kind, language], read, **reading)
    gr.on(
        [sign.input, words.change],
        desk.filtered,
        [payments, sign, words],
        claims,
        trigger_mode="always_last",
        **private,
    )
    claims.open_row(
        desk.opened,
        [payments, sign, words, kind, language],
        sides,
        **private,
    )
    gr.on([kind.input, language.input], desk.lettered, [payments, place, kind, language], letter, **private)
