// Words in the reader's language: those of the tab, and those that guidelines use.

import { kEnglish } from "./texts_en.js";
import { kSwedish } from "./texts_sv.js";

/** @typedef {import("./types.js").Lang} Lang */

export const kTexts = { en: kEnglish, sv: kSwedish };

/** @typedef {keyof typeof kEnglish} TextKey */

/** Populations as guidelines name them. */
const kPopulations = /** @type {Record<string, import("./types.js").LocalText>} */ ({
  "general": { en: "everybody", sv: "alla" },
  "pediatrics": { en: "children", sv: "barn" },
  "adults": { en: "adults", sv: "vuxna" },
  "child >40kg_adult": { en: "adults, and children over 40 kg", sv: "vuxna, och barn över 40 kg" },
  "<= 1g per day": { en: "at most 1 g per day", sv: "högst 1 g per dygn" },
  "CVI ACS PCI": { en: "acute coronary syndrome or PCI", sv: "akut koronart syndrom eller PCI" },
  "CVI non-ACS non-PCI": { en: "heart disease without ACS or PCI", sv: "hjärtsjukdom utan AKS eller PCI" },
  "NVI": { en: "stroke or TIA", sv: "stroke eller TIA" },
  "PHT naive": { en: "never had phenytoin", sv: "har aldrig fått fenytoin" },
  "PHT use >3mos": { en: "phenytoin for more than 3 months", sv: "fenytoin i mer än 3 månader" },
  "CBZ naive": { en: "never had carbamazepine", sv: "har aldrig fått karbamazepin" },
  "CBZ-no alternatives": { en: "carbamazepine without alternative", sv: "karbamazepin utan alternativ" },
  "CBZ use >3mos": { en: "carbamazepine for more than 3 months", sv: "karbamazepin i mer än 3 månader" },
  "OXC naive": { en: "never had oxcarbazepine", sv: "har aldrig fått oxkarbazepin" },
  "OXC use >3 mos": { en: "oxcarbazepine for more than 3 months", sv: "oxkarbazepin i mer än 3 månader" },
});

/** Functions of alleles in the guidelines' terms. */
const kFunctions = /** @type {Record<string, string>} */ ({
  "no function": "ingen funktion",
  "decreased function": "nedsatt funktion",
  "normal function": "normal funktion",
  "increased function": "ökad funktion",
  "uncertain function": "oklar funktion",
  "unknown function": "okänd funktion",
});

/** The anatomical main groups of the ATC system. */
export const kAtcGroups = /** @type {Record<string, import("./types.js").LocalText>} */ ({
  A: { en: "A Alimentary tract, metabolism", sv: "A Matsmältning, ämnesomsättning" },
  B: { en: "B Blood", sv: "B Blod" },
  C: { en: "C Heart and vessels", sv: "C Hjärta och kretslopp" },
  D: { en: "D Skin", sv: "D Hud" },
  G: { en: "G Genito-urinary, sex hormones", sv: "G Urin- och könsorgan" },
  H: { en: "H Hormones", sv: "H Hormoner" },
  J: { en: "J Infections", sv: "J Infektioner" },
  L: { en: "L Tumours, immune system", sv: "L Tumörer, immunsystem" },
  M: { en: "M Muscles, joints, anaesthesia", sv: "M Muskler, leder, anestesi" },
  N: { en: "N Nervous system, pain", sv: "N Nervsystem, smärta" },
  P: { en: "P Parasites, malaria", sv: "P Parasiter, malaria" },
  R: { en: "R Airways, allergy", sv: "R Luftvägar, allergi" },
  S: { en: "S Eyes and ears", sv: "S Ögon och öron" },
  V: { en: "V Other", sv: "V Övrigt" },
});

/**
 * @param {Lang} lang
 * @param {TextKey} key
 * @param {Record<string, string|number>} [values] what stands for {names}
 */
export function text(lang, key, values = {}) {
  return kTexts[lang][key].replace(/\{(\w+)\}/g, (_, name) => String(values[name] ?? ""));
}

/**
 * The language that a sentence of Genflik is written in, told by the small words that only one of the two has.
 * @param {string} sentence
 * @returns {Lang|""} empty when nothing tells
 */
export function languageOf(sentence) {
  const count = (/** @type {RegExp} */ words) => (sentence.match(words) ?? []).length;
  const swedish = count(/[åäö]|\b(och|inte|med|till|av|ett|som|redan|undvik|dosen|dygn|svar|testa|metaboliserare)\b/gi);
  const english = count(/\b(the|and|not|with|of|is|to|already|avoid|dose|day|result|before|metabolizer)\b/gi);
  if (swedish === english) return "";
  return swedish > english ? "sv" : "en";
}

/**
 * The words of the language; the other's where these lack, so that nothing disappears.
 * @param {import("./types.js").LocalText|null|undefined} words
 * @param {Lang} lang
 */
export function local(words, lang) {
  if (!words) return "";
  return words[lang] || words[lang === "sv" ? "en" : "sv"] || "";
}

/** @param {string} code @param {Lang} lang */
export function populationText(code, lang) {
  return code in kPopulations ? kPopulations[code][lang] : code;
}

/** @param {string} word @param {Lang} lang */
export function functionText(word, lang) {
  return lang === "sv" ? kFunctions[word.toLowerCase()] ?? word : word;
}

/**
 * What is known of a risk allele: "*57:01 positive" of HLA-B is "HLA-B*57:01 finns".
 * @param {string} gene
 * @param {string} status
 * @param {Lang} lang
 */
export function presenceText(gene, status, lang) {
  const parts = /^(\*\S+) (positive|negative)$/.exec(status);
  if (!parts) return status;
  const [, allele, answer] = parts;
  return gene + allele + " " + text(lang, answer === "positive" ? "allelePresent" : "alleleAbsent");
}

/** @param {string} status of a gene @returns {TextKey} */
export function statusKey(status) {
  const keys = /** @type {Record<string, TextKey>} */ ({
    "interpreted": "statusInterpreted",
    "ambiguous": "statusAmbiguous",
    "conflict": "statusConflict",
    "no-call": "statusNoCall",
    "not-tested": "statusNotTested",
    "withdrawn": "statusWithdrawn",
  });
  return keys[status] ?? "statusNotInterpretable";
}

/** @param {string} strength in the guideline's word @param {Lang} lang */
export function strengthText(strength, lang) {
  const keys = /** @type {Record<string, TextKey>} */ ({
    "strong": "strengthStrong", "moderate": "strengthModerate", "optional": "strengthOptional",
    "no recommendation": "strengthNone",
  });
  const key = keys[strength.toLowerCase()];
  return key ? text(lang, key) : strength;
}

/** @param {string} role of a result @returns {TextKey} */
export function roleKey(role) {
  const keys = /** @type {Record<string, TextKey>} */ ({
    "current": "roleCurrent", "repeat": "roleRepeat", "less-detailed": "roleLessDetailed",
    "conflicting": "roleConflicting", "evidence": "roleEvidence", "phenotype-only": "rolePhenotypeOnly",
    "preliminary": "rolePreliminary", "no-call": "roleNoCall", "withdrawn": "roleWithdrawn",
    "superseded": "roleSuperseded", "set-aside": "roleSetAside",
  });
  return keys[role] ?? "roleEvidence";
}
