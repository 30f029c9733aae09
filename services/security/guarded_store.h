#pragma once

#include <memory>

#include "fhir/definitions.h"
#include "services/core/clock.h"
#include "services/security/audit.h"
#include "services/store/store.h"

namespace genflik::security {

/// The store as the current caller (access.h) may see and change it: the one place where scopes and
/// compartments are enforced on data, whatever route, search, include, history, bundle or reference
/// leads to them, and what patients have blocked (blocks.h). What a caller may not see does not
/// exist for that caller; what a caller may not do fails with Error(kForbidden). Every change is
/// written to the audit log in its own transaction. Work without a current caller is Genflik's own
/// and sees everything.
class GuardedStore : public store::Store {
 public:
  GuardedStore(std::unique_ptr<store::Store> inner,
               std::shared_ptr<const fhir::Definitions> definitions, const core::Clock& clock);
  ~GuardedStore() override;

  AuditLog& audit();

  void AddWriteObserver(store::WriteObserver observer) override;
  void AddCommitObserver(store::CommitObserver observer) override;
  std::int64_t Reindex() override;
  void Backup(const std::filesystem::path& file) override;
  void Check() override;

 protected:
  void RunRead(const std::function<void(const store::Reader&)>& fn) override;
  void RunWrite(const std::function<void(store::Writer&)>& fn) override;

 private:
  std::unique_ptr<store::Store> inner_;
  std::shared_ptr<const fhir::Definitions> definitions_;
  const core::Clock& clock_;
  // After the store that it writes to, so that it ends before it.
  std::unique_ptr<AuditLog> audit_;
};

}  // namespace genflik::security
