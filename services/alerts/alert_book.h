#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>
#include <unordered_map>
#include <vector>

#include "services/core/clock.h"
#include "services/store/store.h"

namespace genflik::alerts {

/// Writes down every evaluation, also the silent ones, in batches behind the answers, and remembers
/// what was said lately so that it is not repeated. Thread-safe.
class AlertBook {
 public:
  /// `quiet` is how long the same advice is not repeated. What was said within that time before the
  /// start is read from the store. `store` and `clock` must outlive the book.
  AlertBook(store::Store& store, const core::Clock& clock, std::chrono::minutes quiet);
  /// Stores what is still waiting.
  ~AlertBook();
  AlertBook(const AlertBook&) = delete;
  AlertBook& operator=(const AlertBook&) = delete;

  /// Takes records ("evaluation", "alert", "unmapped") to be stored soon. A record whose key exists
  /// already is left out.
  void Record(std::vector<store::Record> records);
  /// Returns when everything taken so far is stored, or could not be stored and was logged.
  void Flush();

  /// True when `key` was said within the quiet time by a call other than `call`; else remembers it.
  /// A repeated call, such as a retry, is given its answer again.
  bool SaidLately(const std::string& key, const std::string& call);
  /// Forgets what was said, for a changed configuration.
  void Forget();

 private:
  struct Said {
    core::Instant at;
    std::string call;
  };

  void Run();
  void StoreBatch(std::vector<store::Record> batch);
  void ReadSaid();

  store::Store& store_;
  const core::Clock& clock_;
  std::chrono::minutes quiet_;
  std::mutex mutex_;
  std::condition_variable work_;
  std::condition_variable done_;
  std::vector<store::Record> waiting_;
  std::uint64_t taken_ = 0;
  std::uint64_t stored_ = 0;
  bool stopping_ = false;
  std::mutex said_mutex_;
  std::unordered_map<std::string, Said> said_;
  std::thread thread_;
};

}  // namespace genflik::alerts
