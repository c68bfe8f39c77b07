// The frame: menus that close, `/` for the search, focus, header of a dossier, abbreviations.
// Every page works without it.
(() => {

  // Menus are native folds: one at a time, closed by Escape and by a click elsewhere.
  const menus = [...document.querySelectorAll("details[data-menu]")];
  const close = (except) => {
    for (const menu of menus) if (menu !== except && menu.open) menu.open = false;
  };
  document.addEventListener("click", (event) => close(event.target.closest("details[data-menu]")));
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      const open = menus.find((menu) => menu.open);
      if (open) {
        close();
        open.querySelector("summary").focus();
      }
    }
  });

  // The skip link leads to the first thing to do when the page has one.
  document.querySelector("[data-premiere]")?.addEventListener("click", (event) => {
    const first = document.querySelector("main [data-ligne]");
    if (!first) return;
    event.preventDefault();
    first.focus();
  });

  // A part of the page was replaced: what was unfolded stays so, reading goes on at its title.
  let unfolded = [];
  document.addEventListener("htmx:beforeSwap", (event) => {
    unfolded = [...event.target.querySelectorAll("details[id][open]")].map((fold) => fold.id);
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    for (const id of unfolded) {
      const fold = document.getElementById(id);
      if (fold) fold.open = true;
    }
    unfolded = [];
    const title = document.querySelector(`#${event.target.id || "contenu"} [data-focus]`);
    if (title) title.focus();
    explain(event.target);
  });

  // On a phone the month is a list: it opens on today, or on the next day that holds something.
  const here = document.querySelector("[data-ici]");
  if (here && matchMedia("(max-width: 61.99em)").matches && !location.hash) {
    const days = [...document.querySelectorAll(".seuil-mois td")];
    const next = days.slice(days.indexOf(here)).find((day) => day.checkVisibility());
    if (next && next !== days.find((day) => day.checkVisibility())) next.scrollIntoView();
  }

  // The header of a dossier shrinks when one scrolls; its tabs stick under it.
  const header = document.querySelector(".seuil-dossier");
  if (header) {
    const root = document.documentElement;
    const settle = () => {
      const small = header.classList.contains("seuil-dossier--reduit");
      // Two thresholds: shrinking moves the page, which must not grow it again.
      if (!small && scrollY > 140) header.classList.add("seuil-dossier--reduit");
      if (small && scrollY < 40) header.classList.remove("seuil-dossier--reduit");
    };
    new ResizeObserver(() => {
      root.style.setProperty("--seuil-dossier-bas", `${header.offsetHeight}px`);
    }).observe(header);
    addEventListener("scroll", settle, { passive: true });
    settle();
  }

  // An abbreviation is explained at its first sight, where nothing else answers to a touch.
  const apart = "a, button, label, summary, option, select, textarea, legend, h1, h2, h3, caption, .fr-badge, .fr-tag, script, [aria-hidden], .seuil-invisible";
  let sigles = null;
  const seen = new Set();
  const mark = (text, found) => {
    const rest = text.splitText(found.index);
    rest.splitText(found[0].length);
    const button = document.createElement("button");
    button.type = "button";
    button.className = "seuil-sigle";
    button.textContent = found[0];
    button.setAttribute("aria-expanded", "false");
    button.title = sigles[found[0]];
    button.addEventListener("click", () => {
      const open = button.getAttribute("aria-expanded") === "true";
      button.setAttribute("aria-expanded", String(!open));
      if (open) return button.nextElementSibling.remove();
      const said = document.createElement("span");
      said.className = "seuil-sigle__texte";
      said.setAttribute("role", "status");
      said.textContent = ` (${sigles[found[0]]})`;
      button.after(said);
    });
    rest.replaceWith(button);
  };
  const explain = (root) => {
    if (!sigles || !root) return;
    const words = Object.keys(sigles).filter((word) => !seen.has(word));
    if (!words.length) return;
    const any = new RegExp(`(?<![\\p{L}\\d-])(${words.join("|")})(?![\\p{L}\\d-])`, "u");
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    const texts = [];
    while (walker.nextNode()) texts.push(walker.currentNode);
    for (const text of texts) {
      const found = any.exec(text.data);
      if (!found || seen.has(found[0]) || text.parentElement.closest(apart)) continue;
      if (!text.parentElement.checkVisibility()) continue;
      seen.add(found[0]);
      mark(text, found);
    }
  };
  const source = document.documentElement.dataset.sigles;
  if (source) {
    fetch(source)
      .then((answer) => answer.json())
      .then((read) => {
        sigles = read;
        explain(document.querySelector("main"));
      })
      .catch(() => {});
  }
})();
