// Signing up: the browser's time zone, and, when many sign up from one network, a moment of its work.
const form = document.querySelector("form[action='/register']");
form.elements.time_zone.value ||= Intl.DateTimeFormat().resolvedOptions().timeZone;

async function digest(text) {
  const bytes = new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

async function work(challenge) {
  for (let number = 0; number <= challenge.maxnumber; number += 1) {
    if ((await digest(challenge.salt + number)) === challenge.challenge) return number;
  }
  throw new Error("no number fits");
}

if (form.dataset.work) {
  form.addEventListener("submit", async (event) => {
    if (form.elements.proof.value) return;
    event.preventDefault();
    form.querySelector("[data-work-said]").textContent = form.dataset.working;
    const challenge = await (await fetch(form.dataset.work)).json();
    const number = await work(challenge);
    const { algorithm, challenge: sought, salt, signature } = challenge;
    form.elements.proof.value = btoa(JSON.stringify({ algorithm, challenge: sought, number, salt, signature }));
    form.submit();
  });
}
