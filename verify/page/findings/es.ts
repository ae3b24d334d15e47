/** What a check finds, in Spanish: by the English sentence, whose places are numbered. `{!0}` is a sentence of its own, or a part of one. */
export const SPANISH: Readonly<Record<string, string>> = {
  'The certificate of destruction is signed, and the ledger agrees':
    'El certificado de destrucción está firmado y el registro coincide',
  'The certificate of destruction is signed by the ledger':
    'El certificado de destrucción está firmado por el registro',
  'Ledger and journal of cart {0} tell the same':
    'El registro y el diario del equipo {0} dicen lo mismo',
  "The gateway's ledger has signed the receipts, too":
    'El registro del centro de servicio también firmó los recibos',
  'Cart {0} opened nothing before its operator allowed it':
    'El equipo {0} no abrió nada antes de que su operador lo permitiera',
  'The root of the carts’ certificates is the right one':
    'La raíz de los certificados de los equipos es la correcta',
  'The certificates of cart {0} name it and come from one root':
    'Los certificados del equipo {0} lo nombran y vienen de una raíz',
  'No licence is used or renewed that was not issued before':
    'No se usa ni se renueva ninguna licencia que no se emitiera antes',
  'The checkpoint of the ledger is signed': 'El punto de control del registro está firmado',
  'All entries are what was signed, none left out':
    'Todas las entradas son lo que se firmó; no falta ninguna',
  'Each entry here is what was signed': 'Cada entrada de aquí es lo que se firmó',
  'The ledger goes on from the checkpoints kept from earlier':
    'El registro continúa los puntos de control conservados de antes',
  'Witnesses vouch for the ledger': 'Hay testigos que responden por el registro',
  'The journal on the disk is undamaged': 'El diario en el disco no está dañado',
  'The journal is in order': 'El diario está en orden',
  'The journal of cart {0} is what the cart signed':
    'El diario del equipo {0} es lo que el equipo firmó',
  'The entries are those of the case': 'Las entradas son las del caso',
  'The session receipts are signed by the carts, and ledger and journal agree':
    'Los recibos de sesión están firmados por los equipos, y registro y diario coinciden',
  'The report is signed by the key of a cart of that root':
    'El informe está firmado con la clave de un equipo de esa raíz',
  'The report does not contradict itself': 'El informe no se contradice',
  "The gateway's ledger countersigned the report":
    'El registro del centro de servicio refrendó el informe',
  'The receipt is signed by the key of a cart of that root':
    'El recibo está firmado con la clave de un equipo de esa raíz',
  'The list of files is the one that the receipt vouches for':
    'La lista de archivos es la que avala el recibo',
  "The gateway's ledger has signed it, too": 'El registro del centro de servicio también lo firmó',
  'The end of the session stands in the ledger': 'El final de la sesión consta en el registro',
  'Each act that widens access has its reason before it in the ledger':
    'Cada acto que amplía el acceso tiene antes su razón en el registro',
  '… and {0} more.': '… y {0} más.',
  'Cart {0}, {1}, at {2}.': 'Equipo {0}, {1}, en {2}.',
  "By the cart's own clock its certificate was not in date when it signed.":
    'Según el reloj del equipo, su certificado no estaba vigente cuando firmó.',
  'The report is not as a signer writes it.': 'El informe no está como lo escribe quien firma.',
  'The report was altered, says what no report can say, or its own certificate is not that of the key that signed it.':
    'El informe fue alterado, dice lo que ningún informe puede decir, o su certificado no es el de la clave que lo firmó.',
  'The certificate in the report: {!0}': 'El certificado del informe: {!0}',
  'The certificate in the file: {!0}': 'El certificado del archivo: {!0}',
  'It is in the name of {0}, and signed by {1}.': 'Está a nombre de {0} y firmado por {1}.',
  'It names another certificate than that of the key that signed it.':
    'Nombra otro certificado que el de la clave que lo firmó.',
  "Accepted by {0}, {1} UTC by the cart's clock.":
    'Aceptado por {0}, {1} UTC según el reloj del equipo.',
  "NOT accepted by {0}, {1} UTC by the cart's clock.":
    'NO aceptado por {0}, {1} UTC según el reloj del equipo.',
  'Failed: {0}.': 'Fallaron: {0}.',
  'With a remark: {0}.': 'Con observación: {0}.',
  'Left out: {0}.': 'Omitidos: {0}.',
  '{0} firewall rules, all outbound, as network and road need them.':
    '{0} reglas de cortafuegos, todas de salida, como las necesitan la red y la vía.',
  'It was made by a demonstration system.': 'Lo hizo un sistema de demostración.',
  'The ledger key in the file is not the one that was given with --key.':
    'La clave del registro en el archivo no es la que usted conserva.',
  'Not yet: the gateway had not received it when the file was written.':
    'Aún no: el centro de servicio no lo había recibido cuando se escribió el archivo.',
  'The countersignature is that of another report.': 'El refrendo es de otro informe.',
  'The countersignature names another ledger.': 'El refrendo nombra otro registro.',
  'Received {0} UTC by {1}. It says nothing of what is true in it.':
    'Recibido {0} UTC por {1}. No dice nada de si es verdad lo que contiene.',
  'The ledger key came with the file: give --key to compare it with the one you keep.':
    'La clave del registro vino con el archivo: indique la que usted conserva para compararla.',
  'The countersignature was altered, or is not of the ledger key in the file.':
    'El refrendo fue alterado o no es de la clave del registro en el archivo.',
  'The validation ended before it began.': 'La validación terminó antes de empezar.',
  'It says that the cart was accepted, and its steps say otherwise.':
    'Dice que el equipo fue aceptado, y sus pasos dicen otra cosa.',
  'It says that the cart was not accepted, and its steps say otherwise.':
    'Dice que el equipo no fue aceptado, y sus pasos dicen otra cosa.',
  'Step {0} is "{1}", out of its order.': 'El paso {0} es «{1}», fuera de su orden.',
  'The step "{0}" is {1}, which does not fit its finding.':
    'El paso «{0}» está {1}, lo que no encaja con su resultado.',
  'The finding {0} is not one of the step "{1}".': 'El resultado {0} no es uno del paso «{1}».',
  'The step "{0}" failed, and nothing says what to do.':
    'El paso «{0}» falló, y nada dice qué hacer.',
  "The firewall rules do not follow from the cart's network and road.":
    'Las reglas de cortafuegos no se siguen de la red y la vía del equipo.',
  'There is no cart root in the bundle, and none was given: no cart can be believed.':
    'No hay raíz de los equipos en el archivo ni se indicó ninguna: no se puede creer a ningún equipo.',
  'Trusting the root inside the bundle (SHA-256 {0}): give --cart-root to check against the one you keep.':
    'Se cree la raíz del archivo (SHA-256 {0}): indique la que usted conserva para compararla.',
  'The bundle brings another cart root than the one given.':
    'El archivo trae otra raíz de los equipos que la indicada.',
  'No root to believe: only the name was checked.':
    'No hay raíz que creer: solo se comprobó el nombre.',
  'Certificate {0} does not name serial number {1}.':
    'El certificado {0} no nombra el número de serie {1}.',
  'Certificate {0} is not believed: {!1}': 'No se cree el certificado {0}: {!1}',
  'The cart root is not believed: {!0}': 'No se cree la raíz de los equipos: {!0}',
  'The cart root in the bundle is not believed: {!0}':
    'No se cree la raíz de los equipos del archivo: {!0}',
  'The case is resolved, but its certificate is missing.':
    'El caso está resuelto, pero falta su certificado.',
  'None is due: no case of this bundle is resolved, or the bundle is about all cases.':
    'No corresponde ninguno: ningún caso de este archivo está resuelto, o trata de todos los casos.',
  "It brings no key: give the ledger's key that you wrote down.":
    'No trae clave: indique la del registro que usted anotó.',
  'Whether the ledger says the same, the evidence of the case shows.':
    'Si el registro dice lo mismo, lo muestran las pruebas del caso.',
  "The certificate is not signed by the ledger's key, or was altered.":
    'El certificado no está firmado con la clave del registro, o fue alterado.',
  'The certificate is about another case.': 'El certificado trata de otro caso.',
  'Entry {0} is not here as the decision to resolve this case.':
    'La entrada {0} no consta aquí como decisión de resolver este caso.',
  'The certificate names another person as the one who decided than the ledger.':
    'El certificado nombra como quien decidió a otra persona que el registro.',
  'The ledger does not say that this case is resolved.':
    'El registro no dice que este caso esté resuelto.',
  'Entry {0} resolves the case before it was decided.':
    'La entrada {0} resuelve el caso antes de que se decidiera.',
  'Entry {0} names another certificate than this one.':
    'La entrada {0} nombra otro certificado que este.',
  'The certificate says {0} records, entry {1} says {2}.':
    'El certificado dice {0} registros; la entrada {1} dice {2}.',
  'The certificate names another cart than the one the case was opened for.':
    'El certificado nombra otro equipo que aquel para el que se abrió el caso.',
  'The certificate itself says that something was still found.':
    'El propio certificado dice que aún se encontró algo.',
  'It was destroyed before it was decided.': 'Se destruyó antes de que se decidiera.',
  'Case {0}: {1} records, {2} bytes, destroyed {3}.':
    'Caso {0}: {1} registros, {2} bytes, destruidos {3}.',
  'Made in demo mode.': 'Hecho en modo de demostración.',
  'The limit of time destroyed the case without a reminder that stands.':
    'El plazo destruyó el caso sin un recordatorio vigente.',
  'Nobody resolved the case: the limit of time did, {0} days after it was announced.':
    'Nadie resolvió el caso: lo hizo el plazo, {0} días después de anunciarlo.',
  'The certificate says {0} records, and {1} by their origins.':
    'El certificado dice {0} registros, y {1} según su origen.',
  'Of {0} exports, the certificate accounts for {1}.':
    'De {0} exportaciones, el certificado da cuenta de {1}.',
  '{0} exports were not attested as deleted: copies may exist elsewhere.':
    'De {0} exportaciones no se certificó el borrado: puede haber copias en otro lugar.',
  'It was verified before it was decided.': 'Se verificó antes de que se decidiera.',
  'Whether a person or the limit decided, the certificate says in two ways.':
    'Si decidió una persona o el plazo, el certificado lo dice de dos maneras.',
  'Sanitised by the category "{0}" of NIST SP 800-88r2.':
    'Saneado según la categoría «{0}» de NIST SP 800-88r2.',
  'A countersignature names another ledger.': 'Un refrendo nombra otro registro.',
  "The gateway says itself that the cart's list of files is not what its ledger says.":
    'El propio centro de servicio dice que la lista de archivos del equipo no es lo que dice su registro.',
  'A countersignature was altered, or is not by the key of the ledger.':
    'Un refrendo fue alterado o no es de la clave del registro.',
  'A countersignature is for a receipt that is not here, or was altered.':
    'Un refrendo es de un recibo que no está aquí o que fue alterado.',
  'A countersignature is for a receipt of another case.':
    'Un refrendo es de un recibo de otro caso.',
  'The countersignature of entry {0} is missing.': 'Falta el refrendo de la entrada {0}.',
  'None is here: the bundle is of an earlier version, which had none.':
    'No hay ninguno: el archivo es de una versión anterior, que no los tenía.',
  '{0} of {1} receipts countersigned.': '{0} de {1} recibos refrendados.',
  'Line {0} is not readable.': 'La línea {0} no se puede leer.',
  'What stands as line {0} is line {1}: lines were left out.':
    'Lo que figura como línea {0} es la línea {1}: faltan líneas.',
  'What stands as line {0} is line {1}: lines are out of order.':
    'Lo que figura como línea {0} es la línea {1}: las líneas están desordenadas.',
  '{0} lines with root {1}; no signed head was given to compare it with.':
    '{0} líneas con raíz {1}; no hay cabeza firmada con que compararla.',
  'The head was signed for another cart.': 'La cabeza se firmó para otro equipo.',
  'The head is of the first {0} of {1} lines; the others came later.':
    'La cabeza es de las primeras {0} de {1} líneas; las demás llegaron después.',
  'The first {0} lines do not give the root that the cart signed: at least one was altered.':
    'Las primeras {0} líneas no dan la raíz que firmó el equipo: al menos una fue alterada.',
  'The cart signed {0} lines, and {1} are here: the end was cut off or added.':
    'El equipo firmó {0} líneas y aquí hay {1}: se cortó o se añadió el final.',
  'The lines do not give the root that the cart signed: at least one was altered.':
    'Las líneas no dan la raíz que firmó el equipo: al menos una fue alterada.',
  '{0} lines, as the cart signed them.': '{0} líneas, como las firmó el equipo.',
  "The head is not signed by any of this cart's certificates.":
    'La cabeza no está firmada con ningún certificado de este equipo.',
  'Begins with line {0}.': 'Empieza por la línea {0}.',
  '{0} entries, signed by {1}.': '{0} entradas, firmadas por {1}.',
  'Trusting the key inside the bundle: give --key to check against the one you wrote down.':
    'Se cree la clave del archivo: indique la que usted anotó para compararla.',
  'The bundle names another key ({0}) than the one given.':
    'El archivo nombra otra clave ({0}) que la indicada.',
  'Entry {0} is left out.': 'Falta la entrada {0}.',
  'Entries {0} to {1} are left out.': 'Faltan las entradas {0} a {1}.',
  'Entry {0} is left out at the end.': 'Falta la entrada {0} al final.',
  'Entries {0} to {1} are left out at the end.': 'Faltan las entradas {0} a {1} al final.',
  'Entry {0} is out of order, after entry {1}.':
    'La entrada {0} está fuera de orden, tras la entrada {1}.',
  'The bundle has entries after the {0} that were signed.':
    'El archivo tiene entradas después de las {0} que se firmaron.',
  'The entries do not give the signed root: at least one was altered or exchanged.':
    'Las entradas no dan la raíz firmada: al menos una fue alterada o cambiada.',
  '{0} of {1} entries. That none about this case was left out, only the whole ledger can show; the rules below notice most of it.':
    '{0} de {1} entradas. Que no falte ninguna de este caso solo lo puede mostrar el registro entero; las reglas de abajo notan casi todo.',
  'Entry {0} is out of order or here twice.': 'La entrada {0} está fuera de orden o dos veces.',
  'Entry {0} was altered, or its proof is not its own.':
    'La entrada {0} fue alterada, o su demostración no es la suya.',
  'Entry {0} is not readable.': 'La entrada {0} no se puede leer.',
  'What stands as entry {0} is entry {1}.': 'Lo que figura como entrada {0} es la entrada {1}.',
  '{0} entries were signed earlier, and only {1} now: the end was cut off.':
    'Antes se firmaron {0} entradas y ahora solo {1}: se cortó el final.',
  'Two different ledgers of {0} entries were signed.':
    'Se firmaron dos registros distintos de {0} entradas.',
  'The one of {0} entries needs the whole ledger to be compared.':
    'El de {0} entradas necesita el registro entero para compararse.',
  'One of the first {0} entries is not what it was: the past was rewritten.':
    'Una de las primeras {0} entradas no es lo que era: se reescribió el pasado.',
  'The case is resolved, but the end of the session with grant {0} is missing.':
    'El caso está resuelto, pero falta el final de la sesión con el permiso {0}.',
  'Entry {0} ({1}): {!2}.': 'Entrada {0} ({1}): {!2}.',
  'Line {0} ({1}): {!2}.': 'Línea {0} ({1}): {!2}.',
  'its case was never opened': 'su caso nunca se abrió',
  'it comes after the decision to resolve the case':
    'viene después de la decisión de resolver el caso',
  'this technician asked for no session': 'este técnico no pidió ninguna sesión',
  'it grants more than was asked for': 'permite más de lo que se pidió',
  'this technician was not designated': 'este técnico no estaba designado',
  'who watches holds the session': 'quien observa tiene la sesión',
  'nobody was let in to watch': 'a nadie se había dejado observar',
  'there was no grant for it': 'no había permiso para ello',
  '"{0}" was not granted': '«{0}» no estaba permitido',
  '"{0}" was not granted to who did it': '«{0}» no estaba permitido a quien lo hizo',
  '"{0}" was not opened before it': '«{0}» no se abrió antes',
  'the session had ended in entry {0}': 'la sesión había terminado en la entrada {0}',
  'the session had ended': 'la sesión había terminado',
  'The case is resolved, but what became of the recording {0} of its screen is missing.':
    'El caso está resuelto, pero falta qué fue de la grabación {0} de su pantalla.',
  'this recording was never begun': 'esta grabación nunca se empezó',
  'it was never begun': 'nunca se empezó',
  'its retrieval was never begun': 'su obtención nunca se empezó',
  'its sending was never begun': 'su envío nunca se empezó',
  'nobody had decided to resolve the case': 'nadie había decidido resolver el caso',
  'the notice was not accepted': 'no se aceptó el aviso',
  'no such request was shown': 'no se mostró tal solicitud',
  'Entry {0} ({1}, {2}): {!3}.': 'Entrada {0} ({1}, {2}): {!3}.',
  'it was issued before': 'ya se había emitido',
  'it was never issued': 'nunca se emitió',
  'it was issued for something else': 'se emitió para otra cosa',
  'somebody else had used it': 'otro la había usado',
  'only the licence of a cart is renewed': 'solo se renueva la licencia de un equipo',
  'its terms do not follow those that it had': 'sus condiciones no siguen a las que tenía',
  'Line {0}: {1} facts could not be written at their time.':
    'Línea {0}: {1} hechos no se pudieron escribir en su momento.',
  'The ledger does not say that "{0}" was opened, as line {1} does.':
    'El registro no dice que se abriera «{0}», como dice la línea {1}.',
  'The ledger does not have the grant under which line {0} moved a file.':
    'El registro no tiene el permiso con el que la línea {0} movió un archivo.',
  'The ledger does not say that the file of line {0} was asked for.':
    'El registro no dice que se pidiera el archivo de la línea {0}.',
  'The ledger does not say what became of the file that line {0} moved whole.':
    'El registro no dice qué fue del archivo que la línea {0} movió entero.',
  'Line {0} moved another file under an id that had one.':
    'La línea {0} movió otro archivo con un identificador que ya tenía uno.',
  'The cart does not know the grant of entry {0}.':
    'El equipo no conoce el permiso de la entrada {0}.',
  'The journal here does not reach as far as the grant of entry {0}; export again after the session to compare it.':
    'El diario de aquí no llega hasta el permiso de la entrada {0}; exporte otra vez después de la sesión para compararlo.',
  'The cart gave another grant than entry {0} says.':
    'El equipo dio otro permiso que el que dice la entrada {0}.',
  'Entry {0} saw another journal of {1} lines.': 'La entrada {0} vio otro diario de {1} líneas.',
  'Entry {0}: the cart once showed another past ({1}).':
    'Entrada {0}: el equipo mostró una vez otro pasado ({1}).',
  'The receipt that entry {0} names is missing or was altered.':
    'El recibo que nombra la entrada {0} falta o fue alterado.',
  'No entry of the ledger names receipt {0}.': 'Ninguna entrada del registro nombra el recibo {0}.',
  'Receipt {0} is not signed by any cart of this bundle.':
    'El recibo {0} no está firmado por ningún equipo de este archivo.',
  '1 receipt.': '1 recibo.',
  '{0} receipts.': '{0} recibos.',
  'Receipt {0} is about another session than entry {1}.':
    'El recibo {0} trata de otra sesión que la entrada {1}.',
  'The journal of cart {0} is not here: receipt {1} was not compared with it.':
    'El diario del equipo {0} no está aquí: el recibo {1} no se comparó con él.',
  'Receipt {0} vouches for {1} lines of the journal of cart {2}; not so many are here. If the cart was cut off, export again after it has connected.':
    'El recibo {0} avala {1} líneas del diario del equipo {2}; no hay tantas aquí. Si el equipo quedó sin conexión, exporte otra vez cuando se haya conectado.',
  'When it signed receipt {0}, cart {1} had another journal.':
    'Cuando firmó el recibo {0}, el equipo {1} tenía otro diario.',
  'Receipt {0} says that the session ended before it began.':
    'El recibo {0} dice que la sesión terminó antes de empezar.',
  'The grant inside receipt {0} is that of another cart or session.':
    'El permiso del recibo {0} es de otro equipo o de otra sesión.',
  'The grant inside receipt {0} is for another case.':
    'El permiso del recibo {0} es para otro caso.',
  'Receipt {0} is about another grant than entry {1}.':
    'El recibo {0} trata de otro permiso que la entrada {1}.',
  'The ledger does not have the grant that receipt {0} is about.':
    'El registro no tiene el permiso del que trata el recibo {0}.',
  'Receipt {0} names another technician than entry {1}.':
    'El recibo {0} nombra a otro técnico que la entrada {1}.',
  'Receipt {0} tells of another grant than entry {1}.':
    'El recibo {0} habla de otro permiso que la entrada {1}.',
  'The certificate of who signed receipt {0} was not in date when it came.':
    'El certificado de quien firmó el recibo {0} no estaba vigente cuando llegó.',
  'The ledger knows no connection with the certificate that signed receipt {0}.':
    'El registro no conoce ninguna conexión con el certificado que firmó el recibo {0}.',
  'The receipt was altered, or its certificate is not that of who signed it.':
    'El recibo fue alterado, o su certificado no es el de quien lo firmó.',
  'Cart {0}: {1} to {2} UTC, ended: {3}.': 'Equipo {0}: {1} a {2} UTC, terminó: {3}.',
  'It ended before it began.': 'Terminó antes de empezar.',
  'Nobody was let in.': 'No se dejó entrar a nadie.',
  '{0} at workstation {1}, case {2}; allowed: {3}.':
    '{0} en el puesto {1}, caso {2}; permitido: {3}.',
  'The grant inside is that of another cart or session.':
    'El permiso que contiene es de otro equipo o de otra sesión.',
  'Nothing of it was used.': 'No se usó nada de ello.',
  'Used: {0}.': 'Usado: {0}.',
  '{0} at workstation {1} watched, {2} to {3} UTC.':
    '{0}, en el puesto {1}, observó, de {2} a {3} UTC.',
  'It says that somebody watched where nobody was let in.':
    'Dice que alguien observó donde no se había dejado entrar a nadie.',
  'It says that who held the session watched it, too.':
    'Dice que también observó quien tenía la sesión.',
  'It says that something was done which was not granted.':
    'Dice que se hizo algo que no estaba permitido.',
  'The clinic needed the cart and held everybody off: times {0}, seconds in all {1}.':
    'La clínica necesitó el equipo y mantuvo a todos fuera: {0} veces, {1} segundos en total.',
  'Hidden data was shown {0} times.': 'Se mostraron datos ocultos {0} veces.',
  'The receipt is of an earlier version: it counts files and does not name them.':
    'El recibo es de una versión anterior: cuenta los archivos y no los nombra.',
  'There is a list, and the receipt vouches for none.':
    'Hay una lista, y el recibo no avala ninguna.',
  'It is not here; the receipt vouches for {0} files. Ask the cart for it.':
    'No está aquí; el recibo avala {0} archivos. Pídasela al equipo.',
  'The receipt vouches for another list of {0} files: one was altered, left out or added.':
    'El recibo avala otra lista de {0} archivos: uno fue alterado, omitido o añadido.',
  'A line of the list is not a file.': 'Una línea de la lista no es un archivo.',
  '{0} more files moved than a list holds.':
    'Se movieron {0} archivos más de los que caben en una lista.',
  'The receipt counts fewer files than its list has.':
    'El recibo cuenta menos archivos que los de su lista.',
  'No file moved.': 'No se movió ningún archivo.',
  'Fetched: {0}, {1} bytes, SHA-256 {2}.': 'Obtenido: {0}, {1} bytes, SHA-256 {2}.',
  'Fetched: {0}, {1} bytes, {!2}.': 'Obtenido: {0}, {1} bytes, {!2}.',
  'Sent to the cart: {0}, {1} bytes, SHA-256 {2}.':
    'Enviado al equipo: {0}, {1} bytes, SHA-256 {2}.',
  'Sent to the cart: {0}, {1} bytes, {!2}.': 'Enviado al equipo: {0}, {1} bytes, {!2}.',
  broken: 'interrumpido',
  refused: 'rechazado',
  'Not yet: the gateway had not countersigned when the file was written.':
    'Aún no: el centro de servicio no lo había refrendado cuando se escribió el archivo.',
  'The countersignature is that of another receipt.': 'El refrendo es de otro recibo.',
  'Received {0} UTC by {1}; files: {!2}.': 'Recibido {0} UTC por {1}; archivos: {!2}.',
  agree: 'coinciden',
  differ: 'difieren',
  'not-compared': 'no comparados',
  'No entry of the ledger is in the file: it was written before that came.':
    'No hay ninguna entrada del registro en el archivo: se escribió antes de que llegara.',
  'No entry here names this receipt.': 'Ninguna entrada de aquí nombra este recibo.',
  'The ledger says that it ended for another reason.':
    'El registro dice que terminó por otra razón.',
  'Entry {0}.': 'Entrada {0}.',
  'The cart’s own mark is not here to compare it with.':
    'La marca propia del equipo no está aquí para compararlo.',
  "The cart's mark says {0} lines, and {1} are here: the end was cut off.":
    'La marca del equipo dice {0} líneas y aquí hay {1}: se cortó el final.',
  'At least one of the first {0} lines was altered after the cart wrote it.':
    'Al menos una de las primeras {0} líneas fue alterada después de que el equipo la escribiera.',
  "The first {0} of {1} lines are as the cart's mark says.":
    'Las primeras {0} de {1} líneas son como dice la marca del equipo.',
  'The entry that opened the case is missing.': 'Falta la entrada que abrió el caso.',
  'No journal of a cart is here as a second witness: a session that was left out altogether would not be noticed.':
    'No hay aquí ningún diario de un equipo como segundo testigo: una sesión omitida del todo no se notaría.',
  'Entry {0} ({1}) is not about this case.': 'La entrada {0} ({1}) no trata de este caso.',
  'This says that it is an acceptance report of a cart, and has not the form of one: is it copied whole?':
    'Dice que es un informe de aceptación de un equipo y no tiene esa forma: ¿está copiado entero?',
  'This says that it is the receipt of a session, and has not the form of one: is it copied whole?':
    'Dice que es el recibo de una sesión y no tiene esa forma: ¿está copiado entero?',
  'This is not an evidence bundle. {0}': 'Esto no es un archivo de pruebas. {0}',
  'The file is not JSON: is it copied whole?': 'El archivo no es JSON: ¿está copiado entero?',
  'A fault of this page.': 'Un fallo de esta página.',
  '{0} It is none of those that you gave.': '{0} No es ninguno de los que usted indicó.',
  "A witness's word does not hold: {!0}": 'La palabra de un testigo no se sostiene: {!0}',
  'The witness {0} does not vouch for this ledger.':
    'El testigo {0} no responde por este registro.',
  '{0} saw {1} entries, {2}; this ledger continues them.':
    '{0} vio {1} entradas, {2}; este registro las continúa.',
  "This is not a cart's certificate.": 'No es el certificado de un equipo.',
  'It is not an authority that signed itself.': 'No es una autoridad que se firmó a sí misma.',
  'The certificate is not from the authority that it should be from.':
    'El certificado no es de la autoridad de la que debería ser.',
  'The certificate was never in date together with its root.':
    'El certificado nunca estuvo vigente a la vez que su raíz.',
  'There must be exactly one certificate here.': 'Aquí debe haber exactamente un certificado.',
  'The PEM text is not as it was written.': 'El texto PEM no está como se escribió.',
  'The certificate is too long.': 'El certificado es demasiado largo.',
  'This is not a whole certificate.': 'No es un certificado entero.',
  'This is not a certificate of ours.': 'No es un certificado nuestro.',
  'The certificate has a key of another kind than ours.':
    'El certificado tiene una clave de otro tipo que las nuestras.',
  'The certificate does not say one purpose.': 'El certificado no dice un solo propósito.',
  'The certificate says one thing twice.': 'El certificado dice algo dos veces.',
  'This PEM text is too long.': 'Este texto PEM es demasiado largo.',
  'This is not PEM text of a {0}.': 'No es texto PEM de un {0}.',
  'The {0} in this PEM text is damaged.': 'El {0} de este texto PEM está dañado.',
  'There is no {0} in this PEM text.': 'No hay ningún {0} en este texto PEM.',
  'A verifier key has the form name+hash+base64, with an Ed25519 key.':
    'Una clave del registro tiene la forma nombre+hash+base64, con una clave Ed25519.',
  'A key name has no spaces and no plus sign; an Ed25519 key has 32 bytes.':
    'El nombre de una clave no tiene espacios ni signo más; una clave Ed25519 tiene 32 bytes.',
  'The hash of this verifier key does not fit: is it copied whole?':
    'El hash de esta clave no encaja: ¿está copiada entera?',
  'A hash of the frontier does not have 32 bytes.':
    'Un hash del borde del árbol no tiene 32 bytes.',
  'A tree cannot have this size.': 'Un árbol no puede tener este tamaño.',
  'The frontier does not have the number of hashes that its size demands.':
    'El borde del árbol no tiene los hashes que exige su tamaño.',
  'The frontier has too few hashes for its size.':
    'El borde del árbol tiene pocos hashes para su tamaño.',
  'A signature line of the note has the wrong form.':
    'Una línea de firma de la nota tiene mala forma.',
  'The checkpoint is of another log.': 'El punto de control es de otro registro.',
  'The checkpoint names a size that no log has.':
    'El punto de control nombra un tamaño que ningún registro tiene.',
  'The note has too many signatures.': 'La nota tiene demasiadas firmas.',
  'The note is too long.': 'La nota es demasiado larga.',
  'This is not a signed note.': 'No es una nota firmada.',
  'This is not the checkpoint of a log.': 'No es el punto de control de un registro.',
  'The cosignature of {0} does not fit the note.': 'La cofirma de {0} no encaja con la nota.',
  'The cosignature of {0} has the wrong form.': 'La cofirma de {0} tiene mala forma.',
  'The cosignature of {0} names no time.': 'La cofirma de {0} no dice ninguna hora.',
  'The note is not cosigned by {0}.': 'La nota no está cofirmada por {0}.',
  'The note is not signed by {0}.': 'La nota no está firmada por {0}.',
  'The signature of {0} does not fit the note.': 'La firma de {0} no encaja con la nota.',
  'The proof of consistency does not lead to the earlier root.':
    'La demostración de consistencia no lleva a la raíz anterior.',
  'The proof of consistency does not lead to the later root.':
    'La demostración de consistencia no lleva a la raíz posterior.',
  'The proof of consistency has the wrong form.':
    'La demostración de consistencia tiene mala forma.',
  'The proof of consistency is too long.': 'La demostración de consistencia es demasiado larga.',
  'The proof of consistency is too short.': 'La demostración de consistencia es demasiado corta.',
  'The tree has become smaller.': 'El árbol se ha hecho más pequeño.',
  'The two trees are not the same.': 'Los dos árboles no son el mismo.',
  'These are not the sizes of one growing tree.': 'No son los tamaños de un árbol que crece.',
};
