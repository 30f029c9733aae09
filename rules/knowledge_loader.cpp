#include "rules/knowledge_loader.h"

#include <algorithm>
#include <fstream>
#include <iterator>
#include <map>
#include <optional>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "rules/knowledge_checks.h"
#include "rules/knowledge_overlay.h"
#include "rules/knowledge_reader.h"

namespace genflik::rules {
namespace {

using nlohmann::json;
namespace fs = std::filesystem;

// Refuses two equal keys in one object, of which nlohmann would silently keep the last.
class DuplicateKeys {
 public:
  bool operator()(int /*depth*/, json::parse_event_t event, json& parsed) {
    switch (event) {
      case json::parse_event_t::object_start:
        stack_.emplace_back();
        break;
      case json::parse_event_t::object_end:
        stack_.pop_back();
        break;
      case json::parse_event_t::key:
        if (!stack_.back().insert(parsed.get<std::string>()).second) {
          twice_ = parsed.get<std::string>();
        }
        break;
      default:
        break;
    }
    return true;
  }
  const std::optional<std::string>& twice() const { return twice_; }

 private:
  std::vector<std::set<std::string>> stack_;
  std::optional<std::string> twice_;
};

std::optional<json> ReadJson(const fs::path& path, ProblemSink& sink) {
  std::ifstream stream(path, std::ios::binary);
  if (!stream) {
    sink.Error("", "cannot be read");
    return std::nullopt;
  }
  const std::string text{std::istreambuf_iterator<char>(stream), {}};
  DuplicateKeys keys;
  try {
    json parsed = json::parse(text, std::ref(keys));
    if (keys.twice()) {
      sink.Error("", "the property '" + *keys.twice() + "' stands twice in one object");
      return std::nullopt;
    }
    return parsed;
  } catch (const json::exception& error) {
    sink.Error("", std::string("not JSON: ") + error.what());
    return std::nullopt;
  }
}

// valijson names a place as "<root>", "[guidelines]", "[0]".
std::string PointerOf(const std::vector<std::string>& context) {
  std::string pointer;
  for (const std::string& part : context) {
    if (part.size() < 2 || part.front() != '[') continue;
    pointer += "/";
    for (const char c : part.substr(1, part.size() - 2)) {
      if (c == '~') {
        pointer += "~0";
      } else if (c == '/') {
        pointer += "~1";
      } else {
        pointer += c;
      }
    }
  }
  return pointer;
}

// valijson repeats a fault at every level above it.
bool IsEcho(const std::string& description) {
  return description.starts_with("Failed to validate item") ||
         description.starts_with("Failed to validate against schema associated with property");
}

class SchemaSet {
 public:
  explicit SchemaSet(fs::path directory) : directory_(std::move(directory)) {}

  /// False, with every fault in `sink`, when `document` does not obey the schema `name`.
  bool Check(const std::string& name, const json& document, ProblemSink& sink,
             std::vector<KnowledgeProblem>& problems) {
    const valijson::Schema* schema = Get(name, problems);
    if (schema == nullptr) return false;
    valijson::Validator validator;
    valijson::ValidationResults results;
    const valijson::adapters::NlohmannJsonAdapter adapter(document);
    if (validator.validate(*schema, adapter, &results)) return true;
    for (const valijson::ValidationResults::Error& error : results) {
      if (!IsEcho(error.description)) sink.Error(PointerOf(error.context), error.description);
    }
    return false;
  }

 private:
  const valijson::Schema* Get(const std::string& name, std::vector<KnowledgeProblem>& problems) {
    const auto known = schemas_.find(name);
    if (known != schemas_.end()) return known->second.get();
    std::unique_ptr<valijson::Schema>& schema = schemas_[name];
    const std::string file = name + ".schema.json";
    ProblemSink sink(problems, "schema/" + file);
    std::optional<json> document = ReadJson(directory_ / file, sink);
    if (!document) return nullptr;
    if (name == "overlay") ShareDefinitions(*document, problems);
    auto parsed = std::make_unique<valijson::Schema>();
    try {
      valijson::SchemaParser parser;
      parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(*document), *parsed);
    } catch (const std::exception& error) {
      sink.Error("", std::string("not a JSON Schema: ") + error.what());
      return nullptr;
    }
    schema = std::move(parsed);
    return schema.get();
  }

  // An overlay's recommendations have the form that drug files say.
  void ShareDefinitions(json& schema, std::vector<KnowledgeProblem>& problems) const {
    ProblemSink sink(problems, "schema/drug.schema.json");
    const std::optional<json> drug = ReadJson(directory_ / "drug.schema.json", sink);
    if (drug) schema["definitions"] = drug->at("definitions");
  }

