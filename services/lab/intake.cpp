#include "services/lab/intake.h"

#include <algorithm>
#include <map>
#include <optional>
#include <utility>

#include <Poco/DigestEngine.h>
#include <Poco/SHA1Engine.h>

#include "fhir/datetime.h"
#include "fhir/provenance.h"
#include "fhir/systems.h"
#include "services/core/error.h"
#include "services/core/log.h"
#include "services/lab/character_set.h"
#include "services/lab/hl7_message.h"
#include "services/lab/hl7_oru_reader.h"
#include "services/lab/patients.h"
#include "services/lab/unmapped_queue.h"

namespace genflik::lab {
namespace {

using fhir::Json;
namespace systems = fhir::systems;

std::string Digest(std::string_view text) {
  Poco::SHA1Engine engine;
  engine.update(text.data(), text.size());
  return Poco::DigestEngine::digestToHex(engine.digest());
}

/// A logical id that the same report always gets.
std::string IdOf(const LabReport& report, std::string_view part) {
  std::string text = report.sender + "\n" + report.number + "\n" + std::string(part);
  if (!report.test.empty()) text += "\n" + report.test;
  return "lab-" + Digest(text);
}

Json RenderPatient(const LabPatient& patient) {
  Json body = {{"resourceType", "Patient"}};
  for (const mapping::PatientIdentifier& identifier : patient.identifiers) {
    body["identifier"].push_back({{"system", identifier.system}, {"value", identifier.value}});
  }
  if (!patient.family.empty() || !patient.given.empty()) {
    Json name = Json::object();
    if (!patient.family.empty()) name["family"] = patient.family;
    if (!patient.given.empty()) name["given"] = patient.given;
    body["name"] = Json::array({std::move(name)});
  }
  if (!patient.gender.empty()) body["gender"] = patient.gender;
  if (!patient.birth_date.empty()) body["birthDate"] = patient.birth_date;
  return body;
}

bool IsOlder(const std::string& issued, const std::string& than) {
  const auto a = fhir::ReadDateTime(issued);
  const auto b = fhir::ReadDateTime(than);
  return a && b && fhir::Compare(*a, *b) == std::partial_ordering::less;
}

std::string SubjectOf(const Json& resource) {
  const Json* subject = fhir::Find(resource, "subject");
  return subject == nullptr ? "" : std::string(fhir::FindText(*subject, "reference"));
}

/// When the stored version was issued, kept as the laboratory gave it.
std::string IssuedOf(const Json& report) {
  for (const Json& extension : fhir::FindArray(report, "extension")) {
    if (fhir::FindText(extension, "url").ends_with("/laboratory-issued")) {
      return std::string(fhir::FindText(extension, "valueDateTime"));
    }
  }
  return "";
}

class ReportWriter {
 public:
  ReportWriter(store::Writer& writer, const LabReport& report, core::Instant now)
      : writer_(writer), report_(report), now_(now) {}

  StoredReport Write() {
    const std::string id = IdOf(report_, "");
    stored_.reference = "DiagnosticReport/" + id;
    FindOrMakePatient();
    const auto earlier = writer_.Find("DiagnosticReport", id);
    Json references = Json::array();
    if (earlier) {
      const Json body = earlier->Body();
      if (SubjectOf(body) != "Patient/" + stored_.patient) {
        throw core::Error(core::ErrorCode::kConflict,
                          "the report is stored already, for another patient");
      }
      stored_.stale = IsOlder(report_.issued, IssuedOf(body));
      if (stored_.stale) return stored_;
      references = fhir::FindArray(body, "result");
    }
    WriteSpecimen();
    for (const LabResult& result : report_.results) WriteResult(result, references);
    WriteReport(id, std::move(references));
    WriteProvenance(id);
    return stored_;
  }

 private:
  void FindOrMakePatient() {
    if (!report_.patient.id.empty()) {
      stored_.patient = report_.patient.id;
      if (writer_.Find("Patient", stored_.patient)) return;
      throw core::Error(core::ErrorCode::kNotFound, "there is no Patient/" + stored_.patient);
    }
    stored_.patient = FindPatient(writer_, report_.patient.identifiers);
    if (!stored_.patient.empty()) return;
    stored_.patient = writer_.Put(RenderPatient(report_.patient)).id;
    stored_.new_patient = true;
  }

