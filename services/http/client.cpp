#include "services/http/client.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <optional>
#include <sstream>
#include <string_view>
#include <thread>

#include <Poco/Exception.h>
#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SecureStreamSocket.h>
#include <Poco/Net/StreamSocket.h>
#include <Poco/String.h>
#include <Poco/Timespan.h>
#include <Poco/URI.h>

namespace genflik::http {
namespace {

using Deadline = std::chrono::steady_clock::time_point;
using Poco::Net::StreamSocket;

constexpr size_t kMostHeaderBytes = 32 * 1024;

struct Fault : std::runtime_error {
  using std::runtime_error::runtime_error;
};

Poco::Timespan Remaining(Deadline deadline) {
  const auto left = std::chrono::duration_cast<std::chrono::microseconds>(
      deadline - std::chrono::steady_clock::now());
  if (left.count() <= 0) throw Fault("no answer in time");
  return {static_cast<Poco::Timespan::TimeDiff>(left.count())};
}

// The body of a chunked message (RFC 9112, 7.1), read as it comes in.
class ChunkReader {
 public:
  // Takes what of raw is complete from `at` on; true when the last chunk was there.
  bool Read(const std::string& raw, size_t& at, std::string& body, size_t most) {
    while (true) {
      const size_t line_end = raw.find("\r\n", at);
      if (line_end == std::string::npos) return false;
      size_t size = 0;
      const auto [end, fault] = std::from_chars(raw.data() + at, raw.data() + line_end, size, 16);
      if (fault != std::errc() || (end != raw.data() + line_end && *end != ';')) {
        throw Fault("the answer is no HTTP");
      }
      if (size == 0) return true;
      if (size > most || body.size() + size > most) throw Fault("the answer is too long");
      if (raw.size() < line_end + 2 + size + 2) return false;
      body.append(raw, line_end + 2, size);
      at = line_end + 2 + size + 2;
    }
  }
};

class Exchange {
 public:
  Exchange(StreamSocket& socket, size_t most, Deadline deadline)
      : socket_(socket), most_(most), deadline_(deadline) {}

  FetchAnswer Run(const std::string& request) {
    Send(request);
    FetchAnswer answer = ReadHead();
    if (length_) {
      if (*length_ > most_) throw Fault("the answer is too long");
      while (raw_.size() - at_ < *length_) {
        if (!Receive()) throw Fault("the answer is cut off");
      }
      answer.body = raw_.substr(at_, *length_);
    } else if (chunked_) {
      ChunkReader reader;
      while (!reader.Read(raw_, at_, answer.body, most_)) {
        if (!Receive()) throw Fault("the answer is cut off");
      }
    } else {
      while (Receive()) {
      }
      answer.body = raw_.substr(at_);
    }
    return answer;
  }

 private:
  void Send(const std::string& request) {
    size_t sent = 0;
    while (sent < request.size()) {
      socket_.setSendTimeout(Remaining(deadline_));
      const int n =
          socket_.sendBytes(request.data() + sent, static_cast<int>(request.size() - sent));
      if (n <= 0) throw Fault("the connection was closed");
      sent += static_cast<size_t>(n);
    }
  }

  bool Receive() {
    std::array<char, 16384> buffer{};
    socket_.setReceiveTimeout(Remaining(deadline_));
    const int n = socket_.receiveBytes(buffer.data(), static_cast<int>(buffer.size()));
    if (n <= 0) return false;
    raw_.append(buffer.data(), static_cast<size_t>(n));
    // A chunked message is longer than its content.
    if (raw_.size() > most_ + most_ / 2 + kMostHeaderBytes) throw Fault("the answer is too long");
    return true;
  }

  FetchAnswer ReadHead() {
    size_t end = 0;
    while ((end = raw_.find("\r\n\r\n")) == std::string::npos) {
      if (raw_.size() > kMostHeaderBytes) throw Fault("the answer is no HTTP");
      if (!Receive()) throw Fault(raw_.empty() ? "no answer" : "the answer is cut off");
    }
    std::istringstream head(raw_.substr(0, end + 4));
    Poco::Net::HTTPResponse response;
    response.read(head);
    at_ = end + 4;
    chunked_ = response.getChunkedTransferEncoding();
    if (!chunked_ && response.hasContentLength()) {
      if (response.getContentLength64() < 0) throw Fault("the answer is no HTTP");
      length_ = static_cast<size_t>(response.getContentLength64());
    }
    FetchAnswer answer{.status = response.getStatus()};
    const std::string& type = response.getContentType();
    answer.media_type = Poco::toLower(Poco::trim(type.substr(0, type.find(';'))));
    return answer;
  }

