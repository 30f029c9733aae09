#pragma once

#include <string>
#include <string_view>

#include "rules/gene_result.h"

namespace genflik::store {

/// A result as the compact JSON that the projection keeps.
std::string PrintGeneResult(const rules::GeneResult& result);
/// The same result again. Throws Error(kInternal) for a text that is none: the projection must then
/// be rebuilt.
rules::GeneResult ReadGeneResult(std::string_view text);

}  // namespace genflik::store
