// What the page does in the browser by itself: conversations are kept here, sources are opened, keys are read.
// Nothing that a note says is ever put into the page as markup, but where the server has escaped it.
(() => {
  "use strict";
  const WORDS = JSON.parse(document.getElementById("qa-words").textContent);
  const $ = (id) => document.getElementById(id);
  const user = () => window.gradio_config?.username || "";
  const key = (name) => `qa:${user()}:${name}`;

  // --- What is kept -----------------------------------------------------------------------------------------------

  function read(name, otherwise) {
    try {
      return JSON.parse(localStorage.getItem(key(name))) ?? otherwise;
    } catch {
      return otherwise;
    }
  }

  function write(name, value) {
    try {
      localStorage.setItem(key(name), JSON.stringify(value));
      return true;
    } catch {
      tell(say("storage_full"));
      return false;
    }
  }

  const asList = (value) => (Array.isArray(value) ? value : []);
  const list = () => asList(read("list", [])).filter((one) => typeof one?.id === "string");
  // Each tab has a conversation of its own, and opens it again when it is loaded anew.
  const open = () => sessionStorage.getItem(key("open")) || "";
  const conversation = () => read(`conversation:${open()}`, null);
  const turns = () => asList(conversation()?.turns);

  function language() {
    const chosen = localStorage.getItem("qa:language") || navigator.language;
    return chosen.toLowerCase().startsWith("fr") ? "fr" : "en";
  }

  function say(what, parts = {}) {
    const words = WORDS[what][language()];
    return words.replace(/\{(\w+)\}/g, (_, name) => parts[name] ?? "");
  }

  function keep(turn) {
    busy(false);
    if (!turn) return retype(last); // it could not be answered: let it be mended
    const before = turns().at(-1);
    if ( (before?.asked_at === turn.asked_at && before.question === turn.question)) return;
    // Another tab may have deleted it meanwhile: what stands on the screen is kept.
    const id = open() || crypto.getRandomValues(new Uint32Array(2)).join("-");
    const kept = read(`conversation:${id}`, null) || { id, title: (sent[0] || turn).question.slice(0, 80), turns: sent };
    kept.turns = [...asList(kept.turns), turn];
    sessionStorage.setItem(key("open"), id);
    if (write(`conversation:${id}`, kept)) {
      const others = list().filter((one) => one.id !== id);
      write("list", [{ id, title: kept.title, at: turn.asked_at }, ...others]);
    }
    showList();
  }

  function forget(id) {
    write("list", list().filter((one) => one.id !== id));
    localStorage.removeItem(key(`conversation:${id}`));
    if (open() === id) start("");
    else showList();
  }

  function start(id) {
    sessionStorage.setItem(key("open"), id);
    closeNote();
    drawer(false);
    showList();
    send("select");
    questionBox()?.focus();
  }

  // --- What goes to the server ------------------------------------------------------------------------------------

  let send = () => {};
  let filledIn = () => {};
  const ready = new Promise((done) => (filledIn = done));
  let pending = null;
  let sent = []; // the turns that the question was asked after
  let last = "";

  function ask(text) {
    if (working) return;
    pending = text;
    send("submit");
  }

  async function asked(typed) {
    last = pending ?? typed;
    pending = null;
    sent = turns();
    busy(true);
    if (closeNote(false)) document.body.classList.remove("qa-source-open");
    put($("feedback-why")?.querySelector("input, textarea"), "");
    await ready; // or the page that is still to come would take the place of the answer
    return last;
  }

  // What was asked leaves its box once the server has taken it; what was typed meanwhile stays.
  function taken() {
    const shown = document.querySelector("#now .qa-asked")?.textContent;
    if (working && shown === last && questionBox()?.value === last && !document.querySelector("#now .qa-failed")) type("");
  }

  function stopped() {
    busy(false);
    return last;
  }

  const questionBox = () => document.querySelector("#question textarea");

  const type = (words) => put(questionBox(), words);

  function put(box, words) {
    if (!box || box.value === words) return;
    box.value = words;
    box.dispatchEvent(new Event("input", { bubbles: true }));
  }

  // A page that is loaded anew, as after a restart of the server, has what was typed and not asked.
  const keepDraft = () => sessionStorage.setItem(key("draft"), questionBox()?.value || "");

  function retype(words) {
    if (words && questionBox() && !questionBox().value) type(words);
  }

  function filters() {
    const form = document.querySelector("#qa-filters form");
    if (!form) return {};
    const data = new FormData(form);
    const chosen = { notes: data.getAll("notes") };
    for (const name of ["since", "until", "as_of", "language"]) chosen[name] = data.get(name) || "";
    return chosen;
  }

  function countFilters() {
    const summary = document.querySelector("#qa-filters summary");
    if (!summary) return;
    const { notes, ...rest } = filters();
    const count = Object.values(rest).filter(Boolean).length + (notes.length ? 1 : 0);
    summary.textContent = count ? summary.dataset.set.replace("#", count) : summary.dataset.none;
  }

  // --- The list of conversations ----------------------------------------------------------------------------------

  let working = false;

  function busy(now) {
    working = now;
    document.body.classList.toggle("qa-busy", now);
  }

  function button(text, act, more = {}) {
    const made = document.createElement("button");
    made.type = "button";
    made.textContent = text;
    made.className = "qa-button";
    made.addEventListener("click", act);
    for (const [name, value] of Object.entries(more)) made.setAttribute(name, value);
    return made;
  }

  function showList() {
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

  function sure(question, yes, act) {
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

  function tell(message) {
    const note = document.createElement("p");
    note.className = "qa-toast";
    note.setAttribute("role", "alert");
    note.textContent = message;
    document.body.append(note);
    setTimeout(() => note.remove(), 8000);
  }

  async function exported(kind) {
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

  function removed({ remove: note, title }) {
    sure(say("remove_sure", { title }), say("remove"), async () => {
      const options = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(note) };
      const answer = await fetched(`remove?lang=${language()}`, options);
      if (!answer) return;
      tell(await answer.text());
      if (answer.ok) start(open());
    });
  }

  async function fetched(address, options) {
    try {
      return await fetch(address, options);
    } catch {
      tell(say("lost"));
      return null;
    }
  }

  // --- The source pane --------------------------------------------------------------------------------------------

  let from = null; // the link that opened the note
  let results = null; // of the search that the note was opened from
  let around = []; // the links of the same answer, each place once

  async function openNote(link, opener = link) {
    const answer = await fetched(`${link.getAttribute("href").split("#")[0]}&part=1`);
    if (!answer) return;
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
  function back() {
    if (!results) return closeNote();
    $("qa-source-note").replaceChildren(...results);
    results = null;
    around = [];
    showPane(NOWHERE);
    $("qa-source-note").focus();
    return true;
  }

  function closeNote(toOpener = true) {
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

  const NOWHERE = { getAttribute: () => "", dataset: {} };

  async function search(words) {
    const chosen = encodeURIComponent(JSON.stringify(filters()));
    const answer = await fetched(`search?q=${encodeURIComponent(words)}&filters=${chosen}&lang=${language()}`);
    if (!answer) return;
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

  // --- The quote of a statement, shown where the pointer or the focus is -----------------------------------------

  const tip = document.createElement("div");
  tip.id = "qa-tip";
  tip.setAttribute("role", "tooltip");
  tip.hidden = true;

  let tipped = null; // what the tip belongs to

  function showTip(event) {
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

  // --- Clicks and keys --------------------------------------------------------------------------------------------

  function drawer(shown) {
    document.body.classList.toggle("qa-menu-open", shown);
    $("qa-menu")?.setAttribute("aria-expanded", String(shown));
  }

  const DO = {
    back,
    close: () => closeNote(),
    previous: () => openNote(around[Number($("qa-source-tools").dataset.at) - 1], from),
    next: () => openNote(around[Number($("qa-source-tools").dataset.at) + 1], from),
    copy,
  };

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
      localStorage.setItem("qa:language", tongue);
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
    if (event.target === questionBox()) keepDraft();
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
    if (tipped && !tipped.isConnected) tip.hidden = true;
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
  send = window.qaBridge || send;

  window.qa = {
    turns,
    filters,
    language,
    keep,
    asked,
    stopped,
    refresh: () => working || send("select"),
    bridge: (trigger) => {
      send = trigger;
    },
  };
})();
