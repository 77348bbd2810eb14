// Where a person writes: text, an answer, commands, attachments, and the last message again.

import { direction } from "/page/lines.js";
import { Menu } from "/page/menu.js";
import { fill, wordsOf } from "/page/words.js";

export class Composer {
  #form;
  #area;
  #send;
  #commands = [];
  #list;
  #menu;
  #edited = null;
  #replied = null;
  #kept = "";
  #words = wordsOf("en");
  #otherwise = "ltr";

  /** `act` sends one thing and answers whether it went; `last` is the message that may be edited. */
  constructor(form, { act, last }) {
    this.#form = form;
    this.act = act;
    this.last = last;
    this.#area = form.querySelector("textarea");
    this.#send = form.querySelector(".send");
    this.#list = form.querySelector(".commands");
    this.#menu = new Menu(form.querySelector(".commands-button"), this.#list, {
      before: () => this.#fill(""),
    });
    const attach = form.querySelector(".attach");
    new Menu(form.querySelector(".attach-button"), attach);
    attach.addEventListener("click", ({ target }) => {
      const what = target.closest("[data-send]")?.dataset.send;
      if (what === "document") this.#file.click();
      else if (what) this.act(what, {});
    });
    this.#file.addEventListener("change", () => this.#sendFile());
    this.#list.addEventListener("click", ({ target }) => {
      const chosen = target.closest("[data-command]")?.dataset.command;
      if (!chosen) return;
      if (this.#area.value.startsWith("/")) this.draft = "";
      this.act("send", { text: chosen });
      this.#area.focus();
    });
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    form.querySelector(".leave").addEventListener("click", () => this.leave());
    this.#area.addEventListener("keydown", (event) => this.#key(event));
    this.#area.addEventListener("input", () => this.#written());
    this.#written();
  }

  set commands(commands) {
    this.#commands = commands;
    this.#form.querySelector(".commands-button").hidden = !commands.length;
  }

  /** The phone's own words, and where its language begins a line. */
  speak(words, otherwise) {
    this.#words = words;
    this.#otherwise = otherwise;
    this.#area.placeholder = words.message;
    this.#nameSend();
    this.#written();
  }

  get draft() {
    return this.#edited === null ? this.#area.value : this.#kept;
  }

  set draft(text) {
    this.#close();
    this.#area.value = text;
    this.#written();
  }

  focus() {
    this.#area.focus();
  }

  edit(message) {
    if (this.#edited === null) this.#kept = this.#area.value;
    this.#replied = null;
    this.#edited = message;
    this.#strip("edit", message);
    this.#area.value = message.text;
    this.#written();
    this.#area.focus();
  }

  /** What is written next answers this message. */
  reply(message) {
    if (this.#edited !== null) this.leave();
    this.#replied = message;
    this.#strip("reply", message);
    this.#area.focus();
  }

  /** The line above the field: what the words belong to. */
  #strip(what, { text }) {
    const strip = this.#form.querySelector(".editing");
    strip.hidden = false;
    strip.querySelector("use").setAttribute("href", what === "edit" ? "#pencil" : "#reply");
    strip.querySelector("strong").dataset.word = what;
    strip.querySelector(".leave").dataset.label = what === "edit" ? "stopEditing" : "stopReplying";
    const before = text || this.#words.message;
    strip.querySelector(".before").textContent = before;
    strip.querySelector(".before").dir = direction(before, this.#otherwise);
    fill(strip, this.#words);
    this.#nameSend();
  }

  leave() {
    if (this.#replied) {
      this.#close();
      this.#area.focus();
      return;
    }
    const kept = this.#kept;
    this.#close();
    this.#area.value = kept;
    this.#written();
    this.#area.focus();
  }

  #close() {
    this.#edited = null;
    this.#replied = null;
    this.#kept = "";
    this.#form.querySelector(".editing").hidden = true;
    this.#nameSend();
    this.#menu.close();
  }

  #nameSend() {
    this.#send.setAttribute("aria-label", this.#edited ? this.#words.save : this.#words.send);
  }

  async #submit() {
    const text = this.#area.value.trim();
    if (!text) return;
    const edited = this.#edited;
    const reply_to = this.#replied?.message_id ?? null;
    if (edited) this.leave();
    else this.draft = "";
    if (edited && edited.text === text) return;
    const went = await (edited
      ? this.act("edit", { message_id: edited.message_id, text })
      : this.act("send", { text, reply_to }));
    if (!went && !edited && !this.#area.value) this.draft = text;
  }

  get #file() {
    return this.#form.querySelector("input[type=file]");
  }

  async #sendFile() {
    const [file] = this.#file.files;
    if (!file) return;
    const bytes = new Uint8Array(await file.arrayBuffer());
    const signs = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
    this.#file.value = "";
    const mime = file.type || "application/octet-stream";
    this.act("document", { name: file.name, mime, data: btoa(signs) });
  }

  #key(event) {
    if (event.isComposing) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#submit();
    } else if (event.key === "Escape") {
      if (this.#menu.isOpen) this.#menu.close();
      else if (this.#edited || this.#replied) this.leave();
    } else if (event.key === "ArrowDown" && this.#menu.isOpen) {
      event.preventDefault();
      this.#menu.focus();
    } else if (event.key === "ArrowUp" && !this.#area.value) {
      const message = this.last();
      if (!message) return;
      event.preventDefault();
      this.edit(message);
    }
  }

  #written() {
    const text = this.#area.value;
    this.#area.style.blockSize = "auto";
    if (text) this.#area.style.blockSize = `${Math.min(this.#area.scrollHeight, 136)}px`;
    this.#area.dir = direction(text || this.#area.placeholder, this.#otherwise);
    this.#send.disabled = !text.trim();
    const asked = this.#edited === null && /^\/[a-z0-9_]*$/i.test(text);
    if (asked && this.#fill(text.slice(1))) this.#menu.open();
    else if (this.#menu.isOpen) this.#menu.close();
    if (asked) this.#fill(text.slice(1));
  }

  #fill(start) {
    const fitting = this.#commands.filter(({ command }) => command.startsWith(start.toLowerCase()));
    this.#list.replaceChildren(
      ...fitting.map(({ command, description }) => {
        const item = document.createElement("button");
        item.type = "button";
        item.setAttribute("role", "menuitem");
        item.dataset.command = `/${command}`;
        const name = document.createElement("strong");
        name.textContent = `/${command}`;
        const words = document.createElement("span");
        words.textContent = description;
        words.dir = direction(description, this.#otherwise);
        item.append(name, words);
        return item;
      }),
    );
    return fitting.length;
  }
}
