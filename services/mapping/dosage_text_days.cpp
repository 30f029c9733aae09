#include <algorithm>
#include <array>
#include <iterator>
#include <set>
#include <string_view>

#include "services/mapping/dosage_text_reader.h"

// Days and dates in a dosage text: which doses are of which days, and where one step ends.

namespace genflik::mapping {

void TextReader::BeginTime(bool told) {
  if (!reading_.HasAmount()) {
    time_first_ = reading_.clauses.size() < 2;
    return;
  }
  // "Morgon 1 tablett, kväll 2 tabletter"
  if (!time_first_ || !told || !Clause().low) return;
  stepped_ = stepped_ || length_after_;
  reading_.clauses.emplace_back();
}

void TextReader::SetEvery(double days) {
  const TextClause& clause = Clause();
  if (clause.often_low) {
    // "1 tablett dagligen (veckovis)"
    if (*clause.often_low >= 1 && days >= 7) reading_.unclear = true;
    // "2 gånger dagligen, per timme"
    if (days < 1 && clause.often_high * days < 1 - 1e-9) reading_.unclear = true;
    return;
  }
  SetOften({1 / days, 1 / days});
}

void TextReader::ReadEveryOther() {
  // "varannan morgon" is one of two days, "varannan fredag" one of two weeks
  const bool weekday = Class(1) == WordClass::kWeekday;
  const double unit = weekday ? 7 : Class(1) == WordClass::kMoment ? 1 : TimeUnit(1);
  BeginTime(Clause().often_low.has_value());
  // "varannan måndag, varannan torsdag"
  if (unit == 0 || (weekday && Clause().often_low)) {
    reading_.unclear = true;
  } else {
    SetOften({0.5 / unit, 0.5 / unit});
  }
  at_ += weekday || TimeUnit(1) > 0 ? 2 : 1;
}

void TextReader::ReadRestOfDays() {
  ++at_;
  if (Clause().week_days > 0) {
    rest_follows_ = true;
  } else {
    SetRestOfDays();
  }
}

void TextReader::SetRestOfDays() {
  std::set<double> rest{0, 1, 2, 3, 4, 5, 6};
  const size_t clauses = reading_.clauses.size();
  for (size_t i = 0; i + 1 < clauses; ++i) {
    if (reading_.clauses[i].days_away || reading_.clauses[i].week_days == 0)
      reading_.unclear = true;
    if (i >= week_days_.size()) continue;
    for (const double day : week_days_[i]) rest.erase(day);
  }
  if (rest.size() == 7 || rest.empty()) reading_.unclear = true;
  Seen(week_days_) = rest;
  Clause().week_days = rest.size();
}

void TextReader::SetExceptions() {
  if (reading_.clauses.size() != 2) {
    reading_.unclear = reading_.unclear || except_at_.has_value();
    return;
  }
  TextClause& usual = reading_.clauses[0];
  TextClause& other = reading_.clauses[1];
  const bool plain = usual.low && other.low && usual.often_low && !usual.as_needed &&
                     !other.as_needed && other.moments == 0;
  if (except_at_) {
    // "5 mg daily except 7.5 mg on Mondays"
    const bool days = other.week_days > 0 && other.week_days < 7 && usual.week_days == 0;
    if (!plain || !days || other.often_low || *except_at_ != 1 || week_days_.size() < 2) {
      reading_.unclear = true;
      return;
    }
    usual.days_away = true;
    usual.week_days = 7 - other.week_days;
    week_days_[0] = week_days_[1];
  } else if (plain && usual.days_away && !Timed(other)) {
    // "2 tabletter dagligen utom onsdagar 1,5 tablett"
    const std::set<double> away = week_days_[0];
    week_days_.resize(2);
    week_days_[1] = away;
    other.week_days = away.size();
  } else {
    return;
  }
  // "dagligen utom söndag, 30 st": what is handed out.
  constexpr double kMostTimesMore = 5;
  if (other.high > usual.high * kMostTimesMore) reading_.unclear = true;
  other.often_low = usual.often_low;
  other.often_high = usual.often_high;
}

bool TextReader::PartsMayDeny() const {
  // "morgon 1, kväll 2 varannan dag": both of them, or the last.
  const TextClause* last = reading_.clauses.empty() ? nullptr : &reading_.clauses.back();
  const auto timed_alike = [&](const TextClause& one) {
    const bool moments = one.moments > 0 && last->moments > 0;
    return !one.often_low && one.low && (moments || (one.week_days > 0 && last->week_days > 0));
  };
  // "2 ggr dagl: mån-tors 1 tabl, fre-sön 2 tabl"
  if (often_first_ && last != nullptr && !last->often_low) return true;
  if (last != nullptr && last->often_low && *last->often_low != 1 &&
      std::any_of(reading_.clauses.begin(), reading_.clauses.end(), timed_alike))
    return true;
  // "Måndag 5, övriga dagar 2,5 mg": of the unit of the last, or pieces.
  const auto has_unit = [](const TextClause& one) {
    return one.low && one.unit && one.unit->kind != UnitKind::kPiece;
  };
  const auto bare = [](const TextClause& one) { return one.low && !one.unit; };
  if (std::any_of(reading_.clauses.begin(), reading_.clauses.end(), has_unit) &&
      std::any_of(reading_.clauses.begin(), reading_.clauses.end(), bare))
    return true;
  size_t waiting = 0;
  double share = 0;
  double often = 0;
  for (const TextClause& clause : reading_.clauses) {
    if (clause.total || !clause.low) continue;
    if (clause.as_needed && Timed(clause)) ++waiting;
    if (!clause.often_low || clause.often_high >= 1 || clause.week_days > 0) continue;
    if (often > 0 && clause.often_high != often) return true;
    often = clause.often_high;
    share += often;
  }
  return waiting > 1 || (share > often && share > 1 + 1e-9) || DaysMayDeny();
}

bool TextReader::DaysMayDeny() const {
  std::vector<std::set<double>> days;
  for (size_t i = 0; i < reading_.clauses.size(); ++i) {
    const TextClause& clause = reading_.clauses[i];
    if (clause.total || clause.as_needed || !clause.low) continue;
    const bool some = clause.week_days > 0 && i < week_days_.size();
    const std::set<double> all{0, 1, 2, 3, 4, 5, 6};
    if (!some) {
      days.push_back(all);
      continue;
    }
    std::set<double> own;
    if (clause.days_away) {
      std::set_difference(all.begin(), all.end(), week_days_[i].begin(), week_days_[i].end(),
                          std::inserter(own, own.end()));
    } else {
      own = week_days_[i];
    }
    days.push_back(own);
  }
  for (size_t i = 0; i < days.size(); ++i) {
    for (size_t k = i + 1; k < days.size(); ++k) {
      const bool shared = std::any_of(days[i].begin(), days[i].end(),
                                      [&](double day) { return days[k].contains(day); });
      if (shared && days[i] != days[k]) return true;
    }
  }
  return false;
}

bool TextReader::IsBound() const {
  static constexpr std::array<std::string_view, 12> kBounds{
      "till",   "t.o.m", "tom",  "until", "to",    "through",
      "fr.o.m", "från",  "from", "since", "from:", "starting"};
  return at_ > 0 &&
         std::find(kBounds.begin(), kBounds.end(), tokens_[at_ - 1].word) != kBounds.end();
}

void TextReader::ReadDate() {
  if (IsBound()) {
    length_after_ = true;
  } else {
    reading_.unknown_words = true;
  }
  ++at_;
}

}  // namespace genflik::mapping
