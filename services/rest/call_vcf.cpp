#include "services/rest/call_vcf.h"

#include <charconv>
#include <functional>
#include <map>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/bundle.h"
#include "fhir/datetime.h"
#include "services/core/error.h"
#include "services/rest/binary.h"
#include "services/rest/support.h"

namespace genflik::rest {
namespace {

using core::ErrorCode;
using fhir::IssueType;
using fhir::Json;

/// A parameter as text, with the place to blame.
struct Given {
  std::string name = {};
  std::string value = {};
  std::string place = {};
};

struct Question {
  std::string bytes = {};
  std::vector<Given> given = {};
};

[[noreturn]] void Refuse(const Given& given, const std::string& why) {
  throw Refusal(ErrorCode::kMalformed, IssueType::kValue, given.name + " " + why, given.place);
}

bool ReadBoolean(const Given& given) {
  if (given.value == "true") return true;
  if (given.value == "false") return false;
  Refuse(given, "must be true or false");
}

template <typename Number>
Number ReadNumber(const Given& given, Number low, Number high) {
  Number number = 0;
  const char* end = given.value.data() + given.value.size();
  const auto read = std::from_chars(given.value.data(), end, number);
  if (read.ec != std::errc() || read.ptr != end || !(number >= low && number <= high)) {
    Refuse(given, "must be a number from " + std::to_string(low) + " to " + std::to_string(high));
  }
  return number;
}

rules::Sex ReadSex(const Given& given) {
  if (given.value == "male") return rules::Sex::kMale;
  if (given.value == "female") return rules::Sex::kFemale;
  Refuse(given, "must be male or female");
}

lab::ImplicationChoice ReadImplications(const Given& given) {
  if (given.value == "none") return lab::ImplicationChoice::kNone;
  if (given.value == "actionable") return lab::ImplicationChoice::kActionable;
  if (given.value == "all") return lab::ImplicationChoice::kAll;
  Refuse(given, "must be none, actionable or all");
}

void AddGenes(const Given& given, std::vector<std::string>& genes) {
  size_t start = 0;
  while (start <= given.value.size()) {
    const size_t end = std::min(given.value.find(',', start), given.value.size());
    if (end > start) genes.push_back(given.value.substr(start, end - start));
    start = end + 1;
  }
}

std::string ReadSubject(const Given& given) {
  const std::string prefix = "Patient/";
  const size_t at = given.value.rfind(prefix);
  if (at == std::string::npos || given.value.size() == at + prefix.size()) {
    Refuse(given, "must be a reference \"Patient/id\"");
  }
  return given.value.substr(at);
}

std::string ReadTime(const Given& given) {
  if (!fhir::ReadDateTime(given.value)) Refuse(given, "must be a FHIR dateTime");
  return given.value;
}

using Setting = std::function<void(const Given&, lab::VcfOrder&)>;

const std::map<std::string, Setting, std::less<>>& SettingsByName() {
  using lab::VcfOrder;
  constexpr int kMost = 1'000'000;
  static const std::map<std::string, Setting, std::less<>> settings = {
      {"subject", [](const Given& g, VcfOrder& o) { o.subject = ReadSubject(g); }},
      {"sample", [](const Given& g, VcfOrder& o) { o.sample = g.value; }},
      {"gene", [](const Given& g, VcfOrder& o) { AddGenes(g, o.settings.genes); }},
      {"all", [](const Given& g, VcfOrder& o) { o.settings.options.all = ReadBoolean(g); }},
      {"combinations",
       [](const Given& g, VcfOrder& o) { o.settings.options.combinations = ReadBoolean(g); }},
      {"cyp2d6",
       [](const Given& g, VcfOrder& o) { o.settings.options.on_request = ReadBoolean(g); }},
      {"sex", [](const Given& g, VcfOrder& o) { o.settings.options.sex = ReadSex(g); }},
      {"outside",
       [](const Given& g, VcfOrder& o) {
         for (auto& call : lab::ReadOutsideCalls(g.value, "outside")) {
           o.settings.outside.push_back(std::move(call));
         }
       }},
      {"store", [](const Given& g, VcfOrder& o) { o.store = ReadBoolean(g); }},
      {"effective", [](const Given& g, VcfOrder& o) { o.effective = ReadTime(g); }},
      {"laboratory", [](const Given& g, VcfOrder& o) { o.laboratory = g.value; }},
      {"number", [](const Given& g, VcfOrder& o) { o.number = g.value; }},
      {"implications", [](const Given& g, VcfOrder& o) { o.implications = ReadImplications(g); }},
      {"minGq",
       [](const Given& g, VcfOrder& o) { o.thresholds.min_quality = ReadNumber(g, 0, kMost); }},
      {"minDp",
       [](const Given& g, VcfOrder& o) { o.thresholds.min_depth = ReadNumber(g, 0, kMost); }},
      {"minBalance",
       [](const Given& g, VcfOrder& o) { o.thresholds.min_balance = ReadNumber(g, 0.0, 1.0); }},
      {"passOnly", [](const Given& g, VcfOrder& o) { o.thresholds.require_pass = ReadBoolean(g); }},
  };
  return settings;
}

/// The value[x] of a parameter as text.
std::string TextOf(const Json& parameter, const std::string& place) {
  for (const auto& [name, value] : parameter.items()) {
    if (!name.starts_with("value")) continue;
    if (value.is_string()) return value.get<std::string>();
    if (value.is_boolean()) return value.get<bool>() ? "true" : "false";
    if (value.is_object() && name == "valueReference") {
      return std::string(fhir::FindText(value, "reference"));
    }
    if (value.is_number()) return fhir::PrintJson(value);
  }
  throw Refusal(ErrorCode::kMalformed, IssueType::kRequired, "the parameter has no usable value",
                place);
}

std::string BytesOf(const Json& binary, const std::string& place) {
  const std::string_view data = fhir::FindText(binary, "data");
  if (data.empty()) {
    throw Refusal(ErrorCode::kMalformed, IssueType::kRequired, "the Binary has no data", place);
  }
  return DecodeBase64(data);
}

void ReadParameters(const Json& body, Question& question) {
  bool found = false;
  size_t index = 0;
  for (const Json& parameter : fhir::FindArray(body, "parameter")) {
    const std::string place = "Parameters.parameter[" + std::to_string(index++) + "]";
    const std::string name(fhir::FindText(parameter, "name"));
    if (name != "vcf") {
      question.given.push_back({name, TextOf(parameter, place), place});
      continue;
    }
    if (found) {
      throw Refusal(ErrorCode::kMalformed, IssueType::kDuplicate, "vcf stands twice", place);
    }
    found = true;
    const Json* resource = fhir::Find(parameter, "resource");
    question.bytes = resource != nullptr
                         ? BytesOf(*resource, place)
                         : DecodeBase64(fhir::FindText(parameter, "valueBase64Binary"));
  }
  if (!found) {
    throw Refusal(ErrorCode::kMalformed, IssueType::kRequired, "there is no parameter vcf",
                  "Parameters.parameter");
  }
}

bool IsJson(const http::Request& request) {
  return request.Header("Content-Type").find("json") != std::string_view::npos;
}

Question ReadQuestion(const http::Request& request) {
  Question question;
  for (const auto& [name, value] : request.query) {
    if (!name.starts_with('_')) question.given.push_back({name, value, name});
  }
  if (!IsJson(request)) {
    question.bytes = request.body;
  } else {
    const Json body = ReadJsonBody(request);
    const std::string_view type = fhir::FindText(body, "resourceType");
    if (type == "Binary") {
      question.bytes = BytesOf(body, "Binary.data");
    } else if (type == "Parameters") {
      ReadParameters(body, question);
    } else {
      throw Refusal(ErrorCode::kMalformed, IssueType::kInvalid,
                    "the body is neither a VCF nor a Binary nor Parameters", "resourceType");
    }
  }
  if (question.bytes.empty()) {
    throw Refusal(ErrorCode::kMalformed, IssueType::kRequired, "there is no VCF in the request");
  }
  return question;
}

lab::VcfOrder ReadOrder(const Question& question, const lab::VcfThresholds& thresholds) {
  lab::VcfOrder order;
  order.thresholds = thresholds;
  for (const Given& given : question.given) {
    const auto setting = SettingsByName().find(given.name);
    if (setting == SettingsByName().end()) Refuse(given, "is no parameter of $call-vcf");
    setting->second(given, order);
  }
  return order;
}

/// Places of stored resources become the URLs under which they are found.
void CompleteUrls(Json& bundle, const std::string& base) {
  for (Json& entry : bundle.at("entry")) {
    const std::string place = entry.at("fullUrl").get<std::string>();
    if (place.find(':') == std::string::npos) entry["fullUrl"] = base + "/" + place;
  }
}

}  // namespace

void AddCallRoutes(http::Router& router, const RestContext& context, lab::VcfIntake& intake) {
  router.Add(
      "POST", "/fhir/$call-vcf",
      [context, &intake](const http::Request& request) {
        CheckAccept(request);
        const Question question = ReadQuestion(request);
        Json bundle = intake.Call(question.bytes, ReadOrder(question, intake.thresholds()));
        CompleteUrls(bundle, BaseUrl(context, request));
        return AnswerJson(200, bundle);
      },
      http::Protection::Data("Observation", 'c'));
}

}  // namespace genflik::rest
