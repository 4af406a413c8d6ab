// The door of an event. Whatever is pressed goes first into a queue on this phone, with its own time, and from
// there to us: at once, or when there is a connection again. Without this file the page's forms do the same.
import { TROUBLES, troubleOf } from "./door-trouble.js";
import { isFound, searchText } from "./search.js";
import QrScanner from "./vendor/qr-scanner.min.js";

const door = document.querySelector("[data-door]");
const part = (name) => door.querySelector(`[data-${name}]`);
const { key, people: peopleUrl, replay: replayUrl, worker: workerUrl, signIn, zone } = door.dataset;
const PATIENCE = 8_000; // milliseconds until an answer counts as lost
const AGAIN = 10_000; // until what waits is tried again, and the list is read afresh
const TRIES = 3; // after which what only we fail at waits for somebody to look at it
const KEPT = 36 * 3600_000; // for how long a phone remembers a door
const LONGEST_CODE = 400; // no code of ours has as many characters
const SHOWN = 20; // lines until one asks for all
const LATEST = 5;
const UNEXPECTED = { waiting: "in the queue", offered: "a place is held", asked: "asked, no answer yet", declined: "said no" };

/* What this phone remembers */
const remember = (name, value) => localStorage.setItem(`${key}-${name}`, JSON.stringify(value));
const recall = (name, otherwise) => JSON.parse(localStorage.getItem(`${key}-${name}`)) ?? otherwise;
for (const name of Object.keys(localStorage).filter((each) => /^door-\d+-\d+-known$/.test(each)))
  if (Date.now() - (JSON.parse(localStorage.getItem(name)).read ?? 0) > KEPT) localStorage.removeItem(name);

let known = recall("known", null); // what we said last: the people, the numbers, our clock
let waiting = recall("queue", []); // what was pressed and not yet heard of
let refused = recall("refused", []);
let sending = false;
let trouble = null; // why nothing could be sent: one of TROUBLES, and when to try again by ourselves
let choosing = null; // of whose guests is asked how many came
let showsAll = false;
const now = () => Math.round(Date.now() + (known?.ahead ?? 0)); // on the server's clock

function learn(state) {
  known = { ...state, ahead: state.now - Date.now(), read: Date.now() };
  delete known.results;
  remember("known", known);
}

