// Keys of a page: whatever has data-key does on that key what a click does. `?` lists them. A worker may change
// them or turn single keys off; nothing happens while somebody types.
const changed = JSON.parse(document.documentElement.dataset.shortcuts || "{}");
const off = document.documentElement.dataset.singleKeys === "off";

function typing(target) {
  return target instanceof HTMLElement && (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName)) && target.type !== "checkbox" && target.type !== "radio";
}

function keyed() {
  const found = [...document.querySelectorAll("[data-key]")].filter((each) => each.checkVisibility?.() ?? true);
  return found.map((element) => ({ element, key: (changed[element.dataset.key] || element.dataset.key).toLowerCase() }));
}

export function keys(root) {
  const search = root.querySelector("[aria-keyshortcuts='/']");
  root.addEventListener("keydown", (event) => {
    if (off || event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
    if (event.key === "?") return void (event.preventDefault(), showKeys());
    if (event.key === "/" && search) return void (event.preventDefault(), search.focus());
    // By what the key writes, so that other layouts work; letters only where they stand on the key.
    const match = keyed().find((each) => each.key === event.key.toLowerCase());
    if (match && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      match.element.click();
    }
  });
}

export function showKeys() {
  document.querySelector("dialog.keys")?.remove();
  const dialog = document.createElement("dialog");
  dialog.className = "keys";
  const words = document.body.dataset;
  const title = document.createElement("h2");
  title.id = "keys-title";
  title.textContent = words.keysTitle || "Keys of this page";
  dialog.setAttribute("aria-labelledby", title.id);
  const list = document.createElement("dl");
  list.className = "facts";
  const rows = keyed().map((each) => [each.key, (each.element.dataset.keyName || each.element.textContent).replace(/\s+/g, " ").replace(/ [A-Z0-9?]$/, "").trim()]);
  if (document.querySelector("[aria-keyshortcuts='/']")) rows.push(["/", words.keysSearch || "Search"]);
  rows.push(["?", title.textContent], ["Esc", words.keysClose || "Close"]);
  for (const [key, name] of rows) {
    const term = document.createElement("dt");
    const mark = document.createElement("kbd");
    mark.textContent = key.toUpperCase();
    term.append(mark);
    const meaning = document.createElement("dd");
    meaning.textContent = name;
    list.append(term, meaning);
  }
  const close = document.createElement("button");
  close.textContent = words.keysClose || "Close";
  close.addEventListener("click", () => dialog.close());
  dialog.append(title, list, close);
  document.body.append(dialog);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.showModal();
}
