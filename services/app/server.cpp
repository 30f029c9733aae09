#include "services/app/server.h"

#include <algorithm>
#include <chrono>
#include <memory>
#include <utility>
#include <vector>

#include "services/app/load_files.h"
#include "services/app/parts.h"
#include "services/core/error.h"
#include "services/core/log.h"
#include "services/core/paths.h"
#include "services/http/http_server.h"
#include "services/http/post.h"
#include "services/lab/late_results.h"
#include "services/lab/mllp.h"
#include "services/lab/outbox.h"
#include "services/security/access.h"
#include "services/security/subscribers.h"

namespace genflik::app {
namespace {

using core::Error;
using core::ErrorCode;

bool IsLoopback(const std::string& host) {
  return host == "localhost" || host == "::1" || host.starts_with("127.");
}

void CheckExposure(const Config& config) {
  const std::string& host = config.http.host;
  const bool loopback = IsLoopback(host);
  if (config.access.empty()) {
    core::Log(core::LogLevel::kWarning, "open-access",
              {{"meaning",
                "everybody who reaches this address may read and change everything; "
                "give access in the configuration"}});
  }
  if (loopback || (config.http.tls && !config.access.empty())) return;
  if (!config.insecure_network) {
    const std::string lacking = config.http.tls ? "access" : "tls";
    throw Error(ErrorCode::kInvalid,
                "will not listen on " + host + " without " +
                    (config.http.tls ? "authentication" : "TLS") +
                    ": anybody on the network could read genetic results. Give " + lacking +
                    " in the configuration, or say --insecure-network behind a proxy of your own");
  }
  core::Log(core::LogLevel::kWarning, "insecure-network",
            {{"meaning", "genetic results are readable by everybody who reaches this address"}});
}

/// A message of HL7 v2 does not say who sends it, so beyond loopback the connection must.
void CheckMllpExposure(const Config& config, const std::string& host) {
  const bool certified = config.mllp_tls && !config.mllp_tls->client_authority_file.empty();
  if (IsLoopback(host) || certified) return;
  if (config.mllp_peers.empty() && !config.insecure_network) {
    throw Error(ErrorCode::kInvalid,
                "will not take HL7 messages on " + host +
                    " from everybody: give mllpTls with clientAuthority, or mllpPeers, in the "
                    "configuration, or say --insecure-network behind a tunnel of your own");
  }
  if (config.mllp_tls) return;
  core::Log(core::LogLevel::kWarning, "insecure-mllp",
            {{"meaning", "results that laboratories send are readable on the network"}});
}

std::unique_ptr<lab::MllpServer> ListenForMllp(const Config& config, lab::Hl7Intake& intake) {
  if (config.mllp.empty()) return nullptr;
  Config address;
  SetListen(config.mllp, address);
  CheckMllpExposure(config, address.http.host);
  lab::MllpOptions options{.host = address.http.host, .port = address.http.port};
  options.peers = config.mllp_peers;
  if (config.mllp_tls) {
    options.tls = {.certificate_file = config.mllp_tls->certificate_file,
                   .key_file = config.mllp_tls->key_file,
                   .client_authority_file = config.mllp_tls->client_authority_file};
  }
  auto server = std::make_unique<lab::MllpServer>(options, [&intake](std::string_view message) {
    const security::Caller caller{.access = {.unrestricted = true, .subject = "hl7-mllp"},
                                  .route = "MLLP"};
    const security::ActingAs acting(caller);
    return intake.Handle(message);
  });
  core::Log(core::LogLevel::kInfo, "mllp-ready", {{"port", std::to_string(server->port())}});
  return server;
}

}  // namespace

struct Server::Running {
  std::unique_ptr<Parts> parts;
  // After the parts, so that it stops before what its handlers use.
  std::unique_ptr<http::HttpServer> http;
  std::unique_ptr<lab::MllpServer> mllp;
  std::unique_ptr<lab::Repeater> outbox;
  std::unique_ptr<lab::Repeater> escalation;
  std::unique_ptr<lab::Repeater> certificates;
  std::string address;
};

namespace {

constexpr auto kOutboxPause = std::chrono::seconds(5);
constexpr auto kEscalationPause = std::chrono::seconds(60);
constexpr auto kCertificatePause = std::chrono::seconds(10);

lab::Deliver DeliverByHttp(const Config& config) {
  return [time_limit = config.notify_time_limit,
          receivers = ReceiversOf(config)](const lab::Delivery& delivery) {
    // It was a receiver when the Subscription was written, or that was loaded from a file.
    if (!lab::IsReceiver(delivery.endpoint, receivers)) {
      throw Error(ErrorCode::kInvalid, "the endpoint is at none of the hosts in notifyHosts");
    }
    return http::Post({.url = delivery.endpoint,
                       .http_to_this_machine = receivers.http_here,
                       .headers = delivery.headers,
                       .media_type = delivery.media_type,
                       .body = delivery.body,
                       .time_limit = time_limit});
  };
}

/// Rechecks what runs when the knowledge is another one than at the last time.
void FollowKnowledge(Parts& parts) {
  const std::string version = parts.knowledge->Get()->version();
  store::RecordFilter newest;
  newest.kind = "knowledge-recheck";
  newest.newest_first = true;
  newest.limit = 1;
  const auto last =
      parts.store->Read([&](const store::Reader& reader) { return reader.FindRecords(newest); });
  if (!last.empty() && last[0].status == version) return;
  // A new record was made with this knowledge.
  const size_t opened = last.empty() ? 0 : lab::RecheckRunningOrders(*parts.store, parts.recheck);
  parts.store->Write([&](store::Writer& writer) {
    writer.AppendRecord({.kind = "knowledge-recheck", .status = version, .body = "{}"});
  });
  core::Log(core::LogLevel::kInfo, "knowledge-rechecked",
            {{"version", version}, {"opened", std::to_string(opened)}});
}

}  // namespace

Server::Server(const Config& config) : running_(std::make_unique<Running>()) {
  CheckExposure(config);
  running_->parts = BuildParts(config);
  Parts& parts = *running_->parts;
  if (config.sample_data) LoadFiles(parts.router, {core::ShareDirectory() / "sample-data/fhir"});
  running_->http = std::make_unique<http::HttpServer>(config.http, parts.router,
                                                      std::vector<http::Filter>{}, parts.metrics);
  running_->mllp = ListenForMllp(config, *parts.hl7);
  const auto subscribers = std::make_shared<const security::Subscribers>(
      *parts.store, parts.store->audit(),
      parts.access ? parts.access->authenticator.get() : nullptr);
  const auto telling = [](const lab::Notice& notice) {
    return security::Telling{notice.subscription, notice.type, notice.id, notice.version};
  };
  const lab::OutboxOptions outbox{
      .first_retry = config.notify_retry,
      .attempts = config.notify_attempts,
      .may_see = [=](const lab::Notice& notice) { return subscribers->MayBeTold(telling(notice)); },
      .told = [=](const lab::Notice& notice) { subscribers->NoteTold(telling(notice)); }};
  running_->outbox = std::make_unique<lab::Repeater>(
      [&parts, outbox, deliver = DeliverByHttp(config)] {
        static_cast<void>(lab::SendOutbox(*parts.store, deliver, outbox, parts.clock.Now()));
      },
      std::min(kOutboxPause, config.notify_retry));
  const lab::EscalationOptions escalation{.after = config.escalate_after,
                                          .unit = config.responsible_unit};
  running_->escalation = std::make_unique<lab::Repeater>(
      [&parts, escalation] {
        FollowKnowledge(parts);
        static_cast<void>(lab::EscalateLateResults(*parts.store, escalation, parts.clock.Now()));
      },
      kEscalationPause);
  running_->certificates = std::make_unique<lab::Repeater>(
      [running = running_.get()] {
        running->http->ReloadCertificate();
        if (running->mllp) running->mllp->ReloadCertificate();
      },
      kCertificatePause);
  running_->address = (config.http.tls ? "https://" : "http://") + config.http.host + ':' +
                      std::to_string(running_->http->port());
}

Server::~Server() = default;

std::string Server::address() const { return running_->address; }

std::string Server::mllp_address() const {
  return running_->mllp ? std::to_string(running_->mllp->port()) : "";
}

void Server::ReloadKnowledge() {
  running_->certificates->Wake();
  try {
    const std::string version = running_->parts->knowledge->Reload();
    core::Log(core::LogLevel::kInfo, "knowledge-reloaded", {{"version", version}});
    running_->escalation->Wake();
  } catch (const Error& error) {
    for (const auto& issue : error.issues()) {
      core::Log(core::LogLevel::kError, "knowledge-refused",
                {{"place", issue.path}, {"reason", issue.text}});
    }
  }
}

}  // namespace genflik::app
