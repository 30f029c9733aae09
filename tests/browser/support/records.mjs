// Invented records in the form of docs/record-json.md, for what the sample data do not hold: hostile
// text, very long names, every mark at once. No person has these numbers.

const words = (en, sv) => ({ en, sv });

export function result(change = {}) {
  return {
    source: "Observation/1", role: "current", relatesTo: "", recordStatus: "final", callStatus: "called",
    diplotypes: ["*1/*1"], haplotypes: [], absent: [], reportedText: "", reportedPhenotype: "",
    reportedActivityScore: null, laboratory: "Farmakogenetik Syd, exempellaboratorium", method: "PCR",
    effective: "2025-05-20", received: "2025-05-22T08:00:00.000Z",
    coverage: { known: true, alleles: ["*2", "*3", "*17"], positions: [], copyNumber: false }, remarks: [], ...change,
  };
}

export function reading(diplotype, phenotype, sv, activityScore = "") {
  return { diplotype, phenotype, phenotypeText: words(phenotype, sv), activityScore, functions: [], statuses: [] };
}

export function gene(symbol, readings, results, change = {}) {
  return { gene: symbol, status: "interpreted", interpretations: readings, reasons: [], current: results[0]?.source ?? "",
    actionable: true, results, conflict: null, repeats: 0, ...change };
}

export function record(id, change = {}) {
  return {
    patient: { reference: `Patient/${id}`, name: "Maja Exempel", birthDate: "1961-01-18", gender: "female",
      identifiers: [{ system: "http://electronichealth.se/identifier/personnummer", value: "196101182803" }],
      protectedIdentity: false, events: [] },
    generated: "2026-03-01T12:00:00.000Z", knowledge: "2026.11.1",
    notice: words("Prototype; no CE-marked device. It advises; a clinician decides.", "Prototyp, inte CE-märkt. Den ger råd; en läkare beslutar."),
    genes: [], unmapped: [], activeDrugs: [], ...change,
  };
}

export function evidence(symbol, diplotype, phenotype, sv, change = {}) {
  return { gene: symbol, diplotype, phenotype, phenotypeText: words(phenotype, sv), activityScore: "",
    effectivePhenotype: phenotype, effectivePhenotypeText: words(phenotype, sv), effectiveActivityScore: "", causedBy: [], ...change };
}

export function advice(genes, headline, text, change = {}) {
  return { source: "CPIC", year: 2022, population: "general", populationKnown: true, action: { kind: "avoid" }, headline, strength: "Strong",
    alert: "critical", text, implication: words("", ""), citation: { title: "Guideline", doi: "10.1002/cpt.2526", pmid: "35034351",
      url: "https://cpicpgx.org/guidelines/guideline-for-clopidogrel-and-cyp2c19/" }, genes, needsReview: "", ambiguous: false, conflict: false, ...change };
}

export function drug(name, sv, atc, light, headline, change = {}) {
  return { drug: name, names: words(name, sv), synonyms: [], brands: [], atc: [atc], active: false, activeReferences: [], late: [],
    light, headline, recommendations: [], unknown: [], silent: [], pretests: [], ...change };
}

export const poor = ["Poor Metabolizer", "Långsam metaboliserare"];
export const normal = ["Normal Metabolizer", "Normal metaboliserare"];

/** The order of a running drug. */
export function order(name, code, since = "2025-06-01") {
  return { reference: `MedicationRequest/${name}`, name, code, system: "http://www.whocc.no/atc", status: "active", since };
}

const cyp2c19 = evidence("CYP2C19", "*2/*2", ...poor);
const cyp2d6 = evidence("CYP2D6", "*4/*41", "Intermediate Metabolizer", "Intermediär metaboliserare", { activityScore: "0.25",
  effectivePhenotype: poor[0], effectivePhenotypeText: words(...poor), effectiveActivityScore: "0", causedBy: ["paroxetine"] });

const clopidogrel = drug("clopidogrel", "klopidogrel", "B01AC04", "red", words("Avoid; use prasugrel or ticagrelor", "Undvik; använd prasugrel eller tikagrelor"), {
  active: true, activeReferences: ["MedicationRequest/klopidogrel"], brands: ["Plavix"],
  recommendations: [
    advice([cyp2c19], words("Avoid; use prasugrel or ticagrelor", "Undvik; använd prasugrel eller tikagrelor"),
      words("Avoid clopidogrel if possible. Use prasugrel or ticagrelor at standard dose unless contraindicated.",
        "Undvik klopidogrel om möjligt. Ge prasugrel eller tikagrelor i standarddos om inget talar emot."),
      { population: "CVI ACS PCI", implication: words("Less active metabolite is formed; platelets are inhibited less.", "Mindre aktiv metabolit bildas; trombocythämningen blir svagare.") }),
    advice([cyp2c19], words("Choose another drug", "Välj ett annat läkemedel"), words("Use another platelet inhibitor.", "Använd en annan trombocythämmare."),
      { source: "DPWG", year: 2023, alert: "warning", strength: "" }),
  ] });
