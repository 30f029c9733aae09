#include "services/app/config.h"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <fstream>
#include <functional>
#include <map>
#include <sstream>

#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "services/core/error.h"

namespace genflik::app {
namespace {

using core::Error;
using core::ErrorCode;
using fhir::IssueLog;
using fhir::IssueType;
using fhir::Json;

// Reads one setting; puts what is wrong with it in the log.
using Setting = std::function<void(const Json&, IssueLog&)>;
using Settings = std::map<std::string, Setting, std::less<>>;

void ReadSettings(const Json& value, const Settings& settings, const std::string& pointer,
                  IssueLog& log) {
  if (!value.is_object()) {
    log.AddAt(pointer, fhir::Severity::kError, IssueType::kStructure, "must be an object");
    return;
  }
  for (const auto& item : value.items()) {
    const std::string place = pointer + '/' + item.key();
    const auto setting = settings.find(item.key());
    if (setting == settings.end()) {
      log.AddAt(place, fhir::Severity::kError, IssueType::kNotSupported, "unknown setting");
      continue;
    }
    IssueLog faults;
    setting->second(item.value(), faults);
    for (const auto& fault : faults.issues()) {
      log.AddAt(place + fault.path, fault.severity, fault.type, fault.text);
    }
  }
}

template <typename Target>
Setting Text(Target& target) {
  return [&target](const Json& value, IssueLog& log) {
    if (value.is_string()) {
      target = value.get<std::string>();
    } else {
      log.Error(IssueType::kValue, "must be a text");
    }
  };
}

Setting OneOf(std::string& target, std::initializer_list<std::string> allowed) {
  return [&target, allowed = std::vector<std::string>(allowed)](const Json& value, IssueLog& log) {
    if (value.is_string() &&
        std::ranges::find(allowed, value.get<std::string>()) != allowed.end()) {
      target = value.get<std::string>();
      return;
    }
    std::string list;
    for (const auto& word : allowed) list += (list.empty() ? "" : ", ") + word;
    log.Error(IssueType::kValue, "must be one of: " + list);
  };
}

Setting Whole(std::int64_t low, std::int64_t high, const std::function<void(std::int64_t)>& set) {
  return [=](const Json& value, IssueLog& log) {
    if (value.is_number_integer() && value.get<std::int64_t>() >= low &&
        value.get<std::int64_t>() <= high) {
      set(value.get<std::int64_t>());
    } else {
      log.Error(IssueType::kValue, "must be a whole number from " + std::to_string(low) + " to " +
                                       std::to_string(high));
    }
  };
}

Setting Flag(bool& target) {
  return [&target](const Json& value, IssueLog& log) {
    if (!value.is_boolean()) return log.Error(IssueType::kValue, "must be true or false");
    target = value.get<bool>();
  };
}

Setting Share(double& target) {
  return [&target](const Json& value, IssueLog& log) {
    if (!value.is_number() || value.get<double>() < 0 || value.get<double>() > 1) {
      return log.Error(IssueType::kValue, "must be a number from 0 to 1");
    }
    target = value.get<double>();
  };
}

Setting Vcf(lab::VcfThresholds& target) {
  return [&target](const Json& value, IssueLog& log) {
    constexpr std::int64_t kMost = 1'000'000;
    ReadSettings(
        value,
        {{"minGq", Whole(0, kMost, [&](auto n) { target.min_quality = static_cast<int>(n); })},
         {"minDp", Whole(0, kMost, [&](auto n) { target.min_depth = static_cast<int>(n); })},
         {"minBalance", Share(target.min_balance)},
         {"passOnly", Flag(target.require_pass)}},
        "", log);
  };
}

Setting Texts(std::vector<std::string>& target) {
  return [&target](const Json& value, IssueLog& log) {
    if (!value.is_array()) return log.Error(IssueType::kValue, "must be a list of texts");
    target.clear();
    for (const auto& item : value) {
      if (!item.is_string()) return log.Error(IssueType::kValue, "must be a list of texts");
      target.push_back(item.get<std::string>());
    }
  };
}

Setting Tls(std::optional<http::TlsOptions>& target) {
  return [&target](const Json& value, IssueLog& log) {
    http::TlsOptions tls;
    ReadSettings(value,
                 {{"certificate", Text(tls.certificate_file)},
                  {"key", Text(tls.key_file)},
                  {"clientAuthority", Text(tls.client_authority_file)}},
                 "", log);
    if (tls.certificate_file.empty() || tls.key_file.empty()) {
      log.Error(IssueType::kRequired, "needs certificate and key");
    }
    target = std::move(tls);
  };
}

Setting LaunchIssuers(std::vector<tab::LaunchIssuer>& target) {
  return [&target](const Json& value, IssueLog& log) {
    if (!value.is_array()) return log.Error(IssueType::kValue, "must be a list of objects");
    target.clear();
    for (size_t i = 0; i < value.size(); ++i) {
      tab::LaunchIssuer issuer;
      ReadSettings(value[i],
                   {{"issuer", Text(issuer.issuer)},
                    {"clientId", Text(issuer.client_id)},
                    {"scope", Text(issuer.scope)},
                    {"origins", Texts(issuer.origins)}},
                   '/' + std::to_string(i), log);
      if (issuer.issuer.empty() || issuer.client_id.empty()) {
        log.Error(IssueType::kRequired, "each needs issuer and clientId");
      }
      target.push_back(std::move(issuer));
    }
  };
}

Setting Tab(Config& config) {
  return [&config](const Json& value, IssueLog& log) {
    ReadSettings(value,
                 {{"frameAncestors", Texts(config.frame_ancestors)},
                  {"issuers", LaunchIssuers(config.launch_issuers)},
                  {"linkKey", Text(config.link_key_file)}},
                 "", log);
  };
}

Setting Yes(bool& target) {
  return [&target](const Json& value, IssueLog& log) {
    if (!value.is_boolean()) return log.Error(IssueType::kValue, "must be true or false");
    target = value.get<bool>();
  };
}

Setting Levels(std::map<std::string, rules::AlertLevel>& target) {
  return [&target](const Json& value, IssueLog& log) {
    static const std::map<std::string, rules::AlertLevel, std::less<>> levels = {
        {"none", rules::AlertLevel::kNone},
        {"info", rules::AlertLevel::kInfo},
        {"warning", rules::AlertLevel::kWarning},
        {"critical", rules::AlertLevel::kCritical}};
    if (!value.is_object()) return log.Error(IssueType::kStructure, "must be an object");
    for (const auto& item : value.items()) {
      const auto level =
          item.value().is_string() ? levels.find(item.value().get<std::string>()) : levels.end();
      if (level == levels.end()) {
        log.AddAt('/' + item.key(), fhir::Severity::kError, IssueType::kValue,
                  "must be one of: none, info, warning, critical");
      } else {
        target[item.key()] = level->second;
      }
    }
  };
}

Setting Specialties(std::map<std::string, std::map<std::string, rules::AlertLevel>>& target) {
  return [&target](const Json& value, IssueLog& log) {
    if (!value.is_object()) return log.Error(IssueType::kStructure, "must be an object");
    for (const auto& item : value.items()) {
      std::string name = item.key();
      std::ranges::transform(name, name.begin(), [](char c) {
        return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
      });
      IssueLog faults;
      Levels(target[name])(item.value(), faults);
      for (const auto& fault : faults.issues())
        log.AddAt('/' + item.key() + fault.path, fault.severity, fault.type, fault.text);
    }
  };
}

Setting Price(double& target) {
  return [&target](const Json& value, IssueLog& log) {
    const auto price = fhir::NumberOf(value);
    if (!price || *price < 0) return log.Error(IssueType::kValue, "must be a number, not below 0");
    target = *price;
  };
}

Setting Alerts(AlertConfig& alerts) {
  return [&alerts](const Json& value, IssueLog& log) {
    ReadSettings(
        value,
        {{"quietHours", Whole(0, 8760, [&](auto n) { alerts.quiet = std::chrono::hours(n); })},
         {"shadow", Yes(alerts.shadow)},
         {"jurisdictions", Texts(alerts.jurisdictions)},
         {"loudest", Levels(alerts.loudest)},
         {"specialties", Specialties(alerts.specialties)},
         {"systemActions", Yes(alerts.system_actions)},
         {"genotypingPrice", Price(alerts.genotyping_price)}},
        "", log);
  };
}

}  // namespace

void SetListen(std::string_view address, Config& config) {
  const size_t colon = address.rfind(':');
  if (colon == std::string_view::npos || colon == 0) {
    throw Error(ErrorCode::kInvalid, "listen address must be HOST:PORT");
  }
  const std::string_view port = address.substr(colon + 1);
  std::uint16_t number = 0;
  const auto [end, fault] = std::from_chars(port.data(), port.data() + port.size(), number);
  if (fault != std::errc() || end != port.data() + port.size()) {
    throw Error(ErrorCode::kInvalid, "the port must be a number from 0 to 65535");
  }
  config.http.host = std::string(address.substr(0, colon));
  config.http.port = number;
}

lab::Receivers ReceiversOf(const Config& config) {
  lab::Receivers receivers{.hosts = config.notify_hosts, .http_here = config.access.empty()};
  if (config.access.empty() && receivers.hosts.empty()) receivers.hosts.emplace_back("*");
  return receivers;
}

void ReadConfig(const std::filesystem::path& file, Config& config) {
  std::ifstream stream(file);
  std::ostringstream text;
  text << stream.rdbuf();
  if (!stream) throw Error(ErrorCode::kInvalid, "cannot read " + file.string());
  IssueLog log;
  const auto value = fhir::ParseJson(std::move(text).str(), log);
  if (!value) throw Error(ErrorCode::kInvalid, log.issues());
  http::ServerOptions& http = config.http;
  const Settings settings = {
      {"listen",
       [&config](const Json& address, IssueLog& faults) {
         try {
           SetListen(address.is_string() ? address.get<std::string>() : "", config);
         } catch (const Error& error) {
           faults.Error(IssueType::kValue, error.what());
         }
       }},
      {"tls", Tls(http.tls)},
      {"allowedOrigins", Texts(http.allowed_origins)},
      {"maxConnections",
       Whole(1, 20000, [&](auto n) { http.max_connections = static_cast<int>(n); })},
      {"maxBodyBytes",
       Whole(1024, 1LL << 31, [&](auto n) { http.max_body_bytes = static_cast<size_t>(n); })},
      {"receiveTimeoutSeconds",
       Whole(1, 3600, [&](auto n) { http.receive_timeout = std::chrono::seconds(n); })},
      {"keepAliveSeconds",
       Whole(1, 3600, [&](auto n) { http.keep_alive = std::chrono::seconds(n); })},
      {"publicBase", Text(config.public_base)},
      {"data", Text(config.data)},
      {"store", Text(config.store)},
      {"knowledge", Text(config.knowledge)},
      {"overlay", Text(config.overlay)},
      {"labs", Text(config.labs)},
      {"access", Text(config.access)},
      {"mllp", Text(config.mllp)},
      {"mllpTls", Tls(config.mllp_tls)},
      {"mllpPeers", Texts(config.mllp_peers)},
      {"escalateAfterMinutes",
       Whole(1, 525600, [&](auto n) { config.escalate_after = std::chrono::minutes(n); })},
      {"responsibleUnit", Text(config.responsible_unit)},
      {"notifyHosts", Texts(config.notify_hosts)},
      {"notifyRetrySeconds",
       Whole(1, 86400, [&](auto n) { config.notify_retry = std::chrono::seconds(n); })},
      {"notifyTimeoutSeconds",
       Whole(1, 600, [&](auto n) { config.notify_time_limit = std::chrono::seconds(n); })},
      {"notifyAttempts",
       Whole(1, 1000, [&](auto n) { config.notify_attempts = static_cast<int>(n); })},
      {"tab", Tab(config)},
      {"vcf", Vcf(config.vcf)},
      {"language", OneOf(config.language, {"sv", "en"})},
      {"leadingGuideline", OneOf(config.leading_guideline, {"CPIC", "DPWG"})},
      {"alerts", Alerts(config.alerts)},
      {"ehrServers", Texts(config.ehr_servers)},
      {"ehrAuthority", Text(config.ehr_authority)},
      {"timeLimitMilliseconds",
       Whole(50, 60000, [&](auto n) { config.time_limit = std::chrono::milliseconds(n); })},
  };
  ReadSettings(*value, settings, "", log);
  if (log.HasErrors()) throw Error(ErrorCode::kInvalid, log.issues());
}

}  // namespace genflik::app
