// What lies over the page for a moment: questions to be sure of, and messages.
import { say } from "./words.js";

export function button(text, act, more = {}) {
  const made = document.createElement("button");
  made.type = "button";
  made.textContent = text;
  made.className = "qa-button";
  made.addEventListener("click", act);
  for (const [name, value] of Object.entries(more)) made.setAttribute(name, value);
  return made;
}

export function sure(question, yes, act) {
  const dialog = document.createElement("dialog");
  dialog.className = "qa-dialog";
  const words = document.createElement("p");
  words.textContent = question;
  const away = () => dialog.close();
  const agreed = () => {
    away();
    act();
  };
  dialog.append(words, button(say("cancel"), away), button(yes, agreed, { class: "qa-button qa-strong" }));
  dialog.addEventListener("close", () => dialog.remove());
  document.body.append(dialog);
  dialog.showModal();
}

export function tell(message) {
  const note = document.createElement("p");
  note.className = "qa-toast";
  note.setAttribute("role", "alert");
  note.textContent = message;
  document.body.append(note);
  setTimeout(() => note.remove(), 8000);
}

export async function fetched(address, options) {
  try {
    return await fetch(address, options);
  } catch {
    tell(say("lost"));
    return null;
  }
}
