#pragma once

#include <chrono>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>
#include <string>

namespace genflik::security {

/// What one caller may ask for.
struct LimitOptions {
  /// Requests a second, kept over a while, and how many more at once; 0: any number.
  double per_second = 0;
  double burst = 200;
  /// Requests under way at the same time; 0: any number.
  size_t at_once = 0;
};

/// Counts the requests of each caller: a bucket of tokens for the rate, a count for those under
/// way. Safe to use from any number of threads.
class Limits {
 public:
  explicit Limits(LimitOptions options) : options_(options) {}

  /// Held while a request is under way.
  class Pass {
   public:
    Pass() = default;
    Pass(Limits* owner, std::string caller) : owner_(owner), caller_(std::move(caller)) {}
    Pass(Pass&& other) noexcept;
    Pass& operator=(Pass&& other) noexcept;
    ~Pass();

   private:
    Limits* owner_ = nullptr;
    std::string caller_;
  };

  /// Lets a request of this caller in. Throws Error(kThrottled) when it asks for too much.
  [[nodiscard]] Pass Enter(const std::string& caller);

 private:
  using Time = std::chrono::steady_clock::time_point;
  struct Use {
    double tokens = 0;
    Time refilled = {};
    size_t under_way = 0;
  };
  void Leave(const std::string& caller);
  void Forget(Time now);

  const LimitOptions options_;
  std::mutex mutex_;
  std::map<std::string, Use> uses_;
};

}  // namespace genflik::security
