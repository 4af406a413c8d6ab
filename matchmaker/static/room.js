// The room: countdowns, pages that show by themselves which round it is, and the sum below the seating form.
// Without it a page says until when a round lasts, and asks again by itself every few seconds.
"use strict";

const ASK_EVERY = 4000;
const ASK_AT_LAST_EVERY = 60_000;
const TICK = 250;

/* Countdowns: the server's clock counts, not the device's */
function tick() {
  for (const element of document.querySelectorAll("[data-ends-at]")) {
    element.skew ??= Date.parse(element.dataset.now) - Date.now();
    const left = Math.max(0, Date.parse(element.dataset.endsAt) - Date.now() - element.skew);
    const seconds = Math.ceil(left / 1000);
    const [hours, minutes] = [Math.floor(seconds / 3600), Math.floor((seconds % 3600) / 60)];
    const two = (number) => String(number).padStart(2, "0");
    const text = hours ? `${hours}:${two(minutes)}:${two(seconds % 60)}` : `${minutes}:${two(seconds % 60)}`;
    if (element.textContent !== text) element.textContent = text;
    element.classList.toggle("is-short", seconds <= 60);
    if (!left && !element.isOver) {
      element.isOver = true;
      refresh();
    }
  }
}

/* What changes by itself: <div data-room-live data-clock="…" data-version="…" data-state="…"> */
const live = () => document.querySelector("[data-room-live]");

async function refresh() {
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.querySelector("[data-room-live]");
    if (answer.ok && fresh && live()) live().replaceWith(document.adoptNode(fresh));
  } catch {
    // The connection is gone for a while; the next question finds it again.
  }
  tick();
}

let wait = ASK_EVERY;
async function ask() {
  if (document.hidden || !live()) return;
  const { clock, version, state } = live().dataset;
  try {
    const answer = await fetch(clock, { headers: { Accept: "application/json" } });
    if (answer.redirected || [401, 403, 404, 410].includes(answer.status)) return stop();
    if (!answer.ok) throw new Error("not now");
    const told = await answer.json();
    wait = ASK_EVERY;
    if (told.version !== version || told.state !== state) await refresh();
  } catch {
    wait = Math.min(2 * wait, ASK_AT_LAST_EVERY); // no connection, too many questions, or our fault: it passes
  }
}

// Asking on would not help: whoever looks is signed out, or may not see it any more.
function stop() {
  wait = Infinity;
  const line = document.createElement("p");
  const again = document.createElement("a");
  line.className = "notice notice-accent";
  line.setAttribute("role", "status");
  again.href = location.href;
  again.textContent = "Reload it to go on.";
  line.append("This page no longer changes by itself: you’re signed out, or may not see it any more. ", again);
  live().before(line);
}

async function askOn() {
  await ask();
  if (wait < Infinity) setTimeout(askOn, wait);
}

tick();
setInterval(tick, TICK);
if (live()) {
  setTimeout(askOn, ASK_EVERY);
  document.addEventListener("visibilitychange", () => wait < Infinity && ask());
}

/* How many tables, and how many rounds before somebody meets twice */
for (const sum of document.querySelectorAll("[data-seating-sum]")) {
  const form = sum.closest("form");
  const say = () => {
    const who = form.querySelector("[name=who]:checked")?.value;
    const people = Number(who === "arrived" ? sum.dataset.arrived : sum.dataset.going);
    const size = Number(form.elements.table_size.value);
    if (people < 2 || !(size >= 2 && size <= 12)) {
      sum.textContent = "";
      return;
    }
    const tables = Math.ceil(people / size);
    const most = tables < size ? 1 : Math.floor((people - 1) / (size - 1));
    sum.textContent =
      `${people} people sit at ${tables} table${tables > 1 ? "s" : ""}. ` +
      (most > 1 ? `In more than ${most} rounds somebody must meet twice.` : "In more than one round somebody must meet twice.");
  };
  form.addEventListener("input", say);
  say();
}
