#include "tests/support/services_tests/postgres_server.h"

#include <array>
#include <cstdio>
#include <stdexcept>

#include <arpa/inet.h>
#include <sys/socket.h>
#include <unistd.h>

namespace genflik::testing {
namespace {

constexpr const char* kPrograms = "/usr/lib/postgresql/15/bin/";

void Run(const std::string& command) {
  FILE* pipe = popen((command + " 2>&1").c_str(), "r");
  if (pipe == nullptr) throw std::runtime_error("cannot run " + command);
  std::string output;
  std::array<char, 512> buffer{};
  while (fgets(buffer.data(), static_cast<int>(buffer.size()), pipe) != nullptr) {
    output += buffer.data();
  }
  if (pclose(pipe) != 0) throw std::runtime_error(command + ": " + output);
}

int FreePort() {
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

}  // namespace

PostgresServer::PostgresServer() : port_(FreePort()) {
  std::string name = std::filesystem::temp_directory_path() / "genflik-postgres-XXXXXX";
  if (mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary directory");
  directory_ = name;
  if (geteuid() == 0) Run("chown postgres " + directory_.string());
  Run(As(std::string(kPrograms) + "initdb --no-sync --no-instructions -A trust -U genflik -D " +
         (directory_ / "data").string()));
  Start();
}

PostgresServer::~PostgresServer() {
  try {
    Run(As(std::string(kPrograms) + "pg_ctl -m immediate -D " + (directory_ / "data").string() +
           " stop"));
  } catch (const std::runtime_error& error) {
    static_cast<void>(std::fprintf(stderr, "%s\n", error.what()));
  }
  std::error_code ignored;
  std::filesystem::remove_all(directory_, ignored);
}

bool PostgresServer::IsInstalled() {
  return std::filesystem::exists(std::string(kPrograms) + "pg_ctl");
}

std::string PostgresServer::As(const std::string& command) const {
  const std::string there = "cd " + directory_.string() + " && ";
  return there + (geteuid() == 0 ? "runuser -u postgres -- " : "") + command;
}

void PostgresServer::Start() const {
  Run(As(std::string(kPrograms) + "pg_ctl -w -D " + (directory_ / "data").string() + " -l " +
         (directory_ / "log").string() + " -o '-p " + std::to_string(port_) + " -k " +
         directory_.string() + " -c listen_addresses=127.0.0.1' start"));
}

std::string PostgresServer::NewDatabase() {
  const std::string name = "test" + std::to_string(++databases_);
  Run(As(std::string(kPrograms) + "createdb -h 127.0.0.1 -p " + std::to_string(port_) +
         " -U genflik " + name));
  return "postgresql://genflik@127.0.0.1:" + std::to_string(port_) + "/" + name;
}

void PostgresServer::CrashAndRestart() {
  Run(As(std::string(kPrograms) + "pg_ctl -m immediate -D " + (directory_ / "data").string() +
         " stop"));
  Start();
}

}  // namespace genflik::testing
