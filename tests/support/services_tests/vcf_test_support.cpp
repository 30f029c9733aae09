#include "tests/support/services_tests/vcf_test_support.h"

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "tests/support/places.h"

namespace genflik::lab::testing {

const rules::PositionIndex& OwnIndex() {
  static const rules::PositionIndex index = [] {
    std::vector<rules::DefinitionProblem> problems;
    auto definitions = rules::LoadDefinitions(
        std::string(tests::SourceDir()) + "/rules/knowledge/definitions", problems);
    for (const auto& problem : problems) {
      throw std::runtime_error(problem.file + problem.pointer + ": " + problem.reason);
    }
    return rules::PositionIndex(std::move(definitions));
  }();
  return index;
}

std::string Header(const std::vector<std::string>& samples, bool chr) {
  const std::string prefix = chr ? "chr" : "";
  std::string text = "##fileformat=VCFv4.3\n";
  text += "##FILTER=<ID=LowQual,Description=\"Low quality\">\n";
  text += "##contig=<ID=" + prefix + "1,length=248956422>\n";
  for (const char* name :
       {"2", "4", "6", "7", "8", "10", "11", "12", "13", "16", "19", "22", "X"}) {
    text += "##contig=<ID=" + prefix + name + ">\n";
  }
  text += "##contig=<ID=" + std::string(chr ? "chrM" : "MT") + ">\n";
  text += "##INFO=<ID=END,Number=1,Type=Integer,Description=\"End\">\n";
  text += "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">\n";
  text += "##FORMAT=<ID=FT,Number=1,Type=String,Description=\"Filter\">\n";
  text += "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT";
  for (const std::string& sample : samples) text += "\t" + sample;
  return text + "\n";
}

std::string Record(std::string_view words) {
  std::istringstream in{std::string(words)};
  std::string chromosome;
  std::string position;
  std::string ref;
  std::string alt;
  in >> chromosome >> position >> ref >> alt;
  std::string line = chromosome + "\t" + position + "\t.\t" + ref + "\t" + alt + "\t.\tPASS\t.";
  std::string word;
  while (in >> word) line += "\t" + word;
  return line + "\n";
}

std::vector<std::string> ReferenceRecords(const rules::GeneDefinition& gene,
                                          const std::string& genotype) {
  std::vector<std::string> records;
  for (const auto& position : gene.positions) {
    std::string alts;
    for (const auto& alt : position.alts) alts += (alts.empty() ? "" : ",") + alt;
    records.push_back(Record(gene.chromosome + " " + std::to_string(position.position) + " " +
                             position.ref + " " + alts + " GT " + genotype));
  }
  return records;
}

rules::GeneCall CallText(const std::string& text, const std::string& gene,
                         const rules::CallOptions& options) {
  const auto reading = ReadVcfBytes(text, OwnIndex(), {});
  const auto& genes = OwnIndex().definitions().genes();
  for (size_t g = 0; g < genes.size(); ++g) {
    if (genes[g].gene == gene) {
      return rules::CallGene(genes[g], reading.samples.front().genes[g], options);
    }
  }
  throw std::runtime_error("no such gene: " + gene);
}

std::vector<std::string> Texts(const rules::GeneCall& call) {
  std::vector<std::string> texts;
  for (const auto& diplotype : call.diplotypes) texts.push_back(diplotype.text);
  return texts;
}

}  // namespace genflik::lab::testing
