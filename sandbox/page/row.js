// The row of phones: where it goes on beyond an edge, a fade and an arrow say so and lead there.

const SIDES = ["left", "right"];
const SLACK = 2; // pixels a phone may lie beyond the edge and still count as in view

export class Row {
  #phones;
  #ends;

  constructor(root) {
    this.#phones = root.querySelector(".phones");
    this.#ends = [...root.querySelectorAll(".beyond")];
    this.#ends.forEach((button, at) =>
      button.addEventListener("click", () => this.#move(at)),
    );
    this.#phones.addEventListener("scroll", () => this.#look(), { passive: true });
    new ResizeObserver(() => this.#look()).observe(this.#phones);
    new MutationObserver(() => this.#look()).observe(this.#phones, { childList: true });
  }

  #look() {
    this.#beyond.forEach((phones, at) => this.#tell(this.#ends[at], phones.length, SIDES[at]));
  }

  /** The phones that are not wholly in view, before and after the others; the nearest first. */
  get #beyond() {
    const row = this.#phones.getBoundingClientRect();
    const box = (phone) => phone.getBoundingClientRect();
    return [
      this.#shown.filter((phone) => box(phone).left < row.left - SLACK).reverse(),
      this.#shown.filter((phone) => box(phone).right > row.right + SLACK),
    ];
  }

  /** On a narrow screen one phone is shown, and the others have no box. */
  get #shown() {
    return [...this.#phones.children].filter((phone) => phone.offsetParent);
  }

  #tell(button, count, side) {
    const hadFocus = button === document.activeElement;
    button.hidden = !count;
    button.querySelector(".count").textContent = count || "";
    button.setAttribute("aria-label", `${count} more to the ${side}`);
    if (hadFocus && !count) this.#phones.focus();
  }

  #move(at) {
    const [next] = this.#beyond[at];
    next?.scrollIntoView({ inline: "nearest", block: "nearest", behavior: "smooth" });
  }
}
