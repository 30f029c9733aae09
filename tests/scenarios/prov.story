# Prov som beställs när svar finns, och svar som inte sökte efter allt
#
# EMA (EMA/229267/2020): före en fluoropyrimidin söks DPYD c.1905+1G>A (*2A), c.1679T>G (*13), c.2846A>T och HapB3 (c.1129-5923C>G, c.1236G>A).

# --- HLA: varje allel är ett prov för sig

Berättelse: HLA-B*57:01 säger inget om HLA-B*15:02
Givet svaret HLA-B negativ *57:01
När provet HLA-B*15:02
Så inget kort

Berättelse: HLA-B*15:02 säger inget om HLA-B*58:01
Givet svaret HLA-B negativ *15:02
När provet HLA-B*58:01 [Presence]
Så inget kort

Berättelse: samma allel en gång till
Givet svaret HLA-B negativ *57:01
När provet HLA-B*57:01
Så info: HLA-B är redan genotypad: *57:01 påvisades inte

Berättelse: en allel som fanns
Givet svaret HLA-B positiv *58:01
När provet HLA-B*58:01
Så info: HLA-B är redan genotypad: *58:01 påvisades

Berättelse: hela genen ger mer än en allel
Givet svaret HLA-B negativ *57:01
När provet HLA-B-typning
Så info: HLA-B är redan genotypad för vissa alleler: *57:01 påvisades inte

Berättelse: en av två alleler är känd
Givet svaret HLA-B negativ *57:01
När provet HLA-B*57:01, *58:01
Så info: HLA-B är redan genotypad för vissa alleler: *57:01 påvisades inte

Berättelse: en annan allel är på väg
Givet beställningen HLA-B*57:01
När provet HLA-B*58:01
Så inget kort

Berättelse: samma allel är på väg
Givet beställningen HLA-B*58:01
När provet HLA-B*58:01
Så info: Genotypning av HLA-B*58:01 är redan beställd

# --- Vad svaret sökte efter

Berättelse: DPYD, bara *2A söktes, beställs igen
Givet svaret DPYD Reference/Reference sökt c.1905+1G>A
När provet DPYD-genotypning
Så info: DPYD är redan genotypad, men inte för alla varianter: normal metaboliserare
Utan förslag

Berättelse: CYP2D6 utan antal kopior
Givet svaret CYP2D6 *1/*1 sökt *4
När provet CYP2D6-genotypning
Så info: CYP2D6 är redan genotypad, men inte för alla varianter: normal metaboliserare

Berättelse: DPYD, alla fyra söktes
Givet svaret DPYD Reference/Reference sökt *2A, *13, c.2846A>T, HapB3
När provet DPYD-genotypning
Så info: DPYD är redan genotypad: normal metaboliserare

# --- En enda variant beställs

Berättelse: en variant som svaret inte sökte efter, fast det sökte efter alla som EMA nämner
Givet svaret DPYD Reference/Reference sökt *2A, *13, c.2846A>T, HapB3
När provet DPYD c.557A>G
Så info: DPYD är redan genotypad, men inte för alla varianter: normal metaboliserare

Berättelse: en variant som svaret sökte efter, bland alla andra
Givet svaret DPYD Reference/Reference sökt *2A, *13, c.2846A>T, HapB3
När provet DPYD rs3918290
Så info: DPYD är redan genotypad: normal metaboliserare
Med förslaget Ta bort beställningen (rekommenderas)

Berättelse: den enda variant som svaret sökte efter, en gång till
Givet svaret DPYD Reference/Reference sökt c.1905+1G>A
När provet DPYD*2A
Så info: DPYD är redan genotypad, men inte för alla varianter: normal metaboliserare
Med förslaget Ta bort beställningen

Berättelse: en variant som svaret sökte efter och en som det inte sökte efter
Givet svaret DPYD Reference/Reference sökt c.1905+1G>A
När provet DPYD (*2A, *13)
Så info: DPYD är redan genotypad, men inte för alla varianter: normal metaboliserare
Utan förslag

Berättelse: en ovanligare allel än de som söktes
Givet svaret CYP2C19 *1/*1 sökt *2, *3, *17
När provet CYP2C19*9
Så info: CYP2C19 är redan genotypad, men inte för alla varianter: normal metaboliserare

Berättelse: en variant är på väg när hela genen beställs
Givet beställningen DPYD*2A
När provet DPYD-genotypning
Så inget kort

Berättelse: samma variant är på väg under ett annat namn
Givet beställningen DPYD*2A
När provet DPYD c.1905+1G>A
Så info: Genotypning av DPYD är redan beställd

Berättelse: en annan variant är på väg
Givet beställningen DPYD*2A
När provet rs67376798
Så inget kort

Berättelse: hela genen är på väg, och varianten är en av dem som alla söker efter
Givet beställningen DPYD-genotypning
När provet DPYD*13
Så info: Genotypning av DPYD är redan beställd

Berättelse: hela genen är på väg, men varianten är ingen som alla söker efter
Givet beställningen DPYD-genotypning
När provet DPYD c.557A>G
Så inget kort

Berättelse: alla fyra är på väg, var och en nämnd
Givet beställningen DPYD-genotypning (*2A, *13, c.2846A>T, HapB3)
När provet DPYD-genotypning
Så info: Genotypning av DPYD är redan beställd

Berättelse: den enda variant som genen har
Givet beställningen VKORC1 rs9923231
När provet VKORC1-genotypning
Så info: Genotypning av VKORC1 är redan beställd

# --- Vad ett normalt svar inte sökte efter

Berättelse: kapecitabin när bara *2A söktes
Givet svaret DPYD Reference/Reference sökt c.1905+1G>A
När kapecitabin, 2000 mg 2 gånger dagligen
Så info: Kapecitabin: DPYD normal, men svaret sökte inte efter c.1679T>G (*13), c.2846A>T, c.1129-5923C>G, c.1236G>A (HapB3)

Berättelse: fluorouracil när HapB3 inte söktes
Givet svaret DPYD Reference/Reference sökt *2A, *13, c.2846A>T
När fluorouracil
Så info: Fluorouracil: DPYD normal, men svaret sökte inte efter c.1129-5923C>G, c.1236G>A (HapB3)

Berättelse: HapB3 genom en av sina två markörer
Givet svaret DPYD Reference/Reference sökt rs3918290, rs55886062, rs67376798, rs56038477
När kapecitabin, 2000 mg 2 gånger dagligen
Så inget kort

Berättelse: kapecitabin när svaret inte säger vad som söktes
Givet svaret DPYD Reference/Reference
När kapecitabin, 2000 mg 2 gånger dagligen
Så inget kort

Berättelse: det äldre svaret sökte efter resten
Givet svaret DPYD Reference/Reference sökt *2A, *13, c.2846A>T, HapB3 den 2020-03-01
Givet svaret DPYD Reference/Reference sökt *2A den 2024-03-01
När kapecitabin, 2000 mg 2 gånger dagligen
Så inget kort
