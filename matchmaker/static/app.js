// What pages can do beyond HTML. Every page works without this file: a tag field is then a box with one
// phrase to a line, an industry is typed out, and the look follows the system.
"use strict";

const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};

/* The switch of the look, in the footer */
for (const button of document.querySelectorAll("[data-theme-switch]")) {
  const looks = { auto: "as your device", morning: "morning", evening: "evening" };
  const label = button.querySelector("span");
  const show = () => (label.textContent = `Look: ${looks[theme.choice] ?? looks.auto}`);
  button.addEventListener("click", () => {
    const order = Object.keys(looks);
    theme.choose(order[(order.indexOf(theme.choice) + 1) % order.length]);
    show();
  });
  button.hidden = false;
  show();
}

// Makes `input` an ARIA combobox whose suggestions come from `url`. `describe` gives the text and the note of
// what came, `pick` is told of the one chosen, `wanted` says which to show.
function suggest(input, url, describe, pick, wanted = () => true) {
  const list = make("div", { id: `${input.id}-list`, role: "listbox", class: "suggestions" });
  const status = make("p", { role: "status", class: "sr-only" });
  list.setAttribute("aria-label", "Suggestions");
  list.hidden = true;
  input.after(list, status);
  for (const [name, value] of Object.entries({
    role: "combobox",
    autocomplete: "off",
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": list.id,
  }))
    input.setAttribute(name, value);

  let found = [];
  let active = -1;
  let timer;
  let asking = new AbortController();

  function close() {
    clearTimeout(timer);
    asking.abort();
    list.hidden = true;
    activate(-1);
    input.setAttribute("aria-expanded", "false");
  }
  function activate(index) {
    active = index;
    [...list.children].forEach((option, i) => option.setAttribute("aria-selected", i === active));
    if (active < 0) return input.removeAttribute("aria-activedescendant");
    input.setAttribute("aria-activedescendant", list.children[active].id);
    list.children[active].scrollIntoView({ block: "nearest" });
  }
  function show(items) {
    found = items;
    list.replaceChildren(
      ...items.map((item, i) => {
        const { text, note } = describe(item);
        const option = make("div", { id: `${list.id}-${i}`, role: "option", "aria-selected": "false" }, text);
        if (note) option.append(make("small", {}, note));
        option.addEventListener("click", () => take(i));
        return option;
      }),
    );
    list.hidden = !items.length;
    input.setAttribute("aria-expanded", String(!!items.length));
    activate(-1);
    status.textContent = items.length ? `${items.length} suggestion${items.length > 1 ? "s" : ""}` : "";
  }
  function take(index = active) {
    if (list.hidden || index < 0) return false;
    const item = found[index];
    close();
    pick(item);
    return true;
  }
  async function ask() {
    const q = input.value.trim();
    asking.abort();
    asking = new AbortController();
    if (q.length < 2) return close();
    try {
      const address = new URL(url, location);
      address.searchParams.set("q", q);
      const answer = await fetch(address, { signal: asking.signal, headers: { Accept: "application/json" } });
      if (answer.ok) show((await answer.json()).filter(wanted));
    } catch {
      // Without suggestions one types on.
    }
  }

  list.addEventListener("pointerdown", (event) => event.preventDefault()); // the input keeps the focus
  input.addEventListener("blur", close);
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(ask, 150);
  });
  input.addEventListener("keydown", (event) => {
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (step && !list.hidden) {
      event.preventDefault();
      const size = list.children.length;
      activate(active < 0 && step < 0 ? size - 1 : (active + step + size) % size);
    } else if (step > 0) ask();
    else if (event.key === "Escape" && !list.hidden) {
      event.preventDefault();
      close();
    }
  });
  return { take, close, open: () => !list.hidden, say: (words) => (status.textContent = words) };
}

// A list, taken apart and written as the server does it: `split_list` in matchmaker/text.py.
const ITEM =
  /(?:"[^"\n]{0,100}"|“[^”\n]{0,100}”|„[^“”\n]{0,100}[“”]|«[^»\n]{0,100}»|\([^)\n]{0,100}\)|\[[^\]\n]{0,100}\]|(?<=\d),(?=\d)|[^,;\n•▪●◦‣；，、])+/g;
