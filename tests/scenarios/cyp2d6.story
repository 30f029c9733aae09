# CYP2D6

Berättelse: normal metaboliserare och kodein
Givet svaret CYP2D6 *1/*1
När kodein, 30 mg 4 gånger dagligen
Så inget kort

Berättelse: normal metaboliserare och tramadol
Givet svaret CYP2D6 *1/*1
När tramadol, 50 mg 4 gånger dagligen
Så inget kort

Berättelse: normal metaboliserare och nortriptylin
Givet svaret CYP2D6 *1/*1
När nortriptylin, 75 mg 1 gånger dagligen
Så inget kort

Berättelse: normal metaboliserare och metoprolol
Givet svaret CYP2D6 *1/*1
När metoprolol, 100 mg 1 gånger dagligen
Så inget kort

Berättelse: normal metaboliserare och tamoxifen
Givet svaret CYP2D6 *1/*1
När tamoxifen, 20 mg 1 gånger dagligen
Så inget kort

Berättelse: normal metaboliserare och atomoxetin
Givet svaret CYP2D6 *1/*1
När atomoxetin, 80 mg 1 gånger dagligen
Så inget kort

Berättelse: intermediär metaboliserare och kodein
Givet svaret CYP2D6 *4/*41
När kodein, 30 mg 4 gånger dagligen
Så inget kort

Berättelse: intermediär metaboliserare och tramadol
Givet svaret CYP2D6 *4/*41
När tramadol, 50 mg 4 gånger dagligen
Så inget kort

Berättelse: intermediär metaboliserare och nortriptylin
Givet svaret CYP2D6 *4/*41
När nortriptylin, 75 mg 1 gånger dagligen
Så warning: Nortriptylin: CYP2D6 intermediär metaboliserare – börja med 75 % av normal dos

Berättelse: intermediär metaboliserare och metoprolol
Givet svaret CYP2D6 *4/*41
När metoprolol, 100 mg 1 gånger dagligen
Så inget kort

# CPIC (PMID 29385237) och DPWG: om aromatashämmare inte går, höj tamoxifen till 40 mg. 20 mg är den vanliga dosen och följer inte rådet.
Berättelse: intermediär metaboliserare och tamoxifen i vanlig dos
Givet svaret CYP2D6 *4/*41
När tamoxifen, 20 mg 1 gånger dagligen
Så warning: Tamoxifen: CYP2D6 intermediär metaboliserare – välj annat läkemedel, t.ex. anastrozol eller letrozol

Berättelse: intermediär metaboliserare och tamoxifen i höjd dos
Givet svaret CYP2D6 *4/*41
När tamoxifen, 40 mg 1 gånger dagligen
Så info: Tamoxifen: CYP2D6 intermediär metaboliserare – välj annat läkemedel, t.ex. anastrozol eller letrozol

Berättelse: intermediär metaboliserare och atomoxetin
Givet svaret CYP2D6 *4/*41
När atomoxetin, 80 mg 1 gånger dagligen
Så warning: Atomoxetin: CYP2D6 intermediär metaboliserare – börja med högst 40 mg per dygn; ordinerat 80 mg

Berättelse: långsam metaboliserare och kodein
Givet svaret CYP2D6 *4/*4
När kodein, 30 mg 4 gånger dagligen
Så warning: Kodein: CYP2D6 långsam metaboliserare – undvik

Berättelse: långsam metaboliserare och tramadol
Givet svaret CYP2D6 *4/*4
När tramadol, 50 mg 4 gånger dagligen
Så warning: Tramadol: CYP2D6 långsam metaboliserare – undvik

Berättelse: långsam metaboliserare och nortriptylin
Givet svaret CYP2D6 *4/*4
När nortriptylin, 75 mg 1 gånger dagligen
Så warning: Nortriptylin: CYP2D6 långsam metaboliserare – undvik

Berättelse: långsam metaboliserare och metoprolol
Givet svaret CYP2D6 *4/*4
När metoprolol, 100 mg 1 gånger dagligen
Så warning: Metoprolol: CYP2D6 långsam metaboliserare – börja med lägsta rekommenderade dos

Berättelse: långsam metaboliserare och tamoxifen
Givet svaret CYP2D6 *4/*4
När tamoxifen, 20 mg 1 gånger dagligen
Så critical: Tamoxifen: CYP2D6 långsam metaboliserare – välj annat läkemedel, t.ex. anastrozol eller letrozol

Berättelse: långsam metaboliserare och atomoxetin
Givet svaret CYP2D6 *4/*4
När atomoxetin, 80 mg 1 gånger dagligen
Så warning: Atomoxetin: CYP2D6 långsam metaboliserare – börja med högst 40 mg per dygn; ordinerat 80 mg

Berättelse: ultrasnabb metaboliserare och kodein
Givet svaret CYP2D6 *1x2/*2
När kodein, 30 mg 4 gånger dagligen
Så critical: Kodein: CYP2D6 ultrasnabb metaboliserare – undvik

Berättelse: ultrasnabb metaboliserare och tramadol
Givet svaret CYP2D6 *1x2/*2
När tramadol, 50 mg 4 gånger dagligen
Så critical: Tramadol: CYP2D6 ultrasnabb metaboliserare – undvik

Berättelse: ultrasnabb metaboliserare och nortriptylin
Givet svaret CYP2D6 *1x2/*2
När nortriptylin, 75 mg 1 gånger dagligen
Så warning: Nortriptylin: CYP2D6 ultrasnabb metaboliserare – undvik

Berättelse: ultrasnabb metaboliserare och metoprolol
Givet svaret CYP2D6 *1x2/*2
När metoprolol, 100 mg 1 gånger dagligen
Så info: Metoprolol: CYP2D6 ultrasnabb metaboliserare – dosen kan behöva höjas

Berättelse: ultrasnabb metaboliserare och tamoxifen
Givet svaret CYP2D6 *1x2/*2
När tamoxifen, 20 mg 1 gånger dagligen
Så inget kort

Berättelse: ultrasnabb metaboliserare och atomoxetin
Givet svaret CYP2D6 *1x2/*2
När atomoxetin, 80 mg 1 gånger dagligen
Så inget kort

Berättelse: normal metaboliserare med paroxetin får kodein
Givet svaret CYP2D6 *1/*1
Givet läkemedlet paroxetin
När kodein, 30 mg 4 gånger dagligen
Så warning: Kodein: CYP2D6 långsam metaboliserare på grund av paroxetin – undvik

Berättelse: normal metaboliserare med fluoxetin får tramadol
Givet svaret CYP2D6 *1/*1
Givet läkemedlet fluoxetin
När tramadol, 50 mg 4 gånger dagligen
Så warning: Tramadol: CYP2D6 långsam metaboliserare på grund av fluoxetin – undvik

Berättelse: inte testad får kodein
När kodein, 30 mg 4 gånger dagligen
Så inget kort
