// The wire log: what the bot asked of Telegram, and buttons that let something go wrong.

import { fullName } from "/page/people.js";
import { ask } from "/page/wire.js";

const PULSE = 1000; // milliseconds between two looks while it is open
const MOST = 200;
const time = new Intl.DateTimeFormat("de", { timeStyle: "medium", timeZone: "Europe/Berlin" });

/** What a press plants, as fault_api.py reads it. */
const FAULTS = {
  "Lose the next answer": { fault: "lose-answer" },
  "Lose the next call": { fault: "lose-request" },
  "Too many requests": { fault: "refuse", seconds: 30 },
  "Server errors, three times": { fault: "fail-request", times: 3 },
  "Half an answer": { fault: "halve-answer" },
  "Answers come late": { fault: "hold-answer", times: 3, seconds: 8 },
  "Outage for a minute": { fault: "outage", seconds: 60 },
  "Next update twice": { fault: "twice" },
  "Next update overtaken": { fault: "swap" },
  "Next update a day old": { fault: "age" },
  "After a quiet week": { fault: "jump" },
};
const NAMES = {
  "lose-answer": "an answer is lost",
  "lose-request": "a call is lost",
  refuse: "too many requests",
  "fail-request": "a server error",
  "fail-answer": "a server error after the deed",
  "halve-answer": "half an answer",
  "hold-request": "a call waits",
  "hold-answer": "an answer comes late",
  outage: "outage",
  twice: "an update comes twice",
  swap: "an update is overtaken",
  age: "an update is a day old",
  jump: "new update numbers",
};

export class WireLog {
  #panel = document.getElementById("wire");
  #opener = document.getElementById("open-wire");
  #list = this.#panel.querySelector(".calls");
  #said = this.#panel.querySelector(".faults [role=status]");
  #people;
  #last = 0;
  #timer = 0;

  /** `people` tells who is there. */
  constructor(people) {
    this.#people = people;
    this.#opener.addEventListener("click", () => (this.#panel.hidden ? this.#open() : this.#close()));
    document.getElementById("close-wire").addEventListener("click", () => this.#close());
    this.#panel.addEventListener("keydown", ({ key }) => key === "Escape" && this.#close());
    const buttons = Object.entries(FAULTS).map(([label, fault]) =>
      control(label, () => this.#plant(fault)),
    );
    buttons.push(control("Everything in order again", () => this.#clear()));
    this.#panel.querySelector(".buttons").append(...buttons);
  }

  #open() {
    this.#panel.hidden = false;
    this.#opener.setAttribute("aria-expanded", "true");
    this.#panel.querySelector("h2").focus();
    this.#look();
  }

  #close() {
    this.#panel.hidden = true;
    this.#opener.setAttribute("aria-expanded", "false");
    clearTimeout(this.#timer);
    this.#opener.focus();
  }

  async #look() {
    clearTimeout(this.#timer);
    const answer = await ask(`/api/log?after=${this.#last}`);
    if (answer.last < this.#last) this.#begin(); // another sandbox has taken over
    else if (answer.calls) this.#show(answer.calls);
    this.#tell(await ask("/sandbox/faults"));
    if (!this.#panel.hidden) this.#timer = setTimeout(() => this.#look(), PULSE);
  }

  #begin() {
    this.#last = 0;
    this.#list.replaceChildren();
  }

  #show(calls) {
    for (const call of calls) {
      this.#last = Math.max(this.#last, call.n);
      this.#list.prepend(this.#line(call));
    }
    while (this.#list.childElementCount > MOST) this.#list.lastElementChild.remove();
    this.#panel.querySelector(".nothing").hidden = this.#list.childElementCount > 0;
  }

  #line({ method, chat, ok, error, ms, at }) {
    const item = document.createElement("li");
    item.classList.toggle("failed", !ok);
    item.append(
      words("time", time.format(at * 1000)),
      words("strong", method),
      words("span", this.#who(chat), "whom"),
      words("span", `${ms < 10 ? ms.toFixed(1) : Math.round(ms)} ms`, "took"),
    );
    if (error) item.append(words("span", NAMES[error] ?? error, "why"));
    return item;
  }

  #who(chat) {
    const person = this.#people().find(({ id }) => id === chat);
    return person ? fullName(person) : (chat ?? "");
  }

  async #plant(fault) {
    this.#tell(await ask("/sandbox/faults", fault));
  }

  async #clear() {
    this.#tell(await ask("/sandbox/faults", {}, "DELETE"));
  }

  #tell({ ok, faults, error }) {
    const text = ok ? faults.map(describe).join("; ") : error;
    const said = ok && faults.length ? `Ahead: ${text}.` : text;
    if (this.#said.textContent !== said) this.#said.textContent = said;
  }
}

function describe({ fault, times, seconds }) {
  const name = NAMES[fault] ?? fault;
  if (fault === "outage") return `${name}, ${Math.ceil(seconds / 10) * 10} s left at most`;
  return times > 1 ? `${name} (${times} times)` : name;
}

function control(label, pressed) {
  const button = document.createElement("button");
  button.type = "button";
  button.className = "control";
  button.textContent = label;
  button.addEventListener("click", pressed);
  return button;
}

function words(tag, text, className = "") {
  const made = document.createElement(tag);
  made.className = className;
  made.textContent = text;
  return made;
}
