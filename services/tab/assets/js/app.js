// The tab as a whole: where it stands (the address), what it has fetched, and drawing it.

import { foreign, h } from "./dom.js";
import { Failure, fetchCard, fetchConflicts, fetchDrugs, fetchLate, fetchQueue, fetchRecord, fetchRepeats, fetchStatistics, fetchTestPatients, fetchTimeline } from "./api.js";
import { ageOf, formatIdentifier, formatInstant, kindOfIdentifier } from "./format.js";
import { local, text } from "./texts.js";
import { workCount } from "./model.js";
import { brandSign, mark } from "./signs.js";
import { failurePanel, waitingPanel } from "./panels.js";
import { glanceView } from "./view_glance.js";
import { drugsView } from "./view_drugs.js";
import { areForeign, historyView } from "./view_history.js";
import { workView } from "./view_work.js";
import { printView } from "./view_print.js";
import { patientView } from "./view_patient.js";
import { searchView } from "./view_search.js";
import { overallView } from "./view_overall.js";
import { blockedLine, glassNotice } from "./view_glass.js";
import { closeGlass } from "./glass.js";
import { currentSession } from "./session.js";

/** @typedef {import("./types.js").Lang} Lang */
/** @typedef {import("./types.js").ViewName} ViewName */
/** @typedef {import("./types.js").PatientRecord} PatientRecord */
/** @typedef {import("./types.js").DrugsAnswer} DrugsAnswer */

/** Where the tab stands; all of it is in the address. @typedef {{patient: string, view: ViewName, lang: Lang, drug: string, gene: string}} State */
/** What a person typed and chose; kept through language changes and failures.
 * @typedef {{number: string, system: string, uri: string, missing: ""|"searchEmpty"|"searchUriEmpty"|"linkRefused", query: string, show: string, group: string, gene: string,
 *   answers: Record<string, {by: string, reason: string, keep?: string}>, glass: string, glassAsked: boolean, glassMissing: boolean}} Typed */
/** Something asked of the server by a button: under way, or why it was refused. @typedef {{busy: boolean, error: Failure|null}} Errand */
/** @template T @typedef {import("./types.js").Load<T>} Load */
/**
 * @typedef {object} Loads
 * @property {Load<PatientRecord>} record
 * @property {Load<DrugsAnswer>} drugs the running ones, for every view
 * @property {Load<DrugsAnswer>} allDrugs for the views that list all
 * @property {Load<import("./types.js").Timeline>} timeline
 * @property {Load<string>} card
 * @property {Load<{id: string, name: string, birthDate: string}[]>} testPatients
 * @property {Load<import("./types.js").OpenConflict[]>} conflicts of all patients
 * @property {Load<import("./types.js").OpenLate[]>} late of all patients
 * @property {Load<import("./types.js").QueueEntry[]>} queue of all patients
 * @property {Load<import("./types.js").Statistics>} statistics
 * @property {Load<import("./types.js").Repeats>} repeats
 */
/** @typedef {keyof Loads} Part */
/**
 * What a view draws from and what it may ask for.
 * @typedef {object} Context
 * @property {Lang} lang
 * @property {State} state
 * @property {Typed} typed
 * @property {Loads} loads
 * @property {PatientRecord|null} record
 * @property {DrugsAnswer|null} drugs the running ones
 * @property {DrugsAnswer|null} allDrugs
 * @property {(change: Partial<State>, label: import("./dom.js").Child) => HTMLAnchorElement} link
 * @property {(change: Partial<State>) => void} go
 * @property {(part: Part) => void} retry
 * @property {(patient: string, missing: Typed["missing"]) => void} search
 * @property {(id: string) => Errand} errand
 * @property {(id: string, action: () => Promise<unknown>, changes?: boolean) => void} run does it; what may have changed is read again unless told otherwise
 * @property {() => void} render
 */

const kSlowMilliseconds = 2000;
// What arrives within this time of each other is drawn once; a reader does not see the difference.
const kTogetherMilliseconds = 120;
const kClinicalViews = /** @type {ViewName[]} */ (["glance", "drugs", "history", "work", "print", "patient"]);
// What an answer to something that waits may change.
const kChangeable = /** @type {Part[]} */ (["record", "drugs", "allDrugs", "timeline", "card", "conflicts", "late", "queue"]);
// What is of all patients.
const kOverall = /** @type {[Part, () => Promise<unknown>][]} */ ([["conflicts", fetchConflicts], ["late", fetchLate], ["queue", fetchQueue],
  ["statistics", fetchStatistics], ["repeats", fetchRepeats]]);