const codeine = drug("codeine", "kodein", "R05DA04", "amber", words("Avoid; choose another analgesic", "Undvik; välj annat smärtstillande"), {
  dose: { verdict: "over", limit: 1.5, ordered: 2000, unit: "mg", per: "d" },
  active: true, activeReferences: ["MedicationRequest/kodein"], late: [{ gene: "CYP2D6", received: "2025-06-08T08:00:00.000Z", reference: "MedicationRequest/kodein", since: "2025-06-01" }],
  recommendations: [advice([cyp2d6], words("Avoid; choose another analgesic", "Undvik; välj annat smärtstillande"),
    words("Little or no analgesic effect is expected.", "Liten eller ingen smärtlindring att vänta."), { alert: "warning", strength: "Moderate" })] });
const paroxetine = drug("paroxetine", "paroxetin", "N06AB05", "green", words("No change because of the genes", "Ingen ändring på grund av generna"), {
  active: true, activeReferences: ["MedicationRequest/paroxetin"],
  recommendations: [advice([cyp2d6], words("No change", "Ingen ändring"), words("Usual dose.", "Vanlig dos."), { alert: "none", action: { kind: "no-change" } })] });
const capecitabine = drug("capecitabine", "kapecitabin", "L01BC06", "grey", words("Not known: DPYD not tested", "Okänt: DPYD inte testat"), {
  active: true, activeReferences: ["MedicationRequest/kapecitabin"], unknown: [{ gene: "DPYD", status: "not-tested" }],
  pretests: [{ gene: "DPYD", authority: "EMA", level: "recommended", alert: "warning", year: 2020, text: words("Test DPYD before the start.", "Testa DPYD före start."), citation: { title: "", doi: "", pmid: "", url: "https://www.ema.europa.eu/" } }] });

const rest = [["omeprazole", "omeprazol", "A02BC01", "blue"], ["warfarin", "warfarin", "B01AA03", "grey"], ["simvastatin", "simvastatin", "C10AA01", "green"],
  ["abacavir", "abakavir", "J05AF06", "grey"], ["sertraline", "sertralin", "N06AB06", "amber"]].map(([en, sv, atc, light]) => drug(en, sv, atc, light,
  words(light === "grey" ? "Not tested" : "Usual dose", light === "grey" ? "Inte testat" : "Vanlig dos"),
  light === "grey" ? { unknown: [{ gene: "VKORC1", status: "not-tested" }] } : { recommendations: [advice([cyp2c19], words("See the text", "Se texten"),
    words("Advice on this drug.", "Råd om detta läkemedel."), { alert: { blue: "info", amber: "warning", green: "none" }[light] })] }));

const conflictText = words("Results disagree; the safer one drives alerts until a person decides.", "Svaren motsäger varandra; det säkrare styr varningar tills någon avgjort.");

