#pragma once

#include <filesystem>

namespace genflik::core {

/// The folder of what the program reads at run time ("knowledge", "fhir", "tab", "sample-data",
/// "labs" stand in it): beside the program in a build, under ../share when installed. Throws
/// Error(kInternal) when there is none.
std::filesystem::path ShareDirectory();

}  // namespace genflik::core