const kViews = { search: searchView, glance: glanceView, drugs: drugsView, history: historyView, work: workView, print: printView, patient: patientView, overall: overallView };
const kTitles = /** @type {Record<ViewName, import("./texts.js").TextKey>} */ ({
  search: "searchTitle", glance: "viewGlance", drugs: "drugsTitle", history: "historyTitle", work: "workTitle", print: "printTitle", patient: "plainTitle", overall: "overallTitle",
});

/** @returns {State} */
function readAddress() {
  const query = new URLSearchParams(window.location.search);
  const patient = query.get("patient") ?? "";
  const wanted = /** @type {ViewName} */ (query.get("view") ?? "glance");
  const lang = query.get("lang") ?? (navigator.language.toLowerCase().startsWith("en") ? "en" : "sv");
  return { patient, view: patient === "" ? (wanted === "overall" ? "overall" : "search") : kClinicalViews.includes(wanted) ? wanted : "glance",
    lang: lang === "en" ? "en" : "sv", drug: query.get("drug") ?? "", gene: query.get("gene") ?? "" };
}

/** @param {State} state */
function addressOf(state) {
  const query = new URLSearchParams();
  if (state.patient) {
    query.set("patient", state.patient);
    query.set("view", state.view);
  } else if (state.view === "overall") {
    query.set("view", "overall");
  }
  query.set("lang", state.lang);
  if (state.view === "drugs" && state.drug) query.set("drug", state.drug);
  if (state.view === "history" && state.gene) query.set("gene", state.gene);
  return `/tab/?${query}`;
}

/** @template T @returns {Load<T>} */
function nothing() {
  return { phase: "idle", value: null, error: null };
}

/** The running tab inside `root`. */
export class App {
  /** @param {HTMLElement} root @param {Typed["missing"]} [missing] what is wrong before anything was typed */
  constructor(root, missing = "") {
    this.root = root;
    this.state = readAddress();
    /** @type {Typed} */
    this.typed = { number: "", system: "swedish", uri: "", missing, query: "", show: "all", group: "", gene: this.state.gene, answers: {},
      // A card that speaks of a block leads straight to the question.
      glass: "", glassAsked: new URLSearchParams(window.location.search).get("glass") === "ask", glassMissing: false };
    /** @type {Record<string, Errand>} */
    this.errands = {};
    /** @type {Loads} */
    this.loads = { record: nothing(), drugs: nothing(), allDrugs: nothing(), timeline: nothing(), card: nothing(), testPatients: nothing(),
      conflicts: nothing(), late: nothing(), queue: nothing(), statistics: nothing(), repeats: nothing() };
    /** Counts what was asked, so that a late answer about another patient is dropped. @type {Record<string, number>} */
    this.asked = {};
    this.cardLang = "";
    /** Whether a patient has been drawn. */
    this.shown = false;
    /** Runs while something that has come waits for what else is about to. @type {number|undefined} */
    this.drawing = undefined;
  }

  start() {
    window.addEventListener("popstate", () => this.enter(readAddress(), true));
    this.fetchNeeded();
    this.renderTogether();
  }

  /** Draws when nothing more is awaited, or when that takes longer than one waits without a sign. */
  renderTogether() {
    if (!Object.values(this.loads).some((load) => load.phase === "loading")) return this.render();
    this.drawing ??= window.setTimeout(() => this.render(), kTogetherMilliseconds);
  }

  /** @param {Partial<State>} change */
  go(change) {
    const patient = change.patient ?? this.state.patient;
    const next = { ...this.state, drug: "", gene: "", ...change, patient };
    if (patient === "" && next.view !== "overall") next.view = "search";
    if (addressOf(next) === addressOf(this.state)) return;
    window.history.pushState(null, "", addressOf(next));
    this.enter(next, next.view !== this.state.view || next.patient !== this.state.patient);
  }

