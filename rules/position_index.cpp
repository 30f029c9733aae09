#include <algorithm>
#include <optional>
#include <utility>

#include "rules/variant_call.h"

namespace genflik::rules {

namespace {

bool IsSymbolic(std::string_view alt) { return alt.empty() || alt.front() == '<'; }

/// "<*>", "<NON_REF>" and "<X>" stand for bases that nobody saw.
bool IsUnseen(std::string_view alt) {
  return alt == "<*>" || alt == "<NON_REF>" || alt == "<X>" || alt == ".";
}

/// The part of the reference that an alternative changes, 0-based half-open in the record's REF; an
/// insertion changes the empty part behind its anchor.
struct Change {
  int64_t first = 0;
  int64_t last = 0;
};

Change ChangeOf(std::string_view ref, std::string_view alt) {
  size_t front = 0;
  const size_t shorter = std::min(ref.size(), alt.size());
  while (front < shorter && ref[front] == alt[front]) ++front;
  size_t back = 0;
  while (back < shorter - front && ref[ref.size() - 1 - back] == alt[alt.size() - 1 - back]) ++back;
  return {static_cast<int64_t>(front), static_cast<int64_t>(ref.size() - back)};
}

/// Maps the alleles of one record to those of one defined position.
class SiteMapper {
 public:
  SiteMapper(const DefinedPosition& defined, const VariantRecord& record)
      : defined_(defined), record_(record), offset_(record.position - defined.position) {}

  /// The definition's alternative that `alt` means in another spelling; 0 when there is none.
  BaseLabel OtherSpellingOf(std::string_view alt) const {
    if (!defined_.HasIndel() || IsUnseen(alt) || alt == "*" || IsSymbolic(alt)) return 0;
    if (offset_ == 0 && record_.ref == defined_.ref) return 0;
    if (!SameReference()) return 0;
    return std::max<BaseLabel>(Equivalent(alt), 0);
  }

  /// Nothing when the record does not speak of the position.
  std::optional<SiteMapping> Run() {
    if (IsReferenceRecord()) return Reference();
    if (offset_ == 0 && record_.ref == defined_.ref) return SameSpelling();
    return defined_.HasIndel() ? OtherIndel() : Overlapping();
  }

 private:
  int64_t DefinedEnd() const {
    return defined_.position + static_cast<int64_t>(defined_.ref.size()) - 1;
  }

  bool IsReferenceRecord() const {
    return std::all_of(record_.alts.begin(), record_.alts.end(), IsUnseen);
  }

  std::optional<SiteMapping> Mismatch() const {
    SiteMapping mapping;
    mapping.problem = SiteProblem::kReferenceMismatch;
    return mapping;
  }

  /// Whether the bases of the record and those known of the definition agree where they overlap.
  bool SameReference() const {
    const std::string& known = defined_.Known();
    for (size_t i = 0; i < record_.ref.size(); ++i) {
      const int64_t at = offset_ + static_cast<int64_t>(i);
      if (at < 0 || at >= static_cast<int64_t>(known.size())) continue;
      if (known[static_cast<size_t>(at)] != record_.ref[i]) return false;
    }
    return true;
  }

  std::optional<SiteMapping> Reference() {
    if (record_.position > defined_.position) return std::nullopt;
    if (!SameReference()) return Mismatch();
    // One base of a deletion that was looked for says nothing about the rest.
    if (record_.end < DefinedEnd()) return offset_ == 0 ? Mismatch() : std::nullopt;
    SiteMapping mapping;
    mapping.labels.assign(record_.alts.size() + 1, kMissingBase);
    mapping.labels.front() = kReferenceBase;
    return mapping;
  }

  BaseLabel LabelOf(SiteMapping& mapping, std::string_view bases) const {
    if (bases == defined_.ref) return kReferenceBase;
    for (size_t i = 0; i < defined_.alts.size(); ++i) {
      if (defined_.alts[i] == bases) return static_cast<BaseLabel>(i + 1);
    }
    mapping.others.emplace_back(bases);
    return static_cast<BaseLabel>(kFirstOtherBase + static_cast<int>(mapping.others.size()) - 1);
  }

