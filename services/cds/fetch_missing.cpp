#include "services/cds/fetch_missing.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/mapping/genomics_codes.h"
#include "services/mapping/orders.h"

namespace genflik::cds {
namespace {

using fhir::Json;

constexpr size_t kMostPages = 20;
constexpr size_t kMostReferences = 30;

// A FHIR id (http://hl7.org/fhir/R4/datatypes.html#id) can stand in an address as it is.
bool IsId(std::string_view text) {
  return !text.empty() && text.size() <= 64 && std::all_of(text.begin(), text.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' ||
           c == '.';
  });
}

// "Medication/1" of a relative reference; nothing for anything else.
std::optional<std::string> ReadableReference(std::string_view reference, std::string_view type) {
  // An address is held against the server's own by whoever calls it.
  if (reference.starts_with("http://") || reference.starts_with("https://")) {
    const size_t id = reference.rfind('/');
    const bool right = reference.substr(0, id).ends_with('/' + std::string(type)) &&
                       IsId(reference.substr(id + 1));
    return right ? std::optional<std::string>(reference) : std::nullopt;
  }
  if (!reference.starts_with(type) || reference.size() <= type.size() + 1 ||
      reference[type.size()] != '/' || !IsId(reference.substr(type.size() + 1)))
    return std::nullopt;
  return std::string(reference);
}

// The bar between system and code, as an address has it.
std::string Encoded(const std::string& tokens) {
  std::string text;
  for (const char c : tokens) {
    if (c == '|') {
      text += "%7C";
    } else {
      text += c;
    }
  }
  return text;
}

bool HasType(const std::vector<const Json*>& resources, std::string_view type) {
  return std::any_of(resources.begin(), resources.end(),
                     [&](const Json* one) { return fhir::FindText(*one, "resourceType") == type; });
}

class Fetcher {
 public:
  Fetcher(const FetchRound& fetch, HookRequest& request, std::list<FetchedResource>& fetched)
      : fetch_(fetch), request_(request), fetched_(fetched) {}

  void Run() {
    if (!IsId(request_.patient)) return;
    AskForKeys();
    AskForDispatched();
    Round();
    AskForPages();
    AskForMedications();
    Round();
    FollowPages();
  }

  void RunForTests() {
    if (!IsId(request_.patient)) return;
    AskForTests();
    Round();
    FollowPages();
  }

 private:
  using Use = std::function<void(const Json* found)>;

  void FollowPages() {
    for (size_t pages = 1; pages < kMostPages && !request_.next_pages.empty(); ++pages) {
      AskForPages();
      Round();
    }
  }

  void Ask(std::string query, Use use) {
    const bool known = std::any_of(wanted_.begin(), wanted_.end(),
                                   [&](const auto& one) { return one.first == query; });
    if (!known) wanted_.emplace_back(std::move(query), std::move(use));
  }

  void Round() {
    if (wanted_.empty()) return;
    auto wanted = std::exchange(wanted_, {});
    std::vector<std::string> queries;
    queries.reserve(wanted.size());
    for (const auto& [query, use] : wanted) queries.push_back(query);
    auto answers = fetch_(queries);
    answers.resize(queries.size());
    for (size_t i = 0; i < wanted.size(); ++i) {
      FetchedResource& kept = fetched_.emplace_back(FetchedResource{.query = queries[i]});
      if (answers[i]) kept.body = std::make_shared<const Json>(std::move(*answers[i]));
      wanted[i].second(kept.body.get());
    }
  }

  void AskForKeys() {
    const std::string of_patient = "?patient=" + request_.patient;
    const auto lacking = [](Supply supply) {
      return supply == Supply::kAbsent || supply == Supply::kFailed;
    };
    if (lacking(request_.patient_supply)) {
      Ask("Patient/" + request_.patient, [this](const Json* found) {
        const bool right = found != nullptr &&
                           fhir::FindText(*found, "resourceType") == "Patient" &&
                           fhir::FindText(*found, "id") == request_.patient;
        request_.patient_supply = right ? Supply::kComplete : Supply::kFailed;
        if (right) request_.prefetched_patient = found;
      });
    }
    if (lacking(request_.genotypes)) {
      Ask("Observation" + of_patient + "&code=" + Encoded(mapping::TestSearchTokens()),
          [this](const Json* found) { request_.genotypes = Supplied(found, request_.genotypes); });
    }
    if (lacking(request_.medications)) {
      Ask("MedicationRequest" + of_patient + "&status=active", [this](const Json* found) {
        request_.medications = Supplied(found, request_.medications);
      });
    }
    if (UsesSize(request_) && !HasType(request_.prefetched, "Observation")) {
      Ask("Observation" + of_patient +
              "&code=http://loinc.org%7C29463-7,http://loinc.org%7C8302-2,"
              "http://loinc.org%7C3140-1&_sort=date",
          [this](const Json* found) { (void)Supplied(found, Supply::kAbsent); });
    }
    if (HasType(request_.orders, "ServiceRequest")) AskForTests();
  }

