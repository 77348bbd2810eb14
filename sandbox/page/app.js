// The page: people, their phones, tabs on a narrow screen, links between the phones.

import { ClockBar } from "/page/clock.js";
import { startPayload } from "/page/links.js";
import { fullName, paintAvatar } from "/page/people.js";
import { Phone } from "/page/phone.js";
import { Row } from "/page/row.js";
import { askGuest, choosePhone, offerControls, showPeople } from "/page/sheets.js";
import { Line, ask } from "/page/wire.js";
import { WireLog } from "/page/wire_log.js";

const PLACES = 3; // to begin with
const MOST = 6;
const NUMBERS = ["No phone", "One phone", "Two phones", "Three phones", "Four phones", "Five phones", "Six phones"];
const people = new Map();
const phones = [];
const tabs = [];
const narrow = matchMedia("(width < 60rem)");
let active = 0;

const clock = new ClockBar();
new Row(document.getElementById("row"));
new WireLog(() => [...people.values()]);
const line = new Line({
  phones: () => phones.map(({ person }) => person.id),
  hear(event) {
    if (event.type === "clock") clock.hear(event);
    else phones.find(({ person }) => person.id === event.phone)?.hear(event);
  },
  lost() {
    for (const phone of phones) phone.lost();
  },
});

const world = {
  bot: null,
  offers: new Map(),
  people: () => [...people.values()],

  /** Hands a phone to another person; if they hold one already, the two swap. */
  hand(phone, id) {
    const other = phones.find((each) => each !== phone && each.person.id === id);
    const before = phone.person;
    if (other) other.show(people.get(before.id));
    phone.show(people.get(id));
    remember();
  },

  /** Follows a link to the bot by asking for a phone; false for any other link. */
  follow(from, href) {
    const payload = startPayload(href, world.bot.username);
    if (payload === null) return false;
    const shown = phones.map(({ person }) => person);
    choosePhone({
      shown: [...shown.filter((each) => each !== from.person), from.person],
      others: world.people().filter((each) => !shown.includes(each)),
      displaced: spare(from).person,
      chosen: (id) => open(id, payload, from),
    });
    return true;
  },

  /** Asks anew how things stand on every phone. */
  listen: () => line.renew(),

  lead: () => tellLead(),

  heard(phone) {
    const at = phones.indexOf(phone);
    if (at !== active) tabs[at].classList.add("unread");
  },
};

/** The phone that somebody without one gets: the last that the link was not followed on. */
const spare = (from) => phones.findLast((each) => each !== from) ?? from;

function open(id, payload, from) {
  let phone = phones.find(({ person }) => person.id === id);
  world.offers.set(id, payload);
  if (!phone) {
    phone = spare(from);
    world.hand(phone, id);
  }
  activate(phones.indexOf(phone));
  phone.offer();
}

// People

async function readPeople() {
  const answer = await ask("/api/people");
  if (!answer.people) return false;
  world.bot = answer.bot;
  offerControls(answer.controls);
  for (const person of answer.people) {
    const known = people.get(person.id);
    if (known) Object.assign(known, person);
    else people.set(person.id, person);
  }
  return true;
}

function tellLead() {
  const roles = phones.map(({ person }) => `${person.first_name} (${person.role_hint})`);
  document.getElementById("lead").textContent =
    `${NUMBERS[phones.length]}, one bot: ${roles.join(", ")}. Write on one, watch the others.`;
}

// Which person on which phone: kept in the address

function wanted() {
  const asked = location.hash.slice(1).split(",").map(Number).filter((id) => people.has(id));
  const ids = asked.length ? asked : [...people.keys()].slice(0, PLACES);
  return [...new Set(ids)].slice(0, MOST);
}

/** As many phones as people, in their order. */
function lay(ids) {
  while (phones.length > ids.length) drop(phones.length - 1);
  ids.forEach((id, at) => (phones[at] ?? addPhone()).show(people.get(id)));
  activate(Math.min(active, phones.length - 1));
  remember();
}

function addPhone() {
  const phone = new Phone(world);
  phones.push(phone);
  addTab();
  document.getElementById("phones").append(phone.root);
  number();
  return phone;
}

