#pragma once

#include "services/store/sql_connection.h"

namespace genflik::store {

/// Brings the database to the schema of this program, in one transaction. Throws
/// Error(kUnsupported) when a newer program has written it.
void Migrate(SqlConnection& connection);

/// The schema version that Migrate leads to.
int NewestSchema();

}  // namespace genflik::store