  void AskForTests() {
    const bool lacking = request_.tests == Supply::kAbsent || request_.tests == Supply::kFailed;
    if (!lacking || HasType(request_.prefetched, "ServiceRequest")) return;
    const std::string query = "ServiceRequest?patient=" + request_.patient + "&status=active";
    const bool asked = std::any_of(fetched_.begin(), fetched_.end(),
                                   [&](const auto& one) { return one.query == query; });
    if (asked) return;
    Ask(query, [this](const Json* found) { request_.tests = Supplied(found, Supply::kAbsent); });
  }

  Supply Supplied(const Json* found, Supply before) {
    if (found == nullptr) return Supply::kFailed;
    const size_t pages = request_.next_pages.size();
    const Supply supply = AddSearch(*found, request_);
    // Pages of what is only nice to have are not followed.
    if (before == Supply::kComplete) request_.next_pages.resize(pages);
    return supply;
  }

  void AskForDispatched() {
    for (const std::string& reference : request_.dispatched) {
      for (const std::string_view type : {"MedicationRequest", "ServiceRequest"}) {
        const auto readable = ReadableReference(reference, type);
        if (!readable) continue;
        Ask(*readable, [this, reference](const Json* found) {
          if (found == nullptr || !BelongsToPatient(*found, request_.patient)) return;
          request_.orders.push_back(found);
          std::erase(request_.dispatched, reference);
        });
      }
    }
  }

  // Pages that the EHR's links name.
  void AskForPages() {
    for (const std::string& page : std::exchange(request_.next_pages, {})) {
      Ask(page, [this](const Json* found) {
        const Supply supply = found == nullptr ? Supply::kFailed : AddSupply(*found, request_);
        failed_page_ = failed_page_ || supply == Supply::kFailed;
        // All pages that were named have been read.
        if (!failed_page_ && supply == Supply::kComplete && request_.next_pages.empty()) {
          for (Supply* paged : {&request_.genotypes, &request_.medications}) {
            if (*paged == Supply::kPaged) *paged = Supply::kComplete;
          }
        }
      });
    }
  }

  // Medications that orders and current drugs refer to and that did not come with them.
  void AskForMedications() {
    std::set<std::string> at_hand;
    for (const auto* list : {&request_.prefetched, &request_.background}) {
      for (const Json* one : *list) {
        if (fhir::FindText(*one, "resourceType") == "Medication")
          at_hand.insert("Medication/" + std::string(fhir::FindText(*one, "id")));
      }
    }
    size_t count = 0;
    const auto ask_for = [&](const Json& order) {
      const Json* drug = fhir::Find(order, "medicationReference");
      if (drug == nullptr || count == kMostReferences) return;
      const auto readable = ReadableReference(fhir::FindText(*drug, "reference"), "Medication");
      if (!readable || !at_hand.insert(*readable).second) return;
      ++count;
      Ask(*readable, [this](const Json* found) {
        if (found != nullptr) (void)AddSupply(*found, request_);
      });
    };
    for (const auto* list : {&request_.orders, &request_.prefetched}) {
      for (const Json* one : *list) {
        if (mapping::IsDrugResource(*one)) ask_for(*one);
      }
    }
  }

  const FetchRound& fetch_;
  HookRequest& request_;
  std::list<FetchedResource>& fetched_;
  std::vector<std::pair<std::string, Use>> wanted_;
  bool failed_page_ = false;
};

}  // namespace

namespace {

// Cytostatics and azathioprine are dosed by size, also where the order says milligrams.
bool IsDosedBySize(const Json& order) {
  const Json* medication = fhir::Find(order, "medicationCodeableConcept");
  if (medication == nullptr) return false;
  const Json& codings = fhir::FindArray(*medication, "coding");
  return std::any_of(codings.begin(), codings.end(), [](const Json& coding) {
    const std::string_view code = fhir::FindText(coding, "code");
    return code.starts_with("L01") || code.starts_with("L04AX");
  });
}

}  // namespace

bool UsesSize(const HookRequest& request) {
  for (const Json* order : request.orders) {
    const Json* dosage = fhir::Find(*order, "dosageInstruction");
    if (dosage == nullptr) continue;
    const std::string text = fhir::PrintJson(*dosage);
    if (text.find("/kg") != std::string::npos || text.find("/m2") != std::string::npos) return true;
    if (IsDosedBySize(*order)) return true;
  }
  return false;
}

void FetchMissing(const FetchRound& fetch, HookRequest& request,
                  std::list<FetchedResource>& fetched) {
  Fetcher(fetch, request, fetched).Run();
}

void FetchTests(const FetchRound& fetch, HookRequest& request,
                std::list<FetchedResource>& fetched) {
  Fetcher(fetch, request, fetched).RunForTests();
}

FetchRound FromFetched(const std::vector<FetchedResource>& fetched) {
  return [&fetched](const std::vector<std::string>& queries) {
    std::vector<std::optional<Json>> answers;
    for (const auto& query : queries) {
      const auto found = std::find_if(fetched.begin(), fetched.end(),
                                      [&](const auto& one) { return one.query == query; });
      const bool had = found != fetched.end() && found->body != nullptr;
      answers.push_back(had ? std::optional<Json>(*found->body) : std::nullopt);
    }
    return answers;
  };
}

}  // namespace genflik::cds
