// The quote of a statement, shown where the pointer or the focus is.
export const tip = document.createElement("div");
tip.id = "qa-tip";
tip.setAttribute("role", "tooltip");
tip.hidden = true;

let tipped = null; // what the tip belongs to

export function showTip(event) {
  const link = event.target.closest?.("a.qa-mark");
  const statement = link || event.target.closest?.(".qa-checked");
  tipped = statement;
  if (!statement) return (tip.hidden = true);
  const links = link ? [link] : [...statement.querySelectorAll("a.qa-mark")];
  if (!tip.isConnected) document.body.append(tip);
  tip.textContent = links.map((one) => `${one.textContent} ${one.dataset.quote}`).join("\n\n");
  tip.hidden = !links.length;
  const box = statement.getBoundingClientRect();
  tip.style.left = `${Math.max(8, Math.min(box.left, innerWidth - tip.offsetWidth - 8))}px`;
  const above = box.top - tip.offsetHeight - 6;
  tip.style.top = `${above > 8 ? above : box.bottom + 6}px`;
}

// The page may have been written anew below it.
export function dropTip() {
  if (tipped && !tipped.isConnected) tip.hidden = true;
}
