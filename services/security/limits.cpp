#include "services/security/limits.h"

#include <algorithm>
#include <utility>

#include "services/core/error.h"

namespace genflik::security {
namespace {

// So many callers are remembered before those that rest are forgotten.
constexpr size_t kMostCallers = 10000;

[[noreturn]] void Refuse() {
  throw core::Error(core::ErrorCode::kThrottled, "too many requests: wait a moment and try again");
}

}  // namespace

Limits::Pass::Pass(Pass&& other) noexcept
    : owner_(std::exchange(other.owner_, nullptr)), caller_(std::move(other.caller_)) {}

Limits::Pass& Limits::Pass::operator=(Pass&& other) noexcept {
  std::swap(owner_, other.owner_);
  std::swap(caller_, other.caller_);
  return *this;
}

Limits::Pass::~Pass() {
  if (owner_ != nullptr) owner_->Leave(caller_);
}

Limits::Pass Limits::Enter(const std::string& caller) {
  if (options_.per_second <= 0 && options_.at_once == 0) return {};
  const Time now = std::chrono::steady_clock::now();
  const std::lock_guard lock(mutex_);
  if (uses_.size() >= kMostCallers) Forget(now);
  const auto [place, is_new] = uses_.try_emplace(caller);
  Use& use = place->second;
  if (is_new) {
    use.tokens = options_.burst;
    use.refilled = now;
  }
  if (options_.at_once > 0 && use.under_way >= options_.at_once) Refuse();
  if (options_.per_second > 0) {
    const std::chrono::duration<double> passed = now - use.refilled;
    use.tokens = std::min(options_.burst, use.tokens + passed.count() * options_.per_second);
    use.refilled = now;
    if (use.tokens < 1) Refuse();
    use.tokens -= 1;
  }
  ++use.under_way;
  return {this, caller};
}

void Limits::Leave(const std::string& caller) {
  const std::lock_guard lock(mutex_);
  const auto use = uses_.find(caller);
  if (use != uses_.end() && use->second.under_way > 0) --use->second.under_way;
}

void Limits::Forget(Time now) {
  std::erase_if(uses_, [&](const auto& entry) {
    const std::chrono::duration<double> passed = now - entry.second.refilled;
    return entry.second.under_way == 0 &&
           entry.second.tokens + passed.count() * options_.per_second >= options_.burst;
  });
}

}  // namespace genflik::security
