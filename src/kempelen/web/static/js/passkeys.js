// Passkeys (WebAuthn): signing in with one, and making one. Everything else works without them.
const said = document.querySelector("[data-passkey-said]");
const headers = { "Content-Type": "application/json", Accept: "application/json" };

function toBytes(text) {
  const plain = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
}

function toText(buffer) {
  const plain = String.fromCharCode(...new Uint8Array(buffer));
  return btoa(plain).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function read(options) {
  options.challenge = toBytes(options.challenge);
  if (options.user) options.user.id = toBytes(options.user.id);
  for (const list of [options.allowCredentials, options.excludeCredentials]) {
    for (const each of list ?? []) each.id = toBytes(each.id);
  }
  return options;
}

function written(credential) {
  const { id, type, rawId, response } = credential;
  const answer = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (response[name]) answer[name] = toText(response[name]);
  }
  if (response.getTransports) answer.transports = response.getTransports();
  const kept = { id, type, rawId: toText(rawId), response: answer, clientExtensionResults: credential.getClientExtensionResults() };
  if (credential.authenticatorAttachment) kept.authenticatorAttachment = credential.authenticatorAttachment;
  return kept;
}

async function post(path, body) {
  const answer = await fetch(path, { method: "POST", headers, body: JSON.stringify(body) });
  const told = await answer.json();
  if (!answer.ok) throw new Error(told.message);
  return told;
}

const signIn = document.querySelector("[data-passkey]");
if (signIn && window.PublicKeyCredential) {
  signIn.hidden = false;
  signIn.addEventListener("click", async () => {
    try {
      const { id, options } = await post("/login/passkey/options", {});
      const credential = await navigator.credentials.get({ publicKey: read(options) });
      const { next } = await post("/login/passkey", { id, credential: written(credential), next: signIn.dataset.passkey });
      location.assign(next);
    } catch (fault) {
      said.textContent = fault.name === "Error" ? fault.message : signIn.dataset.failed;
    }
  });
}

const create = document.querySelector("[data-new-passkey]");
if (create && window.PublicKeyCredential) {
  create.hidden = false;
  create.addEventListener("click", async () => {
    try {
      const { id, options } = await post("/account/security/passkey/options", {});
      const credential = await navigator.credentials.create({ publicKey: read(options) });
      const label = document.querySelector("#passkey-label").value;
      const { codes } = await post("/account/security/passkey", { id, credential: written(credential), label });
      if (codes.length) said.textContent = `${create.dataset.codes} ${codes.join("  ")}`;
      else location.assign("/account/security?kept=1");
    } catch (fault) {
      said.textContent = fault.name === "Error" ? fault.message : create.dataset.failed;
    }
  });
}
