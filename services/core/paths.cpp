#include "services/core/paths.h"

#include "services/core/error.h"

namespace genflik::core {

std::filesystem::path ShareDirectory() {
  const auto program = std::filesystem::read_symlink("/proc/self/exe").parent_path();
  for (const auto& base : {program, program.parent_path()}) {
    if (exists(base / "share/genflik/knowledge")) return base / "share/genflik";
  }
  throw Error(ErrorCode::kInternal, "no share/genflik/knowledge beside " + program.string());
}

}  // namespace genflik::core
