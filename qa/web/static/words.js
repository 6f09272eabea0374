// The words of the page in the language of its reader, and the names under which the browser keeps things.

const WORDS = JSON.parse(document.getElementById("qa-words").textContent);
export const $ = (id) => document.getElementById(id);
const user = () => window.gradio_config?.username || "";
export const key = (name) => `qa:${user()}:${name}`;

let spoken = "";

export function language() {
  return (spoken || kept() || navigator.language).toLowerCase().startsWith("fr") ? "fr" : "en";
}

export function speak(tongue) {
  spoken = tongue;
  try {
    localStorage.setItem("qa:language", tongue);
  } catch {
    // It holds until the page is loaded anew.
  }
}

function kept() {
  try {
    return localStorage.getItem("qa:language");
  } catch {
    return "";
  }
}

export function say(what, parts = {}) {
  const words = WORDS[what][language()];
  return words.replace(/\{(\w+)\}/g, (_, name) => parts[name] ?? "");
}
