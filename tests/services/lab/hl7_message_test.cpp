#include "services/lab/hl7_message.h"

#include <gtest/gtest.h>

namespace genflik::lab {
namespace {

constexpr std::string_view kHeader =
    "MSH|^~\\&|LAB|HOSP|PGX|REG|20250301101500+0100||ORU^R01^ORU_R01|M1|P|2.5.1||||||";

Hl7Message Read(const std::string& text) {
  std::vector<Hl7Fault> faults;
  auto message = ReadHl7(text, "8859/1", faults);
  EXPECT_TRUE(message && faults.empty());
  return message.value_or(Hl7Message{});
}

TEST(ReadHl7, CountsTheFieldsOfAHeaderFromTheSeparator) {
  const Hl7Message message = Read(std::string(kHeader) + "UNICODE UTF-8\r");
  const Hl7Segment* header = message.Find("MSH");
  ASSERT_NE(header, nullptr);
  EXPECT_EQ(header->Raw(1), "|");
  EXPECT_EQ(header->Raw(2), "^~\\&");
  EXPECT_EQ(header->Text(3), "LAB");
  EXPECT_EQ(header->Text(9, 2), "R01");
  EXPECT_EQ(header->Text(10), "M1");
  EXPECT_EQ(message.character_set, "UNICODE UTF-8");
}

TEST(ReadHl7, TakesAnyEndOfLine) {
  for (const std::string_view end : {"\r", "\n", "\r\n"}) {
    const Hl7Message message =
        Read(std::string(kHeader) + std::string(end) + "PID|1||7^^^A" + std::string(end));
    EXPECT_EQ(message.segments.size(), 2U);
    EXPECT_TRUE(message.complete);
  }
  EXPECT_FALSE(Read(std::string(kHeader) + "\rPID|1").complete);
}

TEST(ReadHl7, SplitsFirstAndUnescapesAfterwards) {
  const Hl7Message message = Read(
      std::string(kHeader) + "\rOBX|1|ST|A^B^L||x\\F\\y\\S\\z\\T\\q\\R\\r\\E\\s\\X41\\\\Zx\\\r");
  EXPECT_EQ(message.Find("OBX")->Text(5), "x|y^z&q~r\\sA\\Zx\\");
}

TEST(ReadHl7, ReadsRepetitionsComponentsAndSubcomponents) {
  const Hl7Message message = Read(std::string(kHeader) + "\rPID|1||7^^^A&1.2&ISO^MR~8^^^B\r");
  const Hl7Segment& pid = message.segments[1];
  EXPECT_EQ(pid.Repetitions(3), 2U);
  EXPECT_EQ(pid.Text(3, 4, 0, 2), "1.2");
  EXPECT_EQ(pid.Text(3, 1, 1), "8");
  EXPECT_EQ(pid.Text(3, 9, 1), "");
  EXPECT_EQ(pid.Text(30), "");
}

TEST(ReadHl7, UsesTheDelimitersOfTheMessage) {
  const Hl7Message message =
      Read("MSH#*~\\&#LAB#H#P#R#2025##ORU*R01#M#P#2.5.1\rOBX#1#ST#C*N*L##\\S\\1/\\S\\4######F\r");
  EXPECT_EQ(message.Find("OBX")->Text(3, 2), "N");
  EXPECT_EQ(message.Find("OBX")->Text(5), "*1/*4");
}

TEST(ReadHl7, RefusesDelimitersThatAreNotDistinct) {
  std::vector<Hl7Fault> faults;
  EXPECT_FALSE(ReadHl7("MSH|^^^^|A|B\r", "", faults));
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_TRUE(faults[0].refused);
  EXPECT_EQ(faults[0].code, 102);
}

TEST(ReadHl7, RefusesWhatDoesNotBeginWithAHeader) {
  for (const std::string_view text : {"", "PID|1||7\r", "MSH", "MSH|^~"}) {
    std::vector<Hl7Fault> faults;
    EXPECT_FALSE(ReadHl7(text, "8859/1", faults)) << text;
    EXPECT_EQ(faults.size(), 1U);
  }
}

TEST(ReadHl7, DecodesDeclaredAndUndeclaredCharacterSets) {
  const std::string latin =
      "\rPID|1||7^^^A||\xD6"
      "berg\r";
  const std::string utf8 = "\rPID|1||7^^^A||Öberg\r";
  EXPECT_EQ(Read(std::string(kHeader) + "8859/1" + latin).segments[1].Text(5), "Öberg");
  EXPECT_EQ(Read(std::string(kHeader) + latin).segments[1].Text(5), "Öberg");
  EXPECT_EQ(Read(std::string(kHeader) + utf8).segments[1].Text(5), "Öberg");
  EXPECT_EQ(Read(std::string(kHeader) + "UNICODE UTF-8" + utf8).segments[1].Text(5), "Öberg");
  std::vector<Hl7Fault> faults;
  EXPECT_FALSE(ReadHl7(std::string(kHeader) + "UNICODE UTF-8" + latin, "8859/1", faults));
  ASSERT_EQ(faults.size(), 1U);
  EXPECT_EQ(faults[0].field, 18U);
}

TEST(ReadHl7Time, KeepsPrecisionAndZone) {
  EXPECT_EQ(ReadHl7Time("2025"), "2025");
  EXPECT_EQ(ReadHl7Time("202503"), "2025-03");
  EXPECT_EQ(ReadHl7Time("20250301"), "2025-03-01");
  EXPECT_EQ(ReadHl7Time("202503011015"), "2025-03-01T10:15:00+01:00") << "Swedish time";
  EXPECT_EQ(ReadHl7Time("20250701101530"), "2025-07-01T10:15:30+02:00");
  EXPECT_EQ(ReadHl7Time("202503300159"), "2025-03-30T01:59:00+01:00");
  EXPECT_EQ(ReadHl7Time("202503300300"), "2025-03-30T03:00:00+02:00");
  EXPECT_EQ(ReadHl7Time("202510260100"), "2025-10-26T01:00:00+02:00");
  EXPECT_EQ(ReadHl7Time("202510260300"), "2025-10-26T03:00:00+01:00");
  EXPECT_EQ(ReadHl7Time("20251301"), "") << "no such month";
  EXPECT_EQ(ReadHl7Time("202503011015+0100"), "2025-03-01T10:15:00+01:00");
  EXPECT_EQ(ReadHl7Time("20250301101530.1234-0500"), "2025-03-01T10:15:30-05:00");
  EXPECT_EQ(ReadHl7Time("12"), "");
  EXPECT_EQ(ReadHl7Time("2025-03-01"), "");
}

TEST(SplitMessages, TakesABatchApart) {
  const auto messages = SplitMessages("FHS|^~\\&\rBHS|^~\\&\rMSH|a\rPID|1\rMSH|b\rBTS|2\rFTS|1\r");
  ASSERT_EQ(messages.size(), 2U);
  EXPECT_EQ(messages[0], "MSH|a\rPID|1\r");
  EXPECT_EQ(messages[1], "MSH|b\r");
}

TEST(RenderAck, NamesEachFaultAndSwapsSenderAndReceiver) {
  const Hl7Message message = Read(std::string(kHeader) + "\r");
  EXPECT_EQ(RenderAck(&message, {}, "A1", "20250301"),
            "MSH|^~\\&|PGX|REG|LAB|HOSP|20250301||ACK^R01^ACK|A1|P|2.5.1\rMSA|AA|M1\r");
  const std::vector<Hl7Fault> faults = {
      {.code = 101, .segment = "OBX", .sequence = 2, .field = 11, .text = "OBX-11 is required"}};
  const std::string ack = RenderAck(&message, faults, "A2", "20250301");
  EXPECT_NE(ack.find("MSA|AE|M1\r"), std::string::npos);
  EXPECT_NE(ack.find("ERR||OBX^2^11|101^^HL70357|E||||OBX-11 is required\r"), std::string::npos);
}

TEST(RenderAck, AnswersEvenWithoutAReadableMessage) {
  const std::vector<Hl7Fault> faults = {{.refused = true, .code = 100, .text = "no MSH"}};
  EXPECT_NE(RenderAck(nullptr, faults, "A", "2025").find("MSA|AR|\r"), std::string::npos);
}

}  // namespace
}  // namespace genflik::lab
