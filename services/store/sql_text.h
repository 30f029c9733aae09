#pragma once

#include <deque>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

#include "services/store/sql_connection.h"

namespace genflik::store {

/// The parts as one text.
inline std::string Cat(std::initializer_list<std::string_view> parts) {
  std::string text;
  for (const std::string_view part : parts) text += part;
  return text;
}

/// A statement that grows together with its parameters, so that a value never becomes SQL text.
class SqlText {
 public:
  SqlText& operator<<(std::string_view sql) {
    text_ += sql;
    return *this;
  }
  /// Adds a parameter and returns its placeholder, such as "$3".
  std::string Bind(SqlValue value) {
    values_.push_back(value);
    return "$" + std::to_string(values_.size());
  }
  /// The same for a text that does not outlive the call.
  std::string BindText(std::string value) {
    return Bind(std::string_view(kept_.emplace_back(std::move(value))));
  }

  const std::string& text() const { return text_; }
  const std::vector<SqlValue>& values() const { return values_; }

 private:
  std::string text_;
  std::vector<SqlValue> values_;
  // A deque never moves what it holds.
  std::deque<std::string> kept_;
};

}  // namespace genflik::store
