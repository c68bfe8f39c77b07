// The week's table by letters: c, s, i answer the line that has the focus, j and k change it.
(() => {
  const typing = (el) => el.closest("input, select, textarea, [contenteditable]");
  const rows = () => [...document.querySelectorAll("[data-menage]")];

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    const row = document.activeElement.closest("[data-menage]");
    if (event.key === "j" || event.key === "k") {
      const all = rows();
      if (!all.length) return;
      const at = row ? all.indexOf(row) + (event.key === "j" ? 1 : -1) : 0;
      const next = all[Math.min(Math.max(at, 0), all.length - 1)];
      next.querySelector("[data-lettre]").focus();
      event.preventDefault();
      return;
    }
    const button = row?.querySelector(`[data-lettre="${CSS.escape(event.key)}"]`);
    if (!button) return;
    button.focus();
    button.click();
    event.preventDefault();
  });
})();
