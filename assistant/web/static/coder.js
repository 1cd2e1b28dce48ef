// The coder's page in the browser: what changes with every decision is drawn here, so that no key waits for the server.
// Everything that comes from a note or a user is written as text. The server checks and keeps each new state; the browser
// keeps nothing but the key of its worklist (for this tab) and the language.
window.superbillCoder = (() => {
  const byId = (id) => document.getElementById(id);
  const LISTED = ["accepted", "added"];
  const KEPT_STEPS = 300;
  let server, root, words, key = "", lang = "en", jobs = [], open = null, hits = { list: [], at: -1, span: null }, changing = "";
  let saving = null, again = false, noteToo = false, polling = 0, opening = 0, offline = false, searchTimer = 0, searched = 0;
  let visiting = null, visitAgain = false, visitTimer = 0, asking = false;

  const fill = (text, values) => text.replace(/\{(\w+)\}/g, (_, name) => values[name] ?? "");
  function make(tag, attributes = {}, ...children) {
    const element = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value === false || value === undefined) continue;
      name === "text" ? (element.textContent = value) : element.setAttribute(name, value === true ? "" : value);
    }
    element.append(...children);
    return element;
  }
  const say = (text) => { byId("sb-coder-said").textContent = text; };
  const tell = (html) => { byId("sb-coder-status").innerHTML = html || ""; };

  // The server ------------------------------------------------------------------------------------------------------------
  async function call(name, said = {}) {
    let answer;
    try { answer = await server[name]({ ...said, key, lang }); } catch (error) {
      if (/unauthorized/i.test(error.message)) location.reload();
      throw error;
    }
    if (offline) { offline = false; tell(""); say(words.back_online); }
    if (answer.worklist) { jobs = answer.worklist; drawJobs(); }
    return answer;
  }
  async function asked(name, said) {
    try {
      const answer = await call(name, said);
      if (answer.told !== undefined) tell(answer.told);
      return answer.error ? null : answer;
    } catch { unreachable(); return null; }
  }
  function unreachable() {
    if (offline) return;
    offline = true;
    tell("");
    byId("sb-coder-status").append(make("div", { class: "sb-banner sb-error", role: "alert" }, make("span", { class: "sb-icon", "aria-hidden": "true", text: "!" }), make("span", { text: words.offline })));
  }
  const bytes = (file) => new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).split(",")[1] || "");
    reader.onerror = failed;
    reader.readAsDataURL(file);
  });

  // Worklist --------------------------------------------------------------------------------------------------------------
  function drawJobs() {
    byId("sb-worklist").hidden = !jobs.length;
    const count = { waiting: 0, in_progress: 0, submitted: 0 };
    jobs.forEach((job) => { count[{ preparing: "waiting", failed: "waiting", incomplete: "in_progress" }[job.status] || job.status] += 1; });
    byId("sb-worklist-counts").textContent = jobs.length && count.submitted === jobs.length ? words.all_done : fill(words.counts, count);
    const had = document.activeElement?.closest?.("#sb-jobs [data-job]")?.dataset.job;
    byId("sb-jobs").replaceChildren(...jobs.map((job) => {
      const name = make("button", { type: "button", class: "sb-job-name", "data-open": job.id, "aria-label": fill(words.open_note, { name: job.name }), text: job.name });
      const status = make("span", { class: `sb-tag sb-status-${job.status}`, text: words[`status_${job.status}`] });
      const done = make("span", { class: "sb-soft", text: job.count ? fill(words.decided_of, { done: job.done, count: job.count }) : job.fault });
      const away = make("button", { type: "button", class: "sb-button sb-small sb-away", "data-away": job.id, "aria-label": fill(words.remove, { name: job.name }), text: "✕" });
      const row = make("li", { "data-job": job.id, class: open?.id === job.id ? "sb-opened" : "", "aria-current": open?.id === job.id ? "true" : false });
      row.append(name, make("span", { class: "sb-soft sb-date", text: job.date || "" }), status, done, away);
      return row;
    }));
    if (had) byId("sb-jobs").querySelector(`[data-job="${had}"] button`)?.focus({ preventScroll: true });
    clearTimeout(polling);
    if (jobs.some((job) => job.status === "preparing")) polling = setTimeout(() => call("refresh").catch(unreachable), 1500);
  }

  async function add(notes) {
    const answer = await asked("add", { notes });
    return answer?.added.length ? answer.added : null;
  }
  const visitFields = () => ({ date: byId("sb-date").value.trim(), setting: byId("sb-setting").value, sex: byId("sb-sex").value, age: byId("sb-age").value.trim() });

  async function suggest() {
    const area = root.querySelector("#sb-note-text textarea");
    const replaces = area.dataset.replaces || "";
    const added = await add([{ name: byId("sb-visit-id").value.trim() || "visit-1", text: area.value, ...visitFields(), replaces }]);
    if (!added) return;
    area.value = "";
    delete area.dataset.replaces;
    byId("sb-visit-id").value = `visit-${jobs.length + 1}`;
    await openJob(added[0], replaces ? words.made_anew : "");
  }
  async function drop(files) {
    const notes = await Promise.all([...files].map(async (file) => ({ name: file.name, data: await bytes(file), ...visitFields() })));
    if (!notes.length) return;
    const added = await add(notes);
    if (added && !open) await openJob(added[0]);
  }
  async function sample() {
    const answer = await asked("sample", {});
    if (answer) await openJob(answer.added[0]);
  }
  async function remove(id) {
    if (open?.id === id) close();
    await asked("remove", { id });
    if (!jobs.length) byId("sb-entry").open = true;
  }

  async function openJob(id, told = "") {
    await saved();
    const turn = ++opening;
    show("loading");
    byId("sb-loading-words").textContent = words.reading;
    let answer;
    try { answer = await call("open", { id }); } catch { unreachable(); }
    if (turn !== opening) return;
    if (!answer || answer.error) { if (answer) tell(answer.told); open = null; drawJobs(); return show("nothing"); }
    const described = { ...answer.added };
    answer.items.forEach((item) => { described[item.code] = item.description; });
    open = { id, name: answer.name, given: answer.given, items: answer.items, described, choices: answer.choices, order: answer.order, sequence: answer.sequence, status: answer.status, steps: [], card: "" };
    tell(answer.told);
    byId("sb-note-view").innerHTML = answer.note;
    byId("sb-cards").innerHTML = answer.cards;
    drawVisit(answer);
    byId("sb-claim").innerHTML = answer.claim;
    byId("sb-first-listed").textContent = answer.first;
    byId("sb-turns")?.replaceChildren();
    byId("sb-visit-name").textContent = answer.name;
    const given = answer.given, setting = byId("sb-setting"), sex = byId("sb-sex");
    const named = (select, value) => [...select.options].find((one) => one.value === value)?.textContent || "";
    byId("sb-visit-facts").textContent = [given.date, named(setting, given.setting || "outpatient"), given.sex && named(sex, given.sex), given.age].filter(Boolean).join(" · ");
    byId("sb-entry").open = false;
    changing = "";
    endSearch(true);
    drawJobs();
    drawFindings(answer.findings);
    draw();
    show("open");
    byId("sb-open").scrollIntoView({ block: "start" });
    const first = undecided()[0];
    (first ? card(first) : byId("sb-cards").querySelector(".sb-card"))?.focus({ preventScroll: true });
    if (told) say(told);
  }
  function show(what) {
    byId("sb-open").hidden = what !== "open";
    byId("sb-loading").hidden = what !== "loading";
    byId("sb-no-note").hidden = what !== "nothing";
  }
  function close() { opening += 1; open = null; tell(""); show("nothing"); byId("sb-entry").open = true; drawJobs(); }
  async function edit() {
    const answer = await asked("open", { id: open.id, text: true });
    if (!answer) return;
    const area = root.querySelector("#sb-note-text textarea");
    area.value = answer.text;
    area.dataset.replaces = open.id;
    byId("sb-visit-id").value = answer.name;
    byId("sb-date").value = answer.given.date;
    byId("sb-setting").value = answer.given.setting || "outpatient";
    byId("sb-sex").value = answer.given.sex;
    byId("sb-age").value = answer.given.age;
    byId("sb-entry").open = true;
    byId("sb-entry").scrollIntoView({ block: "start" });
    area.focus({ preventScroll: true });
  }

  // Decisions -------------------------------------------------------------------------------------------------------------
  const card = (code) => byId(`card-${code}`);
  const rank = (code) => open.items.find((item) => item.code === code)?.place ?? 9999;
  const proposed = () => open.items.filter((item) => item.selected).map((item) => item.code);
  const undecided = () => proposed().filter((code) => !open.choices[code]);
  const locked = () => open.status === "submitted";
  const shown = () => [...byId("sb-cards").querySelectorAll(".sb-card")].filter((one) => one.offsetParent);

  function change(step, told) {
    if (locked()) { say(words.all_submitted); return false; }
    open.steps.push(JSON.stringify([open.choices, open.order]));
    if (open.steps.length > KEPT_STEPS) open.steps.shift();
    step();
    if (open.status !== "in_progress") open.status = open.status === "incomplete" ? "incomplete" : "in_progress";
    draw();
    save();
    if (told) say(told);
    return true;
  }
  function list(code) {
    const order = open.order.filter((one) => one !== code);
    const at = order.findIndex((one) => rank(one) > rank(code));
    order.splice(at < 0 ? order.length : at, 0, code);
    open.order = order;
  }
  const forget = (code) => {
    const old = open.choices[code];
    delete open.choices[code];
    open.order = open.order.filter((one) => one !== code);
    if (old?.replacement) forget(old.replacement);
  };
  const accept = (code) => change(() => { forget(code); open.choices[code] = { action: "accepted" }; list(code); }, fill(words.accepted_said, { code }));
  const reject = (code, reason) => change(() => { forget(code); open.choices[code] = { action: "rejected", reason }; }, fill(words.rejected_said, { code }));
  const takeBack = (code) => change(() => {
    forget(code);
    for (const [old, choice] of Object.entries(open.choices)) if (choice.replacement === code) forget(old);
  }, words.undone);
  const acceptAll = () => change(() => undecided().forEach((code) => { open.choices[code] = { action: "accepted" }; list(code); }));
  function addCode(code, description, span) {
    const own = open.items.some((item) => item.code === code);
    change(() => {
      const before = open.choices[code];
      const spans = [...(before?.words || []), ...(span ? [span] : [])];
      if (!open.order.includes(code)) open.order = [...open.order, code];
      open.choices[code] = { action: own ? "accepted" : "added", words: spans };
      open.described[code] = description;
      noteToo = noteToo || !!span;
    }, fill(words.added, { code }));
  }
  function replace(old, code, description) {
    if (old === code) return;
    change(() => {
      const at = open.order.indexOf(old);
      forget(old);
      const own = open.items.some((item) => item.code === code);
      open.choices[old] = { action: "changed", replacement: code };
      open.choices[code] = open.choices[code] && LISTED.includes(open.choices[code].action) ? open.choices[code] : { action: own ? "accepted" : "added" };
      open.described[code] = description;
      if (open.order.includes(code)) return;
      if (at >= 0) return void open.order.splice(at, 0, code);
      const next = open.order.findIndex((one) => rank(one) > rank(old));
      open.order.splice(next < 0 ? open.order.length : next, 0, code);
    }, fill(words.changed_said, { old, code }));
    changing = "";
    endSearch(true);
    onwards(old);
  }
  function move(code, to) {
    const from = open.order.indexOf(code);
    to = Math.max(0, Math.min(open.order.length - 1, to));
    if (from < 0 || from === to) return;
    change(() => { open.order = open.order.filter((one) => one !== code); open.order.splice(to, 0, code); }, fill(words.place, { code, place: to + 1 }));
  }
  function undo() {
    const before = open.steps.pop();
    if (locked() || !before) return say(locked() ? words.all_submitted : words.nothing_to_undo);
    const old = open.choices;
    [open.choices, open.order] = JSON.parse(before);
    noteToo = true;
    draw();
    save();
    say(words.undone);
    const code = proposed().find((one) => JSON.stringify(old[one]) !== JSON.stringify(open.choices[one]));
    if (code) reveal(card(code));
  }

  // One state at a time goes to the server; whatever was decided meanwhile goes with the next.
  const state = () => ({ id: open.id, choices: open.choices, order: open.order, sequence: (open.sequence += 1) });
  function save() {
    if (saving) { again = true; return; }
    again = false;
    const note = noteToo, at = open;
    noteToo = false;
    saving = (async () => {
      await new Promise((done) => setTimeout(done, 60));
      let answer = null;
      try { answer = await call("keep", { ...state(), note }); } catch { unreachable(); }
      saving = null;
      if (open !== at) return;
      if (!answer) { noteToo = noteToo || note; setTimeout(save, 2000); return; }
      if (answer.error) return tell(answer.told);
      if (answer.note) redrawNote(answer.note);
      if (again) return save();
      drawFindings(answer.findings);
    })();
  }
  async function saved() {
    if (visitTimer && !offline) saveVisit();
    while ((saving || visiting) && !offline) { await saving; await visiting; }
  }
  function redrawNote(html) {
    const top = byId("sb-note")?.scrollTop || 0;
    byId("sb-note-view").innerHTML = html;
    byId("sb-note").scrollTop = top;
  }

  function draw() {
    const all = proposed(), left = undecided().length;
    byId("sb-cards").querySelectorAll(".sb-card").forEach((one) => {
      const choice = open.choices[one.dataset.code], action = choice?.action || "open";
      one.dataset.state = action;
      const text = action === "changed" ? fill(words.state_changed, { code: choice.replacement }) : words[`state_${action}`];
      const sign = { open: "○", accepted: "✓", changed: "⇄", rejected: "✕", added: "＋" }[action];
      one.querySelector(".sb-state").replaceChildren(make("span", { "aria-hidden": "true", text: `${sign} ` }), text + (choice?.reason ? `: ${choice.reason}` : ""));
      one.setAttribute("aria-label", `${one.dataset.code} ${open.described[one.dataset.code]}, ${text}`);
      one.querySelectorAll("[data-act]").forEach((button) => {
        const back = button.dataset.act === "take-back";
        if (button.dataset.act !== "reject") button.hidden = back ? action === "open" : action !== "open";
        button.disabled = locked();
      });
      if (action !== "open") one.querySelector(".sb-reject").hidden = true;
      one.querySelector(".sb-change").hidden = changing !== one.dataset.code || action !== "open";
    });
    byId("sb-progress-bar").max = all.length || 1;
    byId("sb-progress-bar").value = all.length ? all.length - left : open.order.length ? 1 : 0;
    byId("sb-progress-words").textContent = locked() ? words.all_submitted : left ? fill(words.to_decide, { left, count: all.length }) : open.order.length ? words.all_decided : words.nothing_accepted;
    root.querySelector(".sb-progress").classList.toggle("sb-done", locked());
    byId("sb-accept-all").hidden = !left || locked();
    byId("sb-undo").disabled = !open.steps.length || locked();
    byId("sb-submit").disabled = !!left || !open.order.length || locked();
    byId("sb-submit").textContent = open.status === "incomplete" ? words.draft_again : words.submit;
    byId("sb-reopen").hidden = !locked();
    drawOrder();
  }
  function drawOrder() {
    const held = document.activeElement?.closest?.("#sb-order li")?.dataset.code, act = document.activeElement?.dataset?.order;
    byId("sb-order-count").textContent = open.order.length ? `(${open.order.length})` : "";
    byId("sb-order-empty").hidden = open.order.length > 0;
    byId("sb-order").hidden = !open.order.length;
    byId("sb-order").replaceChildren(...open.order.map((code, at) => {
      const row = make("li", { "data-code": code, draggable: !locked() && "true" });
      const button = (name, label, text, disabled) => make("button", { type: "button", class: "sb-button sb-small", "data-order": name, "aria-label": fill(label, { code }), disabled: disabled || locked(), text });
      row.append(
        make("span", { class: "sb-grip", "aria-hidden": "true", text: "⠿" }),
        make("button", { type: "button", class: "sb-code", "data-jump": code, text: code }),
        make("span", { class: "sb-order-title", text: open.described[code] || "" }),
        make("span", { class: "sb-buttons" }, button("up", words.up, "↑", at === 0), button("down", words.down, "↓", at === open.order.length - 1), button("back", words.take_back_code, "✕")),
      );
      return row;
    }));
    if (held) (byId("sb-order").querySelector(`li[data-code="${held}"] [data-order="${act}"]:not([disabled])`) || byId("sb-order").querySelector(`li[data-code="${held}"] button`))?.focus({ preventScroll: true });
  }
  function drawFindings(found) {
    const line = (one) => make("p", { class: `sb-finding sb-${one.severity}` },
      make("b", {}, make("span", { "aria-hidden": "true", text: { error: "✕", warning: "⚠", info: "i" }[one.severity] }), ` ${words[`severity_${one.severity}`]} ${one.rule}`),
      ` ${one.message} ${one.fix}`, make("span", { class: "sb-soft", text: one.source ? ` (${one.source})` : "" }));
    const loud = found.filter((one) => one.severity !== "info").map(line), quiet = found.filter((one) => one.severity === "info").map(line);
    const fold = byId("sb-checks-list").querySelector("details")?.open;
    const notes = quiet.length ? [make("details", { class: "sb-fold", open: fold }, make("summary", { text: fill(words.checks_more, { count: quiet.length }) }), ...quiet)] : [];
    byId("sb-checks").hidden = !open.order.length;
    byId("sb-checks-list").replaceChildren(...loud, ...(found.length ? [] : [make("p", { class: "sb-soft", text: words.checks_none })]), ...notes);
  }
  async function submit() {
    if (byId("sb-submit").disabled) return;
    await saved();
    const button = byId("sb-submit"), at = open;
    button.disabled = true;
    button.textContent = words.saving;
    const answer = await asked("submit", state());
    if (open !== at) return;
    if (answer) {
      open.status = answer.status;
      byId("sb-claim").innerHTML = answer.claim;
      byId("sb-details").open = answer.status === "incomplete";
      byId("sb-claim").scrollIntoView({ block: "start" });
    }
    draw();
    if (answer) byId("sb-claim").querySelector("button")?.focus({ preventScroll: true });
  }
  async function reopen() {
    const answer = await asked("reopen", { id: open.id });
    if (answer) { open.status = answer.status; draw(); }
  }
  async function details(file) {
    const answer = await asked("details", { id: open.id, name: file.name, data: await bytes(file) });
    if (answer) drawVisit(answer);
  }

  // Patient, payer and lines: the form is kept by the server as it is filled in, one state at a time.
  const lines = () => [...byId("sb-bill-lines").querySelectorAll(".sb-bill-line")];
  const lineSaid = (row) => Object.fromEntries([...row.querySelectorAll("[data-line]")].map((one) => [one.dataset.line, one.value.trim()]));
  const isLine = (said) => !!(said.procedure || said.charge || said.revenue_code);
  function drawVisit(answer) {
    byId("sb-details-shown").innerHTML = answer.details;
    byId("sb-details-faults").textContent = answer.faults;
    if (answer.form !== undefined) byId("sb-details-form").innerHTML = answer.form;
    lines().filter((row) => isLine(lineSaid(row))).forEach((row, at) => { row.querySelector("[data-line=charge]").placeholder = answer.fees[at] || ""; });
    byId("sb-visit-form").querySelectorAll("input[list]").forEach(drawOffered);
  }
  function drawOffered(input) {
    const known = [...byId(input.getAttribute("list")).options].find((one) => one.value === input.value.trim());
    input.parentElement.querySelector(".sb-offered").textContent = known ? known.label : "";
  }
  function visitChanged(event) {
    const input = event.target;
    if (input.matches("input[list]")) drawOffered(input);
    if (input.name === "coverage.relationship") byId("sb-visit-form").querySelector('[data-when="subscriber"]').hidden = ["", "self"].includes(input.value);
    clearTimeout(visitTimer);
    visitTimer = setTimeout(saveVisit, 250);
  }
  function saveVisit() {
    clearTimeout(visitTimer);
    visitTimer = 0;
    if (visiting) { visitAgain = true; return; }
    const at = open, form = byId("sb-visit-form"), rows = lines(), said = rows.map(lineSaid);
    const fields = Object.fromEntries([...form.querySelectorAll("[name]")].map((one) => [one.name, one.value]));
    visitAgain = false;
    visiting = (async () => {
      let answer = null;
      const sent = said.map((one, place) => ({ ...one, from: rows[place].dataset.from === "" ? null : Number(rows[place].dataset.from) }));
      try { answer = await call("visit", { id: at.id, fields, lines: sent }); } catch { unreachable(); }
      visiting = null;
      if (open !== at || form !== byId("sb-visit-form")) return;
      if (!answer) { visitTimer = setTimeout(saveVisit, 2000); return; }
      if (answer.error) return tell(answer.told);
      let number = 0;
      rows.forEach((row, place) => { row.dataset.from = isLine(said[place]) ? number++ : ""; });
      drawVisit(answer);
      if (visitAgain) saveVisit();
    })();
  }
  function addLine() {
    const all = lines(), row = all[all.length - 1].cloneNode(true);
    row.dataset.from = "";
    row.querySelectorAll("input").forEach((one) => { one.value = ""; one.placeholder = ""; });
    byId("sb-bill-lines").append(row);
    row.querySelector("input").focus();
  }
  function lineAway(row) {
    const next = row.nextElementSibling || row.previousElementSibling;
    if (next) row.remove();
    else row.querySelectorAll("input").forEach((one) => { one.value = ""; });
    saveVisit();
    (next || row).querySelector("input").focus();
  }
  function toDetails() {
    const fold = byId("sb-details");
    fold.open = true;
    fold.scrollIntoView({ block: "start" });
    byId("sb-visit-form").querySelector("input").focus({ preventScroll: true });
  }
  async function modifier(key, accept) {
    const answer = await asked("modifier", { id: open.id, modifier: key, accept });
    if (!answer) return;
    open.status = answer.status;
    byId("sb-claim").innerHTML = answer.claim;
    draw();
    byId("sb-claim").querySelector("[data-modifier], [data-modifier-back], button")?.focus({ preventScroll: true });
  }
  function nextModifier() {
    const all = [...byId("sb-claim").querySelectorAll("[data-modifier]")], next = all[(all.indexOf(document.activeElement) + 1) % all.length];
    next?.scrollIntoView({ block: "center" });
    next?.focus({ preventScroll: true });
  }
  async function form(name) {
    const answer = await asked("form", { id: open.id, form: name });
    if (!answer) return;
    const content = Uint8Array.from(atob(answer.content), (mark) => mark.charCodeAt(0));
    const link = make("a", { href: URL.createObjectURL(new Blob([content], { type: answer.kind })), download: answer.name });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  // Search ----------------------------------------------------------------------------------------------------------------
  const searchBox = () => root.querySelector("#sb-search input");
  function search(now) {
    clearTimeout(searchTimer);
    const text = searchBox().value.trim();
    if (text.length < 2) { hits.list = []; return drawHits(""); }
    searchTimer = setTimeout(async () => {
      const turn = ++searched;
      byId("sb-hits-box").hidden = false;
      if (!hits.list.length) byId("sb-hits-head").textContent = words.searching;
      const answer = await asked("find", { id: open.id, text });
      if (turn !== searched || !answer || searchBox().value.trim() !== text) return;
      hits.list = answer.hits;
      hits.at = -1;
      drawHits(hits.span ? fill(words.for_words, { words: hits.span.text }) : "");
      if (!answer.hits.length) { byId("sb-hits-box").hidden = false; byId("sb-hits-head").textContent = words.no_hits; }
    }, now ? 0 : 90);
  }
  function drawHits(head) {
    byId("sb-hits-head").textContent = head;
    byId("sb-hits-box").hidden = !hits.list.length;
    searchBox().setAttribute("aria-expanded", hits.list.length ? "true" : "false");
    byId("sb-hits").replaceChildren(...hits.list.map((hit, at) => {
      const row = make("li", { role: "option", id: `sb-hit-${at}`, "data-code": hit.code, "aria-selected": at === hits.at ? "true" : "false" });
      const text = make("span", {}, make("b", { text: hit.code }), ` ${hit.description} `);
      if (!hit.billable) text.append(make("span", { class: "sb-soft", text: fill(byId("sb-hits").dataset.more, { missing: hit.missing || byId("sb-hits").dataset.detail }) }));
      if (hit.term) text.append(make("span", { class: "sb-soft", text: ` · ${fill(words.found_as, { term: hit.term })}` }));
      row.append(text);
      if (!hit.billable) row.append(make("span", { class: "sb-button sb-small", "data-act": "narrow", title: fill(words.show_below, { code: hit.code }), text: words.below }));
      if (hit.billable) row.append(make("span", { class: "sb-button sb-small sb-go", "data-act": "add", title: changing ? fill(words.use_instead_of, { code: hit.code, old: changing }) : fill(words.add_code, { code: hit.code }), text: changing ? words.use_instead : words.add }));
      return row;
    }));
    searchBox().toggleAttribute("aria-activedescendant", false);
    if (hits.at >= 0) searchBox().setAttribute("aria-activedescendant", `sb-hit-${hits.at}`);
  }
  async function take(at) {
    const hit = hits.list[at];
    if (!hit || locked()) return;
    if (!hit.billable) { searchBox().value = hit.code; searchBox().focus({ preventScroll: true }); return search(true); }
    const answer = await asked("check_added", { id: open.id, code: hit.code });
    if (!answer) return;
    if (changing) return replace(changing, answer.code, answer.description || hit.description);
    addCode(answer.code, answer.description || hit.description, hits.span?.at);
    endSearch(true);
    byId("sb-order").querySelector(`li[data-code="${answer.code}"]`)?.scrollIntoView({ block: "nearest" });
    (card(open.card) || byId("sb-cards").querySelector(".sb-card"))?.focus({ preventScroll: true });
  }
  function endSearch(empty) {
    clearTimeout(searchTimer);
    searched += 1;
    hits = { list: [], at: -1, span: null };
    if (empty) searchBox().value = "";
    drawHits("");
  }
  function searchKeys(event) {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && hits.list.length) {
      hits.at = hits.at < 0 && step < 0 ? hits.list.length - 1 : (hits.at + step + hits.list.length) % hits.list.length;
      drawHits(byId("sb-hits-head").textContent);
      byId(`sb-hit-${hits.at}`).scrollIntoView({ block: "nearest" });
    } else if (event.key === "Enter") {
      take(Math.max(0, hits.at));
    } else if (event.key === "Escape") {
      endSearch(true);
      if (changing) { const code = changing; changing = ""; draw(); card(code)?.focus(); } else (card(open.card) || byId("sb-cards").querySelector(".sb-card"))?.focus();
    } else return;
    event.preventDefault();
  }

  // Code and words --------------------------------------------------------------------------------------------------------
  const noteBox = () => byId("sb-note");
  const marks = () => [...noteBox().querySelectorAll("mark")];
  const place = {};
  function lit(mark, all) {
    noteBox().querySelectorAll("mark.sb-hot").forEach((one) => one.classList.remove("sb-hot"));
    (all || [mark]).forEach((one) => one.classList.add("sb-hot"));
    const box = noteBox();
    box.scrollTo({ top: Math.max(0, mark.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop - box.clientHeight / 3) });
    const rect = box.getBoundingClientRect();
    if (rect.top < 0 || rect.top > window.innerHeight * 0.7) box.scrollIntoView({ block: "start" });
    mark.focus({ preventScroll: true });
  }
  function jump(code, at) {
    const all = marks().filter((mark) => mark.dataset.codes.split(" ").includes(code));
    if (!all.length) return;
    if (at === undefined) place[code] = ((place[code] ?? -1) + 1) % all.length;
    lit(all[at === undefined ? place[code] : Math.max(0, all.findIndex((mark) => Number(mark.dataset.start) >= at))], all);
  }
  // A span without a mark of its own: counted in code points over the text, numbers behind marks left out.
  function rangeOf(start, end) {
    const walker = document.createTreeWalker(noteBox(), NodeFilter.SHOW_TEXT, (node) => (node.parentElement.closest("sup") ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT));
    const range = document.createRange();
    let at = 0, begun = false;
    while (walker.nextNode()) {
      const marksOf = Array.from(walker.currentNode.data), length = marksOf.length;
      const inside = (place) => marksOf.slice(0, place - at).join("").length;
      if (!begun && start < at + length) { range.setStart(walker.currentNode, inside(start)); begun = true; }
      if (begun && end <= at + length) { range.setEnd(walker.currentNode, inside(end)); return range; }
      at += length;
    }
    return null;
  }
  function jumpTo(start, end) {
    CSS.highlights?.delete("sb-span");
    const mark = marks().find((one) => Number(one.dataset.start) === start), range = !mark && end > start && rangeOf(start, end);
    if (mark) return lit(mark);
    const near = marks().find((one) => Number(one.dataset.start) >= start);
    if (!range || !CSS.highlights) return near && lit(near);
    noteBox().querySelectorAll("mark.sb-hot").forEach((one) => one.classList.remove("sb-hot"));
    CSS.highlights.set("sb-span", new Highlight(range));
    const box = noteBox();
    box.scrollTo({ top: Math.max(0, range.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop - box.clientHeight / 3) });
    box.focus({ preventScroll: true });
  }
  function back(mark) {
    const codes = mark.dataset.codes.split(" ").filter(card);
    const code = codes.includes(open.card) ? open.card : codes[0];
    if (code) reveal(card(code));
  }
  function reveal(one) {
    for (let fold = one.closest("details"); fold; fold = fold.parentElement.closest("details")) fold.open = true;
    byId("sb-cards").querySelectorAll(".sb-hot").forEach((old) => old.classList.remove("sb-hot"));
    one.classList.add("sb-hot");
    one.scrollIntoView({ block: "center" });
    one.focus({ preventScroll: true });
  }
  function onwards(code) {
    const all = proposed(), at = all.indexOf(code), left = undecided();
    const next = left.find((one) => all.indexOf(one) > at) || left[0];
    if (next) { card(next).scrollIntoView({ block: "nearest" }); card(next).focus({ preventScroll: true }); } else card(code)?.focus({ preventScroll: true });
  }
  function askReject(one) {
    const row = one.querySelector(".sb-reject");
    row.hidden = !row.hidden;
    if (row.hidden) return one.focus();
    row.scrollIntoView({ block: "nearest" });
    row.querySelector("[data-reason]").focus({ preventScroll: true });
  }
  function askChange(one) {
    changing = changing === one.dataset.code ? "" : one.dataset.code;
    draw();
    const fold = one.querySelector(".sb-alternatives")?.closest("details");
    if (fold && changing) fold.open = true;
    if (!changing) return one.focus();
    (fold?.querySelector("[data-change]") || searchBox()).focus({ preventScroll: true });
  }
  function rejectWith(one, reason) {
    const code = one.dataset.code;
    if (!reason) return void one.querySelector(".sb-reason-own").focus();
    if (reject(code, reason)) onwards(code);
  }

  // Words of the note, selected by mouse or keys. Offsets count code points, as the server does.
  const points = (text) => Array.from(text).length;
  function textBefore(container, offset) {
    const range = document.createRange();
    range.setStart(noteBox(), 0);
    range.setEnd(container, offset);
    const copy = range.cloneContents();
    copy.querySelectorAll("sup").forEach((one) => one.remove());
    return copy.textContent;
  }
  function chosen() {
    const picked = window.getSelection(), box = noteBox();
    if (!open || !box || !picked.rangeCount || picked.isCollapsed) return null;
    const range = picked.getRangeAt(0);
    if (!box.contains(range.commonAncestorContainer)) return null;
    const before = textBefore(range.startContainer, range.startOffset), whole = textBefore(range.endContainer, range.endOffset);
    const raw = whole.slice(before.length), text = raw.trim();
    if (text.length < 2 || text.length > 200) return null;
    const start = points(before) + points(raw.slice(0, raw.length - raw.trimStart().length));
    return { text: text.replace(/\s+/g, " "), at: [start, start + points(text)], rect: range.getBoundingClientRect() };
  }
  function findChosen() {
    const span = chosen();
    if (!span) return;
    byId("sb-find-selected").hidden = true;
    endReading();
    hits = { list: [], at: -1, span };
    searchBox().value = span.text;
    searchBox().focus({ preventScroll: true });
    byId("sb-hits-box").scrollIntoView({ block: "nearest" });
    search(true);
  }
  function selectionTool() {
    const tool = make("button", { type: "button", id: "sb-find-selected", class: "sb-button sb-go", hidden: true, text: words.find_selected });
    byId("sb-find-selected")?.remove();
    document.body.append(tool);
    tool.addEventListener("mousedown", (event) => event.preventDefault());
    tool.addEventListener("click", findChosen);
  }
  document.addEventListener("selectionchange", () => {
    const tool = byId("sb-find-selected"), span = tool && chosen();
    if (!tool) return;
    tool.hidden = !span;
    if (!span) return;
    tool.textContent = words.find_selected;
    tool.style.left = `${Math.min(window.innerWidth - 260, Math.max(8, span.rect.left))}px`;
    tool.style.top = `${Math.min(window.innerHeight - 48, Math.max(8, span.rect.top - 40))}px`;
  });
  // A caret for the keyboard: the note takes no input, it only lets the browser's own caret in.
  function readWithKeys() {
    const box = noteBox();
    box.setAttribute("contenteditable", "true");
    box.setAttribute("role", "textbox");
    box.setAttribute("aria-readonly", "true");
    box.setAttribute("aria-multiline", "true");
    ["beforeinput", "paste", "drop", "cut"].forEach((name) => box.addEventListener(name, (event) => event.preventDefault()));
    box.focus({ preventScroll: true });
    const hot = box.querySelector("mark.sb-hot") || box, range = document.createRange();
    range.setStart(hot, 0);
    range.collapse(true);
    const picked = window.getSelection();
    picked.removeAllRanges();
    picked.addRange(range);
    say(words.select_mode);
  }
  function endReading() {
    const box = noteBox();
    if (box?.getAttribute("contenteditable") !== "true") return false;
    ["contenteditable", "aria-readonly", "aria-multiline"].forEach((name) => box.removeAttribute(name));
    box.setAttribute("role", "region");
    return true;
  }

  function filterLeftOut(text) {
    let any = false;
    byId("sb-left-out").querySelectorAll(".sb-left-out > div").forEach((group) => {
      let some = false;
      group.querySelectorAll("dd button").forEach((one) => {
        one.hidden = !`${group.querySelector("dt").textContent} ${one.textContent}`.toLowerCase().includes(text.trim().toLowerCase());
        some = some || !one.hidden;
      });
      group.hidden = !some;
      any = any || some;
    });
    byId("sb-left-out-none").hidden = any;
    byId("sb-left-out-none").textContent = words.nothing_found;
  }

  // Chat ------------------------------------------------------------------------------------------------------------------
  function chat(opened) {
    const panel = byId("sb-chat");
    if (!panel) return;
    panel.hidden = !opened;
    byId("sb-chat-open").setAttribute("aria-expanded", String(opened));
    byId("sb-open").classList.toggle("sb-with-chat", opened);
    opened ? panel.querySelector("textarea").focus({ preventScroll: true }) : byId("sb-chat-open").focus({ preventScroll: true });
  }
  // An answer comes in pieces where a model words it: each call waits on the server until there is something new.
  async function ask() {
    const panel = byId("sb-chat"), area = panel.querySelector("textarea"), question = area.value.trim(), at = open;
    if (!question || !open || asking) return;
    asking = true;
    await saved();
    area.value = "";
    const send = panel.querySelector('[type="submit"]'), log = byId("sb-turns");
    const turn = make("div", { "aria-busy": "true" }, make("p", { class: "sb-asked", text: question }), make("p", { class: "sb-soft", text: words.thinking }));
    send.disabled = true;
    log.append(turn);
    log.scrollTop = log.scrollHeight;
    let answer = null;
    try {
      answer = await call("ask", { id: at.id, question });
      while (answer.pending && open === at) { drawTurn(turn, answer); answer = await call("heard", { id: at.id, seen: answer.seen }); }
    } catch { unreachable(); answer = null; }
    asking = false;
    send.disabled = false;
    turn.setAttribute("aria-busy", "false");
    if (answer?.pending) return;
    if (answer?.answer) drawTurn(turn, answer);
    else turn.replaceChildren(make("p", { class: "sb-asked", text: question }), make("p", { text: answer?.error || words.offline }));
    turn.scrollIntoView({ block: "nearest" });
  }
  function drawTurn(turn, answer) {
    const log = byId("sb-turns"), follows = log.scrollHeight - log.scrollTop - log.clientHeight < 40;
    const fold = turn.querySelector("details")?.open, stop = turn.contains(document.activeElement) && document.activeElement.matches("[data-hush]");
    turn.innerHTML = answer.answer;
    if (fold) turn.querySelector("details")?.setAttribute("open", "");
    if (stop) (turn.querySelector("[data-hush]") || byId("sb-chat").querySelector("textarea")).focus({ preventScroll: true });
    if (follows) log.scrollTop = log.scrollHeight;
  }
  const hush = () => call("hush", { id: open.id }).catch(unreachable);

  // Mouse and keys --------------------------------------------------------------------------------------------------------
  function clicked(event) {
    const on = (selector) => event.target.closest(selector);
    const act = on("[data-act]"), one = on(".sb-card"), hit = on("#sb-hits li");
    if (one && open) open.card = one.dataset.code;
    if (hit) return take(Number(hit.id.split("-").pop()));
    if (on("[data-jump]")) { const to = on("[data-jump]"); return jump(to.dataset.jump, to.dataset.at === undefined ? undefined : Number(to.dataset.at)); }
    if (on("[data-start-jump]")) { const to = on("[data-start-jump]").dataset; return jumpTo(Number(to.startJump), Number(to.end || 0)); }
    if (on("#sb-note mark") && window.getSelection().isCollapsed) return back(on("#sb-note mark"));
    if (on("[data-reason]")) return rejectWith(one, on("[data-reason]").dataset.reason);
    if (on("[data-change]")) return replace(one.dataset.code, on("[data-change]").dataset.change, on("[data-change]").dataset.description);
    if (on("[data-order]")) {
      const code = on("li").dataset.code, at = open.order.indexOf(code), name = on("[data-order]").dataset.order;
      return name === "back" ? takeBack(code) : move(code, at + (name === "up" ? -1 : 1));
    }
    if (on("[data-copy]")) return navigator.clipboard?.writeText(on(".sb-query").querySelector("textarea").value).then(() => say(words.copied));
    if (on("[data-hush]")) return hush();
    if (on("[data-modifier]")) return modifier(on("[data-modifier]").dataset.modifier, true);
    if (on("[data-modifier-back]")) return modifier(on("[data-modifier-back]").dataset.modifierBack, false);
    if (on("[data-line-away]")) return lineAway(on(".sb-bill-line"));
    if (on("[data-form]")) return form(on("[data-form]").dataset.form);
    if (on("[data-open]")) return openJob(on("[data-open]").dataset.open);
    if (on("[data-away]")) return remove(on("[data-away]").dataset.away);
    if (act && one && open && !act.disabled) {
      const code = one.dataset.code;
      return {
        accept: () => { if (accept(code)) one.dataset.selected === "1" ? onwards(code) : one.focus({ preventScroll: true }); },
        change: () => askChange(one),
        "ask-reject": () => askReject(one),
        reject: () => rejectWith(one, one.querySelector(".sb-reason-own").value.trim()),
        "take-back": () => { takeBack(code); one.focus({ preventScroll: true }); },
      }[act.dataset.act]?.();
    }
    const named = {
      "sb-suggest": suggest, "sb-sample-note": sample, "sb-accept-all": acceptAll, "sb-undo": undo, "sb-submit": submit, "sb-reopen": reopen,
      "sb-close": close, "sb-edit": edit, "sb-line-add": addLine, "sb-keys": () => byId("sb-help").showModal(), "sb-help-close": () => byId("sb-help").close(),
      "sb-chat-open": () => chat(byId("sb-chat").hidden), "sb-chat-close": () => chat(false),
    }[on("button")?.id];
    if (named) named();
  }
  function pressed(event) {
    const target = event.target, typing = target.matches?.("input, select, textarea");
    if (!root?.offsetParent || event.defaultPrevented) return;
    if (open && (event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); return submit(); }
    if (target === searchBox()) return searchKeys(event);
    if (target.matches?.(".sb-reason-own")) {
      const one = target.closest(".sb-card");
      if (event.key === "Enter") { event.preventDefault(); rejectWith(one, target.value.trim()); }
      if (event.key === "Escape") askReject(one);
      return;
    }
    if (target.closest?.("#sb-chat-form") && event.key === "Enter" && !event.shiftKey) { event.preventDefault(); return ask(); }
    if (target.closest?.("#sb-chat") && event.key === "Escape") return asking ? hush() : chat(false);
    if (target.closest?.("#sb-visit-form") && event.key === "Escape") return (card(open.card) || shown()[0])?.focus();
    if (typing || byId("sb-help").open) return;
    const box = noteBox(), mark = target.closest?.("#sb-note mark");
    if (box?.getAttribute("contenteditable") === "true") {
      if (event.key === "Enter") { event.preventDefault(); findChosen(); }
      if (event.key === "Escape") { endReading(); (card(open.card) || shown()[0])?.focus(); }
      return;
    }
    if (open && (event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "z") { event.preventDefault(); return undo(); }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "?") { event.preventDefault(); return byId("sb-help").showModal(); }
    if (!open) return;
    if (mark && ["Enter", " ", "Escape"].includes(event.key)) { event.preventDefault(); return event.key === "Escape" && card(open.card) ? reveal(card(open.card)) : back(mark); }
    const one = target.closest?.(".sb-card") || card(open.card) || shown()[0], code = one?.dataset.code, all = shown();
    const row = target.closest?.("#sb-order li")?.dataset.code || code, at = open.order.indexOf(row);
    const digit = Number(event.key);
    if (one && digit >= 1 && digit <= 9) {
      const list = !one.querySelector(".sb-reject").hidden ? one.querySelectorAll("[data-reason]") : changing === code ? one.querySelectorAll("[data-change]") : [];
      if (list[digit - 1]) { event.preventDefault(); list[digit - 1].click(); }
      return;
    }
    const free = one && !locked() && one.dataset.state === "open";
    const step = (by) => { const next = all[all.indexOf(one) + by]; if (next) { open.card = next.dataset.code; next.scrollIntoView({ block: "nearest" }); next.focus({ preventScroll: true }); } };
    const other = (by) => { const next = jobs[jobs.findIndex((job) => job.id === open.id) + by]; if (next) openJob(next.id); };
    const keys = {
      j: () => step(1), k: () => step(-1), arrowdown: target.closest?.(".sb-card") && (() => step(1)), arrowup: target.closest?.(".sb-card") && (() => step(-1)),
      a: () => free && accept(code) && (one.dataset.selected === "1" ? onwards(code) : one.focus({ preventScroll: true })),
      r: () => free && askReject(one), c: () => free && askChange(one), x: () => one.dataset.state !== "open" && (takeBack(code), one.focus({ preventScroll: true })),
      e: () => { open.card = code; jump(code); }, u: undo, "[": () => move(row, at - 1), "]": () => move(row, at + 1),
      "/": () => searchBox().focus(), w: readWithKeys, q: byId("sb-chat") && (() => chat(byId("sb-chat").hidden)),
      n: () => { const fold = byId("sb-left-out"); fold.open = !fold.open; if (fold.open) { fold.scrollIntoView({ block: "start" }); byId("sb-left-out-find")?.focus({ preventScroll: true }); } else one?.focus(); },
      d: toDetails, m: nextModifier,
      "<": () => other(-1), ">": () => other(1), ",": () => other(-1), ".": () => other(1),
      escape: () => { if (one && !one.querySelector(".sb-reject").hidden) askReject(one); else if (changing) askChange(card(changing)); },
    };
    const does = keys[event.key.toLowerCase()];
    if (does) { event.preventDefault(); does(); }
  }
  function dragging() {
    let held = null;
    root.addEventListener("dragstart", (event) => {
      held = event.target.closest?.("#sb-order li");
      if (!held) return;
      event.dataTransfer.effectAllowed = "move";
      event.dataTransfer.setData("text/plain", held.dataset.code);
      held.classList.add("sb-dragged");
    });
    root.addEventListener("dragover", (event) => {
      const zone = event.target.closest?.(".sb-drop-zone, #sb-note-text"), row = event.target.closest?.("#sb-order li");
      if (row && held) { event.preventDefault(); root.querySelectorAll(".sb-over").forEach((one) => one.classList.remove("sb-over")); row.classList.add("sb-over"); }
      if (zone && event.dataTransfer.types.includes("Files")) event.preventDefault();
    });
    root.addEventListener("drop", (event) => {
      const row = event.target.closest?.("#sb-order li"), files = event.dataTransfer.files;
      if (row && held) { event.preventDefault(); move(held.dataset.code, open.order.indexOf(row.dataset.code)); }
      else if (files.length && event.target.closest?.("#sb-details-drop")) { event.preventDefault(); details(files[0]); }
      else if (files.length && event.target.closest?.("#sb-note-drop, #sb-note-text")) { event.preventDefault(); drop(files); }
    });
    root.addEventListener("dragend", () => { held = null; root.querySelectorAll(".sb-dragged, .sb-over").forEach((one) => one.classList.remove("sb-dragged", "sb-over")); });
  }

  function adopt() {
    const shell = root.querySelector("#sb-coder");
    words = JSON.parse(shell.dataset.words);
    lang = shell.dataset.language;
    selectionTool();
    root.querySelector("#sb-note-drop input").addEventListener("change", (event) => { drop(event.target.files); event.target.value = ""; });
    root.querySelector("#sb-details-drop input").addEventListener("change", (event) => { if (event.target.files[0]) details(event.target.files[0]); event.target.value = ""; });
    searchBox().addEventListener("input", () => { hits.span = null; search(); });
    byId("sb-chat-form")?.addEventListener("submit", (event) => { event.preventDefault(); ask(); });
  }
  async function speak(language) {
    await saved();
    lang = language;
    const answer = await asked("hello", { shell: true });
    if (!answer) return;
    const text = root.querySelector("#sb-note-text textarea").value, id = open?.id;
    root.querySelector("#sb-coder").outerHTML = answer.shell;
    adopt();
    root.querySelector("#sb-note-text textarea").value = text;
    drawJobs();
    open = null;
    if (id) await openJob(id);
  }
  async function start(element, functions) {
    root = element;
    server = functions;
    element.addEventListener("click", clicked);
    document.addEventListener("keydown", pressed);
    element.addEventListener("focusin", (event) => { const one = event.target.closest(".sb-card"); if (one && open) open.card = one.dataset.code; });
    element.addEventListener("input", (event) => { if (event.target.id === "sb-left-out-find") filterLeftOut(event.target.value); });
    element.addEventListener("change", (event) => { if (open && event.target.closest("#sb-visit-form")) visitChanged(event); });
    element.addEventListener("submit", (event) => { if (event.target.id === "sb-visit-form") event.preventDefault(); });
    dragging();
    adopt();
    let wanted = lang;
    try { key = sessionStorage.getItem("sb-worklist") || ""; wanted = localStorage.getItem("sb-language") || lang; } catch { /* private mode */ }
    let answer = null;
    try { answer = await call("hello"); } catch { return unreachable(); }
    tell(answer.told);
    if (answer.person) signedIn(answer.person);
    if (answer.tabs) superbill.permit(answer.tabs);
    if (answer.error) {
      byId("sb-entry").hidden = byId("sb-no-note").hidden = true;
      element.dataset.ready = "1";
      if (answer.home) document.querySelector(`#sb-tabs [role="tab"][data-tab-id="${answer.home}"]`)?.click();
      return;
    }
    key = answer.key;
    try { sessionStorage.setItem("sb-worklist", key); } catch { /* private mode */ }
    element.dataset.ready = "1";
    window.addEventListener("sb-language", () => { if (superbill.language() !== lang) speak(superbill.language()); });
    if (wanted !== lang) await speak(wanted);
  }

  function signedIn(person) {
    const leave = make("form", { method: "post", action: "logout", class: "sb-person" }, make("span", { text: person.name }), make("button", { type: "submit", class: "sb-button sb-small", text: person.leave }));
    document.querySelector(".sb-head")?.append(leave);
  }

  // For other tabs: open a text in the coder view.
  async function paste(note) {
    document.getElementById("sb-tabs")?.querySelector('button[role="tab"]')?.click();
    const added = await add([{ name: "visit", date: "", setting: "outpatient", sex: "", age: "", ...note }]);
    if (added) await openJob(added[0]);
  }
  return { start, paste };
})();
