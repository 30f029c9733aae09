#include "services/cds/missing_data.h"

#include <nlohmann/json.hpp>

namespace genflik::cds {

using alerts::Language;
using alerts::Say;
using rules::AlertLevel;

std::vector<std::string> MissingData(const HookRequest& request, const std::string& stored_patient,
                                     Language language) {
  std::vector<std::string> missing;
  if (request.genotypes == Supply::kPaged || request.genotypes == Supply::kFailed) {
    missing.emplace_back(Say(
        language,
        "Journalsystemets genetiska svar kunde inte läsas i sin helhet; det kan finnas fler.",
        "The record system's genetic reports could not be read as a whole; there may be more."));
  }
  if (request.medications == Supply::kPaged || request.medications == Supply::kFailed) {
    missing.emplace_back(
        Say(language,
            "Journalsystemets läkemedelslista kunde inte läsas; läkemedel som samtidigt ändrar "
            "genernas verkan kan ha missats.",
            "The record system's list of medicines could not be read; medicines that change the "
            "effect of the genes may have been missed."));
  }
  if (request.patient_supply == Supply::kFailed && !stored_patient.empty()) {
    missing.emplace_back(
        Say(language,
            "Patientens personuppgifter kunde inte läsas från journalsystemet; patienten är "
            "funnen enbart på journalsystemets id. Kontrollera att svaren gäller rätt person.",
            "The patient's identity could not be read from the record system; the patient was "
            "found by the record system's id alone. Check that the results are this person's."));
  }
  const bool patient_sent =
      request.patient_supply == Supply::kFailed || request.patient_supply == Supply::kComplete;
  if (stored_patient.empty() && patient_sent && request.prefetched_patient == nullptr) {
    missing.emplace_back(
        Say(language,
            "Journalsystemet lämnade inte patientens identitet; det kan finnas permanenta "
            "resultat som inte kunde sökas.",
            "The record system did not tell who the patient is; there may be permanent results "
            "that could not be looked for."));
  }
  return missing;
}

Card IncompleteCard(const std::vector<std::string>& missing, Language language) {
  Card card;
  card.subject = "patient|not-checked";
  card.level = AlertLevel::kInfo;
  card.topic = "not-checked";
  card.summary = Say(
      language, "Kontrollen mot gener är ofullständig: journalsystemet lämnade inte alla uppgifter",
      "The genetic check is incomplete: the record system did not give all data");
  for (const auto& line : missing) card.detail += (card.detail.empty() ? "- " : "\n- ") + line;
  card.detail += Say(language, "\n\nDet som kunde kontrolleras gav inget råd.",
                     "\n\nWhat could be checked gave no advice.");
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

}  // namespace genflik::cds
