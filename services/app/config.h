#pragma once

#include <chrono>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "rules/drug.h"
#include "services/http/http_server.h"
#include "services/lab/outbox.h"
#include "services/lab/vcf_reader.h"
#include "services/tab/launch_api.h"

namespace genflik::app {

/// How loud and how often Genflik speaks.
struct AlertConfig {
  /// How long the same advice is not repeated to the same clinician; 0: it always is.
  std::chrono::hours quiet{8};
  /// Records what would have been said and says nothing.
  bool shadow = false;
  /// Whose demands for a test before the start count.
  std::vector<std::string> jurisdictions = {"EU", "SE"};
  /// The loudest that a rule may be, by the rule's id, the drug's name or the gene.
  std::map<std::string, rules::AlertLevel> loudest = {};
  /// The same for a specialty, by its name or code in lower case.
  std::map<std::string, std::map<std::string, rules::AlertLevel>> specialties = {};
  bool system_actions = false;
  double genotyping_price = 0;
};

/// Everything that can be set, with its default. docs/configuration.md lists the same.
struct Config {
  http::ServerOptions http = {};
  /// Where clients reach the FHIR base ("https://gene.example.org/fhir"), behind a proxy; empty: as
  /// each request says.
  std::string public_base = {};
  /// Folder of the SQLite file and of what Genflik writes beside it.
  std::filesystem::path data = "data";
  /// "postgresql://..." or the path of an SQLite file; empty: genflik.sqlite in `data`.
  std::string store = {};
  /// Folder of the knowledge files; empty: those that came with the program.
  std::filesystem::path knowledge = {};
  /// Folder of a region's own changes to the knowledge; empty: none.
  std::filesystem::path overlay = {};
  /// Folder of laboratory configurations; empty: those that came with the program.
  std::filesystem::path labs = {};
  /// Loads the invented patients that came with the program.
  bool sample_data = false;
  /// Listens beyond loopback although there is no TLS.
  bool insecure_network = false;
  /// File that says who may call (docs/security.md); empty: everybody, on loopback only.
  std::filesystem::path access = {};
  /// "HOST:PORT" to take HL7 v2 messages by MLLP; empty: none.
  std::string mllp = {};
  /// Language of cards and pages when the caller names none: "sv" or "en".
  std::string language = "sv";
  /// The guideline that leads when several speak of an order: "CPIC" or "DPWG".
  std::string leading_guideline = "CPIC";
  /// TLS for MLLP. Beyond loopback it needs the authority of the senders' certificates, or
  /// mllp_peers.
  std::optional<http::TlsOptions> mllp_tls = {};
  /// Addresses and networks that may send by MLLP (lab/mllp.h); empty: all that reach it.
  std::vector<std::string> mllp_peers = {};
  /// How long a late result may stay unseen before a Task is made, and between reminders.
  std::chrono::minutes escalate_after = std::chrono::hours(24);
  /// The unit that such Tasks are for.
  std::string responsible_unit = {};
  /// Hosts that notifications may be sent to (lab::Receivers); empty: without `access`
  /// (development) every one, else none.
  std::vector<std::string> notify_hosts = {};
  /// How long a notification that was not taken waits at first, and how often it is tried.
  std::chrono::seconds notify_retry{30};
  int notify_attempts = 48;
  /// How long a receiver of notifications may take to answer.
  std::chrono::seconds notify_time_limit{10};
  /// Origins of record systems that may show the tab inside a frame.
  std::vector<std::string> frame_ancestors = {};
  /// Record systems that may start the tab.
  std::vector<tab::LaunchIssuer> launch_issuers = {};
  /// File with the key that links to the tab are signed with; empty: one of this process alone.
  std::string link_key_file = {};
  /// What a genotype of a VCF must have to be used, where the caller does not say.
  lab::VcfThresholds vcf = {};
  AlertConfig alerts = {};
  /// FHIR servers of record systems that may be asked for what a hook's prefetch lacks.
  std::vector<std::string> ehr_servers = {};
  /// PEM file of authorities that sign the record systems' certificates, beside the system's own.
  std::string ehr_authority = {};
  /// A decision-support call is answered within this time.
  std::chrono::milliseconds time_limit{500};
};

/// Reads a configuration file (JSON) over `config`. Throws Error(kInvalid) that names each unknown
/// key and wrong value with its JSON pointer.
void ReadConfig(const std::filesystem::path& file, Config& config);
/// Where a program that runs by `config` sends notifications.
[[nodiscard]] lab::Receivers ReceiversOf(const Config& config);
/// Sets host and port from "HOST:PORT". Throws Error(kInvalid).
void SetListen(std::string_view address, Config& config);

}  // namespace genflik::app
