#include "services/lab/mllp.h"

#include <algorithm>
#include <string>
#include <vector>

#include <Poco/Exception.h>
#include <Poco/Net/SocketAddress.h>
#include <Poco/Net/StreamSocket.h>
#include <gtest/gtest.h>

#include "services/core/error.h"

namespace genflik::lab {
namespace {

using Messages = std::vector<std::string>;

TEST(MllpFramer, FindsMessagesHoweverTheStreamIsCut) {
  const std::string stream = FrameMllp("one\r") + FrameMllp("two\r");
  EXPECT_EQ(MllpFramer().Feed(stream), (Messages{"one\r", "two\r"}));
  MllpFramer framer;
  Messages found;
  for (const char byte : stream) {
    for (std::string& message : framer.Feed(std::string(1, byte))) found.push_back(message);
  }
  EXPECT_EQ(found, (Messages{"one\r", "two\r"}));
}

TEST(MllpFramer, IgnoresNoiseAndDropsWhatWasBegunAnew) {
  MllpFramer framer;
  EXPECT_EQ(
      framer.Feed("noise\r\n" + FrameMllp("a") + "\n\n" + std::string("\x0Bhalf") + FrameMllp("b")),
      (Messages{"a", "b"}));
}

TEST(MllpFramer, StopsAtItsLimit) {
  MllpFramer framer(8);
  EXPECT_TRUE(framer
                  .Feed("\x0B"
                        "123456789")
                  .empty());
  EXPECT_TRUE(framer.Overflowed());
}

TEST(MllpServer, AnswersEachFrameOnItsConnection) {
  const MllpServer server({.port = 0},
                          [](std::string_view message) { return "ack " + std::string(message); });
  Poco::Net::StreamSocket socket(Poco::Net::SocketAddress("127.0.0.1", server.port()));
  const std::string out = FrameMllp("m1") + FrameMllp("m2");
  socket.sendBytes(out.data(), static_cast<int>(out.size()));
  std::string in;
  const std::string expected = FrameMllp("ack m1") + FrameMllp("ack m2");
  char buffer[256];
  while (in.size() < expected.size()) {
    const int count = socket.receiveBytes(buffer, sizeof buffer);
    ASSERT_GT(count, 0);
    in.append(buffer, static_cast<size_t>(count));
  }
  EXPECT_EQ(in, expected);
}

// What a sender on 127.0.0.1 gets back where these peers are listed.
std::string AnswerTo(const std::vector<std::string>& peers) {
  const MllpServer server({.port = 0, .peers = peers},
                          [](std::string_view) { return std::string("ack"); });
  Poco::Net::StreamSocket socket(Poco::Net::SocketAddress("127.0.0.1", server.port()));
  const std::string out = FrameMllp("m1");
  char buffer[64];
  try {
    socket.sendBytes(out.data(), static_cast<int>(out.size()));
    const int count = socket.receiveBytes(buffer, sizeof buffer);
    return {buffer, static_cast<size_t>(std::max(count, 0))};
  } catch (const Poco::Exception&) {
    return {};
  }
}

TEST(MllpServer, TalksToListedPeersOnly) {
  const std::string taken = FrameMllp("ack");
  EXPECT_EQ(AnswerTo({"127.0.0.1"}), taken);
  EXPECT_EQ(AnswerTo({"192.0.2.1", "127.0.0.0/8"}), taken);
  EXPECT_EQ(AnswerTo({"192.0.2.1"}), "");
  EXPECT_EQ(AnswerTo({"128.0.0.0/8", "::1", "::/0"}), "");
}

TEST(MllpServer, DoesNotStartWithAListThatItCannotRead) {
  for (const char* peer : {"laboratory", "127.0.0.1/33", "127.0.0.1/", "127.0.0.1/8x", ""}) {
    EXPECT_THROW(static_cast<void>(AnswerTo({peer})), core::Error) << peer;
  }
}

}  // namespace
}  // namespace genflik::lab
