// What is touched and smaller than 44 px, outside running text: in a sentence a link is its words.
() => {
  const small = [];
  for (const el of document.querySelectorAll("a[href], button, summary, select, input:not([type=hidden])")) {
    if (!el.checkVisibility({ visibilityProperty: true }) || el.closest(".fr-skiplinks, thead")) continue;
    const box = el.getBoundingClientRect();
    if (!box.width || !box.height) continue;
    // A label that covers its box or its button is the target.
    const label = el.labels?.[0]?.getBoundingClientRect();
    const height = Math.max(box.height, el.type === "checkbox" || el.type === "radio" ? (label?.height ?? 0) : 0);
    const alone = [...el.parentElement.childNodes].every(
      (node) => node === el || node.nodeType !== 3 || !node.data.trim(),
    );
    // An abbreviation stands in a sentence, and its button is apart from it: it is one to touch.
    const apart = alone || el.matches(".seuil-sigle");
    const running = getComputedStyle(el).display === "inline" && !apart;
    if (!running && height < 43.5) small.push(`${el.tagName} ${el.className} « ${el.textContent.trim().slice(0, 40)} » ${Math.round(box.width)}×${Math.round(height)} dans ${el.parentElement.tagName}.${el.parentElement.className}`);
  }
  return small;
}
