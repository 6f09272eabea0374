// What the browser keeps of conversations: nothing of them is kept elsewhere.
import { tell } from "./dialogs.js";
import { key, say } from "./words.js";

export function read(name, otherwise) {
  try {
    return JSON.parse(localStorage.getItem(key(name))) ?? otherwise;
  } catch {
    return otherwise;
  }
}

export function write(name, value) {
  try {
    localStorage.setItem(key(name), JSON.stringify(value));
    return true;
  } catch {
    tell(say("storage_full"));
    return false;
  }
}

export const asList = (value) => (Array.isArray(value) ? value : []);
export const list = () => asList(read("list", [])).filter((one) => typeof one?.id === "string");

// Each tab has a conversation of its own, and opens it again when it is loaded anew.
export const open = () => sessionStorage.getItem(key("open")) || "";

export const conversation = () => asConversation(read(`conversation:${open()}`, null));
export const turns = () => conversation()?.turns ?? [];

// What somebody else has put there is none.
export const asConversation = (one) => (typeof one?.id === "string" && Array.isArray(one.turns) ? one : null);
