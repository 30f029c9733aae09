#pragma once

#include <memory>
#include <string>

#include "fhir/definitions.h"
#include "services/alerts/alert_book.h"
#include "services/app/access_setup.h"
#include "services/app/config.h"
#include "services/core/clock.h"
#include "services/core/current_knowledge.h"
#include "services/core/ids.h"
#include "services/core/metrics.h"
#include "services/http/router.h"
#include "services/lab/intake.h"
#include "services/lab/lab_configuration.h"
#include "services/lab/queue_actions.h"
#include "services/lab/vcf_intake.h"
#include "services/security/guarded_store.h"
#include "services/security/signed_link.h"
#include "services/store/store.h"

namespace genflik::app {

/// Every part of the program, built once, in the order of the members; each uses only those before
/// it. Subcommands that need the record build the same parts as the service.
struct Parts {
  core::SystemClock clock = {};
  core::TimeOrderedIds ids = {};
  core::Metrics metrics = {};
  std::shared_ptr<const fhir::Definitions> definitions = {};
  std::unique_ptr<core::CurrentKnowledge> knowledge = {};
  /// As the caller of the moment may use it.
  std::unique_ptr<security::GuardedStore> store = {};
  /// Who may call; null: everybody, which is for development on loopback.
  std::unique_ptr<AccessParts> access = {};
  std::unique_ptr<alerts::AlertBook> book = {};
  lab::LabConfigurations laboratories = {};
  std::unique_ptr<lab::Hl7Intake> hl7 = {};
  /// Checks running orders against results (alerts/recheck.h).
  store::WriteObserver recheck = {};
  /// Judges stored variants anew (lab/variant_results.h).
  store::WriteObserver judge_variants = {};

  /// What working on the queue of unmapped results needs.
  lab::QueueContext Queue() { return {*store, *hl7, laboratories, clock, judge_variants}; }

  /// Signs the links of cards to the tab.
  std::unique_ptr<security::LinkSigner> links = {};
  std::unique_ptr<lab::VcfIntake> vcf = {};
  http::Router router = {};
};

/// Opens the store, loads definitions and knowledge, and registers every route. Throws core::Error
/// when any of it cannot be done.
std::unique_ptr<Parts> BuildParts(const Config& config);

}  // namespace genflik::app
