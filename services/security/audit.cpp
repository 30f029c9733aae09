#include "services/security/audit.h"

#include <chrono>
#include <cstdio>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/core/log.h"
#include "services/security/digest.h"

namespace genflik::security {
namespace {

using core::Error;
using core::ErrorCode;

constexpr std::string_view kKind = "audit";
// Enough for a bad moment; then callers wait for the disk.
constexpr size_t kMostWaiting = 20000;
constexpr size_t kMostReferences = 200;
// What nobody waits for is gathered for so long before it is written.
constexpr auto kPause = std::chrono::milliseconds(20);
constexpr auto kPatience = std::chrono::seconds(10);
constexpr size_t kHashLetters = 64;

// The body is {"hash":"<64>","previous":"<64>","event":{...}}; its form is fixed, so that no JSON
// must be read to go on with the chain.
constexpr std::string_view kHead = R"({"hash":")";
constexpr std::string_view kMiddle = R"(","previous":")";
constexpr std::string_view kTail = R"(","event":)";

struct Link {
  std::string hash = {};
  std::string previous = {};
  std::string event = {};
};

std::optional<Link> ReadLink(std::string_view body) {
  const size_t fixed = kHead.size() + kMiddle.size() + kTail.size() + 2 * kHashLetters + 1;
  if (body.size() <= fixed || !body.starts_with(kHead) || !body.ends_with('}')) return std::nullopt;
  Link link;
  size_t at = kHead.size();
  link.hash = body.substr(at, kHashLetters);
  at += kHashLetters;
  if (body.substr(at, kMiddle.size()) != kMiddle) return std::nullopt;
  at += kMiddle.size();
  link.previous = body.substr(at, kHashLetters);
  at += kHashLetters;
  if (body.substr(at, kTail.size()) != kTail) return std::nullopt;
  at += kTail.size();
  link.event = body.substr(at, body.size() - at - 1);
  return link;
}

// Everything that the record says is under the hash, its place in the chain included.
std::string HashOf(const store::Record& record, const Link& link) {
  std::string text;
  for (const std::string* part : {&link.previous, &record.key, &record.id, &record.patient,
                                  &record.status, &record.created}) {
    text += std::to_string(part->size()) + ':' + *part + '\n';
  }
  return Sha256Hex(text + link.event);
}

std::string KeyOf(std::uint64_t number) {
  char text[24];
  std::snprintf(text, sizeof text, "%012llu", static_cast<unsigned long long>(number));
  return text;
}

std::uint64_t NumberOf(const std::string& key) {
  std::uint64_t number = 0;
  for (const char c : key) {
    if (c < '0' || c > '9') return 0;
    number = number * 10 + static_cast<std::uint64_t>(c - '0');
  }
  return number;
}

// The end of the chain, to which the next entry is tied.
struct End {
  std::string hash = std::string(kHashLetters, '0');
  std::uint64_t number = 0;
};

End FindEnd(const store::Reader& reader) {
  const auto last =
      reader.FindRecords({.kind = std::string(kKind), .newest_first = true, .limit = 1});
  if (last.empty()) return {};
  const auto link = ReadLink(last.front().body);
  if (!link) throw Error(ErrorCode::kUnavailable, "the audit log is damaged");
  return {.hash = link->hash, .number = NumberOf(last.front().key)};
}

void AppendAll(store::Writer& writer, const std::vector<AuditEntry>& entries) {
  if (entries.empty()) return;
  End end = FindEnd(writer);
  for (const AuditEntry& entry : entries) {
    const Access& access = entry.access;
    store::Record record{.id = writer.NewId(),
                         .kind = std::string(kKind),
                         .key = KeyOf(++end.number),
                         .patient = entry.patient,
                         .status = access.subject.empty() ? access.client : access.subject,
                         .created = entry.time};
    Link link{.previous = end.hash};
    link.event = fhir::PrintJson(MakeAuditEvent(entry, record.id));
    link.hash = HashOf(record, link);
    end.hash = link.hash;
    record.body.append(kHead).append(link.hash).append(kMiddle).append(link.previous);
    record.body.append(kTail).append(link.event).append("}");
    writer.AppendRecord(std::move(record));
  }
}

}  // namespace

std::set<std::string> PatientsIn(const store::StoredResource& resource) {
  std::set<std::string> patients;
  if (resource.type == "Patient") patients.insert(resource.id);
  // Stored text is printed without blanks. An id has only letters, digits, "-" and ".".
  constexpr std::string_view kMark = "Patient/";
  const std::string_view text = resource.text;
  for (size_t at = text.find(kMark); at != std::string_view::npos; at = text.find(kMark, at)) {
    const bool reference = at > 0 && (text[at - 1] == '"' || text[at - 1] == '/');
    at += kMark.size();
    const size_t end = text.find_first_not_of(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-.", at);
    if (reference && end != std::string_view::npos && end > at) {
      patients.emplace(text.substr(at, end - at));
    }
  }
  return patients;
}

void AuditTrail::Saw(const store::StoredResource& resource) {
  const auto note = [&](const std::string& patient) {
    auto& references = seen_[patient];
    if (references.size() < kMostReferences) references.insert(resource.Reference());
  };
  const std::set<std::string> patients = PatientsIn(resource);
  for (const std::string& patient : patients) note(patient);
  if (patients.empty()) note("");
}

void AuditTrail::SawPatient(std::string_view patient) { seen_[std::string(patient)]; }

AuditLog::AuditLog(store::Store& store, const core::Clock& clock)
    : store_(store), clock_(clock), thread_([this] { Run(); }) {}

AuditLog::~AuditLog() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  thread_.join();
}

