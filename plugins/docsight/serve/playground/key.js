// The API key of the server, which the page asks for when a request needs one. It is kept in memory only: a browser
// writes what a page stores to the disk, session storage too.

let key = "";
let asking = null; // a promise, while the page asks

const part = (id) => document.getElementById(id);

/** The key that requests send; empty if none was entered. */
export const currentKey = () => key;

/** Ask for the key until the server accepts it. Requests that need it meanwhile wait together. */
export function askForKey() {
  asking ??= ask().finally(() => {
    asking = null;
  });
  return asking;
}

async function ask() {
  const [form, field, reason] = [part("unlock"), part("api-key"), part("unlock-reason")];
  reason.textContent = key ? "The server no longer accepts the API key." : "This server needs an API key.";
  form.hidden = false;
  field.focus();
  for (;;) {
    await nextSubmit(form);
    const entered = field.value.trim();
    reason.textContent = "Checking …";
    const problem = await check(entered);
    if (!problem) {
      key = entered;
      break;
    }
    reason.textContent = problem;
    field.select();
  }
  field.value = "";
  form.hidden = true;
}

function nextSubmit(form) {
  return new Promise((resolve) => {
    form.addEventListener(
      "submit",
      (event) => {
        event.preventDefault();
        resolve();
      },
      { once: true },
    );
  });
}

/** Return what is wrong with a key, or nothing. */
async function check(entered) {
  const wrong = "That API key is wrong. It is in DOCSIGHT_API_KEY where the server was started.";
  if (!/^[\x21-\x7e]+$/.test(entered)) return wrong; // a header holds nothing else
  const headers = { "X-API-Key": entered };
  const response = await fetch(new URL("v1/info", document.baseURI), { headers }).catch(() => null);
  if (!response) return "The server does not answer. Is docsight serve still running?";
  return response.status === 401 ? wrong : "";
}
