// What every tab shares in the browser: the language, saving files, folds that stay open.
// Nothing is sent anywhere but to the page's own functions; the language is the one thing kept in this browser.
window.superbill = (() => {
  // Folds stay as the user left them when the server sends a new version of a panel.
  const open = new Set();
  document.addEventListener("click", (event) => {
    const fold = event.target.closest("summary")?.parentElement;
    if (fold?.id) fold.open ? open.delete(fold.id) : open.add(fold.id);
  });
  function keepOpen(element) {
    new MutationObserver(() => {
      element.querySelectorAll("details[id]").forEach((d) => { if (!d.hasAttribute("data-own") && d.open !== open.has(d.id)) d.open = open.has(d.id); });
    }).observe(element, { childList: true, subtree: true, attributes: true, attributeFilter: ["open", "id"] });
  }

  document.addEventListener("click", (event) => {
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

  // The language: chosen once for the whole page. The coder's tab has a field of its own that follows and leads.
  const TABS = ["coder", "biller", "evaluator", "admin"];
  let lang = "en", heads = {};
  const language = () => lang;
  const words = () => heads[lang] || {};
  function head(element) {
    heads = JSON.parse(element.querySelector("[data-words]").dataset.words);
    try { lang = localStorage.getItem("sb-language") || lang; } catch { /* private mode */ }
    if (!heads[lang]) lang = "en";
    element.querySelector("select").addEventListener("change", (event) => speak(event.target.value, true));
    draw();
    if (lang !== "en") window.dispatchEvent(new Event("sb-language"));
  }
  function speak(wanted, lead) {
    if (!heads[wanted] || wanted === lang) return;
    lang = wanted;
    try { localStorage.setItem("sb-language", wanted); } catch { /* a preference only */ }
    draw();
    const coder = document.getElementById("sb-language");
    if (lead && coder && coder.value !== wanted) { coder.value = wanted; coder.dispatchEvent(new Event("change", { bubbles: true })); }
    window.dispatchEvent(new Event("sb-language"));
  }
  document.addEventListener("change", (event) => { if (event.target.id === "sb-language") speak(event.target.value, false); });
  function draw() {
    const said = words();
    document.documentElement.lang = lang;
    document.querySelectorAll(".sb-head [data-say]").forEach((one) => { one.textContent = said[one.dataset.say]; });
    document.querySelectorAll(".sb-head select").forEach((one) => { one.value = lang; });
    document.querySelectorAll('#sb-tabs > div [role="tab"][data-tab-id]').forEach((tab) => {
      const at = TABS.indexOf(tab.dataset.tabId);
      if (at >= 0) (tab.querySelector("span") || tab).textContent = said[TABS[at]];
    });
  }

  // Tabs of roles that a person does not have are not shown; the server refuses their work in any case.
  function permit(tabs) {
    document.documentElement.dataset.hide = TABS.filter((one) => !tabs.includes(one)).join(" ");
  }

  return { keepOpen, head, language, words, permit };
})();
