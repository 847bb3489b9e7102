// Small conveniences; every page works without this file.
// 1. A select marked data-submit sends its form when a choice is made.
// 2. A button marked data-copy (hidden without script) copies the page's address, date and filters included.
for (const select of document.querySelectorAll("select[data-submit]")) {
  select.addEventListener("change", () => select.form?.requestSubmit());
}
for (const button of document.querySelectorAll("button[data-copy]")) {
  if (!navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener("click", async () => {
    const status = document.getElementById(button.dataset.copy);
    try {
      await navigator.clipboard.writeText(location.href);
      if (status) status.textContent = button.dataset.done;
    } catch {
      if (status) status.textContent = location.href;
    }
  });
}
