# DPYD

Berättelse: bärare av c.1905+1G>A, full dos
Givet svaret DPYD c.1905+1G>A/Reference
När kapecitabin, 1500 mg 2 gånger dagligen
Så critical: Kapecitabin: DPYD intermediär metaboliserare – börja med 50 % av normal dos

# Kapecitabin har flera fulla doser (Xeloda, EPAR 4.2): 1250 mg/m2 två gånger dagligen ensamt, 800–1000 i kombination, 625 i kombination utan uppehåll.
# Ordinationen säger inte vilken som avses. Högst hälften av den högsta är tyst: den som har följt rådet ska inte avbrytas.

Berättelse: bärare av c.1905+1G>A, redan halv dos
Givet födelsedatum 1970-05-05
Givet svaret DPYD c.1905+1G>A/Reference
När kapecitabin, 750 mg 2 gånger dagligen
Så inget kort

Berättelse: halva dosen ensamt
Givet svaret DPYD c.1905+1G>A/Reference
När kapecitabin, 625 mg/m2 2 gånger dagligen
Så inget kort

Berättelse: halva dosen av oxaliplatinkombinationen
Givet svaret DPYD c.2846A>T/Reference
När kapecitabin, 500 mg/m2 2 gånger dagligen
Så inget kort

Berättelse: mer än hälften av den högsta dosen
Givet svaret DPYD c.1905+1G>A/Reference
När kapecitabin, 650 mg/m2 2 gånger dagligen
Så critical: Kapecitabin: DPYD intermediär metaboliserare – börja med 50 % av normal dos

Berättelse: högst hälften av den lägsta fulla dosen
Givet svaret DPYD c.1905+1G>A/Reference
När kapecitabin, 300 mg/m2 2 gånger dagligen
Så inget kort

Berättelse: två varianter utan funktion, hur liten dosen än är
Givet svaret DPYD c.1905+1G>A/c.1905+1G>A
När kapecitabin, 10 mg/m2 1 gånger dagligen
Så critical: Kapecitabin: DPYD långsam metaboliserare – undvik

Berättelse: en variant utan funktion och en med nedsatt, under en fjärdedel av dosen
Givet svaret DPYD c.1905+1G>A/c.2846A>T
När kapecitabin, 150 mg/m2 2 gånger dagligen
Så critical: Kapecitabin: DPYD långsam metaboliserare – undvik

Berättelse: två varianter utan funktion
Givet svaret DPYD c.1905+1G>A/c.1905+1G>A
När kapecitabin, 1500 mg 2 gånger dagligen
Så critical: Kapecitabin: DPYD långsam metaboliserare – undvik

Berättelse: ingen variant funnen
Givet svaret DPYD Reference/Reference
När kapecitabin, 1500 mg 2 gånger dagligen
Så inget kort

Berättelse: HapB3-bärare
Givet svaret DPYD c.1129-5923C>G, c.1236G>A (HapB3)/Reference
När kapecitabin, 1500 mg 2 gånger dagligen
Så critical: Kapecitabin: DPYD intermediär metaboliserare – börja med 50 % av normal dos

Berättelse: c.2846A>T-bärare
Givet svaret DPYD c.2846A>T/Reference
När kapecitabin, 1500 mg 2 gånger dagligen
Så critical: Kapecitabin: DPYD intermediär metaboliserare – börja med 50 % av normal dos

Berättelse: c.2846A>T-bärare, fluorouracil
Givet svaret DPYD c.2846A>T/Reference
När fluorouracil, 4000 mg 1 gånger dagligen
Så critical: Fluorouracil: DPYD intermediär metaboliserare – börja med 50 % av normal dos

Berättelse: bärare, fluorouracil
Givet svaret DPYD c.1905+1G>A/Reference
När fluorouracil, 4000 mg 1 gånger dagligen
Så critical: Fluorouracil: DPYD intermediär metaboliserare – börja med 50 % av normal dos

Berättelse: bärare, tegafur
Givet svaret DPYD c.1905+1G>A/Reference
När tegafur, 40 mg 2 gånger dagligen
Så critical: Tegafur: DPYD intermediär metaboliserare – undvik

Berättelse: långsam, fluorouracil
Givet svaret DPYD c.1905+1G>A/c.1905+1G>A
När fluorouracil, 4000 mg 1 gånger dagligen
Så critical: Fluorouracil: DPYD långsam metaboliserare – undvik

Berättelse: inte testad, kapecitabin
När kapecitabin, 1500 mg 2 gånger dagligen
Så warning: Kapecitabin: DPYD är inte testad – testa före start

Berättelse: inte testad, fluorouracil
När fluorouracil, 4000 mg 1 gånger dagligen
Så warning: Fluorouracil: DPYD är inte testad – testa före start

Berättelse: inte testad, tegafur
När tegafur, 40 mg 2 gånger dagligen
Så warning: Tegafur: DPYD är inte testad – testa före start

Berättelse: testet gav inget svar
Givet svaret DPYD inget svar
När kapecitabin, 1500 mg 2 gånger dagligen
Så warning: Kapecitabin: DPYD-resultatet går inte att tolka – testa om före start

Berättelse: okänd allel är inte normal
Givet svaret DPYD c.9999A>T/Reference
När kapecitabin, 1500 mg 2 gånger dagligen
Så warning: Kapecitabin: DPYD-resultatet går inte att tolka – testa om före start
