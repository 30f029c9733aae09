#pragma once

#include <string>

namespace genflik::rules {

/// Words for people in the two languages that Genflik speaks; codes never depend on them.
struct LocalText {
  std::string en = {};
  std::string sv = {};

  bool empty() const { return en.empty() && sv.empty(); }
  bool operator==(const LocalText&) const = default;
};

}  // namespace genflik::rules
