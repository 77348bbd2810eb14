// The clock bar: the programme's time as the sandbox tells it, and the buttons that move it.

import { ZONE } from "/page/message.js";
import { ask } from "/page/wire.js";

const MINUTE = 60_000;
const PATIENCE = 6000; // milliseconds that a word stays
const shortly = new Intl.DateTimeFormat("en-GB", {
  weekday: "short", day: "numeric", month: "short", hour: "2-digit", minute: "2-digit",
  timeZone: ZONE,
});
const whole = new Intl.DateTimeFormat("en-GB", {
  dateStyle: "full", timeStyle: "short", timeZone: ZONE,
});

export class ClockBar {
  #bar = document.getElementById("clock");
  #ahead = 0; // milliseconds, of this computer's clock
  #tick = 0;
  #fade = 0;

  constructor() {
    this.#bar.addEventListener("click", ({ target }) => {
      const to = target.closest("[data-to]")?.dataset.to;
      if (to) this.#move(to);
    });
    document.addEventListener("visibilitychange", () => document.hidden || this.#tell());
  }

  /** The sandbox tells its Unix seconds, and how many of them it was moved. */
  hear({ now, ahead }) {
    this.#ahead = now * 1000 - Date.now();
    this.#bar.hidden = false;
    this.#bar.classList.toggle("moved", ahead > 0);
    this.#tell();
  }

  get #now() {
    return Date.now() + this.#ahead;
  }

  #tell() {
    clearTimeout(this.#tick);
    const time = this.#bar.querySelector("time");
    time.textContent = shortly.format(this.#now);
    time.dateTime = new Date(this.#now).toISOString();
    time.title = whole.format(this.#now);
    this.#tick = setTimeout(() => this.#tell(), MINUTE - (this.#now % MINUTE) + 20);
  }

  async #move(to) {
    const answer = await ask("/api/clock", { to });
    this.#say(answer.ok ? whole.format(this.#now) : answer.error, { seen: !answer.ok });
  }

  /** A move is seen at the clock itself: its word is for those who hear the page. */
  #say(text, { seen }) {
    const word = this.#bar.querySelector(".word");
    word.textContent = text;
    word.classList.toggle("unseen", !seen);
    clearTimeout(this.#fade);
    this.#fade = setTimeout(() => word.replaceChildren(), PATIENCE);
  }
}
