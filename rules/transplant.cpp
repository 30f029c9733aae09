#include "rules/transplant.h"

#include <algorithm>
#include <array>
#include <string>
#include <utility>

namespace genflik::rules {
namespace {

// Genes that act elsewhere than in the liver; a new liver does not change what they mean.
bool ActsOutsideLiver(std::string_view gene) {
  constexpr std::array kElsewhere{"G6PD", "TPMT", "NUDT15", "RYR1", "CACNA1S", "MT-RNR1", "CFTR"};
  return gene.starts_with("HLA-") || std::any_of(kElsewhere.begin(), kElsewhere.end(),
                                                 [&](std::string_view one) { return one == gene; });
}

// Dates of unequal precision compare by their common part.
bool IsBefore(std::string_view date, std::string_view event) {
  const size_t common = std::min({date.size(), event.size(), size_t{10}});
  return common > 0 && date.substr(0, common) < event.substr(0, common);
}

void Weigh(const GeneResult& event, GeneResult& result) {
  TransplantDoubt doubt = TransplantDoubt::kNone;
  if (event.event == kStemCellTransplant) {
    doubt = IsBefore(result.effective, event.effective) ? TransplantDoubt::kBeforeStemCells
                                                        : TransplantDoubt::kDonor;
  } else if (event.event == kLiverTransplant && !ActsOutsideLiver(result.gene)) {
    doubt = TransplantDoubt::kLiver;
  }
  result.transplant = std::max(result.transplant, doubt);
}

}  // namespace

std::vector<GeneResult> WeighTransplants(std::vector<GeneResult> results) {
  const auto is_event = [](const GeneResult& result) { return !result.event.empty(); };
  if (std::ranges::none_of(results, is_event)) return results;
  std::vector<GeneResult> weighed;
  for (const GeneResult& result : results) {
    if (is_event(result)) continue;
    GeneResult copy = result;
    for (const GeneResult& event : results) {
      if (is_event(event) && event.record_status != RecordStatus::kEnteredInError)
        Weigh(event, copy);
    }
    weighed.push_back(std::move(copy));
  }
  return weighed;
}

std::string_view CodeOf(TransplantDoubt doubt) {
  switch (doubt) {
    case TransplantDoubt::kNone:
      break;
    case TransplantDoubt::kBeforeStemCells:
      return "before-stem-cells";
    case TransplantDoubt::kLiver:
      return "liver";
    case TransplantDoubt::kDonor:
      return "donor";
  }
  return "";
}

LocalText TextOf(TransplantDoubt doubt, std::string_view genes) {
  const std::string names(genes);
  switch (doubt) {
    case TransplantDoubt::kNone:
      break;
    case TransplantDoubt::kBeforeStemCells:
      return {.en = names +
                    ": the result is from before the patient's stem-cell transplantation. It holds "
                    "for the liver, but blood cells now carry the donor's genes.",
              .sv = names +
                    ": svaret är från tiden före patientens stamcellstransplantation. Det gäller "
                    "levern, men blodcellerna har nu givarens gener."};
    case TransplantDoubt::kLiver:
      return {
          .en = names +
                ": the patient has a transplanted liver, which metabolises with the donor's "
                "genes. The result says nothing about it.",
          .sv = names +
                ": patienten har en transplanterad lever, som metaboliserar med givarens gener. "
                "Svaret säger inget om den."};
    case TransplantDoubt::kDonor:
      return {
          .en = names +
                ": the sample may be from after the patient's stem-cell transplantation and "
                "then shows the donor's genes. The result is not used; a new analysis needs "
                "other material than blood or saliva.",
          .sv = names +
                ": provet kan vara taget efter patientens stamcellstransplantation och visar då "
                "givarens gener. Svaret används inte; ny analys kräver annat material än blod "
                "och saliv."};
  }
  return {};
}

}  // namespace genflik::rules
