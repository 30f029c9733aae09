#include "services/app/commands/audit_command.h"

#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>

#include "services/app/config.h"
#include "services/app/exit_code.h"
#include "services/app/parts.h"
#include "services/security/audit.h"

namespace genflik::app {

void AddAuditCommand(CLI::App& app, int& exit_code) {
  auto config = std::make_shared<Config>();
  auto expected = std::make_shared<std::string>();
  CLI::App* audit = app.add_subcommand("audit", "Look after the audit log");
  audit->require_subcommand(1);
  CLI::App* verify = audit->add_subcommand(
      "verify", "Check that no entry was altered, removed, added or moved; 1 when one was");
  verify->add_option("--data", config->data, "Folder of the records [data]");
  verify->add_option("--store", config->store,
                     "postgresql://... or an SQLite file [genflik.sqlite in the data folder]");
  verify->add_option("--expect", *expected,
                     "A head that was printed or logged earlier: it must still be in the chain");
  verify->callback([config, expected, &exit_code] {
    const auto parts = BuildParts(*config);
    const security::AuditVerdict verdict = security::VerifyAudit(*parts->store, *expected);
    for (const std::string& problem : verdict.problems) std::cout << problem << '\n';
    std::cout << (verdict.problems.empty() ? "whole" : "DAMAGED") << ": " << verdict.entries
              << " entries, head " << (verdict.head.empty() ? "none" : verdict.head) << '\n';
    exit_code = verdict.problems.empty() ? kExitDone : kExitRefused;
  });
}

}  // namespace genflik::app
