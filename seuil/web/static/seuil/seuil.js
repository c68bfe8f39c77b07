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
  if (errors) {
    errors.focus();
    // Its address becomes that of the form: once corrected, Back asks nobody to send it again.
    history.replaceState(history.state, "", location.href);
  }

  // A second tap while the answer travels would record the same thing twice.
  let sent = new WeakMap();
  const forget = 10000;
  const content = (form, button) =>
    JSON.stringify([
      button?.name,
      button?.value,
      [...new FormData(form)].map(([name, value]) => [name, value.name ?? value]),
    ]);
  addEventListener(
    "submit",
    (event) => {
      const form = event.target;
      if (form.method !== "post") return;
      const now = content(form, event.submitter);
      const last = sent.get(form);
      if (last && last.content === now && event.timeStamp - last.at < forget) {
        event.preventDefault();
        event.stopImmediatePropagation();
        return;
      }
      sent.set(form, { content: now, at: event.timeStamp });
    },
    true,
  );
  // A page that comes back by the browser's own button may be sent again.
  addEventListener("pageshow", () => {
    sent = new WeakMap();
  });

  // Paper has nothing to unfold: what is folded is printed, then folded again.
  let unfolded = [];
  addEventListener("beforeprint", () => {
    unfolded = [...document.querySelectorAll("main details:not([open])")];
    for (const fold of unfolded) fold.open = true;
  });
  addEventListener("afterprint", () => {
    for (const fold of unfolded) fold.open = false;
  });

  // The page's print button exists only where it can work.
  for (const button of document.querySelectorAll("[data-imprimer]")) {
    button.hidden = false;
    button.addEventListener("click", () => window.print());
  }
})();

// The search: « / » leads to it, the arrows go through what it proposes, Escape closes it.
(() => {
  const form = document.querySelector("[data-recherche]");
  if (!form) return;
  const field = form.querySelector("input");
  const proposed = document.getElementById("recherche-propositions");
  const close = () => proposed.replaceChildren();

  document.addEventListener("keydown", (event) => {
    if (event.key !== "/" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest("input, select, textarea, [contenteditable]")) return;
    field.focus();
    field.select();
    event.preventDefault();
  });

  form.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      close();
      field.focus();
      return;
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const stops = [field, ...proposed.querySelectorAll("[data-trouvaille]")];
    const at = stops.indexOf(document.activeElement);
    const next = at + (event.key === "ArrowDown" ? 1 : -1);
    stops[Math.max(0, Math.min(next, stops.length - 1))].focus();
    event.preventDefault();
  });

  form.addEventListener("focusout", (event) => {
    if (!form.contains(event.relatedTarget)) close();
  });
})();
