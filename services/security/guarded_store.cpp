#include "services/security/guarded_store.h"

#include <algorithm>
#include <map>
#include <set>
#include <type_traits>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "fhir/search_query.h"
#include "services/core/error.h"
#include "services/security/blocks.h"
#include "services/security/confinement.h"
#include "services/security/provenance.h"
#include "services/security/secrets.h"
#include "services/security/subscribers.h"

namespace genflik::security {
namespace {

using core::Error;
using core::ErrorCode;
using store::StoredResource;

[[noreturn]] void Forbid(const std::string& text) { throw Error(ErrorCode::kForbidden, text); }

// Entries of the log are records (audit.h). By the ways of other resources none would be found,
// which would look like nobody having looked.
void RefuseAudit(std::string_view type) {
  if (type == "AuditEvent") {
    throw Error(ErrorCode::kNotAllowed, "audit events are read at /fhir/AuditEvent alone");
  }
}

struct View {
  const fhir::Definitions& definitions;
  const Access& access;
  AuditTrail* trail;
  core::Instant now;
};

// A search that goes by way of other resources.
bool IsChained(const fhir::SearchQuery& query) {
  return std::ranges::any_of(query.terms, [](const fhir::SearchTerm& term) {
    return term.kind == fhir::SearchTerm::Kind::kChain || term.kind == fhir::SearchTerm::Kind::kHas;
  });
}

// A search by way of other resources tells of them by what it finds, so it goes only by way of
// types that the caller may search all of.
void KeepToRights(const Access& access, std::vector<fhir::SearchTerm>& terms) {
  using Kind = fhir::SearchTerm::Kind;
  for (fhir::SearchTerm& term : terms) {
    if (term.kind == Kind::kChain || term.kind == Kind::kHas) {
      const std::string asked = term.types.empty() ? "other resources" : term.types.front();
      for (size_t i = term.types.size(); i-- > 0;) {
        const Grant grant = access.Judge(term.types[i], 's');
        if (grant.allowed && !grant.confined && grant.filters.empty()) continue;
        term.types.erase(term.types.begin() + static_cast<std::ptrdiff_t>(i));
        if (i < term.inner.size()) {
          term.inner.erase(term.inner.begin() + static_cast<std::ptrdiff_t>(i));
        }
      }
      if (term.types.empty()) {
        Forbid("a search by way of " + asked + " needs the right to search all of it");
      }
    }
    KeepToRights(access, term.inner);
  }
}

// Records that tell what results say.
bool TellsResults(std::string_view kind) {
  return kind != "audit" && kind != "outbox" && kind != "session";
}

// The reading half, for Reader and Writer.
template <typename Base, typename Inner>
class GuardsReads : public Base {
 public:
  GuardsReads(Inner& inner, const View& view)
      : inner_(inner),
        view_(view),
        blocks_(inner, view.definitions, view.access, view.now.time_since_epoch().count()) {}

  std::optional<StoredResource> FindLatest(std::string_view type,
                                           std::string_view id) const override {
    RefuseAudit(type);
    auto found = inner_.FindLatest(type, id);
    const Grant grant = GrantForRead(type);
    if (found && (!Sees(grant, *found) || Hides(*found))) found.reset();
    if (found) Show(*found);
    return found;
  }

  std::optional<StoredResource> FindVersion(std::string_view type, std::string_view id,
                                            std::int64_t version) const override {
    const Grant grant = GrantForRead(type);
    if (!SeesNow(grant, type, id)) return std::nullopt;
    auto found = inner_.FindVersion(type, id, version);
    if (found && (!Sees(grant, *found) || Hides(*found) || HidesNow(*found))) found.reset();
    if (found) Show(*found);
    return found;
  }