/** One more phone, for somebody who has none yet. */
function give(person) {
  const phone = addPhone();
  phone.show(person);
  remember();
  activate(phones.indexOf(phone));
  phone.root.scrollIntoView({ inline: "nearest", block: "nearest" });
}

function drop(at) {
  phones.splice(at, 1)[0].root.remove();
  tabs.splice(at, 1)[0].remove();
  number();
}

function putAway(person) {
  drop(phones.findIndex((phone) => phone.person.id === person.id));
  activate(Math.min(active, phones.length - 1));
  remember();
}

function number() {
  phones.forEach(({ root }, at) => {
    root.id = `phone-${at}`;
    tabs[at].id = `tab-${at}`;
    tabs[at].setAttribute("aria-controls", root.id);
  });
  asPanels();
}

function remember() {
  history.replaceState(null, "", `#${phones.map(({ person }) => person.id).join(",")}`);
  drawTabs();
  tellLead();
  line.renew();
}

// Tabs, for one phone at a time

function activate(at, { focus = false } = {}) {
  active = at;
  tabs.forEach((tab, each) => {
    const isActive = each === at;
    tab.setAttribute("aria-selected", String(isActive));
    tab.tabIndex = isActive ? 0 : -1;
    if (isActive) tab.classList.remove("unread");
    phones[each].root.classList.toggle("active", isActive);
  });
  if (focus) tabs[at].focus();
}

function drawTabs() {
  tabs.forEach((tab, at) => {
    paintAvatar(tab.querySelector(".avatar"), phones[at].person);
    tab.querySelector(".name").textContent = phones[at].person.first_name;
  });
}

function addTab() {
  const tab = document.createElement("button");
  tab.type = "button";
  tab.role = "tab";
  tab.innerHTML =
    '<span class="avatar" aria-hidden="true"></span><span class="name"></span>'
    + '<span class="dot"><span class="unseen">new message</span></span>';
  tab.addEventListener("click", () => activate(tabs.indexOf(tab)));
  tab.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (!step) return;
    activate((tabs.indexOf(tab) + step + tabs.length) % tabs.length, { focus: true });
  });
  tabs.push(tab);
  document.getElementById("tabs").append(tab);
}

function asPanels() {
  phones.forEach(({ root }) => {
    if (narrow.matches) root.role = "tabpanel";
    else root.removeAttribute("role");
  });
}

// The beginning

function addGuest() {
  const isRoom = phones.length < MOST;
  const places = phones.map(({ person }) => `${fullName(person)}’s place`);
  askGuest({
    places: isRoom ? [...places, "a phone of their own"] : places,
    place: narrow.matches ? active : Math.min(PLACES, phones.length) - 1,
    added: (person, at) => {
      people.set(person.id, person);
      if (at === phones.length) give(person);
      else world.hand(phones[at], person.id);
      for (const phone of phones) phone.plate();
      activate(at);
    },
  });
}

async function whoIsWho() {
  await readPeople();
  for (const phone of phones) phone.plate();
  showPeople(world.people(), (person) => {
    const has = phones.some((phone) => phone.person === person);
    if (has && phones.length > 1) return { label: "Put away", pressed: () => putAway(person) };
    if (has) return { state: "on a phone" };
    if (phones.length < MOST) return { label: "Show phone", pressed: () => give(person) };
    if (person.blocked) return { state: "has blocked the bot" };
    return { state: person.started ? "has started" : "not started" };
  });
}

async function begin() {
  const trouble = document.getElementById("trouble");
  if (!(await readPeople())) {
    trouble.textContent = "The sandbox does not answer. Trying again …";
    trouble.hidden = false;
    setTimeout(begin, 1500);
    return;
  }
  trouble.hidden = true;
  lay(wanted());
  narrow.addEventListener("change", asPanels);
  document.addEventListener("visibilitychange", () => document.hidden || readPeople());
  addEventListener("hashchange", () => lay(wanted()));
  document.getElementById("open-people").addEventListener("click", whoIsWho);
  document.getElementById("open-guest").addEventListener("click", addGuest);
}

begin();
