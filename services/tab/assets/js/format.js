// Dates, ages and identifiers as people read them.

/** @typedef {import("./types.js").Lang} Lang */

const kPersonnummer = "http://electronichealth.se/identifier/personnummer";
const kSamordningsnummer = "http://electronichealth.se/identifier/samordningsnummer";

/** As the locales sv-SE and en-GB write them. Written out, for a browser takes longer to set up its own than to draw the page. */
const kMonths = {
  sv: { short: ["jan.", "feb.", "mars", "apr.", "maj", "juni", "juli", "aug.", "sep.", "okt.", "nov.", "dec."],
    long: ["januari", "februari", "mars", "april", "maj", "juni", "juli", "augusti", "september", "oktober", "november", "december"] },
  en: { short: ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sept", "Oct", "Nov", "Dec"],
    long: ["January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December"] },
};

/**
 * A FHIR date or dateTime with the precision it has: "2025", "March 2025", "1 Mar 2025".
 * @param {string} text
 * @param {Lang} lang
 */
export function formatDate(text, lang) {
  const parts = /^(\d{4})(?:-(\d{2})(?:-(\d{2}))?)?/.exec(text);
  if (!parts) return "";
  const [, year, month, day] = parts;
  const names = kMonths[lang][day ? "short" : "long"];
  const name = names[Number(month ?? "1") - 1] ?? month;
  if (!month) return year;
  return day ? `${Number(day)} ${name} ${year}` : `${name} ${year}`;
}

/** @param {string} text a FHIR instant @param {Lang} lang in the reader's own time zone */
export function formatInstant(text, lang) {
  const date = new Date(text);
  if (Number.isNaN(date.getTime())) return formatDate(text, lang);
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return `${date.getDate()} ${kMonths[lang].short[date.getMonth()]} ${date.getFullYear()}${lang === "en" ? "," : ""} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** @param {number} number @param {Lang} lang */
export function formatNumber(number, lang) {
  if (Number.isInteger(number) && Math.abs(number) < 1000) return String(number);
  return new Intl.NumberFormat(lang === "sv" ? "sv-SE" : "en-GB").format(number);
}

/**
 * An activity score as the knowledge prints it ("0.25", "≥3.0"), with the reader's decimal sign. Its digits are kept.
 * @param {string} score
 * @param {Lang} lang
 */
export function formatScore(score, lang) {
  return lang === "sv" ? score.replace(/(\d)\.(\d)/g, "$1,$2") : score;
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
