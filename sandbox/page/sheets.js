// The sheets that lie over the phones: which phone, new guest, who is who, notice, photo.

import { direction } from "/page/lines.js";
import { fullName, row } from "/page/people.js";
import { offerTongues } from "/page/tongues.js";
import { ask } from "/page/wire.js";

const sheet = (id) => document.getElementById(id);

for (const dialog of document.querySelectorAll("dialog")) {
  dialog.addEventListener("click", ({ target }) => {
    if (target === dialog || target.closest(".cancel")) dialog.close();
  });
}

function choice(person, chosen) {
  const button = document.createElement("button");
  button.type = "button";
  button.dataset.choice = String(person.id);
  button.append(...row(person, person.role_hint));
  button.addEventListener("click", () => {
    sheet("link").close();
    chosen(person.id);
  });
  const item = document.createElement("li");
  item.append(button);
  return item;
}

/** Asks for whom a deep link opens; `chosen` hears the person's id. */
export function choosePhone({ shown, others, displaced, chosen }) {
  const dialog = sheet("link");
  const fill = (list, people) =>
    dialog.querySelector(list).replaceChildren(...people.map((each) => choice(each, chosen)));
  fill(".phones-shown", shown);
  fill(".others", others);
  const title = dialog.querySelector(".others-title");
  title.hidden = !others.length;
  title.textContent = `Somebody else, in ${fullName(displaced)}’s place`;
  dialog.showModal();
}

export function askGuest({ places, place, added }) {
  const dialog = sheet("guest");
  const form = dialog.querySelector("form");
  const refused = dialog.querySelector(".refused");
  form.reset();
  refused.hidden = true;
  offerTongues(form.elements.language_code, "en");
  form.elements.phone.replaceChildren(...places.map((name, at) => new Option(name, String(at))));
  form.elements.phone.value = String(place);
  form.onsubmit = async (event) => {
    event.preventDefault();
    const answer = await ask("/api/people", {
      first_name: form.elements.first_name.value.trim(),
      language_code: form.elements.language_code.value,
    });
    refused.hidden = answer.ok;
    refused.textContent = answer.error ?? "";
    if (!answer.ok) return;
    dialog.close();
    added(answer.person, Number(form.elements.phone.value));
  };
  dialog.showModal();
}

/** `where` tells of each what stands beside the name, and what a press there does, if anything. */
export function showPeople(people, where) {
  sheet("people-list").querySelector(".behind [role=status]").textContent = "";
  sheet("people-list").querySelector(".faces").replaceChildren(
    ...people.map((person) => {
      const item = document.createElement("li");
      item.append(...row(person, person.role_hint));
      const { state, label, pressed } = where(person);
      const chip = document.createElement(pressed ? "button" : "span");
      chip.className = "chip";
      chip.textContent = pressed ? label : state;
      if (pressed) {
        chip.type = "button";
        chip.setAttribute("aria-label", `${label}: ${fullName(person)}`);
        chip.addEventListener("click", () => {
          sheet("people-list").close();
          pressed();
        });
      }
      item.append(chip);
      return item;
    }),
  );
  sheet("people-list").showModal();
}

/** Buttons for what lies behind the page, where whoever started it has given it some. */
export function offerControls(labels) {
  const part = sheet("people-list").querySelector(".behind");
  const said = part.querySelector("[role=status]");
  const buttons = part.querySelector(".buttons");
  if (labels.join() === [...buttons.children].map((each) => each.textContent).join()) return;
  part.hidden = !labels.length;
  buttons.replaceChildren(
    ...labels.map((label) => {
      const button = document.createElement("button");
      button.type = "button";
      button.className = "control";
      button.textContent = label;
      button.addEventListener("click", async () => {
        said.textContent = "";
        const answer = await ask("/api/control", { label });
        said.textContent = answer.ok ? answer.said : answer.error;
      });
      return button;
    }),
  );
}

export function showNotice(text) {
  const words = sheet("notice").querySelector(".words");
  words.textContent = text;
  words.dir = direction(text);
  sheet("notice").showModal();
}

export function showPhoto(url) {
  sheet("viewer").querySelector("img").src = url;
  sheet("viewer").showModal();
}
