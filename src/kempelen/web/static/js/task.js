// The working page: a timer that is true, drafts that are kept, and the moment when the answer has arrived.
import { listen, tell, unveiled } from "./frame.js";

const page = document.querySelector("main[data-assignment]");
const assignment = page.dataset.assignment;
const words = page.dataset;
const here = (name) => `/tasks/${assignment}/${name}`;
const said = document.querySelector("[data-said]");
const note = document.querySelector("[data-draft]");
const timer = document.querySelector(".timer");
let over = false;

// --- the timer: said aloud at 50, 80 and 95 percent, and at the end
const marks = [0.5, 0.8, 0.95];
let passed = null;
timer.addEventListener("tick", ({ detail: { rest, share } }) => {
  const reached = marks.filter((mark) => share >= mark).length;
  if (passed !== null && reached > passed) {
    const text = words.timeLeft.replace("{time}", timer.textContent);
    said.textContent = text;
    if (reached >= 2) flash(text);
  }
  passed = reached;
  if (rest <= 0) check();
});

function flash(text) {
  document.querySelector(".toast")?.remove();
  const toast = document.createElement("div");
  toast.className = "toast";
  toast.textContent = text;
  document.body.append(toast);
  setTimeout(() => toast.remove(), 8000);
}

document.querySelector("[data-extend]")?.form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const button = event.submitter;
  const answer = await fetch(here("extension"), { method: "POST", headers: { Accept: "application/json" } });
  const told = await answer.json().catch(() => ({}));
  if (answer.ok) {
    timer.dataset.deadline = told.deadline;
    button.hidden = told.left < 1;
    said.textContent = words.extended;
  } else flash(told.message || words.failed);
});

// --- activity: the frame visible, and an input within the last 60 seconds
const aiHelp = document.querySelector("[data-ai-help]");
let active = Number(words.activeSeconds || 0);
let lastInput = 0;
let started = null;
let told = active;
const atWork = () => {
  lastInput = Date.now();
  started ??= Math.floor(lastInput / 1000);
};
setInterval(() => {
  if (!over && document.visibilityState === "visible" && unveiled() && Date.now() - lastInput < 60_000) active += 1;
}, 1000);
const sendActivity = () => {
  if (active === told) return;
  told = active;
  const body = { ActiveSeconds: active, StartTime: started, InstructionsVersion: words.instructionsVersion || null };
  if (aiHelp) body.AIHelp = aiHelp.checked;
  send("activity", body).catch(() => {});
};
aiHelp?.addEventListener("change", () => ((told = -1), sendActivity()));
setInterval(sendActivity, 5_000);
document.addEventListener("visibilitychange", () => document.visibilityState === "hidden" && sendActivity());
for (const kind of ["pointerdown", "keydown"]) document.addEventListener(kind, atWork);

function send(name, body) {
  const headers = { "Content-Type": "application/json", Accept: "application/json" };
  return fetch(here(name), { method: "POST", headers, body: JSON.stringify(body), keepalive: true });
}

// --- drafts: in this browser at once, on the server a moment later; between devices the last to arrive stands
const shelf = `draft:${assignment}`;
const device = (localStorage.device ??= crypto.randomUUID());
let version = 0;
let seen = 0;
let waiting = null;
let sending = false;
let latest = null;

function readShelf() {
  try {
    return JSON.parse(localStorage.getItem(shelf));
  } catch {
    return null;
  }
}

function putShelf(fields) {
  try {
    localStorage.setItem(shelf, JSON.stringify({ fields, version, seen }));
  } catch {
    // A full or forbidden shelf: the server has the draft.
  }
}

async function sendDraft() {
  if (sending || latest === null || over) return;
  sending = true;
  const fields = latest;
  latest = null;
  version += 1;
  try {
    const answer = await send("draft", { Fields: fields, Version: version, Device: device, Seen: seen });
    const said = await answer.json().catch(() => ({}));
    if (answer.redirected) note.textContent = words.signedOut;
    else if (answer.ok) {
      version = Math.max(version, said.Kept ? version : (said.Standing?.Version ?? version));
      seen = said.Revision;
      note.textContent = said.Conflict ? words.elsewhere : words.kept.replace("{time}", clock());
      putShelf(fields);
    } else note.textContent = said.message || words.notKept;
  } catch {
    note.textContent = words.notKept;
    latest ??= fields;
  }
  sending = false;
  if (latest !== null) setTimeout(sendDraft, 3000);
}

function clock() {
  const shown = { hour: "2-digit", minute: "2-digit", second: "2-digit" };
  return new Date().toLocaleTimeString(document.documentElement.lang, shown);
}

function changed(fields) {
  latest = fields;
  putShelf(fields);
  clearTimeout(waiting);
  waiting = setTimeout(sendDraft, 800);
}

async function restore() {
  const local = readShelf();
  let kept = {};
  try {
    kept = await (await fetch(here("draft"), { headers: { Accept: "application/json" } })).json();
  } catch {
    // Offline: what this browser has must do.
  }
  version = Math.max(kept.Device === device ? kept.Version : 0, local?.version ?? 0);
  seen = kept.Revision ?? 0;
  // What another device kept since this browser last looked is newer than what this browser has.
  const ours = local !== null && (local.seen ?? 0) >= seen;
  const fields = ours ? local.fields : (kept.Fields ?? local?.fields ?? []);
  if (fields.length) {
    tell({ type: "kempelen:fill", fields });
    note.textContent = words.restored;
    if (ours && kept.Fields === undefined) changed(fields);
  }
}

// --- the end: the frame says so, or the server when asked
async function check() {
  if (over) return;
  let told;
  try {
    const answer = await fetch(here("state"), { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    told = await answer.json();
  } catch {
    return;
  }
  if (told.state === "Assigned" && told.now < told.deadline) {
    timer.dataset.deadline = told.deadline;
    return;
  }
  over = true;
  if (told.state === "Abandoned" || told.state === "Assigned") return ended();
  if (told.state === "Returned") return location.assign("/tasks");
  localStorage.removeItem(shelf);
  const next = document.querySelector("[data-auto-accept]")?.checked ? "true" : "false";
  location.assign(`${here("next")}?auto_accept=${next}`);
}

function ended() {
  const dialog = document.querySelector("[data-ended]");
  dialog.querySelector("h2").textContent = words.endedTitle;
  dialog.querySelector("[data-why]").textContent = words.endedWhy;
  dialog.showModal();
}

listen({
  "kempelen:ready": restore,
  "kempelen:active": atWork,
  "kempelen:draft": ({ fields }) => Array.isArray(fields) && changed(fields),
  "kempelen:submitted": check,
});
document.querySelector("[data-auto-accept]")?.addEventListener("change", (event) => {
  const body = JSON.stringify({ AutoAcceptNext: event.target.checked });
  const headers = { "Content-Type": "application/json" };
  fetch("/account/preferences/now", { method: "POST", headers, body }).catch(() => {});
});
setInterval(() => document.visibilityState === "visible" && check(), 5000);
