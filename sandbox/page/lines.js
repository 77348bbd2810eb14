// Lines and their direction, as Telegram Desktop sees them: every line is a paragraph, its first
// strong character turns it, and text inside isolates counts (a browser's dir=auto skips it).

const STRONG = /[\p{L}\u200E\u200F\u061C]/u;
const TO_THE_LEFT =
  /[\u0590-\u08FF\u200F\uFB1D-\uFDFF\uFE70-\uFEFF\u{10800}-\u{10FFF}\u{1E800}-\u{1EFFF}]/u;

export function direction(text, otherwise = "ltr") {
  const first = STRONG.exec(text);
  if (!first) return otherwise;
  return TO_THE_LEFT.test(first[0]) ? "rtl" : "ltr";
}

const INLINE = {
  B: "b", STRONG: "b", I: "i", EM: "i", U: "u", INS: "u", S: "s", STRIKE: "s", DEL: "s",
  CODE: "code", A: "a", "TG-SPOILER": "span",
};
const BLOCK = { PRE: "pre", BLOCKQUOTE: "blockquote" };
const INVISIBLE = "\\s<>\\u200E\\u200F\\u2066-\\u2069";
const LINKED = new RegExp(
  `(https?://[^${INVISIBLE}]+|(?<![\\w./@])t\\.me/[^${INVISIBLE}]+|(?<![\\w/])/[a-z][a-z0-9_]{0,31}\\b)`,
  "giu",
);
const TRAILING = /[.,;:!?)\]}…،؛؟»”]+$/u;

/** A message's HTML (or plain text) as lines, each with its own direction. */
export function lines({ html, text }, otherwise = "ltr", hidden = "") {
  const source = html === null || html === undefined
    ? [document.createTextNode(text ?? "")]
    : new DOMParser().parseFromString(html, "text/html").body.childNodes;
  const fragment = document.createDocumentFragment();
  lay(fragment, source, []);
  for (const line of fragment.querySelectorAll(".line")) {
    line.dir = direction(line.textContent, otherwise);
    if (!line.hasChildNodes()) line.append(document.createElement("br"));
  }
  for (const each of fragment.querySelectorAll(".spoiler")) each.setAttribute("aria-label", hidden);
  return fragment;
}

function lay(into, nodes, around) {
  let line = null;
  let afterBlock = false;

  const open = () => {
    line = document.createElement("div");
    line.className = "line";
    into.append(line);
  };
  const close = () => {
    if (!line && !afterBlock) open();
    line = null;
    afterBlock = false;
  };
  const say = (text, chain) => {
    text.split("\n").forEach((part, index) => {
      if (index) close();
      if (!part) return;
      if (!line) open();
      afterBlock = false;
      for (const leaf of leaves(part, chain)) place(line, chain, leaf);
    });
  };
  const walk = (list, chain) => {
    for (const node of list) {
      if (node.nodeType === Node.TEXT_NODE) say(node.data, chain);
      else if (node.nodeName === "BR") close();
      else if (node.nodeName in BLOCK) {
        const block = document.createElement(BLOCK[node.nodeName]);
        lay(block, node.childNodes, chain);
        into.append(block);
        line = null;
        afterBlock = true;
      } else if (node.nodeName in INLINE) walk(node.childNodes, [...chain, node]);
      else if (node.nodeType === Node.ELEMENT_NODE) walk(node.childNodes, chain);
    }
  };
  walk(nodes, around);
}

/** Puts a leaf into its formatting, going on inside an element that the line has just opened. */
const origin = new WeakMap();
function place(line, chain, leaf) {
  let into = line;
  for (const original of chain) {
    const last = into.lastChild;
    if (last && origin.get(last) === original) {
      into = last;
      continue;
    }
    const copy = document.createElement(INLINE[original.nodeName]);
    origin.set(copy, original);
    if (copy.nodeName === "A") address(copy, original.getAttribute("href") ?? "");
    if (copy.nodeName === "SPAN") hide(copy);
    into.append(copy);
    into = copy;
  }
  into.append(leaf);
}

function leaves(text, chain) {
  if (chain.some(({ nodeName }) => nodeName === "A" || nodeName === "CODE")) return [text];
  return text.split(LINKED).flatMap((part, index) => {
    if (index % 2 === 0) return part ? [part] : [];
    if (part.startsWith("/")) return [command(part)];
    const rest = TRAILING.exec(part)?.[0] ?? "";
    const link = document.createElement("a");
    link.textContent = part.slice(0, part.length - rest.length);
    address(link, link.textContent);
    return rest ? [link, rest] : [link];
  });
}

function address(link, href) {
  const whole = /^t\.me\//i.test(href) ? `https://${href}` : href;
  if (!/^(https?|tg|mailto|tel):/i.test(whole)) return;
  link.href = whole;
  link.target = "_blank";
  link.rel = "noopener noreferrer";
}

function command(text) {
  // Not a <button>: that would be a box of its own, and the slash would stand where Telegram
  // does not put it.
  const run = document.createElement("a");
  run.setAttribute("role", "button");
  run.tabIndex = 0;
  run.className = "command";
  run.dataset.command = text;
  run.textContent = text;
  return run;
}

function hide(spoiler) {
  spoiler.className = "spoiler";
  spoiler.tabIndex = 0;
  spoiler.setAttribute("role", "button");
}