  store::HistoryPage History(const store::HistoryQuery& query) const override {
    RefuseAudit(query.type);
    const std::string type = query.type.empty() ? "*" : query.type;
    const Grant grant = view_.access.Judge(type, query.id.empty() ? 's' : 'r');
    if (!grant.allowed) Forbid("the token gives no right to the history of " + type);
    const bool narrow = grant.confined || !grant.filters.empty();
    if (query.id.empty() && narrow) {
      Forbid("the history of a type or of all needs the right to all of it");
    }
    if (narrow && !SeesNow(grant, query.type, query.id)) return {};
    store::HistoryPage page = inner_.History(query);
    if (std::erase_if(page.versions, [&](const StoredResource& version) {
          return (grant.confined && !version.deleted && !IsWithin(version, view_.access.patient)) ||
                 Hides(version) || HidesNow(version);
        }) > 0) {
      page.total = static_cast<std::int64_t>(page.versions.size());
    }
    for (StoredResource& version : page.versions) Show(version);
    return page;
  }

  store::SearchPage Search(const fhir::SearchQuery& query) const override {
    RefuseAudit(query.type);
    const std::string type = query.type.empty() ? "*" : query.type;
    const Grant grant = view_.access.Judge(type, 's');
    if (!grant.allowed) Forbid("the token gives no right to search " + type);
    fhir::SearchQuery narrowed = query;
    KeepToRights(view_.access, narrowed.terms);
    // After that: what a scope itself asks for is the authorization server's word.
    narrowed = Narrow(narrowed, view_.definitions, grant, view_.access);
    const bool blocks = blocks_.Matter();
    const bool only_count = blocks && ((query.count && *query.count == 0) ||
                                       query.summary == fhir::SummaryMode::kCount);
    if (only_count) return CountVisible(std::move(narrowed), grant);
    store::SearchPage page = inner_.Search(narrowed);
    if (!view_.access.unrestricted) Remove(grant, page);
    if (blocks) RemoveBlocked(IsChained(query), query.page.empty(), page);
    for (StoredResource& match : page.matches) Show(match);
    for (StoredResource& included : page.included) Show(included);
    return page;
  }

  std::vector<StoredResource> FindMatching(std::string_view type,
                                           std::string_view query) const override {
    const Grant grant = view_.access.Judge(type, 's');
    if (!grant.allowed) Forbid("the token gives no right to search " + std::string(type));
    std::vector<StoredResource> found = inner_.FindMatching(type, query);
    std::erase_if(found,
                  [&](const StoredResource& match) { return !Sees(grant, match) || Hides(match); });
    for (StoredResource& match : found) Show(match);
    return found;
  }

  std::vector<std::string> Identified(std::string_view type, std::string_view system,
                                      std::string_view value) const override {
    RefuseAudit(type);
    const Grant grant = view_.access.Judge(type, 's');
    if (!grant.allowed) Forbid("the token gives no right to search " + std::string(type));
    std::vector<std::string> ids = inner_.Identified(type, system, value);
    // Every order comes by here.
    if (!grant.confined && grant.filters.empty() && !blocks_.Matter()) return ids;
    std::erase_if(ids, [&](const std::string& id) {
      const auto found = inner_.FindLatest(type, id);
      return !found || !Sees(grant, *found) || Hides(*found);
    });
    return ids;
  }

  std::vector<rules::GeneResult> ResultsOf(std::string_view patient_id) const override {
    const Grant grant = view_.access.Judge("Observation", 's');
    const bool others = grant.confined && patient_id != view_.access.patient;
    if (!grant.allowed || !grant.filters.empty() || others) {
      Forbid("the token gives no right to these results");
    }
    if (view_.trail != nullptr) view_.trail->SawPatient(patient_id);
    std::vector<rules::GeneResult> results = inner_.ResultsOf(patient_id);
    const std::string patient(patient_id);
    if (blocks_.Refuses(patient)) return {};
    if (!blocks_.Matter() || !blocks_.Concern(patient)) return results;
    std::erase_if(results, [&](const rules::GeneResult& result) {
      // Without its transplantation a result would be read for what it is not.
      return result.event.empty() && blocks_.HidesSource(result.source, patient);
    });
    NoteHidden();
    return results;
  }