  Json Subject() const { return {{"reference", "Patient/" + stored_.patient}}; }

  void WriteSpecimen() {
    if (!report_.specimen.is_object()) return;
    Json specimen = report_.specimen;
    const std::string id = IdOf(report_, "specimen");
    specimen["id"] = id;
    specimen["subject"] = Subject();
    writer_.Put(std::move(specimen));
    specimen_ = "Specimen/" + id;
  }

  void WriteResult(const LabResult& result, Json& references) {
    Json observation = result.observation;
    const std::string id = IdOf(report_, result.key);
    observation["id"] = id;
    observation["subject"] = Subject();
    if (!specimen_.empty()) observation["specimen"] = {{"reference", specimen_}};
    writer_.Put(std::move(observation));
    ++stored_.results;
    const Json reference = {{"reference", "Observation/" + id}};
    if (std::find(references.begin(), references.end(), reference) == references.end()) {
      references.push_back(reference);
    }
  }

  void WriteReport(const std::string& id, Json references) {
    Json report = report_.report;
    report["id"] = id;
    report["identifier"] =
        Json::array({{{"system", std::string(systems::kGenflik) + "/report/" + report_.sender},
                      {"value", report_.number}}});
    report["subject"] = Subject();
    if (!report_.issued.empty()) {
      report["extension"].push_back(
          {{"url", std::string(systems::kGenflik) + "/StructureDefinition/laboratory-issued"},
           {"valueDateTime", report_.issued}});
    }
    if (!specimen_.empty()) report["specimen"] = Json::array({{{"reference", specimen_}}});
    report["result"] = std::move(references);
    writer_.Put(std::move(report));
  }

  void WriteProvenance(const std::string& id) {
    Json targets = Json::array({{{"reference", "DiagnosticReport/" + id}}});
    for (const LabResult& result : report_.results) {
      targets.push_back({{"reference", "Observation/" + IdOf(report_, result.key)}});
    }
    Json provenance = {{"resourceType", "Provenance"},
                       {"id", IdOf(report_, "provenance")},
                       {"target", std::move(targets)},
                       {"recorded", core::PrintInstant(now_)},
                       {"agent", Json::array({{{"who", {{"display", report_.sender}}}}})}};
    fhir::SetPatient(provenance, stored_.patient);
    writer_.Put(std::move(provenance));
  }

  store::Writer& writer_;
  const LabReport& report_;
  core::Instant now_;
  StoredReport stored_;
  std::string specimen_;
};

/// A message as far as it could be read.
struct Reading {
  std::optional<Hl7Message> message = {};
  std::vector<LabReport> reports = {};
  std::vector<Hl7Fault> faults = {};
  std::string configuration = {};
  /// MSH-3, MSH-4 and MSH-10: what makes a message the same.
  std::string key = {};
  /// Of the content: equal for a repetition that was written anew, with another time or line ends.
  std::string digest = {};
};

/// What cannot be stored, with the place in the message that it is about.
class Refusal : public core::Error {
 public:
  Refusal(const core::Error& error, Hl7Fault fault)
      : core::Error(error.code(), error.what()), fault_(std::move(fault)) {
    fault_.text = error.what();
  }
  const Hl7Fault& fault() const { return fault_; }

