#include "services/store/packed_text.h"

#include <memory>

#include <lz4frame.h>

#include "services/core/error.h"

namespace genflik::store {
namespace {

struct FreeReader {
  void operator()(LZ4F_dctx* reader) const { LZ4F_freeDecompressionContext(reader); }
};

size_t Checked(size_t answer) {
  if (LZ4F_isError(answer) != 0) {
    throw core::Error(core::ErrorCode::kInternal,
                      std::string("a packed text is damaged: ") + LZ4F_getErrorName(answer));
  }
  return answer;
}

}  // namespace

std::string PackText(std::string_view text) {
  LZ4F_preferences_t how = LZ4F_INIT_PREFERENCES;
  how.frameInfo.contentSize = text.size();
  std::string frame(LZ4F_compressFrameBound(text.size(), &how), '\0');
  frame.resize(
      Checked(LZ4F_compressFrame(frame.data(), frame.size(), text.data(), text.size(), &how)));
  return frame;
}

std::string UnpackText(std::string_view frame) {
  LZ4F_dctx* raw = nullptr;
  Checked(LZ4F_createDecompressionContext(&raw, LZ4F_VERSION));
  const std::unique_ptr<LZ4F_dctx, FreeReader> reader(raw);
  LZ4F_frameInfo_t told{};
  size_t head = frame.size();
  Checked(LZ4F_getFrameInfo(reader.get(), &told, frame.data(), &head));
  frame.remove_prefix(head);
  // LZ4 cannot shrink a text more than 255 times, so that a damaged size takes no memory.
  if (told.contentSize / 255 > frame.size()) {
    throw core::Error(core::ErrorCode::kInternal, "a packed text is damaged: its size");
  }
  std::string text(told.contentSize, '\0');
  size_t room = text.size();
  size_t taken = frame.size();
  const size_t left =
      Checked(LZ4F_decompress(reader.get(), text.data(), &room, frame.data(), &taken, nullptr));
  if (left != 0 || room != text.size()) {
    throw core::Error(core::ErrorCode::kInternal, "a packed text is damaged: its end is missing");
  }
  return text;
}

}  // namespace genflik::store