  std::optional<SiteMapping> SameSpelling() {
    SiteMapping mapping;
    mapping.labels.push_back(kReferenceBase);
    for (const std::string_view alt : record_.alts) {
      if (IsUnseen(alt)) {
        mapping.labels.push_back(kMissingBase);
      } else if (alt == "*" || IsSymbolic(alt)) {
        mapping.labels.push_back(kDeletedBase);
      } else {
        mapping.labels.push_back(EquivalentOr(mapping, alt));
      }
    }
    return mapping;
  }

  BaseLabel EquivalentOr(SiteMapping& mapping, std::string_view alt) const {
    if (defined_.HasIndel()) {
      const BaseLabel label = Equivalent(alt);
      if (label > 0) return label;
    }
    return LabelOf(mapping, alt);
  }

  /// A substitution that lies within a longer record.
  std::optional<SiteMapping> Overlapping() {
    const int64_t at = -offset_;
    const auto length = static_cast<int64_t>(defined_.ref.size());
    if (!SameReference()) {
      return at == 0 || Covers(at, length) ? Mismatch() : std::nullopt;
    }
    SiteMapping mapping;
    mapping.labels.push_back(kReferenceBase);
    bool speaks = false;
    for (const std::string_view alt : record_.alts) {
      const BaseLabel label = OverlapLabel(mapping, alt, at, length, speaks);
      mapping.labels.push_back(label);
    }
    if (!speaks) return std::nullopt;
    // Part of a longer substitution cannot be compared with the whole.
    if (!Covers(at, length)) return Mismatch();
    return mapping;
  }

  bool Covers(int64_t at, int64_t length) const {
    return at >= 0 && at + length <= static_cast<int64_t>(record_.ref.size());
  }

  BaseLabel OverlapLabel(SiteMapping& mapping, std::string_view alt, int64_t at, int64_t length,
                         bool& speaks) const {
    if (IsUnseen(alt)) return kMissingBase;
    if (alt == "*" || IsSymbolic(alt)) {
      // A spanning deletion that is named at its own start says nothing about its anchor.
      if (at > 0) speaks = true;
      return at > 0 ? kDeletedBase : kReferenceBase;
    }
    const Change change = ChangeOf(record_.ref, alt);
    if (change.last <= at || change.first >= at + length) return kReferenceBase;
    speaks = true;
    if (alt.size() == record_.ref.size() && Covers(at, length)) {
      return LabelOf(mapping, alt.substr(static_cast<size_t>(at), static_cast<size_t>(length)));
    }
    return kDeletedBase;
  }

  /// An indel, or something near it, that is spelled in another way.
  std::optional<SiteMapping> OtherIndel() {
    if (!SameReference()) return offset_ == 0 ? Mismatch() : std::nullopt;
    SiteMapping mapping;
    mapping.labels.push_back(kReferenceBase);
    bool speaks = false;
    for (const std::string_view alt : record_.alts) {
      const BaseLabel label = IndelLabel(mapping, alt);
      speaks = speaks || (label != kReferenceBase && label != kMissingBase);
      mapping.labels.push_back(label);
    }
    if (speaks) return mapping;
    return offset_ == 0 ? Mismatch() : std::nullopt;
  }

  BaseLabel IndelLabel(SiteMapping& mapping, std::string_view alt) const {
    if (IsUnseen(alt)) return kMissingBase;
    const bool inside = record_.position < DefinedEnd() + 1 && record_.end >= defined_.position;
    if (alt == "*" || IsSymbolic(alt)) return inside && offset_ < 0 ? kDeletedBase : kReferenceBase;
    const BaseLabel label = Equivalent(alt);
    if (label >= 0) return label;
    // A substitution within the bases of an indel is a variant of its own.
    if (alt.size() == record_.ref.size()) return kReferenceBase;
    Change change = ChangeOf(record_.ref, alt);
    change.first += offset_;
    change.last += offset_;
    const auto length = static_cast<int64_t>(defined_.ref.size());
    const bool at_anchor = change.first == change.last && change.first == 1;
    const bool hits = std::max<int64_t>(change.first, 1) < std::min(change.last, length);
    if (!at_anchor && !hits) return kReferenceBase;
    mapping.others.emplace_back(alt);
    return static_cast<BaseLabel>(kFirstOtherBase + static_cast<int>(mapping.others.size()) - 1);
  }

