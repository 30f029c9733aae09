#include "services/app/parts.h"

#include <chrono>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "services/alerts/recheck.h"
#include "services/app/health_routes.h"
#include "services/cds/cds_routes.h"
#include "services/cds/ehr_client.h"
#include "services/core/error.h"
#include "services/core/paths.h"
#include "services/lab/late_results.h"
#include "services/lab/open_conflicts.h"
#include "services/lab/outbox.h"
#include "services/lab/patient_moves.h"
#include "services/lab/result_check.h"
#include "services/lab/unmapped_queue.h"
#include "services/lab/unread_results.h"
#include "services/lab/variant_results.h"
#include "services/mapping/genomics.h"
#include "services/mapping/patient_events.h"
#include "services/rest/call_vcf.h"
#include "services/rest/rest.h"
#include "services/security/access.h"
#include "services/security/audit_routes.h"
#include "services/security/gate.h"
#include "services/tab/document_api.h"
#include "services/tab/drugs_api.h"
#include "services/tab/lab_api.h"
#include "services/tab/launch_api.h"
#include "services/tab/qr_api.h"
#include "services/tab/record_api.h"
#include "services/tab/static_files.h"
#include "services/tab/timeline_api.h"

namespace genflik::app {
namespace {

using core::Error;
using core::ErrorCode;

std::shared_ptr<const fhir::Definitions> LoadDefinitions() {
  fhir::IssueLog problems;
  auto definitions = fhir::LoadDefinitions(core::ShareDirectory() / "fhir", problems);
  if (!definitions) throw Error(ErrorCode::kInternal, problems.issues());
  return definitions;
}

std::filesystem::path KnowledgeFolder(const Config& config) {
  return config.knowledge.empty() ? core::ShareDirectory() / "knowledge" : config.knowledge;
}

std::string StoreLocation(const Config& config) {
  if (!config.store.empty()) return config.store;
  std::error_code fault;
  std::filesystem::create_directories(config.data, fault);
  if (fault) {
    throw Error(ErrorCode::kUnavailable,
                "cannot create " + config.data.string() + ": " + fault.message());
  }
  return (config.data / "genflik.sqlite").string();
}

alerts::PolicyOptions PolicyOf(const Config& config) {
  return {.leading = config.leading_guideline,
          .jurisdictions = config.alerts.jurisdictions,
          .loudest = config.alerts.loudest};
}

alerts::Language LanguageOf(const Config& config) {
  return config.language == "en" ? alerts::Language::kEnglish : alerts::Language::kSwedish;
}

security::LinkSigner LinksOf(const Config& config) {
  if (config.link_key_file.empty()) return security::LinkSigner(security::RandomLinkKey());
  std::ifstream stream(config.link_key_file, std::ios::binary);
  std::string key{std::istreambuf_iterator<char>(stream), {}};
  if (!stream && key.empty()) {
    throw Error(ErrorCode::kInvalid, "cannot read the key for links in " + config.link_key_file);
  }
  return security::LinkSigner(std::move(key));
}

/// What cards link to where record systems open the tab without SMART App Launch; nothing
/// elsewhere.
std::function<std::string(const cds::TabTarget&)> TabLinks(const Parts& parts,
                                                           const Config& config) {
  if (!config.launch_issuers.empty() && config.link_key_file.empty()) return {};
  return [&links = *parts.links, &clock = parts.clock](const cds::TabTarget& target) {
    constexpr std::chrono::minutes kHolds(10);
    security::LinkTarget link{.patient = target.patient,
                              .view = target.drug.empty() ? "glance" : "drugs",
                              .drug = target.drug,
                              .subject = target.user,
                              .expires = clock.Now() + kHolds};
    if (const security::Caller* caller = security::CurrentCaller(); caller != nullptr) {
      if (link.subject.empty()) link.subject = caller->access.subject;
      if (!caller->access.care_units.empty()) link.care_unit = *caller->access.care_units.begin();
    }
    return security::LinkAddress(target.base, links.Sign(link));
  };
}

void AddCds(Parts& parts, const Config& config) {
  cds::AddCdsRoutes(parts.router,
                    {.store = *parts.store,
                     .knowledge = [&knowledge = *parts.knowledge] { return knowledge.Get(); },
                     .clock = parts.clock,
                     .book = *parts.book,
                     .options = {.policy = PolicyOf(config),
                                 .language = LanguageOf(config),
                                 .shadow = config.alerts.shadow,
                                 .specialties = config.alerts.specialties,
                                 .system_actions = config.alerts.system_actions,
                                 .genotyping_price = config.alerts.genotyping_price,
                                 .time_limit = config.time_limit},
                     .fetch = cds::MakeEhrFetch(
                         {.servers = config.ehr_servers, .authority_file = config.ehr_authority}),
                     .tab_link = TabLinks(parts, config)});
}

void AddRoutes(Parts& parts, const Config& config) {
  AddHealthRoutes(parts.router, {*parts.store, *parts.knowledge, parts.metrics});
  rest::RestContext rest_context = {.store = *parts.store, .definitions = parts.definitions};
  rest_context.public_base = config.public_base;
  rest_context.review = [&knowledge = *parts.knowledge, receivers = ReceiversOf(config)](
                            const fhir::Json& resource, fhir::IssueLog& log) {
    lab::CheckSubject(resource, log);
    lab::CheckSubscription(resource, receivers, log);
    lab::CheckResults(*knowledge.Get(), resource, log);
  };
  if (parts.access) {
    rest_context.public_base = parts.access->public_base + "/fhir";
    rest_context.authorize_url = parts.access->smart.authorize_url;
    rest_context.token_url = parts.access->smart.token_url;
    security::AddSmartRoutes(parts.router, parts.access->smart);
    security::AddSessionRoutes(parts.router, *parts.access->sessions);
    if (parts.access->endpoint) security::AddTokenRoute(parts.router, *parts.access->endpoint);
  }
  security::AddAuditRoutes(parts.router, *parts.store);
  rest_context.knowledge = [&knowledge = *parts.knowledge] { return knowledge.Get(); };
  rest::AddRestRoutes(parts.router, rest_context);
  rest::AddCallRoutes(parts.router, rest_context, *parts.vcf);
  const auto knowledge = [&current = *parts.knowledge] { return current.Get(); };
  tab::AddRecordRoutes(parts.router, *parts.store, knowledge, parts.clock);
  tab::AddDrugsRoutes(parts.router, *parts.store, knowledge, parts.clock, PolicyOf(config));
  tab::AddCardRoutes(parts.router, *parts.store, knowledge, parts.clock);
  AddCds(parts, config);
  tab::AddLabRoutes(parts.router, {parts.Queue(), knowledge});
  tab::AddTimelineRoutes(parts.router, *parts.store, knowledge, parts.clock);
  tab::AddDocumentRoutes(parts.router, *parts.store, knowledge, parts.clock, parts.ids);
  tab::AddLaunchRoutes(parts.router, config.launch_issuers, *parts.links, parts.clock,
                       parts.access ? parts.access->sessions.get() : nullptr);
  tab::AddStaticRoutes(parts.router, {.assets = core::ShareDirectory() / "tab",
                                      .frame_ancestors = config.frame_ancestors,
                                      .launch_origins = tab::LaunchOrigins(config.launch_issuers)});
}

}  // namespace

std::unique_ptr<Parts> BuildParts(const Config& config) {
  auto parts = std::make_unique<Parts>();
  parts->definitions = LoadDefinitions();
  parts->knowledge =
      std::make_unique<core::CurrentKnowledge>(KnowledgeFolder(config), config.overlay);
  store::StoreOptions options;
  options.project = [](const fhir::Json& resource) { return mapping::ReadForRecord(resource); };
  options.definitions = parts->definitions;
  options.base = config.public_base;
  options.new_id = [ids = &parts->ids] { return ids->New(); };
  parts->store = std::make_unique<security::GuardedStore>(
      store::OpenStore(StoreLocation(config), options), parts->definitions, parts->clock);
  if (!config.access.empty()) {
    parts->access = SetUpAccess(config.access, *parts->store, parts->clock);
    parts->access->session.framed = !config.frame_ancestors.empty();
    parts->access->sessions =
        std::make_shared<security::Sessions>(*parts->store, parts->clock, parts->access->session);
  }
  const auto knowledge = [current = parts->knowledge.get()] { return current->Get(); };
  const auto alleles =
      std::make_shared<lab::CallDefinitions>(KnowledgeFolder(config) / "definitions");
  const auto variants = std::make_shared<const lab::VariantResults>(
      [alleles, knowledge] {
        const auto index = alleles->For(*knowledge());
        return std::shared_ptr<const rules::AlleleDefinitions>(index, &index->definitions());
      },
      knowledge);
  parts->recheck = alerts::MakeRecheckObserver(
      knowledge, parts->clock, {.policy = PolicyOf(config), .language = LanguageOf(config)});
  const store::WriteObserver late = lab::WithLateResults(parts->recheck);
  parts->store->AddWriteObserver(lab::WithSubjects(
      parts->clock, lab::WithPatientMerges(lab::WithVariantResults(
                        variants, {lab::ObserveResults, lab::ObserveConflicts(knowledge), late}))));
  parts->judge_variants = lab::WithVariantResults(variants, {late});
  parts->book =
      std::make_unique<alerts::AlertBook>(*parts->store, parts->clock, config.alerts.quiet);
  parts->laboratories = lab::LabConfigurations::Load(
      config.labs.empty() ? core::ShareDirectory() / "labs" : config.labs);
  parts->hl7 = std::make_unique<lab::Hl7Intake>(*parts->store, parts->laboratories, parts->clock,
                                                parts->ids);
  parts->links = std::make_unique<security::LinkSigner>(LinksOf(config));
  parts->vcf = std::make_unique<lab::VcfIntake>(lab::VcfIntake::Needs{.store = *parts->store,
                                                                      .knowledge = knowledge,
                                                                      .clock = parts->clock,
                                                                      .ids = parts->ids,
                                                                      .definitions = alleles,
                                                                      .thresholds = config.vcf});
  AddRoutes(*parts, config);
  // After the last route: each is reached through the gate.
  security::Gate gate{.audit = &parts->store->audit()};
  if (parts->access) {
    gate.authenticator = parts->access->authenticator;
    gate.limits = parts->access->limits;
    gate.sessions = parts->access->sessions;
  }
  security::GuardRoutes(parts->router, gate);
  return parts;
}

}  // namespace genflik::app
