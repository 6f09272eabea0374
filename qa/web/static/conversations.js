// The list of conversations: each is kept, opened again, exported and deleted here.
import { askNext, busy, finished, last, send, sent, working } from "./asking.js";
import { button, fetched, sure, tell } from "./dialogs.js";
import { drawer, questionBox, retype } from "./form.js";
import { asConversation, conversation, list, open, read, turns, write } from "./kept.js";
import { closeNote } from "./source.js";
import { $, key, language, say } from "./words.js";

// As of qa.conversation, which reads no more: turns, and bytes.
const MOST_TURNS = 200;
const MOST_BYTES = 4_500_000;
let shown = null; // the turns that stand on the screen, kept or not

export const told = () => shown ?? turns();

export function keep(turn) {
  busy(false);
  if (turn) {
    kept(turn);
    return finished();
  }
  askNext(false);
  retype(last); // it could not be answered: let it be mended
}

function kept(turn) {
  shown = [...sent, turn].slice(-MOST_TURNS);
  const before = turns().at(-1);
  if (before?.asked_at === turn.asked_at && before.question === turn.question) return; // it is kept already
  // Another tab may have deleted it meanwhile: what stands on the screen is kept.
  let id = open() || fresh();
  let whole = asConversation(read(`conversation:${id}`, null)) || { id, title: titleOf(sent[0] || turn), turns: sent };
  if (whole.turns.length >= MOST_TURNS || new Blob([JSON.stringify(whole)]).size > MOST_BYTES) {
    tell(say("conversation_full"));
    id = fresh();
    whole = { id, title: titleOf(turn), turns: [] };
  }
  whole.turns = [...whole.turns, turn];
  sessionStorage.setItem(key("open"), id);
  if (write(`conversation:${id}`, whole)) {
    const others = list().filter((one) => one.id !== id);
    write("list", [{ id, title: whole.title, at: turn.asked_at }, ...others]);
  }
  showList();
}

const fresh = () => crypto.getRandomValues(new Uint32Array(2)).join("-");
// By characters, of which none is cut in two.
const titleOf = (turn) => [...turn.question].slice(0, 80).join("");

export function forget(id) {
  if (working && open() === id) return; // its answer is still to come
  write("list", list().filter((one) => one.id !== id));
  localStorage.removeItem(key(`conversation:${id}`));
  if (open() === id) start("");
  else showList();
}

export function start(id) {
  shown = null;
  sessionStorage.setItem(key("open"), id);
  closeNote();
  drawer(false);
  showList();
  send("select");
  questionBox()?.focus();
}

export function showList() {
  const place = $("qa-conversations");
  if (!place) return;
  const items = list().map((one) => {
    const item = document.createElement("li");
    const name = button(one.title, () => working || start(one.id), { class: "qa-conversation", title: one.title });
    if (one.id === open()) name.setAttribute("aria-current", "true");
    const label = `${say("delete")}: ${one.title}`;
    const away = button("×", () => sure(say("delete_sure", one), say("delete"), () => forget(one.id)), {
      "aria-label": label,
      title: say("delete"),
    });
    item.append(name, away);
    return item;
  });
  if (!items.length) {
    const none = document.createElement("li");
    none.className = "qa-place";
    none.textContent = say("none_kept");
    items.push(none);
  }
  place.replaceChildren(...items);
  $("qa-export").hidden = !turns().length;
}

export async function exported(kind) {
  const answer = await fetched(`export/${kind}?lang=${language()}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(conversation()),
  });
  if (!answer) return;
  if (!answer.ok) return tell(await answer.text());
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await answer.blob());
  const name = (conversation().title.match(/[\p{L}\p{N}]+/gu) || ["conversation"]).join("-").slice(0, 60);
  link.download = kind === "markdown" ? `${name}.md` : `${name}.receipt.json`;
  link.click();
  URL.revokeObjectURL(link.href);
}

export function removed({ remove: note, title }) {
  sure(say("remove_sure", { title }), say("remove"), async () => {
    const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(note) };
    const answer = await fetched(`remove?lang=${language()}`, options);
    if (!answer) return;
    tell(await answer.text());
    if (answer.ok && !working) start(open());
  });
}
