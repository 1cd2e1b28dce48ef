"""The Coder tab: a note, its suggestions with evidence, the decisions, the claim."""

import gradio as gr

from assistant.services import Services
from assistant.web.coder_desk import CoderDesk
from assistant.web.coder_view import DECIDE_JS, LOOK_JS, details_html
from assistant.web.views import empty
from assistant.web.words import say


def coder_tab(services: Services) -> None:
    """The tab's components and events, inside the current Blocks."""
    desk = CoderDesk(services)
    review = gr.State(None, time_to_live=8 * 3600)
    details = gr.State({}, time_to_live=8 * 3600)
    with gr.Accordion(say("coder.entry"), open=True, elem_id="sb-entry") as entry:
        with gr.Row(elem_classes="sb-entry-row"):
            with gr.Column(scale=3, min_width=320):
                text = gr.Textbox(
                    label=say("coder.note_label"),
                    placeholder=say("coder.note_placeholder"),
                    lines=11,
                    max_lines=11,
                    elem_id="sb-note-text",
                    autofocus=False,
                )
            with gr.Column(scale=2, min_width=300):
                drop = gr.File(
                    label=say("coder.note_drop"),
                    type="filepath",
                    height=110,
                    elem_classes="sb-drop",
                    elem_id="sb-note-drop",
                )
                with gr.Row():
                    date = gr.Textbox(label=say("coder.date"), placeholder="YYYY-MM-DD", max_lines=1, min_width=130)
                    setting = gr.Dropdown(
                        [(say("coder.outpatient"), "outpatient"), (say("coder.inpatient"), "inpatient")],
                        value="outpatient",
                        label=say("coder.setting"),
                        min_width=130,
                    )
                with gr.Row():
                    sex = gr.Dropdown(
                        [(say("coder.unknown"), ""), (say("coder.female"), "F"), (say("coder.male"), "M")],
                        value="",
                        label=say("coder.sex"),
                        min_width=90,
                    )
                    age = gr.Textbox(label=say("coder.age"), max_lines=1, min_width=90)
                    visit = gr.Textbox(label=say("coder.visit"), value="visit-1", max_lines=1, min_width=110)
        with gr.Row():
            ask = gr.Button(say("coder.suggest"), variant="primary", elem_id="sb-suggest")
            sample = gr.Button(say("coder.sample"), elem_id="sb-sample-note")
    status = gr.HTML(elem_id="sb-coder-status", elem_classes="sb-quiet")
    with gr.Row(elem_classes="sb-work"):
        with gr.Column(elem_classes="sb-left"):
            note = gr.HTML(empty("coder.empty_note"), elem_id="sb-note-view", js_on_load=LOOK_JS)
        with gr.Column(elem_classes="sb-right"):
            query = gr.Textbox(
                label=say("coder.search"), placeholder=say("coder.search_placeholder"), max_lines=1, elem_id="sb-search"
            )
            hits = gr.HTML(elem_id="sb-hits", elem_classes="sb-quiet", js_on_load=DECIDE_JS)
            cards = gr.HTML(empty("coder.empty_cards"), elem_id="sb-cards", js_on_load=DECIDE_JS)
            with gr.Accordion(say("coder.details"), open=False, elem_id="sb-details"):
                shown = gr.HTML(details_html({}))
                details_drop = gr.File(
                    label=say("coder.details_drop"), type="filepath", height=100, elem_classes="sb-drop"
                )
            send = gr.Button(say("coder.submit"), variant="primary", interactive=False, elem_id="sb-submit")
            outcome = gr.HTML(elem_id="sb-claim", elem_classes="sb-quiet")

    private = {"api_visibility": "private"}
    work = [review, note, cards, send, outcome, status, entry]
    given = [text, date, setting, sex, age, visit]
    suggesting = {"concurrency_id": "model", "concurrency_limit": 2, "show_progress": "minimal", **private}
    looking = {"concurrency_limit": 8, "show_progress": "hidden", **private}
    loaded = [*given, details, shown, status]

    ask.click(desk.suggest, given, work, **suggesting)
    sample.click(desk.sample, None, loaded, show_progress="hidden", **private).then(
        desk.suggest, given, work, **suggesting
    )
    drop.upload(desk.dropped, [drop, visit], [text, visit, drop, status], **looking)
    details_drop.upload(desk.details_dropped, details_drop, [details, shown, details_drop, status], **looking)
    decided = [review, cards, send, outcome, status]
    cards.decide(desk.decide, review, decided, **looking)
    hits.decide(desk.add, review, [*decided, hits, query], **looking)
    query.change(desk.search, [query, date, review], hits, trigger_mode="always_last", **looking)
    note.look(desk.look, [date, review], [query, hits], **looking)
    send.click(
        desk.submit,
        [review, details, visit],
        [review, send, outcome, status],
        concurrency_limit=2,
        show_progress="minimal",
        **private,
    )
