// The messages of one chat, in order: drawn, edited in place, parted by days, kept at the newest.

import { dayLabel, dayOf, draw } from "/page/message.js";
import { runsToTheLeft } from "/page/tongues.js";
import { wordsOf } from "/page/words.js";

const NEAR = 60; // pixels from the end that still count as "at the end"
const GLOW = 1800; // milliseconds an edited message stays marked

export class Chat {
  #view;
  #log;
  #box;
  #newest;
  #botName;
  #messages = new Map();
  #language = "en";
  #words = wordsOf("en");
  #atEnd = true;
  #top = 0;
  #waiting = 0;

  constructor(view, botName) {
    this.#view = view;
    this.#botName = botName;
    this.#log = view.querySelector(".log");
    this.#box = view.querySelector(".messages");
    this.#newest = view.querySelector(".newest");
    this.#newest.addEventListener("click", () => this.toEnd());
    this.#log.addEventListener("scroll", () => this.#scrolled());
    this.#log.addEventListener("keydown", (event) => this.#walk(event));
    const growth = new ResizeObserver(() => this.keepEnd());
    growth.observe(this.#box);
    growth.observe(this.#log);
  }

  get isEmpty() {
    return this.#messages.size === 0;
  }

  /** Where a line without any strong character begins: as the client's own language does. */
  get otherwise() {
    return runsToTheLeft(this.#language) ? "rtl" : "ltr";
  }

  set language(code) {
    if (code === this.#language) return;
    this.#language = code;
    this.#words = wordsOf(code);
    this.#put([...this.#messages.values()]);
    this.#drawDays();
    this.#rove();
    this.#tellNewest();
  }

  clear() {
    this.#messages.clear();
    this.#box.replaceChildren();
    this.#atEnd = true;
    this.#waiting = 0;
  }

  /** Becomes exactly these messages; what has not changed is left alone, silently for a reader. Whether the bot wrote. */
  replace(messages) {
    this.#log.setAttribute("aria-busy", "true");
    const kept = new Set(messages.map(({ message_id }) => message_id));
    for (const id of this.#messages.keys()) if (!kept.has(id)) this.#drop(id);
    const changed = messages.filter(
      (each) => JSON.stringify(this.#messages.get(each.message_id)) !== JSON.stringify(each),
    );
    this.#put(changed);
    this.#settle();
    requestAnimationFrame(() => this.#log.setAttribute("aria-busy", "false"));
    return changed.some(({ from }) => from === "bot");
  }

  /** One message, or those of an album, which come together. */
  add(...messages) {
    const [{ from }] = messages;
    this.#put(messages).classList.add("new");
    if (from === "bot" && !this.#atEnd) this.#waiting += 1;
    if (from === "me") this.#atEnd = true;
    this.#settle();
    this.#tellNewest();
  }

  change(message) {
    if (!this.#messages.has(message.message_id)) return;
    this.#glow(this.#put([message]));
    this.#settle();
  }

  /** Other reactions: no edit, so it does not glow. */
  react(message) {
    if (!this.#messages.has(message.message_id)) return;
    this.#put([message]);
    this.#settle();
  }

  message(id) {
    return this.#messages.get(id);
  }

  /** Brings a message into view and marks it for a moment. */
  show(id) {
    const article = this.#article(id);
    if (!article) return;
    article.scrollIntoView({ block: "nearest", behavior: "smooth" });
    article.focus({ preventScroll: true });
    this.#glow(article);
  }

  remove(id) {
    this.#drop(id);
    this.#settle();
  }

  /** The last text the person wrote: the one they may write again. */
  lastOwn() {
    return [...this.#messages.values()]
      .filter(({ from, text, photo, document }) => from === "me" && text && !photo && !document)
      .reduce((last, each) => (last && last.message_id > each.message_id ? last : each), null);
  }

  toEnd() {
    this.#log.scrollTop = this.#log.scrollHeight;
    this.#atEnd = true;
    this.#waiting = 0;
    this.#tellNewest();
  }

  keepEnd() {
    if (this.#atEnd) this.toEnd();
  }

  #settle() {
    this.#drawDays();
    this.#rove();
    this.keepEnd();
  }

  #glow(article) {
    article.classList.add("changed");
    setTimeout(() => article.classList.remove("changed"), GLOW);
  }

  /** Keeps these and draws the article of each, that of an album once. The last one's. */
  #put(messages) {
    for (const message of messages) this.#messages.set(message.message_id, message);
    const shown = new Set(messages.map((each) => this.#together(each)[0].message_id));
    return [...shown].map((id) => this.#draw(this.#messages.get(id))).at(-1);
  }

  #draw(message, existing = this.#article(message.message_id)) {
    const article = existing ?? document.createElement("article");
    const focused = existing?.contains(document.activeElement) ? document.activeElement : null;
    draw(article, this.#together(message), {
      botName: this.#botName,
      otherwise: this.otherwise,
      words: this.#words,
    });
    if (!existing) this.#insert(article, message.message_id);
    if (focused) focusAgain(article, focused);
    return article;
  }

  /** A message, or all that is left of its album, in order. */
  #together(message) {
    if (!message.album) return [message];
    return [...this.#messages.values()]
      .filter(({ album }) => album === message.album)
      .sort((one, other) => one.message_id - other.message_id);
  }

  #drop(id) {
    const message = this.#messages.get(id);
    const article = this.#article(id);
    this.#messages.delete(id);
    const [next] = message?.album ? this.#together(message) : [];
    if (next) this.#draw(next, article);
    else article?.remove();
  }

  #article(id) {
    return this.#box.querySelector(`[data-message="${id}"]`)?.closest("article");
  }

  #insert(article, id) {
    const all = [...this.#box.querySelectorAll("article")];
    const before = all.findLast((each) => Number(each.dataset.message) < id);
    if (before) before.after(article);
    else this.#box.prepend(article);
  }

  #drawDays() {
    for (const old of this.#box.querySelectorAll(".day")) old.remove();
    let before = "";
    for (const article of this.#box.querySelectorAll("article")) {
      const message = this.#messages.get(Number(article.dataset.message));
      const day = dayOf(message);
      if (day === before) continue;
      before = day;
      const label = document.createElement("p");
      label.className = "day";
      const words = document.createElement("span");
      words.textContent = dayLabel(message.date, this.#language);
      label.append(words);
      article.before(label);
    }
  }

  get #menus() {
    return [...this.#box.querySelectorAll(".more")];
  }

  /** One message's menu is reached by Tab: the newest one's, or where the arrows have gone. */
  #rove(to = this.#menus.at(-1)) {
    for (const each of this.#menus) each.tabIndex = each === to ? 0 : -1;
  }

  #walk(event) {
    const here = this.#menus.indexOf(event.target);
    const step = { ArrowUp: -1, ArrowDown: 1 }[event.key];
    const next = here < 0 || !step ? undefined : this.#menus[here + step];
    if (!next) return;
    event.preventDefault();
    this.#rove(next);
    next.focus();
  }

  #scrolled() {
    const { scrollHeight, scrollTop, clientHeight } = this.#log;
    const wentUp = scrollTop < this.#top; // what grows below moves nothing: only a person goes up
    this.#top = scrollTop;
    this.#atEnd = scrollHeight - scrollTop - clientHeight < NEAR || (this.#atEnd && !wentUp);
    if (this.#atEnd) this.#waiting = 0;
    this.#tellNewest();
  }

  #tellNewest() {
    this.#newest.hidden = this.#atEnd;
    this.#view.querySelector(".count").textContent = this.#waiting || "";
    const { newest, newestOf } = this.#words;
    const words = this.#waiting ? newestOf.replace("{count}", this.#waiting) : newest;
    this.#newest.setAttribute("aria-label", words);
  }
}

/** An edit must not throw a keyboard user out of the card. */
function focusAgain(article, { dataset, classList }) {
  if (classList.contains("more") || classList.contains("reaction")) {
    article.querySelector(".more").focus({ preventScroll: true });
    return;
  }
  const same = article.querySelector(
    `.key[data-row="${dataset.row}"][data-column="${dataset.column}"]`,
  );
  (same ?? article.querySelector(".key") ?? article).focus({ preventScroll: true });
}
