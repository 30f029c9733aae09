#include "services/store/store.h"

#include <condition_variable>
#include <deque>
#include <exception>
#include <memory>
#include <mutex>
#include <semaphore>
#include <thread>
#include <utility>

#include <nlohmann/json.hpp>

#include "services/core/clock.h"
#include "services/core/error.h"
#include "services/core/ids.h"
#include "services/core/log.h"
#include "services/store/migrations.h"
#include "services/store/sql_writer.h"

namespace genflik::store {
namespace {

using core::Error;
using core::ErrorCode;

// So many write functions at most share one commit: more would make the first wait too long.
constexpr size_t kLargestGroup = 256;

struct WriteJob {
  const std::function<void(Writer&)>* run = nullptr;
  std::exception_ptr error = {};
  std::vector<StoredResource> written = {};
  std::binary_semaphore done{0};
};

class SqlStore : public Store {
 public:
  SqlStore(std::unique_ptr<SqlEngine> engine, StoreOptions options)
      : engine_(std::move(engine)), options_(std::move(options)) {
    writer_ = engine_->Connect(SqlAccess::kWrite);
    Migrate(*writer_);
    thread_ = std::thread([this] { RunJobs(); });
  }

  ~SqlStore() override {
    {
      const std::lock_guard lock(jobs_mutex_);
      stopping_ = true;
    }
    jobs_waiting_.notify_one();
    thread_.join();
  }

  void AddWriteObserver(WriteObserver observer) override {
    write_observers_.push_back(std::move(observer));
  }
  void AddCommitObserver(CommitObserver observer) override {
    commit_observers_.push_back(std::move(observer));
  }

  std::int64_t Reindex() override {
    std::int64_t count = 0;
    Submit([this, &count](Writer& /*writer*/) { count = RebuildProjections(*writer_, options_); });
    return count;
  }

  void Backup(const std::filesystem::path& file) override { engine_->Backup(file); }

  void Check() override {
    RunRead([](const Reader& reader) { static_cast<void>(reader.FindLatest("Patient", "0")); });
    Submit([](Writer& writer) { static_cast<void>(writer.FindLatest("Patient", "0")); });
  }

 protected:
  void RunRead(const std::function<void(const Reader&)>& fn) override {
    const Lease lease(*this);
    lease.connection->Begin(SqlAccess::kRead);
    fn(SqlReader(*lease.connection, options_));
  }

  void RunWrite(const std::function<void(Writer&)>& fn) override { Submit(fn); }

 private:
  // A connection for one Read, given back without a transaction however the Read ends.
  struct Lease {
    explicit Lease(SqlStore& owner) : store(owner), connection(owner.TakeConnection()) {}
    ~Lease() {
      connection->Rollback();
      store.GiveBack(std::move(connection));
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    SqlStore& store;
    std::unique_ptr<SqlConnection> connection;
  };

  // Never waits: a reader more than usual gets a connection of its own, which is closed afterwards.
  std::unique_ptr<SqlConnection> TakeConnection() {
    {
      const std::lock_guard lock(readers_mutex_);
      if (!readers_.empty()) {
        auto connection = std::move(readers_.back());
        readers_.pop_back();
        return connection;
      }
    }
    return engine_->Connect(SqlAccess::kRead);
  }

  void GiveBack(std::unique_ptr<SqlConnection> connection) {
    if (!connection->IsUsable()) return;
    const std::lock_guard lock(readers_mutex_);
    if (readers_.size() < options_.readers) readers_.push_back(std::move(connection));
  }

  void Submit(const std::function<void(Writer&)>& fn) {
    if (std::this_thread::get_id() == thread_.get_id()) {
      throw Error(ErrorCode::kInternal, "a write function or observer must not call Store::Write");
    }
    WriteJob job;
    job.run = &fn;
    {
      const std::lock_guard lock(jobs_mutex_);
      jobs_.push_back(&job);
    }
    jobs_waiting_.notify_one();
    job.done.acquire();
    if (job.error) std::rethrow_exception(job.error);
  }

