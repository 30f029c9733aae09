# Ålder och dosgränser
#
# DPWG (PMID 34782755): citalopram högst 20 mg för långsamma och 30 mg för intermediära metaboliserare av CYP2C19, från 65 år 10 och 15 mg;
# escitalopram 10 och 15 mg, från 65 år 5 och 7,5 mg; sertralin högst 75 mg för långsamma. Pimozid: högst 10 mg (under 12 år
# 0,05 mg/kg, högst 2 mg) för långsamma och 16 mg (under 12 år 0,08 mg/kg, högst 3 mg) för intermediära metaboliserare av CYP2D6. Risperidon till
# ultrasnabba: högst 12 mg, 15–17 år under 51 kg högst 6 mg. Mavakamten till långsamma av CYP2C19: högst 5 mg, med svag eller måttlig
# CYP3A4-hämmare 2,5 mg, med stark inte alls. Eliglustat till långsamma av CYP2D6: 84 mg, inte med måttlig eller stark CYP3A-hämmare eller stark inducerare.

Berättelse: citalopram 20 mg är för mycket för den som är över 65 år och långsam metaboliserare
Givet svaret CYP2C19 *2/*2
Givet födelsedatum 1955-06-01
När citalopram, 20 mg 1 gånger dagligen
Så warning: Citalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel, annars högst 10 mg per dygn; ordinerat 20 mg

Berättelse: citalopram 40 mg till den som är över 65 år jämförs med den lägre gränsen
Givet svaret CYP2C19 *2/*2
Givet födelsedatum 1955-06-01
När citalopram, 40 mg 1 gånger dagligen
Så warning: Citalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel, annars högst 10 mg per dygn; ordinerat 40 mg

Berättelse: citalopram 10 mg håller sig inom gränsen även efter 65
Givet svaret CYP2C19 *2/*2
Givet födelsedatum 1955-06-01
När citalopram, 10 mg 1 gånger dagligen
Så info: Citalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel

Berättelse: citalopram 20 mg håller sig inom gränsen före 65
Givet svaret CYP2C19 *2/*2
Givet födelsedatum 1976-06-01
När citalopram, 20 mg 1 gånger dagligen
Så info: Citalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel

Berättelse: citalopram 20 mg när åldern inte är känd
Givet svaret CYP2C19 *2/*2
När citalopram, 20 mg 1 gånger dagligen
Så warning: Citalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel

Berättelse: den lägre gränsen gäller från 65-årsdagen
Givet svaret CYP2C19 *2/*2
Givet födelsedatum 1961-03-02
När citalopram, 20 mg 1 gånger dagligen
Så warning: Citalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel, annars högst 10 mg per dygn; ordinerat 20 mg

Berättelse: dagen före 65-årsdagen gäller den högre gränsen
Givet svaret CYP2C19 *2/*2
Givet födelsedatum 1961-03-03
När citalopram, 20 mg 1 gånger dagligen
Så info: Citalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel

Berättelse: intermediär metaboliserare över 65 år får högst 15 mg citalopram
Givet svaret CYP2C19 *1/*2
Givet födelsedatum 1950-01-15
När citalopram, 20 mg 1 gånger dagligen
Så warning: Citalopram: CYP2C19 intermediär metaboliserare – högst 15 mg per dygn; ordinerat 20 mg

Berättelse: intermediär metaboliserare under 65 år får högst 30 mg citalopram
Givet svaret CYP2C19 *1/*2
Givet födelsedatum 1980-01-15
När citalopram, 40 mg 1 gånger dagligen
Så warning: Citalopram: CYP2C19 intermediär metaboliserare – högst 30 mg per dygn; ordinerat 40 mg

Berättelse: intermediär metaboliserare med 30 mg citalopram titreras långsamt
Givet svaret CYP2C19 *1/*2
Givet födelsedatum 1980-01-15
När citalopram, 30 mg 1 gånger dagligen
Så info: Citalopram: CYP2C19 intermediär metaboliserare – titrera långsamt

Berättelse: normal metaboliserare över 65 år ger inget genetiskt råd om citalopram
Givet svaret CYP2C19 *1/*1
Givet födelsedatum 1950-01-15
När citalopram, 20 mg 1 gånger dagligen
Så inget kort

Berättelse: intermediär metaboliserare över 65 år får högst 7,5 mg escitalopram
Givet svaret CYP2C19 *1/*2
Givet födelsedatum 1950-01-15
När escitalopram, 10 mg 1 gånger dagligen
Så warning: Escitalopram: CYP2C19 intermediär metaboliserare – högst 7,5 mg per dygn; ordinerat 10 mg

Berättelse: långsam metaboliserare under 65 år håller gränsen med 10 mg escitalopram
Givet svaret CYP2C19 *2/*2
Givet födelsedatum 1980-01-15
När escitalopram, 10 mg 1 gånger dagligen
Så info: Escitalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel

Berättelse: sertralin 100 mg är över gränsen för en långsam metaboliserare
Givet svaret CYP2C19 *2/*2
Givet födelsedatum 1980-01-15
När sertralin, 100 mg 1 gånger dagligen
Så warning: Sertralin: CYP2C19 långsam metaboliserare – högst 75 mg per dygn; ordinerat 100 mg

Berättelse: pimozid till ett barn under 12 år
Givet svaret CYP2D6 *4/*4
Givet födelsedatum 2016-05-01
Givet vikten 42 kg
När pimozid, 2 mg 2 gånger dagligen
Så warning: Pimozid: CYP2D6 långsam metaboliserare – högst 2 mg per dygn; ordinerat 4 mg

Berättelse: pimozid till ett barn under 12 år inom gränsen
Givet svaret CYP2D6 *4/*4
Givet födelsedatum 2016-05-01
Givet vikten 42 kg
När pimozid, 1 mg 2 gånger dagligen
Så inget kort

Berättelse: pimozid till ett mindre barn räknas efter vikten
Givet svaret CYP2D6 *4/*4
Givet födelsedatum 2018-05-01
Givet vikten 24 kg
När pimozid, 1 mg 2 gånger dagligen
Så warning: Pimozid: CYP2D6 långsam metaboliserare – högst 1,2 mg per dygn; ordinerat 2 mg

Berättelse: pimozid till ett barn vars vikt inte är känd går inte att bedöma
Givet svaret CYP2D6 *4/*4
Givet födelsedatum 2018-05-01
När pimozid, 1 mg 2 gånger dagligen
Så warning: Pimozid: CYP2D6 långsam metaboliserare – högst 2 mg per dygn

Berättelse: pimozid till ett barn som är intermediär metaboliserare
Givet svaret CYP2D6 *4/*41
Givet födelsedatum 2016-05-01
Givet vikten 42 kg
När pimozid, 2 mg 2 gånger dagligen
Så warning: Pimozid: CYP2D6 intermediär metaboliserare – högst 3 mg per dygn; ordinerat 4 mg

Berättelse: pimozid till en vuxen långsam metaboliserare inom gränsen
Givet svaret CYP2D6 *4/*4
Givet födelsedatum 1980-05-01
När pimozid, 8 mg 1 gånger dagligen
Så inget kort

Berättelse: pimozid till en vuxen långsam metaboliserare över gränsen
Givet svaret CYP2D6 *4/*4
Givet födelsedatum 1980-05-01
När pimozid, 12 mg 1 gånger dagligen
Så warning: Pimozid: CYP2D6 långsam metaboliserare – högst 10 mg per dygn; ordinerat 12 mg

Berättelse: mavakamten 5 mg håller gränsen för en långsam metaboliserare som redan har fått det
Givet svaret CYP2C19 *2/*2
Givet läkemedlet mavakamten, 2.5 mg 1 gånger dagligen sedan 2026-01-20
När mavakamten, 5 mg 1 gånger dagligen
Så inget kort

Berättelse: med en måttlig CYP3A4-hämmare är gränsen för mavakamten lägre
Givet svaret CYP2C19 *2/*2
Givet läkemedlet diltiazem
När mavakamten, 5 mg 1 gånger dagligen
Så critical: Mavakamten: CYP2C19 långsam metaboliserare – högst 2,5 mg per dygn; ordinerat 5 mg

Berättelse: en svag CYP3A4-hämmare räcker för den lägre gränsen
Givet svaret CYP2C19 *2/*2
Givet läkemedlet amlodipin
När mavakamten, 5 mg 1 gånger dagligen
Så critical: Mavakamten: CYP2C19 långsam metaboliserare – högst 2,5 mg per dygn; ordinerat 5 mg

Berättelse: med en stark CYP3A4-hämmare är mavakamten kontraindicerat
Givet svaret CYP2C19 *2/*2
Givet läkemedlet klaritromycin
När mavakamten, 2,5 mg 1 gånger dagligen
Så critical: Mavakamten: CYP2C19 långsam metaboliserare – undvik

Berättelse: hämmaren ordineras i samma ordination
Givet svaret CYP2C19 *2/*2
När mavakamten, 2,5 mg 1 gånger dagligen
Och klaritromycin, 500 mg 2 gånger dagligen
Så critical: Mavakamten: CYP2C19 långsam metaboliserare – undvik

Berättelse: eliglustat 84 mg är rätt dos för en långsam metaboliserare
Givet svaret CYP2D6 *4/*4
När eliglustat, 84 mg 1 gånger dagligen
Så inget kort

Berättelse: eliglustat undviks vid stark inducerare
Givet svaret CYP2D6 *4/*4
Givet läkemedlet karbamazepin
När eliglustat, 84 mg 1 gånger dagligen
Så warning: Eliglustat: CYP2D6 långsam metaboliserare – undvik

Berättelse: risperidon till en lätt sextonåring som är ultrasnabb metaboliserare
Givet svaret CYP2D6 *1x2/*2
Givet födelsedatum 2009-09-01
Givet vikten 47 kg
När risperidon, 4 mg 2 gånger dagligen
Så warning: Risperidon: CYP2D6 ultrasnabb metaboliserare – välj annat läkemedel, annars högst 6 mg per dygn; ordinerat 8 mg

Berättelse: risperidon till en vuxen som är ultrasnabb metaboliserare håller den högre gränsen
Givet svaret CYP2D6 *1x2/*2
Givet födelsedatum 1980-09-01
Givet vikten 47 kg
När risperidon, 4 mg 2 gånger dagligen
Så info: Risperidon: CYP2D6 ultrasnabb metaboliserare – välj annat läkemedel
