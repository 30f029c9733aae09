#include "services/tab/compression.h"

#include <sstream>
#include <utility>

#include <Poco/DeflatingStream.h>

namespace genflik::tab {
namespace {

/// Smaller bodies fit in a packet or two anyway.
constexpr size_t kWorthIt = 1400;

}  // namespace

std::string Gzip(std::string_view text) {
  std::ostringstream packed;
  Poco::DeflatingOutputStream stream(packed, Poco::DeflatingStreamBuf::STREAM_GZIP, 6);
  stream << text;
  stream.close();
  return std::move(packed).str();
}

bool TakesGzip(std::string_view accepted) {
  const size_t place = accepted.find("gzip");
  if (place == std::string_view::npos) return false;
  std::string_view weight = accepted.substr(place + 4);
  weight = weight.substr(0, weight.find(','));
  return weight.find("q=0") == std::string_view::npos ||
         weight.find_first_of("123456789") != std::string_view::npos;
}

http::Response Pack(const http::Request& request, http::Response response) {
  response.Set("Vary", "Accept-Encoding");
  if (response.body.size() < kWorthIt || !TakesGzip(request.Header("Accept-Encoding"))) {
    return response;
  }
  response.body = Gzip(response.body);
  response.Set("Content-Encoding", "gzip");
  return response;
}

}  // namespace genflik::tab
