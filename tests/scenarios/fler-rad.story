# Fler råd: startdoser, villkor och val mellan läkemedel
#
# CPIC: atomoxetin (PMID 30801677), vortioxetin (PMID 37032427), hydralazin (PMID 40974042), merkaptopurin (PMID 41618934), tamoxifen, klopidogrel,
# ivakaftor (PMID 24598717), amitriptylin, meloxikam, fenytoin. DPWG: mavakamten (start 2,5 mg, högst 5 mg), eliglustat, warfarin, aripiprazol.

Berättelse: mavakamten börjas med 2,5 mg hos långsamma metaboliserare
Givet svaret CYP2C19 *2/*2
När mavakamten, 5 mg 1 gånger dagligen
Så critical: Mavakamten: CYP2C19 långsam metaboliserare – börja med högst 2,5 mg per dygn; ordinerat 5 mg

Berättelse: mavakamten 2,5 mg är rätt start
Givet svaret CYP2C19 *2/*2
När mavakamten, 2.5 mg 1 gånger dagligen
Så inget kort

Berättelse: mavakamten 5 mg efter en månad håller sig inom gränsen
Givet svaret CYP2C19 *2/*2
Givet läkemedlet mavakamten, 2.5 mg 1 gånger dagligen sedan 2026-01-20
När mavakamten, 5 mg 1 gånger dagligen
Så inget kort

Berättelse: mavakamten 10 mg efter en månad är över gränsen
Givet svaret CYP2C19 *2/*2
Givet läkemedlet mavakamten, 5 mg 1 gånger dagligen sedan 2026-01-20
När mavakamten, 10 mg 1 gånger dagligen
Så critical: Mavakamten: CYP2C19 långsam metaboliserare – högst 5 mg per dygn; ordinerat 10 mg

Berättelse: vortioxetin börjas med 5 mg hos långsamma metaboliserare
Givet svaret CYP2D6 *4/*4
När vortioxetin, 10 mg 1 gånger dagligen
Så warning: Vortioxetin: CYP2D6 långsam metaboliserare – börja med högst 5 mg per dygn; ordinerat 10 mg

Berättelse: vortioxetin 20 mg jämförs med startdosen
Givet svaret CYP2D6 *4/*4
När vortioxetin, 20 mg 1 gånger dagligen
Så warning: Vortioxetin: CYP2D6 långsam metaboliserare – börja med högst 5 mg per dygn; ordinerat 20 mg

Berättelse: atomoxetin till en vuxen långsam metaboliserare
Givet svaret CYP2D6 *4/*4
Givet födelsedatum 1985-05-01
När atomoxetin, 80 mg 1 gånger dagligen
Så warning: Atomoxetin: CYP2D6 långsam metaboliserare – börja med högst 40 mg per dygn; ordinerat 80 mg

Berättelse: atomoxetin 40 mg till en vuxen är rätt start, men höjs långsamt
Givet svaret CYP2D6 *4/*4
Givet födelsedatum 1985-05-01
När atomoxetin, 40 mg 1 gånger dagligen
Så info: Atomoxetin: CYP2D6 långsam metaboliserare – börja med högst 40 mg per dygn, höj försiktigt

Berättelse: atomoxetin till ett barn jämförs med vikten
Givet svaret CYP2D6 *4/*4
Givet födelsedatum 2016-05-01
Givet vikten 35 kg
När atomoxetin, 40 mg 1 gånger dagligen
Så warning: Atomoxetin: CYP2D6 långsam metaboliserare – börja med högst 17,5 mg per dygn; ordinerat 40 mg

Berättelse: atomoxetin som getts länge är ingen fråga om start
Givet svaret CYP2D6 *4/*4
Givet födelsedatum 1985-05-01
Givet läkemedlet atomoxetin, 80 mg 1 gånger dagligen sedan 2025-01-20
När atomoxetin, 80 mg 1 gånger dagligen
Så info: Atomoxetin: CYP2D6 långsam metaboliserare – titrera långsamt

Berättelse: en kombination med ivakaftor har inga råd för enbart ivakaftor
Givet svaret CFTR F508del/F508del
När Kaftrio
Så inget kort

Berättelse: en kombination med ivakaftor kräver känd genotyp
När ivakaftor/tezakaftor/elexakaftor
Så warning: Ivakaftor i kombination: CFTR är inte testad – testa före start

Berättelse: F508del i båda anlagen svarar inte på enbart ivakaftor
Givet svaret CFTR p.Phe508del/p.Phe508del
När Kalydeco, 150 mg 2 gånger dagligen
Så warning: Ivakaftor: CFTR svarar inte på ivakaftor (vid cystisk fibros) – undvik om det inte ges med elexa-, teza- eller lumakaftor

Berättelse: hydralazin inom startdosen till långsamma acetylerare
Givet svaret NAT2 *5/*5
När hydralazin, 25 mg 3 gånger dagligen
Så info: Hydralazin: NAT2 långsam acetylerare – börja med högst 75 mg per dygn, höj försiktigt

Berättelse: hydralazin över startdosen till långsamma acetylerare
Givet svaret NAT2 *5/*5
När hydralazin, 50 mg 3 gånger dagligen
Så warning: Hydralazin: NAT2 långsam acetylerare – börja med högst 75 mg per dygn; ordinerat 150 mg

Berättelse: en för låg start av hydralazin
Givet svaret NAT2 *4/*4
När hydralazin, 25 mg 2 gånger dagligen
Så info: Hydralazin: NAT2 snabb acetylerare – justera dosen

Berättelse: hydralazin i den dos som riktlinjen vill ha
Givet svaret NAT2 *4/*4
När hydralazin, 25 mg 3 gånger dagligen
Så inget kort

Berättelse: ett svar till gör inte warfarinrådet mildare
Givet svaret CYP2C9 *3/*3
Givet svaret VKORC1 rs9923231 T/T
När warfarin, 5 mg 1 gånger dagligen
Så critical: Warfarin: CYP2C9 långsam metaboliserare – börja med 20 % av normal dos

Berättelse: eliglustat till intermediära metaboliserare bara med villkor
Givet svaret CYP2D6 *1/*4
När eliglustat, 84 mg 2 gånger dagligen
Så info: Eliglustat: CYP2D6 intermediär metaboliserare – undvik vid nedsatt njur- eller leverfunktion

Berättelse: eliglustat är kontraindicerat med en stark CYP3A-hämmare
Givet svaret CYP2D6 *4/*4
Givet läkemedlet klaritromycin
När eliglustat, 84 mg 1 gånger dagligen
Så critical: Eliglustat: CYP2D6 långsam metaboliserare – undvik

Berättelse: eliglustat undviks med en måttlig CYP3A-hämmare
Givet svaret CYP2D6 *4/*4
Givet läkemedlet diltiazem
När eliglustat, 84 mg 1 gånger dagligen
Så warning: Eliglustat: CYP2D6 långsam metaboliserare – undvik

Berättelse: tamoxifen 40 mg är riktlinjens andra val
Givet svaret CYP2D6 *4/*4
När tamoxifen, 40 mg 1 gånger dagligen
Så warning: Tamoxifen: CYP2D6 långsam metaboliserare – välj annat läkemedel, t.ex. anastrozol eller letrozol

Berättelse: merkaptopurin som redan är sänkt mot 75 mg per kvadratmeter
Givet svaret TPMT *1/*3A
Givet svaret NUDT15 *1/*1
När merkaptopurin, 50 mg/m2 1 gånger dagligen
Så inget kort

Berättelse: valproat frågar bara vid misstanke
När valproat, 500 mg 2 gånger dagligen
Så info: Valproinsyra: testa POLG vid misstänkt mitokondriell sjukdom

Berättelse: primakin vid okänt G6PD
När primakin, 15 mg 1 gånger dagligen
Så info: Primakin: mät aktiviteten av G6PD före start

Berättelse: tafenokin vid okänt G6PD
När tafenokin
Så info: Tafenokin: mät aktiviteten av G6PD före start

Berättelse: tetrabenazin frågar efter CYP2D6 först vid högre dos
När tetrabenazin, 25 mg 2 gånger dagligen
Så info: Tetrabenazin: testa CYP2D6 före mer än 50 mg per dygn

Berättelse: pimozid frågar efter CYP2D6 först vid högre dos
När pimozid, 2 mg 1 gånger dagligen
Så info: Pimozid: testa CYP2D6 före mer än 4 mg per dygn

Berättelse: tebentafusp utan HLA-A*02:01
Givet svaret HLA-A *01:01/*03:01
När tebentafusp
Så warning: Tebentafusp: HLA-A*02:01 påvisades inte – undvik

Berättelse: peglotikas frågar efter enzymet
När peglotikas
Så warning: Peglotikas: mät aktiviteten av G6PD före start

Berättelse: citalopram i vanlig startdos till intermediära metaboliserare
Givet svaret CYP2C19 *1/*2
Givet födelsedatum 1980-01-15
När citalopram, 10 mg 1 gånger dagligen
Så info: Citalopram: CYP2C19 intermediär metaboliserare – titrera långsamt

Berättelse: metoprolol i lägsta dos
Givet svaret CYP2D6 *4/*4
När metoprolol, 25 mg 1 gånger dagligen
Så info: Metoprolol: CYP2D6 långsam metaboliserare – börja med lägsta rekommenderade dos

Berättelse: amitriptylin i dos mot smärta
Givet svaret CYP2D6 *4/*4
Givet svaret CYP2C19 *1/*1
När amitriptylin, 10 mg 1 gånger dagligen
Så info: Amitriptylin: CYP2D6 långsam metaboliserare, CYP2C19 normal metaboliserare – undvik
