// Passkeys: ask the server what to ask the browser, then send its answer with the form.
(() => {
  const forms = [...document.querySelectorAll("form[data-cle]")];
  // A passkey is bound to a name: on a bare address (the demonstration) there is none to offer.
  const bare = /^[\d.]+$|:/.test(location.hostname);
  if (!forms.length || !window.PublicKeyCredential || bare) return;

  const read = (text) => {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (c) => c.charCodeAt(0));
  };
  const write = (buffer) =>
    btoa(String.fromCharCode(...new Uint8Array(buffer)))
      .replace(/\+/g, "-")
      .replace(/\//g, "_")
      .replace(/=+$/, "");
  const named = (keys) => (keys || []).map((key) => ({ ...key, id: read(key.id) }));

  const make = async (options) => {
    const made = await navigator.credentials.create({
      publicKey: {
        ...options,
        challenge: read(options.challenge),
        user: { ...options.user, id: read(options.user.id) },
        excludeCredentials: named(options.excludeCredentials),
      },
    });
    return {
      clientDataJSON: write(made.response.clientDataJSON),
      attestationObject: write(made.response.attestationObject),
      made,
    };
  };
  const present = async (options) => {
    const made = await navigator.credentials.get({
      publicKey: {
        ...options,
        challenge: read(options.challenge),
        allowCredentials: named(options.allowCredentials),
      },
    });
    return {
      clientDataJSON: write(made.response.clientDataJSON),
      authenticatorData: write(made.response.authenticatorData),
      signature: write(made.response.signature),
      userHandle: made.response.userHandle ? write(made.response.userHandle) : null,
      made,
    };
  };

  const ask = async (form) => {
    const answer = await fetch(form.dataset.defi, {
      method: "POST",
      headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    });
    if (!answer.ok) throw new Error("defi");
    const options = await answer.json();
    const { made, ...response } = await (form.dataset.cle === "creer" ? make : present)(options);
    return JSON.stringify({ id: made.id, rawId: write(made.rawId), type: made.type, response });
  };

  for (const form of forms) {
    form.hidden = false;
    form.parentElement.querySelector("[data-sans-cle]")?.remove();
    const button = form.querySelector("button");
    const message = form.querySelector("[role=alert]");
    button.addEventListener("click", async () => {
      const nom = form.elements.nom;
      message.hidden = true;
      if (nom && !nom.value.trim()) {
        message.textContent = "Donnez d’abord un nom à la clé.";
        message.hidden = false;
        nom.focus();
        return;
      }
      button.disabled = true;
      try {
        form.elements.reponse.value = await ask(form);
        form.submit();
      } catch {
        message.textContent =
          "La clé d’accès n’a pas répondu. Recommencez, ou choisissez un autre moyen. Une clé ne sert que sur le site où elle a été enregistrée.";
        message.hidden = false;
        button.disabled = false;
      }
    });
  }
})();
