// Timers that are true: the server's clock decides, and the page's clock only counts from its answer.

export function clockOf(element) {
  const offset = Number(element.dataset.now) * 1000 - Date.now();
  return () => (Date.now() + offset) / 1000;
}

export function left(seconds) {
  const whole = Math.max(0, Math.ceil(seconds));
  const [h, m, s] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  const two = (number) => String(number).padStart(2, "0");
  return h ? `${h}:${two(m)}:${two(s)}` : `${m}:${two(s)}`;
}

export function startTimers(root) {
  for (const element of root.querySelectorAll(".timer[data-deadline]")) {
    const now = clockOf(element);
    const show = () => {
      const rest = Number(element.dataset.deadline) - now();
      const whole = Number(element.dataset.deadline) - Number(element.dataset.accepted);
      element.textContent = left(rest);
      element.dataset.left = rest <= 0.2 * whole ? "little" : "enough";
      element.dispatchEvent(new CustomEvent("tick", { detail: { rest, share: 1 - rest / whole } }));
      if (rest > 0) setTimeout(show, 1000 - ((rest * 1000) % 1000 || 0) % 1000 + 5);
    };
    show();
  }
}