  std::vector<store::Record> FindRecords(const store::RecordFilter& filter) const override {
    std::vector<store::Record> found = inner_.FindRecords(filter);
    if (ConfinesRecords()) {
      std::erase_if(found, [&](const store::Record& record) {
        return record.patient != view_.access.patient;
      });
    }
    // Who writes must see what stands already.
    if constexpr (std::is_same_v<Base, store::Writer>) return found;
    std::erase_if(found, [&](const store::Record& record) {
      return !record.patient.empty() && TellsResults(record.kind) &&
             (blocks_.Refuses(record.patient) || blocks_.Concern(record.patient));
    });
    return found;
  }

 protected:
  // Who may change a resource may look at what is changed: a patch answers with it.
  Grant GrantForRead(std::string_view type) const {
    for (const char interaction : {'r', 'u', 'd'}) {
      Grant grant = view_.access.Judge(type, interaction);
      if (grant.allowed) return grant;
    }
    Forbid("the token gives no right to read " + std::string(type));
  }

  bool Sees(const Grant& grant, const StoredResource& resource) const {
    if (!grant.confined && grant.filters.empty()) return grant.allowed;
    return MaySee(inner_, view_.definitions, grant, view_.access, resource);
  }

  bool SeesNow(const Grant& grant, std::string_view type, std::string_view id) const {
    if (!grant.confined && grant.filters.empty()) return grant.allowed;
    const auto latest = inner_.FindLatest(type, id);
    return latest && Sees(grant, *latest);
  }

  bool ConfinesRecords() const {
    const Access& access = view_.access;
    if (access.unrestricted) return false;
    return access.view ? access.confined_view : access.Judge("AuditEvent", 's').confined;
  }

  // What leaves the store: it is noted who saw it, and secrets stay here.
  void Show(StoredResource& resource) const {
    if (view_.trail != nullptr) view_.trail->Saw(resource);
    if (!view_.access.unrestricted) WithholdSecrets(resource);
  }

  bool Hides(const StoredResource& resource) const {
    const bool hides = blocks_.Hides(resource);
    if (hides) NoteHidden();
    return hides;
  }

  // An old version of what is blocked now, whatever that version said of its owner.
  bool HidesNow(const StoredResource& version) const {
    if (!blocks_.Matter()) return false;
    const auto now = inner_.FindLatest(version.type, version.id);
    return now && Hides(*now);
  }

  void NoteHidden() const {
    if (view_.trail == nullptr) return;
    for (const std::string& patient : blocks_.hidden()) view_.trail->NoteHidden(patient);
  }

  Inner& inner_;
  View view_;
  // What it has looked up once it need not look up again.
  mutable Blocks blocks_;

 private:
  void Remove(const Grant& grant, store::SearchPage& page) const {
    if (grant.confined && std::erase_if(page.matches, [&](const StoredResource& match) {
                            return !IsWithin(match, view_.access.patient);
                          }) > 0) {
      page.total.reset();
    }
    std::erase_if(page.included, [&](const StoredResource& included) {
      return !Sees(view_.access.Judge(included.type, 'r'), included);
    });
  }

  // A search by way of others may have asked for what is blocked: then being found tells it.
  bool HidesMatch(bool chained, const StoredResource& match) const {
    if (Hides(match)) return true;
    if (!chained) return false;
    const auto patients = PatientsIn(match);
    return std::ranges::any_of(
        patients, [&](const std::string& patient) { return blocks_.Concern(patient); });
  }

  void RemoveBlocked(bool chained, bool first_page, store::SearchPage& page) const {
    std::erase_if(page.matches,
                  [&](const StoredResource& match) { return HidesMatch(chained, match); });
    std::erase_if(page.included, [&](const StoredResource& included) { return Hides(included); });
    if (!page.total) return;
    // The store has counted what is hidden too.
    page.total.reset();
    if (first_page && page.next.empty()) {
      page.total = static_cast<std::int64_t>(page.matches.size());
    }
  }

