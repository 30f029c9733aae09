#pragma once

#include <string>

/// Where the tests find what they read and run, as the build told them. Functions and not macros,
/// so that no object file but one holds a path of the machine it was compiled on.
namespace genflik::tests {

/// The project's root folder, without a slash at the end.
std::string SourceDir();
/// The folder tests/data, without a slash at the end.
std::string TestData();
/// The built `genflik` program.
std::string Program();

}  // namespace genflik::tests
