#include "services/alerts/alert_book.h"

#include <exception>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "services/core/error.h"
#include "services/core/log.h"

namespace genflik::alerts {
namespace {

// A full queue holds the callers back rather than the memory.
constexpr size_t kMostWaiting = 20000;
// Long enough to gather a batch, short enough to be there when a person looks.
constexpr auto kPause = std::chrono::milliseconds(50);
constexpr size_t kMostSaid = 200000;

}  // namespace

AlertBook::AlertBook(store::Store& store, const core::Clock& clock, std::chrono::minutes quiet)
    : store_(store), clock_(clock), quiet_(quiet) {
  ReadSaid();
  thread_ = std::thread([this] { Run(); });
}

AlertBook::~AlertBook() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  work_.notify_all();
  thread_.join();
}

void AlertBook::ReadSaid() {
  if (quiet_.count() == 0) return;
  const std::string from = core::PrintInstant(clock_.Now() - quiet_);
  const auto records = store_.Read([&](const store::Reader& reader) {
    return reader.FindRecords(
        {.kind = "alert", .created_from = from, .newest_first = true, .limit = 50000});
  });
  for (const auto& record : records) {
    fhir::IssueLog log;
    const auto body = fhir::ParseJson(record.body, log);
    if (!body) continue;
    const std::string key(fhir::FindText(*body, "quietKey"));
    // An alert that is being given now counts from its own time, not from the start.
    if (!key.empty())
      said_.emplace(key, Said{clock_.Now(), std::string(fhir::FindText(*body, "call"))});
  }
}

void AlertBook::Record(std::vector<store::Record> records) {
  if (records.empty()) return;
  std::unique_lock lock(mutex_);
  done_.wait(lock, [this] { return waiting_.size() < kMostWaiting || stopping_; });
  const bool was_empty = waiting_.empty();
  taken_ += records.size();
  for (auto& record : records) waiting_.push_back(std::move(record));
  if (was_empty) work_.notify_one();
}

void AlertBook::Flush() {
  std::unique_lock lock(mutex_);
  const auto until = taken_;
  done_.wait(lock, [&] { return stored_ >= until; });
}

void AlertBook::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    work_.wait(lock, [this] { return !waiting_.empty() || stopping_; });
    if (waiting_.empty()) return;
    if (!stopping_) work_.wait_for(lock, kPause, [this] { return stopping_; });
    std::vector<store::Record> batch = std::move(waiting_);
    waiting_.clear();
    const size_t size = batch.size();
    lock.unlock();
    StoreBatch(std::move(batch));
    lock.lock();
    stored_ += size;
    done_.notify_all();
  }
}

void AlertBook::StoreBatch(std::vector<store::Record> batch) {
  try {
    store_.Write([&batch](store::Writer& writer) {
      // A repeated call, or a drug noted before, stands there already.
      for (const auto& record : batch) writer.AppendRecordOnce(record);
    });
  } catch (const std::exception& error) {
    core::Log(core::LogLevel::kError, "alerts-not-recorded",
              {{"count", std::to_string(batch.size())}, {"reason", error.what()}});
  }
}

bool AlertBook::SaidLately(const std::string& key, const std::string& call) {
  if (quiet_.count() == 0) return false;
  const core::Instant now = clock_.Now();
  const std::lock_guard lock(said_mutex_);
  if (said_.size() > kMostSaid) {
    std::erase_if(said_, [&](const auto& entry) { return entry.second.at + quiet_ < now; });
  }
  const auto [entry, is_new] = said_.try_emplace(key, Said{now, call});
  if (is_new) return false;
  if (entry->second.call == call) return false;
  if (entry->second.at + quiet_ >= now) return true;
  entry->second = {now, call};
  return false;
}

void AlertBook::Forget() {
  const std::lock_guard lock(said_mutex_);
  said_.clear();
}

}  // namespace genflik::alerts
