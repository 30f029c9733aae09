# Ett nytt läkemedel ändrar ett gammalt, en känd kroppsstorlek, och svar på bara den ena genen.

Berättelse: paroxetin ordineras till den som tar tamoxifen
Givet svaret CYP2D6 *1/*1
Givet läkemedlet tamoxifen, 20 mg 1 gång dagligen sedan 2025-06-01
När paroxetin, 20 mg 1 gång dagligen
Så critical: Tamoxifen: CYP2D6 långsam metaboliserare på grund av paroxetin – välj annat läkemedel, t.ex. anastrozol eller letrozol

Berättelse: den som redan tar paroxetin har fått veta det när tamoxifen ordinerades
Givet svaret CYP2D6 *1/*1
Givet läkemedlet tamoxifen, 20 mg 1 gång dagligen sedan 2025-06-01
Givet läkemedlet paroxetin, 20 mg 1 gång dagligen sedan 2025-06-01
När sertralin, 50 mg 1 gång dagligen
Så inget kort

Berättelse: cinakalcet bromsar en ultrasnabb metaboliserares kodein, men kan sättas ut i morgon
Givet svaret CYP2D6 *1/*1x3
Givet läkemedlet cinakalcet, 30 mg 1 gång dagligen sedan 2025-06-01
När kodein, 30 mg 3 gånger dagligen
Så warning: Kodein: CYP2D6 ultrasnabb metaboliserare – undvik

Berättelse: warfarin när bara CYP2C9 är känd
Givet svaret CYP2C9 *3/*3
När warfarin, 5 mg 1 gång dagligen
Så critical: Warfarin: CYP2C9 långsam metaboliserare – börja med 20 % av normal dos

Berättelse: full dos till ett litet barn tas inte för en sänkt dos till en vuxen
Givet svaret TPMT *1/*3A
Givet svaret NUDT15 *1/*1
Givet födelsedatum 2017-05-01
Givet vikten 25 kg
När azatioprin, 75 mg 1 gång dagligen
Så warning: Azatioprin: TPMT intermediär metaboliserare, NUDT15 normal metaboliserare – börja med 30–80 % av normal dos

Berättelse: samma dos till en stor vuxen är redan sänkt
Givet svaret TPMT *1/*3A
Givet svaret NUDT15 *1/*1
Givet födelsedatum 1970-05-01
Givet vikten 100 kg
När azatioprin, 100 mg 1 gång dagligen
Så inget kort

Berättelse: ett barn vars vikt ingen känner får inte tystnad
Givet svaret TPMT *1/*3A
Givet svaret NUDT15 *1/*1
Givet födelsedatum 2017-05-01
När azatioprin, 50 mg 1 gång dagligen
Så warning: Azatioprin: TPMT intermediär metaboliserare, NUDT15 normal metaboliserare – börja med 30–80 % av normal dos

Berättelse: en sämre genotyp varnar inte svagare
Givet svaret CYP2D6 *4/*4
När venlafaxin, 75 mg 1 gång dagligen
Så warning: Venlafaxin: CYP2D6 långsam metaboliserare – välj annat läkemedel

Berättelse: ett svar som ingen kan läsa är inte samma sak som inget svar
Givet svaret CYP2C19 *999/*2
När klopidogrel, 75 mg 1 gång dagligen
Så info: Klopidogrel: CYP2C19 – svaret går inte att tolka, läs det själv

Berättelse: där genen aldrig varnar sägs inget om ett svar som ingen kan läsa
Givet svaret CYP2C19 *999/*2
När metformin, 500 mg 2 gånger dagligen
Så inget kort
