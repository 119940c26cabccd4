// <form data-passkey="create" or "get" data-options="/…" hidden>: asks the browser for a passkey, then sends the form with it.
const bytes = (text) => Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (char) => char.charCodeAt(0));
const text = (buffer) => btoa(String.fromCharCode(...new Uint8Array(buffer))).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function opened(options) {
  const known = (list) => (list ?? []).map((one) => ({ ...one, id: bytes(one.id) }));
  const read = { ...options, challenge: bytes(options.challenge) };
  if (options.user) read.user = { ...options.user, id: bytes(options.user.id) };
  if (options.excludeCredentials) read.excludeCredentials = known(options.excludeCredentials);
  if (options.allowCredentials) read.allowCredentials = known(options.allowCredentials);
  return read;
}

function written(credential) {
  const response = {};
  for (const name of ["clientDataJSON", "attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = text(credential.response[name]);
  }
  return JSON.stringify({ id: credential.id, rawId: text(credential.rawId), type: credential.type, response, clientExtensionResults: {} });
}

async function ask(form) {
  const answer = await fetch(form.dataset.options, { method: "POST", body: new FormData(form), credentials: "same-origin" });
  if (answer.redirected) { location.assign(answer.url); return null; }
  const options = await answer.json();
  if (!answer.ok) throw new Error(options.problem);
  const publicKey = opened(options);
  const credential = await (form.dataset.passkey === "create" ? navigator.credentials.create({ publicKey }) : navigator.credentials.get({ publicKey }));
  return written(credential);
}

function tell(form, error) {
  const place = form.querySelector("[data-problem]");
  const known = { NotAllowedError: "No passkey was used. Try again, or take another way.", InvalidStateError: "This device has a passkey of yours already." };
  place.textContent = known[error.name] ?? (error.message || "The browser could not use a passkey.");
  place.hidden = false;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  if (!window.PublicKeyCredential) continue;
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    const field = form.elements.namedItem("credential");
    if (field.value) return;
    event.preventDefault();
    event.stopPropagation();
    try {
      const credential = await ask(form);
      if (!credential) return;
      field.value = credential;
      form.requestSubmit();
    } catch (error) {
      tell(form, error);
    }
  });
}
