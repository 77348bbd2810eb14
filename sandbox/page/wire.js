// The way to the sandbox: questions by fetch, news by EventSource.

/** Who is silent says this; a phone has it in its language. */
const SILENT = { ok: false, error: "The sandbox does not answer. Is it still running?" };

export async function ask(path, body, method = "POST") {
  const how = body === undefined
    ? {}
    : {
        method,
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      };
  try {
    return await (await fetch(path, how)).json();
  } catch {
    return SILENT;
  }
}

/**
 * The page's one line, for all its phones: a browser allows six connections to a host, in all its
 * windows together. It opens itself again, and rests while the page is hidden.
 */
export class Line {
  #phones;
  #hear;
  #lost;
  #source = null;
  #timer = 0;
  #wait = 500;

  /** `phones` tells whose they are just now; `lost` is called until there is news again. */
  constructor({ phones, hear, lost }) {
    this.#phones = phones;
    this.#hear = hear;
    this.#lost = lost;
    document.addEventListener("visibilitychange", () => this.renew());
  }

  /** Opens it anew: each phone is told first as it is. */
  renew() {
    this.#hangUp();
    if (!document.hidden && this.#phones().length) this.#open();
  }

  #hangUp() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  #open() {
    this.#lost();
    const source = new EventSource(`/api/events?phones=${this.#phones().join(",")}`);
    this.#source = source;
    source.onopen = () => {
      this.#wait = 500;
    };
    source.onmessage = ({ data }) => {
      if (source === this.#source) this.#hear(JSON.parse(data));
    };
    source.onerror = () => {
      if (source !== this.#source) return;
      this.#lost();
      if (source.readyState !== EventSource.CLOSED) return;
      this.#timer = setTimeout(() => this.renew(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, 8000);
    };
  }
}
