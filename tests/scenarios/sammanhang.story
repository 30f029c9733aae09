# SAMMANHANG: mer än ett läkemedel, tidigare behandling, transplantation, prov, ålder och väg

# --- Flera läkemedel i samma anrop

Berättelse: kodein och paroxetin ordineras samtidigt
Givet svaret CYP2D6 *1/*1
När kodein, 30 mg 4 gånger dagligen
Och paroxetin, 20 mg 1 gånger dagligen
Så warning: Kodein: CYP2D6 långsam metaboliserare på grund av paroxetin – undvik

Berättelse: tramadol och bupropion ordineras samtidigt till en ultrasnabb metaboliserare
Givet svaret CYP2D6 *1x2/*2
När tramadol, 50 mg 4 gånger dagligen
Och bupropion, 150 mg 1 gånger dagligen
Så warning: Tramadol: CYP2D6 långsam metaboliserare på grund av bupropion – undvik

Berättelse: det allvarligaste kortet står först
Givet svaret CYP2C19 *2/*2
När escitalopram, 20 mg 1 gånger dagligen
Och klopidogrel, 75 mg 1 gånger dagligen
Så critical: Klopidogrel: CYP2C19 långsam metaboliserare – undvik; överväg prasugrel eller tikagrelor
Så warning: Escitalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel, annars högst 10 mg per dygn; ordinerat 20 mg

Berättelse: två läkemedel utan genetiska råd
Givet svaret CYP2C19 *1/*1
När paracetamol, 1000 mg 4 gånger dagligen
Och klopidogrel, 75 mg 1 gånger dagligen
Så inget kort

# --- Fenokonversion åt båda håll

Berättelse: måttlig hämmare gör en intermediär metaboliserare inte till långsam
Givet svaret CYP2D6 *1/*4
Givet läkemedlet duloxetin
När kodein, 30 mg 4 gånger dagligen
Så inget kort

Berättelse: genetiskt långsam är långsam utan hämmarens hjälp
Givet svaret CYP2D6 *4/*4
Givet läkemedlet paroxetin
När kodein, 30 mg 4 gånger dagligen
Så warning: Kodein: CYP2D6 långsam metaboliserare – undvik

Berättelse: ultrasnabb med stark hämmare är inte längre ultrasnabb
Givet svaret CYP2D6 *1x2/*2
Givet läkemedlet fluoxetin
När kodein, 30 mg 4 gånger dagligen
Så warning: Kodein: CYP2D6 långsam metaboliserare på grund av fluoxetin – undvik

# --- Känd behandling

Berättelse: samma dos av escitalopram i över ett år
Givet svaret CYP2C19 *2/*2
Givet läkemedlet escitalopram, 20 mg 1 gånger dagligen sedan 2023-01-10
När escitalopram, 20 mg 1 gånger dagligen
Så info: Escitalopram: CYP2C19 långsam metaboliserare – samma dos sedan 2023-01-10; fortsätt om den fungerar

Berättelse: under ett år räcker inte
Givet svaret CYP2C19 *2/*2
Givet läkemedlet escitalopram, 20 mg 1 gånger dagligen sedan 2025-09-01
När escitalopram, 20 mg 1 gånger dagligen
Så warning: Escitalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel, annars högst 10 mg per dygn; ordinerat 20 mg

Berättelse: en högre dos än den kända
Givet svaret CYP2C19 *2/*2
Givet läkemedlet escitalopram, 10 mg 1 gånger dagligen sedan 2023-01-10
När escitalopram, 20 mg 1 gånger dagligen
Så warning: Escitalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel, annars högst 10 mg per dygn; ordinerat 20 mg

Berättelse: en dos över maxdosen blir inte rätt av vana
Givet svaret CYP2C19 *2/*2
Givet läkemedlet citalopram, 40 mg 1 gånger dagligen sedan 2023-01-10
När citalopram, 40 mg 1 gånger dagligen
Så warning: Citalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel, annars högst 20 mg per dygn; ordinerat 40 mg

Berättelse: ett läkemedel utan effekt tåls väl
Givet svaret CYP2C19 *2/*2
Givet orsaken hjärninfarkt
Givet läkemedlet klopidogrel, 75 mg 1 gånger dagligen sedan 2023-01-10
När klopidogrel, 75 mg 1 gånger dagligen
Så warning: Klopidogrel: CYP2C19 långsam metaboliserare – undvik; överväg tikagrelor

# --- Doser som redan följer rådet, och doser över gränsen

Berättelse: sertralin inom DPWG:s maxdos
Givet svaret CYP2C19 *2/*2
När sertralin, 50 mg 1 gånger dagligen
Så info: Sertralin: CYP2C19 långsam metaboliserare – ge 50 % av normal underhållsdos

Berättelse: citalopram 20 mg är den högsta dosen
Givet svaret CYP2C19 *2/*2
Givet födelsedatum 1976-06-01
När citalopram, 20 mg 1 gånger dagligen
Så info: Citalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel

Berättelse: citalopram 30 mg är över den
Givet svaret CYP2C19 *2/*2
När citalopram, 30 mg 1 gånger dagligen
Så warning: Citalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel, annars högst 20 mg per dygn; ordinerat 30 mg

Berättelse: escitalopram 10 mg är för mycket för den som är över 65 år
Givet svaret CYP2C19 *2/*2
Givet födelsedatum 1950-04-01
När escitalopram, 10 mg 1 gånger dagligen
Så warning: Escitalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel, annars högst 5 mg per dygn; ordinerat 10 mg

# --- Transplantation

Berättelse: blodprov efter stamcellstransplantation är givarens
Givet svaret CYP2C19 *2/*2 den 2025-03-01
Givet stamcellstransplantation 2024-05-02
När klopidogrel, 75 mg 1 gånger dagligen
Så info: Klopidogrel: patienten är transplanterad – lita inte på svaret för CYP2C19

Berättelse: normalt DPYD-svar efter stamcellstransplantation räknas inte
Givet svaret DPYD Reference/Reference den 2025-03-01
Givet stamcellstransplantation 2024-05-02
När kapecitabin, 1500 mg 2 gånger dagligen
Så warning: Kapecitabin: DPYD-resultatet går inte att tolka – testa om före start

Berättelse: blodprov före stamcellstransplantation gäller
Givet svaret CYP2C19 *2/*2 den 2020-03-01
Givet stamcellstransplantation 2024-05-02
När klopidogrel, 75 mg 1 gånger dagligen
Så critical: Klopidogrel: CYP2C19 långsam metaboliserare – undvik; överväg prasugrel eller tikagrelor

Berättelse: levern är en annans
Givet svaret CYP2C19 *2/*2 den 2020-03-01
Givet levertransplantation 2024-05-02
När klopidogrel, 75 mg 1 gånger dagligen
Så critical: Klopidogrel: CYP2C19 långsam metaboliserare – undvik; överväg prasugrel eller tikagrelor

# --- Två svar som säger olika

Berättelse: det försiktigare av två svar styr
Givet svaret CYP2C19 *1/*1
Givet svaret CYP2C19 *2/*2
När klopidogrel, 75 mg 1 gånger dagligen
Så critical: Klopidogrel: CYP2C19 långsam metaboliserare – undvik; överväg prasugrel eller tikagrelor

Berättelse: två lika svar är ett
Givet svaret CYP2C19 *1/*1 den 2020-03-01
Givet svaret CYP2C19 *1/*1 den 2024-03-01
När klopidogrel, 75 mg 1 gånger dagligen
Så inget kort

# --- Prov

Berättelse: genotypning som finns
Givet svaret CYP2C19 *2/*2
När provet CYP2C19-genotypning
Så info: CYP2C19 är redan genotypad: långsam metaboliserare

Berättelse: två gener som finns
Givet svaret CYP2C19 *2/*2
Givet svaret CYP2D6 *1/*1
När provet Genotypning av CYP2C19 och CYP2D6
Så info: CYP2C19, CYP2D6 är redan genotypade

Berättelse: genotypning som är beställd
Givet beställningen CYP2D6-genotypning
När provet CYP2D6-genotypning
Så info: Genotypning av CYP2D6 är redan beställd

Berättelse: genotypning som är ny
Givet svaret CYP2C19 *2/*2
När provet DPYD-genotypning
Så inget kort

Berättelse: ett svar som inte gick att tolka får tas om
Givet svaret CYP2C19 inget svar
När provet CYP2C19-genotypning
Så inget kort

Berättelse: ett svar som är givarens får tas om
Givet svaret CYP2C19 *2/*2 den 2025-03-01
Givet stamcellstransplantation 2024-05-02
När provet CYP2C19-genotypning
Så inget kort

Berättelse: koncentration av ett psykofarmakon
Givet svaret CYP2C19 *2/*2
När provet P-Escitalopram
Så info: Escitalopramkoncentration: CYP2C19 långsam metaboliserare

Berättelse: koncentration av nortriptylin
Givet svaret CYP2D6 *4/*4
När provet S-Nortriptylin, koncentration
Så info: Nortriptylinkoncentration: CYP2D6 långsam metaboliserare

Berättelse: provet är redan på väg när läkemedlet sätts in
Givet beställningen DPYD-genotypning
När kapecitabin, 1500 mg 2 gånger dagligen
Så warning: Kapecitabin: DPYD är inte testad – testa före start

# --- Väg

Berättelse: fluorouracil på huden kräver inget DPYD-prov
Givet vägen kutan
När fluorouracil, 20 mg 2 gånger dagligen
Så inget kort

Berättelse: fluorouracil på huden är farligt utan DPD-aktivitet
Givet svaret DPYD c.1905+1G>A/c.1905+1G>A
Givet vägen kutan
När fluorouracil, 20 mg 2 gånger dagligen
Så critical: Fluorouracil: DPYD långsam metaboliserare – undvik

Berättelse: fluorouracil på huden till en bärare
Givet svaret DPYD c.1905+1G>A/Reference
Givet vägen kutan
När fluorouracil, 20 mg 2 gånger dagligen
Så inget kort

Berättelse: fluorouracil i ven kräver DPYD-prov
Givet vägen intravenös
När fluorouracil, 4000 mg 1 gånger dagligen
Så warning: Fluorouracil: DPYD är inte testad – testa före start

# --- Barn

Berättelse: vorikonazol till ett barn som är ultrasnabb metaboliserare
Givet svaret CYP2C19 *17/*17
Givet födelsedatum 2018-05-01
När vorikonazol, 100 mg 2 gånger dagligen
Så warning: Vorikonazol: CYP2C19 ultrasnabb metaboliserare – välj annat läkemedel, t.ex. amfotericin B eller posakonazol

Berättelse: vorikonazol till ett barn som är snabb metaboliserare ges i vanlig dos
Givet svaret CYP2C19 *1/*17
Givet födelsedatum 2018-05-01
När vorikonazol, 100 mg 2 gånger dagligen
Så inget kort

Berättelse: under huden är inte på huden
Givet vägen subkutan injektion
Givet svaret CYP2D6 *4/*4
När kodein, 30 mg 4 gånger dagligen
Så warning: Kodein: CYP2D6 långsam metaboliserare – undvik

# --- Samma läkemedel i två ordinationer

Berättelse: två ordinationer av citalopram är var för sig inom gränsen men tillsammans över den
Givet svaret CYP2C19 *2/*2
Givet födelsedatum 1980-01-01
När citalopram, 20 mg 1 gånger dagligen
Och citalopram, 10 mg 1 gånger dagligen
Så warning: Citalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel, annars högst 20 mg per dygn; ordinerat 30 mg
Så warning: Citalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel, annars högst 20 mg per dygn; ordinerat 30 mg

Berättelse: två ordinationer av citalopram når tillsammans inte över gränsen
Givet svaret CYP2C19 *2/*2
Givet födelsedatum 1980-01-01
När citalopram, 10 mg 1 gånger dagligen
Och citalopram, 10 mg 1 gånger dagligen
Så info: Citalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel
Så info: Citalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel
