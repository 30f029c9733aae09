#include "services/rest/genomics_input.h"

#include <algorithm>
#include <charconv>

#include "fhir/datetime.h"
#include "services/core/error.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using core::ErrorCode;
using fhir::IssueType;

[[noreturn]] void Refuse(const std::string& text) {
  throw Refusal(ErrorCode::kMalformed, IssueType::kValue, text);
}

// The parts between commas; "\," is a comma of the value.
std::vector<std::string> SplitValues(std::string_view text) {
  std::vector<std::string> parts(1);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size()) {
      parts.back() += text[++i];
    } else if (text[i] == ',') {
      parts.emplace_back();
    } else {
      parts.back() += text[i];
    }
  }
  for (std::string& part : parts) {
    const size_t begin = part.find_first_not_of(' ');
    const size_t end = part.find_last_not_of(' ');
    part = begin == std::string::npos ? std::string() : part.substr(begin, end - begin + 1);
  }
  std::erase(parts, std::string());
  return parts;
}

}  // namespace

GenomicsInput::GenomicsInput(const http::Request& request,
                             const std::vector<std::string_view>& known) {
  for (const auto& [name, value] : OperationParameters(request)) {
    if (name == "_format" || name == "_pretty") continue;
    if (std::ranges::find(known, name) == known.end()) {
      Refuse("the operation has no parameter '" + name.substr(0, 64) + "'");
    }
    for (std::string& part : SplitValues(value)) values_[name].push_back(std::move(part));
  }
}

const std::vector<std::string>& GenomicsInput::Values(std::string_view name) const {
  static const std::vector<std::string> kNone;
  const auto found = values_.find(name);
  return found == values_.end() ? kNone : found->second;
}

std::vector<GenomicsToken> GenomicsInput::Tokens(std::string_view name) const {
  std::vector<GenomicsToken> tokens;
  for (const std::string& item : Values(name)) {
    // A GL String has bars of its own after the first.
    const size_t bar = item.find('|');
    const std::string_view before = std::string_view(item).substr(0, bar);
    const bool has_system =
        bar != std::string::npos &&
        (before.find("://") != std::string_view::npos || before.starts_with("urn:"));
    GenomicsToken token = {.item = item, .code = item};
    if (has_system) {
      token.system = item.substr(0, bar);
      token.code = item.substr(bar + 1);
    }
    if (token.code.empty()) Refuse("'" + item + "' has no code");
    tokens.push_back(std::move(token));
  }
  return tokens;
}

GenomicsRange ReadGenomicsRange(const std::string& item) {
  GenomicsRange range = {.item = item};
  const size_t colon = item.find(':');
  const size_t dash = item.find('-', colon == std::string::npos ? 0 : colon);
  if (colon != std::string::npos && colon > 0 && dash != std::string::npos) {
    const char* text = item.data();
    const auto start = std::from_chars(text + colon + 1, text + dash, range.start);
    const auto end = std::from_chars(text + dash + 1, text + item.size(), range.end);
    range.sequence = item.substr(0, colon);
    if (start.ec == std::errc() && start.ptr == text + dash && end.ec == std::errc() &&
        end.ptr == text + item.size() && range.start >= 0 && range.end > range.start) {
      return range;
    }
  }
  Refuse("'" + item.substr(0, 100) + "' is no range such as NC_000010.11:94938657-95055053");
}

std::vector<GenomicsRange> GenomicsInput::Ranges() const {
  std::vector<GenomicsRange> ranges;
  for (const std::string& item : Values("ranges")) ranges.push_back(ReadGenomicsRange(item));
  return ranges;
}

bool GenomicsInput::Flag(std::string_view name) const {
  const auto& values = Values(name);
  if (values.empty() || values.front() == "false") return false;
  if (values.front() != "true") Refuse(std::string(name) + " must be true or false");
  return true;
}

void GenomicsInput::Require(std::string_view name) const {
  if (!Values(name).empty()) return;
  throw Refusal(ErrorCode::kMalformed, IssueType::kRequired,
                "the operation needs the parameter " + std::string(name));
}

std::string GenomicsInput::Subject() const {
  Require("subject");
  const auto& values = Values("subject");
  if (values.size() > 1) Refuse("the operation takes one subject");
  std::string_view id = values.front();
  const size_t type = id.rfind("Patient/");
  if (type != std::string_view::npos) id.remove_prefix(type + std::string_view("Patient/").size());
  return std::string(id);
}

GenomicsDates GenomicsInput::Dates() const {
  GenomicsDates dates;
  for (const std::string& value : Values("testDateRange")) {
    const std::string_view prefix = std::string_view(value).substr(0, 2);
    const bool has_prefix = !prefix.empty() && prefix[0] >= 'a' && prefix[0] <= 'z';
    const auto time = fhir::ReadDateTime(std::string_view(value).substr(has_prefix ? 2 : 0));
    if (!time) Refuse("testDateRange '" + value.substr(0, 64) + "' is no date");
    const fhir::TimeSpan span = fhir::SpanOf(*time);
    const bool any = !has_prefix || prefix == "eq";
    if (!any && prefix != "ge" && prefix != "gt" && prefix != "le" && prefix != "lt") {
      Refuse("testDateRange takes ge, gt, le and lt");
    }
    if (any || prefix == "ge") dates.from = span.low;
    if (prefix == "gt") dates.from = span.high;
    if (any || prefix == "le") dates.until = span.high;
    if (prefix == "lt") dates.until = span.low;
  }
  return dates;
}

std::string GenomicsInput::SourceClass() const {
  const auto& values = Values("genomicSourceClass");
  if (values.empty()) return {};
  std::string value = values.front().substr(values.front().find('|') + 1);
  for (char& c : value) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  if (value == "la6683-2") return "germline";
  if (value == "la6684-0") return "somatic";
  if (value != "germline" && value != "somatic") {
    Refuse("genomicSourceClass must be germline or somatic");
  }
  return value;
}

}  // namespace genflik::rest
