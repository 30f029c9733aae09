#include "services/lab/outbox.h"

#include <algorithm>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/core/error.h"
#include "services/core/log.h"

namespace genflik::lab {
namespace {

using fhir::FindText;
using fhir::Json;

bool SameHost(std::string_view a, std::string_view b) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::ranges::equal(a, b, {}, lower, lower);
}

// Host and port of what follows "https://"; empty when a reader could take it for another one.
std::string_view AuthorityOf(std::string_view rest) {
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  return authority.find_first_of("@\\%") == std::string_view::npos ? authority : "";
}

std::string_view HostOf(std::string_view authority) {
  const size_t colon = authority.rfind(':');
  const size_t bracket = authority.rfind(']');
  const bool has_port =
      colon != std::string_view::npos && (bracket == std::string_view::npos || colon > bracket);
  return has_port ? authority.substr(0, colon) : authority;
}

bool IsHeaderLine(std::string_view line) {
  const size_t colon = line.find(':');
  return colon != std::string_view::npos && colon > 0 && std::ranges::none_of(line, [](char c) {
           return static_cast<unsigned char>(c) < ' ' || c == 127;
         });
}

Json BodyOf(const store::Record& record) {
  fhir::IssueLog log;
  return fhir::ParseJson(record.body, log).value_or(Json::object());
}

/// "DetectedIssue?severity=high" in parts.
std::pair<std::string, std::string> SplitCriteria(const std::string& criteria) {
  const size_t mark = criteria.find('?');
  if (mark == std::string::npos) return {criteria, ""};
  return {criteria.substr(0, mark), criteria.substr(mark + 1)};
}

bool Meets(const store::Reader& reader, const store::StoredResource& resource,
           const std::string& query) {
  if (query.empty()) return true;
  try {
    return !reader.FindMatching(resource.type, query + "&_id=" + resource.id).empty();
  } catch (const core::Error&) {
    // Criteria that cannot be searched by: more is told rather than less.
    return true;
  }
}

void QueueOne(store::Writer& writer, const store::StoredResource& subscription, const Json& channel,
              const store::StoredResource& resource) {
  const std::string key = subscription.id + "|" + resource.Reference() + "/_history/" +
                          std::to_string(resource.version);
  if (!writer.FindRecords({.kind = "outbox", .key = key}).empty()) return;
  Json headers = fhir::FindArray(channel, "header");
  if (!headers.is_array()) headers = Json::array();
  const Json body = {{"subscription", subscription.id},
                     {"endpoint", std::string(FindText(channel, "endpoint"))},
                     {"mediaType", std::string(FindText(channel, "payload"))},
                     {"headers", std::move(headers)},
                     {"resource", resource.Reference()},
                     {"version", resource.version},
                     {"attempts", 0},
                     {"next", ""}};
  writer.AppendRecord(
      {.kind = "outbox", .key = key, .status = "waiting", .body = fhir::PrintJson(body)});
}

Notice NoticeOf(const Json& body) {
  const std::string reference(FindText(body, "resource"));
  const size_t slash = reference.find('/');
  return {.subscription = std::string(FindText(body, "subscription")),
          .type = reference.substr(0, slash),
          .id = slash == std::string::npos ? "" : reference.substr(slash + 1),
          .version = body.value("version", std::int64_t{0})};
}

Delivery DeliveryOf(const store::Reader& reader, const Json& body) {
  Delivery delivery{.endpoint = std::string(FindText(body, "endpoint")),
                    .media_type = std::string(FindText(body, "mediaType"))};
  for (const Json& header : fhir::FindArray(body, "headers")) {
    if (header.is_string()) delivery.headers.push_back(header.get<std::string>());
  }
  if (delivery.media_type.empty()) return delivery;
  const Notice notice = NoticeOf(body);
  const auto stored = reader.FindVersion(notice.type, notice.id, notice.version);
  if (stored) delivery.body = stored->text;
  return delivery;
}

bool Try(const Deliver& deliver, const Delivery& delivery, std::string& trouble) {
  try {
    const int status = deliver(delivery);
    if (status >= 200 && status < 300) return true;
    trouble = "status " + std::to_string(status);
  } catch (const std::exception& error) {
    trouble = error.what();
  }
  return false;
}

void GiveUp(store::Writer& writer, const Json& body, const std::string& trouble) {
  const auto stored = writer.Find("Subscription", FindText(body, "subscription"));
  if (!stored) return;
  Json subscription = stored->Body();
  subscription["status"] = "error";
  subscription["error"] = trouble;
  writer.Put(std::move(subscription));
}

void NoteOutcome(store::Writer& writer, store::Record record, bool taken,
                 const std::string& trouble, const OutboxOptions& options, core::Instant now) {
  Json body = BodyOf(record);
  const int attempts = body.value("attempts", 0) + 1;
  body["attempts"] = attempts;
  if (taken) {
    record.status = "sent";
  } else {
    auto wait = options.first_retry;
    for (int i = 1; i < attempts && wait < options.longest_retry; ++i) wait *= 2;
    body["next"] = core::PrintInstant(now + std::min(wait, options.longest_retry));
    body["trouble"] = trouble;
    if (attempts >= options.attempts) {
      record.status = "failed";
      GiveUp(writer, body, trouble);
    }
  }
  record.body = fhir::PrintJson(body);
  writer.UpdateRecord(record);
}

void Withhold(store::Store& store, store::Record record) {
  record.status = "withheld";
  store.Write([&](store::Writer& writer) { writer.UpdateRecord(record); });
}

}  // namespace

