#include "services/lab/hl7_oru_reader.h"

#include <algorithm>
#include <array>
#include <map>
#include <utility>

#include "fhir/systems.h"
#include "services/lab/hl7_results.h"
#include "services/lab/hl7_values.h"

namespace genflik::lab {
namespace {

using fhir::Json;
namespace systems = fhir::systems;

Hl7Fault Refused(int code, size_t field, std::string text) {
  return {.refused = true,
          .code = code,
          .segment = "MSH",
          .sequence = 1,
          .field = field,
          .text = std::move(text)};
}

Json Concept(std::string_view system, std::string_view code) {
  return {
      {"coding", Json::array({{{"system", std::string(system)}, {"code", std::string(code)}}})}};
}

/// Walks the segments of a message in their order.
class OruReader {
 public:
  OruReader(const Hl7Message& message, const LabConfiguration& lab,
            std::chrono::year_month_day today, std::vector<Hl7Fault>& faults)
      : message_(message), lab_(lab), today_(today), faults_(faults) {}

  std::vector<LabReport> Read() {
    for (const Hl7Segment& segment : message_.segments) {
      const size_t sequence = ++counts_[segment.name()];
      Take(segment, sequence);
    }
    FinishReport();
    if (counts_["PID"] == 0) Fault("PID", 0, 0, 100, "the message names no patient");
    if (counts_["PID"] > 0 && counts_["OBR"] == 0) {
      Fault("OBR", 0, 0, 100, "the message holds no report");
    }
    return std::move(reports_);
  }

 private:
  void Fault(std::string_view segment, size_t sequence, size_t field, int code, std::string text) {
    // What is missing from a message that was cut off is missing for that reason.
    faults_.push_back({.code = message_.complete ? code : 100,
                       .segment = std::string(segment),
                       .sequence = sequence,
                       .field = field,
                       .text = std::move(text)});
  }

  void Take(const Hl7Segment& segment, size_t sequence) {
    const std::string& name = segment.name();
    if (name == "PID") {
      FinishReport();
      patient_ = ReadPid(segment, sequence, lab_, today_, faults_);
      common_order_ = nullptr;
    } else if (name == "ORC") {
      FinishReport();
      common_order_ = &segment;
    } else if (name == "OBR") {
      FinishReport();
      StartReport(segment, sequence);
    } else if (name == "OBX") {
      TakeObx(segment, sequence);
    } else if (name == "NTE") {
      TakeNote(segment);
    } else if (name == "SPM" && open_) {
      TakeSpecimen(segment);
    } else if (name == "ADD" || (name == "DSC" && !segment.IsEmpty(1))) {
      // Reading the half of it would change what it says.
      Fault(name, sequence, 0, 100, "parts of messages that are continued are not put together");
    }
  }

  void StartReport(const Hl7Segment& obr, size_t sequence) {
    if (counts_["PID"] == 0) {
      Fault("OBR", sequence, 0, 100, "OBR before PID");
      return;
    }
    open_ = true;
    obr_ = &obr;
    obr_sequence_ = sequence;
    obxs_.clear();
    LabReport report;
    if (patient_) report.patient = *patient_;
    const Hl7Segment* header = message_.Find("MSH");
    report.sender = header->Text(3) + "|" + header->Text(4);
    report.number = NumberOf(obr, 3);
    report.order_number = NumberOf(obr, 2);
    // Without a number of the laboratory's own, the order's tells which report a later one
    // replaces.
    if (report.number.empty()) report.number = report.order_number;
    report.test = obr.Text(4).empty() ? obr.Text(4, 4) : obr.Text(4);
    report.issued = ReadHl7Time(obr.Text(22));
    if (report.issued.empty()) report.issued = ReadHl7Time(header->Text(7));
    const std::string sampled = ReadHl7Time(obr.Text(7));
    for (const size_t field : {7U, 22U}) CheckTime("OBR", sequence, obr, field);
    Json body = {{"resourceType", "DiagnosticReport"}, {"status", ReportStatus(obr.Text(25))}};
    body["category"] = Json::array({Concept(systems::kV2DiagnosticService, "GE")});
    body["code"] = ReadCoded(obr, 4);
    body["code"]["coding"].push_back({{"system", std::string(systems::kLoinc)},
                                      {"code", "51969-4"},
                                      {"display", "Genetic analysis report"}});
    if (!sampled.empty()) body["effectiveDateTime"] = sampled;
    if (report.issued.find('T') != std::string::npos) body["issued"] = report.issued;
    report.report = std::move(body);
    sampled_ = sampled;
    report_ = std::move(report);
  }

  void CheckTime(std::string_view name, size_t sequence, const Hl7Segment& segment, size_t field) {
    if (segment.IsEmpty(field) || !ReadHl7Time(segment.Text(field)).empty()) return;
    Fault(name, sequence, field, 102, "not a point in time");
  }

  /// An order number of OBR, else the same one of ORC.
  std::string NumberOf(const Hl7Segment& obr, size_t field) const {
    const std::string number = obr.Text(field);
    if (!number.empty() || common_order_ == nullptr) return number;
    return common_order_->Text(field);
  }

  void TakeObx(const Hl7Segment& obx, size_t sequence) {
    if (!open_) {
      Fault("OBX", sequence, 0, 100, "OBX before OBR");
      return;
    }
    const std::string status = ObservationStatus(obx.Text(11));
    if (status.empty()) {
      const bool missing = obx.IsEmpty(11);
      Fault("OBX", sequence, 11, missing ? 101 : 103,
            missing ? "OBX-11 is required" : "OBX-11 is not in table 0085");
      return;
    }
    if (obx.IsEmpty(3)) {
      Fault("OBX", sequence, 3, 101, "OBX-3 is required");
      return;
    }
    if (obx.IsEmpty(2) && !obx.IsEmpty(5)) {
      Fault("OBX", sequence, 2, 101, "OBX-2 is required where there is a value");
      return;
    }
    Json probe = Json::object();
    if (!SetHl7Value(obx, 0, probe)) {
      Fault("OBX", sequence, 2, 103, "the value type is not known");
      return;
    }
    CheckTime("OBX", sequence, obx, 14);
    obxs_.push_back({.segment = &obx, .sequence = sequence, .status = status});
  }

