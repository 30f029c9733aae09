#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validation_results.hpp>
#include <valijson/validator.hpp>

#include "rules/phenotyper.h"
#include "services/alerts/order_check.h"
#include "services/cds/card.h"
#include "tests/services/cds/cds_fixture.h"
#include "tests/support/places.h"

// Every card that Genflik can produce keeps to the specification.

namespace genflik::cds {
namespace {

using fhir::Json;

class AnswerSchema {
 public:
  AnswerSchema() {
    const auto text =
        nlohmann::json::parse(ReadText(tests::TestData() + "/cds/answer.schema.json"));
    valijson::SchemaParser parser;
    parser.populateSchema(valijson::adapters::NlohmannJsonAdapter(text), schema_);
  }
  // What is wrong with an answer; empty when nothing is.
  std::string Faults(const std::string& answer) const {
    const auto value = nlohmann::json::parse(answer);
    valijson::Validator validator;
    valijson::ValidationResults results;
    if (validator.validate(schema_, valijson::adapters::NlohmannJsonAdapter(value), &results))
      return {};
    std::string text;
    valijson::ValidationResults::Error error;
    while (results.popError(error)) {
      for (const auto& part : error.context) text += part;
      text += ": " + error.description + "\n";
    }
    return text;
  }

 private:
  valijson::Schema schema_;
};

Json OrderOf(const rules::Drug& drug) {
  Json order{{"resourceType", "MedicationRequest"},
             {"id", "rx"},
             {"status", "draft"},
             {"intent", "order"}};
  order["subject"]["reference"] = "Patient/p";
  order["medicationCodeableConcept"]["text"] = drug.name;
  order["dosageInstruction"] = ParseText(
      R"([{"text":"100 mg 2 gånger dagligen","timing":{"repeat":{"frequency":2,"period":1,"periodUnit":"d"}},"doseAndRate":[{"doseQuantity":{"value":100,"unit":"mg","system":"http://unitsofmeasure.org","code":"mg"}}]}])");
  return order;
}

size_t CountRecommended(const Json& card) {
  size_t count = 0;
  for (const Json& suggestion : fhir::FindArray(card, "suggestions")) {
    count += fhir::Find(suggestion, "isRecommended") != nullptr ? 1 : 0;
  }
  return count;
}

TEST(Conformance, EveryRuleOfEveryDrugMakesAValidCardInBothLanguages) {
  const AnswerSchema schema;
  const auto knowledge = RepositoryKnowledge();
  size_t cards = 0;
  const auto check = [&](const alerts::Advice& advice, const Json& order,
                         alerts::Language language) {
    const CardFrame frame{*knowledge, language, "https://genflik.example.org", "i", "p"};
    alerts::CheckedOrder checked;
    checked.order.reference = "MedicationRequest/rx";
    const Card card = AdviceCard(advice, checked, order, {}, {}, frame);
    const Json json = RenderCard(card, frame);
    const std::string text = "{\"cards\":[" + fhir::PrintJson(json) + "]}";
    EXPECT_EQ(schema.Faults(text), "") << text;
    EXPECT_LE(CountRecommended(json), 1U) << text;
    EXPECT_EQ(card.summary.find("…"), std::string::npos) << "cut: " << card.summary;
    ++cards;
  };
  for (const rules::Drug& drug : knowledge->drugs()) {
    const Json order = OrderOf(drug);
    for (const auto language : {alerts::Language::kSwedish, alerts::Language::kEnglish}) {
      for (const auto& guideline : drug.guidelines) {
        for (const auto& rule : guideline.rules) {
          if (rule.alert == rules::AlertLevel::kNone) continue;
          alerts::Advice advice{.drug = drug.name, .level = rule.alert};
          rules::Recommendation row{
              .id = rule.id, .source = guideline.source, .year = guideline.year, .drug = drug.name};
          for (const auto& gene : guideline.genes) {
            rules::GeneEvidence evidence{.gene = gene, .diplotype = "*1/*2", .lookup_value = "1.0"};
            const rules::Gene* known = knowledge->FindGene(gene);
            // The longest term that a gene has.
            for (const auto& term :
                 known == nullptr ? std::vector<rules::PhenotypeTerm>{} : known->terms) {
              if (term.text.sv.size() > evidence.phenotype.size()) evidence.phenotype = term.code;
            }
            row.genes.push_back(evidence);
          }
          row.population = rule.population;
          row.action = rule.action;
          row.strength = rule.strength;
          row.alert = rule.alert;
          row.text = rule.text;
          row.implication = rule.implication;
          row.citation = guideline.citation;
          row.needs_review = rule.needs_review;
          advice.lead = row;
          check(advice, order, language);
        }
      }
      for (const auto& pretest : drug.pretests) {
        if (pretest.alert == rules::AlertLevel::kNone) continue;
        check({.kind = alerts::AdviceKind::kTestFirst,
               .drug = drug.name,
               .level = pretest.alert,
               .pretest = pretest},
              order, language);
      }
    }
  }
  EXPECT_GE(cards, 800U);
}

TEST(Conformance, TheSchemaFindsWhatIsForbidden) {
  const AnswerSchema schema;
  EXPECT_EQ(schema.Faults(R"({"cards":[]})"), "");
  EXPECT_NE(schema.Faults(R"({})"), "");
  const auto with = [](const char* member) {
    return std::string(
               R"({"cards":[{"uuid":"01234567-89ab-8cde-8123-0123456789ab","summary":"s","indicator":"info","source":{"label":"l"})") +
           member + "}]}";
  };
  EXPECT_EQ(schema.Faults(with("")), "");
  for (
      const char* wrong :
      {R"(,"detail":null)", R"(,"suggestions":[])",
       R"(,"links":[{"label":"l","url":"https://x","type":"absolute","appContext":"c"}])",
       R"(,"overrideReasons":[{"code":"c","system":"s"}])",
       R"(,"suggestions":[{"label":"l","uuid":"u","actions":[{"type":"create","description":"d","resource":{"resourceType":"X"}}]}])",
       R"(,"selectionBehavior":"any","suggestions":[{"label":"l","uuid":"u","actions":[{"type":"delete","description":"d"}]}])"}) {
    EXPECT_NE(schema.Faults(with(wrong)), "") << wrong;
  }
}

}  // namespace
}  // namespace genflik::cds
