#include "tests/support/places.h"

namespace genflik::tests {

std::string SourceDir() { return GENFLIK_SOURCE_DIR; }
std::string TestData() { return GENFLIK_TEST_DATA; }
std::string Program() { return GENFLIK_PROGRAM; }

}  // namespace genflik::tests
