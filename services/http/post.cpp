#include "services/http/post.h"

#include <algorithm>
#include <array>
#include <memory>
#include <string_view>

#include <Poco/Net/Context.h>
#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/Net/HTTPSClientSession.h>
#include <Poco/URI.h>

#include "services/core/error.h"

namespace genflik::http {
namespace {

using core::Error;
using core::ErrorCode;

bool IsThisMachine(const std::string& host) {
  return host == "127.0.0.1" || host == "::1" || host == "localhost";
}

std::unique_ptr<Poco::Net::HTTPClientSession> Connect(const Poco::URI& uri, bool http_here) {
  if (http_here && uri.getScheme() == "http" && IsThisMachine(uri.getHost())) {
    return std::make_unique<Poco::Net::HTTPClientSession>(uri.getHost(), uri.getPort());
  }
  if (uri.getScheme() != "https" || uri.getHost().empty()) {
    throw Error(ErrorCode::kInvalid, "only https is posted to");
  }
  Poco::Net::Context::Params parameters;
  parameters.verificationMode = Poco::Net::Context::VERIFY_STRICT;
  parameters.loadDefaultCAs = true;
  Poco::Net::Context::Ptr context =
      new Poco::Net::Context(Poco::Net::Context::TLS_CLIENT_USE, parameters);
  context->requireMinimumProtocol(Poco::Net::Context::PROTO_TLSV1_2);
  context->enableExtendedCertificateVerification(true);
  return std::make_unique<Poco::Net::HTTPSClientSession>(uri.getHost(), uri.getPort(), context);
}

// Whoever writes a header line must not write a second one, or another message.
void SetHeader(const std::string& line, Poco::Net::HTTPRequest& request) {
  constexpr std::array<std::string_view, 5> kOurs = {"host", "content-length", "transfer-encoding",
                                                     "connection", "content-type"};
  const auto is_control = [](char c) { return static_cast<unsigned char>(c) < ' ' || c == 127; };
  const size_t colon = line.find(':');
  std::string name = line.substr(0, std::min(colon, line.size()));
  std::ranges::transform(name, name.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  });
  const bool is_name = !name.empty() && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_';
  });
  if (colon == std::string::npos || !is_name || std::ranges::any_of(line, is_control) ||
      std::ranges::find(kOurs, name) != kOurs.end()) {
    throw Error(ErrorCode::kInvalid, "a header line cannot be sent");
  }
  const size_t value = line.find_first_not_of(' ', colon + 1);
  request.set(line.substr(0, colon), value == std::string::npos ? "" : line.substr(value));
}

}  // namespace

int Post(const Posting& posting) {
  try {
    const Poco::URI uri(posting.url);
    const auto session = Connect(uri, posting.http_to_this_machine);
    session->setTimeout(Poco::Timespan(posting.time_limit.count(), 0));
    session->setKeepAlive(false);
    const std::string path = uri.getPathAndQuery().empty() ? "/" : uri.getPathAndQuery();
    Poco::Net::HTTPRequest request(Poco::Net::HTTPRequest::HTTP_POST, path,
                                   Poco::Net::HTTPMessage::HTTP_1_1);
    for (const std::string& header : posting.headers) SetHeader(header, request);
    if (!posting.media_type.empty()) request.setContentType(posting.media_type);
    request.setContentLength(static_cast<std::streamsize>(posting.body.size()));
    session->sendRequest(request) << posting.body;
    Poco::Net::HTTPResponse response;
    session->receiveResponse(response);
    return response.getStatus();
  } catch (const Poco::Exception& error) {
    throw Error(ErrorCode::kUnavailable, "cannot reach the receiver: " + error.displayText());
  }
}

}  // namespace genflik::http
