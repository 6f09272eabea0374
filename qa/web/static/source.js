// The source pane: a note at a quote, and what a search found.
import { fetched, tell } from "./dialogs.js";
import { drawer, filters } from "./form.js";
import { tip } from "./tip.js";
import { $, language, say } from "./words.js";

let asked = 0; // how often something was opened
let from = null; // the link that opened the note
let results = null; // of the search that the note was opened from
let around = []; // the links of the same answer, each place once
const NOWHERE = { getAttribute: () => "", dataset: {} };

export async function openNote(link, opener = link) {
  const mine = ++asked;
  const answer = await fetched(`${link.getAttribute("href").split("#")[0]}&part=1`);
  if (!answer || mine !== asked) return; // something else has been opened meanwhile
  if (!answer.ok && answer.status !== 404) return tell(say("lost"));
  const place = $("qa-source-note");
  tip.hidden = true;
  if (place.contains(opener)) results = [...place.childNodes];
  place.innerHTML = await answer.text(); // escaped by the server, whose tags are few and fixed
  if (link.dataset.marker && answer.headers.get("X-Quote") !== "stands") {
    const said = document.createElement("p");
    said.className = "qa-notice";
    said.setAttribute("role", "alert");
    said.textContent = say(answer.ok ? "changed" : "gone");
    const quote = document.createElement("blockquote");
    quote.textContent = link.dataset.quote;
    place.prepend(said, quote);
  }
  if (!place.contains(opener)) from = opener;
  const turn = link.closest(".qa-turn, #sources, .qa-hits");
  const seen = new Set();
  around = [...(turn?.querySelectorAll("a.qa-mark, a.qa-open") || [])].filter(
    (one) => !seen.has(one.getAttribute("href")) && seen.add(one.getAttribute("href")),
  );
  showPane(link);
  const quote = $("qa-quote");
  if (quote) {
    quote.scrollIntoView({ block: "center" });
    quote.focus({ preventScroll: true });
  } else {
    $("source-column").scrollTop = 0;
    place.focus();
  }
}

function showPane(link) {
  const at = around.findIndex((one) => one.getAttribute("href") === link.getAttribute("href"));
  const tools = $("qa-source-tools");
  tools.hidden = $("qa-source-note").hidden = false;
  $("sources").hidden = true;
  tools.dataset.at = at;
  $("qa-at").textContent = link.dataset.reference || "";
  const nth = $("qa-nth");
  nth.textContent = around.length > 1 ? nth.dataset.said.replace("##", around.length).replace("#", at + 1) : "";
  tools.querySelector("[data-do=previous]").disabled = at <= 0;
  tools.querySelector("[data-do=next]").disabled = at < 0 || at >= around.length - 1;
  tools.querySelector("[data-do=copy]").hidden = !link.dataset.quote;
  document.body.classList.add("qa-source-open");
}

// Back to the results of the search, if the note was opened from there.
export function back() {
  if (!results) return closeNote();
  $("qa-source-note").replaceChildren(...results);
  results = null;
  around = [];
  showPane(NOWHERE);
  $("qa-source-note").focus();
  return true;
}

export function closeNote(toOpener = true) {
  results = null;
  tip.hidden = true;
  document.body.classList.remove("qa-source-open");
  const place = $("qa-source-note");
  if (!place || place.hidden) return false;
  place.hidden = $("qa-source-tools").hidden = true;
  $("sources").hidden = false;
  if (toOpener && from?.isConnected) from.focus();
  from = null;
  return true;
}

export async function search(words) {
  const mine = ++asked;
  const chosen = encodeURIComponent(JSON.stringify(filters()));
  const answer = await fetched(`search?q=${encodeURIComponent(words)}&filters=${chosen}&lang=${language()}`);
  if (!answer || mine !== asked) return;
  if (!answer.ok && answer.status !== 400) return tell(answer.status === 429 ? await answer.text() : say("lost"));
  drawer(false);
  $("qa-source-note").innerHTML = await answer.text(); // escaped by the server
  around = [];
  results = null;
  showPane(NOWHERE);
  $("source-column").scrollTop = 0;
  $("qa-source-note").focus();
}

async function copy() {
  const link = around[$("qa-source-tools").dataset.at];
  if (!link) return;
  const reference = link.dataset.reference || link.textContent;
  const text = `“${link.dataset.quote}”\n— ${reference}`;
  try {
    await navigator.clipboard.writeText(text);
  } catch {
    // Without HTTPS a browser lets no page write by that way.
    const box = document.createElement("textarea");
    box.value = text;
    document.body.append(box);
    box.select();
    document.execCommand("copy");
    box.remove();
  }
  const button = document.querySelector("#qa-source-tools [data-do=copy]");
  const named = (words) => {
    button.textContent = words;
    button.setAttribute("aria-label", words);
  };
  named(say("copied"));
  setTimeout(named, 2000, say("copy"));
}

export const DO = {
  back,
  close: () => closeNote(),
  previous: () => openNote(around[Number($("qa-source-tools").dataset.at) - 1], from),
  next: () => openNote(around[Number($("qa-source-tools").dataset.at) + 1], from),
  copy,
};