  void RunJobs() {
    for (;;) {
      std::vector<WriteJob*> group;
      {
        std::unique_lock lock(jobs_mutex_);
        jobs_waiting_.wait(lock, [this] { return stopping_ || !jobs_.empty(); });
        if (jobs_.empty()) return;
        while (!jobs_.empty() && group.size() < kLargestGroup) {
          group.push_back(jobs_.front());
          jobs_.pop_front();
        }
      }
      RunGroup(group);
    }
  }

  void RunGroup(const std::vector<WriteJob*>& group) {
    try {
      if (!writer_->IsUsable()) writer_ = engine_->Connect(SqlAccess::kWrite);
      writer_->Begin(SqlAccess::kWrite);
      WriteCounters counters = ReadCounters(*writer_);
      if (group.size() == 1) {
        Run(*group.front(), counters);
      } else {
        for (WriteJob* job : group) RunJob(*job, counters);
      }
      writer_->Commit();
    } catch (...) {
      writer_->Rollback();
      for (WriteJob* job : group) {
        if (!job->error) job->error = std::current_exception();
      }
    }
    for (WriteJob* job : group) Finish(*job);
  }

  void Run(WriteJob& job, WriteCounters& counters) {
    SqlWriter writer(*writer_, options_, counters);
    (*job.run)(writer);
    job.written = writer.written();
    if (job.written.empty()) return;
    for (const WriteObserver& observer : write_observers_) observer(writer, job.written);
    job.written = writer.written();
  }

  // One of several in a transaction: what fails takes only its own writes back. Throws only when
  // the transaction itself cannot go on.
  void RunJob(WriteJob& job, WriteCounters& counters) {
    writer_->Execute("SAVEPOINT job");
    try {
      Run(job, counters);
    } catch (...) {
      job.error = std::current_exception();
      writer_->Execute("ROLLBACK TO SAVEPOINT job");
    }
    writer_->Execute("RELEASE SAVEPOINT job");
  }

  void Finish(WriteJob& job) {
    if (!job.error && !job.written.empty()) {
      try {
        for (const CommitObserver& observer : commit_observers_) observer(job.written);
      } catch (const std::exception& error) {
        // The write stands, so its caller must not hear of a failure.
        core::Log(core::LogLevel::kError, "commit-observer", {{"reason", error.what()}});
      }
    }
    // The job belongs to the waiting thread: from here on it may be gone.
    job.done.release();
  }

  std::unique_ptr<SqlEngine> engine_;
  StoreOptions options_;
  std::vector<WriteObserver> write_observers_;
  std::vector<CommitObserver> commit_observers_;

  std::mutex readers_mutex_;
  std::vector<std::unique_ptr<SqlConnection>> readers_;

  std::unique_ptr<SqlConnection> writer_;
  std::mutex jobs_mutex_;
  std::condition_variable jobs_waiting_;
  std::deque<WriteJob*> jobs_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace

fhir::Json StoredResource::Body() const {
  if (deleted) return nullptr;
  fhir::IssueLog log;
  auto body = fhir::ParseJson(text, log, {.max_bytes = text.size(), .max_depth = 1000});
  if (!body) throw Error(ErrorCode::kInternal, Reference() + " as stored is no JSON");
  return std::move(*body);
}

std::optional<StoredResource> Reader::Find(std::string_view type, std::string_view id) const {
  std::optional<StoredResource> found = FindLatest(type, id);
  if (found && found->deleted) found.reset();
  return found;
}

StoredResource Writer::Put(fhir::Json body) { return Put(std::move(body), PutOptions{}); }

std::unique_ptr<Store> OpenStore(const std::string& location, StoreOptions options) {
  if (!options.now) {
    options.now = [clock = core::SystemClock()] { return clock.Now(); };
  }
  if (!options.new_id) {
    options.new_id = [ids = std::make_shared<core::TimeOrderedIds>()] { return ids->New(); };
  }
  const bool postgres =
      location.starts_with("postgresql://") || location.starts_with("postgres://");
  return std::make_unique<SqlStore>(
      postgres ? MakePostgresEngine(location) : MakeSqliteEngine(location), std::move(options));
}

}  // namespace genflik::store
