#include "services/http/http_server.h"

#include <algorithm>
#include <ostream>
#include <utility>

#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPServerParams.h>
#include <Poco/Net/HTTPServerRequest.h>
#include <Poco/Net/HTTPServerResponse.h>
#include <Poco/Net/NetException.h>
#include <Poco/Net/SecureServerSocket.h>
#include <Poco/Net/TCPServer.h>
#include <Poco/SharedPtr.h>
#include <Poco/ThreadPool.h>

#include "services/core/error.h"
#include "services/core/ids.h"
#include "services/core/log.h"
#include "services/core/server_certificate.h"
#include "services/http/error_response.h"
#include "services/http/http_connection.h"
#include "services/http/message.h"

namespace genflik::http {
namespace {

using core::Error;
using core::ErrorCode;
using Time = std::chrono::steady_clock;

bool IsPlainToken(std::string_view text, std::string_view more) {
  return !text.empty() && text.size() <= 200 && std::ranges::all_of(text, [&](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') ||
           more.find(c) != std::string_view::npos;
  });
}

bool IsLoopbackName(std::string_view authority) {
  const size_t colon = authority.rfind(':');
  const std::string_view host = authority.ends_with(']') || colon == std::string_view::npos
                                    ? authority
                                    : authority.substr(0, colon);
  return host == "localhost" || host == "127.0.0.1" || host == "[::1]";
}

// Everything that one request needs of the server.
struct Service {
  ServerOptions options;
  Router router;
  std::vector<Filter> filters;
  core::Metrics& metrics;
  core::TimeOrderedIds ids = {};

  bool AllowsOrigin(std::string_view origin) const {
    if (std::ranges::find(options.allowed_origins, origin) != options.allowed_origins.end()) {
      return true;
    }
    const size_t scheme = origin.find("://");
    return IsLoopbackName(options.host) && scheme != std::string_view::npos &&
           IsLoopbackName(origin.substr(scheme + 3));
  }

  Response Options(const Request& request) const {
    Response response;
    response.status = 204;
    const auto methods = router.Methods(request.path);
    if (methods.empty()) throw Error(ErrorCode::kNotFound, "there is nothing at this path");
    std::string allowed = "OPTIONS";
    for (const std::string& method : methods) allowed += ", " + method;
    response.Set("Allow", allowed);
    const std::string_view wanted = request.Header("Access-Control-Request-Headers");
    if (!request.Header("Access-Control-Request-Method").empty()) {
      response.Set("Access-Control-Allow-Methods", allowed).Set("Access-Control-Max-Age", "600");
      if (IsPlainToken(wanted, "-_, ")) {
        response.Set("Access-Control-Allow-Headers", std::string(wanted));
      }
    }
    return response;
  }

  Response Run(const Request& request, const Handler& handler, size_t filter = 0) const {
    if (filter == filters.size()) return handler(request);
    return filters[filter](
        request, [&, filter](const Request& inner) { return Run(inner, handler, filter + 1); });
  }

  Response Answer(Request& request, std::string& pattern) const {
    if (request.method == "OPTIONS") return Options(request);
    const std::string method = request.method == "HEAD" ? "GET" : request.method;
    auto match = router.Find(method, request.path);
    pattern = match.route->pattern;
    request.method = method;
    request.parameters = std::move(match.parameters);
    return Run(request, match.route->handler);
  }

  Response AnswerSafely(Request& request, std::string& pattern) const {
    try {
      return Answer(request, pattern);
    } catch (const Error& error) {
      Response response = ErrorResponse(error);
      if (error.code() == ErrorCode::kNotAllowed && response.headers.count("Allow") == 0) {
        std::string allowed = "OPTIONS";
        for (const std::string& method : router.Methods(request.path)) allowed += ", " + method;
        response.Set("Allow", allowed);
      }
      if (error.code() == ErrorCode::kInternal) {
        core::Log(core::LogLevel::kError, "request-failed",
                  {{"request", request.id}, {"reason", error.what()}});
      }
      return response;
    } catch (const std::exception& error) {
      core::Log(core::LogLevel::kError, "request-failed",
                {{"request", request.id}, {"reason", error.what()}});
      return ErrorResponse(
          Error(ErrorCode::kInternal, "an internal fault; see the log for request " + request.id));
    }
  }