  void TakeNote(const Hl7Segment& note) {
    if (!open_) return;
    std::string text;
    for (size_t i = 0; i < std::max<size_t>(note.Repetitions(3), 1); ++i) {
      if (i > 0) text += '\n';
      text += note.Whole(3, i);
    }
    if (text.empty()) return;
    if (obxs_.empty()) {
      AppendConclusion(text);
    } else {
      obxs_.back().notes.push_back(std::move(text));
    }
  }

  void AppendConclusion(const std::string& text) {
    std::string conclusion(fhir::FindText(report_.report, "conclusion"));
    if (!conclusion.empty()) conclusion += '\n';
    report_.report["conclusion"] = conclusion + text;
  }

  void TakeSpecimen(const Hl7Segment& spm) {
    Json specimen = {{"resourceType", "Specimen"}, {"type", ReadCoded(spm, 4)}};
    const std::string number = spm.Text(2, 2).empty() ? spm.Text(2, 1) : spm.Text(2, 2);
    if (!number.empty()) {
      specimen["accessionIdentifier"] = {{"value", number}};
    }
    const std::string collected = ReadHl7Time(spm.Text(17));
    if (!collected.empty()) specimen["collection"] = {{"collectedDateTime", collected}};
    const std::string received = ReadHl7Time(spm.Text(18));
    if (!received.empty()) specimen["receivedTime"] = received;
    report_.specimen = std::move(specimen);
  }

  /// Attachments and free text belong to the report.
  void TakeAttachments() {
    for (const Hl7Obx& obx : obxs_) {
      const std::string type = obx.segment->Text(2);
      if (type == "ED") {
        // Kept as it came: Base64 has no escapes, and other encodings are rare.
        Json attachment = {{"contentType", obx.segment->Text(5, 2) + "/" + obx.segment->Text(5, 3)},
                           {"data", obx.segment->Text(5, 5)}};
        if (obx.segment->Text(5, 4) == "Base64") {
          report_.report["presentedForm"].push_back(std::move(attachment));
        }
      } else if (type == "RP") {
        AppendConclusion(obx.segment->Text(3, 2) + ": " + obx.segment->Text(5, 1));
      } else if (type == "TX" || type == "FT") {
        AppendConclusion(obx.segment->Whole(5));
      }
    }
  }

  void FinishReport() {
    if (!open_) return;
    open_ = false;
    TakeAttachments();
    const Hl7Context context{.lab = lab_, .obr = *obr_, .sampled = sampled_};
    report_.results = BuildResults(obxs_, context, faults_);
    if (report_.results.empty() && fhir::FindText(report_.report, "status") != "cancelled" &&
        fhir::Find(report_.report, "conclusion") != nullptr) {
      report_.unmapped = "OBR " + std::to_string(obr_sequence_) +
                         ": the report holds free text alone; a person must read whether it tells "
                         "a result";
    }
    if (patient_) reports_.push_back(std::move(report_));
  }

  const Hl7Message& message_;
  const LabConfiguration& lab_;
  std::chrono::year_month_day today_;
  std::vector<Hl7Fault>& faults_;
  std::map<std::string, size_t> counts_;
  std::optional<LabPatient> patient_;
  const Hl7Segment* common_order_ = nullptr;
  const Hl7Segment* obr_ = nullptr;
  size_t obr_sequence_ = 0;
  bool open_ = false;
  std::string sampled_;
  std::vector<Hl7Obx> obxs_;
  LabReport report_;
  std::vector<LabReport> reports_;
};

bool IsReadableVersion(const std::string& version) {
  constexpr std::array<std::string_view, 11> kVersions = {
      "2.3", "2.3.1", "2.4", "2.5", "2.5.1", "2.6", "2.7", "2.7.1", "2.8", "2.8.1", "2.8.2"};
  return version.empty() ||
         std::find(kVersions.begin(), kVersions.end(), version) != kVersions.end();
}

}  // namespace

void CheckHl7Header(const Hl7Message& message, const LabConfiguration& lab,
                    std::vector<Hl7Fault>& faults) {
  const Hl7Segment& header = message.segments.front();
  if (header.Text(9) != "ORU") {
    faults.push_back(Refused(200, 9, "only ORU^R01 is taken"));
  } else if (header.Text(9, 2) != "R01") {
    faults.push_back(Refused(201, 9, "only ORU^R01 is taken"));
  }
  if (header.IsEmpty(10)) faults.push_back(Refused(101, 10, "MSH-10 is required"));
  const std::string processing = header.Text(11);
  if (processing.empty()) {
    faults.push_back(Refused(101, 11, "MSH-11 is required"));
  } else if (processing != "P" && !lab.accept_test_messages) {
    faults.push_back(Refused(202, 11, "only messages of production (P) are taken"));
  }
  if (!IsReadableVersion(header.Text(12))) {
    faults.push_back(Refused(203, 12, "versions 2.3 to 2.8 are read"));
  }
}

std::vector<LabReport> ReadOru(const Hl7Message& message, const LabConfiguration& lab,
                               std::chrono::year_month_day today, std::vector<Hl7Fault>& faults) {
  return OruReader(message, lab, today, faults).Read();
}

}  // namespace genflik::lab
