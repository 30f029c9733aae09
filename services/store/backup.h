#pragma once

#include <filesystem>
#include <string>

namespace genflik::store {

/// Copies the SQLite store at `location`, as it is at one moment, to a new file while others read
/// and write it. Throws Error(kNotFound) when there is no store, Error(kConflict) when the file
/// exists, and Error(kUnsupported) for PostgreSQL, which has pg_dump.
void BackUp(const std::string& location, const std::filesystem::path& file);

/// Replaces all that the SQLite store at `location` holds by what BackUp wrote to `file`, in one
/// transaction: processes that have it open see the old or the new content. Throws
/// Error(kInvalid) when the file is no whole backup, or of a newer Genflik; nothing is changed
/// then.
void Restore(const std::string& location, const std::filesystem::path& file);

}  // namespace genflik::store