 private:
  Hl7Fault fault_;
};

/// Over all fields but the time of the message (MSH-7).
std::string DigestOf(const Hl7Message& message) {
  constexpr size_t kTime = 7;
  std::string text;
  for (const Hl7Segment& segment : message.segments) {
    text += segment.name();
    for (size_t field = 1; field <= segment.size(); ++field) {
      text += message.delimiters.field;
      if (segment.name() != "MSH" || field != kTime) text += segment.Raw(field);
    }
    text += '\r';
  }
  return Digest(text);
}

/// Reports of one message that share number and test are told apart by their order.
void NumberReports(Reading& reading) {
  std::map<std::string, int> seen;
  for (size_t i = 0; i < reading.reports.size(); ++i) {
    LabReport& report = reading.reports[i];
    // A report without a number of its own is told apart by its message.
    if (report.number.empty()) report.number = reading.key + "#" + std::to_string(i);
    const int count = ++seen[report.number + "\n" + report.test];
    if (count > 1) report.test += "#" + std::to_string(count);
  }
}

Reading ReadMessage(std::string_view bytes, const LabConfigurations& configurations,
                    core::Instant now) {
  Reading reading;
  reading.message = ReadHl7(bytes, "8859/1", reading.faults);
  if (!reading.message) return reading;
  const Hl7Segment* header = reading.message->Find("MSH");
  const LabConfiguration& lab = configurations.ForSender(header->Text(3), header->Text(4));
  reading.configuration = lab.name;
  reading.key = header->Text(3) + "|" + header->Text(4) + "|" + header->Text(10);
  if (lab.character_set != "8859/1" && reading.message->character_set.empty()) {
    reading.message = ReadHl7(bytes, lab.character_set, reading.faults);
    if (!reading.message) return reading;
  }
  CheckHl7Header(*reading.message, lab, reading.faults);
  if (!reading.faults.empty()) return reading;
  const std::chrono::year_month_day today(std::chrono::floor<std::chrono::days>(now));
  reading.reports = ReadOru(*reading.message, lab, today, reading.faults);
  reading.digest = DigestOf(*reading.message);
  NumberReports(reading);
  return reading;
}

std::string Readable(std::string_view bytes) {
  return IsUtf8(bytes) ? std::string(bytes) : FromLatin1(bytes);
}

/// Where in the message the trouble with its `number`th report (from 1) lies.
Refusal Placed(const core::Error& error, size_t number, size_t reports) {
  const std::string text = error.what();
  Hl7Fault fault{.code = 205, .segment = "OBR", .sequence = number, .field = 3};
  if (text.find("identifiers") != std::string::npos) {
    fault.segment = "PID";
    fault.field = 3;
    // Which PID it is cannot be told from the report when there are several.
    fault.sequence = reports == 1 ? 1 : 0;
  }
  return {error, std::move(fault)};
}

/// Results that nothing could be made of wait in the queue with the message, though it is stored.
void QueueUnmapped(store::Writer& writer, const Reading& reading, const LabReport& report,
                   const std::string& patient, std::string_view bytes) {
  Unmapped entry{.form = "hl7v2",
                 .source = reading.key,
                 .patient = patient,
                 .original = Readable(bytes),
                 .configuration = reading.configuration};
  for (const LabResult& result : report.results) {
    if (!result.unmapped.empty()) entry.reasons.push_back(result.unmapped);
  }
  if (!report.unmapped.empty()) entry.reasons.push_back(report.unmapped);
  if (entry.reasons.empty()) return;
  const std::string key = "hl7v2|" + reading.digest + "|" + report.number + "|" + report.test;
  if (writer.FindRecords({.kind = "unmapped", .key = key}).empty()) {
    writer.AppendRecord(ToRecord(entry, key));
  }
}

Json StoreReports(store::Writer& writer, const Reading& reading, std::string_view bytes,
                  core::Instant now) {
  Json references = Json::array();
  for (size_t i = 0; i < reading.reports.size(); ++i) {
    try {
      const StoredReport stored = StoreReport(writer, reading.reports[i], now);
      references.push_back(stored.reference);
      if (!stored.stale) {
        QueueUnmapped(writer, reading, reading.reports[i], stored.patient, bytes);
      }
    } catch (const core::Error& error) {
      if (error.code() != core::ErrorCode::kConflict) throw;
      throw Placed(error, i + 1, reading.reports.size());
    }
  }
  return references;
}

/// Stores the reports of a message once, or `again` after the configuration was changed. The digest
/// that is kept tells a repetition from another message that was given the same id.
void StoreMessage(store::Writer& writer, const Reading& reading, std::string_view bytes,
                  core::Instant now, bool again = false) {
  const auto known = writer.FindRecords({.kind = "message", .key = reading.key});
  if (!known.empty()) {
    fhir::IssueLog log;
    const auto body = fhir::ParseJson(known[0].body, log);
    if (!body || fhir::FindText(*body, "digest") != reading.digest) {
      throw Refusal(core::Error(core::ErrorCode::kConflict,
                                "another message was taken before with this MSH-10"),
                    {.code = 205, .segment = "MSH", .sequence = 1, .field = 10});
    }
    if (again) static_cast<void>(StoreReports(writer, reading, bytes, now));
    return;
  }
  Json references = StoreReports(writer, reading, bytes, now);
  const Json body = {{"digest", reading.digest},
                     {"form", "hl7v2"},
                     {"reports", std::move(references)},
                     {"original", Readable(bytes)}};
  writer.AppendRecord(
      {.kind = "message", .key = reading.key, .status = "AA", .body = fhir::PrintJson(body)});
}

void QueueMessage(store::Store& store, const Reading& reading, std::string_view bytes) {
  const std::string key = "hl7v2|" + Digest(bytes);
  Unmapped entry{.form = "hl7v2",
                 .source = reading.key,
                 .original = Readable(bytes),
                 .configuration = reading.configuration};
  for (const Hl7Fault& fault : reading.faults) {
    std::string place = fault.segment;
    if (fault.sequence > 0) place += " " + std::to_string(fault.sequence);
    if (fault.field > 0) place += " field " + std::to_string(fault.field);
    entry.reasons.push_back(place + ": " + fault.text);
  }
  store.Write([&](store::Writer& writer) {
    if (writer.FindRecords({.kind = "unmapped", .key = key}).empty()) {
      writer.AppendRecord(ToRecord(entry, key));
    }
  });
}

/// Errors of the content are AE; what the sender may try again is AR.
Hl7Fault FaultOf(const core::Error& error) {
  if (const auto* refusal = dynamic_cast<const Refusal*>(&error)) return refusal->fault();
  const bool content = error.code() == core::ErrorCode::kConflict ||
                       error.code() == core::ErrorCode::kInvalid ||
                       error.code() == core::ErrorCode::kMalformed;
  return {.refused = !content, .code = content ? 205 : 207, .text = error.what()};
}

}  // namespace

std::string StoredId(const LabReport& report, std::string_view key) { return IdOf(report, key); }

StoredReport StoreReport(store::Writer& writer, const LabReport& report, core::Instant now) {
  return ReportWriter(writer, report, now).Write();
}

std::string Hl7Intake::Handle(std::string_view bytes) {
  std::string answers;
  for (const std::string& message : SplitMessages(bytes)) answers += HandleOne(message);
  return answers.empty() ? HandleOne(bytes) : answers;
}

std::string Hl7Intake::HandleOne(std::string_view bytes) {
  const core::Instant now = clock_.Now();
  Reading reading;
  try {
    reading = ReadMessage(bytes, configurations_, now);
    if (reading.faults.empty()) {
      store_.Write([&](store::Writer& writer) { StoreMessage(writer, reading, bytes, now); });
    } else if (bytes.find_first_not_of(" \t\r\n") != std::string_view::npos) {
      QueueMessage(store_, reading, bytes);
    }
  } catch (const core::Error& error) {
    reading.faults.push_back(FaultOf(error));
    if (!reading.faults.back().refused) QueueMessage(store_, reading, bytes);
  } catch (const std::exception&) {
    reading.faults.push_back({.refused = true, .text = "trouble of our own; send again later"});
  }
  // Text that cannot be decoded has a header that can: the sender must know what was refused.
  if (!reading.message) reading.message = ReadHl7Header(bytes);
  const Hl7Message* message = reading.message ? &*reading.message : nullptr;
  std::string time = core::PrintInstant(now).substr(0, 19);
  std::erase_if(time, [](char c) { return c == '-' || c == ':' || c == 'T'; });
  return RenderAck(message, reading.faults, ids_.New(), time + "+0000");
}

std::vector<std::string> Hl7Intake::Replay(std::string_view original) {
  const core::Instant now = clock_.Now();
  const Reading reading = ReadMessage(original, configurations_, now);
  std::vector<std::string> reasons;
  for (const Hl7Fault& fault : reading.faults) reasons.push_back(fault.text);
  for (const LabReport& report : reading.reports) {
    for (const LabResult& result : report.results) {
      if (!result.unmapped.empty()) reasons.push_back(result.unmapped);
    }
    if (!report.unmapped.empty()) reasons.push_back(report.unmapped);
  }
  if (!reasons.empty()) return reasons;
  store_.Write([&](store::Writer& writer) { StoreMessage(writer, reading, original, now, true); });
  return {};
}

}  // namespace genflik::lab
