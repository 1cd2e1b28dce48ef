// The tabs that the server draws: a button or field names what is to be done, the server gives new contents for parts of
// the tab. Everything that comes from a file was escaped by the server. Kept in the browser: a key per tab and the language.
window.superbillDesk = (() => {
  const SKIP = ["do", "change", "input", "files", "form", "show", "clears"];
  const all = [];
  const bytes = (file) => new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => done(String(reader.result).split(",")[1] || "");
    reader.onerror = failed;
    reader.readAsDataURL(file);
  });
  function remember(store, name, value) { try { store.setItem(name, value); } catch { /* private mode */ } }
  function recall(store, name) { try { return store.getItem(name) || ""; } catch { return ""; } }

  function values(source) {
    const found = {}, form = source.closest("[data-form]");
    form?.querySelectorAll("[name]").forEach((field) => {
      if (field.type === "file") return;
      if (field.type === "checkbox") { found[field.name] ??= []; if (field.checked) found[field.name].push(field.value); }
      else if (field.type !== "radio" || field.checked) found[field.name] = field.value;
    });
    for (const [name, value] of Object.entries(source.dataset)) if (!SKIP.includes(name)) found[name] = value;
    return found;
  }
  function save(file) {
    const raw = Uint8Array.from(atob(file.data), (one) => one.charCodeAt(0));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([raw], { type: file.type }));
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  }

  function start(element, server, name) {
    const desk = { element, server, name, key: recall(sessionStorage, `sb-desk-${name}`), turns: {}, tabs: {}, timer: 0, wait: 0, busy: 0 };
    all.push(desk);
    superbill.keepOpen(element);
    element.addEventListener("click", (event) => {
      const tab = event.target.closest('[role="tab"]');
      if (tab) return choose(desk, tab);
      const source = event.target.closest("[data-do]");
      if (source && source.tagName !== "FORM" && !source.disabled) ask(desk, source.dataset.do, values(source));
    });
    element.addEventListener("submit", (event) => {
      event.preventDefault();
      const form = event.target.closest("[data-do]");
      if (form) ask(desk, form.dataset.do, values(form)).then((done) => done && "clears" in form.dataset && form.reset());
    });
    element.addEventListener("keydown", (event) => {
      const tab = event.target.closest('[role="tab"]');
      const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
      if (!tab || !step) return;
      const tabs = [...tab.parentElement.querySelectorAll('[role="tab"]')];
      const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
      choose(desk, next);
      next.focus();
    });
    element.addEventListener("change", (event) => {
      const field = event.target;
      if (field.dataset.files) return field.files.length && drop(desk, field, field.files);
      const source = field.closest("[data-change]");
      if (source) ask(desk, source.dataset.change, values(field));
    });
    element.addEventListener("input", (event) => {
      const source = event.target.closest("[data-input]");
      if (!source) return;
      clearTimeout(desk.timer);
      desk.timer = setTimeout(() => ask(desk, source.dataset.input, values(source)), 250);
    });
    element.addEventListener("dragover", (event) => { if (event.target.closest(".sb-drop-zone")) event.preventDefault(); });
    element.addEventListener("drop", (event) => {
      const field = event.target.closest(".sb-drop-zone")?.querySelector("[data-files]");
      if (field && event.dataTransfer.files.length) { event.preventDefault(); drop(desk, field, event.dataTransfer.files); }
    });
    hello(desk);
  }
  const hello = (desk) => ask(desk, "hello", {});

  async function drop(desk, field, files) {
    const sent = await Promise.all([...files].map(async (file) => ({ name: file.name, data: await bytes(file) })));
    const said = values(field);
    field.value = "";
    await ask(desk, field.dataset.files, said, sent);
  }

  // Whether it was done.
  async function ask(desk, what, said, files) {
    const turn = (desk.turns[what] = (desk.turns[what] || 0) + 1);
    if (what !== "progress") working(desk, 1);
    let answer;
    try {
      answer = await desk.server.act({ do: what, values: said, files, key: desk.key, lang: superbill.language() });
    } catch (error) {
      if (/unauthorized/i.test(error.message)) return location.reload(), false;
      tell(desk, `<div class="sb-banner sb-error" role="alert"><span class="sb-icon" aria-hidden="true">!</span><span>${superbill.words().offline}</span></div>`);
      return false;
    } finally {
      if (what !== "progress") working(desk, -1);
    }
    if (turn !== desk.turns[what]) return false;
    if (answer.key) { desk.key = answer.key; remember(sessionStorage, `sb-desk-${desk.name}`, answer.key); }
    if (answer.shell) shell(desk, answer.shell);
    for (const [id, html] of Object.entries(answer.panels || {})) put(desk, id, html);
    if (answer.told !== undefined) tell(desk, answer.told);
    (answer.saves || []).forEach(save);
    (answer.tabs || []).forEach((id) => { const tab = desk.element.querySelector(`#${id}`); if (tab) { desk.tabs[tab.closest('[role="tablist"]').id] = id; tabsAsLeft(desk); } });
    if (answer.show) bring(document.getElementById(answer.show));
    if (answer.note) superbillCoder.paste(answer.note);
    if (answer.poll || what === "progress") clearTimeout(desk.wait);
    if (answer.poll) desk.wait = setTimeout(() => ask(desk, "progress", {}), answer.poll);
    desk.element.dataset.answered = String(Number(desk.element.dataset.answered || 0) + 1);
    return !answer.error;
  }
  // What lies in a scrolled box stands in its middle; the rest at the top of the window.
  function bring(shown) {
    const box = shown?.closest(".sb-pre");
    (box || shown)?.scrollIntoView({ block: box ? "center" : "start" });
    if (!box) return;
    box.scrollTop += shown.getBoundingClientRect().top - box.getBoundingClientRect().top - box.clientHeight / 3;
    box.focus({ preventScroll: true });
  }
  function tell(desk, html) {
    const place = desk.element.querySelector("[data-told]");
    if (place) place.innerHTML = html; else desk.element.innerHTML = `<div class="sb-desk"><div data-told>${html}</div></div>`;
  }
  function working(desk, step) {
    desk.busy += step;
    desk.element.setAttribute("aria-busy", String(desk.busy > 0));
    clearTimeout(desk.slow);
    const line = desk.element.querySelector("[data-busy]");
    if (!desk.busy) { if (line) line.hidden = true; return; }
    desk.slow = setTimeout(() => { const shown = desk.element.querySelector("[data-busy]"); if (shown) shown.hidden = false; }, 300);
  }
  function put(desk, id, html) {
    const panel = desk.element.querySelector(`#${id}`);
    if (!panel) return;
    const had = panel.contains(document.activeElement) ? document.activeElement : null;
    const same = had && (had.id ? `#${CSS.escape(had.id)}` : had.dataset.key ? `[data-key="${CSS.escape(had.dataset.key)}"]` : "");
    panel.innerHTML = html;
    if (same) panel.querySelector(same)?.focus({ preventScroll: true });
    tabsAsLeft(desk);
  }
  function shell(desk, html) {
    desk.element.innerHTML = html;
    desk.element.dataset.ready = "1";
    tabsAsLeft(desk);
    const asked = desk.element.querySelector('[role="tab"][aria-selected="true"][data-show]');
    if (asked) ask(desk, asked.dataset.show, {});
  }
  function choose(desk, tab) {
    const list = tab.closest('[role="tablist"]');
    desk.tabs[list.id] = tab.id;
    tabsAsLeft(desk);
    if (tab.dataset.show) ask(desk, tab.dataset.show, {});
  }
  function tabsAsLeft(desk) {
    desk.element.querySelectorAll('[role="tablist"]').forEach((list) => {
      const tabs = [...list.querySelectorAll('[role="tab"]')];
      const chosen = tabs.find((tab) => tab.id === desk.tabs[list.id]) || tabs[0];
      tabs.forEach((tab) => {
        const on = tab === chosen;
        tab.setAttribute("aria-selected", String(on));
        tab.tabIndex = on ? 0 : -1;
        const panel = desk.element.querySelector(`#${tab.getAttribute("aria-controls")}`);
        if (panel) panel.hidden = !on;
      });
    });
  }
  window.addEventListener("sb-language", () => all.forEach((desk) => { if (desk.element.isConnected) hello(desk); }));
  return { start };
})();