  /** @param {State} next @param {boolean} moved whether reading starts anew at the heading */
  enter(next, moved) {
    if (next.patient !== this.state.patient && this.loads.record.value?.patient.reference !== `Patient/${next.patient}`) {
      this.forget();
    }
    this.state = next;
    this.typed.gene = next.gene;
    this.fetchNeeded();
    this.render();
    if (moved) this.startReading();
  }

  forget() {
    for (const part of /** @type {Part[]} */ (["record", "drugs", "allDrugs", "timeline", "card"])) {
      this.asked[part] = (this.asked[part] ?? 0) + 1;
      Object.assign(this.loads[part], nothing());
    }
    Object.assign(this.typed, { query: "", show: "all", group: "", missing: "", answers: {}, glass: "", glassAsked: false, glassMissing: false });
    this.errands = {};
    closeGlass();
  }

  /** @param {string} id @param {() => Promise<unknown>} action @param {boolean} [changes] */
  async run(id, action, changes = true) {
    const { errands } = this;
    errands[id] = { busy: true, error: null };
    this.render();
    try {
      await action();
      errands[id] = { busy: false, error: null };
      if (this.errands !== errands) return;
      if (!changes) return this.render();
      for (const part of kChangeable) Object.assign(this.loads[part], nothing());
      this.fetchNeeded();
      this.renderTogether();
      document.getElementById("title")?.focus({ preventScroll: true });
    } catch (fault) {
      errands[id] = { busy: false, error: fault instanceof Failure ? fault : new Failure("unreadable", 0, "") };
      this.render();
    }
  }

  startReading() {
    window.scrollTo(0, 0);
    const target = this.state.drug ? document.getElementById(`drug-${this.state.drug}`) : null;
    if (target) {
      target.scrollIntoView({ block: "start" });
      target.querySelector("summary")?.focus({ preventScroll: true });
    } else {
      document.getElementById("title")?.focus({ preventScroll: true });
    }
  }

  fetchNeeded() {
    const { patient, view, lang } = this.state;
    if (view === "overall") {
      for (const [part, fetcher] of kOverall) if (this.loads[part].phase === "idle") this.load(part, fetcher);
      return;
    }
    if (patient === "") {
      if (this.loads.testPatients.phase === "idle") this.load("testPatients", fetchTestPatients);
      return;
    }
    if (this.loads.record.phase === "idle") this.load("record", () => fetchRecord(patient));
    if (this.loads.drugs.phase === "idle") this.load("drugs", () => fetchDrugs(patient, true));
    // Alerts in another language are said again in the words of their rules.
    const wantsWords = view === "history" && areForeign(this.loads.timeline.value?.alerts ?? [], lang);
    if ((view === "drugs" || view === "patient" || wantsWords) && this.loads.allDrugs.phase === "idle") {
      this.load("allDrugs", () => fetchDrugs(patient, false));
    }
    if (view === "history" && this.loads.timeline.phase === "idle") this.load("timeline", () => fetchTimeline(patient));
    if (view === "print" && (this.loads.card.phase === "idle" || this.cardLang !== lang)) {
      this.cardLang = lang;
      this.load("card", () => fetchCard(patient, lang));
    }
  }

  /**
   * @param {Part} part
   * @param {() => Promise<any>} fetcher
   */
  async load(part, fetcher) {
    const load = this.loads[part];
    const turn = (this.asked[part] ?? 0) + 1;
    this.asked[part] = turn;
    const isLatest = () => this.asked[part] === turn;
    Object.assign(load, { phase: "loading", value: null, error: null });
    const timer = setTimeout(() => {
      if (!isLatest() || load.phase !== "loading") return;
      load.phase = "slow";
      this.render();
    }, kSlowMilliseconds);
    try {
      const value = await fetcher();
      if (isLatest()) Object.assign(load, { phase: "ready", value });
    } catch (fault) {
      if (isLatest()) Object.assign(load, { phase: "failed", error: fault instanceof Failure ? fault : new Failure("unreadable", 0, "") });
    } finally {
      clearTimeout(timer);
    }
    if (!isLatest()) return;
    if (part === "timeline") this.fetchNeeded();
    this.renderTogether();
  }

  /** @param {Part} part */
  retry(part) {
    Object.assign(this.loads[part], nothing());
    this.fetchNeeded();
    this.render();
    document.getElementById("title")?.focus({ preventScroll: true });
  }

