#pragma once

#include <filesystem>
#include <memory>
#include <mutex>
#include <string>

namespace genflik::core {

/// The certificate (with its chain) and the private key of a TLS server, from PEM files that may be
/// exchanged while it serves. Safe to use from any number of threads.
class ServerCertificate {
 public:
  /// Reads the files. Throws Error(kUnavailable) when they cannot be read or do not fit together.
  ServerCertificate(std::string certificate_file, std::string key_file);
  ~ServerCertificate();
  ServerCertificate(const ServerCertificate&) = delete;
  ServerCertificate& operator=(const ServerCertificate&) = delete;

  /// Reads the files again, for connections from now on. Throws as the constructor does; then the
  /// old ones stay in use.
  void Reload();
  /// The same when the files have changed since they were read; what is wrong with them is logged.
  /// Returns whether they were taken.
  bool ReloadIfChanged();
  /// Makes each new connection of this SSL_CTX show what is current. This object outlives it.
  void ServeBy(void* ssl_context);

  /// What OpenSSL's callback needs.
  struct Loaded;
  std::shared_ptr<const Loaded> Current() const;

 private:
  struct Times {
    std::filesystem::file_time_type certificate = {};
    std::filesystem::file_time_type key = {};
    bool operator==(const Times&) const = default;
  };
  Times ReadTimes() const;

  const std::string certificate_file_;
  const std::string key_file_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Loaded> loaded_;
  Times times_;
};

}  // namespace genflik::core
