#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "services/core/clock.h"
#include "services/store/store.h"

// FHIR Subscriptions by rest-hook (http://hl7.org/fhir/R4/subscription.html): what is to be told
// waits in an outbox (records of kind "outbox") that is written with the change itself, and is sent
// until the receiver has taken it, across restarts.

namespace genflik::lab {

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

struct OutboxOptions {
  /// Wait after the first failure; doubled after each further one.
  std::chrono::seconds first_retry{30};
  std::chrono::seconds longest_retry{3600};
  /// Then the notification is given up and the Subscription gets the status "error".
  int attempts = 48;
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
