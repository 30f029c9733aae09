#pragma once

#include <string_view>

// Every code-system and identifier URI that Genflik names. Swedish terms stay Swedish.

namespace genflik::fhir::systems {

// Terminologies
inline constexpr std::string_view kLoinc = "http://loinc.org";
inline constexpr std::string_view kSnomed = "http://snomed.info/sct";
inline constexpr std::string_view kRxNorm = "http://www.nlm.nih.gov/research/umls/rxnorm";
inline constexpr std::string_view kAtc = "http://www.whocc.no/atc";
inline constexpr std::string_view kUcum = "http://unitsofmeasure.org";
inline constexpr std::string_view kIcd10 = "http://hl7.org/fhir/sid/icd-10";
inline constexpr std::string_view kNdc = "http://hl7.org/fhir/sid/ndc";
inline constexpr std::string_view kNpu = "http://npu-terminology.org";
inline constexpr std::string_view kNpuSwedish = "urn:oid:1.2.752.108.1";

// Genomics
/// Genes as "HGNC:2621".
inline constexpr std::string_view kHgnc = "http://www.genenames.org";
/// The other URI in use for genes, in Genomics Reporting STU1 and in older data.
inline constexpr std::string_view kHgncGeneId = "http://www.genenames.org/geneId";
inline constexpr std::string_view kNcbiGene = "http://www.ncbi.nlm.nih.gov/gene";
inline constexpr std::string_view kPharmVar = "http://www.pharmvar.org";
inline constexpr std::string_view kPharmGkb = "https://www.pharmgkb.org";
inline constexpr std::string_view kClinVar = "http://www.ncbi.nlm.nih.gov/clinvar";
inline constexpr std::string_view kDbSnp = "http://www.ncbi.nlm.nih.gov/snp";
inline constexpr std::string_view kRefSeq = "http://www.ncbi.nlm.nih.gov/refseq";
inline constexpr std::string_view kHgvs = "http://varnomen.hgvs.org";
inline constexpr std::string_view kIscn = "https://iscn.karger.com";
inline constexpr std::string_view kSequenceOntology = "http://www.sequenceontology.org";
inline constexpr std::string_view kGlString = "http://glstring.org";
inline constexpr std::string_view kGenomicsReporting = "http://hl7.org/fhir/uv/genomics-reporting";
inline constexpr std::string_view kGenomicsToBeDetermined =
    "http://hl7.org/fhir/uv/genomics-reporting/CodeSystem/tbd-codes-cs";

// HL7
inline constexpr std::string_view kV2DiagnosticService =
    "http://terminology.hl7.org/CodeSystem/v2-0074";
inline constexpr std::string_view kV2IdentifierType =
    "http://terminology.hl7.org/CodeSystem/v2-0203";
inline constexpr std::string_view kV2ParticipationRole =
    "http://terminology.hl7.org/CodeSystem/v3-ParticipationType";
inline constexpr std::string_view kV3ActCode = "http://terminology.hl7.org/CodeSystem/v3-ActCode";
inline constexpr std::string_view kV3ActReason =
    "http://terminology.hl7.org/CodeSystem/v3-ActReason";
inline constexpr std::string_view kV3NullFlavor =
    "http://terminology.hl7.org/CodeSystem/v3-NullFlavor";
inline constexpr std::string_view kV3ObservationValue =
    "http://terminology.hl7.org/CodeSystem/v3-ObservationValue";
inline constexpr std::string_view kObservationCategory =
    "http://terminology.hl7.org/CodeSystem/observation-category";
inline constexpr std::string_view kObservationInterpretation =
    "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";
inline constexpr std::string_view kDataAbsentReason =
    "http://terminology.hl7.org/CodeSystem/data-absent-reason";
inline constexpr std::string_view kAuditEventType =
    "http://terminology.hl7.org/CodeSystem/audit-event-type";
inline constexpr std::string_view kRestfulInteraction = "http://hl7.org/fhir/restful-interaction";
inline constexpr std::string_view kRestfulSecurityService =
    "http://terminology.hl7.org/CodeSystem/restful-security-service";
inline constexpr std::string_view kConditionClinical =
    "http://terminology.hl7.org/CodeSystem/condition-clinical";
inline constexpr std::string_view kConditionVerification =
    "http://terminology.hl7.org/CodeSystem/condition-ver-status";
inline constexpr std::string_view kResourceTypes = "http://hl7.org/fhir/resource-types";
inline constexpr std::string_view kUri = "urn:ietf:rfc:3986";

// Swedish identifiers
inline constexpr std::string_view kPersonnummer =
    "http://electronichealth.se/identifier/personnummer";
inline constexpr std::string_view kPersonnummerOid = "urn:oid:1.2.752.129.2.1.3.1";
inline constexpr std::string_view kSamordningsnummer =
    "http://electronichealth.se/identifier/samordningsnummer";
inline constexpr std::string_view kSamordningsnummerOid = "urn:oid:1.2.752.129.2.1.3.3";
inline constexpr std::string_view kNationelltReservnummer =
    "http://electronichealth.se/identifier/nationelltReservnummer";
inline constexpr std::string_view kNationelltReservnummerOid = "urn:oid:1.2.752.74.9.1";
inline constexpr std::string_view kLmaNummer = "http://electronichealth.se/identifier/LMA-nummer";
/// HSA-id as the Swedish base profiles write it.
inline constexpr std::string_view kHsaId = "urn:oid:1.2.752.29.4.19";
/// HSA-id in the national service contracts.
inline constexpr std::string_view kHsaIdServiceContracts = "urn:oid:1.2.752.129.2.1.4.1";
inline constexpr std::string_view kOrganisationsnummer = "urn:oid:2.5.4.97";
inline constexpr std::string_view kLegitimation = "urn:oid:1.2.752.116.3.1.1";
inline constexpr std::string_view kForskrivarkod = "urn:oid:1.2.752.116.3.1.2";

// Swedish code systems
inline constexpr std::string_view kNplId = "http://electronichealth.se/identifier/nplid";
inline constexpr std::string_view kNplIdOid = "urn:oid:1.2.752.129.2.1.5.1";
inline constexpr std::string_view kNplPackId = "http://electronichealth.se/identifier/nplpackid";
inline constexpr std::string_view kNplPackIdOid = "urn:oid:1.2.752.129.2.1.5.2";
inline constexpr std::string_view kVarunummer = "http://electronichealth.se/identifier/varunr";
inline constexpr std::string_view kAtcSwedishOid = "urn:oid:1.2.752.129.2.2.3.1.1";
inline constexpr std::string_view kAtcWhoOid = "urn:oid:2.16.840.1.113883.6.73";
inline constexpr std::string_view kIcd10Swedish = "urn:oid:1.2.752.116.1.1.1.1.3";
inline constexpr std::string_view kSwedishSecurityLabel =
    "http://hl7.se/fhir/ig/base/CodeSystem/SecurityLabel";

// Genflik's own
inline constexpr std::string_view kGenflik = "https://genflik.se/fhir";

}  // namespace genflik::fhir::systems
