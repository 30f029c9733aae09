// Building nodes. Every text goes in as a text node: nothing that a laboratory or a record system
// wrote can become markup.

/** @typedef {Node|string|number|null|undefined|false} Child */
/** @typedef {Record<string, string|number|boolean|null|undefined|EventListener>} Attributes */

/** Attributes that people read or hear. */
const kSpoken = new Set(["title", "aria-label", "alt", "placeholder"]);
const kSvg = "http://www.w3.org/2000/svg";

/**
 * @param {Element} element
 * @param {Attributes} attributes
 */
function setAttributes(element, attributes) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === null || value === undefined || value === false) continue;
    if (typeof value === "function") {
      element.addEventListener(name, value);
    } else {
      element.setAttribute(name, value === true ? "" : kSpoken.has(name) ? visible(String(value)) : String(value));
    }
  }
}

/**
 * @param {Node} parent
 * @param {(Child|Child[])[]} children
 */
function append(parent, children) {
  for (const child of children.flat()) {
    if (child === null || child === undefined || child === false || child === "") continue;
    parent.appendChild(child instanceof Node ? child : document.createTextNode(visible(String(child))));
  }
}

/**
 * An HTML element; a function as attribute becomes the listener of the event of that name.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Attributes} [attributes]
 * @param {...(Child|Child[])} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

/**
 * @param {string} tag
 * @param {Attributes} [attributes]
 * @param {...(Child|Child[])} children
 * @returns {SVGElement}
 */
export function svg(tag, attributes = {}, ...children) {
  const element = /** @type {SVGElement} */ (document.createElementNS(kSvg, tag));
  setAttributes(element, attributes);
  append(element, children);
  return element;
}

/**
 * Something to open, whose body is built when it is opened for the first time.
 * @param {Attributes} attributes with an id, by which it stays open when the page is drawn anew
 * @param {Child[]} summary
 * @param {() => Child|Child[]} build
 * @param {string} [name] what it is called by those who hear it, where the summary alone is not enough
 */
export function disclosure(attributes, summary, build, name = "") {
  const element = h("details", attributes, h("summary", { "aria-label": name || null }, summary));
  const fill = () => { if (element.open && element.childElementCount === 1) append(element, [build()]); };
  element.addEventListener("toggle", fill);
  fill();
  return element;
}

/** Letters and signs that all run from left to right, as the words of the tab do. */
const kPlain = /^[\u0020-\u007E\u00A0-\u024F\u2013-\u2026\u2264\u2265]*$/;
/** From how many characters on a text may need more than one line. */
const kLong = 16;

/**
 * Text of others, set apart so that its writing direction cannot turn the words around it; plain text needs no element for that.
 * @param {string} text
 * @param {string} [className]
 * @returns {Node|string}
 */
export function foreign(text, className) {
  const shown = visible(text);
  // Long diplotypes and references may break after a slash, and not within a word.
  const parts = shown.length < kLong ? [shown] : shown.split(/(?<=\/)/).flatMap((part, place) => (place === 0 ? [part] : [h("wbr"), part]));
  if (className || !kPlain.test(shown)) return h("bdi", { class: className, dir: "auto" }, parts);
  if (parts.length === 1) return shown;
  const fragment = document.createDocumentFragment();
  append(fragment, parts);
  return fragment;
}

/**
 * Characters that only steer how others are drawn are shown as a mark instead of obeyed.
 * @param {string} text
 */
export function visible(text) {
  return text.replace(/[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u202A-\u202E\u2066-\u2069\uFEFF]/g, "\uFFFD");
}

/**
 * Text of others that may be in another language than the page: screen readers then speak that one.
 * @param {string} text
 * @param {string} language of the text; empty when it is not known
 * @param {string} page the page's
 */
export function inLanguage(text, language, page) {
  return language && language !== page ? h("span", { lang: language }, foreign(text)) : foreign(text);
}

/**
 * Words for screen readers alone.
 * @param {string} text
 */
export function unseen(text) {
  return h("span", { class: "unseen" }, text);
}

/**
 * Puts `separator` between the nodes.
 * @param {Child[]} nodes
 * @param {string} separator
 * @returns {Child[]}
 */
export function joined(nodes, separator) {
  const kept = nodes.filter((node) => node !== null && node !== undefined && node !== false && node !== "");
  return kept.flatMap((node, place) => (place === 0 ? [node] : [separator, node]));
}
