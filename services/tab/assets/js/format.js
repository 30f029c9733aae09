// Dates, ages and identifiers as people read them.

/** @typedef {import("./types.js").Lang} Lang */

const kPersonnummer = "http://electronichealth.se/identifier/personnummer";
const kSamordningsnummer = "http://electronichealth.se/identifier/samordningsnummer";

/** @param {Lang} lang */
function localeOf(lang) {
  return lang === "sv" ? "sv-SE" : "en-GB";
}

/** @type {Map<string, Intl.DateTimeFormat>} */
const formats = new Map();

/** @param {Lang} lang @param {Intl.DateTimeFormatOptions} form made once each: making one costs more than a row of the table */
function dateFormat(lang, form) {
  const key = lang + JSON.stringify(form);
  let format = formats.get(key);
  if (!format) {
    format = new Intl.DateTimeFormat(localeOf(lang), form);
    formats.set(key, format);
  }
  return format;
}

/**
 * A FHIR date or dateTime with the precision it has: "2025", "March 2025", "1 March 2025".
 * @param {string} text
 * @param {Lang} lang
 */
export function formatDate(text, lang) {
  const parts = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?/.exec(text);
  if (!parts) return "";
  const [, year, month, day] = parts;
  const date = new Date(Date.UTC(Number(year), Number(month ?? "1") - 1, Number(day ?? "1")));
  /** @type {Intl.DateTimeFormatOptions} */
  const form = { year: "numeric", timeZone: "UTC" };
  if (month) form.month = day ? "short" : "long";
  if (day) form.day = "numeric";
  return dateFormat(lang, form).format(date);
}

/** @param {string} text a FHIR instant @param {Lang} lang */
export function formatInstant(text, lang) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return formatDate(text, lang);
  return dateFormat(lang, { dateStyle: "medium", timeStyle: "short" }).format(date);
}

/** @param {number} number @param {Lang} lang */
export function formatNumber(number, lang) {
  return new Intl.NumberFormat(localeOf(lang)).format(number);
}

/**
 * Whole years; nothing when the date of birth is not known to the day.
 * @param {string} birthDate
 * @param {Date} now
 * @returns {number|null}
 */
export function ageOf(birthDate, now) {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(birthDate);
  if (!parts) return null;
  const [year, month, day] = parts.slice(1).map(Number);
  const before = now.getMonth() + 1 < month || (now.getMonth() + 1 === month && now.getDate() < day);
  const age = now.getFullYear() - year - (before ? 1 : 0);
  return age >= 0 && age < 150 ? age : null;
}

/** @param {{system: string, value: string}} identifier "19610118-2803" for a Swedish number */
export function formatIdentifier(identifier) {
  const swedish = identifier.system === kPersonnummer || identifier.system === kSamordningsnummer;
  return swedish && /^\d{12}$/.test(identifier.value)
    ? `${identifier.value.slice(0, 8)}-${identifier.value.slice(8)}` : identifier.value;
}

/** @param {{system: string}} identifier @returns {"personnummer"|"samordningsnummer"|"localNumber"} */
export function kindOfIdentifier(identifier) {
  if (identifier.system === kPersonnummer) return "personnummer";
  return identifier.system === kSamordningsnummer ? "samordningsnummer" : "localNumber";
}

/**
 * The identifier that a person typed, as `/record/` takes it: the server checks it.
 * @param {string} typed
 * @param {string} system "swedish", "id" or a URI
 */
export function patientKey(typed, system) {
  const value = typed.trim();
  if (system === "id") return value;
  return system === "swedish" ? `${kPersonnummer}|${value}` : `${system.trim()}|${value}`;
}
