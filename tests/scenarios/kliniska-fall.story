# Fall från kliniken: det som en klinisk farmakolog väntar sig, skrivet före programmets svar
#
# CPIC: DPYD (PMID 29152729), opioider (PMID 33387367), atomoxetin (PMID 30801677), NSAID (PMID 32189324), warfarin (PMID 28198005), takrolimus
# (PMID 25801146), statiner (PMID 35152405), tiopuriner (PMID 41618934), karbamazepin (PMID 29392710), klopidogrel (PMID 35034351), aminoglykosider
# (PMID 34032273), G6PD (PMID 36049896). DPWG: två DPYD-varianter med nedsatt funktion går inte att dosera efter genotyp ensam; eliglustat 84 mg och
# siponimod 1 mg per dygn; klopidogrel utom vid PCI, stroke och TIA utan åtgärd; kumariner från dag 6 efter INR.

# --- DPYD

Berättelse: två varianter med nedsatt funktion: enzymet mäts före första dosen
Givet svaret DPYD c.2846A>T/c.2846A>T
Givet födelsedatum 1960-05-05
När kapecitabin, 2000 mg 2 gånger dagligen
Så critical: Kapecitabin: DPYD intermediär metaboliserare – mät enzymaktiviteten före start

Berättelse: halva dosen räcker inte som svar på två varianter med nedsatt funktion
Givet svaret DPYD c.2846A>T/c.2846A>T
Givet födelsedatum 1960-05-05
När kapecitabin, 1000 mg 2 gånger dagligen
Så critical: Kapecitabin: DPYD intermediär metaboliserare – mät enzymaktiviteten före start

Berättelse: en variant utan funktion och en med nedsatt: ingen dos är säker
Givet svaret DPYD c.1905+1G>A/c.2846A>T
När kapecitabin, 1500 mg 2 gånger dagligen
Så critical: Kapecitabin: DPYD långsam metaboliserare – undvik

Berättelse: HapB3 hos en vuxen som redan fått halva dosen
Givet svaret DPYD c.1236G>A/Reference
Givet födelsedatum 1960-05-05
När kapecitabin, 1000 mg 2 gånger dagligen
Så inget kort

Berättelse: flucytosin utan DPD-aktivitet
Givet svaret DPYD c.1905+1G>A/c.1679T>G
När flucytosin, 2500 mg 4 gånger dagligen
Så critical: Flucytosin: DPYD långsam metaboliserare – undvik

Berättelse: en variant utan betydelse ger inget kort
Givet svaret DPYD c.496A>G/Reference
När kapecitabin, 1500 mg 2 gånger dagligen
Så inget kort

Berättelse: precis halva dosen per kvadratmeter
Givet svaret DPYD c.1905+1G>A/Reference
När kapecitabin, 625 mg/m2 2 gånger dagligen
Så inget kort

Berättelse: strax över halva dosen per kvadratmeter
Givet svaret DPYD c.1905+1G>A/Reference
När kapecitabin, 650 mg/m2 2 gånger dagligen
Så critical: Kapecitabin: DPYD intermediär metaboliserare – börja med 50 % av normal dos

Berättelse: ett äldre svar med variant väger tyngre än ett nyare utan
Givet svaret DPYD c.1905+1G>A/Reference den 2020-03-01
Givet svaret DPYD Reference/Reference den 2024-03-01
När kapecitabin, 1500 mg 2 gånger dagligen
Så critical: Kapecitabin: DPYD intermediär metaboliserare – börja med 50 % av normal dos

Berättelse: brivudin blockerar enzymet hos den som har normal genotyp
Givet svaret DPYD Reference/Reference
Givet läkemedlet brivudin, 125 mg 1 gånger dagligen sedan 2026-02-25
När kapecitabin, 1500 mg 2 gånger dagligen
Så critical: Kapecitabin: DPYD långsam metaboliserare på grund av brivudin – undvik

