// A question on its way to the server, one at a time.
import { put, questionBox, retype, type } from "./form.js";
import { turns } from "./kept.js";
import { closeNote } from "./source.js";
import { $ } from "./words.js";

export let send = () => {}; // has the page's own events happen: "submit", or "select" to fill the page in anew
export let filledIn = () => {};
const ready = new Promise((done) => (filledIn = done));
setTimeout(filledIn, 15_000); // where the page could not be filled in, it says so, and may still be asked
let pending = null;
export let sent = []; // the turns that the question was asked after
export let last = "";
export let working = false;
let next = false; // asked while an answer was on its way: what stands in the box is asked after it

export function bridge(trigger) {
  send = trigger;
}

export function ask(text) {
  if (working) return;
  pending = text;
  send("submit");
}

export async function asked(typed) {
  last = pending ?? typed;
  pending = null;
  sent = turns();
  busy(true);
  if (closeNote(false)) document.body.classList.remove("qa-source-open");
  put($("feedback-why")?.querySelector("input, textarea"), "");
  await ready; // or the page that is still to come would take the place of the answer
  return last;
}

export function askNext(now) {
  next = now;
  document.body.classList.toggle("qa-next", now);
}

// An answer has come whole, and what was asked meanwhile is on its way.
export function finished() {
  if (!next) return;
  askNext(false);
  const words = questionBox()?.value;
  if (words?.trim()) setTimeout(ask, 0, words); // after the event that has brought the answer
}

// What was asked leaves its box once the server has taken it; what was typed meanwhile stays.
export function taken() {
  const shown = document.querySelector("#now .qa-asked")?.textContent;
  if (working && shown === last && questionBox()?.value === last && !document.querySelector("#now .qa-failed")) type("");
}

// The server did not take the question: it may be asked again.
export function refused() {
  askNext(false);
  busy(false);
  retype(last);
  filledIn();
}

export function stopped() {
  askNext(false);
  busy(false);
  return last;
}

export function busy(now) {
  working = now;
  document.body.classList.toggle("qa-busy", now);
}
