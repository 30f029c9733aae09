#include "services/lab/vcf_header.h"

#include <cstring>
#include <string>

#include "services/core/error.h"
#include "services/lab/genome_build.h"

namespace genflik::lab {

namespace {

using core::Error;
using core::ErrorCode;

std::string HeaderText(const bcf_hrec_t* line, const char* key) {
  const int at = bcf_hrec_find_key(const_cast<bcf_hrec_t*>(line), key);
  return at < 0 ? std::string() : std::string(line->vals[at]);
}

void CheckBuild(const bcf_hdr_t& header, const VcfPlace& place) {
  std::vector<Contig> contigs;
  std::string reference;
  for (int i = 0; i < header.nhrec; ++i) {
    const bcf_hrec_t* line = header.hrec[i];
    if (line->type == BCF_HL_CTG) {
      const std::string length = HeaderText(line, "length");
      contigs.push_back({HeaderText(line, "ID"), std::strtoll(length.c_str(), nullptr, 10),
                         HeaderText(line, "assembly")});
    } else if (line->type == BCF_HL_GEN && std::strcmp(line->key, "reference") == 0) {
      reference = line->value == nullptr ? "" : line->value;
    }
  }
  const std::string why = WhyNotGrch38(contigs, reference);
  if (!why.empty()) place.Fail(ErrorCode::kUnsupported, why);
}

/// Fields that a header forgot to declare would be read as text.
void DeclareFields(bcf_hdr_t& header, const VcfPlace& place) {
  struct Field {
    const char* id;
    int kind;
    const char* line;
  };
  const Field fields[] = {
      {"GT", BCF_HL_FMT, "##FORMAT=<ID=GT,Number=1,Type=String,Description=\"Genotype\">"},
      {"PS", BCF_HL_FMT, "##FORMAT=<ID=PS,Number=1,Type=Integer,Description=\"Phase set\">"},
      {"GQ", BCF_HL_FMT, "##FORMAT=<ID=GQ,Number=1,Type=Integer,Description=\"Genotype quality\">"},
      {"DP", BCF_HL_FMT, "##FORMAT=<ID=DP,Number=1,Type=Integer,Description=\"Read depth\">"},
      {"AD", BCF_HL_FMT,
       "##FORMAT=<ID=AD,Number=R,Type=Integer,Description=\"Read depth by allele\">"},
      {"END", BCF_HL_INFO, "##INFO=<ID=END,Number=1,Type=Integer,Description=\"End of a block\">"}};
  for (const Field& field : fields) {
    const int number = bcf_hdr_id2int(&header, BCF_DT_ID, field.id);
    if (number >= 0 && bcf_hdr_idinfo_exists(&header, field.kind, number)) continue;
    // What the next field is looked up in points to where the last one moved it from until then.
    if (bcf_hdr_append(&header, field.line) != 0 || bcf_hdr_sync(&header) != 0)
      place.Fail(ErrorCode::kMalformed, "broken header");
  }
}

}  // namespace

std::unique_ptr<bcf_hdr_t, DestroyHeader> ReadVcfHeader(htsFile& file, const VcfPlace& place) {
  const htsFormat* format = hts_get_format(&file);
  if (format->format != vcf && format->format != bcf) {
    throw Error(ErrorCode::kUnsupported, place.name + " is neither VCF nor BCF");
  }
  if (hts_check_EOF(&file) == 0) {
    throw Error(ErrorCode::kMalformed,
                place.name + " is truncated: its last compressed block is missing");
  }
  std::unique_ptr<bcf_hdr_t, DestroyHeader> header(bcf_hdr_read(&file));
  if (!header) {
    // Lines of a BCF's header are not counted.
    VcfPlace at = {.name = place.name, .line = file.lineno};
    at.Fail(ErrorCode::kMalformed,
            "broken VCF header: lines that begin with ## and one with #CHROM come first");
  }
  CheckBuild(*header, place);
  DeclareFields(*header, place);
  return header;
}

}  // namespace genflik::lab
