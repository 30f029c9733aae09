#include "services/mapping/dosage_words.h"

#include <initializer_list>
#include <unordered_map>

namespace genflik::mapping {
namespace {

using Meanings = std::unordered_map<std::string_view, WordMeaning>;

void AddAll(Meanings& meanings, WordClass what, std::initializer_list<std::string_view> words,
            double value = 0) {
  for (const std::string_view word : words) meanings.emplace(word, WordMeaning{what, value});
}

void AddFrequencyWords(Meanings& all) {
  using enum WordClass;
  AddAll(all, kTimes, {"ggr", "gånger", "gång", "gg", "times", "time", "ggn"});
  AddAll(all, kEvery, {"var", "vart", "varje", "every", "each", "q"});
  AddAll(all, kEveryOther, {"varannan", "vartannat", "alternate"});
  AddAll(all, kOther, {"other", "annan", "andra"}, 2);
  AddAll(all, kPer, {"per", "a", "om", "/"});
  AddAll(all, kDaily,
         {"dagligen", "dagl", "daily", "dgl", "od", "o.d", "qd", "q.d", "qday", "everyday"});
  AddAll(all, kRate, {"fortnightly"}, 1.0 / 14);
  AddAll(all, kWeekly, {"weekly", "veckovis", "qwk", "qweek"});
  AddAll(all, kMonthly, {"monthly", "qmonth", "qmo"});
  AddAll(all, kRate, {"tiw", "t.i.w"}, 3.0 / 7);
  AddAll(all, kRest, {kRestOfDays});
  AddAll(all, kRate, {"bid", "b.i.d", "bd", "b.d"}, 2);
  AddAll(all, kRate, {"tid", "t.i.d", "tds", "t.d.s"}, 3);
  AddAll(all, kRate, {"qid", "q.i.d", "qds", "q.d.s"}, 4);
  AddAll(all, kRate, {"qod", "eod", "q.o.d"}, 0.5);
  AddAll(all, kRate, {"hourly"}, 24);
  AddAll(all, kTimes1, {"once"}, 1);
  AddAll(all, kTimes1, {"twice"}, 2);
  AddAll(all, kTimes1, {"thrice"}, 3);
  AddAll(all, kBy, {"x"});
  AddAll(all, kClock, {"kl", "klockan", "at"});
  AddAll(all, kDayNumber, {"dag", "dagarna", "day", "days", "dagar"});
  AddAll(all, kFirst, {"första", "first", "de", "initially", "initialt"});
}

void AddMoments(Meanings& all) {
  using enum WordClass;
  AddAll(all, kMoment,
         {"morgon", "morgonen", "morgnar", "mornar",    "morgnarna", "morning",     "mornings",
          "mane",   "fm",       "f.m",     "morg",      "morgontid", "am",          "qam",
          "q.a.m",  "a.m",      "frukost", "frukosten", "breakfast", "uppvaknandet"},
         1);
  AddAll(all, kMoment, {"förmiddag", "förmiddagen"}, 2);
  AddAll(all, kMoment, {"lunch", "middagstid", "noon", "midday", "lunchtid"}, 3);
  // Dinner, or noon: in either case a moment of its own.
  AddAll(all, kMoment, {"middag", "middagen"}, 3.5);
  AddAll(all, kMoment, {"eftermiddag", "eftermiddagen", "em", "e.m", "afternoon"}, 4);
  AddAll(all, kMoment,
         {"kväll", "kvällen", "kvällstid", "kv", "kvällar", "kvällarna", "evening", "evenings",
          "kvällsmat", "kvällsmål", "dinner", "supper", "pm", "qpm", "q.p.m", "p.m"},
         5);
  AddAll(all, kMoment,
         {"natt",    "natten", "nattetid",   "bed",         "nätter",   "night",   "nights",
          "nightly", "nocte",  "sänggående", "sänggåendet", "läggdags", "bedtime", "nattning",
          "tn",      "t.n",    "hs",         "qhs",         "h.s",      "q.h.s"},
         6);
  AddAll(all, kWeekday, {"mån", "måndag", "måndagar", "monday", "mondays", "mon", "må"}, 0);
  AddAll(all, kWeekday, {"tis", "tisdag", "tisdagar", "tuesday", "tuesdays", "tue", "tues", "ti"},
         1);
  AddAll(all, kWeekday, {"ons", "onsdag", "onsdagar", "wednesday", "wednesdays", "wed", "weds"}, 2);
  AddAll(all, kWeekday,
         {"tors", "torsdag", "torsdagar", "thursday", "thursdays", "thu", "thurs", "thur"}, 3);
  AddAll(all, kWeekday, {"fre", "fredag", "fredagar", "friday", "fridays", "fri"}, 4);
  AddAll(all, kWeekday, {"lör", "lördag", "lördagar", "saturday", "saturdays", "sat"}, 5);
  AddAll(all, kWeekday, {"sön", "söndag", "söndagar", "sunday", "sundays", "sun"}, 6);
}

void AddOtherWords(Meanings& all) {
  using enum WordClass;
  AddAll(all, kMost, {"max", "maximalt", "maximum", "högst", "maxdos"});
  AddAll(all, kAsNeeded, {"vb", "v.b", "prn", "p.r.n"});
  AddAll(all, kOn, {"vid", "when", "if", "as", "v"});
  AddAll(all, kNeed, {"behov", "required", "needed", "necessary", "b"});
  AddAll(all, kAgainst,
         {"mot", "för", "for", "against", "indications", "indication", "indikation"});
  AddAll(all, kTitration,
         {"ökas",         "öka",         "ökning",     "höjs",        "höjes",   "höj",
          "höja",         "titreras",    "titrera",    "trappas",     "trappa",  "upptrappning",
          "nedtrappning", "uttrappning", "sänks",      "sänk",        "sänka",   "minskas",
          "minska",       "increase",    "increasing", "increased",   "titrate", "taper",
          "reduce",       "decrease",    "dosökning",  "upptitrering"});
  AddAll(all, kRefers, {"enl",        "enligt",          "schema",          "schemat",
                        "ordination", "directed",        "prescribed",      "se",
                        "see",        "protocol",        "protokoll",       "according",
                        "instructed", "läkemedelslista", "doslista",        "överenskommelse",
                        "anvisning",  "dosschema",       "ordinationskort", "advised",
                        "pk"});
  AddAll(all, kStop,
         {"utsätts", "utsättes", "sluta", "stop", "avsluta", "avslutas", "inte", "ej", "nej", "not",
          "discontinue", "pausas", "pausa", "pause", "makuleras", "upphör", "cease", "stoppa",
          "stoppas"});
  AddAll(all, kStop,
         {"utsatt", "avslutad", "discontinued", "stopped", "pausad", "paused", "makulerad",
          "upphört", "cancelled", "canceled", "ceased", "vilande"},
         kEnded);
  AddAll(all, kTotal,
         {"totalt", "total", "sammanlagt", "dvs", "d.v.s", "summa", "dygnsdos", "dagsdos",
          "totaldos", "veckodos"});
  AddAll(all, kThen,
         {"därefter", "sedan", "then", "sen", "followed", "thereafter", "följt", "efter", "→"});
  AddAll(all, kPause,
         {"uppehåll", "paus", "vila", "rest", "off", "behandlingsfri", "behandlingsfria", "break"});
  AddAll(all, kCycle,
         {"cykel", "cycle", "dagarscykel", "dagarscykler", "dagars", "cykler", "veckorscykel",
          "kur", "veckors"});
  AddAll(all, kDivided, {"fördelat", "uppdelat", "delat", "divided", "div"});
  AddAll(all, kOf, {"av", "of"});
  AddAll(all, kSingle,
         {"engångsdos", "stat", "omedelbart", "omgående", "genast", "now", "immediately", "bolus",
          "laddningsdos", "engångsbehandling", "startdos", "single"});
  AddAll(all, kOr, {"till", "eller", "to", "or"});
  AddAll(all, kFiller, {"ta",          "tag",         "tages",      "tas",          "take",
                        "taken",       "intas",       "intages",    "intag",        "ges",
                        "give",        "given",       "och",        "and",          "samt",
                        "på",          "i",           "the",        "in",           "by",
                        "mouth",       "oralt",       "peroralt",   "po",           "p.o",
                        "iv",          "i.v",         "sc",         "s.c",          "im",
                        "i.m",         "intravenöst", "subkutant",  "oral",         "orally",
                        "med",         "with",        "mat",        "food",         "vatten",
                        "water",       "före",        "before",     "after",        "måltid",
                        "måltiden",    "maten",       "samband",    "dock",         "but",
                        "fastande",    "måltider",    "meals",      "meal",         "tillsammans",
                        "ett",         "dygnet",      "timmars",    "infusion",     "som",
                        "byts",        "appliceras",  "apply",      "injiceras",    "inject",
                        "dos",         "dose",        "under",      "doser",        "tunt",
                        "lager",       "smörjes",     "behandling", "treatment",    "för",
                        "tills",       "vidare",      "tablet",     "on",           "au",
                        "sväljes",     "sväljs",      "svälj",      "swallow",      "glas",
                        "alltid",      "alla",        "dagen",      "dygn",         "patient",
                        "is",          "be",          "used",       "use",          "using",
                        "à",           "dagens",      "samma",      "tid",          "underhållsdos",
                        "maintenance", "loading",     "från",       "from",         "inhaleras",
                        "inhale",      "over",        "antal",      "kontinuerlig", "kontinuerligt",
                        "continuous",  "dosering",    "tillsvidare"});
  // Where it is put, what it looks like and when it is bought: nothing of how much.
  AddAll(all, kFiller,
         {"sig",
          "os",
          "per os",
          "pr",
          "subcut",
          "subq",
          "subcutaneously",
          "skin",
          "into",
          "onto",
          "lungs",
          "place",
          "intravenously",
          "sublingual",
          "sublingually",
          "sublingualt",
          "transdermally",
          "intramuscularly",
          "inför",
          "o",
          "et",
          "do",
          "får",
          "föda",
          "fastande",
          "mage",
          "without",
          "utan",
          "stående",
          "regelbundet",
          "förebyggande",
          "tv",
          "t.v",
          "t.o.m",
          "fr.o.m",
          "ny",
          "obs",
          "oförändrat",
          "oförändrad",
          "ivpb",
          "push",
          "endast",
          "bara",
          "only",
          "löses",
          "dissolve",
          "dissolved",
          "runt",
          "då",
          "scheduled",
          "sch",
          "ac",
          "an",
          "empty",
          "stomach",
          "tidigt",
          "sent",
          "direkt",
          "pc",
          "cc",
          "fortsätt",
          "continue",
          "sond",
          "krossas"});
  AddAll(all, kForm, {"hel",    "hela",     "hård",  "mjuk",    "whole",   "filmdragerad", "film",
                      "coated", "er",       "xl",    "xr",      "sr",      "cr",           "mr",
                      "ec",     "extended", "depot", "release", "delayed", "chewable"});
}

const Meanings& AllMeanings() {
  static const Meanings meanings = [] {
    Meanings all;
    AddFrequencyWords(all);
    AddMoments(all);
    AddOtherWords(all);
    return all;
  }();
  return meanings;
}

}  // namespace

WordMeaning MeaningOf(std::string_view word) {
  const auto found = AllMeanings().find(word);
  return found == AllMeanings().end() ? WordMeaning{} : found->second;
}

std::optional<double> NumberWord(std::string_view word) {
  static const std::unordered_map<std::string_view, double> numbers{
      {"en", 1},         {"ett", 1},     {"one", 1},     {"två", 2},      {"two", 2},
      {"tre", 3},        {"three", 3},   {"fyra", 4},    {"four", 4},     {"fem", 5},
      {"five", 5},       {"sex", 6},     {"six", 6},     {"sju", 7},      {"seven", 7},
      {"åtta", 8},       {"eight", 8},   {"nio", 9},     {"nine", 9},     {"tio", 10},
      {"ten", 10},       {"halv", 0.5},  {"halva", 0.5}, {"half", 0.5},   {"tolv", 12},
      {"twelve", 12},    {"elva", 11},   {"eleven", 11}, {"fjorton", 14}, {"fourteen", 14},
      {"tjugofyra", 24}, {"twenty", 20}, {"thirty", 30}};
  const auto found = numbers.find(word);
  if (found == numbers.end()) return std::nullopt;
  return found->second;
}

std::optional<double> OrdinalWord(std::string_view word) {
  static const std::unordered_map<std::string_view, double> numbers{
      {"andra", 2},   {"second", 2},   {"tredje", 3},    {"third", 3},  {"fjärde", 4},
      {"fourth", 4},  {"femte", 5},    {"fifth", 5},     {"sjätte", 6}, {"sixth", 6},
      {"sjunde", 7},  {"seventh", 7},  {"åttonde", 8},   {"eighth", 8}, {"tionde", 10},
      {"tolfte", 12}, {"twelfth", 12}, {"fjortonde", 14}};
  const auto found = numbers.find(word);
  if (found == numbers.end()) return std::nullopt;
  return found->second;
}

}  // namespace genflik::mapping
