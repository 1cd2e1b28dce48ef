// What happens in the browser alone: jumping between code and words, keys, saving files, keeping details open.
// Nothing is stored, nothing is sent anywhere but to the page's own events.
window.superbill = (() => {
  const note = () => document.getElementById("sb-note");
  const marksOf = (code) => [...document.querySelectorAll("#sb-note mark")].filter((m) => m.dataset.codes.split(" ").includes(code));
  const place = {};

  function show(mark, all) {
    document.querySelectorAll("#sb-note mark.sb-hot").forEach((m) => m.classList.remove("sb-hot"));
    (all || [mark]).forEach((m) => m.classList.add("sb-hot"));
    const box = note();
    const top = mark.getBoundingClientRect().top - box.getBoundingClientRect().top + box.scrollTop;
    box.scrollTo({ top: Math.max(0, top - box.clientHeight / 3) });
    const rect = box.getBoundingClientRect();
    if (rect.top < 0 || rect.top > window.innerHeight * 0.7) box.scrollIntoView({ block: "start" });
    mark.focus({ preventScroll: true });
  }

  function jump(code, at) {
    const marks = marksOf(code);
    if (!marks.length) return;
    let index = at === undefined ? (place[code] = ((place[code] ?? -1) + 1) % marks.length) : 0;
    if (at !== undefined) index = Math.max(0, marks.findIndex((m) => Number(m.dataset.start) >= at));
    show(marks[index], marks);
  }

  function back(mark) {
    const card = mark.dataset.codes.split(" ").map((c) => document.getElementById("card-" + c)).find(Boolean);
    if (!card) return;
    const fold = card.closest("details");
    if (fold && !fold.open) { fold.open = true; open.add(fold.id); }
    document.querySelectorAll(".sb-card.sb-hot").forEach((c) => c.classList.remove("sb-hot"));
    card.classList.add("sb-hot");
    card.scrollIntoView({ block: "center" });
    card.focus({ preventScroll: true });
  }

  // Folds stay as the user left them when the server sends a new version of a panel.
  const open = new Set();
  const asking = new Set();
  document.addEventListener("click", (event) => {
    const fold = event.target.closest("summary")?.parentElement;
    if (fold?.id) fold.open ? open.delete(fold.id) : open.add(fold.id);
  });
  function keepOpen(element) {
    let focused = "";
    element.addEventListener("focusin", (event) => { focused = event.target.closest(".sb-card")?.id || ""; });
    element.addEventListener("focusout", (event) => { if (event.relatedTarget) focused = ""; });
    new MutationObserver(() => {
      // The server sent a new version and the focused card was replaced: keep the keys where they were.
      if (focused && document.activeElement === document.body) document.getElementById(focused)?.focus({ preventScroll: true });
      element.querySelectorAll("details[id]").forEach((d) => { if (d.open !== open.has(d.id)) d.open = open.has(d.id); });
      element.querySelectorAll(".sb-reject").forEach((row) => {
        const shut = !asking.has(row.closest(".sb-card").dataset.code);
        if (row.hidden !== shut) row.hidden = shut;
      });
    }).observe(element, { childList: true, subtree: true, attributes: true, attributeFilter: ["open", "id", "hidden"] });
  }

  document.addEventListener("click", (event) => {
    const to = event.target.closest("[data-jump]");
    if (to) return jump(to.dataset.jump, to.dataset.at === undefined ? undefined : Number(to.dataset.at));
    const start = event.target.closest("[data-start-jump]");
    if (start) {
      const mark = [...document.querySelectorAll("#sb-note mark")].find((m) => Number(m.dataset.start) >= Number(start.dataset.startJump));
      return mark && show(mark);
    }
    const mark = event.target.closest("#sb-note mark");
    if (mark && String(window.getSelection()).trim() === "") return back(mark);
    const ask = event.target.closest("[data-open-reject]");
    if (ask) {
      const card = ask.closest(".sb-card");
      const row = card.querySelector(".sb-reject");
      row.hidden ? asking.add(card.dataset.code) : asking.delete(card.dataset.code);
      row.hidden = !row.hidden;
      if (!row.hidden) row.querySelector("select").focus();
      return;
    }
    const save = event.target.closest("[data-download]");
    if (save) {
      const text = document.getElementById(save.dataset.from).textContent;
      const link = document.createElement("a");
      link.href = URL.createObjectURL(new Blob([text], { type: "text/plain" }));
      link.download = save.dataset.download;
      link.click();
      setTimeout(() => URL.revokeObjectURL(link.href), 1000);
    }
  });

  document.addEventListener("keydown", (event) => {
    const mark = event.target.closest?.("#sb-note mark");
    if (mark && (event.key === "Enter" || event.key === " ")) { event.preventDefault(); return back(mark); }
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.matches?.("input, select, textarea")) return;
    const card = event.target.closest?.(".sb-card");
    if (!card) return;
    const cards = [...document.querySelectorAll("#sb-cards .sb-card")].filter((c) => c.offsetParent);
    const press = (selector) => card.querySelector(selector)?.click();
    const keys = {
      j: () => cards[cards.indexOf(card) + 1]?.focus(),
      k: () => cards[cards.indexOf(card) - 1]?.focus(),
      a: () => press("[data-act=accept]"),
      r: () => press("[data-open-reject]"),
      u: () => press("[data-act=undo]"),
      e: () => jump(card.dataset.code),
    };
    const act = keys[event.key.toLowerCase()];
    if (act) { event.preventDefault(); act(); }
  });

  function decisions(element, send) {
    keepOpen(element);
    element.addEventListener("click", (event) => {
      const button = event.target.closest("[data-act]");
      if (!button || button.disabled) return;
      const card = button.closest("[data-code]");
      const detail = { act: button.dataset.act, code: card ? card.dataset.code : "" };
      if (detail.act === "reject") detail.reason = card.querySelector(".sb-reason-own").value || card.querySelector(".sb-reason").value;
      if (detail.act !== "reject") asking.delete(detail.code);
      if (card?.classList.contains("sb-card")) card.focus({ preventScroll: true });
      send(detail);
    });
    element.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && event.target.matches(".sb-reason, .sb-reason-own")) {
        event.preventDefault();
        event.target.closest(".sb-reject").querySelector("[data-act=reject]").click();
      }
    });
  }

  function selection(element, send) {
    const tool = document.createElement("button");
    tool.type = "button";
    tool.id = "sb-find-selected";
    tool.className = "sb-button sb-go";
    tool.hidden = true;
    tool.textContent = window.superbillWords.find;
    document.body.append(tool);
    const chosen = () => {
      const picked = window.getSelection();
      const inside = picked.rangeCount && note()?.contains(picked.getRangeAt(0).commonAncestorContainer);
      const words = inside ? String(picked).trim() : "";
      return words.length > 1 && words.length < 200 ? words : "";
    };
    document.addEventListener("selectionchange", () => {
      const words = chosen();
      tool.hidden = !words;
      if (!words) return;
      const rect = window.getSelection().getRangeAt(0).getBoundingClientRect();
      tool.style.left = `${Math.min(window.innerWidth - 260, Math.max(8, rect.left))}px`;
      tool.style.top = `${Math.min(window.innerHeight - 48, Math.max(8, rect.top - 40))}px`;
    });
    tool.addEventListener("mousedown", (event) => event.preventDefault());
    tool.addEventListener("click", () => {
      const words = chosen();
      tool.hidden = true;
      if (!words) return;
      send({ text: words });
      document.querySelector("#sb-search textarea, #sb-search input")?.focus();
    });
  }

  function rows(element, send) {
    keepOpen(element);
    element.addEventListener("click", (event) => {
      const row = event.target.closest("[data-row]");
      if (row) send({ row: Number(row.dataset.row) });
    });
  }

  return { decisions, selection, rows, keepOpen };
})();
