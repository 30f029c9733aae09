#include "services/cds/missing_data.h"

#include <algorithm>

#include <nlohmann/json.hpp>

namespace genflik::cds {

using alerts::Language;
using alerts::Say;
using rules::AlertLevel;

namespace {

std::string List(const std::vector<std::string>& lines) {
  std::string text;
  for (const auto& line : lines) text += (text.empty() ? "- " : "\n- ") + line;
  return text;
}

}  // namespace

bool DependsOnOtherDrugs(const rules::KnowledgeBase& knowledge, const rules::Drug& drug) {
  const auto& converters = knowledge.phenoconversion();
  return std::any_of(converters.begin(), converters.end(), [&](const auto& converter) {
    return std::any_of(drug.guidelines.begin(), drug.guidelines.end(), [&](const auto& guideline) {
      return std::find(guideline.genes.begin(), guideline.genes.end(), converter.gene) !=
             guideline.genes.end();
    });
  });
}

bool TellsWhoThePatientIs(const HookRequest& request) {
  return request.prefetched_patient != nullptr &&
         (!request.identifiers.empty() ||
          fhir::FindArray(*request.prefetched_patient, "identifier").empty());
}

std::vector<std::string> MissingResults(const HookRequest& request,
                                        const std::string& stored_patient, bool unread,
                                        Language language) {
  std::vector<std::string> missing;
  if (unread || request.genotypes == Supply::kPaged || request.genotypes == Supply::kFailed) {
    missing.emplace_back(Say(
        language,
        "Journalsystemets genetiska svar kunde inte läsas i sin helhet; det kan finnas fler.",
        "The record system's genetic reports could not be read as a whole; there may be more."));
  }
  if (request.patient_supply == Supply::kFailed && !stored_patient.empty()) {
    missing.emplace_back(
        Say(language,
            "Patientens personuppgifter kunde inte läsas från journalsystemet; patienten är "
            "funnen enbart på journalsystemets id. Kontrollera att svaren gäller rätt person.",
            "The patient's identity could not be read from the record system; the patient was "
            "found by the record system's id alone. Check that the results are this person's."));
  }
  if (stored_patient.empty() && !TellsWhoThePatientIs(request)) {
    missing.emplace_back(
        Say(language,
            "Journalsystemet lämnade inte patientens identitet; det kan finnas permanenta "
            "resultat som inte kunde sökas.",
            "The record system did not tell who the patient is; there may be permanent results "
            "that could not be looked for."));
  }
  return missing;
}

std::vector<std::string> MissingDrugs(const HookRequest& request, const DrugsAtHand& drugs,
                                      Language language) {
  std::vector<std::string> missing;
  if (request.medications == Supply::kPaged || request.medications == Supply::kFailed) {
    missing.emplace_back(
        Say(language,
            "Journalsystemets läkemedelslista kunde inte läsas; läkemedel som samtidigt ändrar "
            "genernas verkan kan ha missats.",
            "The record system's list of medicines could not be read; medicines that change the "
            "effect of the genes may have been missed."));
  }
  if (!drugs.matter) return missing;
  if (request.medications == Supply::kAbsent && !drugs.stored) {
    missing.emplace_back(
        Say(language,
            "Ingen läkemedelslista finns: journalsystemet skickade ingen. Läkemedel som samtidigt "
            "ändrar genernas verkan kan ha missats.",
            "There is no list of medicines: the record system sent none. Medicines that change "
            "the effect of the genes may have been missed."));
  }
  if (drugs.unread > 0) {
    missing.push_back(
        std::to_string(drugs.unread) +
        std::string(Say(language,
                        " av patientens läkemedel kunde inte läsas: journalsystemet lämnade inte "
                        "vilket. Läkemedel som ändrar genernas verkan kan ha missats.",
                        " of the patient's medicines could not be read: the record system did not "
                        "tell which. Medicines that change the effect of the genes may have been "
                        "missed.")));
  }
  return missing;
}

std::string TooManyDrugs(Language language) {
  return std::string(Say(language,
                         "Läkemedelslistan är så lång att inte alla pågående läkemedel kunde "
                         "bedömas på nytt.",
                         "The list of medicines is so long that not all running ones could be "
                         "judged again."));
}

Card IncompleteCard(const std::vector<std::string>& missing, bool spoke, Language language) {
  Card card;
  card.subject = "patient|not-checked";
  card.level = AlertLevel::kInfo;
  card.topic = "not-checked";
  card.summary = Say(
      language, "Kontrollen mot gener är ofullständig: journalsystemet lämnade inte alla uppgifter",
      "The genetic check is incomplete: the record system did not give all data");
  card.detail = List(missing);
  if (!spoke) {
    card.detail += Say(language, "\n\nDet som kunde kontrolleras gav inget råd.",
                       "\n\nWhat could be checked gave no advice.");
  }
  return card;
}

Card NotCheckedCard(const std::string& reference, const std::string& missing, Language language) {
  Card card;
  card.subject = reference + "|not-checked";
  card.level = AlertLevel::kInfo;
  card.topic = "not-checked";
  card.summary =
      missing == reference
          ? Say(language, "Ordern är INTE kontrollerad mot patientens gener: den kunde inte läsas",
                "The order was NOT checked against the patient's genes: it could not be read")
          : Say(language,
                "Ordinationen är INTE kontrollerad mot patientens gener: läkemedlet kunde inte "
                "läsas",
                "The order was NOT checked against the patient's genes: its drug could not be "
                "read");
  card.detail =
      std::string(Say(language, "Genflik kunde inte läsa ", "Genflik could not read ")) +
      (missing.empty()
           ? std::string(Say(language, "det som ordern hänvisar till", "what the order refers to"))
           : alerts::CodeSpan(missing)) +
      (missing == reference ? std::string(Say(language, ". Se i genfliken vad som redan är känt.",
                                              ". See in the gene tab what is known already."))
                            : std::string(Say(language, ". Slå upp läkemedlet i genfliken.",
                                              ". Look the drug up in the gene tab.")));
  return card;
}

Card NoResultsCard(const HookRequest& request, const std::vector<std::string>& missing,
                   Language language) {
  Card card;
  card.topic = "record";
  if (!missing.empty()) {
    card.subject = "patient|not-checked";
    card.topic = "not-checked";
    card.summary =
        Say(language, "Det kunde inte kontrolleras om patienten har permanenta genetiska resultat",
            "It could not be checked whether the patient has permanent genetic results");
    card.detail = List(missing);
    return card;
  }
  card.subject = "patient|unknown";
  card.summary =
      Say(language, "Inga permanenta genetiska resultat är kända: patienten finns inte i Genflik",
          "No permanent genetic results are known: the patient is not in Genflik");
  card.detail = request.genotypes == Supply::kComplete
                    ? Say(language, "Journalsystemet har inga genetiska resultat heller.",
                          "The record system has no genetic results either.")
                    : Say(language, "Journalsystemets egna genetiska svar skickades inte.",
                          "The record system's own genetic reports were not sent.");
  return card;
}

alerts::Advice WithoutClaim(const alerts::Advice& advice) {
  alerts::Advice left = advice;
  std::erase_if(left.unknown, [&](const auto& one) { return one.gene == advice.pretest->gene; });
  return left;
}

void SayNotSearched(const alerts::Advice& advice, const CardFrame& frame, Card& card) {
  card.summary =
      alerts::Capital(alerts::DrugName(frame.knowledge, advice.drug, frame.language)) + ": " +
      advice.pretest->gene +
      std::string(Say(frame.language,
                      "-svar kunde inte sökas – testa före start om inget svar finns",
                      " results could not be looked for – test before the start if there is none"));
  // The result that would be ordered may exist.
  for (fhir::Json& suggestion : card.suggestions) suggestion.erase("isRecommended");
}

}  // namespace genflik::cds
