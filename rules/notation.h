#pragma once

#include <string>
#include <string_view>

namespace genflik::rules {

/// An allele's name in the form by which names are compared: lower case, no spaces around "+", one
/// way of writing "x" and "≥".
std::string FoldAllele(std::string_view name);
/// Without white space at the ends.
std::string_view Trim(std::string_view text);
/// ASCII letters in lower case.
std::string LowerAscii(std::string_view text);

}  // namespace genflik::rules
