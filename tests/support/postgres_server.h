#pragma once

#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <stdexcept>
#include <string>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace genflik::testing {

/// A PostgreSQL of its own in a temporary directory, on a free port, from the Debian package; gone
/// with the object. As root it runs as the user postgres, which the package makes.
class PostgresServer {
 public:
  /// Throws std::runtime_error with what the server said when it does not start.
  PostgresServer() : port_(FreePort()) {
    std::string name = std::filesystem::temp_directory_path() / "genflik-postgres-XXXXXX";
    if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
    directory_ = name;
    if (geteuid() == 0) Run("chown postgres " + directory_.string());
    Run(As("initdb --no-sync --no-instructions -A trust -U genflik -D " + Data()));
    Run(As("pg_ctl -w -D " + Data() + " -l " + (directory_ / "log").string() + " -o '-p " +
           std::to_string(port_) + " -k " + directory_.string() +
           " -c listen_addresses=127.0.0.1' start"));
  }
  ~PostgresServer() {
    try {
      Run(As("pg_ctl -m immediate -D " + Data() + " stop"));
    } catch (const std::runtime_error& error) {
      static_cast<void>(std::fprintf(stderr, "%s\n", error.what()));
    }
    std::error_code ignored;
    std::filesystem::remove_all(directory_, ignored);
  }
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// True when the package is installed.
  static bool IsInstalled() { return std::filesystem::exists(std::string(kPrograms) + "pg_ctl"); }

  /// The URL of a new, empty database.
  std::string NewDatabase() {
    const std::string name = "test" + std::to_string(++databases_);
    Run(As("createdb -h 127.0.0.1 -p " + std::to_string(port_) + " -U genflik " + name));
    return "postgresql://genflik@127.0.0.1:" + std::to_string(port_) + "/" + name;
  }

 private:
  static constexpr const char* kPrograms = "/usr/lib/postgresql/15/bin/";

  static void Run(const std::string& command) {
    FILE* pipe = popen((command + " 2>&1").c_str(), "r");
    if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
    std::string output;
    std::array<char, 512> buffer{};
    while (fgets(buffer.data(), static_cast<int>(buffer.size()), pipe) != nullptr) {
      output += buffer.data();
    }
    if (pclose(pipe) != 0) throw std::runtime_error(command + ": " + output);
  }

  static int FreePort() {
    const int listener = socket(AF_INET, SOCK_STREAM, 0);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof(address);
    const bool bound = bind(listener, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                       getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size) == 0;
    close(listener);
    if (!bound) throw std::runtime_error("no free port");
    return ntohs(address.sin_port);
  }

  std::string As(const std::string& command) const {
    return "cd " + directory_.string() + " && " +
           (geteuid() == 0 ? "runuser -u postgres -- " : "") + kPrograms + command;
  }
  std::string Data() const { return (directory_ / "data").string(); }

  std::filesystem::path directory_;
  int port_ = 0;
  int databases_ = 0;
};

}  // namespace genflik::testing
