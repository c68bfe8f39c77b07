// Aujourd’hui: boxes counted, the whole page checked, the focus kept at the same place of the list.
(() => {
  "use strict";
  const list = () => document.getElementById("aujourdhui");
  const boxes = () => [...document.querySelectorAll('.seuil-jour input[name="dossier"][type="checkbox"]')];

  const count = () => {
    const every = document.getElementById("tout")?.checked;
    const n = boxes().filter((box) => box.checked).length;
    for (const place of document.querySelectorAll("[data-coches]")) {
      place.textContent = every ? "ménages" : n ? String(n) : "ménages";
    }
  };
  const prepare = () => {
    for (const label of document.querySelectorAll("[data-tout-cocher]")) label.hidden = false;
    count();
  };

  addEventListener("change", (event) => {
    if (event.target.id === "cocher-la-page") {
      for (const box of boxes()) box.checked = event.target.checked;
    }
    if (list()?.contains(event.target)) count();
  });

  // After an action the list comes back without the row: the one that took its place is next.
  let at = -1;
  addEventListener("htmx:beforeRequest", (event) => {
    const rows = [...document.querySelectorAll(".seuil-jour__ligne")];
    at = rows.indexOf(event.target.closest(".seuil-jour__ligne"));
  });
  addEventListener("htmx:afterSettle", () => {
    prepare();
    const rows = [...document.querySelectorAll(".seuil-jour__ligne")];
    if (at < 0) return;
    const row = rows[Math.min(at, rows.length - 1)];
    const action = row?.querySelector(
      ".seuil-jour__actions button, .seuil-jour__actions summary, .seuil-jour__actions a",
    );
    (action ?? row?.querySelector("[data-ligne]") ?? document.getElementById("annuler"))?.focus();
    at = -1;
  });
  prepare();
})();