/* What is so once all that waits has been told */
const coming = (person) => person.guestsHere ?? person.guests;
function counted(person) {
  const party = 1 + coming(person);
  return { arrived: person.arrived ? party : 0, going: person.status === "going" ? party : 0 };
}
function asPressed() {
  const people = new Map(known.people.map((person) => [person.id, { ...person }]));
  let { arrived, going } = known;
  for (const act of waiting) {
    const person = people.get(act.member ?? idIn(act.code));
    if (!person) {
      if (act.deed === "walk-in") [arrived, going] = [arrived + 1, going + 1];
      continue;
    }
    const before = counted(person);
    const comes = act.deed !== "undo";
    if (comes && act.guests !== undefined) Object.assign(person, { guestsHere: act.guests, waits: true });
    if (!comes) person.guestsHere = null;
    if (comes !== !!person.arrived) Object.assign(person, { arrived: comes ? act.at : null, since: time(act.at), waits: true });
    if (comes) person.status = "going";
    const after = counted(person);
    [arrived, going] = [arrived + after.arrived - before.arrived, going + after.going - before.going];
  }
  return { arrived, going, people: [...people.values()] };
}
const time = (moment) => new Intl.DateTimeFormat("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone }).format(moment);

// The numbers in a code can be read by anybody; whether it is one of ours, only we can tell.
function idIn(code) {
  try {
    const token = code
      .trim()
      .replace(/\/code\/?$/, "")
      .split("/")
      .pop();
    return JSON.parse(atob(token.split(".")[0].replaceAll("-", "+").replaceAll("_", "/")))[1];
  } catch {
    return undefined;
  }
}

/* Pressing and sending. Another page of this door, on this phone, keeps the same queue: it is read afresh. */
function keepWaiting(change) {
  waiting = change(recall("queue", []));
  remember("queue", waiting);
}
function press(deed, more = {}) {
  const act = { id: crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`, deed, at: now(), ...more };
  keepWaiting((others) => [...others, act]);
  say("");
  show();
  send(act.id);
}

async function ask(url, options = {}) {
  const answer = await fetch(url, {
    ...options,
    signal: AbortSignal.timeout(PATIENCE),
    headers: { Accept: "application/json", "Content-Type": "application/json", "X-CSRFToken": known?.token ?? "" },
  });
  const status = answer.redirected ? (answer.url.includes("/sign-in") ? 401 : 403) : answer.status;
  if (answer.redirected || !answer.ok)
    throw Object.assign(new Error("no"), { status, after: Number(answer.headers.get("Retry-After")) || 0 });
  return answer.json();
}

async function tell(acts) {
  const post = () => ask(replayUrl, { method: "POST", body: JSON.stringify({ acts }) });
  try {
    return await post();
  } catch (problem) {
    if (problem.status !== 400) throw problem;
    learn(await ask(peopleUrl)); // the session is another: so is its token
    return post();
  }
}

// What only we fail at, when all the rest can be told, waits for somebody to look at it.
function setAside(act) {
  refused.unshift({ ...act, says: "Something went wrong on our side, several times.", who: nameOf(act), again: true });
  keepWaiting((acts) => acts.filter(({ id }) => id !== act.id));
  remember("refused", refused);
}

async function send(pressed) {
  if (sending) return;
  sending = true;
  let some = 100; // at once; one by one where we fail at them together
  let failed = null;
  const tried = new Set();
  const next = () => waiting.filter(({ id }) => !tried.has(id)).slice(0, some);
  try {
    if (!known?.token) learn(await ask(peopleUrl));
    keepWaiting((acts) => acts);
    for (let acts = next(); acts.length; acts = next()) {
      let told;
      try {
        told = await tell(acts);
      } catch (problem) {
        if (problem.status !== 500) throw problem;
        if (acts.length > 1) {
          some = 1;
          continue;
        }
        const tries = (acts[0].tries ?? 0) + 1;
        learn(await ask(peopleUrl)); // or we are not there for anything
        if (tries >= TRIES) setAside(acts[0]);
        else keepWaiting((all) => all.map((act) => (act.id === acts[0].id ? { ...act, tries } : act)));
        tried.add(acts[0].id);
        failed = problem;
        continue;
      }
      const heard = new Set(told.results.map(({ id }) => id));
      for (const { id, done, says } of told.results) {
        const act = acts.find((each) => each.id === id);
        if (!done) refused.unshift({ ...act, says, who: nameOf(act) });
        else if (id === pressed || acts.length === 1)
          say(says, act.deed === "check-in" && nameOf(act) ? (act.member ?? idIn(act.code)) : null);
      }
      keepWaiting((all) => all.filter(({ id }) => !heard.has(id)));
      remember("refused", refused);
      learn(told);
    }
    if (failed && waiting.length) throw failed;
    trouble = null;
  } catch (problem) {
    trouble = troubleOf(problem, trouble);
    const act = waiting.find(({ id }) => id === pressed);
    const offline = trouble.kind === "offline";
    if (act)
      say(
        `${nameOf(act) || "Noted"}${nameOf(act) ? ": noted" : ""}. ${offline ? "We tell you more once there is a connection." : "It’s kept on this phone, and not sent yet."}`,
        null,
        "accent",
      );
  }
  sending = false;
  show();
}
const nameOf = (act) => act.name || known?.people.find(({ id }) => id === (act.member ?? idIn(act.code ?? "")))?.name || "";

// By the clock only as often as that can help; whoever comes back to the page, or asks, tries at once.
async function refresh(asked = false) {
  if (document.hidden || sending || (!asked && Date.now() < (trouble?.until ?? 0))) return;
  if (waiting.length) return send();
  try {
    learn(await ask(peopleUrl));
    trouble = null;
  } catch (problem) {
    trouble = troubleOf(problem, trouble);
  }
  show();
}

/* What is on the page */
const make = (tag, attributes = {}, ...children) => {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
};
function button(words, kind, deed, more, label) {
  const element = make("button", { class: `btn btn-${kind}`, type: "button", "aria-label": label }, words);
  element.addEventListener("click", () => press(deed, more));
  return element;
}
function safetyLink(id, name) {
  if (!Number.isInteger(id) || id === Number(door.dataset.viewer)) return []; // somebody not sent yet, or oneself
  return [
    " ",
    make(
      "a",
      {
        class: "safety-link",
        href: door.dataset.safety.replace("/0/", `/${id}/`),
        title: "Block or report",
        "aria-label": `Block or report ${name}`,
      },
      "⋯",
    ),
  ];
}
function line(person, withFace = true) {
  const { id, name, guests, status } = person;
  const words = make(
    "div",
    { class: "door-words" },
    make("span", { class: "person-name" }, name, guests ? ` + ${guests}` : "", ...safetyLink(id, name)),
  );
  const some = coming(person) === guests ? "" : `, with ${coming(person)} of ${guests}`;
  if (person.arrived)
    words.append(make("span", { class: "door-state" }, `✓ here since ${person.since}${some}${person.waits ? ", to be sent" : ""}`));
  else if (UNEXPECTED[status]) words.append(make("span", { class: "door-state" }, UNEXPECTED[status]));
  const initials = name
    .split(" ")
    .filter(Boolean)
    .map((word) => word[0]);
  const face = make(
    "span",
    { class: `avatar avatar-medium tint-${id % 8}`, "aria-hidden": "true" },
    (initials[0] + (initials.length > 1 ? initials.at(-1) : "")).toUpperCase(),
  );
  const anyway = status === "asked" || status === "declined";
  if (guests && withFace && choosing === id) words.append(howMany(person, anyway));
  else if (guests && withFace) {
    const other = make(
      "button",
      { class: "btn btn-link", type: "button", "aria-label": `Another number came with ${name}` },
      person.arrived ? "Another number came" : "Not all came",
    );
    other.addEventListener("click", () => {
      choosing = id;
      show();
    });
    words.append(other);
  }
  return make(
    "li",
    { class: `door-person${person.arrived ? " door-here" : ""}` },
    ...(withFace ? [face] : []),
    words,
    person.arrived
      ? button("Undo", "link", "undo", { member: id }, `Undo: ${name}`)
      : button(anyway ? "Let in" : "Check in", "quiet", "check-in", { member: id, anyway }, `${anyway ? "Let in" : "Check in"} ${name}`),
  );
}
// How many came along: one press each.
function howMany({ id, name, guests }, anyway = false) {
  const group = make("div", { class: "row", role: "group", "aria-label": `How many came with ${name}` });
  for (let some = 0; some <= guests; some++) {
    const words = some ? `With ${some}` : "Alone";
    const each = make("button", { class: "btn btn-quiet", type: "button", "aria-label": `${name}: ${words.toLowerCase()}` }, words);
    each.addEventListener("click", () => {
      choosing = null;
      press("check-in", { member: id, anyway, guests: some });
    });
    group.append(each);
  }
  return group;
}
function say(words, undoable = null, kind = "primary") {
  if (!words) return part("said").replaceChildren();
  const notice = make("div", { class: `notice notice-${kind}` }, make("p", {}, words));
  if (undoable) notice.append(button("Undo", "link", "undo", { member: undoable }, `Undo: ${nameOf({ member: undoable })}`));
  const party = known?.people.find(({ id, guests }) => id === undoable && guests);
  if (party) notice.append(howMany(party));
  part("said").replaceChildren(notice);
}
const search = door.querySelector("#q");

function show() {
  const strip = part("line");
  strip.hidden = !waiting.length && !trouble;
  strip.replaceChildren(
    ...(trouble ? [`${TROUBLES[trouble.kind].words} `] : []),
    ...(waiting.length ? [`${waiting.length} waiting to be sent. `] : []),
  );
  if (trouble?.kind === "signedOut") strip.append(make("a", { href: signIn }, waiting.length ? "Sign in again to send" : "Sign in again"));
  else if (trouble?.kind === "tooOld") strip.append(make("a", { href: location.href }, "Reload it"));
  else if (trouble && trouble.kind !== "offline") {
    const again = make("button", { class: "btn btn-link", type: "button", "aria-label": "Try again now" }, "Try again");
    again.addEventListener("click", () => refresh(true));
    strip.append(again);
  }
  part("look").hidden = !refused.length;
  part("look-list").replaceChildren(
    ...refused.map((act) => {
      const seen = make("button", { class: "btn btn-link", type: "button" }, "Seen to");
      const forget = () => {
        refused = refused.filter((each) => each !== act);
        remember("refused", refused);
        show();
      };
      seen.addEventListener("click", forget);
      const buttons = [seen];
      if (act.deed === "check-in" && act.says.includes("Let them in")) {
        const anyway = make("button", { class: "btn btn-quiet", type: "button" }, "Let in");
        anyway.addEventListener("click", () => {
          forget();
          press("check-in", { member: act.member, code: act.code, anyway: true });
        });
        buttons.unshift(anyway);
      }
      if (act.again) {
        const again = make("button", { class: "btn btn-quiet", type: "button" }, "Try again");
        again.addEventListener("click", () => {
          forget();
          const { id, says, who, tries, again: _, ...same } = act;
          press(act.deed, same); // at the time at which it was done
        });
        buttons.unshift(again);
      }
      const who = act.who && !act.says.includes(act.who) ? `${act.who}: ` : "";
      return make(
        "li",
        { class: "notice notice-danger" },
        make("div", { class: "stack-tight" }, make("p", {}, who + act.says), make("div", { class: "row" }, ...buttons)),
      );
    }),
  );
  if (!known) return;
  const { arrived, going, people } = asPressed();
  part("arrived").textContent = arrived;
  part("going").textContent = going;
  const wanted = search.value.trim();
  const found = people
    .filter(({ name, called = "" }) => !wanted || isFound(searchText(name, called), wanted))
    .sort((one, other) => !!one.arrived - !!other.arrived || one.name.localeCompare(other.name));
  const focused = document.activeElement?.getAttribute("aria-label");
  const lines = found.slice(0, wanted || showsAll ? found.length : SHOWN);
  part("list").replaceChildren(...lines.map((person) => line(person)));
  part("all").hidden = lines.length === found.length;
  part("all").textContent = `Show all ${found.length}`;
  part("nobody").hidden = found.length > 0;
  part("nobody").textContent = wanted
    ? "Nobody of that name. Sign them in below."
    : "Nobody is on the list yet. Whoever comes signs in below.";
  const latest = people
    .filter((person) => person.arrived)
    .sort((one, other) => other.arrived - one.arrived)
    .slice(0, LATEST);
  part("latest-part").hidden = !latest.length;
  part("latest").replaceChildren(...latest.map((person) => line(person, false)));
  if (focused) [...door.querySelectorAll("button[aria-label]")].find((each) => each.getAttribute("aria-label") === focused)?.focus();
}

/* The forms */
part("all").addEventListener("click", () => {
  showsAll = true;
  show();
});
part("search-button").hidden = true;
search.addEventListener("input", show);
search.form.addEventListener("submit", (event) => event.preventDefault());
function wants(field, amiss) {
  const error = door.querySelector(`#${field.id}-error`);
  error.hidden = !amiss;
  field.classList.toggle("input-error", amiss);
  field.setAttribute("aria-invalid", amiss);
  amiss ? field.setAttribute("aria-describedby", error.id) : field.removeAttribute("aria-describedby");
}
part("walk-in").addEventListener("submit", (event) => {
  event.preventDefault();
  const { name, email, invite } = event.target.elements;
  const missing = [name, email].filter((field) => !field.value.trim() || !field.checkValidity());
  for (const field of [name, email]) wants(field, missing.includes(field));
  if (missing.length) return missing[0].focus();
  press("walk-in", { name: name.value.trim(), email: email.value.trim(), invite: invite.checked });
  event.target.reset();
});

/* The camera */
const video = part("video");
let last = { code: "", at: 0 };
export function read(code) {
  if (code === last.code && Date.now() - last.at < 4_000) return; // still in front of the camera
  last = { code, at: Date.now() };
  navigator.vibrate?.(60);
  press("check-in", { code: code.slice(0, LONGEST_CODE) });
}
let scanner;
part("scan-button").addEventListener("click", async () => {
  if (!video.hidden) {
    scanner.stop();
    video.hidden = true;
    part("scan-button").textContent = "Scan a code";
    return;
  }
  video.hidden = false; // first, or the scanner takes it that nobody wants to see it
  scanner ??= new QrScanner(video, ({ data }) => read(data), {
    returnDetailedScanResult: true,
    preferredCamera: "environment",
    maxScansPerSecond: 10,
  });
  try {
    await scanner.start();
    part("scan-button").textContent = "Stop scanning";
  } catch {
    video.hidden = true;
    say("There is no camera that we may use. Allow it in the browser's settings, or look for the name.", null, "accent");
  }
});
part("scan").hidden = !navigator.mediaDevices;

/* Without a connection the page opens again from what the browser kept */
if (navigator.serviceWorker) {
  navigator.serviceWorker.register(workerUrl, { scope: location.pathname }).then(
    async () => {
      const { active } = await navigator.serviceWorker.ready;
      const loaded = performance.getEntriesByType("resource").map(({ name }) => name);
      active.postMessage([
        location.href,
        ...loaded.filter((url) => new URL(url).pathname.startsWith("/static/")),
        new URL("./vendor/qr-scanner-worker.min.js", import.meta.url).href,
      ]);
    },
    () => {},
  ); // then it opens only with a connection
}

// Whoever signs out on this phone leaves no names on it; what waits to be sent stays, without them.
document.querySelector(".site-foot form")?.addEventListener("submit", () => {
  for (const name of ["known", "refused"]) localStorage.removeItem(`${key}-${name}`);
  window.caches?.delete("door");
});

window.addEventListener("online", () => refresh(true));
document.addEventListener("visibilitychange", () => refresh(true));
setInterval(refresh, AGAIN);
show();
refresh();
