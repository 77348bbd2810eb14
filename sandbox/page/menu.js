// A small menu: arrows move, Escape and a press elsewhere close. It has a button of its own, or is
// opened for one of many.

export class Menu {
  constructor(button, list, { before } = {}) {
    this.button = button;
    this.list = list;
    this.before = before;
    button?.setAttribute("aria-haspopup", "menu");
    button?.setAttribute("aria-expanded", "false");
    button?.addEventListener("click", () => {
      if (this.isOpen) this.close();
      else this.open({ focus: true });
    });
    list.addEventListener("click", (event) => {
      if (event.target.closest("[role=menuitem]")) this.close();
    });
    list.addEventListener("keydown", (event) => this.#move(event));
    document.addEventListener("pointerdown", ({ target }) => {
      if (this.isOpen && !list.contains(target) && !this.button.contains(target)) this.close();
    });
  }

  get isOpen() {
    return !this.list.hidden;
  }

  get #items() {
    return [...this.list.querySelectorAll("[role=menuitem]:not([hidden])")];
  }

  open({ focus = false } = {}) {
    this.before?.();
    this.list.hidden = false;
    this.button.setAttribute("aria-expanded", "true");
    if (focus) this.focus();
  }

  focus() {
    this.#items[0]?.focus();
  }

  close({ back = false } = {}) {
    this.list.hidden = true;
    this.button.setAttribute("aria-expanded", "false");
    if (back) this.button.focus();
  }

  #move(event) {
    const items = this.#items;
    const here = items.indexOf(document.activeElement);
    const steps = {
      ArrowDown: here + 1, ArrowRight: here + 1, ArrowUp: here - 1, ArrowLeft: here - 1,
      Home: 0, End: items.length - 1,
    };
    if (event.key in steps) {
      event.preventDefault();
      items[(steps[event.key] + items.length) % items.length]?.focus();
    } else if (event.key === "Escape") {
      event.stopPropagation();
      this.close({ back: true });
    } else if (event.key === "Tab") this.close();
  }
}
