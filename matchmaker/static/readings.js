// How we read a profile: a click changes what is on the page, without opening it again. Without this file the
// same buttons send the form, and the server leads back to the place.
"use strict";

for (const section of document.querySelectorAll("[data-readings]")) {
  const status = document.createElement("p");
  status.className = "sr-only";
  status.setAttribute("role", "status");
  section.after(status);

  section.addEventListener("submit", async (event) => {
    const { target: form, submitter } = event;
    if (!form.matches("[action*='/profile/topics']") || form.dataset.plain) return;
    event.preventDefault();
    if (section.ariaBusy === "true") return;
    section.ariaBusy = "true";
    try {
      const answer = await fetch(form.action, { method: "POST", body: new FormData(form, submitter) });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = answer.ok && page.getElementById(section.id);
      if (!fresh) throw new Error(answer.status);
      const place = form.closest("[id]").id;
      const isOpen = form.querySelector("details")?.open;
      section.replaceChildren(...fresh.childNodes);
      const here = document.getElementById(place);
      const more = here.querySelector(":scope > form > details");
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
}
