#include "services/security/guarded_store.h"

#include <map>
#include <set>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/security/confinement.h"

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
};

// The reading half, for Reader and Writer.
template <typename Base, typename Inner>
class GuardsReads : public Base {
 public:
  GuardsReads(Inner& inner, const View& view) : inner_(inner), view_(view) {}

  std::optional<StoredResource> FindLatest(std::string_view type,
                                           std::string_view id) const override {
    RefuseAudit(type);
    auto found = inner_.FindLatest(type, id);
    const Grant grant = GrantForRead(type);
    if (found && !Sees(grant, *found)) found.reset();
    if (found) Note(*found);
    return found;
  }

  std::optional<StoredResource> FindVersion(std::string_view type, std::string_view id,
                                            std::int64_t version) const override {
    const Grant grant = GrantForRead(type);
    if (!SeesNow(grant, type, id)) return std::nullopt;
    auto found = inner_.FindVersion(type, id, version);
    if (found && !Sees(grant, *found)) found.reset();
    if (found) Note(*found);
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
          return grant.confined && !version.deleted && !IsWithin(version, view_.access.patient);
        }) > 0) {
      page.total = static_cast<std::int64_t>(page.versions.size());
    }
    for (const StoredResource& version : page.versions) Note(version);
    return page;
  }

  store::SearchPage Search(const fhir::SearchQuery& query) const override {
    RefuseAudit(query.type);
    const std::string type = query.type.empty() ? "*" : query.type;
    const Grant grant = view_.access.Judge(type, 's');
    if (!grant.allowed) Forbid("the token gives no right to search " + type);
    store::SearchPage page = inner_.Search(Narrow(query, view_.definitions, grant, view_.access));
    if (!view_.access.unrestricted) Remove(grant, page);
    for (const StoredResource& match : page.matches) Note(match);
    for (const StoredResource& included : page.included) Note(included);
    return page;
  }

  std::vector<StoredResource> FindMatching(std::string_view type,
                                           std::string_view query) const override {
    const Grant grant = view_.access.Judge(type, 's');
    if (!grant.allowed) Forbid("the token gives no right to search " + std::string(type));
    std::vector<StoredResource> found = inner_.FindMatching(type, query);
    std::erase_if(found, [&](const StoredResource& match) { return !Sees(grant, match); });
    for (const StoredResource& match : found) Note(match);
    return found;
  }

  std::vector<rules::GeneResult> ResultsOf(std::string_view patient_id) const override {
    const Grant grant = view_.access.Judge("Observation", 's');
    const bool others = grant.confined && patient_id != view_.access.patient;
    if (!grant.allowed || !grant.filters.empty() || others) {
      Forbid("the token gives no right to these results");
    }
    if (view_.trail != nullptr) view_.trail->SawPatient(patient_id);
    return inner_.ResultsOf(patient_id);
  }

  std::vector<store::Record> FindRecords(const store::RecordFilter& filter) const override {
    std::vector<store::Record> found = inner_.FindRecords(filter);
    if (ConfinesRecords()) {
      std::erase_if(found, [&](const store::Record& record) {
        return record.patient != view_.access.patient;
      });
    }
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

  void Note(const StoredResource& resource) const {
    if (view_.trail != nullptr) view_.trail->Saw(resource);
  }

  Inner& inner_;
  View view_;

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
};

using GuardedReader = GuardsReads<store::Reader, const store::Reader>;

class GuardedWriter : public GuardsReads<store::Writer, store::Writer> {
 public:
  using GuardsReads::GuardsReads;

  struct Change {
    char action = 'U';
    StoredResource resource = {};
    std::set<std::string> patients = {};
  };
  const std::vector<Change>& changes() const { return changes_; }

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
    if (before && !Sees(grant, *before)) ForbidOthers();
    StoredResource stored = inner_.Put(std::move(body), options);
    if (grant.confined && (!IsWithin(stored, view_.access.patient) || IsNobodys(stored))) {
      ForbidOthers();
    }
    if (!Sees(grant, stored)) Forbid("what is written is outside the scopes of the token");
    if (!before || before->version != stored.version) {
      changes_.push_back({exists ? 'U' : 'C', stored, PatientsIn(stored)});
      if (exists) changes_.back().patients.merge(PatientsIn(*before));
    }
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
  void UpdateRecord(const store::Record& record) override {
    CheckRecord(record);
    inner_.UpdateRecord(record);
    if (record.kind != "outbox") {
      StoredResource changed{.type = record.kind, .id = record.id};
      changes_.push_back({'U', std::move(changed), {record.patient}});
    }
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
std::vector<AuditEntry> EntriesOf(const Caller& caller,
                                  const std::vector<GuardedWriter::Change>& changes) {
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
    fn(GuardedReader(reader, {*definitions_, caller->access, caller->trail.get()}));
  });
}

void GuardedStore::RunWrite(const std::function<void(store::Writer&)>& fn) {
  const Caller& caller = CurrentCaller() == nullptr ? OwnWork() : *CurrentCaller();
  inner_->Write([&](store::Writer& writer) {
    GuardedWriter guarded(writer, {*definitions_, caller.access, caller.trail.get()});
    fn(guarded);
    audit_->Append(writer, EntriesOf(caller, guarded.changes()));
  });
}

}  // namespace genflik::security
