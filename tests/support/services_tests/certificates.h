#pragma once

#include <filesystem>
#include <string>

namespace genflik::testing {

/// A certificate and its key as PEM texts.
struct MadeCertificate {
  std::string certificate = {};
  std::string key = {};
};

/// A new certificate for 127.0.0.1 with this common name, signed by `authority`, or by itself where
/// that is empty (then it may sign others). Holds for a day.
MadeCertificate MakeCertificate(const std::string& name, const MadeCertificate& authority = {});

/// What a TLS client of 127.0.0.1 meets.
struct TlsMeeting {
  /// Common name of the server's certificate; empty when the handshake failed.
  std::string server = {};
  /// What came back for `request`.
  std::string answer = {};
};

/// Connects, says `request` and reads until the server closes or falls silent for a second.
/// `newest` limits the version ("1.1"); with `client` it shows that certificate.
TlsMeeting MeetByTls(int port, const std::string& request, const std::string& newest = {},
                     const MadeCertificate& client = {});

void WriteText(const std::filesystem::path& file, const std::string& text);

}  // namespace genflik::testing