  store::SearchPage CountVisible(fhir::SearchQuery query, const Grant& grant) const {
    constexpr int kMostPages = 20;
    constexpr size_t kPage = 1000;
    query.count = kPage;
    query.summary = fhir::SummaryMode::kFalse;
    query.includes.clear();
    store::SearchPage counted;
    std::int64_t total = 0;
    for (int i = 0; i < kMostPages; ++i) {
      store::SearchPage page = inner_.Search(query);
      Remove(grant, page);
      std::erase_if(page.matches, [&](const StoredResource& match) {
        return HidesMatch(IsChained(query), match);
      });
      total += static_cast<std::int64_t>(page.matches.size());
      if (page.next.empty()) {
        counted.total = total;
        break;
      }
      query.page = page.next;
    }
    return counted;
  }
};

using GuardedReader = GuardsReads<store::Reader, const store::Reader>;

class GuardedWriter : public GuardsReads<store::Writer, store::Writer> {
 public:
  using GuardsReads::GuardsReads;

  const std::vector<Change>& changes() const { return changes_; }

  /// Says where results come from that nothing in this transaction says it of. To be called last.
  void AddProvenance(const Caller& caller, core::Instant now) {
    for (fhir::Json& provenance : MissingProvenance(inner_, caller, changes_, now)) {
      // Genflik's own: it needs no right to write a Provenance.
      StoredResource stored = inner_.Put(std::move(provenance), {});
      std::set<std::string> patients = PatientsIn(stored);
      changes_.push_back({'C', std::move(stored), std::move(patients)});
    }
  }

  StoredResource Put(fhir::Json body, const store::PutOptions& options) override {
    const std::string type(fhir::FindText(body, "resourceType"));
    const std::string id(fhir::FindText(body, "id"));
    // What must not exist yet is not looked for: the store refuses it if it does.
    const bool fresh = id.empty() || options.expected_version == 0;
    const auto before = fresh ? std::nullopt : inner_.FindLatest(type, id);
    const bool exists = before && !before->deleted;
    const bool creates = !exists && options.method != "PUT" && options.method != "PATCH";
    const Grant grant = view_.access.Judge(type, creates ? 'c' : 'u');
    if (!grant.allowed) {
      Forbid("the token gives no right to " + std::string(creates ? "create " : "change ") + type);
    }
    // Nobody who has rights to one patient chooses ids: a free one would tell which are taken.
    const bool unknown = grant.confined && !creates && !exists;
    if (unknown || (before && !Sees(grant, *before))) ForbidOthers();
    if (exists) RestoreSecrets(*before, body);
    StoredResource stored = inner_.Put(std::move(body), options);
    if (grant.confined && (!IsWithin(stored, view_.access.patient) || IsNobodys(stored))) {
      ForbidOthers();
    }
    if (!Sees(grant, stored)) Forbid("what is written is outside the scopes of the token");
    // What it tells is told with the rights of whoever wrote it last. Genflik's own changes (it
    // gives up a receiver that never answers) make nobody else of that one.
    if (type == "Subscription" && &view_.access != &OwnWork().access) {
      KeepSubscriber(inner_, stored.id, view_.access);
    }
    if (!before || before->version != stored.version) {
      changes_.push_back({exists ? 'U' : 'C', stored, PatientsIn(stored)});
      if (exists) changes_.back().patients.merge(PatientsIn(*before));
    }
    if (!view_.access.unrestricted) WithholdSecrets(stored);
    return stored;
  }

  std::optional<StoredResource> Delete(std::string_view type, std::string_view id,
                                       std::optional<std::int64_t> expected_version) override {
    const Grant grant = view_.access.Judge(type, 'd');
    if (!grant.allowed) Forbid("the token gives no right to delete " + std::string(type));
    const auto before = inner_.FindLatest(type, id);
    if (before && (!Sees(grant, *before) || (grant.confined && IsNobodys(*before)))) ForbidOthers();
    auto deletion = inner_.Delete(type, id, expected_version);
    if (deletion && before && !before->deleted) {
      changes_.push_back({'D', *deletion, PatientsIn(*before)});
    }
    return deletion;
  }

