#include <array>
#include <cctype>
#include <span>
#include <utility>

#include "fhir/expression_step.h"

namespace genflik::fhir {
namespace {

using Step = Expression::Step;
using StepPointer = std::unique_ptr<Step>;

enum class TokenKind { kEnd, kName, kText, kNumber, kSymbol };
struct Token {
  TokenKind kind = TokenKind::kEnd;
  std::string text = {};
};

struct Failure {
  std::string text;
};

bool IsNameStart(char c) { return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_'; }
bool IsNamePart(char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_'; }

class Lexer {
 public:
  explicit Lexer(std::string_view text) : text_(text) {}

  Token Next() {
    while (at_ < text_.size() && std::isspace(static_cast<unsigned char>(text_[at_])) != 0) ++at_;
    if (at_ >= text_.size()) return {};
    const char c = text_[at_];
    if (c == '\'' || c == '`') return Quoted(c);
    if (IsNameStart(c) || c == '$' || c == '%') return {TokenKind::kName, Run(IsNamePart)};
    if (std::isdigit(static_cast<unsigned char>(c)) != 0) {
      return {TokenKind::kNumber, Run([](char d) { return d >= '0' && d <= '9'; })};
    }
    for (const std::string_view symbol : {"!=", "<=", ">="}) {
      if (text_.substr(at_).starts_with(symbol)) {
        at_ += symbol.size();
        return {TokenKind::kSymbol, std::string(symbol)};
      }
    }
    ++at_;
    return {TokenKind::kSymbol, std::string(1, c)};
  }

 private:
  template <typename Predicate>
  std::string Run(Predicate part) {
    const size_t start = at_++;
    while (at_ < text_.size() && part(text_[at_])) ++at_;
    return std::string(text_.substr(start, at_ - start));
  }

  Token Quoted(char quote) {
    Token token{quote == '`' ? TokenKind::kName : TokenKind::kText, {}};
    for (++at_; at_ < text_.size() && text_[at_] != quote; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      token.text += text_[at_];
    }
    if (at_ >= text_.size()) throw Failure{"a quoted text is not closed"};
    ++at_;
    return token;
  }

  std::string_view text_;
  size_t at_ = 0;
};

// Operators by rising precedence (http://hl7.org/fhirpath/N1/#operator-precedence).
struct Level {
  std::array<std::string_view, 4> operators;
};
constexpr std::array<Level, 8> kLevels = {{
    {{"implies"}},
    {{"or", "xor"}},
    {{"and"}},
    {{"in", "contains"}},
    {{"=", "!=", "~"}},
    {{"<", "<=", ">", ">="}},
    {{"|"}},
    {{"is", "as"}},
}};
constexpr std::array<std::string_view, 3> kAdditive = {"+", "-", "&"};

class Parser {
 public:
  explicit Parser(std::string_view text) : lexer_(text), token_(lexer_.Next()) {}

  StepPointer ReadAll() {
    auto step = ReadLevel(0);
    if (token_.kind != TokenKind::kEnd) throw Failure{"unexpected '" + token_.text + "'"};
    return step;
  }

 private:
  bool At(std::string_view text) const {
    return token_.text == text &&
           (token_.kind == TokenKind::kSymbol || token_.kind == TokenKind::kName);
  }
  bool AtAny(std::span<const std::string_view> texts) const {
    for (const auto text : texts) {
      if (!text.empty() && At(text)) return true;
    }
    return false;
  }
  std::string Take() {
    std::string text = std::move(token_.text);
    token_ = lexer_.Next();
    return text;
  }
  void Expect(std::string_view text) {
    if (!At(text)) throw Failure{"'" + std::string(text) + "' is missing"};
    Take();
  }

  StepPointer ReadLevel(size_t level) {
    if (level == kLevels.size()) return ReadAdditive();
    auto left = ReadLevel(level + 1);
    while (AtAny(kLevels.at(level).operators)) {
      auto step = std::make_unique<Step>();
      step->name = Take();
      if (step->name == "is" || step->name == "as") {
        step->kind = Step::Kind::kFunction;
        step->source = std::move(left);
        step->arguments.push_back(ReadTypeName());
      } else {
        step->kind = Step::Kind::kOperator;
        step->arguments.push_back(std::move(left));
        step->arguments.push_back(ReadLevel(level + 1));
      }
      left = std::move(step);
    }
    return left;
  }

  StepPointer ReadAdditive() {
    auto left = ReadPath();
    while (AtAny(kAdditive)) {
      auto step = std::make_unique<Step>();
      step->kind = Step::Kind::kOperator;
      step->name = Take();
      step->arguments.push_back(std::move(left));
      step->arguments.push_back(ReadPath());
      left = std::move(step);
    }
    return left;
  }

  StepPointer ReadTypeName() {
    auto step = std::make_unique<Step>();
    step->kind = Step::Kind::kMember;
    step->name = Take();
    while (At(".")) {  // FHIR.Patient
      Take();
      step->name = Take();
    }
    return step;
  }

  StepPointer ReadPath() {
    auto step = ReadTerm();
    while (At(".") || At("[")) {
      if (Take() == ".") {
        step = ReadInvocation(std::move(step));
        continue;
      }
      auto index = std::make_unique<Step>();
      index->kind = Step::Kind::kIndex;
      index->source = std::move(step);
      index->arguments.push_back(ReadLevel(0));
      Expect("]");
      step = std::move(index);
    }
    return step;
  }

  StepPointer ReadTerm() {
    if (At("(")) {
      Take();
      auto step = ReadLevel(0);
      Expect(")");
      return step;
    }
    auto step = std::make_unique<Step>();
    if (token_.kind == TokenKind::kText) {
      step->kind = Step::Kind::kLiteral;
      step->literal = Take();
      return step;
    }
    if (token_.kind == TokenKind::kNumber) {
      step->kind = Step::Kind::kLiteral;
      step->literal = std::stoll(Take());
      return step;
    }
    if (At("true") || At("false")) {
      step->kind = Step::Kind::kLiteral;
      step->literal = Take() == "true";
      return step;
    }
    if (At("$this")) {
      Take();
      return step;
    }
    if (token_.kind == TokenKind::kName && token_.text.starts_with('%')) {
      step->kind = Step::Kind::kVariable;
      step->name = Take();
      return step;
    }
    return ReadInvocation(nullptr);
  }

  StepPointer ReadInvocation(StepPointer source) {
    if (token_.kind != TokenKind::kName)
      throw Failure{"a name is missing at '" + token_.text + "'"};
    auto step = std::make_unique<Step>();
    step->source = std::move(source);
    step->name = Take();
    if (!At("(")) {
      step->kind = Step::Kind::kMember;
      return step;
    }
    if (!IsFunction(step->name)) throw Failure{"the function " + step->name + "() is not known"};
    step->kind = Step::Kind::kFunction;
    Take();
    while (!At(")")) {
      step->arguments.push_back(ReadLevel(0));
      if (!At(")")) Expect(",");
    }
    Take();
    return step;
  }

  Lexer lexer_;
  Token token_;
};

}  // namespace

std::shared_ptr<const Expression> Expression::Read(std::string_view text, std::string& problem) {
  try {
    return std::make_shared<const Expression>(Parser(text).ReadAll());
  } catch (const Failure& failure) {
    problem = failure.text;
    return nullptr;
  }
}

}  // namespace genflik::fhir