  /// The label whose sequence is the same as that of `alt`, however the two are aligned; -1 when
  /// there is none. Both are written out over all bases that are known, and compared.
  BaseLabel Equivalent(std::string_view alt) const {
    const std::string& known = defined_.Known();
    const int64_t first = std::min<int64_t>(offset_, 0);
    const int64_t record_end = offset_ + static_cast<int64_t>(record_.ref.size());
    const int64_t last = std::max<int64_t>(record_end, static_cast<int64_t>(known.size()));
    // A gap between the two means that bases in between are not known.
    if (offset_ > static_cast<int64_t>(known.size()) || record_end < 0) return kMissingBase;
    const auto base_at = [&](int64_t at) {
      if (at >= 0 && at < static_cast<int64_t>(known.size())) return known[static_cast<size_t>(at)];
      return record_.ref[static_cast<size_t>(at - offset_)];
    };
    std::string reference;
    for (int64_t at = first; at < last; ++at) reference += base_at(at);
    const auto spelled = [&](int64_t at, size_t length, std::string_view bases) {
      std::string text = reference;
      text.replace(static_cast<size_t>(at - first), length, bases);
      return text;
    };
    const std::string wanted = spelled(offset_, record_.ref.size(), alt);
    if (wanted == reference) return kReferenceBase;
    for (size_t i = 0; i < defined_.alts.size(); ++i) {
      if (spelled(0, defined_.ref.size(), defined_.alts[i]) == wanted) {
        return static_cast<BaseLabel>(i + 1);
      }
    }
    return kMissingBase;
  }

