#include "services/tab/wallet_card.h"

#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace genflik::tab {
namespace {

using fhir::Json;

Json Gene(const std::string& symbol, const std::string& diplotype, bool actionable) {
  return {{"gene", symbol},
          {"status", "interpreted"},
          {"interpretations",
           {{{"diplotype", diplotype},
             {"phenotype", "Poor Metabolizer"},
             {"phenotypeText", {{"en", "Poor metabolizer"}, {"sv", "Långsam metaboliserare"}}},
             {"activityScore", "0.0"},
             {"statuses", Json::array()}}}},
          {"current", "Observation/1"},
          {"actionable", actionable},
          {"results", {{{"source", "Observation/1"}, {"effective", "2025-05-20"}}}}};
}

Json Record(Json genes, const std::string& name = "Maja Exempel") {
  return {{"patient",
           {{"name", name}, {"identifiers", {{{"system", "s"}, {"value", "196101182803"}}}}}},
          {"generated", "2026-03-01T12:00:00.000Z"},
          {"genes", std::move(genes)}};
}

TEST(WalletCard, HoldsWhoWhenAndEveryGeneAsText) {
  const Json record =
      Record({Gene("ABCG2", "Reference/Reference", false), Gene("CYP2D6", "*4/*4", true)});
  EXPECT_EQ(CardText(record, "sv", "https://genflik.example/tab/?patient=1"),
            "Genflik: Genetiska svar för läkemedelsbehandling\n"
            "Maja Exempel 19610118-2803\n"
            "2026-03-01\n"
            "Prov 2025-05-20\n"
            "CYP2D6 *4/*4: Långsam metaboliserare (0.0)\n"
            "ABCG2 Reference/Reference: Långsam metaboliserare (0.0)\n"
            "En gen som inte står här är inte testad; den är inte normal.\n"
            "https://genflik.example/tab/?patient=1");
}

TEST(WalletCard, SaysThatThereIsNoResult) {
  EXPECT_NE(CardText(Record(Json::array()), "en", "x").find("No genetic result\n"),
            std::string::npos);
}

TEST(WalletCard, SaysThatResultsDisagree) {
  Json gene = Gene("TPMT", "*1/*3A", true);
  gene["status"] = "conflict";
  EXPECT_NE(CardText(Record({gene}), "en", "x").find("TPMT *1/*3A: results disagree"),
            std::string::npos);
}

TEST(WalletCard, LetsNoTextBecomeMarkupOrTurnItsDirection) {
  const std::string card =
      RenderCard(Record({Gene("<script>", "\"&", true)}, "<b>\xE2\x80\xAE\x01\"&"), "sv", "x");
  EXPECT_EQ(card.find("<script"), std::string::npos);
  EXPECT_EQ(card.find("<b>"), std::string::npos);
  EXPECT_EQ(card.find("\xE2\x80\xAE"), std::string::npos);
  EXPECT_EQ(card.find('\x01'), std::string::npos);
  EXPECT_NE(card.find("&lt;b&gt;"), std::string::npos);
}

TEST(WalletCard, SaysHowManyMoreTheCodeHolds) {
  Json genes = Json::array();
  for (int i = 0; i < 60; ++i) genes.push_back(Gene("GENE" + std::to_string(i), "*1/*2", i < 5));
  const std::string card = RenderCard(Record(genes), "en", "x");
  EXPECT_NE(card.find("+ 54 more in the code<"), std::string::npos);
}

TEST(WalletCard, SaysHowManyGenesTheCodeCannotHold) {
  Json genes = Json::array();
  for (int i = 0; i < 60; ++i) {
    genes.push_back(Gene("GENE" + std::to_string(i), "*1/*2", true));
  }
  const std::string card = RenderCard(Record(genes), "en", "x");
  // Version 27 holds 1465 bytes; a line here has 36, and the rest of the text about 160.
  EXPECT_NE(card.find(" more in the code, "), std::string::npos);
  EXPECT_NE(card.find(" only by the link<"), std::string::npos);
}

TEST(WalletCard, WritesAVariantOfOnePlaceInFewLetters) {
  const Json record =
      Record({Gene("VKORC1", "rs9923231 reference (C)/rs9923231 variant (T)", true),
              Gene("IFNL3", "rs12979860 reference (C)/rs9923231 variant (T)", true)});
  const std::string text = CardText(record, "en", "x");
  EXPECT_NE(text.find("VKORC1 rs9923231 C/T: "), std::string::npos);
  EXPECT_NE(text.find("IFNL3 rs12979860 reference (C)/rs9923231 variant (T): "), std::string::npos);
}

}  // namespace
}  // namespace genflik::tab