  fs::path directory_;
  std::map<std::string, std::unique_ptr<valijson::Schema>> schemas_;
};

std::vector<fs::path> JsonFiles(const fs::path& directory) {
  std::vector<fs::path> files;
  std::error_code error;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory, error)) {
    if (entry.path().extension() == ".json") files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

class Loader {
 public:
  Loader(const fs::path& directory, std::vector<KnowledgeProblem>& problems)
      : directory_(directory), problems_(problems), schemas_(directory / "schema") {}

  KnowledgeContent Load(const fs::path& overlay) {
    LoadManifest();
    LoadGenes();
    LoadDrugs();
    if (!overlay.empty()) LoadOverlay(overlay);
    CheckDrugs(content_.drugs, problems_);
    LoadPhenoconversion();
    LoadAlternatives();
    return std::move(content_);
  }

 private:
  std::optional<json> Checked(const std::string& file, const std::string& schema,
                              ProblemSink& sink) {
    std::optional<json> document = ReadJson(directory_ / file, sink);
    if (!document || !schemas_.Check(schema, *document, sink, problems_)) return std::nullopt;
    return document;
  }

  void LoadManifest() {
    ProblemSink sink(problems_, "manifest.json");
    const std::optional<json> manifest = Checked("manifest.json", "manifest", sink);
    if (!manifest) return;
    content_.version = manifest->at("version").get<std::string>();
    for (const json& source : manifest->at("sources")) {
      content_.sources.push_back({source.value("name", ""), source.value("version", ""),
                                  source.value("licence", ""), source.value("url", ""),
                                  source.value("attribution", "")});
    }
  }

  void LoadGenes() {
    for (const fs::path& path : JsonFiles(directory_ / "genes")) {
      const std::string file = "genes/" + path.filename().string();
      ProblemSink sink(problems_, file);
      const std::optional<json> document = Checked(file, "gene", sink);
      if (!document) continue;
      Gene gene = ReadGene(*document, sink);
      if (path.stem() != gene.symbol) sink.Error("/symbol", "differs from the file's name");
      content_.genes.push_back(std::move(gene));
    }
    if (content_.genes.empty()) {
      problems_.push_back({"genes", "", "no gene file could be used", false});
    }
  }

  void LoadDrugs() {
    for (const fs::path& path : JsonFiles(directory_ / "drugs")) {
      const std::string file = "drugs/" + path.filename().string();
      ProblemSink sink(problems_, file);
      const std::optional<json> document = Checked(file, "drug", sink);
      if (!document) continue;
      content_.drugs.push_back(ReadDrug(*document, content_.genes, sink));
      CheckDrug(content_.drugs.back(), sink);
    }
  }

  void LoadOverlay(const fs::path& overlay) {
    const std::vector<fs::path> files = JsonFiles(overlay);
    if (files.empty()) problems_.push_back({"overlay", "", "holds no JSON file", false});
    for (const fs::path& path : files) {
      ProblemSink sink(problems_, "overlay/" + path.filename().string());
      const std::optional<json> document = ReadJson(path, sink);
      if (!document || !schemas_.Check("overlay", *document, sink, problems_)) continue;
      ApplyOverlay(*document, content_, sink);
    }
    ProblemSink sink(problems_, "overlay");
    for (const Drug& drug : content_.drugs) CheckDrug(drug, sink);
  }

  void LoadPhenoconversion() {
    ProblemSink sink(problems_, "phenoconversion.json");
    const std::optional<json> document = Checked("phenoconversion.json", "phenoconversion", sink);
    if (!document) return;
    content_.phenoconversion = ReadPhenoconversion(*document, content_.genes, sink);
  }

  // Names of drugs that are only ever named; a knowledge without them is whole all the same.
  void LoadAlternatives() {
    if (!fs::exists(directory_ / "alternatives.json")) return;
    ProblemSink sink(problems_, "alternatives.json");
    const std::optional<json> document = Checked("alternatives.json", "alternatives", sink);
    if (document) content_.alternatives = ReadAlternatives(*document);
  }

  fs::path directory_;
  std::vector<KnowledgeProblem>& problems_;
  SchemaSet schemas_;
  KnowledgeContent content_;
};

}  // namespace

std::shared_ptr<const KnowledgeBase> LoadKnowledge(const fs::path& directory,
                                                   std::vector<KnowledgeProblem>& problems,
                                                   const fs::path& overlay) {
  const auto errors = [&] {
    return std::ranges::count_if(problems, [](const auto& problem) { return !problem.warning; });
  };
  const auto before = errors();
  Loader loader(directory, problems);
  KnowledgeContent content = loader.Load(overlay);
  if (errors() != before) return nullptr;
  return std::make_shared<const KnowledgeBase>(std::move(content));
}

}  // namespace genflik::rules
