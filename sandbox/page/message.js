// One message as Telegram shows it: bubble, media, lines, time, keyboard.

import { direction, lines } from "/page/lines.js";

const ZONE = "Europe/Berlin";
const clockTime = new Intl.DateTimeFormat("de", {
  hour: "2-digit", minute: "2-digit", timeZone: ZONE,
});
const dayKey = new Intl.DateTimeFormat("sv", { dateStyle: "short", timeZone: ZONE });

export const dayOf = ({ date }) => dayKey.format(date * 1000);

export function dayLabel(date, language) {
  const parts = { weekday: "long", day: "numeric", month: "long", timeZone: ZONE };
  return new Intl.DateTimeFormat([language, "en"], parts).format(date * 1000);
}

/** Fills (or fills again) the article of a message. */
export function draw(article, message, { botName, otherwise }) {
  const time = clockTime.format(message.date * 1000);
  const mine = message.from === "me";
  article.className = `message ${mine ? "mine" : "from-bot"}`;
  article.dataset.message = String(message.message_id);
  article.setAttribute("aria-label", `${mine ? "You" : botName}, ${time}`);
  article.tabIndex = -1;

  const bubble = element("div", "bubble");
  if (message.photo) bubble.append(photo(message));
  if (message.document) bubble.append(file(message.document));
  if (message.voice) bubble.append(voice(message.voice));
  if (message.sticker) bubble.append(sticker(message.sticker));
  const words = hasWords(message) ? element("div", "text") : null;
  if (words) {
    words.append(lines(message, otherwise));
    bubble.append(words);
  }
  bubble.append(meta(message, time));
  settleMeta(bubble, words, message);
  bubble.classList.toggle("bare", Boolean(message.sticker));
  bubble.classList.toggle("picture", Boolean(message.photo));
  bubble.classList.toggle("only-media", !words);
  article.replaceChildren(bubble);
  if (message.keyboard?.length) article.append(keyboard(message.keyboard, otherwise));
  return article;
}

const hasWords = ({ html, text }) => Boolean(html || text);

function element(tag, className, text) {
  const made = document.createElement(tag);
  if (className) made.className = className;
  if (text !== undefined) made.textContent = text;
  return made;
}

export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  use.setAttribute("href", `#${name}`);
  svg.append(use);
  return svg;
}

function meta({ edited, date }, time) {
  const whole = element("span", "meta");
  if (edited) whole.append(element("span", "edited", "edited"), " ");
  const stamp = element("time", "", time);
  stamp.dateTime = new Date(date * 1000).toISOString();
  whole.append(stamp);
  return whole;
}

/** The time stands where the last line ends; a blank of its size keeps the words away from it. */
function settleMeta(bubble, words, { edited }) {
  const last = words?.lastElementChild;
  if (!last?.classList.contains("line")) {
    bubble.classList.toggle("meta-below", Boolean(words));
    return;
  }
  bubble.classList.toggle("ends-left", last.dir === "rtl");
  const blank = element("span", `blank${edited ? " long" : ""}`);
  blank.setAttribute("aria-hidden", "true");
  last.append(blank);
}

function photo(message) {
  const button = element("button", "photo");
  button.type = "button";
  button.setAttribute("aria-label", "Open the photo");
  const image = element("img");
  image.src = message.photo.url;
  image.alt = "Photo";
  button.append(image);
  return button;
}

function file({ name, url, mime }) {
  const link = element("a", "file");
  link.href = url;
  link.target = "_blank";
  link.rel = "noopener";
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1] ?? "";
  const sheet = element("span", "sheet-icon");
  sheet.append(icon("file"));
  const words = element("span", "words");
  words.append(element("bdi", "name", name), element("small", "", ending.toUpperCase() || mime));
  link.append(sheet, words);
  return link;
}

function voice({ url }) {
  const box = element("div", "voice");
  const button = element("button", "round");
  button.type = "button";
  const audio = element("audio");
  audio.src = url;
  audio.preload = "none";
  const show = () => {
    button.replaceChildren(icon(audio.paused ? "play" : "pause"));
    button.setAttribute("aria-label", audio.paused ? "Play voice message" : "Pause");
  };
  for (const event of ["play", "pause", "ended"]) audio.addEventListener(event, show);
  button.addEventListener("click", () =>
    audio.paused ? audio.play().catch(show) : audio.pause(),
  );
  show();
  const wave = element("span", "wave");
  wave.setAttribute("aria-hidden", "true");
  for (const height of [3, 6, 10, 7, 13, 9, 15, 11, 6, 12, 16, 9, 13, 7, 10, 5, 8, 4]) {
    const bar = element("i");
    bar.style.blockSize = `${height}px`;
    wave.append(bar);
  }
  box.append(button, wave, audio);
  return box;
}

function sticker(which) {
  if (!/^(\/|https?:)/.test(which)) return element("span", "sticker", which);
  const image = element("img", "sticker");
  image.src = which;
  image.alt = "Sticker";
  return image;
}

function keyboard(rows, otherwise) {
  const whole = element("div", "keyboard");
  whole.setAttribute("role", "group");
  whole.setAttribute("aria-label", "Buttons");
  rows.forEach((keys, row) => {
    const line = element("div", "keys");
    keys.forEach((key, column) => {
      const button = element("button", "key");
      button.type = "button";
      button.title = key.text;
      button.dataset.row = String(row);
      button.dataset.column = String(column);
      const label = element("span", "", key.text);
      label.dir = direction(key.text, otherwise);
      button.append(label);
      if (key.url) {
        button.dataset.url = key.url;
        button.append(icon("out"));
      }
      line.append(button);
    });
    whole.append(line);
  });
  return whole;
}
