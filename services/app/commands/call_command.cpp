#include "services/app/commands/call_command.h"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <vector>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "fhir/json.h"
#include "rules/definition_loader.h"
#include "rules/knowledge_loader.h"
#include "rules/knowledge_reader.h"
#include "services/app/exit_code.h"
#include "services/core/error.h"
#include "services/core/ids.h"
#include "services/core/paths.h"
#include "services/lab/call_bundle.h"
#include "services/lab/call_definitions.h"
#include "services/lab/kept_call.h"
#include "services/lab/outside_calls.h"
#include "services/lab/vcf_caller.h"
#include "services/lab/vcf_reader.h"

namespace genflik::app {

namespace {

using core::Error;
using core::ErrorCode;

/// Samples read at a time: the positions of all genes take about 30 kB a sample.
constexpr size_t kSamplesAtOnce = 500;

struct CallArguments {
  std::string file;
  std::vector<std::string> samples;
  std::vector<std::string> genes;
  std::vector<std::string> outside;
  std::string definitions;
  std::string out = "json";
  std::string sex;
  std::string subject;
  bool all = false;
  bool combinations = false;
  bool cyp2d6 = false;
  bool evidence = false;
  bool no_index = false;
  bool no_gene_rules = false;
  lab::VcfThresholds thresholds;
};

std::string ReadFile(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) throw Error(ErrorCode::kNotFound, path + ": no such file");
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

std::shared_ptr<const rules::AlleleDefinitions> Definitions(const CallArguments& arguments) {
  const std::filesystem::path directory = arguments.definitions.empty()
                                              ? core::ShareDirectory() / "knowledge" / "definitions"
                                              : std::filesystem::path(arguments.definitions);
  auto definitions = lab::LoadCallDefinitions(directory);
  if (arguments.genes.empty()) return definitions;
  std::vector<rules::GeneDefinition> chosen;
  for (const std::string& gene : arguments.genes) {
    const rules::GeneDefinition* found = definitions->Find(gene);
    if (found == nullptr)
      throw Error(ErrorCode::kInvalid, "no allele definitions for gene " + gene);
    chosen.push_back(*found);
  }
  return std::make_shared<const rules::AlleleDefinitions>(std::move(chosen));
}

fhir::Json ParsedFile(const std::filesystem::path& path) {
  fhir::IssueLog log;
  auto json = fhir::ParseJson(ReadFile(path.string()), log);
  if (!json) throw Error(ErrorCode::kInternal, path.filename().string() + " is no JSON");
  return std::move(*json);
}

/// Everything, for what guidelines say of drugs.
std::shared_ptr<const rules::KnowledgeBase> AllFiles() {
  std::vector<rules::KnowledgeProblem> problems;
  auto knowledge = rules::LoadKnowledge(core::ShareDirectory() / "knowledge", problems);
  if (knowledge) return knowledge;
  for (const auto& problem : problems) {
    if (problem.warning) continue;
    throw Error(ErrorCode::kInternal, problem.file + problem.pointer + ": " + problem.reason);
  }
  throw Error(ErrorCode::kInternal, "knowledge cannot be read");
}

/// The gene files alone. Drug files and schemas are left to `knowledge check` and the service: they
/// take ten times as long as the call itself.
std::shared_ptr<const rules::KnowledgeBase> GeneFiles(const CallArguments& arguments) {
  const auto directory = core::ShareDirectory() / "knowledge";
  rules::KnowledgeContent content;
  std::vector<rules::KnowledgeProblem> problems;
  try {
    content.version = ParsedFile(directory / "manifest.json").at("version").get<std::string>();
    for (const auto& entry : std::filesystem::directory_iterator(directory / "genes")) {
      const auto& path = entry.path();
      const auto& wanted = arguments.genes;
      if (path.extension() != ".json") continue;
      if (!wanted.empty() &&
          std::find(wanted.begin(), wanted.end(), path.stem().string()) == wanted.end()) {
        continue;
      }
      rules::ProblemSink sink(problems, path.filename().string());
      content.genes.push_back(rules::ReadGene(nlohmann::json::parse(ReadFile(path)), sink));
    }
  } catch (const nlohmann::json::exception& error) {
    throw Error(ErrorCode::kInternal, std::string("knowledge cannot be read: ") + error.what());
  }
  for (const auto& problem : problems) {
    if (problem.warning) continue;
    throw Error(ErrorCode::kInternal, problem.file + problem.pointer + ": " + problem.reason);
  }
  return std::make_shared<const rules::KnowledgeBase>(std::move(content));
}

rules::CallOptions OptionsOf(const CallArguments& arguments) {
  rules::CallOptions options;
  options.all = arguments.all;
  options.combinations = arguments.combinations;
  options.on_request = arguments.cyp2d6;
  options.gene_rules = !arguments.no_gene_rules;
  if (arguments.sex == "male") options.sex = rules::Sex::kMale;
  if (arguments.sex == "female") options.sex = rules::Sex::kFemale;
  return options;
}

std::string Joined(const fhir::Json& list) {
  std::string text;
  for (const auto& item : list) {
    text += (text.empty() ? "" : "; ") + (item.is_string() ? item.get<std::string>() : item.dump());
  }
  return text;
}

/// Writes calls one after the other: JSON as one object, or as an array with one object a line when
/// there may be several samples; a table with one gene a line.
class CallWriter {
 public:
  CallWriter(std::ostream& out, bool table, bool several)
      : out_(out), table_(table), several_(several && !table) {
    if (table_) {
      out_ << "sample\tgene\tstatus\tdiplotypes\tphenotypes\tactivityScores\thaplotypes\t"
              "missingPositions\tsource\n";
    }
    if (several_) out_ << "[\n";
  }

