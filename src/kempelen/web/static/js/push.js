// Being told in this browser: asks for leave when "in this browser" is chosen, and tells the server where it is.
function bytes(text) {
  const padded = text.replaceAll("-", "+").replaceAll("_", "/");
  return Uint8Array.from(atob(padded), (sign) => sign.charCodeAt(0));
}

async function subscribe() {
  if (!("PushManager" in window) || (await Notification.requestPermission()) !== "granted") return false;
  const { PublicKey } = await (await fetch("/push/key", { headers: { Accept: "application/json" } })).json();
  const registration = await navigator.serviceWorker.ready;
  const options = { userVisibleOnly: true, applicationServerKey: bytes(PublicKey) };
  const subscription = await registration.pushManager.subscribe(options);
  const headers = { "Content-Type": "application/json" };
  return (await fetch("/push/subscription", { method: "POST", headers, body: JSON.stringify(subscription) })).ok;
}

for (const choice of document.querySelectorAll("select[name=watch]")) {
  choice.form.addEventListener("submit", async (event) => {
    if (choice.value !== "push") return;
    event.preventDefault();
    const told = await subscribe().catch(() => false);
    if (!told) choice.value = "email";
    choice.form.submit();
  });
}
