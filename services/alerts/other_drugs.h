#pragma once

#include <array>
#include <string_view>

namespace genflik::alerts {

/// A drug that guidelines name as an alternative and about which there is no rule of its own.
struct OtherDrug {
  /// As the rules name it.
  std::string_view name;
  std::string_view swedish;
  std::string_view atc;
};

/// ATC codes: WHO Collaborating Centre, https://www.whocc.no/atc_ddd_index/
inline constexpr std::array kOtherDrugs{
    OtherDrug{"amiodarone", "amiodaron", "C01BD01"},
    OtherDrug{"amphotericin b", "amfotericin B", "J02AA01"},
    OtherDrug{"anastrozole", "anastrozol", "L02BG03"},
    OtherDrug{"aspirin/dipyridamole", "acetylsalicylsyra och dipyridamol", "B01AC30"},
    OtherDrug{"clonidine", "klonidin", "C02AC01"},
    OtherDrug{"clozapine", "klozapin", "N05AH02"},
    OtherDrug{"disopyramide", "disopyramid", "C01BA03"},
    OtherDrug{"duloxetine", "duloxetin", "N06AX21"},
    OtherDrug{"exemestane", "exemestan", "L02BG06"},
    OtherDrug{"febuxostat", "febuxostat", "M04AA03"},
    OtherDrug{"fluoxetine", "fluoxetin", "N06AB03"},
    OtherDrug{"flupentixol", "flupentixol", "N05AF01"},
    OtherDrug{"granisetron", "granisetron", "A04AA02"},
    OtherDrug{"isavuconazole", "isavukonazol", "J02AC05"},
    OtherDrug{"ketorolac", "ketorolak", "M01AB15"},
    OtherDrug{"letrozole", "letrozol", "L02BG04"},
    OtherDrug{"morphine", "morfin", "N02AA01"},
    OtherDrug{"naproxen", "naproxen", "M01AE02"},
    OtherDrug{"olanzapine", "olanzapin", "N05AH03"},
    OtherDrug{"oxycodone", "oxikodon", "N02AA05"},
    OtherDrug{"penfluridol", "penfluridol", "N05AG03"},
    OtherDrug{"posaconazole", "posakonazol", "J02AC04"},
    OtherDrug{"prasugrel", "prasugrel", "B01AC22"},
    OtherDrug{"quinidine", "kinidin", "C01BA01"},
    OtherDrug{"sotalol", "sotalol", "C07AA07"},
    OtherDrug{"sulindac", "sulindak", "M01AB02"},
    OtherDrug{"ticagrelor", "tikagrelor", "B01AC24"}};

}  // namespace genflik::alerts
