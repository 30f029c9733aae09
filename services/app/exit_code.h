#pragma once

namespace genflik::app {

/// The exit codes of every subcommand.
inline constexpr int kExitDone = 0;
inline constexpr int kExitRefused = 1;
inline constexpr int kExitUsage = 2;
inline constexpr int kExitInternal = 3;

}  // namespace genflik::app
