// The task's frame as the site sees it: its messages are believed only from this frame and with its nonce.
const frame = document.querySelector("iframe[name='task-frame']");

export function listen(handlers) {
  addEventListener("message", (event) => {
    const said = event.data;
    if (!frame || event.source !== frame.contentWindow || typeof said !== "object" || said === null) return;
    if (typeof said.type !== "string" || !believed(said)) return;
    handlers[said.type]?.(said);
  });
}

// What content claims has the nonce; that an answer has arrived only our own reply can say, by the receipt.
function believed({ type, nonce }) {
  if (type === "kempelen:submitted") return Boolean(nonce) && nonce === frame.dataset.receipt;
  return nonce === frame.dataset.nonce;
}

export function tell(message) {
  frame?.contentWindow?.postMessage({ ...message, nonce: frame.dataset.nonce }, "*");
}

export function unveiled() {
  return !document.querySelector("[data-veil]:not([hidden])");
}

for (const button of document.querySelectorAll("[data-unveil]")) {
  button.addEventListener("click", () => {
    document.querySelector("[data-veil]").hidden = true;
    frame.src = frame.dataset.src;
    frame.hidden = false;
    frame.focus();
  });
}
if (frame && !unveiled()) frame.hidden = true;

listen({
  "kempelen:height": ({ height }) => {
    if (frame.dataset.height === "0" && Number.isFinite(height)) {
      frame.style.minBlockSize = `${Math.min(Math.max(height, 200), 20000)}px`;
    }
  },
});

for (const details of document.querySelectorAll("[data-instructions]")) {
  details.addEventListener("toggle", () => {
    const body = JSON.stringify({ HITGroupId: details.dataset.instructions, Collapsed: !details.open });
    const headers = { "Content-Type": "application/json" };
    fetch("/account/preferences/instructions", { method: "POST", headers, body }).catch(() => {});
  });
}