  void Finish(const Request& request, Response& response) const {
    response.Set("X-Request-Id", request.id).Set("X-Content-Type-Options", "nosniff");
    if (options.tls) response.Set("Strict-Transport-Security", "max-age=31536000");
    if (response.headers.count("Cache-Control") == 0) response.Set("Cache-Control", "no-store");
    const std::string_view origin = request.Header("Origin");
    if (origin.empty() || !AllowsOrigin(origin)) return;
    response.Set("Access-Control-Allow-Origin", std::string(origin))
        .Set("Vary", "Origin")
        .Set("Access-Control-Expose-Headers",
             "Content-Location, ETag, Last-Modified, Location, X-Request-Id");
  }
};

class RequestHandler {
 public:
  explicit RequestHandler(Service& service) : service_(service) {}

  std::string Answer(Poco::Net::HTTPServerRequest& poco_request,
                     Poco::Net::HTTPServerResponse& poco_response) const {
    const auto start = Time::now();
    Request request;
    Response response;
    std::string pattern = "none";
    const bool head = poco_request.getMethod() == "HEAD";
    try {
      ReadRequest(poco_request, request);
      response = service_.AnswerSafely(request, pattern);
    } catch (const Error& error) {
      // The body was not read to its end, so nothing more can be read from this connection.
      poco_response.setKeepAlive(false);
      response = ErrorResponse(error);
    } catch (const Poco::TimeoutException&) {
      poco_response.setKeepAlive(false);
      response = ErrorResponse(Error(ErrorCode::kMalformed, "the request did not arrive in time"));
    } catch (const Poco::Exception& error) {
      poco_response.setKeepAlive(false);
      response = ErrorResponse(Error(ErrorCode::kMalformed, "the request cannot be read"));
      core::Log(core::LogLevel::kDebug, "request-unreadable", {{"reason", error.displayText()}});
    }
    service_.Finish(request, response);
    FillHead(response, poco_response);
    Count(pattern, response.status, Time::now() - start);
    return head ? std::string() : std::move(response.body);
  }

  void Refuse(int status, const Error& error, Poco::Net::HTTPServerResponse& poco_response) const {
    Request request;
    request.id = service_.ids.New();
    Response response = ErrorResponse(error);
    response.status = status;
    service_.Finish(request, response);
    poco_response.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(status));
    for (const auto& [name, value] : response.headers) poco_response.add(name, value);
    poco_response.setContentLength64(static_cast<Poco::Int64>(response.body.size()));
    try {
      // sendBuffer leaves the body out where there is no request.
      poco_response.send() << response.body << std::flush;
    } catch (const Poco::Exception& fault) {
      core::Log(core::LogLevel::kDebug, "client-gone", {{"reason", fault.displayText()}});
    }
    Count("none", status, {});
  }

 private:
  void ReadRequest(Poco::Net::HTTPServerRequest& from, Request& to) const {
    to.id = service_.ids.New();
    for (const auto& [name, value] : from) to.headers.emplace(name, value);
    const std::string_view given_id = to.Header("X-Request-Id");
    if (IsPlainToken(given_id, "-_.")) to.id = std::string(given_id);
    to.method = from.getMethod();
    to.peer = from.clientAddress().host().toString();
    to.base = service_.options.tls ? "https://" : "http://";
    const std::string& host = from.has("Host") ? from.getHost() : service_.options.host;
    if (!IsPlainToken(host, "-.:[]"))
      throw Error(ErrorCode::kMalformed, "the Host header is broken");
    to.base += host;
    const std::string& target = from.getURI();
    to.path = ReadPath(target);
    const size_t question = target.find('?');
    if (question != std::string::npos) to.query = ReadQuery(target.substr(question + 1));
    const BodyFraming framing = ReadFraming(to.headers, service_.options.max_body_bytes);
    if (framing.chunked || framing.length > 0) {
      to.body = ReadBody(from.stream(), framing, service_.options.max_body_bytes);
    }
  }

  static void FillHead(Response& from, Poco::Net::HTTPServerResponse& to) {
    to.setStatusAndReason(static_cast<Poco::Net::HTTPResponse::HTTPStatus>(from.status));
    for (const auto& [name, value] : from.headers) to.add(name, value);
    if (from.status == 204 || from.status == 304) {
      from.body.clear();
    } else {
      to.setContentLength64(static_cast<Poco::Int64>(from.body.size()));
    }
  }

  void Count(const std::string& pattern, int status, std::chrono::duration<double> taken) const {
    const std::string labels = "route=\"" + pattern + "\",status=\"" + std::to_string(status) + '"';
    service_.metrics.Observe("genflik_http_request_seconds", labels, taken.count());
  }

