#include "services/core/server_certificate.h"

#include <array>
#include <utility>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "services/core/error.h"
#include "services/core/log.h"

namespace genflik::core {

// An OpenSSL context does for a holder of certificate, chain and key.
struct ServerCertificate::Loaded {
  SSL_CTX* holder = nullptr;

  explicit Loaded(SSL_CTX* context) : holder(context) {}
  ~Loaded() { SSL_CTX_free(holder); }
  Loaded(const Loaded&) = delete;
  Loaded& operator=(const Loaded&) = delete;
};

namespace {

std::string LastFault() {
  std::array<char, 256> text{};
  ERR_error_string_n(ERR_get_error(), text.data(), text.size());
  ERR_clear_error();
  return text.data();
}

std::shared_ptr<const ServerCertificate::Loaded> Load(const std::string& certificate,
                                                      const std::string& key) {
  const auto loaded =
      std::make_shared<const ServerCertificate::Loaded>(SSL_CTX_new(TLS_server_method()));
  ERR_clear_error();
  const bool good =
      loaded->holder != nullptr &&
      SSL_CTX_use_certificate_chain_file(loaded->holder, certificate.c_str()) == 1 &&
      SSL_CTX_use_PrivateKey_file(loaded->holder, key.c_str(), SSL_FILETYPE_PEM) == 1 &&
      SSL_CTX_check_private_key(loaded->holder) == 1;
  if (good) return loaded;
  throw Error(ErrorCode::kUnavailable, "the certificate " + certificate + " and the key " + key +
                                           " cannot be used: " + LastFault());
}

// Called by OpenSSL at the start of each handshake.
int ShowCurrent(SSL* connection, void* owner) {
  const auto loaded = static_cast<const ServerCertificate*>(owner)->Current();
  STACK_OF(X509)* chain = nullptr;
  SSL_CTX_get0_chain_certs(loaded->holder, &chain);
  return SSL_use_cert_and_key(connection, SSL_CTX_get0_certificate(loaded->holder),
                              SSL_CTX_get0_privatekey(loaded->holder), chain, 1);
}

}  // namespace

ServerCertificate::ServerCertificate(std::string certificate_file, std::string key_file)
    : certificate_file_(std::move(certificate_file)),
      key_file_(std::move(key_file)),
      loaded_(Load(certificate_file_, key_file_)),
      times_(ReadTimes()) {}

ServerCertificate::~ServerCertificate() = default;

std::shared_ptr<const ServerCertificate::Loaded> ServerCertificate::Current() const {
  const std::lock_guard lock(mutex_);
  return loaded_;
}

ServerCertificate::Times ServerCertificate::ReadTimes() const {
  std::error_code fault;
  Times times;
  times.certificate = std::filesystem::last_write_time(certificate_file_, fault);
  times.key = std::filesystem::last_write_time(key_file_, fault);
  return times;
}

void ServerCertificate::Reload() {
  // Before the files, so that a change while they are read is seen the next time.
  const Times times = ReadTimes();
  auto loaded = Load(certificate_file_, key_file_);
  const std::lock_guard lock(mutex_);
  loaded_ = std::move(loaded);
  times_ = times;
}

bool ServerCertificate::ReloadIfChanged() {
  {
    const std::lock_guard lock(mutex_);
    if (ReadTimes() == times_) return false;
  }
  try {
    Reload();
    Log(LogLevel::kInfo, "certificate-reloaded", {{"file", certificate_file_}});
    return true;
  } catch (const Error& error) {
    // Half of an exchange, as when only one of the two files is there yet; tried again.
    Log(LogLevel::kError, "certificate-refused", {{"reason", error.what()}});
    return false;
  }
}

void ServerCertificate::ServeBy(void* ssl_context) {
  SSL_CTX_set_cert_cb(static_cast<SSL_CTX*>(ssl_context), ShowCurrent, this);
}

}  // namespace genflik::core
