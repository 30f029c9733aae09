#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "rules/definition_loader.h"
#include "rules/star_caller.h"
#include "services/lab/vcf_reader.h"

namespace genflik::lab::testing {

/// The definitions that the program is delivered with, loaded once.
const rules::PositionIndex& OwnIndex();

/// A header with one sample "S1" or more, contigs of GRCh38 with or without "chr".
std::string Header(const std::vector<std::string>& samples = {"S1"}, bool chr = true);

/// One record line: "chr10 94761900 . C T GT 0/1" with blanks for tabs, in the short form
/// CHROM POS REF ALT FORMAT SAMPLE…
std::string Record(std::string_view words);

/// Every position of the gene as reference, "0/0" or what `genotype` says.
std::vector<std::string> ReferenceRecords(const rules::GeneDefinition& gene,
                                          const std::string& genotype = "0/0");

/// Reads a VCF text and calls one gene of its first sample.
rules::GeneCall CallText(const std::string& text, const std::string& gene,
                         const rules::CallOptions& options = {});

/// The texts of a call's diplotypes.
std::vector<std::string> Texts(const rules::GeneCall& call);

}  // namespace genflik::lab::testing
