#include "services/store/index_tables.h"

#include <array>
#include <span>
#include <type_traits>
#include <variant>

namespace genflik::store {
namespace {

constexpr std::array<std::string_view, 5> kTables = {
    "index_token", "index_string", "index_reference", "index_date", "index_quantity"};

std::string InsertStatement(std::string_view table, size_t columns, size_t rows) {
  std::string sql = "INSERT INTO ";
  sql.append(table).append(" VALUES ");
  size_t number = 0;
  for (size_t row = 0; row < rows; ++row) {
    sql += row == 0 ? "(" : ",(";
    for (size_t column = 0; column < columns; ++column) {
      if (column > 0) sql += ',';
      sql.append("$").append(std::to_string(++number));
    }
    sql += ')';
  }
  return sql + " ON CONFLICT DO NOTHING";
}

// Rows of one table, sent several at a time where the connection likes that.
class Rows {
 public:
  Rows(SqlConnection& connection, std::string_view table, size_t columns)
      : connection_(connection), table_(table), columns_(columns) {}

  void Add(std::initializer_list<SqlValue> row) {
    values_.insert(values_.end(), row.begin(), row.end());
  }

  void Flush() {
    std::span<const SqlValue> rest(values_);
    for (const size_t rows : {connection_.RowsInInsert(), size_t{1}}) {
      const size_t step = rows * columns_;
      if (rest.size() < step || rest.empty()) continue;
      const std::string statement = InsertStatement(table_, columns_, rows);
      for (; rest.size() >= step; rest = rest.subspan(step)) {
        connection_.Execute(statement, rest.first(step));
      }
    }
  }

 private:
  SqlConnection& connection_;
  std::string_view table_;
  size_t columns_;
  std::vector<SqlValue> values_;
};

class IndexWriter {
 public:
  IndexWriter(SqlConnection& connection, std::int64_t rid, std::string_view type)
      : type_(type),
        rid_(rid),
        tokens_(connection, "index_token", 6),
        strings_(connection, "index_string", 5),
        references_(connection, "index_reference", 5),
        dates_(connection, "index_date", 5),
        quantities_(connection, "index_quantity", 7) {}

  void Add(const fhir::IndexEntry& entry) {
    // The table of resources itself answers these two.
    if (entry.parameter == "_id" || entry.parameter == "_lastUpdated") return;
    const std::string name = entry.part < 0
                                 ? entry.parameter
                                 : PartName(entry.parameter, static_cast<size_t>(entry.part));
    const std::int64_t group = entry.part < 0 ? 0 : entry.group;
    std::visit([&](const auto& value) { AddValue(value, name, group); }, entry.value);
  }

  void Flush() {
    for (Rows* rows : {&tokens_, &strings_, &references_, &dates_, &quantities_}) rows->Flush();
  }

 private:
  std::int64_t Number(std::string_view name) const { return ParameterNumber(type_, name); }

  void AddValue(const fhir::TokenEntry& value, const std::string& name, std::int64_t group) {
    tokens_.Add(
        {Number(name), CutKey(value.code), rid_, CutKey(value.system), group, CutKey(value.text)});
  }
  void AddValue(const fhir::StringEntry& value, const std::string& name, std::int64_t group) {
    strings_.Add({Number(name), CutKey(value.normalised), rid_, CutKey(value.exact), group});
  }
  void AddValue(const fhir::ReferenceEntry& value, const std::string& name, std::int64_t group) {
    const std::string_view target = value.url.empty() ? std::string_view(value.id) : value.url;
    references_.Add({Number(name), CutKey(target), rid_, std::string_view(value.type), group});
    if (!value.identifier_value.empty()) {
      tokens_.Add({Number(IdentifierName(name)), CutKey(value.identifier_value), rid_,
                   CutKey(value.identifier_system), group, std::string_view("")});
    }
  }
  void AddValue(const fhir::DateEntry& value, const std::string& name, std::int64_t group) {
    dates_.Add({Number(name), value.low, value.high, rid_, group});
  }
  void AddValue(const fhir::NumberEntry& value, const std::string& name, std::int64_t group) {
    const std::string_view none = "";
    quantities_.Add({Number(name), value.number, rid_, none, none, none, group});
  }
  void AddValue(const fhir::QuantityEntry& value, const std::string& name, std::int64_t group) {
    quantities_.Add({Number(name), value.number, rid_, CutKey(value.system), CutKey(value.code),
                     CutKey(value.unit), group});
    if (!value.canonical_unit.empty()) {
      const std::string_view none = "";
      quantities_.Add({Number(CanonicalName(name)), value.canonical_number, rid_, none,
                       CutKey(value.canonical_unit), none, group});
    }
  }
  void AddValue(const fhir::UriEntry& value, const std::string& name, std::int64_t group) {
    const std::string_view none = "";
    tokens_.Add({Number(name), CutKey(value.uri), rid_, none, group, none});
  }

  std::string_view type_;
  std::int64_t rid_;
  Rows tokens_;
  Rows strings_;
  Rows references_;
  Rows dates_;
  Rows quantities_;
};

}  // namespace

std::int64_t ParameterNumber(std::string_view type, std::string_view parameter) {
  // FNV-1a, 32 bits: the number must not depend on the order or the set of the definitions. A test
  // shows that no two parameters share one.
  std::uint32_t hash = 2166136261U;
  const auto mix = [&hash](std::string_view text) {
    for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 16777619U;
  };
  mix(type);
  mix(".");
  mix(parameter);
  return hash;
}

std::string PartName(std::string_view parameter, size_t part) {
  return std::string(parameter) + "$" + std::to_string(part);
}
std::string IdentifierName(std::string_view parameter) {
  return std::string(parameter) + ":identifier";
}
std::string CanonicalName(std::string_view parameter) {
  return std::string(parameter) + ":canonical";
}

std::string_view CutKey(std::string_view text) {
  if (text.size() <= kLongestKey) return text;
  size_t end = kLongestKey;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0U) == 0x80U) --end;
  return text.substr(0, end);
}

void WriteIndex(SqlConnection& connection, std::int64_t rid, std::string_view type,
                const std::vector<fhir::IndexEntry>& entries) {
  IndexWriter writer(connection, rid, type);
  for (const fhir::IndexEntry& entry : entries) writer.Add(entry);
  writer.Flush();
}

void ClearIndex(SqlConnection& connection, std::int64_t rid) {
  const std::array<SqlValue, 1> values = {rid};
  for (const std::string_view table : kTables) {
    connection.Execute("DELETE FROM " + std::string(table) + " WHERE rid = $1", values);
  }
}

void ClearAllIndexes(SqlConnection& connection) {
  for (const std::string_view table : kTables) {
    connection.Execute("DELETE FROM " + std::string(table));
  }
}

}  // namespace genflik::store