  Service& service_;
};

std::unique_ptr<core::ServerCertificate> CertificateOf(const ServerOptions& options) {
  if (!options.tls) return nullptr;
  return std::make_unique<core::ServerCertificate>(options.tls->certificate_file,
                                                   options.tls->key_file);
}

Poco::Net::ServerSocket Listen(const ServerOptions& options, core::ServerCertificate* certificate) {
  try {
    const Poco::Net::SocketAddress address(options.host, options.port);
    constexpr int kBacklog = 1024;
    if (!options.tls) {
      Poco::Net::ServerSocket socket;
      socket.bind(address, true);
      socket.listen(kBacklog);
      return socket;
    }
    const bool ask_client = !options.tls->client_authority_file.empty();
    Poco::Net::Context::Params parameters;
    parameters.certificateFile = options.tls->certificate_file;
    parameters.privateKeyFile = options.tls->key_file;
    parameters.caLocation = options.tls->client_authority_file;
    parameters.verificationMode =
        ask_client ? Poco::Net::Context::VERIFY_STRICT : Poco::Net::Context::VERIFY_NONE;
    Poco::Net::Context::Ptr context =
        new Poco::Net::Context(Poco::Net::Context::TLS_SERVER_USE, parameters);
    context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
    certificate->ServeBy(context->sslContext());
    return Poco::Net::SecureServerSocket(address, kBacklog, context);
  } catch (const Poco::Exception& error) {
    throw Error(ErrorCode::kUnavailable, "cannot listen on " + options.host + ':' +
                                             std::to_string(options.port) + ": " +
                                             error.displayText());
  }
}

Poco::Net::HTTPServerParams::Ptr Parameters(const ServerOptions& options) {
  Poco::Net::HTTPServerParams::Ptr parameters = new Poco::Net::HTTPServerParams;
  parameters->setMaxThreads(options.max_connections);
  parameters->setMaxQueued(options.max_queued);
  parameters->setKeepAlive(true);
  parameters->setMaxKeepAliveRequests(0);
  parameters->setKeepAliveTimeout(Poco::Timespan(options.keep_alive.count(), 0));
  parameters->setTimeout(Poco::Timespan(options.receive_timeout.count(), 0));
  // A thread that Poco fails to wake when the server stops is waited for as long as it idles: ten
  // seconds without this.
  parameters->setThreadIdleTime(Poco::Timespan(1, 0));
  return parameters;
}

}  // namespace

class HttpServer::Impl {
 public:
  Impl(ServerOptions options, Router router, std::vector<Filter> filters, core::Metrics& metrics)
      : service_{std::move(options), std::move(router), std::move(filters), metrics},
        threads_(2, service_.options.max_connections + 8, kIdleSeconds, kStackBytes),
        certificate_(CertificateOf(service_.options)),
        socket_(Listen(service_.options, certificate_.get())),
        handler_(service_),
        connections_(new ConnectionFactory(
            Parameters(service_.options),
            {.answer = [this](auto& request,
                              auto& answer) { return handler_.Answer(request, answer); },
             .refuse = [this](int status, const Error& error,
                              auto& answer) { handler_.Refuse(status, error, answer); }})),
        server_(connections_, threads_, socket_, Parameters(service_.options)) {
    server_.start();
  }
  ~Impl() {
    server_.stop();
    connections_->EndConnections();
    threads_.joinAll();
  }
  Impl(const Impl&) = delete;
  Impl& operator=(const Impl&) = delete;

  std::uint16_t port() const { return socket_.address().port(); }
  void ReloadCertificate() {
    if (certificate_) certificate_->ReloadIfChanged();
  }

 private:
  static constexpr int kIdleSeconds = 60;
  // A thread a connection is cheap as long as its stack is small; see docs/decisions.
  static constexpr int kStackBytes = 1024 * 1024;

  Service service_;
  Poco::ThreadPool threads_;
  std::unique_ptr<core::ServerCertificate> certificate_;
  Poco::Net::ServerSocket socket_;
  RequestHandler handler_;
  Poco::SharedPtr<ConnectionFactory> connections_;
  Poco::Net::TCPServer server_;
};

HttpServer::HttpServer(ServerOptions options, Router router, std::vector<Filter> filters,
                       core::Metrics& metrics)
    : impl_(std::make_unique<Impl>(std::move(options), std::move(router), std::move(filters),
                                   metrics)) {}
HttpServer::~HttpServer() = default;

std::uint16_t HttpServer::port() const { return impl_->port(); }
void HttpServer::ReloadCertificate() { impl_->ReloadCertificate(); }

}  // namespace genflik::http
