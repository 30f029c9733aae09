#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "services/core/clock.h"
#include "services/lab/table_reader.h"
#include "services/store/store.h"

namespace genflik::lab {

struct ImportOptions {
  /// Reads, checks and counts, but stores nothing.
  bool dry_run = false;
  /// Rows stored in one transaction; after an interruption the import goes on with the first
  /// transaction that is not on disk.
  size_t batch = 200;
  /// Identity of the input (ImportIdentity), by which a started import is known again.
  std::string name = {};
  /// Name of the file, by which people know what is queued; may be empty.
  std::string file = {};
  /// Name of the laboratory's configuration, kept with what is queued; may be empty.
  std::string configuration = {};
};

/// The identity of a file's content as one laboratory's configuration reads it.
[[nodiscard]] std::string ImportIdentity(std::string_view bytes, std::string_view laboratory);

/// How often a gene was tested again although there was a result.
struct GeneCount {
  size_t tests = 0;
  size_t repeats = 0;
  /// Repeats that said something else than the one before.
  size_t differing = 0;
};

struct ImportReport {
  size_t rows = 0;
  size_t stored = 0;
  /// Rows that an earlier run had stored.
  size_t done_before = 0;
  size_t problems = 0;
  std::map<std::string, GeneCount> genes = {};
  /// Where each repeat stands: the line of the file, the heading being 1, and the gene.
  struct Repeat {
    size_t line = 0;
    std::string gene = {};
  };
  std::vector<Repeat> repeats = {};

  size_t Tests() const;
  size_t Repeats() const;
};

/// Stores the rows of a table, oldest first, and queues its problems. `progress` is told how many
/// of how many rows are done.
[[nodiscard]] ImportReport ImportTable(store::Store& store, Table table,
                                       const ImportOptions& options, const core::Clock& clock,
                                       const std::function<void(size_t, size_t)>& progress);

}  // namespace genflik::lab
