// What the pages for making events can do beyond HTML; without it everything works, with a little more to type.
"use strict";

/* The end keeps its distance when the beginning is moved, until somebody has chosen it. */
for (const row of document.querySelectorAll("[data-times]")) {
  const [starts, ends] = ["starts", "ends"].map((name) => row.querySelector(`[name="${name}"]`));
  const minutes = (field) => field.valueAsNumber / 60000;
  let lasts = minutes(ends) - minutes(starts);
  ends.addEventListener("change", () => (lasts = minutes(ends) - minutes(starts)));
  starts.addEventListener("change", () => {
    const until = minutes(starts) + lasts;
    if (lasts > 0 && until < 24 * 60) ends.valueAsNumber = until * 60000;
  });
}

/* The choices say which day they mean: on the second Tuesday. */
const repeat = document.querySelector('select[name="repeat"]');
if (repeat) {
  const day = document.querySelector('input[name="date"]');
  const first = document.querySelector("[data-first]")?.dataset.first;
  const option = (value) => repeat.querySelector(`option[value="${value}"]`);
  const say = () => {
    const on = new Date(`${day?.value || first}T12:00`);
    if (Number.isNaN(on.getTime())) return;
    const weekday = on.toLocaleDateString("en", { weekday: "long" });
    const which = Math.floor((on.getDate() - 1) / 7);
    const last = new Date(on.getFullYear(), on.getMonth() + 1, 0).getDate() - on.getDate() < 7;
    option("weekly").textContent = `Every week on ${weekday}`;
    option("every two weeks").textContent = `Every two weeks on ${weekday}`;
    option("monthly on the same weekday").textContent =
      `Every month on the ${["first", "second", "third", "fourth", "fifth"][which]} ${weekday}`;
    option("monthly on the same weekday").disabled = which > 3;
    option("monthly on the last such weekday").textContent = `Every month on the last ${weekday}`;
    option("monthly on the last such weekday").disabled = !last;
    option("monthly on the same day").textContent = `Every month on day ${on.getDate()}`;
  };
  day?.addEventListener("input", say);
  say();
}

/* Another question, as empty as the last one; without scripts saving gives room for two more. */
for (const questions of document.querySelectorAll("[data-questions]")) {
  const row = questions.querySelector("[data-add-question]");
  const rows = () => questions.querySelectorAll(".question");
  const isFull = () => rows().length >= Number(row.dataset.most);
  const add = () => {
    const last = [...rows()].at(-1);
    const added = last.cloneNode(true);
    const number = rows().length;
    for (const element of [added, ...added.querySelectorAll("*")])
      for (const { name, value } of [...element.attributes])
        element.setAttribute(name, value.replace(/questions-\d+/g, `questions-${number}`));
    for (const field of added.querySelectorAll("input, textarea")) {
      if (field.type === "checkbox") field.checked = false;
      else field.value = field.defaultValue = "";
    }
    for (const error of added.querySelectorAll(".field-error")) error.remove();
    for (const field of added.querySelectorAll("[aria-invalid]")) {
      field.removeAttribute("aria-invalid");
      field.classList.remove("input-error");
    }
    added.querySelector("legend").textContent = `Question ${number + 1}`;
    last.after(added);
    added.querySelector("input:not([type=hidden])").focus(); // where its number is read out
    row.hidden = isFull();
  };
  row.querySelector("button").addEventListener("click", add);
  row.hidden = isFull();
  questions.querySelector("[data-save-for-more]").hidden = true;
}

/* A picture that is too large is said to be before it is sent. */
for (const field of document.querySelectorAll('[data-most-bytes] input[type="file"]')) {
  const most = Number(field.closest("[data-most-bytes]").dataset.mostBytes);
  field.addEventListener("change", () => {
    const large = [...field.files].some((file) => file.size > most);
    field.setCustomValidity(large ? `Choose a picture of at most ${Math.round(most / 1048576)} MB.` : "");
    field.reportValidity();
  });
  field.form.addEventListener("submit", (event) => {
    if (!field.checkValidity()) {
      event.preventDefault();
      field.reportValidity();
    }
  });
}
