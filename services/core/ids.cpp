#include "services/core/ids.h"

#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>

#include <sys/random.h>

#include "services/core/error.h"

namespace genflik::core {
namespace {

std::string Print(std::uint64_t high, std::uint64_t low) {
  std::array<char, 37> text{};
  std::snprintf(text.data(), text.size(), "%08x-%04x-%04x-%04x-%012llx",
                static_cast<unsigned>(high >> 32U), static_cast<unsigned>((high >> 16U) & 0xffffU),
                static_cast<unsigned>(high & 0xffffU), static_cast<unsigned>(low >> 48U),
                static_cast<unsigned long long>(low & 0xffffffffffffULL));
  return {text.data(), 36};
}

// Random numbers of one thread, asked of the system many at a time: every request needs several.
class RandomNumbers {
 public:
  std::uint64_t Next() {
    if (at_ == numbers_.size()) {
      constexpr auto kSize = sizeof(numbers_);
      static_assert(kSize <= 256, "the system gives no more at once for certain");
      if (getrandom(numbers_.data(), kSize, 0) != static_cast<ssize_t>(kSize)) {
        throw Error(ErrorCode::kInternal, "no randomness for a new identifier");
      }
      at_ = 0;
    }
    return numbers_[at_++];
  }

 private:
  std::array<std::uint64_t, 32> numbers_ = {};
  size_t at_ = numbers_.size();
};

}  // namespace

std::string TimeOrderedIds::New() {
  thread_local RandomNumbers random;
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(
      std::chrono::system_clock::now().time_since_epoch());
  const std::uint64_t high =
      (static_cast<std::uint64_t>(now.count()) << 16U) | 0x7000U | (random.Next() & 0x0fffU);
  const std::uint64_t low = (random.Next() & 0x3fffffffffffffffULL) | 0x8000000000000000ULL;
  return Print(high, low);
}

std::string SequenceIds::New() { return Print(0x4000, 0x8000000000000000ULL | next_++); }

}  // namespace genflik::core
