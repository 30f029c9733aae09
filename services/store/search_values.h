#pragma once

#include <string>

#include "fhir/search_query.h"
#include "services/store/sql_text.h"

// How one value of a search is compared with the columns of an index row `alias`.

namespace genflik::store {

std::string MatchToken(SqlText& sql, const std::string& alias, const fhir::TokenValue& value);
std::string MatchTokenText(SqlText& sql, const std::string& alias, const std::string& text);
std::string MatchString(SqlText& sql, const std::string& alias, const std::string& text,
                        fhir::Modifier modifier);
std::string MatchReference(SqlText& sql, const std::string& alias,
                           const fhir::ReferenceValue& value);
std::string MatchUri(SqlText& sql, const std::string& alias, const std::string& uri,
                     fhir::Modifier modifier);
/// `low` and `high` are the expressions of the span's ends.
std::string MatchDate(SqlText& sql, const std::string& low, const std::string& high,
                      fhir::Prefix prefix, const fhir::DateValue& value);
/// The same for a column of one point in time.
std::string MatchInstant(SqlText& sql, const std::string& column, fhir::Prefix prefix,
                         const fhir::DateValue& value);
std::string MatchNumber(SqlText& sql, const std::string& alias, fhir::Prefix prefix,
                        const fhir::NumberValue& value);
/// True when the canonical form of the quantity is what to compare with.
bool IsCanonical(const fhir::QuantityValue& value);
std::string MatchQuantity(SqlText& sql, const std::string& alias, fhir::Prefix prefix,
                          const fhir::QuantityValue& value);

}  // namespace genflik::store
