// Shapes of what Genflik answers (docs/record-json.md). Only types: nothing here runs.

/** @typedef {"sv"|"en"} Lang */
/** @typedef {{en: string, sv: string}} LocalText */
/** @typedef {"red"|"amber"|"blue"|"green"|"grey"} Light */
/** @typedef {"search"|"glance"|"drugs"|"history"|"work"|"print"|"patient"|"overall"} ViewName */

/**
 * @typedef {object} Patient
 * @property {string} reference
 * @property {string} name
 * @property {string} birthDate
 * @property {string} gender
 * @property {{system: string, value: string}[]} identifiers
 * @property {boolean} protectedIdentity
 * @property {{kind: string, date: string, source: string, text: LocalText}[]} events
 */

/**
 * @typedef {object} Reading
 * @property {string} diplotype
 * @property {string} phenotype
 * @property {LocalText} phenotypeText
 * @property {string} activityScore
 * @property {string[]} functions
 * @property {string[]} statuses
 */

/**
 * @typedef {object} Result
 * @property {string} source
 * @property {string} role
 * @property {string} relatesTo
 * @property {string} recordStatus
 * @property {string} callStatus
 * @property {string[]} diplotypes
 * @property {string[]} haplotypes
 * @property {string[]} absent
 * @property {string} reportedText
 * @property {string} reportedPhenotype
 * @property {number|null} reportedActivityScore
 * @property {string} laboratory
 * @property {string} method
 * @property {string} effective
 * @property {string} received
 * @property {{known: boolean, alleles: string[], positions: string[], copyNumber: boolean}} coverage
 * @property {{code: string, text: LocalText}[]} remarks
 */

/**
 * @typedef {object} GeneRecord
 * @property {string} gene
 * @property {string} status
 * @property {Reading[]} interpretations
 * @property {{code: string, detail: string, text: LocalText}[]} reasons
 * @property {string} current
 * @property {boolean} actionable
 * @property {Result[]} results
 * @property {{sources: string[], text: LocalText}|null} conflict
 * @property {number} repeats
 */

/**
 * @typedef {object} ActiveDrug
 * @property {string} reference
 * @property {string} name
 * @property {string} code
 * @property {string} system
 * @property {string} status
 * @property {string} since
 */

/**
 * @typedef {object} PatientRecord
 * @property {Patient} patient
 * @property {string} generated
 * @property {string} knowledge
 * @property {LocalText} notice
 * @property {GeneRecord[]} genes
 * @property {{id: string, received: string, reason: string, source: string}[]} unmapped
 * @property {ActiveDrug[]} activeDrugs
 * @property {boolean} [blocked] when the patient has blocked something to the reader
 */

/**
 * @typedef {object} Evidence
 * @property {string} gene
 * @property {string} diplotype
 * @property {string} phenotype
 * @property {string} activityScore
 * @property {LocalText} [phenotypeText]
 * @property {string} effectivePhenotype
 * @property {LocalText} [effectivePhenotypeText]
 * @property {string} [effectiveActivityScore]
 * @property {string[]} causedBy
 */

/**
 * @typedef {object} Advice
 * @property {string} [id]
 * @property {string} source
 * @property {number} year
 * @property {string} population
 * @property {boolean} [populationKnown]
 * @property {{kind: string}} action
 * @property {LocalText} [headline]
 * @property {string} strength
 * @property {string} alert
 * @property {LocalText} text
 * @property {LocalText} implication
 * @property {{title: string, doi: string, pmid: string, url: string}} citation
 * @property {Evidence[]} genes
 * @property {string} needsReview
 * @property {boolean} [ambiguous]
 * @property {boolean} [conflict]
 */

/**
 * A result that came when a running drug was already known here.
 * @typedef {object} LateResult
 * @property {string} gene
 * @property {string} received
 * @property {string} reference of the order
 * @property {string} since
 */

