#include "services/app/server.h"

#include <filesystem>
#include <utility>
#include <vector>

#include "services/app/health_routes.h"
#include "services/core/clock.h"
#include "services/core/current_knowledge.h"
#include "services/core/error.h"
#include "services/core/ids.h"
#include "services/core/log.h"
#include "services/core/metrics.h"
#include "services/core/paths.h"
#include "services/http/http_server.h"
#include "services/mapping/genomics.h"
#include "services/store/store.h"

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

}  // namespace

struct Server::Parts {
  explicit Parts(const Config& config)
      : knowledge(
            config.knowledge.empty() ? core::ShareDirectory() / "knowledge" : config.knowledge,
            config.overlay),
        store(store::OpenStore(StoreLocation(config), StoreOptions())) {}

  static store::StoreOptions StoreOptions() {
    store::StoreOptions options;
    options.project = [](const fhir::Json& resource) { return mapping::ReadGeneResults(resource); };
    return options;
  }

  core::SystemClock clock;
  core::TimeOrderedIds ids;
  core::Metrics metrics;
  core::CurrentKnowledge knowledge;
  std::unique_ptr<store::Store> store;
  // Last, so that it stops before what its handlers use.
  std::unique_ptr<http::HttpServer> http;
  std::string address;
};

Server::Server(const Config& config) {
  CheckExposure(config);
  parts_ = std::make_unique<Parts>(config);
  http::Router router;
  AddHealthRoutes(router, {*parts_->store, parts_->knowledge, parts_->metrics});
  parts_->http = std::make_unique<http::HttpServer>(config.http, std::move(router),
                                                    std::vector<http::Filter>{}, parts_->metrics);
  parts_->address = (config.http.tls ? "https://" : "http://") + config.http.host + ':' +
                    std::to_string(parts_->http->port());
}

Server::~Server() = default;

std::string Server::address() const { return parts_->address; }

void Server::ReloadKnowledge() {
  try {
    const std::string version = parts_->knowledge.Reload();
    core::Log(core::LogLevel::kInfo, "knowledge-reloaded", {{"version", version}});
  } catch (const Error& error) {
    for (const auto& issue : error.issues()) {
      core::Log(core::LogLevel::kError, "knowledge-refused",
                {{"place", issue.path}, {"reason", issue.text}});
    }
  }
}

}  // namespace genflik::app