  const DefinedPosition& defined_;
  const VariantRecord& record_;
  /// First base of the record, counted from the defined position.
  int64_t offset_;
};

}  // namespace

PositionIndex::PositionIndex(std::shared_ptr<const AlleleDefinitions> definitions)
    : definitions_(std::move(definitions)) {
  const auto& genes = definitions_->genes();
  for (size_t g = 0; g < genes.size(); ++g) {
    int chromosome = ChromosomeOf(genes[g].chromosome);
    if (chromosome < 0) {
      chromosome = static_cast<int>(chromosomes_.size());
      chromosomes_.push_back({genes[g].chromosome, {}});
    }
    auto& entries = chromosomes_[static_cast<size_t>(chromosome)].entries;
    for (size_t p = 0; p < genes[g].positions.size(); ++p) {
      const DefinedPosition& defined = genes[g].positions[p];
      const auto length = static_cast<int64_t>(defined.Known().size());
      longest_ = std::max(longest_, length);
      entries.push_back({defined.position, defined.position + length - 1, static_cast<uint16_t>(g),
                         static_cast<uint16_t>(p)});
    }
  }
  for (Chromosome& chromosome : chromosomes_) {
    std::sort(chromosome.entries.begin(), chromosome.entries.end(),
              [](const Entry& a, const Entry& b) { return a.first < b.first; });
  }
}

int PositionIndex::ChromosomeOf(std::string_view name) const {
  const auto bare = [](std::string_view text) {
    if (text.substr(0, 3) == "chr") text.remove_prefix(3);
    return text == "MT" ? std::string_view("M") : text;
  };
  const std::string_view wanted = bare(name);
  for (size_t i = 0; i < chromosomes_.size(); ++i) {
    if (bare(chromosomes_[i].name) == wanted) return static_cast<int>(i);
  }
  return -1;
}

bool PositionIndex::Touches(int chromosome, int64_t first, int64_t last) const {
  if (chromosome < 0) return false;
  const auto& entries = chromosomes_[static_cast<size_t>(chromosome)].entries;
  auto entry = std::lower_bound(entries.begin(), entries.end(), first - longest_,
                                [](const Entry& e, int64_t value) { return e.first < value; });
  for (; entry != entries.end() && entry->first <= last; ++entry) {
    if (entry->last >= first) return true;
  }
  return false;
}

std::vector<SiteMapping> PositionIndex::MapAsSpelled(int chromosome,
                                                     const VariantRecord& record) const {
  std::vector<SiteMapping> mappings;
  ForEachEntry(chromosome, record, [&](const Entry& entry) {
    const GeneDefinition& gene = definitions_->genes()[entry.gene];
    auto mapping = SiteMapper(gene.positions[entry.position], record).Run();
    if (!mapping) return;
    mapping->gene = entry.gene;
    mapping->position = entry.position;
    mappings.push_back(std::move(*mapping));
  });
  return mappings;
}

template <typename Visit>
void PositionIndex::ForEachEntry(int chromosome, const VariantRecord& record,
                                 const Visit& visit) const {
  if (chromosome < 0) return;
  const auto& entries = chromosomes_[static_cast<size_t>(chromosome)].entries;
  auto entry = std::lower_bound(entries.begin(), entries.end(), record.position - longest_,
                                [](const Entry& e, int64_t value) { return e.first < value; });
  for (; entry != entries.end() && entry->first <= record.end; ++entry) {
    if (entry->last >= record.position) visit(*entry);
  }
}

std::optional<VariantRecord> PositionIndex::Respelled(int chromosome, const VariantRecord& record,
                                                      size_t alt) const {
  std::optional<VariantRecord> respelled;
  // A substitution is never another spelling of an indel.
  if (record.alts[alt].size() == record.ref.size()) return respelled;
  ForEachEntry(chromosome, record, [&](const Entry& entry) {
    const DefinedPosition& defined = definitions_->genes()[entry.gene].positions[entry.position];
    const BaseLabel label = SiteMapper(defined, record).OtherSpellingOf(record.alts[alt]);
    if (label == 0 || respelled) return;
    respelled = VariantRecord{record.chromosome,
                              defined.position,
                              defined.position + static_cast<int64_t>(defined.ref.size()) - 1,
                              defined.ref,
                              {defined.alts[static_cast<size_t>(label) - 1]}};
  });
  return respelled;
}

std::vector<SiteMapping> PositionIndex::Map(int chromosome, const VariantRecord& record) const {
  const auto substitutes = [&record](std::string_view alt) {
    return alt.size() == record.ref.size();
  };
  if (std::all_of(record.alts.begin(), record.alts.end(), substitutes)) {
    return MapAsSpelled(chromosome, record);
  }
  bool same = true;
  std::vector<VariantRecord> parts;
  for (size_t i = 0; i < record.alts.size(); ++i) {
    auto respelled = Respelled(chromosome, record, i);
    same = same && !respelled;
    if (!respelled) respelled = record;
    if (respelled->alts.size() != 1) respelled->alts = {record.alts[i]};
    parts.push_back(std::move(*respelled));
  }
  if (same) return MapAsSpelled(chromosome, record);
  // An indel placed elsewhere in its repeat deletes other bases than its usual spelling, and the
  // sequence is the same: all positions are read from the usual one, each alternative by itself.
  std::vector<SiteMapping> joined;
  for (size_t i = 0; i < parts.size(); ++i) {
    for (SiteMapping& mapping : MapAsSpelled(chromosome, parts[i])) {
      AddPart(mapping, i + 1, record.alts.size() + 1, joined);
    }
  }
  return joined;
}

void PositionIndex::AddPart(const SiteMapping& part, size_t allele, size_t alleles,
                            std::vector<SiteMapping>& joined) {
  if (part.problem != SiteProblem::kNone) return;
  auto whole = std::find_if(joined.begin(), joined.end(), [&part](const SiteMapping& mapping) {
    return mapping.gene == part.gene && mapping.position == part.position;
  });
  if (whole == joined.end()) {
    joined.push_back({part.gene, part.position, std::vector<BaseLabel>(alleles, kReferenceBase)});
    whole = joined.end() - 1;
  }
  BaseLabel label = part.labels[1];
  if (label >= kFirstOtherBase) {
    whole->others.push_back(part.others[static_cast<size_t>(label - kFirstOtherBase)]);
    label = static_cast<BaseLabel>(kFirstOtherBase + static_cast<int>(whole->others.size()) - 1);
  }
  whole->labels[allele] = label;
}

std::vector<GenomeRegion> PositionIndex::Regions() const {
  // Seeking costs about as much as reading this many bases of a genome's records.
  constexpr int64_t kJoin = 20000;
  std::vector<GenomeRegion> regions;
  for (const Chromosome& chromosome : chromosomes_) {
    bool open = false;
    for (const Entry& entry : chromosome.entries) {
      if (open && entry.first <= regions.back().last + kJoin) {
        regions.back().last = std::max(regions.back().last, entry.last);
        continue;
      }
      regions.push_back({chromosome.name, entry.first, entry.last});
      open = true;
    }
  }
  return regions;
}

}  // namespace genflik::rules
