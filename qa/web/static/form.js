// The question box, and the filters below it.
import { $, key } from "./words.js";

export const questionBox = () => document.querySelector("#question textarea");
export const type = (words) => put(questionBox(), words);

export function put(box, words) {
  if (!box || box.value === words) return;
  box.value = words;
  box.dispatchEvent(new Event("input", { bubbles: true }));
}

// A page that is loaded anew, as after a restart of the server, has what was typed and not asked.
export const keepDraft = () => sessionStorage.setItem(key("draft"), questionBox()?.value || "");

export function retype(words) {
  if (words && questionBox() && !questionBox().value) type(words);
}

export function filters() {
  const form = document.querySelector("#qa-filters form");
  if (!form) return {};
  const data = new FormData(form);
  const chosen = { notes: data.getAll("notes") };
  for (const name of ["since", "until", "as_of", "language"]) chosen[name] = data.get(name) || "";
  return chosen;
}

export function countFilters() {
  const summary = document.querySelector("#qa-filters summary");
  if (!summary) return;
  const { notes, ...rest } = filters();
  const count = Object.values(rest).filter(Boolean).length + (notes.length ? 1 : 0);
  summary.textContent = count ? summary.dataset.set.replace("#", count) : summary.dataset.none;
}

export function drawer(shown) {
  document.body.classList.toggle("qa-menu-open", shown);
  $("qa-menu")?.setAttribute("aria-expanded", String(shown));
}
