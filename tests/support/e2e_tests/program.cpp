#include "tests/support/e2e_tests/program.h"

#include <array>
#include <csignal>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>

#include <Poco/Net/HTTPClientSession.h>
#include <Poco/Net/HTTPRequest.h>
#include <Poco/Net/HTTPResponse.h>
#include <Poco/StreamCopier.h>
#include <Poco/String.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/support/places.h"

namespace genflik::e2e {
namespace {

pid_t Spawn(const std::vector<std::string>& arguments, int out, int err) {
  std::vector<std::string> words = {tests::Program()};
  words.insert(words.end(), arguments.begin(), arguments.end());
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  const pid_t pid = fork();
  if (pid != 0) return pid;
  dup2(out, STDOUT_FILENO);
  dup2(err, STDERR_FILENO);
  execv(pointers[0], pointers.data());
  _exit(127);
}

int OpenForWriting(const std::filesystem::path& path) {
  return open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
}

std::string ReadLine(int file) {
  std::string line;
  char c = 0;
  while (read(file, &c, 1) == 1 && c != '\n') line += c;
  return line;
}

}  // namespace

TemporaryFolder::TemporaryFolder() {
  std::string pattern = (std::filesystem::temp_directory_path() / "genflik-XXXXXX").string();
  if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("no temporary folder");
  path_ = pattern;
}

TemporaryFolder::~TemporaryFolder() {
  std::error_code ignored;
  std::filesystem::remove_all(path_, ignored);
}

Outcome RunProgram(const std::vector<std::string>& arguments) {
  const TemporaryFolder folder;
  const int out = OpenForWriting(folder.path() / "out");
  const int err = OpenForWriting(folder.path() / "err");
  const pid_t pid = Spawn(arguments, out, err);
  close(out);
  close(err);
  int status = 0;
  waitpid(pid, &status, 0);
  return {WIFEXITED(status) ? WEXITSTATUS(status) : -1, ReadFile(folder.path() / "out"),
          ReadFile(folder.path() / "err")};
}

Service::Service(const std::filesystem::path& folder, const std::vector<std::string>& more) {
  std::vector<std::string> arguments = {"serve", "--listen", "127.0.0.1:0", "--data",
                                        folder.string()};
  arguments.insert(arguments.end(), more.begin(), more.end());
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) throw std::runtime_error("no pipe");
  const std::filesystem::path log = folder.string() + ".log";
  const int err = OpenForWriting(log);
  pid_ = Spawn(arguments, ends[1], err);
  close(ends[1]);
  close(err);
  out_ = ends[0];
  const std::string line = ReadLine(out_);
  const size_t colon = line.rfind(':');
  if (!line.starts_with("genflik ready http://") || colon == std::string::npos) {
    End(SIGKILL);
    throw std::runtime_error("genflik did not start: " + line + ReadFile(log));
  }
  port_ = static_cast<std::uint16_t>(std::stoul(line.substr(colon + 1)));
}

Service::~Service() { End(SIGTERM); }

void Service::Kill() { End(SIGKILL); }

void Service::End(int signal) {
  if (pid_ > 0) {
    kill(pid_, signal);
    waitpid(pid_, nullptr, 0);
    pid_ = -1;
  }
  if (out_ >= 0) close(out_);
  out_ = -1;
}

Answer Service::Send(std::string_view method, const std::string& path, const std::string& body,
                     const std::map<std::string, std::string>& headers) const {
  Poco::Net::HTTPClientSession session("127.0.0.1", port_);
  session.setTimeout(Poco::Timespan(60, 0));
  Poco::Net::HTTPRequest request(std::string(method), path, Poco::Net::HTTPMessage::HTTP_1_1);
  for (const auto& [name, value] : headers) request.set(name, value);
  if (!body.empty()) request.setContentLength64(static_cast<Poco::Int64>(body.size()));
  session.sendRequest(request) << body;
  Poco::Net::HTTPResponse response;
  Answer answer;
  std::istream& stream = session.receiveResponse(response);
  Poco::StreamCopier::copyToString(stream, answer.body);
  answer.status = response.getStatus();
  for (const auto& [name, value] : response) answer.headers[Poco::toLower(name)] = value;
  return answer;
}

Answer Service::PostFhir(const std::string& path, const std::string& body) const {
  return Send("POST", path, body, {{"Content-Type", "application/fhir+json"}});
}

Answer Service::PostJson(const std::string& path, const std::string& body) const {
  return Send("POST", path, body, {{"Content-Type", "application/json"}});
}

std::string ReadFile(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) throw std::runtime_error("cannot read " + path.string());
  return {std::istreambuf_iterator<char>(stream), std::istreambuf_iterator<char>()};
}

std::filesystem::path ReferenceFolder() {
  const auto folder =
      std::filesystem::path(tests::SourceDir()).parent_path() / "shared" / "reference";
  return std::filesystem::exists(folder) ? folder : std::filesystem::path();
}

}  // namespace genflik::e2e
