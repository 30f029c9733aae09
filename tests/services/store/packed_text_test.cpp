#include "services/store/packed_text.h"

#include <string>

#include <gtest/gtest.h>

#include "services/core/error.h"

namespace genflik::store {
namespace {

std::string Sample() {
  std::string text;
  for (int i = 0; i < 9000; ++i) text += std::to_string(i * 7919);
  return text;
}

TEST(PackedText, ComesOutAsItWentIn) {
  for (const std::string& text : {std::string(), std::string("a"), std::string(100000, 'x'),
                                  std::string(1, '\0'), Sample()}) {
    EXPECT_EQ(UnpackText(PackText(text)), text);
  }
  EXPECT_LT(PackText(std::string(100000, 'x')).size(), 1000);
}

TEST(PackedText, IsRefusedWhenItIsNotWhole) {
  const std::string frame = PackText(Sample());
  for (size_t kept = 0; kept < frame.size(); kept += kept < 20 ? 1 : 997) {
    EXPECT_THROW(static_cast<void>(UnpackText(frame.substr(0, kept))), core::Error) << kept;
  }
  EXPECT_THROW(static_cast<void>(UnpackText("a text that is no frame")), core::Error);
}

// The size stands at byte 6 of a frame, behind mark and flags; nothing is allocated by it alone.
TEST(PackedText, IsRefusedWhenItsSizeIsAbsurd) {
  std::string frame = PackText(Sample());
  for (size_t at = 6; at < 14; ++at) frame[at] = '\x7f';
  EXPECT_THROW(static_cast<void>(UnpackText(frame)), core::Error);
}

}  // namespace
}  // namespace genflik::store
