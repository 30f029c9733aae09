#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "rules/citation.h"
#include "rules/text.h"

// Fields that the knowledge files have in common; what is absent is empty.

namespace genflik::rules {

inline std::vector<std::string> Texts(const nlohmann::json& object, const char* name) {
  return object.contains(name) ? object.at(name).get<std::vector<std::string>>()
                               : std::vector<std::string>();
}

inline std::string Text(const nlohmann::json& object, const char* name) {
  return object.value(name, "");
}

inline LocalText Local(const nlohmann::json& object, const char* name) {
  if (!object.contains(name)) return {};
  return {Text(object.at(name), "en"), Text(object.at(name), "sv")};
}

inline Citation ReadCitation(const nlohmann::json& object) {
  return {Text(object, "title"), Text(object, "doi"), Text(object, "pmid"), Text(object, "url")};
}

}  // namespace genflik::rules
