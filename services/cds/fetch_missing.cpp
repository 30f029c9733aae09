#include "services/cds/fetch_missing.h"

#include <algorithm>
#include <set>
#include <string_view>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/cds/body_size.h"
#include "services/cds/resource_index.h"
#include "services/cds/supply.h"
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

  void Run(const rules::KnowledgeBase& knowledge) {
    if (!IsId(request_.patient)) return;
    AskForKeys();
    AskForSizes(knowledge);
    AskForDispatched();
    Round();
    AskForPages();
    AskForMedications();
    AskForSizes(knowledge);
    Round();
    // Only now may it be known which drug an order is about.
    AskForSizes(knowledge);
    AskForPages();
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
    for (size_t pages = 2; pages < kMostPages && !request_.next_pages.empty(); ++pages) {
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

  // Not there, not readable, or with a part lost that may be there the next time.
  bool Lacks(SupplyOf of) const {
    return request_.*of == Supply::kAbsent || request_.*of == Supply::kFailed ||
           IsTorn(request_, of);
  }

  void AskForKeys() {
    const std::string of_patient = "?patient=" + request_.patient;
    if (Lacks(&HookRequest::patient_supply)) {
      Ask("Patient/" + request_.patient, [this](const Json* found) {
        const bool right = found != nullptr &&
                           fhir::FindText(*found, "resourceType") == "Patient" &&
                           fhir::FindText(*found, "id") == request_.patient;
        request_.patient_supply = right ? Supply::kComplete : Supply::kFailed;
        if (right) SetPatient(*found, request_);
      });
    }
    AskFor(&HookRequest::genotypes,
           "Observation" + of_patient + "&code=" + Encoded(mapping::TestSearchTokens()));
    AskFor(&HookRequest::medications, "MedicationRequest" + of_patient + "&status=active");
    if (HasType(request_.orders, "ServiceRequest")) AskForTests();
  }

  void AskForSizes(const rules::KnowledgeBase& knowledge) {
    if (asked_for_sizes_ || !Lacks(&HookRequest::sizes) || !UsesSize(request_, knowledge)) return;
    asked_for_sizes_ = true;
    AskFor(&HookRequest::sizes,
           "Observation?patient=" + request_.patient + Encoded(BodySizeSearch()));
  }

  void AskForTests() {
    const std::string query = "ServiceRequest?patient=" + request_.patient + "&status=active";
    const bool asked = std::any_of(fetched_.begin(), fetched_.end(),
                                   [&](const auto& one) { return one.query == query; });
    if (!asked) AskFor(&HookRequest::tests, query);
  }

  void AskFor(SupplyOf of, std::string query) {
    if (!Lacks(of)) return;
    Ask(std::move(query), [this, of](const Json* found) { TakeSearch(found, of); });
  }

  // A new answer takes the place of the old one, unless it is worse.
  void TakeSearch(const Json* found, SupplyOf of) {
    const Supply before = request_.*of;
    const auto pages = request_.next_pages;
    const auto torn = request_.torn;
    std::erase_if(request_.next_pages, [&](const NextPage& page) { return page.of == of; });
    std::erase(request_.torn, of);
    request_.*of = Supply::kFailed;
    if (found != nullptr) AddSearch(*found, of, request_);
    if (request_.*of != Supply::kFailed || before != Supply::kPaged) return;
    request_.*of = before;
    request_.next_pages = pages;
    request_.torn = torn;
  }

  void AskForDispatched() {
    for (const std::string& reference : request_.dispatched) {
      for (const std::string_view type : {"MedicationRequest", "ServiceRequest"}) {
        const auto readable = ReadableReference(WithoutVersion(reference), type);
        if (!readable) continue;
        Ask(*readable, [this, reference, type](const Json* found) {
          if (found == nullptr || fhir::FindText(*found, "resourceType") != type ||
              BelongingOf(*found, request_) != Belonging::kPatient)
            return;
          request_.orders.push_back(found);
          std::erase(request_.dispatched, reference);
        });
      }
    }
  }

  // Pages that the EHR's links name.
  void AskForPages() {
    for (const NextPage& page : std::exchange(request_.next_pages, {})) {
      Ask(page.url, [this, of = page.of](const Json* found) { AddPage(found, of, request_); });
    }
  }

  // Medications that orders and current drugs refer to and that did not come with them.
  void AskForMedications() {
    const ResourceIndex at_hand(request_);
    std::set<std::string> asked;
    const auto ask_for = [&](const Json& order) {
      const Json* drug = fhir::Find(order, "medicationReference");
      if (drug == nullptr || asked.size() == kMostReferences) return;
      const std::string_view reference = fhir::FindText(*drug, "reference");
      if (at_hand.Find(reference) != nullptr) return;
      const auto readable = ReadableReference(WithoutVersion(reference), "Medication");
      if (!readable || !asked.insert(*readable).second) return;
      Ask(*readable, [this, address = *readable](const Json* found) {
        if (found != nullptr) TakeMedication(address, *found);
      });
    };
    for (const auto* list : {&request_.orders, &request_.prefetched}) {
      for (const Json* one : *list) {
        if (mapping::IsDrugResource(*one)) ask_for(*one);
      }
    }
  }

  // Only what was asked for, and under the address that it was read from.
  void TakeMedication(const std::string& address, const Json& found) {
    const std::string reference = "Medication/" + std::string(fhir::FindText(found, "id"));
    if (fhir::FindText(found, "resourceType") != "Medication" || !address.ends_with(reference))
      return;
    if (address != reference) {
      request_.by_url.emplace(address, &found);
    } else if (request_.ehr) {
      std::string_view server = request_.ehr->server;
      while (server.ends_with('/')) server.remove_suffix(1);
      request_.by_url.emplace(std::string(server) + '/' + reference, &found);
    }
    (void)AddSupply(found, request_);
  }

  const FetchRound& fetch_;
  HookRequest& request_;
  std::list<FetchedResource>& fetched_;
  std::vector<std::pair<std::string, Use>> wanted_;
  bool asked_for_sizes_ = false;
};

}  // namespace

void FetchMissing(const FetchRound& fetch, const rules::KnowledgeBase& knowledge,
                  HookRequest& request, std::list<FetchedResource>& fetched) {
  Fetcher(fetch, request, fetched).Run(knowledge);
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
