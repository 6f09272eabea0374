// What the page does in the browser by itself: clicks and keys, and what belongs to the browser is filled in.
// Nothing that a note says is ever put into the page as markup, but where the server has escaped it.
import { ask, askNext, asked, bridge, filledIn, refused, send, stopped, taken, working } from "./asking.js";
import { exported, keep, removed, showList, start, told } from "./conversations.js";
import { countFilters, drawer, filters, keepDraft, questionBox, retype } from "./form.js";
import { turns } from "./kept.js";
import { DO, back, closeNote, openNote, search } from "./source.js";
import { dropTip, showTip, tip } from "./tip.js";
import { $, key, language, speak } from "./words.js";

document.addEventListener("click", (event) => {
  const plain = !(event.ctrlKey || event.metaKey || event.shiftKey || event.button);
  const link = event.target.closest("a.qa-mark, a.qa-open");
  if (link && plain) {
    event.preventDefault();
    openNote(link);
    return;
  }
  const pressed = event.target.closest("button");
  if (document.body.classList.contains("qa-menu-open") && !event.target.closest("#side, #qa-menu, dialog")) drawer(false);
  if (!pressed) return;
  const { ask: question, search: words, export: kind, language: tongue } = pressed.dataset;
  if (question) ask(question);
  else if (words) search(words);
  else if (kind) exported(kind);
  else if (pressed.dataset.remove) removed(pressed.dataset);
  else if (pressed.dataset.do) DO[pressed.dataset.do]();
  else if (tongue) {
    speak(tongue);
    send("select");
  } else if (pressed.id === "qa-new") working || start("");
  else if (pressed.id === "qa-menu") drawer(!document.body.classList.contains("qa-menu-open"));
});

document.addEventListener("submit", (event) => {
  if (event.target.id !== "qa-search") return;
  event.preventDefault();
  search($("qa-words-sought").value);
});

document.addEventListener("input", (event) => {
  if (event.target.closest("#qa-filters")) countFilters();
  if (event.target === questionBox()) {
    askNext(false); // it is still being written
    keepDraft();
  }
});
document.addEventListener("reset", () => setTimeout(countFilters));
document.addEventListener("mouseover", showTip);
document.addEventListener("focusin", showTip);

document.addEventListener(
  "keydown",
  (event) => {
    const box = questionBox();
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && !event.ctrlKey && !event.metaKey) {
      event.preventDefault();
      box?.focus();
    } else if (event.key === "Escape") {
      tip.hidden = true;
      if (document.querySelector("dialog[open]")) return;
      if (typing ? !closeNote(false) : !back()) drawer(false);
    } else if (event.target === box && event.key === "Enter" && event.shiftKey) {
      event.stopPropagation();
      event.preventDefault();
      document.execCommand("insertText", false, "\n");
    } else if (event.target === box && event.key === "Enter" && (working || !box.value.trim())) {
      event.stopPropagation();
      event.preventDefault();
      askNext(working && Boolean(box.value.trim()));
    }
  },
  true,
);

// The server fills the page in; what belongs to the browser is put into each of its parts that is new.
function filled(id, fill) {
  const place = $(id);
  if (!place || place.dataset.filled) return;
  place.dataset.filled = "yes";
  fill();
}

// The last question stands at the top, and its answer grows below it.
const settle = () =>
  [...document.querySelectorAll(".qa-question, #now > * .qa-failed:first-child")].at(-1)?.scrollIntoView({ behavior: "instant" });

new MutationObserver((changes) => {
  dropTip();
  filled("qa-language", () => {
    document.documentElement.lang = language();
    filledIn();
  });
  filled("qa-conversations", showList);
  filled("qa-filters", countFilters);
  if (questionBox()) filled("question", () => retype(sessionStorage.getItem(key("draft"))));
  filled("now", () => $("now").setAttribute("aria-live", "polite"));
  if (changes.some((change) => change.target.closest?.("#past, #now"))) {
    settle();
    taken();
  }
}).observe(document.documentElement, { childList: true, subtree: true });

addEventListener("storage", showList);

// Gradio tells nobody that a question was not taken: of a login that has run out, or of a line that is down.
const fetchIt = window.fetch;
window.fetch = async (address, options) => {
  const asks = String(address?.url ?? address).includes("/queue/join");
  try {
    const answer = await fetchIt(address, options);
    if (asks && answer.status === 401) location.reload();
    if (asks && !answer.ok) refused();
    return answer;
  } catch (error) {
    if (asks) refused();
    throw error;
  }
};
if (window.qaBridge) bridge(window.qaBridge);

// What the page's own events take from here, and give back.
window.qa = { turns, filters, language, keep, asked, told, stopped, bridge, refresh: () => working || send("select") };
