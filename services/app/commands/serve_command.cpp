#include "services/app/commands/serve_command.h"

#include <csignal>
#include <iostream>
#include <memory>
#include <string>

#include <CLI/CLI.hpp>
#include <pthread.h>
#include <sys/resource.h>

#include "services/app/exit_code.h"
#include "services/app/server.h"
#include "services/core/log.h"

namespace genflik::app {
namespace {

struct Options {
  Config config = {};
  std::string file = {};
  std::string listen = {};
};

void PrintAddresses(const Config& config, const std::string& address, const std::string& mllp) {
  // The first line is for programs that start Genflik; it comes once requests can be answered.
  std::cout << "genflik ready " << address << std::endl;
  std::cout << "  tab        " << address << "/tab/\n"
            << "  FHIR       " << address << "/fhir\n"
            << "  CDS Hooks  " << address << "/cds-services\n";
  if (!mllp.empty()) std::cout << "  MLLP       port " << mllp << '\n';
  if (config.sample_data) {
    std::cout << "Try, from this folder (the patients are invented):\n"
              << "  curl '" << address << "/fhir/Observation?patient=anna'\n"
              << "  curl -H 'Content-Type: application/json' -d @sample-data/cds/"
                 "order-sign-capecitabine.json '"
              << address << "/cds-services/genflik-order-sign'\n"
              << "  curl '" << address << "/record/anna'\n";
  }
  std::cout << std::flush;
}

// Each connection is an open file, and the soft limit is often 1,024.
void AllowManyConnections() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0 || limit.rlim_cur == limit.rlim_max) return;
  limit.rlim_cur = limit.rlim_max;
  if (setrlimit(RLIMIT_NOFILE, &limit) != 0) {
    core::Log(core::LogLevel::kWarning, "few-connections", {{"reason", "setrlimit failed"}});
  }
}

void Serve(Options options) {
  if (!options.file.empty()) ReadConfig(options.file, options.config);
  if (!options.listen.empty()) SetListen(options.listen, options.config);
  // Blocked before any thread starts, so that only the wait below sees them.
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGINT, SIGTERM, SIGHUP}) sigaddset(&signals, signal);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  std::signal(SIGPIPE, SIG_IGN);
  AllowManyConnections();
  Server server(options.config);
  PrintAddresses(options.config, server.address(), server.mllp_address());
  for (int signal = 0; sigwait(&signals, &signal) == 0;) {
    if (signal != SIGHUP) break;
    server.ReloadKnowledge();
  }
  core::Log(core::LogLevel::kInfo, "stopping");
}

}  // namespace

void AddServeCommand(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<Options>();
  CLI::App* serve = app.add_subcommand("serve", "Run the service");
  serve->add_option("--listen", options->listen,
                    "HOST:PORT to listen on; port 0 takes a free one [127.0.0.1:8080]");
  serve->add_option("--data", options->config.data, "Folder of the records [data]");
  serve->add_option("--store", options->config.store,
                    "postgresql://... or an SQLite file [genflik.sqlite in the data folder]");
  serve->add_option("--config", options->file, "Configuration file; options here go before it");
  serve->add_option("--knowledge", options->config.knowledge,
                    "Folder of the knowledge files [those that came with the program]");
  serve->add_option("--mllp", options->config.mllp, "HOST:PORT to take HL7 v2 messages on");
  serve->add_flag("--sample-data", options->config.sample_data, "Load the invented patients");
  serve->add_flag("--insecure-network", options->config.insecure_network,
                  "Listen beyond loopback without TLS");
  serve->callback([options, &exit_code] {
    Serve(*options);
    exit_code = kExitDone;
  });
}

}  // namespace genflik::app
