// The list of work: filters apply as they are chosen; arrow keys and J, K walk the groups.
const form = document.querySelector("form.search");
form?.addEventListener("change", (event) => {
  if (event.target.matches("input[type=checkbox], select")) form.requestSubmit();
});
const titles = () => [...document.querySelectorAll(".group h2 a")];
document.addEventListener("keydown", (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
  if (/^(INPUT|TEXTAREA|SELECT)$/.test(event.target.tagName)) return;
  const all = titles();
  const at = all.indexOf(document.activeElement);
  const step = { j: 1, k: -1 }[event.key];
  if (step && all.length) {
    event.preventDefault();
    all[Math.min(all.length - 1, Math.max(0, at + step))].focus();
  }
  if (event.key === "a" && at >= 0) {
    const accept = all[at].closest(".group").querySelector("[data-accept]");
    if (accept) accept.click();
  }
});
