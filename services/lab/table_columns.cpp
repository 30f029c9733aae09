#include "services/lab/table_columns.h"

#include <algorithm>
#include <array>

#include "services/mapping/genomics_alleles.h"
#include "services/mapping/genomics_text.h"

namespace genflik::lab {

using mapping::LowerCase;
using mapping::Trim;

// Compared without blanks, dots, hyphens and underscores.
std::string UsualMeaning(std::string_view heading) {
  struct Column {
    std::string_view meaning;
    std::string_view names;
  };
  constexpr std::array<Column, 14> kUsual = {{
      {"patient", " personnummer pnr persnr personnr patient patientid pid patientnummer "},
      {"gene", " gen gene gensymbol genesymbol gennamn genename "},
      {"genotype",
       " genotyp genotype genotypes diplotype diplotyp resultat result svar genotypecall "
       "genotypsvar "},
      {"allele-1", " allel1 allele1 allel1forward allele1forward "},
      {"allele-2", " allel2 allele2 allel2forward allele2forward "},
      {"variant",
       " rs rsid rsnummer rsnr rsnumber snp snpid snpname dbsnp dbsnpid variant markör "
       "marker "},
      {"phenotype", " fenotyp phenotype predictedphenotype metaboliserare metaboliserarstatus "},
      {"date",
       " datum date provdatum provtagningsdatum analysdatum svarsdatum sampledate "
       "collectiondate resultdate "},
      {"sample",
       " prov sample sampleid provid provnummer provnr lid labid labnr labnummer remissid "},
      {"status", " status svarsstatus resultstatus "},
      {"birth-date", " födelsedatum födelsedag birthdate dateofbirth dob "},
      {"family", " efternamn family lastname surname familyname "},
      {"given", " förnamn given firstname givenname "},
      {"sex", " kön sex gender "},
  }};
  std::string name = " ";
  for (const char c : LowerCase(Trim(heading))) {
    if (std::string_view(" ._-").find(c) == std::string_view::npos) name += c;
  }
  name += ' ';
  const auto found = std::find_if(kUsual.begin(), kUsual.end(), [&](const Column& column) {
    return column.names.find(name) != std::string_view::npos;
  });
  return found == kUsual.end() ? "" : std::string(found->meaning);
}

std::string GeneColumn(std::string_view heading) {
  std::string rest = mapping::NormaliseSpaces(heading);
  std::replace(rest.begin(), rest.end(), '_', ' ');
  const std::string gene = mapping::TakeGenePrefix(rest, "");
  if (mapping::FindGeneBySymbol(gene) == nullptr) return "";
  const std::string what = rest.empty() ? "genotype" : UsualMeaning(rest);
  if (what == "genotype" || what == "phenotype") return what + ":" + gene;
  const bool names_variant =
      std::any_of(rest.begin(), rest.end(), [](char c) { return c >= '0' && c <= '9'; }) ||
      LowerCase(rest) == "leiden";
  const bool known = mapping::FindSingleVariant(gene) != nullptr || mapping::ReadAllele(rest, gene);
  return names_variant && known ? "found:" + gene + " " + rest : "";
}

}  // namespace genflik::lab