/**
 * @typedef {object} DrugAdvice
 * @property {string} drug
 * @property {LocalText} names
 * @property {string[]} [synonyms]
 * @property {string[]} [brands]
 * @property {string[]} atc
 * @property {boolean} active
 * @property {string[]} [activeReferences]
 * @property {LateResult[]} [late]
 * @property {{verdict: string, limit: number, ordered: number, unit: string, per: string}} [dose]
 * @property {Light} light
 * @property {LocalText} headline
 * @property {Advice[]} recommendations
 * @property {{gene: string, status: string}[]} unknown
 * @property {{gene: string, notLookedFor: string[], citation: {title: string, doi: string, pmid: string, url: string}}[]} [narrow]
 * @property {{source: string, population: string, genes: Evidence[]}[]} [silent]
 * @property {{gene: string, authority: string, level: string, alert: string, text: LocalText,
 *   year: number, citation: {title: string, doi: string, pmid: string, url: string}}[]} pretests
 */

/**
 * @typedef {object} EffectiveGene
 * @property {string} gene
 * @property {string} status
 * @property {Evidence[]} readings
 * @property {{drug: string, text: LocalText}[]} notes
 */

/**
 * @typedef {object} DrugsAnswer
 * @property {string} patient
 * @property {string} knowledge
 * @property {boolean} [blocked] when the patient has blocked something to the reader
 * @property {EffectiveGene[]} [genes]
 * @property {DrugAdvice[]} drugs
 */

/** @typedef {{outcome: string, reason: string, comment: string, date: string}} AlertAnswer */

/**
 * An alert that was given: a card at an order, or a DetectedIssue.
 * @typedef {object} GivenAlert
 * @property {string} date
 * @property {string} status
 * @property {string} text what was read, in the language of then
 * @property {string} rule that it came from
 * @property {string} knowledge version
 * @property {AlertAnswer[]} answers
 */

/**
 * A gene that newer knowledge reads otherwise.
 * @typedef {object} ReadingChange
 * @property {string} gene
 * @property {string} diplotype
 * @property {string} date
 * @property {LocalText} before
 * @property {LocalText} after
 * @property {string} knowledgeBefore
 * @property {string} knowledgeAfter
 */

/** @typedef {{alerts: GivenAlert[], changes: ReadingChange[]}} Timeline */

/**
 * What could not be used, whoever it is about.
 * @typedef {object} QueueEntry
 * @property {string} id
 * @property {string} received
 * @property {string} form
 * @property {string} source
 * @property {string} patient "Patient/1", or empty
 * @property {string[]} reasons
 * @property {string} original
 */

/**
 * Results that disagree, whoever they are about.
 * @typedef {object} OpenConflict
 * @property {string} patient "Patient/1"
 * @property {string} gene
 * @property {string} since
 * @property {{source: string, finding: string, laboratory: string, method: string, effective: string}[]} results
 */

/**
 * A result, or new knowledge, that speaks against a running drug.
 * @typedef {object} OpenLate
 * @property {string} id
 * @property {string} at
 * @property {string} patient "Patient/1"
 * @property {string} cause "late-result" or "new-knowledge"
 * @property {string} summary
 * @property {string} severity
 */

/**
 * How alerts were answered.
 * @typedef {object} Statistics
 * @property {Record<string, Record<string, number>>} [byDrug]
 * @property {Record<string, Record<string, number>>} [byGene]
 * @property {Record<string, number>} [byReason]
 */

/** @typedef {{gene: string, ordered: number, withdrawn: number, orderedAnyway: number}} RepeatedGene */

/** @typedef {{genes: RepeatedGene[], drugNames?: Record<string, LocalText>}} Repeats */

/**
 * Something that is fetched: where it stands and what came.
 * @template T
 * @typedef {{phase: "idle"|"loading"|"slow"|"ready"|"failed", value: T|null,
 *   error: import("./api.js").Failure|null}} Load
 */

export {};
