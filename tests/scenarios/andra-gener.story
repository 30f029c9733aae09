# ANDRA-GENER

Berättelse: azatioprin, normal
Givet svaret TPMT *1/*1
Givet svaret NUDT15 *1/*1
När azatioprin, 150 mg 1 gånger dagligen
Så inget kort

Berättelse: azatioprin, TPMT-bärare
Givet svaret TPMT *1/*3A
Givet svaret NUDT15 *1/*1
När azatioprin, 150 mg 1 gånger dagligen
Så warning: Azatioprin: TPMT intermediär metaboliserare, NUDT15 normal metaboliserare – börja med 30–80 % av normal dos

Berättelse: azatioprin, TPMT saknas
Givet svaret TPMT *3A/*3A
Givet svaret NUDT15 *1/*1
När azatioprin, 150 mg 1 gånger dagligen
Så critical: Azatioprin: TPMT långsam metaboliserare, NUDT15 normal metaboliserare – välj annat läkemedel

Berättelse: azatioprin, NUDT15-bärare
Givet svaret TPMT *1/*1
Givet svaret NUDT15 *1/*3
När azatioprin, 150 mg 1 gånger dagligen
Så warning: Azatioprin: NUDT15 intermediär metaboliserare, TPMT normal metaboliserare – börja med 30–80 % av normal dos

Berättelse: azatioprin, redan låg dos
Givet födelsedatum 1970-05-05
Givet svaret TPMT *1/*3A
Givet svaret NUDT15 *1/*1
När azatioprin, 50 mg 1 gånger dagligen
Så inget kort

Berättelse: merkaptopurin, TPMT saknas
Givet svaret TPMT *3A/*3A
När merkaptopurin, 50 mg 1 gånger dagligen
Så critical: Merkaptopurin: TPMT långsam metaboliserare – börja med 10 % av normal dos, 3 dagar i veckan

Berättelse: abakavir, bärare
Givet svaret HLA-B positiv *57:01
När abakavir, 600 mg 1 gånger dagligen
Så critical: Abakavir: HLA-B*57:01 finns – undvik

Berättelse: abakavir, inte bärare
Givet svaret HLA-B negativ *57:01
När abakavir, 600 mg 1 gånger dagligen
Så inget kort

Berättelse: abakavir, inte testad
När abakavir, 600 mg 1 gånger dagligen
Så warning: Abakavir: HLA-B är inte testad – testa före start

Berättelse: karbamazepin, HLA-B*15:02
Givet svaret HLA-B positiv *15:02
När karbamazepin, 200 mg 2 gånger dagligen
Så critical: Karbamazepin: HLA-B*15:02 finns – undvik

Berättelse: allopurinol, HLA-B*58:01
Givet svaret HLA-B positiv *58:01
När allopurinol, 100 mg 1 gånger dagligen
Så critical: Allopurinol: HLA-B*58:01 finns – undvik

Berättelse: simvastatin, nedsatt SLCO1B1
Givet svaret SLCO1B1 *5/*5
När simvastatin, 40 mg 1 gånger dagligen
Så critical: Simvastatin: SLCO1B1 kraftigt nedsatt funktion – välj annat läkemedel

Berättelse: simvastatin, normal SLCO1B1
Givet svaret SLCO1B1 *1/*1
När simvastatin, 40 mg 1 gånger dagligen
Så inget kort

Berättelse: irinotekan, UGT1A1*28/*28
Givet svaret UGT1A1 *28/*28
När irinotekan, 300 mg 1 gånger dagligen
Så critical: Irinotekan: UGT1A1 långsam metaboliserare – börja med 70 % av normal dos

Berättelse: irinotekan, normal
Givet svaret UGT1A1 *1/*1
När irinotekan, 300 mg 1 gånger dagligen
Så inget kort

Berättelse: fenytoin, CYP2C9*3/*3
Givet svaret CYP2C9 *3/*3
När fenytoin, 300 mg 1 gånger dagligen
Så critical: Fenytoin: CYP2C9 långsam metaboliserare – ge 50 % av normal underhållsdos

Berättelse: siponimod, CYP2C9*3/*3
Givet svaret CYP2C9 *3/*3
När siponimod, 2 mg 1 gånger dagligen
Så critical: Siponimod: CYP2C9 långsam metaboliserare – undvik

Berättelse: siponimod, inte testad
När siponimod, 2 mg 1 gånger dagligen
Så warning: Siponimod: CYP2C9 är inte testad – testa före start

Berättelse: takrolimus, CYP3A5*1/*1
Givet svaret CYP3A5 *1/*1
När takrolimus, 5 mg 2 gånger dagligen
Så warning: Takrolimus: CYP3A5 normal metaboliserare – dosen kan behöva höjas till 150–200 % av normal dos

Berättelse: takrolimus, CYP3A5*3/*3
Givet svaret CYP3A5 *3/*3
När takrolimus, 5 mg 2 gånger dagligen
Så inget kort

Berättelse: paracetamol berörs inte
Givet svaret CYP2D6 *4/*4
När paracetamol, 1000 mg 4 gånger dagligen
Så inget kort

Berättelse: efavirenz, långsam CYP2B6
Givet svaret CYP2B6 *6/*6
När efavirenz, 600 mg 1 gånger dagligen
Så warning: Efavirenz: CYP2B6 långsam metaboliserare – högst 400 mg per dygn; ordinerat 600 mg

Berättelse: kombinerat p-piller, protrombin 20210A
Givet svaret F2 Prothrombin 20210A heterozygous
När Neovletta, 1 mg 1 gånger dagligen
Så warning: Kombinerat hormonellt preventivmedel: protrombin 20210A (heterozygot) – undvik; överväg kopparspiral eller hormonspiral (levonorgestrel)

Berättelse: siponimod *1/*3 med karbamazepin
Givet svaret CYP2C9 *1/*3
Givet läkemedlet karbamazepin
När siponimod, 1 mg 1 gånger dagligen
Så warning: Siponimod: CYP2C9 intermediär metaboliserare – undvik

Berättelse: siponimod *1/*3, halv dos
Givet svaret CYP2C9 *1/*3
När siponimod, 1 mg 1 gånger dagligen
Så inget kort

Berättelse: karbamazepin utan HLA-svar
När karbamazepin, 200 mg 2 gånger dagligen
Så info: Karbamazepin: överväg HLA-B*15:02 vid asiatiskt ursprung

Berättelse: efavirenz, långsam CYP2B6, barn under 40 kg
Givet svaret CYP2B6 *6/*6
Givet födelsedatum 2018-05-05
Givet vikten 25 kg
När efavirenz, 300 mg 1 gånger dagligen
Så warning: Efavirenz: CYP2B6 långsam metaboliserare – börja med 67 % av normal dos om vikten är minst 40 kg och BMI högst 25

Berättelse: efavirenz, långsam CYP2B6, barn över 40 kg
Givet svaret CYP2B6 *6/*6
Givet födelsedatum 2012-05-05
Givet vikten 45 kg
När efavirenz, 600 mg 1 gånger dagligen
Så warning: Efavirenz: CYP2B6 långsam metaboliserare – högst 400 mg per dygn; ordinerat 600 mg

Berättelse: merkaptopurin, TPMT saknas, en tiondel tre dagar i veckan
Givet svaret TPMT *3A/*3A
Givet svaret NUDT15 *1/*1
När merkaptopurin, 10 mg/m2 3 gånger i veckan
Så inget kort

Berättelse: merkaptopurin, TPMT saknas, full dos tre dagar i veckan
Givet svaret TPMT *3A/*3A
Givet svaret NUDT15 *1/*1
När merkaptopurin, 75 mg/m2 3 gånger i veckan
Så critical: Merkaptopurin: TPMT långsam metaboliserare, NUDT15 normal metaboliserare – börja med 10 % av normal dos, 3 dagar i veckan

Berättelse: merkaptopurin, TPMT saknas, vuxen, en tablett tre dagar i veckan
Givet svaret TPMT *3A/*3A
Givet svaret NUDT15 *1/*1
Givet födelsedatum 1970-05-05
När merkaptopurin, 50 mg 3 gånger i veckan
Så critical: Merkaptopurin: TPMT långsam metaboliserare, NUDT15 normal metaboliserare – börja med 10 % av normal dos, 3 dagar i veckan

Berättelse: merkaptopurin, TPMT saknas, en tiondel varje dag som DPWG vill
Givet svaret TPMT *3A/*3A
Givet svaret NUDT15 *1/*1
När merkaptopurin, 7.5 mg/m2 1 gånger dagligen
Så info: Merkaptopurin: TPMT långsam metaboliserare, NUDT15 normal metaboliserare – börja med 10 % av normal dos, 3 dagar i veckan

Berättelse: merkaptopurin, TPMT saknas, en tiondel räknat per vecka men mer varje gång
Givet svaret TPMT *3A/*3A
Givet svaret NUDT15 *1/*1
Givet födelsedatum 1970-05-05
Givet vikten 100 kg
När merkaptopurin, 30 mg 3 gånger i veckan
Så info: Merkaptopurin: TPMT långsam metaboliserare, NUDT15 normal metaboliserare – börja med 10 % av normal dos, 3 dagar i veckan

Berättelse: merkaptopurin, TPMT saknas, riktlinjens dos varje dag
Givet svaret TPMT *3A/*3A
Givet svaret NUDT15 *1/*1
När merkaptopurin, 10 mg/m2 1 gånger dagligen
Så critical: Merkaptopurin: TPMT långsam metaboliserare, NUDT15 normal metaboliserare – börja med 10 % av normal dos, 3 dagar i veckan

Berättelse: tioguanin, TPMT saknas, en tiondel varje dag är mer än någon riktlinje vill
Givet svaret TPMT *3A/*3A
Givet svaret NUDT15 *1/*1
När tioguanin, 4 mg/m2 1 gånger dagligen
Så critical: Tioguanin: TPMT långsam metaboliserare, NUDT15 normal metaboliserare – börja med 10 % av normal dos, 3 dagar i veckan

Berättelse: tioguanin, NUDT15 saknas, en tiondel varje dag som DPWG vill
Givet svaret TPMT *1/*1
Givet svaret NUDT15 *3/*3
När tioguanin, 4 mg/m2 1 gånger dagligen
Så info: Tioguanin: NUDT15 långsam metaboliserare, TPMT normal metaboliserare – börja med 10 % av normal dos, 3 dagar i veckan

Berättelse: tioguanin, NUDT15 saknas, en tiondel tre dagar i veckan
Givet svaret TPMT *1/*1
Givet svaret NUDT15 *3/*3
När tioguanin, 4 mg/m2 3 gånger i veckan
Så inget kort

Berättelse: azatioprin, TPMT saknas, låg dos tre dagar i veckan
Givet svaret TPMT *3A/*3A
Givet svaret NUDT15 *1/*1
Givet födelsedatum 1970-05-05
När azatioprin, 25 mg 3 gånger i veckan
Så critical: Azatioprin: TPMT långsam metaboliserare, NUDT15 normal metaboliserare – välj annat läkemedel

Berättelse: klopidogrel av en orsak som inte utesluter PCI
Givet svaret CYP2C19 *1/*2
Givet orsaken förmaksflimmer
När klopidogrel, 75 mg 1 gånger dagligen
Så critical: Klopidogrel: CYP2C19 intermediär metaboliserare – undvik; överväg prasugrel eller tikagrelor
