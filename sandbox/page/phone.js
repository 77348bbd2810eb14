// One phone: a person, their chat with the bot, and everything they can do in it.

import { BubbleMenu } from "/page/bubble_menu.js";
import { Chat } from "/page/chat.js";
import { Composer } from "/page/composer.js";
import { direction, lines } from "/page/lines.js";
import { Menu } from "/page/menu.js";
import { fullName, paintAvatar } from "/page/people.js";
import { showNotice, showPhoto } from "/page/sheets.js";
import { offerTongues } from "/page/tongues.js";
import { ask } from "/page/wire.js";
import { fill, wordsOf } from "/page/words.js";

const PATIENCE = 10_000; // milliseconds until a silent bot is worth a word
const REFUSAL = 12_000; // milliseconds that a refusal stays, unless the person goes on before

export class Phone {
  #world;
  #chat;
  #composer;
  #bubbles;
  #drafts = new Map();
  #isOnline = false;
  #answering = "no"; // "no", "yes", "late"
  #patience = 0;
  #toastTimer = 0;
  #language = null;
  #words = wordsOf("en");

  constructor(world) {
    this.#world = world;
    this.root = document.getElementById("phone").content.cloneNode(true).firstElementChild;
    this.#part(".bot-name").textContent = world.bot.name;
    this.#chat = new Chat(this.#part(".view"), world.bot.name);
    this.#composer = new Composer(this.#part(".composer"), {
      act: (what, body) => this.#act(what, body),
      last: () => this.#chat.lastOwn(),
    });
    this.#wirePlate();
    this.#wireChat();
    this.#wireFoot();
  }

  #part = (selector) => this.root.querySelector(selector);

  // The person

  show(person) {
    if (this.person?.id === person.id) return;
    if (this.person) this.#drafts.set(this.person.id, this.#composer.draft);
    this.person = person;
    this.root.dataset.person = String(person.id);
    this.#chat.clear();
    this.#part(".description").replaceChildren();
    this.#composer.draft = this.#drafts.get(person.id) ?? "";
    this.#composer.commands = [];
    this.#answered();
    this.#hideToast();
    this.plate();
    this.#foot({ loading: true });
  }

  /** Draws the name plate again: the person, and who else could hold this phone. */
  plate() {
    const { person } = this;
    this.root.setAttribute("aria-label", `Phone of ${fullName(person)}, ${person.role_hint}`);
    paintAvatar(this.#part(".owner .avatar"), person);
    const options = this.#world.people().map((each) => new Option(fullName(each), each.id));
    this.#part(".person").replaceChildren(...options);
    this.#part(".person").value = String(person.id);
    offerTongues(this.#part(".language"), person.language_code);
    this.#speak(person.language_code);
    const role = this.#words[person.role_hint] ?? person.role_hint;
    this.#part(".role").textContent = role;
    this.#part(".role").dir = direction(role);
  }

  /** Everything the phone itself says is said in this language. */
  #speak(code) {
    if (code === this.#language) return;
    this.#language = code;
    this.#words = wordsOf(code);
    this.#chat.language = code;
    const { otherwise } = this.#chat;
    const way = direction(this.#words.message, otherwise); // a language without words says English
    this.#part(".device").lang = code;
    fill(this.root, this.#words);
    for (const each of this.root.querySelectorAll(".options, .attach, .welcome, .starting, .note, .editing p, .bubble-menu")) {
      each.dir = way;
    }
    this.#composer.speak(this.#words, otherwise);
    this.#bubbles.speak(this.#words);
    this.#tellState();
  }

  /** A deep link was opened here: START waits at the bottom with its payload. */
  offer() {
    this.#foot();
    this.#chat.toEnd();
    this.root.classList.remove("chosen");
    void this.root.offsetWidth; // so that the glow begins again
    this.root.classList.add("chosen");
    this.#part(".start").focus();
  }

  #wirePlate() {
    this.#part(".person").addEventListener("change", ({ target }) =>
      this.#world.hand(this, Number(target.value)),
    );
    this.#part(".language").addEventListener("change", async ({ target }) => {
      this.person.language_code = target.value;
      this.plate();
      this.#foot();
      await this.#act("language", { language_code: target.value });
      this.#world.listen(); // the description comes in the new language
    });
  }

  // What the sandbox tells

  hear(event) {
    const heard = {
      snapshot: () => this.#snapshot(event),
      message: () => this.#arrived(event.message),
      album: () => this.#arrived(...event.messages),
      edit: () => this.#changed(event.message),
      reaction: () => this.#chat.react(event.message),
      delete: () => this.#gone(event.message_id),
      commands: () => {
        this.#composer.commands = event.commands;
      },
      status: () => this.#stands(event),
      answer: () => this.#answer(event),
      typing: () => this.#expect(),
      person: () => this.#known(event.person),
    };
    heard[event.type]?.();
  }

  /** The line is down: what happens now is told when it is up again. */
  lost() {
    this.#isOnline = false;
    this.#tellState();
  }

  #snapshot({ person, messages, commands, blocked, started, description }) {
    this.#known(person);
    this.#composer.commands = commands;
    const words = lines({ text: description }, this.#chat.otherwise);
    this.#part(".description").replaceChildren(words);
    const isNews = this.#chat.replace(messages);
    this.#stands({ blocked, started });
    this.#isOnline = true;
    if (isNews) this.#answered();
    else this.#tellState();
  }

  #known(person) {
    Object.assign(this.person, person);
    this.plate();
    this.#world.lead();
  }

  #arrived(...messages) {
    if (messages[0].from === "bot") {
      this.#answered();
      this.#world.heard(this);
    }
    this.#chat.add(...messages);
    this.#foot();
  }

  #changed(message) {
    if (message.from === "bot") this.#answered();
    this.#chat.change(message);
  }

  #gone(id) {
    this.#chat.remove(id);
    this.#foot();
  }

  #stands({ blocked, started }) {
    Object.assign(this.person, { blocked, started });
    this.#foot();
  }

  #answer({ text, alert }) {
    this.#answered();
    if (!text) return;
    if (alert) showNotice(text);
    else this.#toast(text);
  }

  // What the person does

  /** Does one thing as this person; true when the sandbox took it. */
  async #act(what, body = {}) {
    const { person } = this;
    this.#hideToast();
    if (["send", "start", "tap", "sticker", "photo", "voice", "document"].includes(what)) this.#expect();
    const answer = await ask(`/api/phones/${person.id}/${what}`, body);
    if (answer.ok || person !== this.person) return answer.ok;
    this.#answered();
    this.#toast(this.#words[answer.error] ?? answer.error, { isRefusal: true });
    return false;
  }

  #wireChat() {
    const log = this.#part(".log");
    log.addEventListener("click", (event) => this.#pressed(event));
    log.addEventListener("dblclick", ({ target }) => this.#pressedTwice(target));
    log.addEventListener("keydown", (event) => {
      if (!event.target.matches(".spoiler, .command")) return;
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      event.target.click();
    });
    log.addEventListener("contextmenu", (event) => this.#openMenu(event));
    this.#bubbles = new BubbleMenu(this.#part(".view"), {
      react: ({ message_id }, emoji) => this.#act("react", { message_id, emoji }),
      reply: (message) => this.#composer.reply(message),
      edit: (message) => this.#composer.edit(message),
    });
    const options = this.#part(".options");
    new Menu(this.#part(".options-button"), options);
    options.querySelector(".block").addEventListener("click", () =>
      this.#act(this.person.blocked ? "unblock" : "block"),
    );
  }

  #pressed(event) {
    const { target } = event;
    const at = (selector) => target.closest(selector);
    const key = at(".key");
    const link = at("a[href]:not(.file)");
    if (key?.dataset.url) this.#follow(key.dataset.url, event);
    else if (key) this.#tap(key);
    else if (link) this.#follow(link.href, event);
    else if (at(".photo")) showPhoto(at(".photo").querySelector("img").src);
    else if (at(".command")) this.#act("send", { text: at(".command").dataset.command });
    else if (at(".more")) this.#openMenu(event);
    else if (at(".quote")) this.#chat.show(Number(at(".quote").dataset.answered));
    else if (at(".reaction[data-emoji]")) this.#react(at(".reaction"));
    else if (at(".spoiler")) reveal(at(".spoiler"));
  }

  #react(pressed) {
    const id = Number(pressed.closest("[data-message]").dataset.message);
    this.#act("react", { message_id: id, emoji: pressed.dataset.emoji });
  }

  /** A long press or a right click opens it, too; on a link they do what they do everywhere. */
  #openMenu(event) {
    const article = event.target.closest("article");
    if (!article || event.target.closest("a, .key") || this.#part(".composer").hidden) return;
    event.preventDefault();
    const { dataset } = event.target.closest("[data-message]");
    const message = this.#chat.message(Number(dataset.message));
    const isLastOwn = this.#chat.lastOwn()?.message_id === message.message_id;
    this.#bubbles.open(article, message, { isLastOwn });
  }

  #pressedTwice(target) {
    const last = this.#chat.lastOwn();
    const id = Number(target.closest("article")?.dataset.message);
    if (last?.message_id !== id || this.#part(".composer").hidden) return;
    getSelection()?.removeAllRanges();
    this.#composer.edit(last);
  }

  async #tap(key) {
    if (key.getAttribute("aria-busy") === "true") return;
    key.setAttribute("aria-busy", "true");
    const { row, column } = key.dataset;
    const message = Number(key.closest("article").dataset.message);
    const body = { message_id: message, row: Number(row), column: Number(column) };
    if (!(await this.#act("tap", body))) key.removeAttribute("aria-busy");
  }

  #follow(href, event) {
    event.preventDefault();
    if (!this.#world.follow(this, href)) window.open(href, "_blank", "noopener,noreferrer");
  }

  // The foot: START, Unblock or the composer

  #wireFoot() {
    this.#part(".start").addEventListener("click", () => this.#start());
    this.#part(".dismiss").addEventListener("click", () => {
      this.#world.offers.delete(this.person.id);
      this.#foot();
    });
    this.#part(".unblock").addEventListener("click", () => this.#act("unblock"));
  }

  async #start() {
    const { person } = this;
    const payload = this.#world.offers.get(person.id) || null;
    if (person.blocked && !(await this.#act("unblock"))) return;
    if (!(await this.#act("start", { payload }))) return;
    this.#world.offers.delete(person.id);
    if (person !== this.person) return;
    this.#stands({ blocked: false, started: true });
    this.#composer.focus();
  }

  #foot({ loading = false } = {}) {
    const { started, blocked, id } = this.person;
    const offered = this.#world.offers.has(id);
    const starting = offered || (!started && !blocked);
    this.#part(".starting").hidden = loading || !starting;
    this.#part(".starting .note").textContent = offered ? this.#words.fromLink : "";
    this.#part(".dismiss").hidden = !offered;
    this.#part(".blocked").hidden = loading || starting || !blocked;
    this.#part(".composer").hidden = loading || starting || blocked;
    const described = Boolean(this.#part(".description").textContent);
    this.#part(".welcome").hidden = loading || !this.#chat.isEmpty || !described;
    this.#part(".block").textContent = this.#words[blocked ? "unblock" : "block"];
    this.root.classList.toggle("is-blocked", Boolean(blocked));
  }

  // What is going on

  #expect() {
    this.#answering = "yes";
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => {
      this.#answering = "late";
      this.#tellState();
    }, PATIENCE);
    this.#tellState();
  }

  #answered() {
    this.#answering = "no";
    clearTimeout(this.#patience);
    for (const key of this.root.querySelectorAll(".key[aria-busy]")) {
      key.removeAttribute("aria-busy");
    }
    this.#tellState();
  }

  #tellState() {
    const states = {
      no: ["calm", this.#words.bot],
      yes: ["busy", this.#words.answering],
      late: ["trouble", this.#words.noAnswer],
    };
    const [kind, words] = this.#isOnline ? states[this.#answering] : ["trouble", this.#words.connecting];
    this.#part(".state").dataset.state = kind;
    this.#part(".state").textContent = words;
    this.#part(".state").dir = direction(words);
    this.#part(".typing").hidden = kind !== "busy";
    this.#chat.keepEnd();
  }

  #toast(text, { isRefusal = false } = {}) {
    const toast = this.#part(".toast");
    toast.classList.toggle("refusal", isRefusal);
    toast.replaceChildren(lines({ text }, this.#chat.otherwise));
    toast.hidden = false;
    clearTimeout(this.#toastTimer);
    this.#toastTimer = setTimeout(() => this.#hideToast(), isRefusal ? REFUSAL : 3500 + text.length * 30);
  }

  #hideToast() {
    clearTimeout(this.#toastTimer);
    this.#part(".toast").hidden = true;
  }
}

function reveal(spoiler) {
  spoiler.classList.add("shown");
  spoiler.removeAttribute("role");
  spoiler.removeAttribute("aria-label");
}