  store::Record AppendRecord(store::Record record) override {
    CheckRecord(record);
    return inner_.AppendRecord(std::move(record));
  }
  std::optional<store::Record> AppendRecordOnce(store::Record record) override {
    CheckRecord(record);
    return inner_.AppendRecordOnce(std::move(record));
  }
  void UpdateRecord(const store::Record& record) override {
    CheckRecord(record);
    inner_.UpdateRecord(record);
    if (record.kind != "outbox" && record.kind != "session") {
      StoredResource changed{.type = record.kind, .id = record.id};
      changes_.push_back({'U', std::move(changed), {record.patient}});
    }
  }
  bool TakeOnce(std::string_view key, std::int64_t expires) override {
    return inner_.TakeOnce(key, expires);
  }
  std::string NewId() override { return inner_.NewId(); }

 private:
  [[noreturn]] static void ForbidOthers() {
    Forbid("the token gives the right to one patient's data only");
  }
  // Nobody's data (a laboratory, a drug) are read by all and changed by none who has rights to one
  // patient.
  static bool IsNobodys(const StoredResource& resource) { return PatientsIn(resource).empty(); }
  void CheckRecord(const store::Record& record) const {
    if (record.kind == "audit" && !view_.access.unrestricted) Forbid("the audit log is Genflik's");
    if (ConfinesRecords() && record.patient != view_.access.patient) ForbidOthers();
  }

  std::vector<Change> changes_;
};

// One entry for what was done alike to one patient in a transaction.
std::vector<AuditEntry> EntriesOf(const Caller& caller, const std::vector<Change>& changes) {
  std::map<std::pair<std::string, char>, AuditEntry> entries;
  for (const auto& change : changes) {
    std::string reference = change.resource.Reference();
    if (change.resource.version > 0) {
      reference += "/_history/" + std::to_string(change.resource.version);
    }
    std::set<std::string> patients = change.patients;
    if (patients.empty()) patients.insert("");
    for (const std::string& patient : patients) {
      entries[{patient, change.action}].what.push_back(reference);
    }
  }
  std::vector<AuditEntry> list;
  for (auto& [about, entry] : entries) {
    entry.access = caller.access;
    entry.patient = about.first;
    entry.action = about.second;
    entry.status = entry.action == 'C' ? 201 : 200;
    entry.route = caller.route;
    entry.request = caller.request;
    list.push_back(std::move(entry));
  }
  return list;
}

}  // namespace

GuardedStore::GuardedStore(std::unique_ptr<store::Store> inner,
                           std::shared_ptr<const fhir::Definitions> definitions,
                           const core::Clock& clock)
    : inner_(std::move(inner)),
      definitions_(std::move(definitions)),
      clock_(clock),
      audit_(std::make_unique<AuditLog>(*inner_, clock)) {}
GuardedStore::~GuardedStore() = default;

AuditLog& GuardedStore::audit() { return *audit_; }

void GuardedStore::AddWriteObserver(store::WriteObserver observer) {
  inner_->AddWriteObserver(std::move(observer));
}
void GuardedStore::AddCommitObserver(store::CommitObserver observer) {
  inner_->AddCommitObserver(std::move(observer));
}
std::int64_t GuardedStore::Reindex() { return inner_->Reindex(); }
void GuardedStore::Backup(const std::filesystem::path& file) { inner_->Backup(file); }
void GuardedStore::Check() { inner_->Check(); }

void GuardedStore::RunRead(const std::function<void(const store::Reader&)>& fn) {
  const Caller* caller = CurrentCaller();
  if (caller == nullptr) return inner_->Read(fn);
  inner_->Read([&](const store::Reader& reader) {
    fn(GuardedReader(reader, {*definitions_, caller->access, caller->trail.get(), clock_.Now()}));
  });
}

void GuardedStore::RunWrite(const std::function<void(store::Writer&)>& fn) {
  const Caller& caller = CurrentCaller() == nullptr ? OwnWork() : *CurrentCaller();
  inner_->Write([&](store::Writer& writer) {
    GuardedWriter guarded(writer, {*definitions_, caller.access, caller.trail.get(), clock_.Now()});
    fn(guarded);
    guarded.AddProvenance(caller, clock_.Now());
    audit_->Append(writer, EntriesOf(caller, guarded.changes()));
  });
}

}  // namespace genflik::security
