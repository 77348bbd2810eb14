// One message as Telegram shows it: bubble, media, lines, time, keyboard.

import { direction, lines } from "/page/lines.js";

export const ZONE = "Europe/Berlin";
const clockTime = new Intl.DateTimeFormat("de", {
  hour: "2-digit", minute: "2-digit", timeZone: ZONE,
});
const dayKey = new Intl.DateTimeFormat("sv", { dateStyle: "short", timeZone: ZONE });

export const dayOf = ({ date }) => dayKey.format(date * 1000);

export function dayLabel(date, language) {
  const parts = { weekday: "long", day: "numeric", month: "long", timeZone: ZONE };
  return new Intl.DateTimeFormat([language, "en"], parts).format(date * 1000);
}

/** Fills (or fills again) the article of a message, or of all the messages of one album. */
export function draw(article, messages, { botName, otherwise, words: says }) {
  const [message] = messages;
  const time = clockTime.format(message.date * 1000);
  const mine = message.from === "me";
  article.className = `message ${mine ? "mine" : "from-bot"}`;
  article.dataset.message = String(message.message_id);
  article.setAttribute("aria-label", `${mine ? says.you : botName}, ${time}`);
  article.tabIndex = -1;

  const bubble = element("div", "bubble");
  if (message.reply) bubble.append(quote(message.reply, { botName, otherwise, says }));
  const isAlbum = messages.length > 1;
  const spoken = isAlbum ? spokenBelow(messages) : message;
  bubble.append(...(isAlbum ? [album(messages, spoken, { otherwise, says })] : media(message, says)));
  const words = spoken && hasWords(spoken) ? text(spoken, otherwise, says) : null;
  if (words) bubble.append(words);
  if (!isAlbum && isLiked(message)) bubble.append(reactions(message, says));
  bubble.append(meta({ ...message, edited: messages.some(({ edited }) => edited) }, time, says));
  settleMeta(bubble, words);
  const isWordless = !messages.some(hasWords);
  if (!words && !isWordless) bubble.classList.add("meta-below");
  bubble.classList.toggle("bare", Boolean(message.sticker));
  bubble.classList.toggle("picture", isPicture(message));
  bubble.classList.toggle("only-media", isWordless);
  article.replaceChildren(bubble, more(says));
  if (message.keyboard?.length) article.append(keyboard(message.keyboard, otherwise, says));
  return article;
}

const hasWords = ({ html, text }) => Boolean(html || text);
const isLiked = ({ liked, bot_liked }) => Boolean(liked || bot_liked);
const isPicture = ({ photo, video }) => Boolean(photo || video);

/** Whose words stand below a whole album of pictures: the only one's that has any, as at Telegram. */
function spokenBelow(messages) {
  const spoken = messages.filter(hasWords);
  return messages.every(isPicture) && spoken.length === 1 ? spoken[0] : null;
}

function album(messages, spoken, { otherwise, says }) {
  const list = element("div", messages.every(isPicture) ? "album tiles" : "album");
  list.setAttribute("role", "list");
  list.setAttribute("aria-label", says.album);
  for (const message of messages) {
    const item = element("div", "item");
    item.setAttribute("role", "listitem");
    item.dataset.message = String(message.message_id);
    item.append(...media(message, says));
    if (hasWords(message) && message !== spoken) item.append(text(message, otherwise, says));
    if (isLiked(message)) item.append(reactions(message, says));
    list.append(item);
  }
  return list;
}

function media(message, says) {
  const shown = [];
  if (message.photo) shown.push(photo(message, says));
  if (message.video) shown.push(video(message.video, says));
  if (message.document) shown.push(file(message.document));
  if (message.voice) shown.push(voice(message.voice, says));
  if (message.audio) shown.push(voice(message.audio, says, message.audio.name));
  if (message.place) shown.push(place(message.place, says));
  if (message.sticker) shown.push(sticker(message.sticker, says));
  return shown;
}

function text(message, otherwise, says) {
  const words = element("div", "text");
  words.append(lines(message, otherwise, says.hidden));
  return words;
}

function video({ url }, says) {
  const film = element("video");
  film.src = url;
  film.controls = true;
  film.preload = "metadata";
  film.setAttribute("aria-label", says.video);
  return film;
}

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

