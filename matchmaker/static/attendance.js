// A message before it goes: the letter is shown in its frame without a press.
document.querySelectorAll("[data-shows-letter]").forEach((form) => {
  form.requestSubmit();
  form.hidden = true;
});
