#include "rules/definition_loader.h"

#include <algorithm>
#include <fstream>
#include <optional>
#include <sstream>
#include <utility>

#include <nlohmann/json.hpp>

namespace genflik::rules {

namespace {

using Json = nlohmann::json;

constexpr size_t kMaxAlternatives = 30;

bool IsBases(const std::string& text) {
  return !text.empty() && text.find_first_not_of("ACGT") == std::string::npos;
}

/// Reads one file; every fault is added to `problems` with its place.
class DefinitionReader {
 public:
  DefinitionReader(const std::string& file, std::vector<DefinitionProblem>& problems)
      : file_(file), problems_(problems) {}

  std::optional<GeneDefinition> Read(const Json& json) {
    const size_t before = problems_.size();
    gene_.gene = Text(json, "gene", "");
    gene_.chromosome = Text(json, "chromosome", "");
    gene_.sequence = json.value("sequence", "");
    if (json.value("build", "") != "GRCh38") Add("/build", "must be GRCh38");
    ReadPositions(json);
    ReadAlleles(json);
    gene_.unseen_alleles = Texts(json, "notBySmallVariants");
    for (auto& name : Texts(json, "withoutCoordinates")) gene_.unseen_alleles.push_back(name);
    if (problems_.size() == before) ReadCalling(json.value("calling", Json::object()));
    if (problems_.size() != before) return std::nullopt;
    return std::move(gene_);
  }

 private:
  void Add(const std::string& pointer, const std::string& reason) {
    problems_.push_back({file_, pointer, reason});
  }

  std::string Text(const Json& json, const char* name, const std::string& pointer) {
    if (!json.contains(name) || !json.at(name).is_string() ||
        json.at(name).get_ref<const std::string&>().empty()) {
      Add(pointer + "/" + name, "must be a text");
      return {};
    }
    return json.at(name).get<std::string>();
  }

  static std::vector<std::string> Texts(const Json& json, const char* name) {
    return json.value(name, std::vector<std::string>{});
  }

  void ReadPositions(const Json& json) {
    if (!json.contains("positions") || !json.at("positions").is_array()) {
      Add("/positions", "must be an array");
      return;
    }
    int64_t last = 0;
    for (const Json& entry : json.at("positions")) {
      const std::string pointer = "/positions/" + std::to_string(gene_.positions.size());
      DefinedPosition position = ReadPosition(entry, pointer);
      if (position.position <= last) Add(pointer + "/position", "must grow from entry to entry");
      last = position.position;
      gene_.positions.push_back(std::move(position));
    }
  }

  DefinedPosition ReadPosition(const Json& entry, const std::string& pointer) {
    DefinedPosition position;
    position.position = entry.at("position").get<int64_t>();
    position.rsid = entry.value("rsid", "");
    position.ref = entry.at("ref").get<std::string>();
    position.alts = entry.at("alts").get<std::vector<std::string>>();
    position.context = entry.value("context", "");
    position.extra = entry.value("extra", false);
    if (!IsBases(position.ref)) Add(pointer + "/ref", "must be bases");
    if (position.alts.empty() || position.alts.size() > kMaxAlternatives) {
      Add(pointer + "/alts", "must hold 1 to 30 alternatives");
    }
    for (const std::string& alt : position.alts) {
      if (!IsBases(alt) || alt == position.ref)
        Add(pointer + "/alts", "not an alternative: " + alt);
    }
    if (!position.context.empty() && position.context.rfind(position.ref, 0) != 0) {
      Add(pointer + "/context", "must begin with ref");
    }
    if (entry.contains("names")) {
      for (const std::string& alt : position.alts) {
        position.alt_names.push_back(entry.at("names").value(alt, ""));
      }
    }
    return position;
  }

  AlleleMask MaskOf(const DefinedPosition& position, const std::string& bases,
                    const std::string& pointer) {
    if (bases == position.ref) return 1;
    for (size_t i = 0; i < position.alts.size(); ++i) {
      if (position.alts[i] == bases) return AlleleMask{2} << i;
    }
    Add(pointer, "the position has no such bases: " + bases);
    return 0;
  }

  void ReadAlleles(const Json& json) {
    if (!json.contains("alleles") || json.at("alleles").empty()) {
      Add("/alleles", "must be an array");
      return;
    }
    for (const Json& entry : json.at("alleles")) {
      const std::string pointer = "/alleles/" + std::to_string(gene_.alleles.size());
      NamedAllele allele;
      allele.name = Text(entry, "name", pointer);
      allele.reported_as = entry.value("reportedAs", "");
      allele.reference = entry.value("reference", false);
      allele.complete = entry.value("complete", false);
      if (gene_.FindAllele(allele.name)) Add(pointer + "/name", "stands twice");
      if (allele.reference != gene_.alleles.empty()) {
        Add(pointer + "/reference", "the first allele, and no other, is the reference");
      }
      ReadBases(entry.value("bases", Json::object()), pointer + "/bases", allele);
      FillAllele(allele);
      gene_.alleles.push_back(std::move(allele));
    }
  }

  void ReadBases(const Json& bases, const std::string& pointer, NamedAllele& allele) {
    for (const auto& [key, value] : bases.items()) {
      const auto index = gene_.FindPosition(std::strtoll(key.c_str(), nullptr, 10));
      if (!index) {
        Add(pointer + "/" + key, "no such position");
        continue;
      }
      const DefinedPosition& position = gene_.positions[*index];
      AlleleMask mask = 0;
      for (const Json& base : value.is_array() ? value : Json::array({value})) {
        mask |= MaskOf(position, base.get<std::string>(), pointer + "/" + key);
      }
      allele.bases.push_back({static_cast<uint16_t>(*index), mask});
    }
    std::sort(allele.bases.begin(), allele.bases.end(),
              [](const auto& a, const auto& b) { return a.position < b.position; });
  }

