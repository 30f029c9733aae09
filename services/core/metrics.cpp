#include "services/core/metrics.h"

#include <algorithm>
#include <array>
#include <map>
#include <mutex>
#include <sstream>
#include <utility>

namespace genflik::core {
namespace {

constexpr std::array<double, 12> kBounds = {0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025,
                                            0.05,   0.1,   0.25,   0.5,   1,    5};

struct Histogram {
  std::array<unsigned long long, kBounds.size()> buckets{};
  unsigned long long count = 0;
  double sum = 0;
};

// name, labels
using Key = std::pair<std::string, std::string>;
using KeyView = std::pair<std::string_view, std::string_view>;

struct KeyLess {
  using is_transparent = void;
  bool operator()(const auto& a, const auto& b) const { return KeyView(a) < KeyView(b); }
};

template <typename Value>
using Table = std::map<Key, Value, KeyLess>;

template <typename Value>
Value& Entry(Table<Value>& table, std::string_view name, std::string_view labels) {
  const auto found = table.find(KeyView(name, labels));
  if (found != table.end()) return found->second;
  return table[{std::string(name), std::string(labels)}];
}

void RenderType(std::string& last, const std::string& name, std::string_view type,
                std::ostream& out) {
  if (last == name) return;
  last = name;
  out << "# TYPE " << name << ' ' << type << '\n';
}

}  // namespace

struct Metrics::Tables {
  std::mutex mutex;
  Table<unsigned long long> counters;
  Table<Histogram> histograms;
};

Metrics::Metrics() : tables_(std::make_unique<Tables>()) {}
Metrics::~Metrics() = default;

void Metrics::Count(std::string_view name, std::string_view labels, unsigned long long by) {
  const std::scoped_lock lock(tables_->mutex);
  Entry(tables_->counters, name, labels) += by;
}

void Metrics::Observe(std::string_view name, std::string_view labels, double seconds) {
  const std::scoped_lock lock(tables_->mutex);
  Histogram& histogram = Entry(tables_->histograms, name, labels);
  const auto bucket = std::ranges::lower_bound(kBounds, seconds);
  if (bucket != kBounds.end()) {
    ++histogram.buckets.at(static_cast<size_t>(bucket - kBounds.begin()));
  }
  ++histogram.count;
  histogram.sum += seconds;
}

std::string Metrics::Render() const {
  const std::scoped_lock lock(tables_->mutex);
  std::ostringstream out;
  std::string last;
  for (const auto& [key, value] : tables_->counters) {
    RenderType(last, key.first, "counter", out);
    out << key.first << '{' << key.second << "} " << value << '\n';
  }
  for (const auto& [key, value] : tables_->histograms) {
    RenderType(last, key.first, "histogram", out);
    unsigned long long below = 0;
    for (size_t i = 0; i < kBounds.size(); ++i) {
      below += value.buckets.at(i);
      out << key.first << "_bucket{" << key.second << ",le=\"" << kBounds.at(i) << "\"} " << below
          << '\n';
    }
    out << key.first << "_bucket{" << key.second << ",le=\"+Inf\"} " << value.count << '\n'
        << key.first << "_sum{" << key.second << "} " << value.sum << '\n'
        << key.first << "_count{" << key.second << "} " << value.count << '\n';
  }
  return std::move(out).str();
}

}  // namespace genflik::core
