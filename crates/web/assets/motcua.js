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
// 3. A search box marked data-suggest offers completions (W3C combobox with a list).
for (const input of document.querySelectorAll("input[data-suggest]")) {
  const list = document.createElement("ul");
  Object.assign(list, { id: `${input.id}-list`, className: "suggest", hidden: true });
  list.setAttribute("role", "listbox");
  list.setAttribute("aria-label", input.dataset.suggest);
  input.parentElement.append(list);
  const set = (name, value) => input.setAttribute(name, value);
  for (const [name, value] of [["role", "combobox"], ["aria-autocomplete", "list"], ["aria-expanded", "false"], ["aria-controls", list.id]]) set(name, value);
  const day = input.form.elements.as_of?.value;
  const paths = { procedure: "/vi/thu-tuc/", unit: "/vi/noi/", centre: "/vi/trung-tam/" };
  let timer, request, active = -1;
  const close = () => {
    list.hidden = true;
    active = -1;
    set("aria-expanded", "false");
    input.removeAttribute("aria-activedescendant");
  };
  const pick = (item) => {
    if (paths[item.kind]) {
      location.href = paths[item.kind] + encodeURIComponent(item.code) + (day ? `?as_of=${encodeURIComponent(day)}` : "");
      return;
    }
    input.value = item.text;
    close();
    input.form.requestSubmit();
  };
  const move = (step) => {
    const options = [...list.children];
    options[active]?.removeAttribute("aria-selected");
    active = (active + step + options.length + 1) % (options.length + 1);
    const option = options[active];
    option?.setAttribute("aria-selected", "true");
    option?.scrollIntoView({ block: "nearest" });
    if (option) set("aria-activedescendant", option.id);
    else input.removeAttribute("aria-activedescendant");
  };
  const show = (items) => {
    list.replaceChildren(...items.map((item, number) => {
      const option = document.createElement("li");
      option.id = `${list.id}-${number}`;
      option.setAttribute("role", "option");
      const text = document.createElement("span");
      text.textContent = item.text;
      option.append(text);
      if (input.dataset[item.kind]) {
        const kind = document.createElement("small");
        kind.textContent = input.dataset[item.kind];
        option.append(kind);
      }
      option.addEventListener("mousedown", (event) => event.preventDefault());
      option.addEventListener("click", () => pick(item));
      option.pick = () => pick(item);
      return option;
    }));
    active = -1;
    list.hidden = !items.length;
    set("aria-expanded", String(items.length > 0));
  };
  const ask = async () => {
    request?.abort();
    request = new AbortController();
    const query = new URLSearchParams({ q: input.value });
    if (day) query.set("as_of", day);
    try {
      const answer = await fetch(`/api/v1/suggest?${query}`, { signal: request.signal });
      if (answer.ok && document.activeElement === input) show((await answer.json()).items);
    } catch {
      // Without completions the box is still a search box.
    }
  };
  input.addEventListener("input", () => {
    clearTimeout(timer);
    if (input.value.trim().length < 2) return close();
    timer = setTimeout(ask, 120);
  });
  input.addEventListener("keydown", (event) => {
    if (list.hidden) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      move(event.key === "ArrowDown" ? 1 : -1);
    } else if (event.key === "Escape") {
      event.preventDefault();
      close();
    } else if (event.key === "Enter" && list.children[active]) {
      event.preventDefault();
      list.children[active].pick();
    }
  });
  input.addEventListener("blur", close);
}
