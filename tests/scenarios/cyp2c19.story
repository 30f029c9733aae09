# CYP2C19

Berättelse: normal metaboliserare och klopidogrel
Givet svaret CYP2C19 *1/*1
När klopidogrel, 75 mg 1 gånger dagligen
Så inget kort

Berättelse: normal metaboliserare och citalopram
Givet svaret CYP2C19 *1/*1
När citalopram, 40 mg 1 gånger dagligen
Så inget kort

Berättelse: normal metaboliserare och escitalopram
Givet svaret CYP2C19 *1/*1
När escitalopram, 20 mg 1 gånger dagligen
Så inget kort

Berättelse: normal metaboliserare och omeprazol
Givet svaret CYP2C19 *1/*1
När omeprazol, 20 mg 1 gånger dagligen
Så inget kort

Berättelse: normal metaboliserare och vorikonazol
Givet svaret CYP2C19 *1/*1
När vorikonazol, 200 mg 2 gånger dagligen
Så inget kort

Berättelse: normal metaboliserare och sertralin
Givet svaret CYP2C19 *1/*1
När sertralin, 100 mg 1 gånger dagligen
Så inget kort

Berättelse: intermediär metaboliserare och klopidogrel
Givet svaret CYP2C19 *1/*2
När klopidogrel, 75 mg 1 gånger dagligen
Så critical: Klopidogrel: CYP2C19 intermediär metaboliserare – undvik; överväg prasugrel eller tikagrelor

Berättelse: intermediär metaboliserare och citalopram
Givet svaret CYP2C19 *1/*2
När citalopram, 40 mg 1 gånger dagligen
Så warning: Citalopram: CYP2C19 intermediär metaboliserare – högst 30 mg per dygn; ordinerat 40 mg

Berättelse: intermediär metaboliserare och escitalopram
Givet svaret CYP2C19 *1/*2
När escitalopram, 20 mg 1 gånger dagligen
Så warning: Escitalopram: CYP2C19 intermediär metaboliserare – högst 15 mg per dygn; ordinerat 20 mg

Berättelse: intermediär metaboliserare och omeprazol
Givet svaret CYP2C19 *1/*2
När omeprazol, 20 mg 1 gånger dagligen
Så info: Omeprazol: CYP2C19 intermediär metaboliserare – efter 12 veckor med effekt: 50 % av normal dos

Berättelse: intermediär metaboliserare och vorikonazol
Givet svaret CYP2C19 *1/*2
När vorikonazol, 200 mg 2 gånger dagligen
Så inget kort

Berättelse: intermediär metaboliserare och sertralin
Givet svaret CYP2C19 *1/*2
När sertralin, 100 mg 1 gånger dagligen
Så info: Sertralin: CYP2C19 intermediär metaboliserare – titrera långsamt

Berättelse: långsam metaboliserare och klopidogrel
Givet svaret CYP2C19 *2/*2
När klopidogrel, 75 mg 1 gånger dagligen
Så critical: Klopidogrel: CYP2C19 långsam metaboliserare – undvik; överväg prasugrel eller tikagrelor

Berättelse: långsam metaboliserare och citalopram
Givet svaret CYP2C19 *2/*2
När citalopram, 40 mg 1 gånger dagligen
Så warning: Citalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel, annars högst 20 mg per dygn; ordinerat 40 mg

Berättelse: långsam metaboliserare och escitalopram
Givet svaret CYP2C19 *2/*2
När escitalopram, 20 mg 1 gånger dagligen
Så warning: Escitalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel, annars högst 10 mg per dygn; ordinerat 20 mg

Berättelse: långsam metaboliserare och omeprazol
Givet svaret CYP2C19 *2/*2
När omeprazol, 20 mg 1 gånger dagligen
Så info: Omeprazol: CYP2C19 långsam metaboliserare – efter 12 veckor med effekt: 50 % av normal dos

Berättelse: långsam metaboliserare och vorikonazol
Givet svaret CYP2C19 *2/*2
När vorikonazol, 200 mg 2 gånger dagligen
Så warning: Vorikonazol: CYP2C19 långsam metaboliserare – välj annat läkemedel, t.ex. isavukonazol eller amfotericin B

Berättelse: långsam metaboliserare och sertralin
Givet svaret CYP2C19 *2/*2
När sertralin, 100 mg 1 gånger dagligen
Så warning: Sertralin: CYP2C19 långsam metaboliserare – högst 75 mg per dygn; ordinerat 100 mg

Berättelse: snabb metaboliserare och klopidogrel
Givet svaret CYP2C19 *1/*17
När klopidogrel, 75 mg 1 gånger dagligen
Så inget kort

Berättelse: snabb metaboliserare och citalopram
Givet svaret CYP2C19 *1/*17
När citalopram, 40 mg 1 gånger dagligen
Så inget kort

Berättelse: snabb metaboliserare och escitalopram
Givet svaret CYP2C19 *1/*17
När escitalopram, 20 mg 1 gånger dagligen
Så inget kort

Berättelse: snabb metaboliserare och omeprazol
Givet svaret CYP2C19 *1/*17
När omeprazol, 20 mg 1 gånger dagligen
Så inget kort

Berättelse: snabb metaboliserare och vorikonazol
Givet svaret CYP2C19 *1/*17
När vorikonazol, 200 mg 2 gånger dagligen
Så warning: Vorikonazol: CYP2C19 snabb metaboliserare – välj annat läkemedel, t.ex. isavukonazol eller amfotericin B

Berättelse: snabb metaboliserare och sertralin
Givet svaret CYP2C19 *1/*17
När sertralin, 100 mg 1 gånger dagligen
Så inget kort

Berättelse: ultrasnabb metaboliserare och klopidogrel
Givet svaret CYP2C19 *17/*17
När klopidogrel, 75 mg 1 gånger dagligen
Så inget kort

Berättelse: ultrasnabb metaboliserare och citalopram
Givet svaret CYP2C19 *17/*17
När citalopram, 40 mg 1 gånger dagligen
Så warning: Citalopram: CYP2C19 ultrasnabb metaboliserare – välj annat läkemedel

Berättelse: ultrasnabb metaboliserare och escitalopram
Givet svaret CYP2C19 *17/*17
När escitalopram, 20 mg 1 gånger dagligen
Så warning: Escitalopram: CYP2C19 ultrasnabb metaboliserare – välj annat läkemedel

Berättelse: ultrasnabb metaboliserare och omeprazol
Givet svaret CYP2C19 *17/*17
När omeprazol, 20 mg 1 gånger dagligen
Så info: Omeprazol: CYP2C19 ultrasnabb metaboliserare – dosen kan behöva höjas till 200 % av normal dos

Berättelse: ultrasnabb metaboliserare och vorikonazol
Givet svaret CYP2C19 *17/*17
När vorikonazol, 200 mg 2 gånger dagligen
Så warning: Vorikonazol: CYP2C19 ultrasnabb metaboliserare – välj annat läkemedel, t.ex. isavukonazol eller amfotericin B

Berättelse: ultrasnabb metaboliserare och sertralin
Givet svaret CYP2C19 *17/*17
När sertralin, 100 mg 1 gånger dagligen
Så inget kort

Berättelse: inte testad och klopidogrel
När klopidogrel, 75 mg 1 gånger dagligen
Så inget kort

Berättelse: långsam metaboliserare, klopidogrel efter stroke
Givet svaret CYP2C19 *2/*2
Givet orsaken hjärninfarkt
När klopidogrel, 75 mg 1 gånger dagligen
Så warning: Klopidogrel: CYP2C19 långsam metaboliserare – undvik; överväg tikagrelor

Berättelse: långsam metaboliserare, klopidogrel efter hjärtinfarkt
Givet svaret CYP2C19 *2/*2
Givet orsaken akut hjärtinfarkt med PCI
När klopidogrel, 75 mg 1 gånger dagligen
Så critical: Klopidogrel: CYP2C19 långsam metaboliserare – undvik; överväg prasugrel eller tikagrelor

Berättelse: långsam metaboliserare, låg dos citalopram
Givet svaret CYP2C19 *2/*2
När citalopram, 10 mg 1 gånger dagligen
Så info: Citalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel

Berättelse: långsam metaboliserare, låg dos escitalopram
Givet svaret CYP2C19 *2/*2
När escitalopram, 5 mg 1 gånger dagligen
Så info: Escitalopram: CYP2C19 långsam metaboliserare – välj annat läkemedel