void AuditLog::Append(store::Writer& writer, std::vector<AuditEntry> entries) const {
  const std::string now = core::PrintInstant(clock_.Now());
  for (AuditEntry& entry : entries) {
    if (entry.time.empty()) entry.time = now;
  }
  AppendAll(writer, entries);
}

void AuditLog::Queue(std::vector<AuditEntry> entries, bool wait) {
  if (entries.empty()) return;
  const std::string now = core::PrintInstant(clock_.Now());
  std::unique_lock lock(mutex_);
  // A caller that is quicker than the disk waits its turn.
  const bool room = done_.wait_for(lock, kPatience,
                                   [this] { return failing_ || waiting_.size() < kMostWaiting; });
  if (!room || failing_) {
    throw Error(ErrorCode::kUnavailable, "the audit log cannot be written, so nothing is shown");
  }
  for (AuditEntry& entry : entries) {
    if (entry.time.empty()) entry.time = now;
    waiting_.push_back(std::move(entry));
  }
  taken_ += entries.size();
  const std::uint64_t own = taken_;
  hurried_ = hurried_ || wait;
  work_.notify_one();
  if (!wait) return;
  const bool written = done_.wait_for(lock, kPatience, [&] { return stored_ >= own || failing_; });
  if (!written || stored_ < own) {
    throw Error(ErrorCode::kUnavailable, "the audit log cannot be written, so nothing is shown");
  }
}

void AuditLog::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return !waiting_.empty() || stopping_; });
    if (waiting_.empty()) return;
    std::vector<AuditEntry> batch = std::move(waiting_);
    waiting_.clear();
    const size_t size = batch.size();
    lock.unlock();
    bool failed = false;
    try {
      StoreBatch(batch);
    } catch (const std::exception& error) {
      failed = true;
      core::Log(core::LogLevel::kError, "audit-not-written",
                {{"count", std::to_string(size)}, {"reason", error.what()}});
    }
    lock.lock();
    failing_ = failed;
    if (failed) {
      waiting_.insert(waiting_.begin(), std::make_move_iterator(batch.begin()),
                      std::make_move_iterator(batch.end()));
      done_.notify_all();
      if (stopping_) return;
      work_.wait_for(lock, std::chrono::seconds(1), [this] { return stopping_; });
      continue;
    }
    stored_ += size;
    done_.notify_all();
    // Calls that come close together share one commit.
    work_.wait_for(lock, kPause, [this] { return stopping_ || hurried_; });
    hurried_ = false;
  }
}

void AuditLog::StoreBatch(const std::vector<AuditEntry>& batch) {
  store_.Write([&batch](store::Writer& writer) { AppendAll(writer, batch); });
}

fhir::Json AuditEventOf(const store::Record& record) {
  const auto link = ReadLink(record.body);
  fhir::IssueLog log;
  auto event = link ? fhir::ParseJson(link->event, log) : std::nullopt;
  if (!event) throw Error(ErrorCode::kInternal, "an entry of the audit log cannot be read");
  return std::move(*event);
}

AuditVerdict VerifyAudit(store::Store& store, std::string_view expected) {
  AuditVerdict verdict;
  std::string previous(kHashLetters, '0');
  bool met = expected.empty();
  store::RecordFilter filter{.kind = std::string(kKind)};
  const auto report = [&verdict](const store::Record& record, const char* what) {
    constexpr size_t kMostProblems = 100;
    if (verdict.problems.size() < kMostProblems) {
      verdict.problems.push_back("entry " + record.key + " (" + record.id + "): " + what);
    }
  };
  for (;;) {
    const auto records =
        store.Read([&](const store::Reader& reader) { return reader.FindRecords(filter); });
    if (records.empty()) break;
    for (const store::Record& record : records) {
      ++verdict.entries;
      const auto link = ReadLink(record.body);
      if (!link) {
        report(record, "cannot be read");
        continue;
      }
      if (NumberOf(record.key) != verdict.entries) {
        report(record, "does not stand in its place: entries were removed, added or moved");
        verdict.entries = NumberOf(record.key);
      }
      if (link->previous != previous) report(record, "does not follow the entry before it");
      if (link->hash != HashOf(record, *link)) report(record, "was altered");
      previous = link->hash;
      verdict.head = std::to_string(NumberOf(record.key)) + ':' + link->hash;
      met = met || verdict.head == expected;
    }
    filter.after_id = records.back().id;
  }
  if (!met) {
    verdict.problems.push_back("the entry " + std::string(expected.substr(0, 100)) +
                               " is not there any more: the end was cut off or all written anew");
  }
  return verdict;
}

}  // namespace genflik::security
