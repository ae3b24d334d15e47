/** What a check finds, in German: by the English sentence, whose places are numbered. `{!0}` is a sentence of its own, or a part of one. */
export const GERMAN: Readonly<Record<string, string>> = {
  'The certificate of destruction is signed, and the ledger agrees':
    'Die Vernichtungsbescheinigung ist unterschrieben, und das Protokoll stimmt ihr zu',
  'The certificate of destruction is signed by the ledger':
    'Die Vernichtungsbescheinigung ist vom Protokoll unterschrieben',
  'Ledger and journal of cart {0} tell the same':
    'Protokoll und Journal des Geräts {0} sagen dasselbe',
  "The gateway's ledger has signed the receipts, too":
    'Auch das Protokoll des Servicezentrums hat die Quittungen unterschrieben',
  'Cart {0} opened nothing before its operator allowed it':
    'Gerät {0} hat nichts geöffnet, bevor es am Gerät erlaubt wurde',
  'The root of the carts’ certificates is the right one':
    'Die Wurzel der Gerätezertifikate ist die richtige',
  'The certificates of cart {0} name it and come from one root':
    'Die Zertifikate des Geräts {0} nennen es und kommen von einer Wurzel',
  'No licence is used or renewed that was not issued before':
    'Keine Lizenz wird benutzt oder erneuert, die nicht vorher ausgestellt wurde',
  'The checkpoint of the ledger is signed': 'Der Prüfpunkt des Protokolls ist unterschrieben',
  'All entries are what was signed, none left out':
    'Alle Einträge sind, was unterschrieben wurde; keiner fehlt',
  'Each entry here is what was signed': 'Jeder Eintrag hier ist, was unterschrieben wurde',
  'The ledger goes on from the checkpoints kept from earlier':
    'Das Protokoll setzt die früher aufbewahrten Prüfpunkte fort',
  'Witnesses vouch for the ledger': 'Zeugen stehen für das Protokoll ein',
  'The journal on the disk is undamaged': 'Das Journal auf dem Datenträger ist unbeschädigt',
  'The journal is in order': 'Das Journal ist in Ordnung',
  'The journal of cart {0} is what the cart signed':
    'Das Journal des Geräts {0} ist, was das Gerät unterschrieben hat',
  'The entries are those of the case': 'Die Einträge sind die des Falls',
  'The session receipts are signed by the carts, and ledger and journal agree':
    'Die Sitzungsquittungen sind von den Geräten unterschrieben, und Protokoll und Journal stimmen überein',
  'The report is signed by the key of a cart of that root':
    'Der Bericht ist mit dem Schlüssel eines Geräts dieser Wurzel unterschrieben',
  'The report does not contradict itself': 'Der Bericht widerspricht sich nicht',
  "The gateway's ledger countersigned the report":
    'Das Protokoll des Servicezentrums hat den Bericht gegengezeichnet',
  'The receipt is signed by the key of a cart of that root':
    'Die Quittung ist mit dem Schlüssel eines Geräts dieser Wurzel unterschrieben',
  'The list of files is the one that the receipt vouches for':
    'Die Liste der Dateien ist die, für die die Quittung einsteht',
  "The gateway's ledger has signed it, too":
    'Auch das Protokoll des Servicezentrums hat sie unterschrieben',
  'The end of the session stands in the ledger': 'Das Ende der Sitzung steht im Protokoll',
  'Each act that widens access has its reason before it in the ledger':
    'Jede Handlung, die Zugriff erweitert, hat ihren Grund vor sich im Protokoll',
  '… and {0} more.': '… und {0} weitere.',
  'Cart {0}, {1}, at {2}.': 'Gerät {0}, {1}, in {2}.',
  "By the cart's own clock its certificate was not in date when it signed.":
    'Nach der Uhr des Geräts war sein Zertifikat nicht gültig, als es unterschrieb.',
  'The report is not as a signer writes it.':
    'Der Bericht hat nicht die Form, in der unterschrieben wird.',
  'The report was altered, says what no report can say, or its own certificate is not that of the key that signed it.':
    'Der Bericht wurde verändert, sagt, was kein Bericht sagen kann, oder sein Zertifikat ist nicht das des Schlüssels, der ihn unterschrieben hat.',
  'The certificate in the report: {!0}': 'Das Zertifikat im Bericht: {!0}',
  'The certificate in the file: {!0}': 'Das Zertifikat in der Datei: {!0}',
  'It is in the name of {0}, and signed by {1}.':
    'Es lautet auf {0} und ist von {1} unterschrieben.',
  'It names another certificate than that of the key that signed it.':
    'Er nennt ein anderes Zertifikat als das des Schlüssels, der ihn unterschrieben hat.',
  "Accepted by {0}, {1} UTC by the cart's clock.":
    'Abgenommen von {0}, {1} UTC nach der Uhr des Geräts.',
  "NOT accepted by {0}, {1} UTC by the cart's clock.":
    'NICHT abgenommen von {0}, {1} UTC nach der Uhr des Geräts.',
  'Failed: {0}.': 'Nicht bestanden: {0}.',
  'With a remark: {0}.': 'Mit Bemerkung: {0}.',
  'Left out: {0}.': 'Ausgelassen: {0}.',
  '{0} firewall rules, all outbound, as network and road need them.':
    '{0} Firewallregeln, alle nach außen, wie Netz und Weg sie brauchen.',
  'It was made by a demonstration system.': 'Er stammt von einem Vorführsystem.',
  'The ledger key in the file is not the one that was given with --key.':
    'Der Schlüssel des Protokolls in der Datei ist nicht der, den Sie aufbewahren.',
  'Not yet: the gateway had not received it when the file was written.':
    'Noch nicht: Das Servicezentrum hatte ihn nicht, als die Datei geschrieben wurde.',
  'The countersignature is that of another report.':
    'Die Gegenzeichnung ist die eines anderen Berichts.',
  'The countersignature names another ledger.': 'Die Gegenzeichnung nennt ein anderes Protokoll.',
  'Received {0} UTC by {1}. It says nothing of what is true in it.':
    'Eingegangen {0} UTC bei {1}. Ob wahr ist, was darin steht, sagt das nicht.',
  'The ledger key came with the file: give --key to compare it with the one you keep.':
    'Der Schlüssel des Protokolls kam mit der Datei: Geben Sie den an, den Sie aufbewahren, um zu vergleichen.',
  'The countersignature was altered, or is not of the ledger key in the file.':
    'Die Gegenzeichnung wurde verändert oder ist nicht mit dem Schlüssel in der Datei gemacht.',
  'The validation ended before it began.': 'Die Prüfung am Gerät endete, bevor sie begann.',
  'It says that the cart was accepted, and its steps say otherwise.':
    'Er sagt, dass das Gerät abgenommen wurde, und seine Schritte sagen etwas anderes.',
  'It says that the cart was not accepted, and its steps say otherwise.':
    'Er sagt, dass das Gerät nicht abgenommen wurde, und seine Schritte sagen etwas anderes.',
  'Step {0} is "{1}", out of its order.': 'Schritt {0} ist „{1}“, nicht an seiner Stelle.',
  'The step "{0}" is {1}, which does not fit its finding.':
    'Der Schritt „{0}“ ist {1}, was nicht zu seinem Befund passt.',
  'The finding {0} is not one of the step "{1}".': 'Der Befund {0} ist keiner des Schritts „{1}“.',
  'The step "{0}" failed, and nothing says what to do.':
    'Der Schritt „{0}“ schlug fehl, und nichts sagt, was zu tun ist.',
  "The firewall rules do not follow from the cart's network and road.":
    'Die Firewallregeln folgen nicht aus Netz und Weg des Geräts.',
  'There is no cart root in the bundle, and none was given: no cart can be believed.':
    'In der Datei ist keine Wurzel der Geräte, und keine wurde angegeben: Keinem Gerät ist zu glauben.',
  'Trusting the root inside the bundle (SHA-256 {0}): give --cart-root to check against the one you keep.':
    'Der Wurzel in der Datei wird geglaubt (SHA-256 {0}): Geben Sie die an, die Sie aufbewahren, um zu vergleichen.',
  'The bundle brings another cart root than the one given.':
    'Die Datei bringt eine andere Wurzel der Geräte als die angegebene.',
  'No root to believe: only the name was checked.':
    'Keine Wurzel, der zu glauben wäre: Nur der Name wurde geprüft.',
  'Certificate {0} does not name serial number {1}.':
    'Zertifikat {0} nennt nicht die Seriennummer {1}.',
  'Certificate {0} is not believed: {!1}': 'Zertifikat {0} wird nicht geglaubt: {!1}',
  'The cart root is not believed: {!0}': 'Der Wurzel der Geräte wird nicht geglaubt: {!0}',
  'The cart root in the bundle is not believed: {!0}':
    'Der Wurzel der Geräte in der Datei wird nicht geglaubt: {!0}',
  'The case is resolved, but its certificate is missing.':
    'Der Fall ist abgeschlossen, aber seine Bescheinigung fehlt.',
  'None is due: no case of this bundle is resolved, or the bundle is about all cases.':
    'Keine ist fällig: Kein Fall dieser Datei ist abgeschlossen, oder sie handelt von allen Fällen.',
  "It brings no key: give the ledger's key that you wrote down.":
    'Sie bringt keinen Schlüssel: Geben Sie den des Protokolls an, den Sie aufgeschrieben haben.',
  'Whether the ledger says the same, the evidence of the case shows.':
    'Ob das Protokoll dasselbe sagt, zeigen die Nachweise des Falls.',
  "The certificate is not signed by the ledger's key, or was altered.":
    'Die Bescheinigung ist nicht mit dem Schlüssel des Protokolls unterschrieben oder wurde verändert.',
  'The certificate is about another case.': 'Die Bescheinigung handelt von einem anderen Fall.',
  'Entry {0} is not here as the decision to resolve this case.':
    'Eintrag {0} steht nicht als Entscheidung hier, diesen Fall abzuschließen.',
  'The certificate names another person as the one who decided than the ledger.':
    'Die Bescheinigung nennt eine andere Person als die, die entschied, als das Protokoll.',
  'The ledger does not say that this case is resolved.':
    'Das Protokoll sagt nicht, dass dieser Fall abgeschlossen ist.',
  'Entry {0} resolves the case before it was decided.':
    'Eintrag {0} schließt den Fall ab, bevor es entschieden war.',
  'Entry {0} names another certificate than this one.':
    'Eintrag {0} nennt eine andere Bescheinigung als diese.',
  'The certificate says {0} records, entry {1} says {2}.':
    'Die Bescheinigung sagt {0} Aufzeichnungen, Eintrag {1} sagt {2}.',
  'The certificate names another cart than the one the case was opened for.':
    'Die Bescheinigung nennt ein anderes Gerät als das, für das der Fall eröffnet wurde.',
  'The certificate itself says that something was still found.':
    'Die Bescheinigung selbst sagt, dass noch etwas gefunden wurde.',
  'It was destroyed before it was decided.': 'Vernichtet wurde, bevor es entschieden war.',
  'Case {0}: {1} records, {2} bytes, destroyed {3}.':
    'Fall {0}: {1} Aufzeichnungen, {2} Byte, vernichtet {3}.',
  'Made in demo mode.': 'In einer Vorführung gemacht.',
  'The limit of time destroyed the case without a reminder that stands.':
    'Die Frist hat den Fall vernichtet, ohne dass eine Erinnerung bestand.',
  'Nobody resolved the case: the limit of time did, {0} days after it was announced.':
    'Niemand schloss den Fall ab: Die Frist tat es, {0} Tage nach der Ankündigung.',
  'The certificate says {0} records, and {1} by their origins.':
    'Die Bescheinigung sagt {0} Aufzeichnungen, und nach ihrer Herkunft {1}.',
  'Of {0} exports, the certificate accounts for {1}.':
    'Von {0} Exporten belegt die Bescheinigung {1}.',
  '{0} exports were not attested as deleted: copies may exist elsewhere.':
    'Für {0} Exporte wurde die Löschung nicht bestätigt: Anderswo kann es Kopien geben.',
  'It was verified before it was decided.': 'Nachgesehen wurde, bevor es entschieden war.',
  'Whether a person or the limit decided, the certificate says in two ways.':
    'Ob eine Person oder die Frist entschied, sagt die Bescheinigung auf zwei Arten.',
  'Sanitised by the category "{0}" of NIST SP 800-88r2.':
    'Vernichtet nach der Kategorie „{0}“ von NIST SP 800-88r2.',
  'A countersignature names another ledger.': 'Eine Gegenzeichnung nennt ein anderes Protokoll.',
  "The gateway says itself that the cart's list of files is not what its ledger says.":
    'Das Servicezentrum sagt selbst, dass die Dateiliste des Geräts nicht ist, was sein Protokoll sagt.',
  'A countersignature was altered, or is not by the key of the ledger.':
    'Eine Gegenzeichnung wurde verändert oder ist nicht mit dem Schlüssel des Protokolls gemacht.',
  'A countersignature is for a receipt that is not here, or was altered.':
    'Eine Gegenzeichnung gilt einer Quittung, die nicht hier ist oder verändert wurde.',
  'A countersignature is for a receipt of another case.':
    'Eine Gegenzeichnung gilt der Quittung eines anderen Falls.',
  'The countersignature of entry {0} is missing.': 'Die Gegenzeichnung von Eintrag {0} fehlt.',
  'None is here: the bundle is of an earlier version, which had none.':
    'Keine ist hier: Die Datei ist von einer früheren Version, die keine hatte.',
  '{0} of {1} receipts countersigned.': '{0} von {1} Quittungen gegengezeichnet.',
  'Line {0} is not readable.': 'Zeile {0} ist nicht lesbar.',
  'What stands as line {0} is line {1}: lines were left out.':
    'Was als Zeile {0} dasteht, ist Zeile {1}: Zeilen fehlen.',
  'What stands as line {0} is line {1}: lines are out of order.':
    'Was als Zeile {0} dasteht, ist Zeile {1}: Zeilen sind vertauscht.',
  '{0} lines with root {1}; no signed head was given to compare it with.':
    '{0} Zeilen mit der Wurzel {1}; kein unterschriebener Kopf ist da, um zu vergleichen.',
  'The head was signed for another cart.': 'Der Kopf wurde für ein anderes Gerät unterschrieben.',
  'The head is of the first {0} of {1} lines; the others came later.':
    'Der Kopf gilt den ersten {0} von {1} Zeilen; die anderen kamen später.',
  'The first {0} lines do not give the root that the cart signed: at least one was altered.':
    'Die ersten {0} Zeilen ergeben nicht die Wurzel, die das Gerät unterschrieben hat: Mindestens eine wurde verändert.',
  'The cart signed {0} lines, and {1} are here: the end was cut off or added.':
    'Das Gerät hat {0} Zeilen unterschrieben, und {1} sind hier: Das Ende wurde abgeschnitten oder angefügt.',
  'The lines do not give the root that the cart signed: at least one was altered.':
    'Die Zeilen ergeben nicht die Wurzel, die das Gerät unterschrieben hat: Mindestens eine wurde verändert.',
  '{0} lines, as the cart signed them.': '{0} Zeilen, wie das Gerät sie unterschrieben hat.',
  "The head is not signed by any of this cart's certificates.":
    'Der Kopf ist mit keinem Zertifikat dieses Geräts unterschrieben.',
  'Begins with line {0}.': 'Beginnt mit Zeile {0}.',
  '{0} entries, signed by {1}.': '{0} Einträge, unterschrieben von {1}.',
  'Trusting the key inside the bundle: give --key to check against the one you wrote down.':
    'Dem Schlüssel in der Datei wird geglaubt: Geben Sie den an, den Sie aufgeschrieben haben, um zu vergleichen.',
  'The bundle names another key ({0}) than the one given.':
    'Die Datei nennt einen anderen Schlüssel ({0}) als den angegebenen.',
  'Entry {0} is left out.': 'Eintrag {0} fehlt.',
  'Entries {0} to {1} are left out.': 'Einträge {0} bis {1} fehlen.',
  'Entry {0} is left out at the end.': 'Eintrag {0} fehlt am Ende.',
  'Entries {0} to {1} are left out at the end.': 'Einträge {0} bis {1} fehlen am Ende.',
  'Entry {0} is out of order, after entry {1}.':
    'Eintrag {0} steht nicht an seiner Stelle, nach Eintrag {1}.',
  'The bundle has entries after the {0} that were signed.':
    'Die Datei hat Einträge nach den {0}, die unterschrieben wurden.',
  'The entries do not give the signed root: at least one was altered or exchanged.':
    'Die Einträge ergeben nicht die unterschriebene Wurzel: Mindestens einer wurde verändert oder vertauscht.',
  '{0} of {1} entries. That none about this case was left out, only the whole ledger can show; the rules below notice most of it.':
    '{0} von {1} Einträgen. Dass keiner zu diesem Fall fehlt, kann nur das ganze Protokoll zeigen; die Regeln unten bemerken das meiste.',
  'Entry {0} is out of order or here twice.':
    'Eintrag {0} steht nicht an seiner Stelle oder ist zweimal da.',
  'Entry {0} was altered, or its proof is not its own.':
    'Eintrag {0} wurde verändert, oder sein Beweis ist nicht der seine.',
  'Entry {0} is not readable.': 'Eintrag {0} ist nicht lesbar.',
  'What stands as entry {0} is entry {1}.': 'Was als Eintrag {0} dasteht, ist Eintrag {1}.',
  '{0} entries were signed earlier, and only {1} now: the end was cut off.':
    'Früher wurden {0} Einträge unterschrieben, jetzt nur {1}: Das Ende wurde abgeschnitten.',
  'Two different ledgers of {0} entries were signed.':
    'Zwei verschiedene Protokolle von {0} Einträgen wurden unterschrieben.',
  'The one of {0} entries needs the whole ledger to be compared.':
    'Den von {0} Einträgen kann nur das ganze Protokoll vergleichen.',
  'One of the first {0} entries is not what it was: the past was rewritten.':
    'Einer der ersten {0} Einträge ist nicht, was er war: Die Vergangenheit wurde umgeschrieben.',
  'The case is resolved, but the end of the session with grant {0} is missing.':
    'Der Fall ist abgeschlossen, aber das Ende der Sitzung mit der Erlaubnis {0} fehlt.',
  'Entry {0} ({1}): {!2}.': 'Eintrag {0} ({1}): {!2}.',
  'Line {0} ({1}): {!2}.': 'Zeile {0} ({1}): {!2}.',
  'its case was never opened': 'sein Fall wurde nie eröffnet',
  'it comes after the decision to resolve the case':
    'er kommt nach der Entscheidung, den Fall abzuschließen',
  'this technician asked for no session':
    'diese Technikerin oder dieser Techniker bat um keine Sitzung',
  'it grants more than was asked for': 'er erlaubt mehr, als erbeten wurde',
  'this technician was not designated': 'diese Person war nicht dafür bestimmt',
  'who watches holds the session': 'wer zusieht, hält die Sitzung selbst',
  'nobody was let in to watch': 'niemand war zum Zusehen eingelassen worden',
  'there was no grant for it': 'es gab keine Erlaubnis dafür',
  '"{0}" was not granted': '„{0}“ war nicht erlaubt',
  '"{0}" was not granted to who did it': '„{0}“ war dem, der es tat, nicht erlaubt',
  '"{0}" was not opened before it': '„{0}“ wurde vorher nicht geöffnet',
  'the session had ended in entry {0}': 'die Sitzung war in Eintrag {0} zu Ende',
  'the session had ended': 'die Sitzung war zu Ende',
  'The case is resolved, but what became of the recording {0} of its screen is missing.':
    'Der Fall ist abgeschlossen, aber was aus der Aufzeichnung {0} seines Bildschirms wurde, fehlt.',
  'this recording was never begun': 'diese Aufzeichnung wurde nie begonnen',
  'it was never begun': 'er wurde nie begonnen',
  'its retrieval was never begun': 'das Holen wurde nie begonnen',
  'its sending was never begun': 'das Senden wurde nie begonnen',
  'nobody had decided to resolve the case': 'niemand hatte entschieden, den Fall abzuschließen',
  'the notice was not accepted': 'der Hinweis war nicht angenommen',
  'no such request was shown': 'keine solche Anfrage wurde gezeigt',
  'Entry {0} ({1}, {2}): {!3}.': 'Eintrag {0} ({1}, {2}): {!3}.',
  'it was issued before': 'sie wurde schon ausgestellt',
  'it was never issued': 'sie wurde nie ausgestellt',
  'it was issued for something else': 'sie wurde für etwas anderes ausgestellt',
  'somebody else had used it': 'jemand anderes hatte sie benutzt',
  'only the licence of a cart is renewed': 'nur die Lizenz eines Geräts wird erneuert',
  'its terms do not follow those that it had': 'ihre Bedingungen folgen nicht auf die vorigen',
  'Line {0}: {1} facts could not be written at their time.':
    'Zeile {0}: {1} Tatsachen konnten nicht zu ihrer Zeit geschrieben werden.',
  'The ledger does not say that "{0}" was opened, as line {1} does.':
    'Das Protokoll sagt nicht, dass „{0}“ geöffnet wurde, wie Zeile {1} es tut.',
  'The ledger does not have the grant under which line {0} moved a file.':
    'Das Protokoll hat die Erlaubnis nicht, unter der Zeile {0} eine Datei bewegte.',
  'The ledger does not say that the file of line {0} was asked for.':
    'Das Protokoll sagt nicht, dass um die Datei von Zeile {0} gebeten wurde.',
  'The ledger does not say what became of the file that line {0} moved whole.':
    'Das Protokoll sagt nicht, was aus der Datei wurde, die Zeile {0} vollständig bewegte.',
  'Line {0} moved another file under an id that had one.':
    'Zeile {0} bewegte eine andere Datei unter einer Kennung, die schon eine hatte.',
  'The cart does not know the grant of entry {0}.':
    'Das Gerät kennt die Erlaubnis von Eintrag {0} nicht.',
  'The journal here does not reach as far as the grant of entry {0}; export again after the session to compare it.':
    'Das Journal hier reicht nicht bis zur Erlaubnis von Eintrag {0}; laden Sie die Nachweise nach der Sitzung noch einmal, um zu vergleichen.',
  'The cart gave another grant than entry {0} says.':
    'Das Gerät gab eine andere Erlaubnis, als Eintrag {0} sagt.',
  'Entry {0} saw another journal of {1} lines.':
    'Eintrag {0} sah ein anderes Journal von {1} Zeilen.',
  'Entry {0}: the cart once showed another past ({1}).':
    'Eintrag {0}: Das Gerät zeigte einmal eine andere Vergangenheit ({1}).',
  'The receipt that entry {0} names is missing or was altered.':
    'Die Quittung, die Eintrag {0} nennt, fehlt oder wurde verändert.',
  'No entry of the ledger names receipt {0}.': 'Kein Eintrag des Protokolls nennt Quittung {0}.',
  'Receipt {0} is not signed by any cart of this bundle.':
    'Quittung {0} ist von keinem Gerät dieser Datei unterschrieben.',
  '1 receipt.': '1 Quittung.',
  '{0} receipts.': '{0} Quittungen.',
  'Receipt {0} is about another session than entry {1}.':
    'Quittung {0} handelt von einer anderen Sitzung als Eintrag {1}.',
  'The journal of cart {0} is not here: receipt {1} was not compared with it.':
    'Das Journal des Geräts {0} ist nicht hier: Quittung {1} wurde nicht damit verglichen.',
  'Receipt {0} vouches for {1} lines of the journal of cart {2}; not so many are here. If the cart was cut off, export again after it has connected.':
    'Quittung {0} steht für {1} Zeilen des Journals des Geräts {2} ein; so viele sind nicht hier. War das Gerät abgeschnitten, laden Sie die Nachweise noch einmal, wenn es verbunden war.',
  'When it signed receipt {0}, cart {1} had another journal.':
    'Als es Quittung {0} unterschrieb, hatte Gerät {1} ein anderes Journal.',
  'Receipt {0} says that the session ended before it began.':
    'Quittung {0} sagt, dass die Sitzung endete, bevor sie begann.',
  'The grant inside receipt {0} is that of another cart or session.':
    'Die Erlaubnis in Quittung {0} ist die eines anderen Geräts oder einer anderen Sitzung.',
  'The grant inside receipt {0} is for another case.':
    'Die Erlaubnis in Quittung {0} gilt einem anderen Fall.',
  'Receipt {0} is about another grant than entry {1}.':
    'Quittung {0} handelt von einer anderen Erlaubnis als Eintrag {1}.',
  'The ledger does not have the grant that receipt {0} is about.':
    'Das Protokoll hat die Erlaubnis nicht, von der Quittung {0} handelt.',
  'Receipt {0} names another technician than entry {1}.':
    'Quittung {0} nennt eine andere Person als Eintrag {1}.',
  'Receipt {0} tells of another grant than entry {1}.':
    'Quittung {0} erzählt von einer anderen Erlaubnis als Eintrag {1}.',
  'The certificate of who signed receipt {0} was not in date when it came.':
    'Das Zertifikat, mit dem Quittung {0} unterschrieben ist, war nicht gültig, als sie kam.',
  'The ledger knows no connection with the certificate that signed receipt {0}.':
    'Das Protokoll kennt keine Verbindung mit dem Zertifikat, das Quittung {0} unterschrieben hat.',
  'The receipt was altered, or its certificate is not that of who signed it.':
    'Die Quittung wurde verändert, oder ihr Zertifikat ist nicht das des Unterschreibenden.',
  'Cart {0}: {1} to {2} UTC, ended: {3}.': 'Gerät {0}: {1} bis {2} UTC, beendet: {3}.',
  'It ended before it began.': 'Sie endete, bevor sie begann.',
  'Nobody was let in.': 'Niemand wurde zugelassen.',
  '{0} at workstation {1}, case {2}; allowed: {3}.':
    '{0} am Arbeitsplatz {1}, Fall {2}; erlaubt: {3}.',
  'The grant inside is that of another cart or session.':
    'Die Erlaubnis darin ist die eines anderen Geräts oder einer anderen Sitzung.',
  'Nothing of it was used.': 'Nichts davon wurde benutzt.',
  'Used: {0}.': 'Benutzt: {0}.',
  '{0} at workstation {1} watched, {2} to {3} UTC.':
    '{0} am Arbeitsplatz {1} sah zu, {2} bis {3} UTC.',
  'It says that somebody watched where nobody was let in.':
    'Sie sagt, dass jemand zusah, obwohl niemand eingelassen wurde.',
  'It says that who held the session watched it, too.':
    'Sie sagt, dass auch zusah, wer die Sitzung hielt.',
  'It says that something was done which was not granted.':
    'Sie sagt, dass etwas getan wurde, was nicht erlaubt war.',
  'The clinic needed the cart and held everybody off: times {0}, seconds in all {1}.':
    'Die Klinik brauchte das Gerät und hielt alle fern: {0}-mal, zusammen {1} Sekunden.',
  'Hidden data was shown {0} times.': 'Verdeckte Daten wurden {0}-mal gezeigt.',
  'The receipt is of an earlier version: it counts files and does not name them.':
    'Die Quittung ist von einer früheren Version: Sie zählt Dateien und nennt sie nicht.',
  'There is a list, and the receipt vouches for none.':
    'Es gibt eine Liste, und die Quittung steht für keine ein.',
  'It is not here; the receipt vouches for {0} files. Ask the cart for it.':
    'Sie ist nicht hier; die Quittung steht für {0} Dateien ein. Das Gerät hat sie.',
  'The receipt vouches for another list of {0} files: one was altered, left out or added.':
    'Die Quittung steht für eine andere Liste von {0} Dateien ein: Eine wurde verändert, ausgelassen oder hinzugefügt.',
  'A line of the list is not a file.': 'Eine Zeile der Liste ist keine Datei.',
  '{0} more files moved than a list holds.':
    '{0} Dateien mehr gingen hin oder her, als eine Liste fasst.',
  'The receipt counts fewer files than its list has.':
    'Die Quittung zählt weniger Dateien, als ihre Liste hat.',
  'No file moved.': 'Keine Datei ging hin oder her.',
  'Fetched: {0}, {1} bytes, SHA-256 {2}.': 'Geholt: {0}, {1} Byte, SHA-256 {2}.',
  'Fetched: {0}, {1} bytes, {!2}.': 'Geholt: {0}, {1} Byte, {!2}.',
  'Sent to the cart: {0}, {1} bytes, SHA-256 {2}.':
    'Zum Gerät gesendet: {0}, {1} Byte, SHA-256 {2}.',
  'Sent to the cart: {0}, {1} bytes, {!2}.': 'Zum Gerät gesendet: {0}, {1} Byte, {!2}.',
  broken: 'abgebrochen',
  refused: 'abgelehnt',
  'Not yet: the gateway had not countersigned when the file was written.':
    'Noch nicht: Das Servicezentrum hatte nicht gegengezeichnet, als die Datei geschrieben wurde.',
  'The countersignature is that of another receipt.':
    'Die Gegenzeichnung ist die einer anderen Quittung.',
  'Received {0} UTC by {1}; files: {!2}.': 'Eingegangen {0} UTC bei {1}; Dateien: {!2}.',
  agree: 'stimmen überein',
  differ: 'weichen ab',
  'not-compared': 'nicht verglichen',
  'No entry of the ledger is in the file: it was written before that came.':
    'Kein Eintrag des Protokolls ist in der Datei: Sie wurde geschrieben, bevor er kam.',
  'No entry here names this receipt.': 'Kein Eintrag hier nennt diese Quittung.',
  'The ledger says that it ended for another reason.':
    'Das Protokoll sagt, dass sie aus einem anderen Grund endete.',
  'Entry {0}.': 'Eintrag {0}.',
  'The cart’s own mark is not here to compare it with.':
    'Die eigene Marke des Geräts ist nicht hier, um zu vergleichen.',
  "The cart's mark says {0} lines, and {1} are here: the end was cut off.":
    'Die Marke des Geräts sagt {0} Zeilen, und {1} sind hier: Das Ende wurde abgeschnitten.',
  'At least one of the first {0} lines was altered after the cart wrote it.':
    'Mindestens eine der ersten {0} Zeilen wurde verändert, nachdem das Gerät sie schrieb.',
  "The first {0} of {1} lines are as the cart's mark says.":
    'Die ersten {0} von {1} Zeilen sind, wie die Marke des Geräts sagt.',
  'The entry that opened the case is missing.': 'Der Eintrag, der den Fall eröffnete, fehlt.',
  'No journal of a cart is here as a second witness: a session that was left out altogether would not be noticed.':
    'Kein Journal eines Geräts ist als zweiter Zeuge hier: Eine ganz ausgelassene Sitzung fiele nicht auf.',
  'Entry {0} ({1}) is not about this case.': 'Eintrag {0} ({1}) handelt nicht von diesem Fall.',
  'This says that it is an acceptance report of a cart, and has not the form of one: is it copied whole?':
    'Das nennt sich Abnahmebericht eines Geräts und hat nicht die Form: Ist es ganz kopiert?',
  'This says that it is the receipt of a session, and has not the form of one: is it copied whole?':
    'Das nennt sich Quittung einer Sitzung und hat nicht die Form: Ist es ganz kopiert?',
  'This is not an evidence bundle. {0}': 'Das ist keine Datei mit Nachweisen. {0}',
  'The file is not JSON: is it copied whole?': 'Die Datei ist kein JSON: Ist sie ganz kopiert?',
  'A fault of this page.': 'Ein Fehler dieser Seite.',
  '{0} It is none of those that you gave.': '{0} Es ist keiner von denen, die Sie angegeben haben.',
  "A witness's word does not hold: {!0}": 'Das Wort eines Zeugen hält nicht: {!0}',
  'The witness {0} does not vouch for this ledger.':
    'Der Zeuge {0} steht für dieses Protokoll nicht ein.',
  '{0} saw {1} entries, {2}; this ledger continues them.':
    '{0} sah {1} Einträge, {2}; dieses Protokoll setzt sie fort.',
  "This is not a cart's certificate.": 'Das ist nicht das Zertifikat eines Geräts.',
  'It is not an authority that signed itself.':
    'Das ist keine Stelle, die sich selbst unterschrieben hat.',
  'The certificate is not from the authority that it should be from.':
    'Das Zertifikat ist nicht von der Stelle, von der es sein sollte.',
  'The certificate was never in date together with its root.':
    'Das Zertifikat war nie zugleich mit seiner Wurzel gültig.',
  'There must be exactly one certificate here.': 'Hier muss genau ein Zertifikat sein.',
  'The PEM text is not as it was written.': 'Der PEM-Text ist nicht, wie er geschrieben wurde.',
  'The certificate is too long.': 'Das Zertifikat ist zu lang.',
  'This is not a whole certificate.': 'Das ist kein ganzes Zertifikat.',
  'This is not a certificate of ours.': 'Das ist keines unserer Zertifikate.',
  'The certificate has a key of another kind than ours.':
    'Das Zertifikat hat einen Schlüssel anderer Art als unsere.',
  'The certificate does not say one purpose.': 'Das Zertifikat nennt nicht genau einen Zweck.',
  'The certificate says one thing twice.': 'Das Zertifikat sagt etwas zweimal.',
  'This PEM text is too long.': 'Dieser PEM-Text ist zu lang.',
  'This is not PEM text of a {0}.': 'Das ist kein PEM-Text der Art {0}.',
  'The {0} in this PEM text is damaged.': 'Der Teil {0} in diesem PEM-Text ist beschädigt.',
  'There is no {0} in this PEM text.': 'In diesem PEM-Text ist kein {0}.',
  'A verifier key has the form name+hash+base64, with an Ed25519 key.':
    'Ein Schlüssel des Protokolls hat die Form Name+Hash+Base64, mit einem Ed25519-Schlüssel.',
  'A key name has no spaces and no plus sign; an Ed25519 key has 32 bytes.':
    'Der Name eines Schlüssels hat keine Leerzeichen und kein Plus; ein Ed25519-Schlüssel hat 32 Byte.',
  'The hash of this verifier key does not fit: is it copied whole?':
    'Der Hash dieses Schlüssels passt nicht: Ist er ganz kopiert?',
  'A hash of the frontier does not have 32 bytes.': 'Ein Hash am Rand des Baums hat nicht 32 Byte.',
  'A tree cannot have this size.': 'Ein Baum kann diese Größe nicht haben.',
  'The frontier does not have the number of hashes that its size demands.':
    'Der Rand des Baums hat nicht so viele Hashes, wie seine Größe verlangt.',
  'The frontier has too few hashes for its size.':
    'Der Rand des Baums hat zu wenige Hashes für seine Größe.',
  'A signature line of the note has the wrong form.':
    'Eine Unterschriftszeile der Notiz hat die falsche Form.',
  'The checkpoint is of another log.': 'Der Prüfpunkt ist der eines anderen Protokolls.',
  'The checkpoint names a size that no log has.':
    'Der Prüfpunkt nennt eine Größe, die kein Protokoll hat.',
  'The note has too many signatures.': 'Die Notiz hat zu viele Unterschriften.',
  'The note is too long.': 'Die Notiz ist zu lang.',
  'This is not a signed note.': 'Das ist keine unterschriebene Notiz.',
  'This is not the checkpoint of a log.': 'Das ist kein Prüfpunkt eines Protokolls.',
  'The cosignature of {0} does not fit the note.':
    'Die Mitunterschrift von {0} passt nicht zur Notiz.',
  'The cosignature of {0} has the wrong form.': 'Die Mitunterschrift von {0} hat die falsche Form.',
  'The cosignature of {0} names no time.': 'Die Mitunterschrift von {0} nennt keine Zeit.',
  'The note is not cosigned by {0}.': 'Die Notiz ist von {0} nicht mitunterschrieben.',
  'The note is not signed by {0}.': 'Die Notiz ist von {0} nicht unterschrieben.',
  'The signature of {0} does not fit the note.': 'Die Unterschrift von {0} passt nicht zur Notiz.',
  'The proof of consistency does not lead to the earlier root.':
    'Der Beweis der Fortsetzung führt nicht zur früheren Wurzel.',
  'The proof of consistency does not lead to the later root.':
    'Der Beweis der Fortsetzung führt nicht zur späteren Wurzel.',
  'The proof of consistency has the wrong form.':
    'Der Beweis der Fortsetzung hat die falsche Form.',
  'The proof of consistency is too long.': 'Der Beweis der Fortsetzung ist zu lang.',
  'The proof of consistency is too short.': 'Der Beweis der Fortsetzung ist zu kurz.',
  'The tree has become smaller.': 'Der Baum ist kleiner geworden.',
  'The two trees are not the same.': 'Die beiden Bäume sind nicht dieselben.',
  'These are not the sizes of one growing tree.':
    'Das sind nicht die Größen eines wachsenden Baums.',
};
