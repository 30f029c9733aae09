#include "services/app/server.h"

#include <utility>
#include <vector>

#include "services/app/load_files.h"
#include "services/app/parts.h"
#include "services/core/error.h"
#include "services/core/log.h"
#include "services/core/paths.h"
#include "services/http/http_server.h"
#include "services/lab/mllp.h"

namespace genflik::app {
namespace {

using core::Error;
using core::ErrorCode;

void CheckExposure(const Config& config) {
  const std::string& host = config.http.host;
  const bool loopback = host == "localhost" || host == "::1" || host.starts_with("127.");
  if (loopback || config.http.tls) return;
  if (!config.insecure_network) {
    throw Error(ErrorCode::kInvalid,
                "will not listen on " + host +
                    " without TLS: anybody on the network could read genetic results. Give tls in "
                    "the configuration, or say --insecure-network behind a proxy of your own");
  }
  core::Log(core::LogLevel::kWarning, "insecure-network",
            {{"meaning", "genetic results are readable by everybody who reaches this address"}});
}

/// MLLP has no encryption of its own, so it is held to the same rule as HTTP without TLS.
std::unique_ptr<lab::MllpServer> ListenForMllp(const Config& config, lab::Hl7Intake& intake) {
  if (config.mllp.empty()) return nullptr;
  Config address;
  SetListen(config.mllp, address);
  address.insecure_network = config.insecure_network;
  CheckExposure(address);
  auto server = std::make_unique<lab::MllpServer>(
      lab::MllpOptions{.host = address.http.host, .port = address.http.port},
      [&intake](std::string_view message) { return intake.Handle(message); });
  core::Log(core::LogLevel::kInfo, "mllp-ready", {{"port", std::to_string(server->port())}});
  return server;
}

}  // namespace

struct Server::Running {
  std::unique_ptr<Parts> parts;
  // After the parts, so that it stops before what its handlers use.
  std::unique_ptr<http::HttpServer> http;
  std::unique_ptr<lab::MllpServer> mllp;
  std::string address;
};

Server::Server(const Config& config) : running_(std::make_unique<Running>()) {
  CheckExposure(config);
  running_->parts = BuildParts(config);
  Parts& parts = *running_->parts;
  if (config.sample_data) LoadFiles(parts.router, {core::ShareDirectory() / "sample-data/fhir"});
  running_->http = std::make_unique<http::HttpServer>(config.http, parts.router,
                                                      std::vector<http::Filter>{}, parts.metrics);
  running_->mllp = ListenForMllp(config, *parts.hl7);
  running_->address = (config.http.tls ? "https://" : "http://") + config.http.host + ':' +
                      std::to_string(running_->http->port());
}

Server::~Server() = default;

std::string Server::address() const { return running_->address; }

void Server::ReloadKnowledge() {
  try {
    const std::string version = running_->parts->knowledge->Reload();
    core::Log(core::LogLevel::kInfo, "knowledge-reloaded", {{"version", version}});
  } catch (const Error& error) {
    for (const auto& issue : error.issues()) {
      core::Log(core::LogLevel::kError, "knowledge-refused",
                {{"place", issue.path}, {"reason", issue.text}});
    }
  }
}

}  // namespace genflik::app
