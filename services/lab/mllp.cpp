#include "services/lab/mllp.h"

#include <utility>

namespace genflik::lab {
namespace {

constexpr char kStart = 0x0B;
constexpr char kEnd = 0x1C;

}  // namespace

std::vector<std::string> MllpFramer::Feed(std::string_view bytes) {
  std::vector<std::string> messages;
  for (const char byte : bytes) {
    if (byte == kStart) {
      inside_ = true;
      message_.clear();
    } else if (!inside_) {
      continue;
    } else if (byte == kEnd) {
      // The carriage return that ends the frame falls between frames.
      messages.push_back(std::move(message_));
      message_.clear();
      inside_ = false;
    } else if (message_.size() >= max_bytes_) {
      overflowed_ = true;
      inside_ = false;
      message_.clear();
    } else {
      message_ += byte;
    }
  }
  return messages;
}

std::string FrameMllp(std::string_view message) {
  std::string frame(1, kStart);
  frame.append(message);
  frame += kEnd;
  frame += '\r';
  return frame;
}

}  // namespace genflik::lab
