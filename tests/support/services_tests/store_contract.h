#pragma once

#include <functional>
#include <string>
#include <vector>

#include "services/store/store.h"

// What every store promises, whatever the engine under it: run against SQLite and PostgreSQL.

namespace genflik::store {

struct ContractCase {
  std::string name = {};
  /// Gets the location of an empty store, which may be opened several times.
  std::function<void(const std::string& location)> run = {};
};

std::vector<ContractCase> ContractCases();
std::vector<ContractCase> SearchContractCases();

/// Options with a clock that moves on one second at each look and ids that count.
StoreOptions TestOptions();

}  // namespace genflik::store