/** A patient with a bit of everything. */
export const everything = {
  record: record("everything", {
    patient: { ...record("everything").patient, protectedIdentity: true,
      events: [{ kind: "stem-cell-transplant", date: "2024-05-02", source: "Procedure/9", text: words("Stem-cell transplantation: blood carries the donor's genes.", "Stamcellstransplantation: blodet bär givarens gener.") }] },
    genes: [
      gene("CYP2C19", [reading("*2/*2", ...poor), reading("*1/*2", "Intermediate Metabolizer", "Intermediär metaboliserare")],
        [result({ source: "Observation/2", diplotypes: ["*2/*2"] }), result({ source: "Observation/1", role: "conflicting", diplotypes: ["*1/*2"], effective: "2023-06-01", laboratory: "Klinisk genetik Nord" })],
        { status: "conflict", conflict: { sources: ["Observation/2", "Observation/1"], text: conflictText } }),
      gene("CYP2D6", [reading("*4/*41", "Intermediate Metabolizer", "Intermediär metaboliserare", "0.25")],
        [result({ source: "Observation/3", diplotypes: ["*4/*41"], recordStatus: "corrected" }), result({ source: "Observation/3/_history/1", role: "superseded", diplotypes: ["*1/*4"] }),
          result({ source: "Observation/33", role: "repeat", diplotypes: ["*4/*41"], effective: "2024-01" })], { repeats: 1 }),
      gene("HLA-B", [{ ...reading("*57:01 positive", "", ""), statuses: ["*57:01 positive"] }], [result({ source: "Observation/4", diplotypes: [], haplotypes: ["*57:01"] })]),
      gene("NUDT15", [], [result({ source: "Observation/5", role: "preliminary", recordStatus: "preliminary", diplotypes: ["*1/*20"], coverage: { known: false, alleles: [], positions: [], copyNumber: false } })],
        { status: "not-interpretable", reasons: [{ code: "no-function-assigned", detail: "*20", text: words("*20 has no function assigned.", "*20 har ingen tilldelad funktion.") }], actionable: false }),
      gene("SLCO1B1", [reading("*1/*1", "Normal Function", "Normal funktion")], [result({ source: "Observation/6" }), result({ source: "Observation/66", role: "set-aside", diplotypes: ["*5/*5"],
        remarks: [{ code: "set-aside", text: words("Set aside: mixed up", "Åsidosatt: förväxlat prov") }] })], { actionable: false }),
      gene("TPMT", [], [result({ source: "Observation/7", role: "withdrawn", recordStatus: "entered-in-error", diplotypes: ["*1/*3A"] })], { status: "withdrawn", current: "", actionable: false }),
    ],
    unmapped: [{ id: "u1", received: "2025-03-01T09:00:00.000Z", reason: "the gene studied is VKORC1 but the variant is of CYP2C9", source: "Observation/18" }],
    activeDrugs: [order("klopidogrel", "B01AC04"), order("kodein", "R05DA04"), order("paroxetin", "N06AB05"), order("kapecitabin", "L01BC06"), order("naturmedel X", "")],
  }),
  drugs: { patient: "Patient/everything", knowledge: "2026.11.1",
    genes: [{ gene: "CYP2D6", status: "interpreted", readings: [cyp2d6], notes: [] }], drugs: [clopidogrel, codeine, paroxetine, capecitabine, ...rest] },
};

export const untested = { record: record("untested"), drugs: { patient: "Patient/untested", knowledge: "2026.11.1", genes: [], drugs: rest.filter((one) => one.light === "grey") } };

/** Of whom something is kept from the reader. */
export const blocked = { record: { ...record("blocked"), blocked: true }, drugs: { ...untested.drugs, patient: "Patient/blocked", blocked: true } };

export const single = {
  record: record("single", { genes: [gene("TPMT", [reading("*1/*1", ...normal)], [result()])] }),
  drugs: { patient: "Patient/single", knowledge: "2026.11.1", genes: [], drugs: rest },
};

/** As many genes as a large panel gives, and long names. */
export const many = {
  record: record("many", {
    patient: { ...record("many").patient, name: "Wilhelmina Anastasia Konstantinopolitanska-Oförglömlig af Längstanamnet".repeat(2) },
    genes: Array.from({ length: 25 }, (_, place) => gene(`GENE${String(place + 1).padStart(2, "0")}`, [reading("c.1905+1G>A (*2A)/c.1129-5923C>G, c.1236G>A (HapB3)", ...normal)],
      [result({ source: `Observation/m${place}`, laboratory: "Laboratoriet för synnerligen långa namn och avdelningen för detsamma" })])),
    activeDrugs: [order("kodein", "R05DA04")],
  }),
  drugs: { patient: "Patient/many", knowledge: "2026.11.1", genes: [], drugs: [codeine] },
};

export const kAttack = '<script>window.hacked=1</script><img src=x onerror="window.hacked=1">';
export const kBidi = "\u202Egnp.exe\u202C ‮abc";
const hostile = `${kAttack}${kBidi}`;

/** Markup and direction marks in every field that others write. */
export const attack = {
  record: record("attack", {
    patient: { ...record("attack").patient, name: hostile, identifiers: [{ system: hostile, value: hostile }], events: [{ kind: "x", date: "2025", source: hostile, text: words(hostile, hostile) }] },
    genes: [gene(hostile, [{ ...reading(hostile, hostile, hostile, hostile), functions: [hostile], statuses: [hostile] }],
      [result({ source: hostile, diplotypes: [hostile], haplotypes: [hostile], absent: [hostile], reportedText: hostile, reportedPhenotype: hostile, laboratory: hostile, method: hostile,
        coverage: { known: true, alleles: [hostile], positions: [hostile], copyNumber: true }, remarks: [{ code: "after-transplant", text: words(hostile, hostile) }] })],
      { reasons: [{ code: "x", detail: hostile, text: words(hostile, hostile) }], conflict: { sources: [hostile], text: words(hostile, hostile) } })],
    unmapped: [{ id: "u", received: "2025-03-01T09:00:00.000Z", reason: hostile, source: hostile }],
    activeDrugs: [order(hostile, hostile)], notice: words(hostile, hostile), knowledge: hostile,
  }),
  drugs: { patient: "Patient/attack", knowledge: hostile, genes: [], drugs: [drug("codeine", hostile, hostile, "red", words(hostile, hostile), { names: words(hostile, hostile), active: true, activeReferences: [`MedicationRequest/${hostile}`],
    recommendations: [advice([evidence(hostile, hostile, hostile, hostile)], words(hostile, hostile), words(hostile, hostile), { source: hostile, citation: { title: hostile, doi: hostile, pmid: hostile, url: "javascript:window.hacked=1" } })] })] },
};

