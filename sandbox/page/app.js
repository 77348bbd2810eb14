// The page: people, three phones, tabs on a narrow screen, links between the phones.

import { ClockBar } from "/page/clock.js";
import { startPayload } from "/page/links.js";
import { fullName, paintAvatar } from "/page/people.js";
import { Phone } from "/page/phone.js";
import { askGuest, choosePhone, offerControls, showPeople } from "/page/sheets.js";
import { Line, ask } from "/page/wire.js";

const PLACES = 3;
const people = new Map();
const phones = [];
const tabs = [];
const narrow = matchMedia("(width < 60rem)");
let active = 0;

const clock = new ClockBar();
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
    `Three phones, one bot: ${roles.join(", ")}. Write on one, watch the others.`;
}

// Which person on which phone: kept in the address

function wanted() {
  const asked = location.hash.slice(1).split(",").map(Number);
  const ids = [...new Set([...asked, ...people.keys()])].filter((id) => people.has(id));
  return ids.slice(0, PLACES);
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

function addTab(at) {
  const tab = document.createElement("button");
  tab.type = "button";
  tab.role = "tab";
  tab.id = `tab-${at}`;
  tab.setAttribute("aria-controls", `phone-${at}`);
  tab.innerHTML =
    '<span class="avatar" aria-hidden="true"></span><span class="name"></span>'
    + '<span class="dot"><span class="unseen">new message</span></span>';
  tab.addEventListener("click", () => activate(at));
  tab.addEventListener("keydown", ({ key }) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[key];
    if (step) activate((at + step + PLACES) % phones.length, { focus: true });
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
  askGuest({
    places: phones.map(({ person }) => `${fullName(person)}’s place`),
    place: narrow.matches ? active : PLACES - 1,
    added: (person, at) => {
      people.set(person.id, person);
      world.hand(phones[at], person.id);
      for (const phone of phones) phone.plate();
      activate(at);
    },
  });
}

async function whoIsWho() {
  await readPeople();
  for (const phone of phones) phone.plate();
  showPeople(world.people(), (person) => {
    if (phones.some((phone) => phone.person === person)) return "on a phone";
    if (person.blocked) return "has blocked the bot";
    return person.started ? "has started" : "not started";
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
  wanted().forEach((id, at) => {
    const phone = new Phone(at, world);
    phones.push(phone);
    addTab(at);
    document.getElementById("phones").append(phone.root);
    phone.show(people.get(id));
  });
  remember();
  activate(0);
  asPanels();
  narrow.addEventListener("change", asPanels);
  document.addEventListener("visibilitychange", () => document.hidden || readPeople());
  addEventListener("hashchange", () => {
    wanted().forEach((id, at) => phones[at].show(people.get(id)));
    remember();
  });
  document.getElementById("open-people").addEventListener("click", whoIsWho);
  document.getElementById("open-guest").addEventListener("click", addGuest);
}

begin();