  /** @param {string} key @param {Typed["missing"]} missing */
  async search(key, missing) {
    this.typed.missing = missing;
    if (missing !== "") {
      this.render();
      document.getElementById(missing === "searchEmpty" ? "search-number" : "search-uri")?.focus();
      return;
    }
    const asked = this.load("record", () => fetchRecord(key));
    this.render();
    await asked;
    const found = this.loads.record.value;
    if (this.state.view !== "search" || !found) return;
    const id = found.patient.reference.replace(/^Patient\//, "");
    this.go({ patient: id, view: "glance" });
  }

  /** @returns {Context} */
  context() {
    return {
      lang: this.state.lang, state: this.state, typed: this.typed, loads: this.loads,
      record: this.loads.record.value, drugs: this.loads.drugs.value, allDrugs: this.loads.allDrugs.value,
      link: (change, label) => this.link(change, label),
      go: (change) => this.go(change),
      retry: (part) => this.retry(part),
      search: (patient, missing) => void this.search(patient, missing),
      errand: (id) => this.errands[id] ?? { busy: false, error: null },
      run: (id, action, changes) => void this.run(id, action, changes),
      render: () => this.render(),
    };
  }

  /** @param {Partial<State>} change @param {import("./dom.js").Child} label @param {import("./dom.js").Attributes} [attributes] */
  link(change, label, attributes = {}) {
    const next = /** @type {State} */ ({ ...this.state, drug: "", gene: "", ...change });
    return h("a", { href: addressOf(next), ...attributes, click: (event) => {
      const mouse = /** @type {MouseEvent} */ (event);
      // A new tab or window is the browser's business.
      if (mouse.ctrlKey || mouse.metaKey || mouse.shiftKey || mouse.button !== 0) return;
      event.preventDefault();
      this.go(change);
    } }, label);
  }

  render() {
    clearTimeout(this.drawing);
    this.drawing = undefined;
    const { lang, view } = this.state;
    const focused = rememberFocus();
    const opened = [...this.root.querySelectorAll("details[open][id]")].map((one) => one.id);
    const title = text(lang, kTitles[view]);
    document.documentElement.lang = lang;
    document.title = `${title} – ${text(lang, "appName")}`;
    document.body.className = `view-${view}`;
    this.showFirst();
    this.root.replaceChildren(this.top(), this.banner(), this.main(title), this.foot());
    for (const id of opened) document.getElementById(id)?.setAttribute("open", "");
    focused();
  }

  /** The first picture holds what the window shows; the rest is drawn as soon as that one stands. */
  showFirst() {
    if (this.shown || !this.loads.record.value) return;
    this.shown = true;
    this.root.classList.add("drawing");
    requestAnimationFrame(() => setTimeout(() => {
      performance.mark("first-picture");
      this.root.classList.remove("drawing");
    }));
  }

  top() {
    const { lang } = this.state;
    return h("header", { class: "top" },
      h("a", { class: "skip", href: "#main", click: (event) => { event.preventDefault(); document.getElementById("title")?.focus(); } }, text(lang, "skip")),
      h("div", { class: "top-inner" },
        h("p", { class: "brand" }, brandSign(), h("span", { class: "brand-name" }, text(lang, "appName")),
          h("span", { class: "brand-tag" }, text(lang, "tagline"))),
        h("p", { class: "prototype" }, text(lang, "prototype")),
        h("div", { class: "languages", role: "group", "aria-label": text(lang, "language") },
          this.languageButton("sv", "Svenska"), this.languageButton("en", "English"))));
  }

  /** @param {Lang} lang @param {string} label */
  languageButton(lang, label) {
    return h("button", { type: "button", lang, id: `lang-${lang}`, "aria-pressed": String(this.state.lang === lang), click: () => {
      if (this.state.lang === lang) return;
      const next = { ...this.state, lang };
      window.history.replaceState(null, "", addressOf(next));
      this.state = next;
      this.fetchNeeded();
      this.render();
    } }, label);
  }

  banner() {
    const { lang, view } = this.state;
    const record = this.loads.record.value;
    if (view === "search" || view === "overall" || !record) return h("div", {});
    return h("div", { class: "banner-wrap" },
      h("section", { class: "banner", "aria-label": text(lang, "patientRegion") }, this.patientLine(record),
        record.patient.events.map((event) => h("p", { class: "banner-event", role: "note" }, h("span", { "aria-hidden": "true" }, "⚠ "), local(event.text, lang))),
        view === "patient" ? blockedLine(this.context()) : glassNotice(this.context())),
      view === "patient" ? h("nav", { class: "views", "aria-label": text(lang, "views") }, h("ul", {}, h("li", {}, this.link({ view: "glance" }, text(lang, "backToClinician"))))) : this.viewLinks(record));
  }

  /** @param {PatientRecord} record */
  patientLine(record) {
    const { lang } = this.state;
    const { patient } = record;
    const age = ageOf(patient.birthDate, new Date());
    const sex = ({ female: text(lang, "female"), male: text(lang, "male"), other: text(lang, "other") })[patient.gender] ?? "";
    const [first, ...others] = patient.identifiers;
    return h("div", { class: "patient-line" },
      h("p", { class: "patient-name" }, foreign(patient.name || text(lang, "noName"))),
      first ? h("p", { class: "patient-id" }, h("span", { class: "unseen" }, `${text(lang, kindOfIdentifier(first))}: `), foreign(formatIdentifier(first))) : null,
      age !== null ? h("p", {}, text(lang, "age", { age })) : null, sex ? h("p", {}, sex) : null,
      others.length > 0 ? h("p", { class: "quiet" }, text(lang, "moreIdentifiers", { count: others.length })) : null,
      patient.protectedIdentity ? h("p", {}, mark("withdrawn", text(lang, "protectedIdentity"))) : null,
      // A record system has opened this patient, and no other, here.
      currentSession() ? null : h("p", { class: "change-patient" }, this.link({ patient: "", view: "search" }, text(lang, "changePatient"))));
  }

  /** @param {PatientRecord} record */
  viewLinks(record) {
    const { lang } = this.state;
    const keys = /** @type {Record<string, import("./texts.js").TextKey>} */ ({ glance: "viewGlance", drugs: "viewDrugs", history: "viewHistory", work: "viewWork", print: "viewPrint", patient: "viewPatient" });
    const waiting = workCount(record, this.loads.drugs.value);
    return h("nav", { class: "views", "aria-label": text(lang, "views") }, h("ul", {}, kClinicalViews.map((view) => {
      const link = this.link({ view }, text(lang, keys[view]), { id: `view-${view}`, "aria-current": this.state.view === view ? "page" : null });
      if (view === "work" && waiting > 0) link.append(" ", h("span", { class: "badge", "aria-hidden": "true" }, String(waiting)), h("span", { class: "unseen" }, text(lang, "workCount", { count: waiting })));
      return h("li", {}, link);
    })));
  }

  /** @param {string} title */
  main(title) {
    const { lang, view } = this.state;
    const context = this.context();
    const heading = h("h1", { id: "title", tabindex: -1, class: view === "glance" ? "unseen" : null }, title);
    const main = h("main", { class: "page", id: "main" }, heading);
    const alone = view === "search" || view === "overall";
    if (!alone && this.loads.record.phase === "failed") {
      main.append(failurePanel(context, "record", text(lang, "failedRecord")));
    } else if (!alone && !this.loads.record.value) {
      main.append(waitingPanel(context, "record", text(lang, "loadingRecord")));
    } else {
      main.append(...kViews[view](context).flat().filter((node) => node !== null));
    }
    return main;
  }

  foot() {
    const { lang } = this.state;
    const record = this.loads.record.value;
    return h("footer", { class: "foot" }, h("p", {}, record && this.state.view !== "search" && this.state.view !== "overall"
      ? [local(record.notice, lang), " ", text(lang, "knowledgeVersion", { version: record.knowledge }), " · ", text(lang, "generated", { time: formatInstant(record.generated, lang) })]
      : text(lang, "prototype")));
  }
}

/** @returns {() => void} puts focus and cursor back where they were, after drawing anew */
function rememberFocus() {
  const active = document.activeElement;
  const id = active?.id;
  if (!active || !id) return () => {};
  const input = active instanceof HTMLInputElement ? active : null;
  const range = input ? [input.selectionStart, input.selectionEnd] : null;
  return () => {
    const again = document.getElementById(id);
    again?.focus({ preventScroll: true });
    if (range && again instanceof HTMLInputElement) again.setSelectionRange(range[0], range[1]);
  };
}