const split = (text) => (text.match(ITEM) ?? []).map((item) => item.trim().replace(/^["“„«]([^"“”„«»]*)["”“»]$/, "$1"));
const unsplit = (item) => (split(item).length === 1 && split(item)[0] === item ? item : `"${item}"`);
const isOpen = (text) => /\d,$|^[^"]*"[^"]*$|“[^”]*$|\([^)]*$/.test(text); // more of this item is to come

/* Tags: <textarea data-tags="12" data-suggest-url="…">, one phrase to a line */
for (const field of document.querySelectorAll("[data-tags]")) {
  const limit = Number(field.dataset.tags) || Infinity;
  const input = make("input", { id: field.id, type: "text", enterkeyhint: "enter" });
  for (const attribute of ["aria-describedby", "aria-invalid"])
    if (field.hasAttribute(attribute)) input.setAttribute(attribute, field.getAttribute(attribute));
  const list = make("ul", { "aria-label": "Chosen so far", role: "list" });
  const box = make("div", { class: "tags" }, list, input);
  if (field.classList.contains("input-error")) box.classList.add("input-error");
  const around = make("div", { class: "suggests" }, box);

  const isHere = document.activeElement === field; // somebody was quicker than this file
  field.id += "-lines"; // the label now names the input
  field.hidden = true;
  field.before(around);
  const suggestions = suggest(
    input,
    field.dataset.suggestUrl,
    (text) => ({ text }),
    (text) => add(text),
    (text) => !tags.some((tag) => same(tag, text)),
  );
  around.append(document.getElementById(input.getAttribute("aria-controls"))); // below the box, not in it

  let tags = [];
  const same = (one, other) => one.localeCompare(other, undefined, { sensitivity: "accent" }) === 0;

  function draw() {
    field.value = tags.map(unsplit).join("\n");
    input.placeholder = tags.length ? "Add another" : "Type one and press Enter";
    list.replaceChildren(
      ...tags.map((tag) => {
        const button = make("button", { type: "button", "aria-label": `Remove ${tag}` }, "×");
        button.addEventListener("click", () => {
          remove(tag);
          input.focus();
        });
        return make("li", {}, tag, button);
      }),
    );
  }
  function add(text) {
    const tag = text.trim().replace(/\s+/g, " ");
    input.value = "";
    if (!tag || tags.some((other) => same(tag, other))) return;
    if (tags.length >= limit) {
      input.value = tag;
      return suggestions.say(`${limit} is as many as there is room for. Remove one to add another.`);
    }
    tags.push(tag);
    draw();
    suggestions.say(`Added ${tag}`);
  }
  function remove(tag) {
    tags = tags.filter((other) => other !== tag);
    draw();
    suggestions.say(`Removed ${tag}`);
  }

  const given = split(field.value);
  draw();
  given.forEach((tag) => add(tag));
  suggestions.say("");
  if (isHere) input.focus();
  box.addEventListener("click", (event) => event.target === box && input.focus());
  input.addEventListener("blur", () => split(input.value).forEach((part) => add(part)));
  input.addEventListener("input", () => {
    if (!/[,;，、；]/.test(input.value) || isOpen(input.value)) return;
    const parts = split(input.value);
    if (parts.length === 1 && !/[,;，、；]\s*$/.test(input.value)) return;
    parts.forEach((part) => add(part));
    suggestions.close();
  });
  input.addEventListener("paste", (event) => {
    const lines = split(event.clipboardData.getData("text"));
    if (lines.length < 2) return;
    event.preventDefault();
    lines.forEach((line) => add(line));
  });
  input.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Enter") {
      event.preventDefault();
      if (!suggestions.take()) split(input.value).forEach((part) => add(part));
      suggestions.close();
    } else if (event.key === "Backspace" && !input.value && tags.length) {
      event.preventDefault();
      remove(tags.at(-1));
    }
  });
}

/* The industry: <input data-pick="industry_code" data-picked="6201" data-suggest-url="…"> */
for (const input of document.querySelectorAll("[data-pick]")) {
  const code = make("input", { type: "hidden", name: input.dataset.pick, value: input.dataset.picked });
  const path = make("p", { class: "field-help" });
  const around = make("div", { class: "suggests" });
  input.before(around);
  around.append(input, code);
  around.after(path);
  const suggestions = suggest(
    input,
    input.dataset.suggestUrl,
    (item) => ({ text: item.label, note: item.path }),
    (item) => {
      input.value = item.label;
      code.value = item.code;
      path.textContent = item.path;
      suggestions.say(`${item.label} chosen`);
    },
  );
  input.addEventListener("input", () => (code.value = path.textContent = ""));
  input.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || !suggestions.open()) return;
    event.preventDefault();
    if (!suggestions.take()) suggestions.take(0);
  });
}