  /// Names the blanks of the reference and of complete alleles.
  void FillAllele(NamedAllele& allele) {
    if (allele.reference) {
      gene_.default_masks.assign(gene_.positions.size(), 1);
      for (const DefinedBase& base : allele.bases) gene_.default_masks[base.position] = base.mask;
    }
    if (!allele.reference && !allele.complete) return;
    std::vector<AlleleMask> masks = gene_.default_masks;
    for (const DefinedBase& base : allele.bases) masks[base.position] = base.mask;
    allele.bases.clear();
    for (size_t i = 0; i < masks.size(); ++i) {
      if (!gene_.positions[i].extra) allele.bases.push_back({static_cast<uint16_t>(i), masks[i]});
    }
  }

  void ReadCalling(const Json& calling) {
    const std::string method = calling.value("method", "named-alleles");
    if (method == "every-variant") gene_.method = CallMethod::kEveryVariant;
    const std::string copies = calling.value("copies", "two");
    if (copies == "x-linked") gene_.copies = GeneCopies::kXLinked;
    if (copies == "one") gene_.copies = GeneCopies::kOne;
    gene_.undocumented_as_reference = calling.value("undocumentedAsReference", false);
    gene_.on_request = calling.value("onRequest", "");
    for (const std::string& rsid : Texts(calling, "required")) {
      const auto index = gene_.FindPosition(std::string_view(rsid));
      if (index) gene_.required.push_back(*index);
      if (!index) Add("/calling/required", "no such position: " + rsid);
    }
    for (const Json& entry : calling.value("unphasedPriorities", Json::array())) {
      gene_.priorities.push_back(
          {entry.at("keep").get<std::string>(), entry.at("over").get<std::vector<std::string>>()});
    }
    for (const Json& entry : calling.value("ambiguities", Json::array())) {
      gene_.ambiguities.push_back(
          {entry.at("called").get<std::string>(), entry.at("alternative").get<std::string>()});
    }
    if (calling.contains("proxy")) ReadLinked(calling.at("proxy"));
    if (calling.contains("fallback")) ReadFallback(calling.at("fallback"));
  }

  size_t PositionOf(const Json& json, const char* name, const std::string& pointer) {
    const auto index = gene_.FindPosition(json.at(name).get<int64_t>());
    if (!index) Add(pointer + "/" + name, "no such position");
    return index.value_or(0);
  }

  size_t AlleleOf(const Json& json, const char* name, const std::string& pointer) {
    const auto index = gene_.FindAllele(json.at(name).get<std::string>());
    if (!index) Add(pointer + "/" + name, "no such allele");
    return index.value_or(0);
  }

  void ReadLinked(const Json& json) {
    const std::string pointer = "/calling/proxy";
    gene_.linked =
        LinkedMarkers{PositionOf(json, "marker", pointer), PositionOf(json, "proxy", pointer),
                      AlleleOf(json, "alone", pointer), AlleleOf(json, "both", pointer)};
  }

  void ReadFallback(const Json& json) {
    VariantFallback fallback;
    fallback.position = PositionOf(json, "position", "/calling/fallback");
    for (const auto& [genotype, diplotype] : json.at("diplotypes").items()) {
      fallback.diplotypes.emplace_back(genotype, diplotype.get<std::string>());
    }
    gene_.fallback = std::move(fallback);
  }

  const std::string& file_;
  std::vector<DefinitionProblem>& problems_;
  GeneDefinition gene_;
};

}  // namespace

AlleleDefinitions::AlleleDefinitions(std::vector<GeneDefinition> genes) : genes_(std::move(genes)) {
  std::sort(genes_.begin(), genes_.end(),
            [](const auto& a, const auto& b) { return a.gene < b.gene; });
}

const GeneDefinition* AlleleDefinitions::Find(std::string_view gene) const {
  for (const GeneDefinition& definition : genes_) {
    if (definition.gene == gene) return &definition;
  }
  return nullptr;
}

std::optional<GeneDefinition> ReadDefinition(std::string_view text, const std::string& file,
                                             std::vector<DefinitionProblem>& problems) {
  try {
    return DefinitionReader(file, problems).Read(Json::parse(text));
  } catch (const Json::exception& error) {
    // Wrong kinds of JSON value surface here; the message of the library names the place.
    problems.push_back({file, "", error.what()});
    return std::nullopt;
  }
}

std::shared_ptr<const AlleleDefinitions> LoadDefinitions(const std::filesystem::path& directory,
                                                         std::vector<DefinitionProblem>& problems) {
  std::error_code error;
  std::vector<std::filesystem::path> files;
  for (const auto& entry : std::filesystem::directory_iterator(directory, error)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  if (error || files.empty()) {
    problems.push_back({directory.filename().string(), "", "holds no allele definitions"});
    return nullptr;
  }
  std::sort(files.begin(), files.end());
  std::vector<GeneDefinition> genes;
  for (const auto& path : files) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    text << in.rdbuf();
    auto gene = ReadDefinition(text.str(), path.filename().string(), problems);
    if (gene) genes.push_back(std::move(*gene));
  }
  if (genes.size() != files.size()) return nullptr;
  return std::make_shared<const AlleleDefinitions>(std::move(genes));
}

}  // namespace genflik::rules