  StreamSocket& socket_;
  size_t most_;
  Deadline deadline_;
  std::string raw_;
  size_t at_ = 0;
  std::optional<size_t> length_;
  bool chunked_ = false;
};

std::string RequestText(const Poco::URI& uri, const FetchRequest& request) {
  std::string target = uri.getPathAndQuery();
  if (target.empty() || target.front() != '/') target.insert(0, "/");
  std::string text = "GET " + target + " HTTP/1.1\r\nHost: " + uri.getAuthority() +
                     "\r\nConnection: close\r\nAccept-Encoding: identity\r\n";
  for (const auto& [name, value] : request.headers) {
    if (value.find_first_of("\r\n") != std::string::npos) throw Fault("a header is not allowed");
    text += name + ": " + value + "\r\n";
  }
  return text + "\r\n";
}

}  // namespace

struct Client::State {
  explicit State(ClientOptions given) : options(std::move(given)) {}

  FetchAnswer FetchOne(const FetchRequest& request, Deadline deadline) {
    try {
      const Poco::URI uri(request.url);
      const std::string text = RequestText(uri, request);
      StreamSocket socket;
      socket.connect(Poco::Net::SocketAddress(uri.getHost(), uri.getPort()), Remaining(deadline));
      socket.setNoDelay(true);
      if (uri.getScheme() == "https") {
        // The handshake reads and writes on the plain socket, so its limits are set there.
        socket.setReceiveTimeout(Remaining(deadline));
        socket.setSendTimeout(Remaining(deadline));
        Poco::Net::SecureStreamSocket secure =
            Poco::Net::SecureStreamSocket::attach(socket, uri.getHost(), Tls());
        return Exchange(secure, options.max_bytes, deadline).Run(text);
      }
      if (uri.getScheme() != "http") throw Fault("not an address of HTTP");
      return Exchange(socket, options.max_bytes, deadline).Run(text);
    } catch (const Fault& fault) {
      return {.fault = fault.what()};
    } catch (const Poco::TimeoutException&) {
      return {.fault = "no answer in time"};
    } catch (const Poco::Exception& fault) {
      return {.fault = fault.displayText()};
    } catch (const std::exception& fault) {
      return {.fault = fault.what()};
    }
  }

  Poco::Net::Context::Ptr Tls() {
    const std::lock_guard lock(mutex);
    if (tls.isNull()) {
      tls =
          new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, "", "", options.authority_file,
                                 Poco::Net::Context::VERIFY_RELAXED, 9, true);
      tls->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
      tls->enableExtendedCertificateVerification(true);
    }
    return tls;
  }

  bool Enter(size_t count) {
    const std::lock_guard lock(mutex);
    if (under_way + count > options.most_at_once) return false;
    under_way += count;
    return true;
  }
  void Leave() {
    const std::lock_guard lock(mutex);
    --under_way;
    done.notify_all();
  }

  ClientOptions options;
  std::mutex mutex;
  std::condition_variable done;
  size_t under_way = 0;
  Poco::Net::Context::Ptr tls;
};

namespace {

// Where the threads of one call leave their answers; a thread may outlive the call.
struct Basket {
  std::mutex mutex = {};
  std::condition_variable filled = {};
  std::vector<FetchAnswer> answers = {};
  size_t missing = 0;
};

}  // namespace

Client::Client(ClientOptions options) : state_(std::make_shared<State>(std::move(options))) {}

Client::~Client() {
  std::unique_lock lock(state_->mutex);
  // A name server may keep a thread longer than any deadline; the state outlives the client.
  state_->done.wait_for(lock, std::chrono::seconds(5), [this] { return state_->under_way == 0; });
}

std::vector<FetchAnswer> Client::Fetch(const std::vector<FetchRequest>& requests,
                                       Deadline deadline) {
  if (requests.empty()) return {};
  if (!state_->Enter(requests.size())) {
    return std::vector<FetchAnswer>(requests.size(),
                                    FetchAnswer{.fault = "too many calls at once"});
  }
  auto basket = std::make_shared<Basket>();
  basket->answers.resize(requests.size(), FetchAnswer{.fault = "no answer in time"});
  basket->missing = requests.size();
  // A thread for each: a look-up of a name and a handshake cannot be given a deadline otherwise.
  for (size_t i = 0; i < requests.size(); ++i) {
    std::thread([state = state_, basket, request = requests[i], deadline, i] {
      FetchAnswer answer = state->FetchOne(request, deadline);
      {
        const std::lock_guard lock(basket->mutex);
        basket->answers[i] = std::move(answer);
        --basket->missing;
      }
      basket->filled.notify_all();
      state->Leave();
    }).detach();
  }
  std::unique_lock lock(basket->mutex);
  basket->filled.wait_until(lock, deadline, [&] { return basket->missing == 0; });
  return basket->answers;
}

}  // namespace genflik::http