export const kRecords = { everything, untested, blocked, single, many, attack };

/** What happened besides results. */
export const kTimelines = {
  everything: {
    alerts: [
      { date: "2025-06-01T08:00:00.000Z", drug: "clopidogrel", gene: "CYP2C19", summary: "Klopidogrel: undvik", indicator: "critical", knowledge: "2026.11.1",
        answers: [{ outcome: "overridden", reason: "monitoring-planned", comment: "Kardiologen vidtalad", date: "2025-06-01T08:02:00.000Z" }] },
      { date: "2025-06-02T08:00:00.000Z", drug: "codeine", gene: "CYP2D6", summary: "Kodein: undvik", indicator: "warning", knowledge: "2026.11.1", answers: [] },
    ],
    changes: [{ gene: "CYP2D6", diplotype: "*4/*41", date: "2026-02-01T08:00:00.000Z", before: words("Normal metabolizer (1.0)", "Normal metaboliserare (1.0)"),
      after: words("Intermediate metabolizer (0.25)", "Intermediär metaboliserare (0.25)"), knowledgeBefore: "2018.1", knowledgeAfter: "2026.11.1" }],
  },
  attack: {
    alerts: [{ date: "2025", drug: hostile, gene: hostile, summary: hostile, indicator: hostile, knowledge: hostile, answers: [{ outcome: hostile, reason: hostile, comment: hostile, date: hostile }] }],
    changes: [{ gene: hostile, diplotype: hostile, date: "2025", before: words(hostile, hostile), after: words(hostile, hostile), knowledgeBefore: hostile, knowledgeAfter: hostile }],
  },
};

/** What the view across patients asks for. */
export const kOverall = {
  "/conflicts": { entries: [{ patient: "Patient/everything", gene: "CYP2C19", since: "2026-02-01T08:00:00.000Z",
    results: [{ source: "Observation/2", finding: "*2/*2", laboratory: "Klinisk genetik Nord", method: "PCR", effective: "2025" }, { source: "Observation/1", finding: "*1/*2", laboratory: "", method: "", effective: "" }] },
  { patient: "Patient/x", gene: hostile, since: hostile, results: [{ source: hostile, finding: hostile, laboratory: hostile, method: hostile, effective: hostile }] }] },
  "/late-results": { entries: [{ id: "l1", status: "open", at: "2026-02-01T08:00:00.000Z", patient: "Patient/everything", cause: "late-result", summary: "Kapecitabin: sänk dosen till 50 %", severity: "high" },
    { id: "l2", status: "open", at: hostile, patient: hostile, cause: hostile, summary: hostile, severity: hostile }] },
  "/unmapped": { entries: [
    { id: "q1", status: "open", received: "2026-02-01T08:00:00.000Z", form: "hl7v2", source: "NORD", patient: "Patient/everything", reasons: ["the code X-17 is not known"], original: "MSH|^~\\&|NORD\rOBX|1|" },
    { id: "q2", status: "open", received: "2026-02-02T08:00:00.000Z", form: "bundle", source: hostile, patient: "", reasons: [hostile], original: hostile },
  ] },
  "/alerts/statistics": { alerts: 9, repeatGenotypings: 3, byDrug: { clopidogrel: { shown: 2, accepted: 3, overridden: 1, quiet: 4 }, codeine: { overridden: 2 }, warfarin: { quiet: 7 }, [hostile]: { shown: 1 } },
    byGene: { CYP2C19: { shown: 2, accepted: 3, overridden: 1 } }, byReason: { "monitoring-planned": 2, [hostile]: 1 } },
  "/alerts/repeats": { genes: [{ gene: "CYP2C19", ordered: 3, withdrawn: 2, orderedAnyway: 1 }, { gene: hostile, ordered: 1, withdrawn: 0, orderedAnyway: 0 }] },
};