/** Opens the menu of this message; only the newest one's is reached by Tab, the others by arrows. */
function more(says) {
  const button = element("button", "round more");
  button.type = "button";
  button.tabIndex = -1;
  button.setAttribute("aria-haspopup", "menu");
  button.setAttribute("aria-label", says.more);
  button.append(icon("reply"));
  return button;
}

function quote({ message_id, from, text }, { botName, otherwise, says }) {
  const button = element("button", "quote");
  button.type = "button";
  button.dataset.answered = String(message_id);
  const first = (text || says.message).split("\n")[0];
  const words = element("span", "", first);
  button.dir = direction(first, otherwise);
  button.append(element("strong", "", from === "me" ? says.you : botName), words);
  return button;
}

function reactions({ liked, bot_liked }, says) {
  const row = element("div", "reactions");
  if (liked) {
    const mine = element("button", "reaction", liked);
    mine.type = "button";
    mine.dataset.emoji = liked;
    mine.setAttribute("aria-pressed", "true");
    mine.setAttribute("aria-label", says.yourReaction.replace("{emoji}", liked));
    row.append(mine);
  }
  if (bot_liked) {
    const theirs = element("span", "reaction", bot_liked);
    theirs.setAttribute("role", "img");
    theirs.setAttribute("aria-label", says.botReaction.replace("{emoji}", bot_liked));
    row.append(theirs);
  }
  return row;
}

function place({ latitude, longitude, title, address }, says) {
  const link = element("a", "place");
  link.href = `https://www.openstreetmap.org/?mlat=${latitude}&mlon=${longitude}#map=17/${latitude}/${longitude}`;
  const pin = element("span", "sheet-icon");
  pin.append(icon("pin"));
  const words = element("span", "words");
  const below = address || `${latitude}, ${longitude}`;
  words.append(element("bdi", "name", title || says.place), element("small", "", below));
  link.append(pin, words);
  return link;
}

function meta({ edited, date, from }, time, says) {
  const whole = element("span", "meta");
  if (edited) whole.append(element("bdi", "edited", says.edited), " ");
  const stamp = element("time", "", time);
  stamp.dateTime = new Date(date * 1000).toISOString();
  whole.append(stamp);
  if (from === "me") whole.append(icon("seen"));
  return whole;
}

/**
 * The time stands where the last line ends; a blank as wide keeps the words away from it. Below a
 * block, and below a line from right to left, it has a line of its own, at the right (Telegram iOS).
 */
function settleMeta(bubble, words) {
  const last = words?.lastElementChild;
  const isBeside = Boolean(last?.classList.contains("line")) && last.dir !== "rtl";
  bubble.classList.toggle("meta-below", Boolean(words) && !isBeside);
  if (isBeside) last.dataset.meta = bubble.querySelector(".meta").textContent;
}

function photo(message, says) {
  const button = element("button", "photo");
  button.type = "button";
  button.setAttribute("aria-label", says.openPhoto);
  const image = element("img");
  image.src = message.photo.url;
  image.alt = says.photo;
  button.append(image);
  return button;
}

function file({ name, url, mime }) {
  const link = element("a", "file");
  link.href = url;
  link.download = name;
  const ending = /\.([a-z0-9]{1,5})$/i.exec(name)?.[1] ?? "";
  const sheet = element("span", "sheet-icon");
  sheet.append(icon("file"));
  const words = element("span", "words");
  words.append(element("bdi", "name", name), element("small", "", ending.toUpperCase() || mime));
  link.append(sheet, words);
  return link;
}

function voice({ url }, says, title = "") {
  const box = element("div", "voice");
  const button = element("button", "round");
  button.type = "button";
  const audio = element("audio");
  audio.src = url;
  audio.preload = "none";
  const show = () => {
    button.replaceChildren(icon(audio.paused ? "play" : "pause"));
    button.setAttribute("aria-label", audio.paused ? says.play : says.pause);
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
  box.append(button, title ? element("bdi", "name", title) : wave, audio);
  return box;
}

function sticker(which, says) {
  if (!/^(\/|https?:)/.test(which)) return element("span", "sticker", which);
  const image = element("img", "sticker");
  image.src = which;
  image.alt = says.sticker;
  return image;
}

function keyboard(rows, otherwise, says) {
  const whole = element("div", "keyboard");
  whole.setAttribute("role", "group");
  whole.setAttribute("aria-label", says.buttons);
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
