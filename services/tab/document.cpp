#include "services/tab/document.h"

#include <set>
#include <utility>
#include <vector>

#include <nlohmann/json.hpp>

namespace genflik::tab {
namespace {

using fhir::FindArray;
using fhir::FindText;
using fhir::Json;

std::string Say(const DocumentFrame& frame, std::string_view swedish, std::string_view english) {
  return std::string(frame.lang == "en" ? english : swedish);
}

std::string Escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&') {
      escaped += "&amp;";
    } else if (c == '<') {
      escaped += "&lt;";
    } else if (c == '>') {
      escaped += "&gt;";
    } else if (static_cast<unsigned char>(c) >= 0x20) {
      escaped += c;
    }
  }
  return escaped;
}

bool IsInForce(std::string_view role) {
  return role == "current" || role == "conflicting" || role == "evidence" ||
         role == "phenotype-only";
}

/// "Observation/17" of "Observation/17#2"; nothing for an earlier version, which a document cannot
/// hold beside the current one.
std::string ReferenceOf(std::string_view source) {
  if (source.find("/_history/") != std::string_view::npos) return {};
  return std::string(source.substr(0, source.find('#')));
}

/// "CYP2C19 *2/*2: Långsam metaboliserare".
std::string LineOf(const Json& gene, const DocumentFrame& frame) {
  std::string line(FindText(gene, "gene"));
  std::string meaning;
  for (const Json& reading : FindArray(gene, "interpretations")) {
    const std::string_view diplotype = FindText(reading, "diplotype");
    if (!diplotype.empty()) line += ' ' + std::string(diplotype);
    const Json* text = fhir::Find(reading, "phenotypeText");
    std::string_view words = text == nullptr ? std::string_view() : FindText(*text, frame.lang);
    if (words.empty()) words = FindText(reading, "phenotype");
    if (!words.empty()) meaning += (meaning.empty() ? ": " : "; ") + std::string(words);
    for (const Json& status : FindArray(reading, "statuses")) {
      if (status.is_string() && words.empty()) {
        meaning += (meaning.empty() ? ": " : "; ") + status.get<std::string>();
      }
    }
  }
  const std::string_view status = FindText(gene, "status");
  if (status != "interpreted") meaning += " (" + std::string(status) + ")";
  return line + meaning;
}

Json Narrative(const std::vector<std::string>& lines, const std::string& otherwise) {
  std::string div = "<div xmlns=\"http://www.w3.org/1999/xhtml\">";
  if (lines.empty()) div += "<p>" + Escaped(otherwise) + "</p>";
  if (!lines.empty()) div += "<ul>";
  for (const std::string& line : lines) div += "<li>" + Escaped(line) + "</li>";
  if (!lines.empty()) div += "</ul>";
  return {{"status", "generated"}, {"div", div + "</div>"}};
}

Json Section(const std::string& title, Json text, const std::vector<std::string>& references) {
  Json section = {{"title", title}, {"text", std::move(text)}};
  for (const std::string& reference : references) {
    section["entry"].push_back({{"reference", reference}});
  }
  if (references.empty()) {
    section["emptyReason"] = {
        {"coding",
         {{{"system", "http://terminology.hl7.org/CodeSystem/list-empty-reason"},
           {"code", "unavailable"},
           {"display", "Unavailable"}}}}};
  }
  return section;
}

/// The results of the record by whether they count now, each resource once.
struct Split {
  std::vector<std::string> in_force = {};
  std::vector<std::string> history = {};
};

Split SplitResults(const Json& record, const ResourceFinder& find, std::vector<Json>& resources) {
  Split split;
  std::set<std::string> placed;
  for (const bool in_force : {true, false}) {
    for (const Json& gene : FindArray(record, "genes")) {
      for (const Json& result : FindArray(gene, "results")) {
        if (IsInForce(FindText(result, "role")) != in_force) continue;
        const std::string reference = ReferenceOf(FindText(result, "source"));
        if (reference.empty() || !placed.insert(reference).second) continue;
        auto resource = find(reference);
        if (!resource) continue;
        (in_force ? split.in_force : split.history).push_back(reference);
        resources.push_back(std::move(*resource));
      }
    }
  }
  return split;
}