bool IsReceiver(std::string_view endpoint, const Receivers& receivers) {
  constexpr std::string_view kHttps = "https://";
  constexpr std::string_view kHttp = "http://";
  const bool plain = std::ranges::all_of(endpoint, [](char c) { return c > ' ' && c < 127; });
  if (!plain) return false;
  if (endpoint.starts_with(kHttps)) {
    const std::string_view authority = AuthorityOf(endpoint.substr(kHttps.size()));
    const std::string_view host = HostOf(authority);
    return !host.empty() && std::ranges::any_of(receivers.hosts, [&](const std::string& allowed) {
      return allowed == "*" || SameHost(allowed, host) || SameHost(allowed, authority);
    });
  }
  if (!receivers.http_here || !endpoint.starts_with(kHttp)) return false;
  const std::string_view host = HostOf(AuthorityOf(endpoint.substr(kHttp.size())));
  return host == "127.0.0.1" || host == "[::1]" || host == "localhost";
}

void CheckSubscription(const Json& resource, const Receivers& receivers, fhir::IssueLog& log) {
  if (FindText(resource, "resourceType") != "Subscription") return;
  const Json* channel = fhir::Find(resource, "channel");
  if (channel == nullptr || FindText(*channel, "type") != "rest-hook") return;
  if (!IsReceiver(FindText(*channel, "endpoint"), receivers)) {
    log.AddAt("Subscription.channel.endpoint", fhir::Severity::kError,
              fhir::IssueType::kBusinessRule,
              "notifications are sent by https only, to the hosts that the server's configuration "
              "names (notifyHosts)");
  }
  for (const Json& header : fhir::FindArray(*channel, "header")) {
    if (header.is_string() && !IsHeaderLine(header.get_ref<const std::string&>())) {
      log.AddAt("Subscription.channel.header", fhir::Severity::kError, fhir::IssueType::kValue,
                "this is no header line that can be sent");
    }
  }
}

void QueueNotifications(store::Writer& writer, const std::vector<store::StoredResource>& written) {
  if (written.empty()) return;
  for (const auto& subscription : writer.FindMatching("Subscription", "status=active,requested")) {
    const Json body = subscription.Body();
    const Json* channel = fhir::Find(body, "channel");
    if (channel == nullptr || FindText(*channel, "type") != "rest-hook") continue;
    const auto [type, query] = SplitCriteria(std::string(FindText(body, "criteria")));
    for (const store::StoredResource& resource : written) {
      if (resource.type != type || resource.deleted) continue;
      if (Meets(writer, resource, query)) QueueOne(writer, subscription, *channel, resource);
    }
  }
}

size_t SendOutbox(store::Store& store, const Deliver& deliver, const OutboxOptions& options,
                  core::Instant now) {
  const std::string time = core::PrintInstant(now);
  const auto waiting = store.Read([](const store::Reader& reader) {
    return reader.FindRecords({.kind = "outbox", .status = "waiting"});
  });
  size_t taken = 0;
  for (const store::Record& record : waiting) {
    const Json body = BodyOf(record);
    if (FindText(body, "next") > time) continue;
    if (options.may_see && !options.may_see(NoticeOf(body))) {
      Withhold(store, record);
      continue;
    }
    const Delivery delivery =
        store.Read([&](const store::Reader& reader) { return DeliveryOf(reader, body); });
    std::string trouble;
    const bool sent = Try(deliver, delivery, trouble);
    if (!sent) {
      core::Log(
          core::LogLevel::kWarning, "notification-not-taken",
          {{"subscription", std::string(FindText(body, "subscription"))}, {"reason", trouble}});
    }
    store.Write(
        [&](store::Writer& writer) { NoteOutcome(writer, record, sent, trouble, options, now); });
    if (sent && options.told) options.told(NoticeOf(body));
    taken += sent ? 1 : 0;
  }
  return taken;
}

struct Repeater::State {
  std::function<void()> work;
  std::chrono::milliseconds pause{};
  std::mutex mutex;
  std::condition_variable wake;
  bool woken = false;
  bool stopping = false;
  std::thread thread;

  void Run() {
    std::unique_lock lock(mutex);
    while (!stopping) {
      woken = false;
      lock.unlock();
      try {
        work();
      } catch (const std::exception& error) {
        core::Log(core::LogLevel::kError, "repeated-work-failed", {{"reason", error.what()}});
      }
      lock.lock();
      wake.wait_for(lock, pause, [this] { return woken || stopping; });
    }
  }
};

Repeater::Repeater(std::function<void()> work, std::chrono::milliseconds pause)
    : state_(std::make_unique<State>()) {
  state_->work = std::move(work);
  state_->pause = pause;
  state_->thread = std::thread([state = state_.get()] { state->Run(); });
}

Repeater::~Repeater() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
  state_->thread.join();
}

void Repeater::Wake() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->woken = true;
  }
  state_->wake.notify_all();
}

}  // namespace genflik::lab
