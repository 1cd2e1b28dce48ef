// What happens in the browser alone, for every tab but the coder's: saving files, keeping folds open, choosing a row.
// Nothing is stored, nothing is sent anywhere but to the page's own events.
window.superbill = (() => {
  // Folds stay as the user left them when the server sends a new version of a panel.
  const open = new Set();
  document.addEventListener("click", (event) => {
    const fold = event.target.closest("summary")?.parentElement;
    if (fold?.id) fold.open ? open.delete(fold.id) : open.add(fold.id);
  });
  function keepOpen(element) {
    new MutationObserver(() => {
      element.querySelectorAll("details[id]").forEach((d) => { if (d.open !== open.has(d.id)) d.open = open.has(d.id); });
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

  function rows(element, send) {
    keepOpen(element);
    element.addEventListener("click", (event) => {
      const row = event.target.closest("[data-row]");
      if (row) send({ row: Number(row.dataset.row) });
    });
  }

  return { rows, keepOpen };
})();
