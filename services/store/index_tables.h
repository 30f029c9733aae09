#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/search_index.h"
#include "services/store/sql_connection.h"

// The tables that searches are answered from: what is written beside each resource.

namespace genflik::store {

/// The number that stands for a search parameter of a type in the index tables ("Observation",
/// "code"; parts of a composite and derived parameters have suffixes, see the functions below).
std::int64_t ParameterNumber(std::string_view type, std::string_view parameter);
/// Part `part` of a composite parameter.
std::string PartName(std::string_view parameter, size_t part);
/// Reference.identifier of a reference parameter, kept as a token.
std::string IdentifierName(std::string_view parameter);
/// The canonical unit and number of a quantity parameter.
std::string CanonicalName(std::string_view parameter);

/// Index keys are cut to this many bytes (PostgreSQL's B-trees take no more than some 2,700).
inline constexpr size_t kLongestKey = 400;
/// `text` cut to kLongestKey at a boundary of characters.
std::string_view CutKey(std::string_view text);

/// Writes the entries of one resource.
void WriteIndex(SqlConnection& connection, std::int64_t rid, std::string_view type,
                const std::vector<fhir::IndexEntry>& entries);
/// Removes all entries of one resource.
void ClearIndex(SqlConnection& connection, std::int64_t rid);
/// Removes all entries of all resources.
void ClearAllIndexes(SqlConnection& connection);

}  // namespace genflik::store
