#pragma once

#include <string>

namespace genflik::rules {

/// Where a rule is published; what is not known is empty.
struct Citation {
  std::string title = {};
  std::string doi = {};
  std::string pmid = {};
  std::string url = {};
  bool operator==(const Citation&) const = default;
};

}  // namespace genflik::rules
