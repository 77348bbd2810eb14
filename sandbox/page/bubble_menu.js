// The menu of one message: a reaction, an answer, or the words again.

import { Menu } from "/page/menu.js";

const QUICK = ["👍", "❤", "🎉", "🙏", "🤔", "👎"];
const GAP = 6; // pixels between the bubble and its menu

export class BubbleMenu {
  #view;
  #list;
  #menu;
  #message = null;

  /** `react` hears message and emoji; `reply` and `edit` the message. */
  constructor(view, { react, reply, edit }) {
    this.#view = view;
    this.#list = view.querySelector(".bubble-menu");
    this.#menu = new Menu(null, this.#list);
    const row = this.#list.querySelector(".quick");
    for (const emoji of QUICK) row.append(this.#item(emoji));
    this.#list.addEventListener("click", ({ target }) => {
      const emoji = target.closest("[data-emoji]")?.dataset.emoji;
      if (emoji) react(this.#message, emoji);
      if (emoji) this.#menu.button.focus();
      if (target.closest(".reply")) reply(this.#message);
      if (target.closest(".edit")) edit(this.#message);
    });
    view.querySelector(".log").addEventListener("scroll", () => this.#menu.isOpen && this.#menu.close());
  }

  speak(words) {
    for (const item of this.#list.querySelectorAll("[data-emoji]")) {
      item.setAttribute("aria-label", words.react.replace("{emoji}", item.dataset.emoji));
    }
  }

  open(article, message, { isLastOwn }) {
    this.#message = message;
    this.#menu.button = article.querySelector(".more");
    this.#list.querySelector(".edit").hidden = !isLastOwn;
    for (const item of this.#list.querySelectorAll("[data-emoji]")) {
      item.classList.toggle("chosen", item.dataset.emoji === message.liked);
    }
    this.#menu.open();
    this.#place(article.querySelector(".bubble"));
    this.#menu.focus();
  }

  #item(emoji) {
    const item = document.createElement("button");
    item.type = "button";
    item.setAttribute("role", "menuitem");
    item.dataset.emoji = emoji;
    item.textContent = emoji;
    return item;
  }

  /** Below the bubble where there is room, else above it, always inside the view. */
  #place(bubble) {
    const view = this.#view.getBoundingClientRect();
    const at = bubble.getBoundingClientRect();
    const { offsetWidth, offsetHeight } = this.#list;
    const below = at.bottom - view.top + GAP;
    const above = at.top - view.top - offsetHeight - GAP;
    const top = below + offsetHeight <= view.height ? below : above;
    const left = this.#message.from === "me" ? at.right - view.left - offsetWidth : at.left - view.left;
    this.#list.style.top = `${clamp(top, view.height - offsetHeight)}px`;
    this.#list.style.left = `${clamp(left, view.width - offsetWidth)}px`;
  }
}

const clamp = (value, most) => Math.max(GAP, Math.min(value, most - GAP));