Json Composition(const Json& record, const Split& split, const DocumentFrame& frame) {
  std::vector<std::string> lines;
  for (const Json& gene : FindArray(record, "genes")) lines.push_back(LineOf(gene, frame));
  const Json* patient = fhir::Find(record, "patient");
  const Json* notice = fhir::Find(record, "notice");
  const std::string title =
      Say(frame, "Genetiska svar för läkemedelsbehandling", "Genetic results for drug treatment");
  Json about = {
      {"reference", patient == nullptr ? "" : std::string(FindText(*patient, "reference"))}};
  Json sections = Json::array();
  sections.push_back(Section(
      Say(frame, "Svar som gäller", "Results in force"),
      Narrative(lines, Say(frame, "Inget genetiskt svar. En gen som inte testats är inte normal.",
                           "No genetic result. A gene that was not tested is not normal.")),
      split.in_force));
  if (!split.history.empty()) {
    sections.push_back(Section(
        Say(frame, "Tidigare, upprepade och återkallade svar",
            "Earlier, repeated and withdrawn results"),
        Narrative({}, Say(frame, "Finns kvar för spårbarhet.", "Kept so that they can be traced.")),
        split.history));
  }
  const std::string knowledge = Say(frame, "Tolkat med kunskapsversion ", "Read with knowledge ") +
                                std::string(FindText(record, "knowledge")) + ". ";
  const std::string warning = notice == nullptr ? "" : std::string(FindText(*notice, frame.lang));
  return {{"resourceType", "Composition"},
          {"id", frame.composition_id},
          {"language", frame.lang},
          {"text", Narrative({}, knowledge + warning)},
          {"status", "final"},
          {"type",
           {{"coding",
             {{{"system", "http://loinc.org"},
               {"code", "51969-4"},
               {"display", "Genetic analysis report"}}}}}},
          {"subject", std::move(about)},
          {"date", std::string(FindText(record, "generated"))},
          {"author", {{{"reference", "urn:uuid:" + frame.author_id}}}},
          {"title", title},
          {"section", std::move(sections)}};
}

Json Author(const Json& record, const DocumentFrame& frame) {
  return {{"resourceType", "Device"},
          {"id", frame.author_id},
          {"deviceName", {{{"name", "Genflik"}, {"type", "user-friendly-name"}}}},
          {"version", {{{"value", std::string(FindText(record, "knowledge"))}}}}};
}

}  // namespace

Json BuildDocument(const Json& record, const ResourceFinder& find, const DocumentFrame& frame) {
  std::vector<Json> resources;
  const Json* patient = fhir::Find(record, "patient");
  if (patient != nullptr) {
    if (auto resource = find(FindText(*patient, "reference"))) {
      resources.push_back(std::move(*resource));
    }
  }
  const Split split = SplitResults(record, find, resources);
  Json entries = Json::array();
  entries.push_back({{"fullUrl", "urn:uuid:" + frame.composition_id},
                     {"resource", Composition(record, split, frame)}});
  entries.push_back(
      {{"fullUrl", "urn:uuid:" + frame.author_id}, {"resource", Author(record, frame)}});
  // A reference in an entry whose address is a UUID is not read against the others' base
  // (http://hl7.org/fhir/R4/bundle.html#references), so the Composition's are made whole.
  for (Json& section : entries[0]["resource"]["section"]) {
    if (!section.contains("entry")) continue;
    for (Json& entry : section["entry"]) {
      entry["reference"] = frame.base + "/" + entry["reference"].get<std::string>();
    }
  }
  Json& subject = entries[0]["resource"]["subject"]["reference"];
  subject = frame.base + "/" + subject.get<std::string>();
  for (Json& resource : resources) {
    const std::string reference = std::string(FindText(resource, "resourceType")) + "/" +
                                  std::string(FindText(resource, "id"));
    entries.push_back(
        {{"fullUrl", frame.base + "/" + reference}, {"resource", std::move(resource)}});
  }
  return {
      {"resourceType", "Bundle"},
      {"identifier", {{"system", "urn:ietf:rfc:3986"}, {"value", "urn:uuid:" + frame.document_id}}},
      {"type", "document"},
      {"timestamp", std::string(FindText(record, "generated"))},
      {"entry", std::move(entries)}};
}

}  // namespace genflik::tab
