#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "fhir/issue.h"
#include "fhir/json.h"
#include "services/core/clock.h"
#include "services/store/store.h"

// FHIR Subscriptions by rest-hook (http://hl7.org/fhir/R4/subscription.html): what is to be told
// waits in an outbox (records of kind "outbox") that is written with the change itself, and is sent
// until the receiver has taken it, across restarts.

namespace genflik::lab {

/// Where notifications may go. A Subscription is written by a caller, so without limits it would
/// make Genflik post to any machine that it can reach.
struct Receivers {
  /// Names or addresses, with ":PORT" where only that port is meant; "*" is every host.
  std::vector<std::string> hosts = {};
  /// Also http to this machine, for development.
  bool http_here = false;
};

/// True for an https address (or http to this machine, where `receivers` has it) at one of the
/// hosts.
[[nodiscard]] bool IsReceiver(std::string_view endpoint, const Receivers& receivers);

/// Refuses, as an error in `log`, a rest-hook Subscription that cannot be served: an endpoint that
/// is no receiver, or a header that is no single line. Adds nothing for other resources.
void CheckSubscription(const fhir::Json& resource, const Receivers& receivers, fhir::IssueLog& log);

/// Puts a notification into the outbox for every active rest-hook Subscription whose criteria one
/// of the resources meets. For use inside the transaction that wrote them.
void QueueNotifications(store::Writer& writer, const std::vector<store::StoredResource>& written);

/// One POST to a subscriber.
struct Delivery {
  std::string endpoint = {};
  /// Lines "Name: value".
  std::vector<std::string> headers = {};
  /// FHIR media type of the body; empty when the subscriber wants no content.
  std::string media_type = {};
  std::string body = {};
};
/// Sends it and returns the HTTP status; throws when the receiver cannot be reached.
using Deliver = std::function<int(const Delivery&)>;

/// Which version of which resource is told to whom.
struct Notice {
  /// Logical id of the Subscription.
  std::string subscription = {};
  std::string type = {};
  std::string id = {};
  std::int64_t version = 0;
};

struct OutboxOptions {
  /// Wait after the first failure; doubled after each further one.
  std::chrono::seconds first_retry{30};
  std::chrono::seconds longest_retry{3600};
  /// Then the notification is given up and the Subscription gets the status "error".
  int attempts = 48;
  /// Whether the subscriber may see it, asked each time before it is sent: what may not be seen is
  /// withheld for good, content or not. Empty: all may be seen.
  std::function<bool(const Notice&)> may_see = {};
  /// Called when the receiver has taken it.
  std::function<void(const Notice&)> told = {};
};

/// Sends what waits and is due, oldest first; returns how many were taken. Safe to call again at
/// any time: a notification is told at least once.
size_t SendOutbox(store::Store& store, const Deliver& deliver, const OutboxOptions& options,
                  core::Instant now);

/// Calls a piece of work now and again on a thread of its own, until it is destroyed. What the work
/// throws is logged.
class Repeater {
 public:
  Repeater(std::function<void()> work, std::chrono::milliseconds pause);
  ~Repeater();
  Repeater(const Repeater&) = delete;
  Repeater& operator=(const Repeater&) = delete;
  /// Works at once instead of after the pause.
  void Wake();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace genflik::lab