  void Write(const fhir::Json& call) {
    if (table_) {
      WriteRows(call);
      return;
    }
    if (written_++ > 0) out_ << ",\n";
    out_ << fhir::PrintJson(call);
  }

  void Finish() {
    if (!table_) out_ << (several_ ? "\n]\n" : "\n");
    out_.flush();
  }

 private:
  void WriteRows(const fhir::Json& call) {
    const std::string sample = call.at("sample").get<std::string>();
    for (const auto& gene : call.at("genes")) {
      out_ << sample << '\t' << gene.at("gene").get<std::string>() << '\t'
           << gene.at("status").get<std::string>();
      for (const char* column :
           {"diplotypes", "phenotypes", "activityScores", "haplotypes", "missingPositions"}) {
        out_ << '\t' << Joined(gene.at(column));
      }
      out_ << '\t' << gene.at("source").get<std::string>() << '\n';
    }
    for (const auto& gene : call.at("notTested")) {
      out_ << sample << '\t' << gene.get<std::string>() << "\tnot-tested\t\t\t\t\t\tvcf\n";
    }
  }

  std::ostream& out_;
  bool table_;
  bool several_;
  size_t written_ = 0;
};

/// Everything that stays the same over the samples.
struct CallRun {
  const CallArguments& arguments;
  rules::PositionIndex index;
  rules::CallOptions options;
  std::shared_ptr<const rules::KnowledgeBase> knowledge;
  std::vector<lab::OutsideCall> outside = {};
};

fhir::Json RenderBundle(const CallRun& run, const lab::SampleCall& call,
                        const lab::SampleEvidence& evidence,
                        const lab::CallReportContext& context) {
  core::TimeOrderedIds ids;
  lab::CallBundleOptions options;
  options.subject = run.arguments.subject;
  options.settings.options = run.options;
  options.settings.genes = run.arguments.genes;
  options.settings.outside = run.outside;
  options.place = [&ids](std::string_view, const std::string&) { return "urn:uuid:" + ids.New(); };
  return lab::BundleOf(lab::RenderCallResources(call, evidence, context, options));
}

fhir::Json CallOne(const CallRun& run, const lab::SampleEvidence& evidence,
                   const std::vector<std::string>& warnings) {
  const auto call = lab::CallSample(evidence, run.index, run.options, run.outside);
  lab::CallReportContext context;
  context.index = &run.index;
  context.knowledge = run.knowledge.get();
  context.warnings = warnings;
  context.evidence = run.arguments.evidence;
  if (run.arguments.out == "fhir") {
    return RenderBundle(run, call, evidence, context);
  }
  return lab::RenderCalls(call, evidence, context);
}

void CallVcf(const CallRun& run) {
  const CallArguments& arguments = run.arguments;
  std::vector<std::string> samples = lab::ReadVcfSamples(arguments.file);
  const bool several =
      arguments.samples.empty() ? samples.size() > 1 : arguments.samples.size() > 1;
  if (!arguments.samples.empty()) samples = arguments.samples;
  if (!run.outside.empty() && samples.size() > 1) {
    throw Error(ErrorCode::kInvalid, "outside calls are of one sample: name it with --sample");
  }
  // Written in one go at the end: a file that turns out to be broken gives no partial result.
  std::ostringstream text;
  CallWriter writer(text, arguments.out == "tsv", several);
  for (size_t first = 0; first == 0 || first < samples.size(); first += kSamplesAtOnce) {
    lab::VcfOptions options;
    options.thresholds = arguments.thresholds;
    options.use_index = !arguments.no_index;
    const size_t last = std::min(samples.size(), first + kSamplesAtOnce);
    if (!arguments.samples.empty() || samples.size() > kSamplesAtOnce) {
      options.samples.assign(samples.begin() + static_cast<std::ptrdiff_t>(first),
                             samples.begin() + static_cast<std::ptrdiff_t>(last));
    }
    const auto reading = lab::ReadVcf(arguments.file, run.index, options);
    for (const auto& sample : reading.samples) {
      writer.Write(CallOne(run, sample, reading.warnings));
    }
  }
  writer.Finish();
  std::cout << text.str();
}

/// Calls again from what was kept with an earlier call, as this command line says.
void CallEvidence(const CallRun& run, const std::string& text) {
  fhir::IssueLog log;
  const auto json = fhir::ParseJson(text, log, {.max_bytes = text.size()});
  if (!json) throw Error(ErrorCode::kMalformed, log.issues());
  const bool several = json->is_array();
  std::ostringstream out;
  CallWriter writer(out, run.arguments.out == "tsv", several);
  for (const auto& kept : several ? *json : fhir::Json::array({*json})) {
    writer.Write(CallOne(run, lab::ReadKept(kept, run.index).evidence, {}));
  }
  writer.Finish();
  std::cout << out.str();
}

void Call(const CallArguments& arguments) {
  CallRun run{arguments, rules::PositionIndex(Definitions(arguments)), OptionsOf(arguments),
              arguments.out == "fhir" ? AllFiles() : GeneFiles(arguments)};
  for (const std::string& path : arguments.outside) {
    for (auto& call : lab::ReadOutsideCalls(ReadFile(path), path)) {
      run.outside.push_back(std::move(call));
    }
  }
  std::ifstream in(arguments.file, std::ios::binary);
  if (!in) throw Error(ErrorCode::kNotFound, arguments.file + ": no such file");
  const int first = in.peek();
  if (first == '{' || first == '[') {
    CallEvidence(run, ReadFile(arguments.file));
  } else {
    CallVcf(run);
  }
}

}  // namespace

void AddCallCommand(CLI::App& app, int& exit_code) {
  auto arguments = std::make_shared<CallArguments>();
  CLI::App* command =
      app.add_subcommand("call", "Call diplotypes and phenotypes from a VCF or BCF (GRCh38)");
  command
      ->add_option("file", arguments->file,
                   "VCF (plain, gzip, bgzip), BCF, or the JSON of a call with --evidence")
      ->required();
  command->add_option("--sample", arguments->samples, "Sample to call; may be repeated; else all");
  command->add_option("--genes", arguments->genes, "Genes to call, separated by commas; else all")
      ->delimiter(',');
  command->add_flag("--all", arguments->all, "Every diplotype that explains the data");
  command->add_flag("--combinations", arguments->combinations,
                    "Also combinations of alleles and partial alleles (research)");
  command->add_flag("--cyp2d6", arguments->cyp2d6,
                    "Call CYP2D6 from small variants (sees no copy number and no hybrids)");
  command->add_option("--outside", arguments->outside,
                      "TSV with calls of other programs: gene, diplotype, phenotype, score");
  command->add_option("--out", arguments->out, "Form of the output")
      ->check(CLI::IsMember({"json", "tsv", "fhir"}));
  command->add_option("--subject", arguments->subject,
                      "Reference to the patient, for --out fhir, such as Patient/123");
  command->add_option("--sex", arguments->sex, "Sex of the sample, for genes on X")
      ->check(CLI::IsMember({"female", "male"}));
  command->add_flag("--no-gene-rules", arguments->no_gene_rules,
                    "Leave out required positions, priorities and fallback of the gene files");
  command->add_flag("--evidence", arguments->evidence, "Keep the genotype of every position");
  command->add_flag("--no-index", arguments->no_index, "Read the whole file");
  command->add_option("--definitions", arguments->definitions, "Folder of allele definitions");
  lab::VcfThresholds& thresholds = arguments->thresholds;
  command->add_option("--min-gq", thresholds.min_quality, "Lowest genotype quality to use");
  command->add_option("--min-dp", thresholds.min_depth, "Lowest read depth to use");
  command
      ->add_option("--min-balance", thresholds.min_balance,
                   "Lowest share of reads for each allele of a genotype")
      ->check(CLI::Range(0.0, 1.0));
  command->add_flag("--pass-only", thresholds.require_pass, "Use records with FILTER PASS only");
  command->callback([arguments, &exit_code] {
    Call(*arguments);
    exit_code = kExitDone;
  });
}

}  // namespace genflik::app