Berättelse: FOLFIRI: båda läkemedlen har ett eget råd
Givet svaret DPYD c.1905+1G>A/Reference
Givet svaret UGT1A1 *28/*28
När fluorouracil, 2400 mg/m2 1 gånger dagligen
Och irinotekan, 180 mg/m2 1 gånger dagligen
Så critical: Fluorouracil: DPYD intermediär metaboliserare – börja med 50 % av normal dos
Så critical: Irinotekan: UGT1A1 långsam metaboliserare – börja med 70 % av normal dos

# --- CYP2D6

Berättelse: okänt antal kopior av en fungerande allel
Givet svaret CYP2D6 *1/*2xN
När kodein, 30 mg 4 gånger dagligen
Så critical: Kodein: CYP2D6 ultrasnabb metaboliserare – undvik

Berättelse: tandem på båda kromosomerna är intermediär, och kodein kan prövas
Givet svaret CYP2D6 *36+*10/*36+*10
När kodein, 30 mg 4 gånger dagligen
Så inget kort

Berättelse: vilken allel som är kopierad är okänt: den farligare tolkningen varnar
Givet svaret CYP2D6 (*1/*4)xN
När kodein, 30 mg 4 gånger dagligen
Så critical: Kodein: CYP2D6 ultrasnabb metaboliserare – undvik

Berättelse: poäng 2,5 är ultrasnabb
Givet svaret CYP2D6 *1x2/*17
När kodein, 30 mg 4 gånger dagligen
Så critical: Kodein: CYP2D6 ultrasnabb metaboliserare – undvik

Berättelse: poäng 2,25 är normal
Givet svaret CYP2D6 *1x2/*41
När kodein, 30 mg 4 gånger dagligen
Så inget kort

Berättelse: terbinafin på huden bromsar inget enzym
Givet svaret CYP2D6 *1/*1
Givet läkemedlet terbinafin kräm
När kodein, 30 mg 4 gånger dagligen
Så inget kort

Berättelse: duloxetin halverar aktiviteten och rör tamoxifen
Givet svaret CYP2D6 *1/*1
Givet läkemedlet duloxetin, 60 mg 1 gånger dagligen sedan 2025-02-10
När tamoxifen, 20 mg 1 gånger dagligen
Så warning: Tamoxifen: CYP2D6 intermediär metaboliserare på grund av duloxetin – välj annat läkemedel, t.ex. anastrozol eller letrozol

Berättelse: atomoxetin till ett barn, över startdosen för vikten
Givet svaret CYP2D6 *10/*41
Givet födelsedatum 2014-05-01
Givet vikten 36 kg
När atomoxetin, 25 mg 1 gånger dagligen
Så warning: Atomoxetin: CYP2D6 intermediär metaboliserare – börja med högst 18 mg per dygn; ordinerat 25 mg

Berättelse: atomoxetin till ett barn, precis startdosen för vikten
Givet svaret CYP2D6 *4/*4
Givet födelsedatum 2014-05-01
Givet vikten 36 kg
När atomoxetin, 18 mg 1 gånger dagligen
Så info: Atomoxetin: CYP2D6 långsam metaboliserare – börja med högst 18 mg per dygn, höj försiktigt

Berättelse: aripiprazol över gränsen
Givet svaret CYP2D6 *4/*4
När aripiprazol, 15 mg 1 gånger dagligen
Så warning: Aripiprazol: CYP2D6 långsam metaboliserare – högst 10 mg per dygn; ordinerat 15 mg

Berättelse: aripiprazol precis på gränsen
Givet svaret CYP2D6 *4/*4
När aripiprazol, 10 mg 1 gånger dagligen
Så inget kort

Berättelse: aripiprazol över gränsen på grund av fluoxetin
Givet svaret CYP2D6 *1/*1
Givet läkemedlet fluoxetin, 20 mg 1 gånger dagligen sedan 2025-01-01
När aripiprazol, 15 mg 1 gånger dagligen
Så warning: Aripiprazol: CYP2D6 långsam metaboliserare på grund av fluoxetin – högst 10 mg per dygn; ordinerat 15 mg

Berättelse: kvetiapin och CYP3A4
Givet svaret CYP3A4 *20/*20
När kvetiapin, 300 mg 1 gånger dagligen
Så warning: Kvetiapin: CYP3A4 långsam metaboliserare – välj annat läkemedel, t.ex. aripiprazol eller olanzapin

Berättelse: paroxetin till den som redan tar metoprolol
Givet svaret CYP2D6 *1/*1
Givet läkemedlet metoprolol, 100 mg 1 gånger dagligen sedan 2022-01-01
När paroxetin, 20 mg 1 gånger dagligen
Så warning: Metoprolol: CYP2D6 långsam metaboliserare på grund av paroxetin – dosen kan behöva sänkas

Berättelse: paroxetin till den som länge har tagit atomoxetin
Givet svaret CYP2D6 *1/*1
Givet läkemedlet atomoxetin, 80 mg 1 gånger dagligen sedan 2024-01-01
Givet födelsedatum 1990-01-01
När paroxetin, 20 mg 1 gånger dagligen
Så warning: Atomoxetin: CYP2D6 långsam metaboliserare på grund av paroxetin – dosen kan behöva sänkas

Berättelse: fluoxetin till den som tar flekainid
Givet svaret CYP2D6 *1/*1
Givet läkemedlet flekainid, 100 mg 2 gånger dagligen sedan 2024-01-01
När fluoxetin, 20 mg 1 gånger dagligen
Så critical: Flekainid: CYP2D6 långsam metaboliserare på grund av fluoxetin – ge 50 % av normal dos

Berättelse: eliglustat i full dos med paroxetin
Givet svaret CYP2D6 *1/*1
Givet läkemedlet paroxetin, 20 mg 1 gånger dagligen sedan 2024-01-01
När eliglustat, 84 mg 2 gånger dagligen
Så warning: Eliglustat: CYP2D6 långsam metaboliserare på grund av paroxetin – högst 84 mg per dygn; ordinerat 168 mg

Berättelse: eliglustat i full dos till långsamma metaboliserare
Givet svaret CYP2D6 *4/*4
När eliglustat, 84 mg 2 gånger dagligen
Så warning: Eliglustat: CYP2D6 långsam metaboliserare – högst 84 mg per dygn; ordinerat 168 mg

Berättelse: eliglustat i full dos till normala metaboliserare
Givet svaret CYP2D6 *1/*1
När eliglustat, 84 mg 2 gånger dagligen
Så inget kort

# --- CYP2C19

Berättelse: klopidogrel mot perifer kärlsjukdom, långsam metaboliserare
Givet svaret CYP2C19 *2/*2
Givet orsaken perifer kärlsjukdom
När klopidogrel, 75 mg 1 gånger dagligen
Så warning: Klopidogrel: CYP2C19 långsam metaboliserare – undvik; överväg prasugrel eller tikagrelor

Berättelse: klopidogrel mot claudicatio, intermediär metaboliserare: ingen riktlinje vill något
Givet svaret CYP2C19 *1/*2
Givet orsaken claudicatio intermittens
När klopidogrel, 75 mg 1 gånger dagligen
Så inget kort

Berättelse: klopidogrel mot stroke hos den som också har stabil angina
Givet svaret CYP2C19 *1/*2
Givet orsaken stroke och stabil angina
När klopidogrel, 75 mg 1 gånger dagligen
Så warning: Klopidogrel: CYP2C19 intermediär metaboliserare – välj annat läkemedel, t.ex. tikagrelor

Berättelse: sannolikt långsam metaboliserare räknas som långsam
Givet svaret CYP2C19 *2/*9
Givet orsaken NSTEMI
När klopidogrel, 75 mg 1 gånger dagligen
Så critical: Klopidogrel: CYP2C19 sannolikt långsam metaboliserare – undvik; överväg prasugrel eller tikagrelor

Berättelse: klopidogrel mot stabil angina, långsam metaboliserare
Givet svaret CYP2C19 *2/*2
Givet orsaken stabil angina
När klopidogrel, 75 mg 1 gånger dagligen
Så warning: Klopidogrel: CYP2C19 långsam metaboliserare – undvik; överväg prasugrel eller tikagrelor

Berättelse: sertralin strax över gränsen
Givet svaret CYP2C19 *2/*2
När sertralin, 76 mg 1 gånger dagligen
Så warning: Sertralin: CYP2C19 långsam metaboliserare – högst 75 mg per dygn; ordinerat 76 mg

Berättelse: sertralin precis på gränsen
Givet svaret CYP2C19 *2/*2
När sertralin, 75 mg 1 gånger dagligen
Så info: Sertralin: CYP2C19 långsam metaboliserare – ge 50 % av normal underhållsdos

# --- CYP2C9

Berättelse: celecoxib: delen är av den lägsta startdosen, inte av den ordinerade
Givet svaret CYP2C9 *3/*3
När celekoxib, 200 mg 2 gånger dagligen
Så warning: Celecoxib: CYP2C9 långsam metaboliserare – börja med 25–50 % av lägsta vanliga startdos

Berättelse: celecoxib i låg dos till långsamma metaboliserare
Givet svaret CYP2C9 *3/*3
När celekoxib, 50 mg 1 gånger dagligen
Så info: Celecoxib: CYP2C9 långsam metaboliserare – börja med 25–50 % av lägsta vanliga startdos

Berättelse: celecoxib i lägsta vanliga dos till intermediära metaboliserare
Givet svaret CYP2C9 *1/*3
När celekoxib, 100 mg 2 gånger dagligen
Så info: Celecoxib: CYP2C9 intermediär metaboliserare – börja med lägsta rekommenderade dos

Berättelse: meloxikam 15 mg till intermediära metaboliserare
Givet svaret CYP2C9 *1/*3
När meloxikam, 15 mg 1 gånger dagligen
Så warning: Meloxikam: CYP2C9 intermediär metaboliserare – börja med 50 % av lägsta vanliga startdos

Berättelse: siponimod *2/*3 i full dos
Givet svaret CYP2C9 *2/*3
När siponimod, 2 mg 1 gånger dagligen
Så warning: Siponimod: CYP2C9 långsam metaboliserare – högst 1 mg per dygn; ordinerat 2 mg

Berättelse: siponimod *1/*2 i full dos
Givet svaret CYP2C9 *1/*2
När siponimod, 2 mg 1 gånger dagligen
Så inget kort

Berättelse: warfarin som ställts in efter INR i flera år
Givet svaret CYP2C9 *3/*3
Givet svaret VKORC1 rs9923231 C/T
Givet läkemedlet warfarin, 2.5 mg 1 gånger dagligen sedan 2019-01-01
När warfarin, 2.5 mg 1 gånger dagligen
Så inget kort

Berättelse: warfarin som just har börjat
Givet svaret CYP2C9 *3/*3
Givet läkemedlet warfarin, 5 mg 1 gånger dagligen sedan 2026-02-25
När warfarin, 2.5 mg 1 gånger dagligen
Så critical: Warfarin: CYP2C9 långsam metaboliserare – börja med 20 % av normal dos

Berättelse: piroxikam på huden
Givet svaret CYP2C9 *3/*3
Givet vägen kutan
När piroxikam, 5 mg 3 gånger dagligen
Så inget kort

# --- Transplantation och takrolimus

Berättelse: takrolimus som ställts in efter koncentration i flera år
Givet svaret CYP3A5 *1/*3
Givet läkemedlet takrolimus, 4 mg 2 gånger dagligen sedan 2022-01-01
När takrolimus, 4 mg 2 gånger dagligen
Så inget kort

Berättelse: takrolimus i början
Givet svaret CYP3A5 *1/*1
Givet läkemedlet takrolimus, 4 mg 2 gånger dagligen sedan 2026-02-25
När takrolimus, 5 mg 2 gånger dagligen
Så warning: Takrolimus: CYP3A5 normal metaboliserare – dosen kan behöva höjas till 150–200 % av normal dos

Berättelse: takrolimus efter levertransplantation: patientens genotyp säger inget om levern
Givet svaret CYP3A5 *1/*3
Givet levertransplantation 2026-02-20
Givet svaret CYP2C19 *2/*2
När takrolimus, 4 mg 2 gånger dagligen
Så info: Takrolimus: patienten är transplanterad – lita inte på svaret för CYP3A5

# --- Statiner, HLA, G6PD och andra

Berättelse: två transportproteiner tillsammans ger lägre gräns
Givet svaret ABCG2 rs2231142 T/T
Givet svaret SLCO1B1 *5/*5
När rosuvastatin, 20 mg 1 gånger dagligen
Så info: Rosuvastatin: ABCG2 kraftigt nedsatt funktion, SLCO1B1 kraftigt nedsatt funktion – högst 10 mg per dygn; ordinerat 20 mg

Berättelse: fluvastatin efter CYP2C9
Givet svaret CYP2C9 *3/*3
Givet svaret SLCO1B1 *1/*1
När fluvastatin, 80 mg 1 gånger dagligen
Så warning: Fluvastatin: CYP2C9 långsam metaboliserare, SLCO1B1 normal funktion – högst 20 mg per dygn; ordinerat 80 mg

Berättelse: atorvastatin precis på gränsen
Givet svaret SLCO1B1 *1/*5
När atorvastatin, 40 mg 1 gånger dagligen
Så inget kort

Berättelse: karbamazepin som tålts i sex år
Givet svaret HLA-B positiv *15:02
Givet läkemedlet karbamazepin, 400 mg 2 gånger dagligen sedan 2020-01-01
När karbamazepin, 400 mg 2 gånger dagligen
Så info: Karbamazepin: HLA-B*15:02 finns – följ effekt och biverkningar

Berättelse: ett fält räcker inte för HLA
Givet svaret HLA-B *57/*08
När abakavir, 600 mg 1 gånger dagligen
Så warning: Abakavir: HLA-B-resultatet går inte att tolka – testa om före start

Berättelse: heterozygot kvinna: enzymet avgör
Givet svaret G6PD A- 202A_376G/B (reference)
När rasburikas, 0.2 mg/kg 1 gånger dagligen
Så warning: Rasburikas: varierande G6PD-aktivitet – mät enzymaktiviteten före start

Berättelse: metyltioninium vid G6PD-brist
Givet svaret G6PD Deficient
När metyltioniniumklorid, 1 mg/kg 1 gånger dagligen
Så warning: Metyltioninklorid: G6PD-brist – undvik

Berättelse: neomycin genom munnen
Givet svaret MT-RNR1 m.1555A>G
Givet vägen oral
När neomycin
Så critical: Neomycin: MT-RNR1: ökad risk för hörselskada av aminoglykosider – undvik

Berättelse: gentamicin i ögat
Givet svaret MT-RNR1 m.1555A>G
Givet vägen okulär
När gentamicin, 1 mg 4 gånger dagligen
Så inget kort

Berättelse: p-ring i slidan verkar i hela kroppen
Givet svaret F5 Factor V Leiden heterozygous
Givet vägen vaginal
När NuvaRing
Så critical: Kombinerat hormonellt preventivmedel: faktor V Leiden (heterozygot) – undvik; överväg kopparspiral eller hormonspiral (levonorgestrel)

Berättelse: gestagen utan östrogen
Givet svaret F5 Factor V Leiden heterozygous
När desogestrel, 0.075 mg 1 gånger dagligen
Så inget kort

Berättelse: azatioprin under övre gränsen för vikten
Givet svaret TPMT *1/*3A
Givet svaret NUDT15 *1/*1
Givet födelsedatum 1980-01-01
Givet vikten 80 kg
När azatioprin, 125 mg 1 gånger dagligen
Så inget kort

Berättelse: azatioprin över övre gränsen för vikten
Givet svaret TPMT *1/*3A
Givet svaret NUDT15 *1/*1
Givet födelsedatum 1980-01-01
Givet vikten 80 kg
När azatioprin, 150 mg 1 gånger dagligen
Så warning: Azatioprin: TPMT intermediär metaboliserare, NUDT15 normal metaboliserare – börja med 30–80 % av normal dos

Berättelse: två varianter på var sin kromosom är ingen bärare
Givet svaret TPMT *3B/*3C
När azatioprin, 150 mg 1 gånger dagligen
Så critical: Azatioprin: TPMT långsam metaboliserare – välj annat läkemedel

Berättelse: merkaptopurin med två intermediära gener, precis halva dosen
Givet svaret TPMT *1/*3A
Givet svaret NUDT15 *1/*3
När merkaptopurin, 37.5 mg/m2 1 gånger dagligen
Så inget kort

Berättelse: merkaptopurin med två intermediära gener, över halva dosen
Givet svaret TPMT *1/*3A
Givet svaret NUDT15 *1/*3
När merkaptopurin, 40 mg/m2 1 gånger dagligen
Så critical: Merkaptopurin: NUDT15 intermediär metaboliserare, TPMT intermediär metaboliserare – börja med 20–50 % av normal dos
