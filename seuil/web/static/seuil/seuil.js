// Keyboard in lists (j, k, enter) and focus after a fragment. Every page works without it.
(() => {
  const typing = (el) => el.closest("input, select, textarea, [contenteditable]");

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key !== "j" && event.key !== "k") return;
    const links = [...document.querySelectorAll("[data-ligne]")];
    if (!links.length) return;
    const at = links.indexOf(document.activeElement);
    const next = event.key === "j" ? Math.min(at + 1, links.length - 1) : Math.max(at - 1, 0);
    links[next].focus();
    event.preventDefault();
  });

  // A form that failed: the summary of errors is read first.
  const errors = document.getElementById("erreurs");
  if (errors) errors.focus();

  // The page's print button exists only where it can work.
  for (const button of document.querySelectorAll("[data-imprimer]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
})();
