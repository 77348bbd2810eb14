// The way to the sandbox: questions by fetch, news by EventSource.

const SILENT = { ok: false, error: "The sandbox does not answer. Is it still running?" };

export async function ask(path, body) {
  const how = body === undefined
    ? {}
    : {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify(body),
      };
  try {
    return await (await fetch(path, how)).json();
  } catch {
    return SILENT;
  }
}

/** One phone's line: opens itself again, rests while the page is hidden (a browser allows six). */
export class Line {
  #path;
  #hear;
  #tell;
  #source = null;
  #timer = 0;
  #wait = 500;
  #ended = new AbortController();

  constructor(person, { hear, tell }) {
    this.#path = `/api/phones/${person}/events`;
    this.#hear = hear;
    this.#tell = tell;
    document.addEventListener("visibilitychange", () => this.#turn(), {
      signal: this.#ended.signal,
    });
    this.#turn();
  }

  renew() {
    this.#turn();
  }

  close() {
    this.#ended.abort();
    this.#hangUp();
  }

  #turn() {
    this.#hangUp();
    if (!document.hidden) this.#open();
  }

  #hangUp() {
    clearTimeout(this.#timer);
    this.#source?.close();
    this.#source = null;
  }

  #open() {
    this.#tell("connecting");
    const source = new EventSource(this.#path);
    this.#source = source;
    source.onopen = () => {
      this.#wait = 500;
      this.#tell("online");
    };
    source.onmessage = ({ data }) => {
      if (source === this.#source) this.#hear(JSON.parse(data));
    };
    source.onerror = () => {
      this.#tell("connecting");
      if (source !== this.#source || source.readyState !== EventSource.CLOSED) return;
      this.#timer = setTimeout(() => this.#turn(), this.#wait);
      this.#wait = Math.min(this.#wait * 2, 8000);
    };
  }
}
