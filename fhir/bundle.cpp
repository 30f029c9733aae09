#include "fhir/bundle.h"

#include <algorithm>
#include <array>
#include <functional>
#include <set>
#include <utility>

#include <nlohmann/json.hpp>

#include "fhir/datatypes.h"

namespace genflik::fhir {
namespace {

constexpr std::string_view kHistory = "/_history/";

// Writes an object of texts, parts left out when they are empty.
class ObjectPrinter {
 public:
  explicit ObjectPrinter(std::string& out) : out_(out) { out_ += '{'; }
  ~ObjectPrinter() { out_ += '}'; }
  ObjectPrinter(const ObjectPrinter&) = delete;
  ObjectPrinter& operator=(const ObjectPrinter&) = delete;

  void Text(std::string_view name, std::string_view value) {
    if (!value.empty()) Raw(name, PrintJson(Json(value)));
  }
  // `value` is JSON already.
  void Raw(std::string_view name, std::string_view value) {
    if (value.empty()) return;
    Name(name);
    out_ += value;
  }
  void Name(std::string_view name) {
    if (!first_) out_ += ',';
    first_ = false;
    out_.append(1, '"').append(name).append("\":");
  }

 private:
  std::string& out_;
  bool first_ = true;
};

void PrintEntry(const BundleEntry& entry, std::string& out) {
  ObjectPrinter printer(out);
  printer.Text("fullUrl", entry.full_url);
  printer.Raw("resource", entry.resource);
  if (!entry.search_mode.empty()) {
    printer.Name("search");
    ObjectPrinter(out).Text("mode", entry.search_mode);
  }
  if (!entry.method.empty()) {
    printer.Name("request");
    ObjectPrinter request(out);
    request.Text("method", entry.method);
    request.Text("url", entry.url);
  }
  if (!entry.status.empty()) {
    printer.Name("response");
    ObjectPrinter response(out);
    response.Text("status", entry.status);
    response.Text("location", entry.location);
    response.Text("etag", entry.etag);
    response.Text("lastModified", entry.last_modified);
    response.Raw("outcome", entry.outcome);
  }
}

// Calls `visit` for every text of a value with the name of the property it stands in.
template <typename Value, typename Visit>
void EachText(Value& value, std::string_view name, const Visit& visit) {
  if (value.is_object()) {
    for (auto member = value.begin(); member != value.end(); ++member) {
      EachText(*member, member.key(), visit);
    }
  } else if (value.is_array()) {
    for (auto& item : value) EachText(item, name, visit);
  } else if (value.is_string()) {
    visit(value, name);
  }
}

// Which properties can hold a link: references, and elements of the types uri, url, oid, uuid and
// canonical. A text that merely looks like a link (Identifier.value is one in some bundles) stays.
bool MayBeLink(std::string_view name) {
  static constexpr std::array<std::string_view, 9> kTexts = {
      "value", "display", "valueString", "text", "valueMarkdown", "id", "code", "system", "div"};
  return std::ranges::find(kTexts, name) == kTexts.end();
}

// The root that relative references of an entry start from: "http://lab/fhir/" of
// "http://lab/fhir/Observation/1".
std::string RootOf(std::string_view full_url) {
  const auto parts = SplitReference(full_url);
  return parts && !parts->base.empty() ? parts->base + '/' : std::string();
}

std::string Target(std::string_view text, std::string_view full_url, const ReferenceMap& map) {
  if (const auto found = map.find(text); found != map.end()) return found->second.reference;
  const std::string resolved = ResolveReference(text, full_url);
  if (const auto found = map.find(resolved); found != map.end()) return found->second.reference;
  const size_t version = resolved.find(kHistory);
  if (version == std::string::npos) return {};
  const auto found = map.find(resolved.substr(0, version));
  if (found == map.end()) return {};
  return found->second.versioned.empty() ? found->second.reference : found->second.versioned;
}

// Replaces the targets of href and src in a narrative.
void RewriteNarrative(std::string& html, std::string_view full_url, const ReferenceMap& map) {
  for (const std::string_view attribute : {"href=", "src="}) {
    size_t at = html.find(attribute);
    while (at != std::string::npos) {
      const size_t start = at + attribute.size() + 1;
      const size_t end =
          start < html.size() ? html.find(html[start - 1], start) : std::string::npos;
      if (end == std::string::npos) break;
      const std::string target = Target(html.substr(start, end - start), full_url, map);
      if (!target.empty()) html.replace(start, end - start, target);
      at = html.find(attribute, start);
    }
  }
}

void ReadRequest(const Json& entry, BundleRequest& request, std::string_view base, IssueLog& log) {
  const Json* part = Find(entry, "request");
  if (part == nullptr) {
    log.Error(IssueType::kRequired, "the request of the entry is missing");
    return;
  }
  request.full_url = FindText(entry, "fullUrl");
  request.method = FindText(*part, "method");
  std::string_view url = FindText(*part, "url");
  if (!base.empty() && url.starts_with(base)) url.remove_prefix(base.size());
  while (url.starts_with('/')) url.remove_prefix(1);
  request.url = url;
  request.if_match = FindText(*part, "ifMatch");
  request.if_none_match = FindText(*part, "ifNoneMatch");
  request.if_modified_since = FindText(*part, "ifModifiedSince");
  std::string_view condition = FindText(*part, "ifNoneExist");
  if (const size_t query = condition.find('?'); query != std::string_view::npos) {
    condition.remove_prefix(query + 1);
  }
  request.if_none_exist = condition;
  request.resource = Find(entry, "resource");
}

void CheckRequest(const BundleRequest& request, IssueLog& log) {
  const bool writes = request.method == "POST" || request.method == "PUT";
  const bool patches = request.method == "PATCH";
  if (request.url.find("://") != std::string::npos) {
    log.Error(IssueType::kInvalid, "request.url is of another server");
    return;
  }
  if (request.url.empty() && request.method != "GET" && request.method != "HEAD") {
    log.Error(IssueType::kRequired, "request.url is missing");
    return;
  }
  if ((writes || patches) && request.resource == nullptr) {
    // An operation may be called, and a search sent, without a body.
    const std::string path = request.url.substr(0, request.url.find('?'));
    if (path.find('$') == std::string::npos && !path.ends_with("_search")) {
      log.Error(IssueType::kRequired, "a " + request.method + " needs a resource");
    }
    return;
  }
  if (!writes || request.url.find('$') != std::string::npos) return;
  const std::string type = request.url.substr(0, request.url.find_first_of("/?"));
  const auto actual = FindText(*request.resource, "resourceType");
  if (type != actual) {
    std::string text = "request.url is of type '" + type + "', the resource is a ";
    log.Error(IssueType::kInvalid, text.append(actual));
  }
}

}  // namespace

std::string PrintBundle(std::string_view type, const std::vector<BundleEntry>& entries,
                        std::optional<size_t> total, const Links& links) {
  std::string out;
  size_t size = 256;
  for (const BundleEntry& entry : entries) size += entry.resource.size() + 256;
  out.reserve(size);
  ObjectPrinter bundle(out);
  bundle.Text("resourceType", "Bundle");
  bundle.Text("type", type);
  if (total) bundle.Raw("total", std::to_string(*total));
  if (!links.empty()) {
    bundle.Name("link");
    out += '[';
    for (size_t i = 0; i < links.size(); ++i) {
      if (i > 0) out += ',';
      ObjectPrinter link(out);
      link.Text("relation", links[i].first);
      link.Text("url", links[i].second);
    }
    out += ']';
  }
  if (!entries.empty()) {
    bundle.Name("entry");
    out += '[';
    for (size_t i = 0; i < entries.size(); ++i) {
      if (i > 0) out += ',';
      PrintEntry(entries[i], out);
    }
    out += ']';
  }
  return out;
}

std::vector<BundleRequest> ReadRequests(const Json& bundle, IssueLog& log, std::string_view base) {
  std::vector<BundleRequest> requests;
  const Json& entries = FindArray(bundle, "entry");
  const IssueLog::Scope scope(log, "Bundle");
  const IssueLog::Scope inner(log, "entry");
  for (size_t i = 0; i < entries.size(); ++i) {
    const IssueLog::Scope place(log, i);
    BundleRequest request;
    request.index = i;
    ReadRequest(entries[i], request, base, log);
    if (!request.method.empty()) CheckRequest(request, log);
    requests.push_back(std::move(request));
  }
  return requests;
}

std::vector<size_t> TransactionOrder(const std::vector<BundleRequest>& requests) {
  const auto rank = [&](size_t index) {
    const std::string& method = requests[index].method;
    if (method == "DELETE") return 0;
    if (method == "POST") return 1;
    return method == "PUT" || method == "PATCH" ? 2 : 3;
  };
  std::vector<size_t> order(requests.size());
  for (size_t i = 0; i < order.size(); ++i) order[i] = i;
  std::ranges::stable_sort(order, {}, rank);
  return order;
}

std::string ResolveReference(std::string_view reference, std::string_view full_url) {
  std::string text(reference);
  const bool relative = !reference.starts_with('#') && reference.find(':') == std::string::npos &&
                        reference.find('?') == std::string::npos;
  return relative ? RootOf(full_url) + text : text;
}

void RewriteReferences(Json& resource, std::string_view full_url, const ReferenceMap& map) {
  if (map.empty()) return;
  EachText(resource, {}, [&](Json& value, std::string_view name) {
    auto& text = value.get_ref<std::string&>();
    if (name == "div") {
      RewriteNarrative(text, full_url, map);
      return;
    }
    if (!MayBeLink(name) || text.starts_with('#')) return;
    std::string target;
    if (name == "reference") {
      target = Target(text, full_url, map);
    } else if (const auto found = map.find(text); found != map.end()) {
      target = found->second.reference;
    }
    if (!target.empty()) text = std::move(target);
  });
}

void LocaliseReferences(Json& resource, std::string_view base) {
  if (base.empty()) return;
  EachText(resource, {}, [base](Json& value, std::string_view name) {
    if (name != "reference") return;
    auto& text = value.get_ref<std::string&>();
    if (text.size() <= base.size() || !text.starts_with(base) || text[base.size()] != '/') return;
    const auto parts = SplitReference(text);
    if (parts && parts->base == base) text.erase(0, base.size() + 1);
  });
}

std::vector<std::string> ReferencesOf(const Json& resource) {
  std::vector<std::string> references;
  std::set<std::string, std::less<>> seen;
  EachText(resource, {}, [&](const Json& value, std::string_view name) {
    if (name != "reference") return;
    const auto& text = value.get_ref<const std::string&>();
    if (seen.insert(text).second) references.push_back(text);
  });
  return references;
}

std::vector<std::string> ConditionalReferences(const Json& resource) {
  std::vector<std::string> references = ReferencesOf(resource);
  std::erase_if(references, [](const std::string& text) {
    const size_t query = text.find('?');
    return query == std::string::npos || text.find_first_of(":/#") < query;
  });
  return references;
}

}  // namespace genflik::fhir
