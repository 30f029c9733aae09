#pragma once

#include <filesystem>
#include <string>

namespace genflik::testing {

/// A PostgreSQL of its own in a temporary directory, on a free port, from the Debian package; gone
/// with the object. As root it runs as the user postgres, which the package makes.
class PostgresServer {
 public:
  /// Throws std::runtime_error with what the server said when it does not start.
  PostgresServer();
  ~PostgresServer();
  PostgresServer(const PostgresServer&) = delete;
  PostgresServer& operator=(const PostgresServer&) = delete;

  /// True when the package is installed.
  static bool IsInstalled();
  /// The URL of a new, empty database.
  std::string NewDatabase();
  /// Its process dies at once, as in a power failure, and is started again.
  void CrashAndRestart();

 private:
  std::string As(const std::string& command) const;
  void Start() const;

  std::filesystem::path directory_;
  int port_ = 0;
  int databases_ = 0;
};

}  // namespace genflik::testing
