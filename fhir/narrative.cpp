#include "fhir/narrative.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <vector>

namespace genflik::fhir {
namespace {

constexpr std::array<std::string_view, 58> kElements = {
    "a",     "abbr",  "acronym", "b",       "bdo", "big",   "blockquote", "br",  "caption",
    "cite",  "code",  "col",     "dd",      "dfn", "div",   "dl",         "dt",  "em",
    "h1",    "h2",    "h3",      "h4",      "h5",  "h6",    "hr",         "i",   "img",
    "li",    "map",   "area",    "ol",      "p",   "pre",   "q",          "s",   "samp",
    "small", "span",  "strike",  "sub",     "sup", "table", "tbody",      "td",  "tfoot",
    "th",    "thead", "tr",      "tt",      "u",   "ul",    "var",        "kbd", "address",
    "del",   "ins",   "strong",  "colgroup"};

bool IsBlank(char c) { return c == ' ' || (c >= '\t' && c <= '\r'); }

std::string Lower(std::string_view text) {
  std::string lower(text);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

// Reads the markup once from the front; every step says where the next one starts.
class Reader {
 public:
  explicit Reader(std::string_view text) : text_(text) {}

  std::string Check() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
    if (!text_.substr(at_).starts_with("<div")) return "must be one XHTML div";
    while (at_ < text_.size() && fault_.empty()) Step();
    if (fault_.empty() && !open_.empty()) fault_ = "the element " + open_.back() + " is not closed";
    if (fault_.empty() && !content_) fault_ = "the narrative has no content";
    return fault_;
  }

 private:
  void Step() {
    const std::string_view rest = text_.substr(at_);
    if (rest.starts_with("<!--")) {
      SkipTo("-->");
    } else if (rest.starts_with("<!") || rest.starts_with("<?")) {
      fault_ = "declarations are not allowed in a narrative";
    } else if (rest.starts_with("</")) {
      ReadEnd();
    } else if (rest.front() == '<') {
      ReadStart();
    } else {
      ReadText();
    }
  }

  void SkipTo(std::string_view end) {
    const size_t found = text_.find(end, at_);
    at_ = found == std::string_view::npos ? text_.size() : found + end.size();
    if (found == std::string_view::npos) fault_ = "a comment is not closed";
  }

  void ReadText() {
    const size_t end = std::min(text_.find('<', at_), text_.size());
    const std::string_view text = text_.substr(at_, end - at_);
    const bool visible = !std::ranges::all_of(text, IsBlank);
    if (visible) content_ = true;
    if (visible && open_.empty()) fault_ = "nothing may stand after the div of a narrative";
    at_ = end;
  }

  std::string ReadName() {
    const size_t start = at_;
    while (at_ < text_.size() && (std::isalnum(static_cast<unsigned char>(text_[at_])) != 0 ||
                                  text_[at_] == ':' || text_[at_] == '-' || text_[at_] == '_')) {
      ++at_;
    }
    return std::string(text_.substr(start, at_ - start));
  }

  void SkipBlanks() {
    while (at_ < text_.size() && IsBlank(text_[at_])) ++at_;
  }

  void ReadEnd() {
    at_ += 2;
    const std::string name = ReadName();
    SkipBlanks();
    if (at_ >= text_.size() || text_[at_] != '>' || open_.empty() || open_.back() != name) {
      fault_ = "the narrative is not well-formed at </" + name + ">";
      return;
    }
    ++at_;
    open_.pop_back();
  }

  void ReadStart() {
    ++at_;
    const std::string name = ReadName();
    if (open_.empty() && (name != "div" || seen_div_)) {
      fault_ = "a narrative must be one XHTML div";
      return;
    }
    seen_div_ = true;
    if (std::ranges::find(kElements, name) == kElements.end()) {
      fault_ = "the element '" + name + "' is not allowed in a narrative";
      return;
    }
    if (name == "img") content_ = true;
    while (fault_.empty() && ReadAttribute()) {
    }
    if (!fault_.empty()) return;
    if (text_.substr(at_).starts_with("/>")) {
      at_ += 2;
    } else if (text_.substr(at_).starts_with(">")) {
      ++at_;
      open_.push_back(name);
    } else {
      fault_ = "the narrative is not well-formed at <" + name;
    }
  }

  // False at the end of the tag.
  bool ReadAttribute() {
    SkipBlanks();
    const std::string name = ReadName();
    if (name.empty()) return false;
    SkipBlanks();
    if (at_ + 1 >= text_.size() || text_[at_] != '=') return Refuse(name);
    ++at_;
    SkipBlanks();
    const char quote = at_ < text_.size() ? text_[at_] : ' ';
    const size_t end =
        quote == '"' || quote == '\'' ? text_.find(quote, at_ + 1) : std::string::npos;
    if (end == std::string::npos) return Refuse(name);
    std::string value = Lower(text_.substr(at_ + 1, end - at_ - 1));
    std::erase_if(value, [](char c) { return static_cast<unsigned char>(c) <= ' '; });
    at_ = end + 1;
    // Entities in front of the colon could hide a scheme, so those are refused with it.
    const bool link = name == "href" || name == "src";
    const bool active = value.find("script:") != std::string::npos ||
                        (link && value.starts_with("&#")) || value.starts_with("data:text");
    if (Lower(name).starts_with("on") || (link && active)) {
      fault_ = "the attribute '" + name + "' may run a script";
    }
    return fault_.empty();
  }

  bool Refuse(const std::string& name) {
    fault_ = "the attribute '" + name + "' of the narrative is not well-formed";
    return false;
  }

  std::string_view text_;
  size_t at_ = 0;
  std::string fault_;
  std::vector<std::string> open_;
  bool seen_div_ = false;
  bool content_ = false;
};

}  // namespace

std::string CheckNarrative(std::string_view xhtml) { return Reader(xhtml).Check(); }

}  // namespace genflik::fhir
