// The words of the page in the language of its reader, and the names under which the browser keeps things.

const WORDS = JSON.parse(document.getElementById("qa-words").textContent);
export const $ = (id) => document.getElementById(id);
const user = () => window.gradio_config?.username || "";
export const key = (name) => `qa:${user()}:${name}`;

export function language() {
  const chosen = localStorage.getItem("qa:language") || navigator.language;
  return chosen.toLowerCase().startsWith("fr") ? "fr" : "en";
}

export function say(what, parts = {}) {
  const words = WORDS[what][language()];
  return words.replace(/\{(\w+)\}/g, (_, name) => parts[name] ?? "");
}
