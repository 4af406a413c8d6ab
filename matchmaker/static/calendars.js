// A button beside each address that copies it. Without this file one marks and copies it oneself.
"use strict";

for (const field of document.querySelectorAll("[data-copy]")) {
  field.addEventListener("focus", () => field.select());
  if (!navigator.clipboard) continue;
  const button = document.createElement("button");
  const said = document.createElement("span");
  button.type = "button";
  button.className = "btn btn-quiet";
  button.textContent = "Copy";
  button.setAttribute("aria-describedby", field.id);
  said.className = "sr-only";
  said.setAttribute("role", "status");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(field.value);
      button.textContent = said.textContent = "Copied";
    } catch {
      field.select();
      said.textContent = "It is marked: copy it yourself.";
    }
    setTimeout(() => (button.textContent = "Copy"), 2000);
  });
  field.after(button, said);
}
