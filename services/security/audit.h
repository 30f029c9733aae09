#pragma once

#include <condition_variable>
#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "fhir/json.h"
#include "services/core/clock.h"
#include "services/security/access.h"
#include "services/store/store.h"

// Who has done what, for ever: each entry is an AuditEvent (http://hl7.org/fhir/R4/auditevent.html)
// that carries the hash of the one before it, so that a change to any of them shows.

namespace genflik::security {

/// One thing that somebody did, to at most one patient's data.
struct AuditEntry {
  Access access = {};
  /// As http://hl7.org/fhir/R4/valueset-audit-event-action.html: C, R, U, D or E.
  char action = 'R';
  /// 200 and more as HTTP has them; 400 and above is a failure.
  int status = 200;
  /// Logical id; empty: nobody's.
  std::string patient = {};
  /// References to what was seen or changed, with the version where it was changed.
  std::vector<std::string> what = {};
  /// "GET /fhir/{type}", and the query where there was one.
  std::string route = {};
  std::string query = {};
  std::string request = {};
  /// Set when it is queued or appended.
  std::string time = {};
};

/// The AuditEvent of an entry, with this id.
[[nodiscard]] fhir::Json MakeAuditEvent(const AuditEntry& entry, std::string_view id);

/// What one call looks at, collected on the way. Used by one thread at a time.
class AuditTrail {
 public:
  void Saw(const store::StoredResource& resource);
  void SawPatient(std::string_view patient);
  /// By patient, "" for what is nobody's: references, a bounded number of them.
  const std::map<std::string, std::set<std::string>>& seen() const { return seen_; }
  /// Data of this patient were left out because they are blocked to the caller.
  void NoteHidden(const std::string& patient) { hidden_.insert(patient); }
  bool HasHidden(const std::string& patient) const { return hidden_.contains(patient); }

 private:
  std::map<std::string, std::set<std::string>> seen_;
  std::set<std::string> hidden_;
};

/// Logical ids of the patients that a stored resource is about or mentions.
[[nodiscard]] std::set<std::string> PatientsIn(const store::StoredResource& resource);

/// Writes the chain. Safe to use from any number of threads.
class AuditLog {
 public:
  /// `store` is the one under the guard and outlives the log.
  AuditLog(store::Store& store, const core::Clock& clock);
  /// Writes what is queued.
  ~AuditLog();
  AuditLog(const AuditLog&) = delete;
  AuditLog& operator=(const AuditLog&) = delete;

  /// Appends within a transaction: the entries stand if and only if the changes do.
  void Append(store::Writer& writer, std::vector<AuditEntry> entries) const;
  /// Appends soon, many at a time; with `wait` returns once it is on disk. Throws
  /// Error(kUnavailable) when the log cannot be written: what leaves no trace must not be shown.
  void Queue(std::vector<AuditEntry> entries, bool wait);

 private:
  void Run();
  void StoreBatch(const std::vector<AuditEntry>& batch);

  store::Store& store_;
  const core::Clock& clock_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable done_;
  std::vector<AuditEntry> waiting_;
  std::uint64_t taken_ = 0;
  std::uint64_t stored_ = 0;
  bool failing_ = false;
  /// Somebody waits: the next batch is written without gathering more.
  bool hurried_ = false;
  bool stopping_ = false;
  std::thread thread_;
};

/// What a check of the whole chain has found.
struct AuditVerdict {
  std::uint64_t entries = 0;
  /// Number and hash of the last entry: "1234:ab12...". Kept elsewhere, it shows whether entries
  /// were cut off at the end or the whole chain was written anew.
  std::string head = {};
  /// Empty: nothing was altered, removed or moved.
  std::vector<std::string> problems = {};
};

/// Checks every entry. With `expected`, an earlier head, that entry must still be there.
[[nodiscard]] AuditVerdict VerifyAudit(store::Store& store, std::string_view expected = {});

/// The AuditEvent that a record of the chain holds. Throws Error(kInternal) when it is none.
[[nodiscard]] fhir::Json AuditEventOf(const store::Record& record);

}  // namespace genflik::security
