// How a person is drawn: initials on a colour of their own, a name, a role.

export const fullName = ({ first_name, last_name }) =>
  [first_name, last_name].filter(Boolean).join(" ");

export function paintAvatar(element, person) {
  const letters = [person.first_name, person.last_name]
    .filter(Boolean)
    .map((name) => [...name][0].toUpperCase());
  element.textContent = letters.join("");
  element.dataset.hue = String(person.id % 7);
}

/** A row: avatar, name, and a line below it. */
export function row(person, below) {
  const avatar = document.createElement("span");
  avatar.className = "avatar";
  avatar.setAttribute("aria-hidden", "true");
  paintAvatar(avatar, person);
  const words = document.createElement("span");
  words.className = "words";
  const name = document.createElement("strong");
  name.textContent = fullName(person);
  const second = document.createElement("span");
  second.textContent = below;
  words.append(name, " ", second);
  return [avatar, words];
}
