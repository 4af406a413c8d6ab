// How we read a profile: a click changes what is on the page, without opening it again, and what was unread
// appears when it has been read. Without this file the same buttons send the form, and the server leads back.
"use strict";

const LOOK_AGAIN = 2000; // milliseconds
const MOST_LOOKS = 10;

for (const section of document.querySelectorAll("[data-readings]")) {
  const status = document.createElement("p");
  status.className = "sr-only";
  status.setAttribute("role", "status");
  section.after(status);

  // Shows the section as it is on the page that answers; says no where that page has none.
  async function show(request) {
    const answer = await request;
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = answer.ok && page.getElementById(section.id);
    if (!fresh) throw new Error(answer.status);
    section.replaceChildren(...fresh.childNodes);
  }

  section.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    if (!form.matches("[action*='/profile/topics']") || form.dataset.plain) return;
    event.preventDefault();
    if (section.ariaBusy === "true") return;
    section.ariaBusy = "true";
    try {
      const place = form.closest("[id]").id;
      const isOpen = form.querySelector("details")?.open;
      await show(fetch(form.action, { method: "POST", body: new FormData(form, submitter) }));
      const more = document.getElementById(place).querySelector(":scope > form > details");
      if (more) more.open = isOpen;
      (more?.querySelector("summary") ?? section.querySelector("a, button")).focus({ preventScroll: true });
      status.textContent = "Saved";
    } catch {
      form.dataset.plain = "yes"; // as without this file, where what is wrong is said on a page
      form.requestSubmit(submitter);
    } finally {
      section.ariaBusy = "false";
    }
  });

  let looks = 0;
  const timer = setInterval(() => {
    if (!section.querySelector(".reading-unread") || ++looks > MOST_LOOKS) return clearInterval(timer);
    const isUsed = section.ariaBusy === "true" || section.contains(document.activeElement);
    if (!isUsed) show(fetch(location.href)).catch(() => clearInterval(timer));
  }, LOOK_AGAIN);
}
