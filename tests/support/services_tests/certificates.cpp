#include "tests/support/services_tests/certificates.h"

#include <array>
#include <cstdint>
#include <fstream>
#include <memory>

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

namespace genflik::testing {
namespace {

template <auto release>
struct Free {
  template <typename T>
  void operator()(T* pointer) const {
    release(pointer);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using Bio = std::unique_ptr<BIO, Free<BIO_free_all>>;

std::string TextOf(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<size_t>(size)};
}

Certificate ReadCertificate(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return Certificate(PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr));
}

Key ReadKey(const std::string& pem) {
  const Bio bio(BIO_new_mem_buf(pem.data(), static_cast<int>(pem.size())));
  return Key(PEM_read_bio_PrivateKey(bio.get(), nullptr, nullptr, nullptr));
}

void AddExtension(X509* certificate, int kind, const char* value) {
  X509_EXTENSION* extension = X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
  X509_add_ext(certificate, extension, -1);
  X509_EXTENSION_free(extension);
}

}  // namespace

MadeCertificate MakeCertificate(const std::string& name, const MadeCertificate& authority) {
  static long serial = 1;
  const Key key(EVP_EC_gen("P-256"));
  const Certificate made(X509_new());
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), ++serial);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -60);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), 86400);
  X509_set_pubkey(made.get(), key.get());
  X509_NAME_add_entry_by_txt(X509_get_subject_name(made.get()), "CN", MBSTRING_UTF8,
                             reinterpret_cast<const unsigned char*>(name.c_str()), -1, -1, 0);
  const bool own = authority.key.empty();
  const Certificate signer = own ? Certificate() : ReadCertificate(authority.certificate);
  const Key signing = own ? Key() : ReadKey(authority.key);
  X509_set_issuer_name(made.get(), X509_get_subject_name(own ? made.get() : signer.get()));
  AddExtension(made.get(), NID_basic_constraints, own ? "critical,CA:TRUE" : "critical,CA:FALSE");
  AddExtension(made.get(), NID_subject_alt_name, "IP:127.0.0.1");
  X509_sign(made.get(), own ? key.get() : signing.get(), EVP_sha256());
  const Bio certificate_text(BIO_new(BIO_s_mem()));
  const Bio key_text(BIO_new(BIO_s_mem()));
  PEM_write_bio_X509(certificate_text.get(), made.get());
  PEM_write_bio_PrivateKey(key_text.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
  return {TextOf(certificate_text.get()), TextOf(key_text.get())};
}

TlsMeeting MeetByTls(int port, const std::string& request, const std::string& newest,
                     const MadeCertificate& client) {
  const std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>> context(SSL_CTX_new(TLS_client_method()));
  if (newest == "1.1") {
    SSL_CTX_set_security_level(context.get(), 0);
    SSL_CTX_set_min_proto_version(context.get(), TLS1_VERSION);
    SSL_CTX_set_max_proto_version(context.get(), TLS1_1_VERSION);
  }
  const Certificate own = client.key.empty() ? Certificate() : ReadCertificate(client.certificate);
  const Key key = client.key.empty() ? Key() : ReadKey(client.key);
  if (own) {
    SSL_CTX_use_certificate(context.get(), own.get());
    SSL_CTX_use_PrivateKey(context.get(), key.get());
  }
  const int handle = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const timeval patience{.tv_sec = 1, .tv_usec = 0};
  setsockopt(handle, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  TlsMeeting meeting;
  const std::unique_ptr<SSL, Free<SSL_free>> tls(SSL_new(context.get()));
  if (connect(handle, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) {
    SSL_set_fd(tls.get(), handle);
    if (SSL_connect(tls.get()) == 1) {
      const Certificate shown(SSL_get1_peer_certificate(tls.get()));
      std::array<char, 200> name{};
      X509_NAME_get_text_by_NID(X509_get_subject_name(shown.get()), NID_commonName, name.data(),
                                static_cast<int>(name.size()));
      meeting.server = name.data();
      std::array<char, 4096> buffer{};
      if (SSL_write(tls.get(), request.data(), static_cast<int>(request.size())) > 0) {
        for (int count = 0;
             (count = SSL_read(tls.get(), buffer.data(), static_cast<int>(buffer.size()))) > 0;) {
          meeting.answer.append(buffer.data(), static_cast<size_t>(count));
        }
      }
    }
  }
  close(handle);
  return meeting;
}

void WriteText(const std::filesystem::path& file, const std::string& text) {
  std::ofstream(file, std::ios::binary) << text;
}

}  // namespace genflik::testing
