#include "services/lab/genome_build.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstdint>

namespace genflik::lab {

namespace {

struct Lengths {
  std::string_view name;
  int64_t grch38;
  int64_t grch37;
};

// https://www.ncbi.nlm.nih.gov/grc/human/data (primary assembly). The mitochondrial sequence is the
// same in both and tells nothing.
constexpr std::array<Lengths, 24> kLengths = {
    {{"1", 248956422, 249250621},  {"2", 242193529, 243199373},  {"3", 198295559, 198022430},
     {"4", 190214555, 191154276},  {"5", 181538259, 180915260},  {"6", 170805979, 171115067},
     {"7", 159345973, 159138663},  {"8", 145138636, 146364022},  {"9", 138394717, 141213431},
     {"10", 133797422, 135534747}, {"11", 135086622, 135006516}, {"12", 133275309, 133851895},
     {"13", 114364328, 115169878}, {"14", 107043718, 107349540}, {"15", 101991189, 102531392},
     {"16", 90338345, 90354753},   {"17", 83257441, 81195210},   {"18", 80373285, 78077248},
     {"19", 58617616, 59128983},   {"20", 64444167, 63025520},   {"21", 46709983, 48129895},
     {"22", 50818468, 51304566},   {"X", 156040895, 155270560},  {"Y", 57227415, 59373566}}};

enum class Build { kUnknown, kGrch37, kGrch38 };

bool HasAny(const std::string& text, std::initializer_list<const char*> words) {
  return std::any_of(words.begin(), words.end(),
                     [&text](const char* word) { return text.find(word) != std::string::npos; });
}

Build BuildNamedIn(std::string_view words) {
  std::string text(words);
  std::transform(text.begin(), text.end(), text.begin(),
                 [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  const bool new_build = HasAny(text, {"grch38", "hg38", "hs38", "b38", "gca_000001405.15"});
  const bool old_build = HasAny(text, {"grch37", "hg19", "hs37", "b37", "hg18", "ncbi36"});
  if (new_build == old_build) return Build::kUnknown;
  return new_build ? Build::kGrch38 : Build::kGrch37;
}

const Lengths* FindLengths(std::string_view name) {
  if (name.substr(0, 3) == "chr") name.remove_prefix(3);
  for (const Lengths& entry : kLengths) {
    if (entry.name == name) return &entry;
  }
  return nullptr;
}

constexpr const char* kOnlyGrch38 = "; only GRCh38 can be called";

/// Empty when every known length is that of GRCh38; `seen` says whether any was there.
std::string WhyNotByLength(const std::vector<Contig>& contigs, bool& seen) {
  for (const Contig& contig : contigs) {
    const Lengths* known = FindLengths(contig.name);
    if (known == nullptr || contig.length == 0) continue;
    seen = true;
    if (contig.length == known->grch38) continue;
    const std::string what =
        "contig " + contig.name + " has length " + std::to_string(contig.length);
    if (contig.length == known->grch37) return what + ", which is that of GRCh37" + kOnlyGrch38;
    return what + " (GRCh38 has " + std::to_string(known->grch38) + "): unknown build" +
           kOnlyGrch38;
  }
  return {};
}

}  // namespace

std::string WhyNotGrch38(const std::vector<Contig>& contigs, std::string_view reference) {
  bool by_length = false;
  std::string why = WhyNotByLength(contigs, by_length);
  if (by_length || !why.empty()) return why;
  bool named = false;
  for (const Contig& contig : contigs) {
    const Build build = BuildNamedIn(contig.assembly);
    if (build == Build::kGrch37) {
      return "contig " + contig.name + " is of assembly " + contig.assembly + kOnlyGrch38;
    }
    named = named || build == Build::kGrch38;
  }
  if (named) return {};
  const Build build = BuildNamedIn(reference);
  if (build == Build::kGrch38) return {};
  if (build == Build::kGrch37) return "##reference names GRCh37" + std::string(kOnlyGrch38);
  return "neither contig lines nor ##reference tell the genome build" + std::string(kOnlyGrch38);
}

}  // namespace genflik::lab
