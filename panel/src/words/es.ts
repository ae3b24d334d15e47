/** The panel's words in Spanish. */
import type { Words } from './words.ts';

export const es: Words = {
  name: 'Español',
  product: 'Mantenimiento remoto',
  chooseLanguage: 'Idioma',
  demo: 'Demostración: no está conectado a un equipo con pacientes reales',
  serial: 'Número de serie',
  noIndicator: (reason) =>
    `Solo esta ventana muestra cuándo alguien está conectado; la pantalla misma no: ${reason}`,
  indicatorCovered: 'El aviso en la pantalla está tapado.',
  journalFull:
    'Este equipo no puede escribir su registro (quizá el disco esté lleno). Hasta entonces no se puede permitir nada nuevo. Pausar y Terminar siempre funcionan.',
  moment: 'Un momento …',
  callCentre: (centre) => `Llame a ${centre}`,

  idle: {
    title: 'Este equipo está cerrado.',
    statement: 'Nadie puede conectarse.',
    callFirst: (centre) => `Primero llame a ${centre}`,
    thenTouch: 'Después toque este botón',
    begin: 'Mantenimiento remoto',
    licenceEndsSoon: (lastDay) =>
      `La licencia de mantenimiento remoto termina después del ${lastDay}. Avise al centro de servicio.`,
    licenceExpired: (lastDay) =>
      `La licencia de mantenimiento remoto terminó después del ${lastDay}. Nadie puede entrar hasta que el centro de servicio la renueve.`,
    licenceNotYet: (firstDay) =>
      `La licencia de mantenimiento remoto empieza el ${firstDay}. Nadie puede entrar antes. ¿Es correcta la fecha de este equipo?`,
    certificateNotRenewed: (lastDay) =>
      `El certificado de este equipo vale hasta el ${lastDay} y aún no se ha podido renovar. Avise al centro de servicio.`,
    certificateExpired:
      'El certificado de este equipo ha caducado. Nadie puede entrar hasta que un técnico de campo lo dé de alta de nuevo.',
    certificateRefused:
      'El centro de servicio ya no acepta el certificado de este equipo. Llame al centro, por favor.',
  },
  service: 'Servicio técnico',
  notSetUp: {
    title: 'Este sistema todavía no está configurado.',
    text: 'La ayuda a distancia todavía no es posible. La configura un técnico de servicio.',
  },
  notice: {
    policy: 'Normas sobre datos de pacientes',
    policyShow: 'Ver dirección',
    policyHide: 'Ocultar dirección',
    questions: '¿Dudas? Llame al',
    timeLeft: 'Tiempo para responder',
    silenceMeansNo: 'Sin respuesta es no.',
    secondsLeft: (seconds) => `Quedan ${seconds} segundos para responder. Sin respuesta es no.`,
    accept: 'Aceptar',
    decline: 'Rechazar',
    unknownVersion:
      'Esta ventana no conoce el texto que se debe leer antes. Rechace y llame al centro de servicio.',
  },
  dialling: {
    title: (centre) => `Conectando con ${centre}`,
    statement: 'Nadie puede ver este equipo.',
    keepsTrying: 'El equipo sigue intentándolo por sí solo.',
    triesUntil: 'Tiempo restante',
    failures: {
      GATEWAY_NAME_UNKNOWN: {
        title: 'No se encontró el centro de servicio en la red.',
        text: '¿Está conectado el cable de red o la wifi? Si es así, pida ayuda a informática.',
      },
      GATEWAY_UNREACHABLE: {
        title: 'La red no llega al centro de servicio.',
        text: 'Revise el cable de red o la wifi. Quizá lo impida un cortafuegos: consulte a informática.',
      },
      GATEWAY_TIMED_OUT: {
        title: 'El centro de servicio no responde.',
        text: 'La red puede estar lenta o bloqueada. Puede esperar o llamar.',
      },
      GATEWAY_UNTRUSTED: {
        title: 'El otro lado no pudo demostrar quién es.',
        text: 'Por seguridad no se envió nada. Avise al centro de servicio y a informática.',
      },
      CART_REFUSED: {
        title: 'El centro de servicio no acepta este equipo.',
        text: 'Quizá haya terminado su permiso de servicio remoto. Llame al centro de servicio.',
      },
      GATEWAY_INCOMPATIBLE: {
        title: 'En lugar del centro de servicio responde otra cosa.',
        text: 'No se envió nada. Quizá sea la página de acceso de la wifi o un cortafuegos: consulte a informática.',
      },
      CART_CERTIFICATE_EXPIRED: {
        title: 'El permiso de servicio remoto de este equipo ha caducado.',
        text: 'Llame al centro de servicio. Allí pueden renovarlo.',
      },
      CART_ROOT_RETIRED: {
        title: 'El centro de servicio renovó sus claves mientras este equipo estaba apagado.',
        text: 'Llame al centro de servicio: hay que volver a inscribir este equipo.',
      },
      CLOCK_SKEWED: {
        title: 'La fecha o la hora de este equipo son incorrectas.',
        text: 'Corríjalas o llame al centro de servicio.',
      },
      PROXY_UNREACHABLE: {
        title: 'No se puede alcanzar el proxy del hospital.',
        text: 'Revise el cable de red o la wifi. Si están bien, pregunte a informática por el proxy.',
      },
      PROXY_NAME_UNKNOWN: {
        title: 'No se encontró el proxy del hospital en la red.',
        text: '¿Está conectado el cable de red o la wifi? Si es así, pregunte a informática por el nombre del proxy.',
      },
      PROXY_CREDENTIALS_MISSING: {
        title: 'El proxy del hospital pide un nombre y una contraseña.',
        text: 'Este equipo no los tiene. Avise a informática.',
      },
      PROXY_CREDENTIALS_REFUSED: {
        title: 'El proxy del hospital no acepta la contraseña de este equipo.',
        text: 'Quizá haya cambiado. Avise a informática.',
      },
      PROXY_AUTHENTICATION_UNKNOWN: {
        title: 'El proxy del hospital pide un acceso que este equipo no puede dar.',
        text: 'Pida a informática que deje pasar este equipo o que permita Basic o Digest.',
      },
      PROXY_PORT_REFUSED: {
        title: 'El proxy del hospital prohíbe el camino al centro de servicio.',
        text: 'Pida a informática que lo permita.',
      },
      PROXY_GATEWAY_UNREACHABLE: {
        title: 'El proxy del hospital no llega al centro de servicio.',
        text: 'Avise a informática. Puede esperar o llamar al centro de servicio.',
      },
      PROXY_SLOW: {
        title: 'El proxy del hospital no responde a tiempo.',
        text: 'Puede estar ocupado o bloqueado. Espere o avise a informática.',
      },
      PROXY_NOT_A_PROXY: {
        title: 'En lugar del proxy del hospital responde otra cosa.',
        text: 'Pida a informática la dirección y el puerto correctos.',
      },
      PAC_UNREACHABLE: {
        title: 'No se puede obtener la lista de proxies del hospital (PAC).',
        text: 'Revise el cable de red o la wifi. Si están bien, avise a informática.',
      },
      PAC_BROKEN: {
        title: 'La lista de proxies del hospital (PAC) tiene un error.',
        text: 'Avise a informática.',
      },
      PAC_NO_ROAD: {
        title: 'La lista de proxies del hospital (PAC) no da un camino a este equipo.',
        text: 'Avise a informática: este equipo necesita un proxy para páginas web o un camino directo.',
      },
      SITE_SETTINGS_DAMAGED: {
        title: 'Los ajustes de red de este equipo están dañados.',
        text: 'Llame al centro de servicio. Hay que ponerlos de nuevo.',
      },
      other: {
        title: 'No se pudo contactar con el centro de servicio.',
        text: 'Puede esperar o llamar al centro de servicio.',
      },
    },
    stop: 'Detener',
  },
  waiting: {
    nobodySees: 'Todavía nadie puede ver este equipo.',
    noCase: {
      title: 'No hay ningún caso de servicio abierto para este equipo.',
      text: 'Llame al centro de servicio y pida que abran uno. Esta página cambia por sí sola.',
    },
    noRequest: {
      title: 'Esperando al técnico',
      text: 'El centro de servicio conoce su caso. Cuando haya alguien listo, su nombre aparecerá aquí.',
    },
    choose: '¿Quién puede entrar?',
    chooseFrom: (count) => `Hay ${count} técnicos listos. Pregunte el número y toque el nombre.`,
    caseNumber: 'Caso de servicio',
    facility: 'Hospital',
    code: 'Pregunte al técnico este número',
    codeCompare: '¿Otro número? No lo permita.',
    mayDo: 'Solicitado. Active lo que permite.',
    notAsked: 'no solicitado',
    onlyLess: 'Durante la conexión podrá quitar permisos, pero no añadirlos.',
    allow: (technician) => `Dejar entrar a ${technician}`,
    chooseOne: 'Active antes al menos una cosa.',
    back: 'Ver todos los técnicos',
    leave: 'Terminar',
    goneTechnician: 'Ese técnico ya no está esperando.',
  },
  activities: {
    view: 'Ver la pantalla',
    control: 'Usar los controles',
    'fetch-files': 'Copiar archivos de este equipo',
    'send-files': 'Enviar archivos a este equipo',
  },
  session: {
    active: 'Conexión remota activa',
    paused: 'En pausa',
    interrupted: 'Conexión interrumpida',
    pausing: 'Pausando …',
    resuming: 'Continuando …',
    ending: 'Terminando …',
    sees: (technician) => `${technician} puede ver esta pantalla`,
    seesAndControls: (technician) => `${technician} puede ver esta pantalla y usar los controles`,
    allowed: (technician) => `${technician} puede entrar, pero ahora no mira la pantalla`,
    pausedText: (technician) => `${technician} no ve nada y no puede hacer nada.`,
    lostText: (technician) =>
      `${technician} no ve ni puede hacer nada. El equipo intenta reconectar.`,
    returnedText: (technician) =>
      `La red ha vuelto. Solo ${technician} puede continuar, sin más permisos.`,
    endsByItselfIn: 'Termina por sí sola en',
    mayDo: (technician) => `${technician} puede`,
    mayNotDo: 'no',
    withdraw: 'Quitar',
    withdrawLabel: (activity) => `Quitar: ${activity}`,
    timeLeft: 'Tiempo restante',
    since: (time) => `desde las ${time}`,
    code: 'Número para comparar',
    deidentifies: 'Los archivos salen ya anonimizados.',
    recordsScreen: 'El centro de servicio graba la pantalla.',
    recorded: 'queda grabada',
    inputRefused: (count) =>
      count === 1
        ? 'Se bloqueó 1 intento de usar los controles.'
        : `Se bloquearon ${count} intentos de usar los controles.`,
    files: 'Archivos',
    noFiles: 'No se ha copiado ningún archivo.',
    moreFiles: (count) => `y ${count} más`,
    waitingFiles: (count) => `${count} en espera`,
    pause: 'Pausar',
    resume: 'Continuar',
    end: 'Terminar',
  },
  transfers: {
    fromCart: 'De este equipo',
    toCart: 'A este equipo',
    states: {
      preparing: 'Anonimizando',
      moving: 'En curso',
      interrupted: 'Interrumpido',
      paused: 'En pausa',
      done: 'Listo',
      failed: 'Falló',
      cancelled: 'Cancelado',
    },
    timeLeft: (time) => `quedan ${time}`,
  },
  ended: {
    closed: 'Este equipo está cerrado de nuevo. Nadie puede conectarse.',
    reasons: {
      'operator-ended': { title: 'Usted terminó la conexión.', text: 'Se cortó al instante.' },
      'notice-declined': { title: 'Usted rechazó.', text: 'No se conectó nada.' },
      'notice-timed-out': {
        title: 'Sin respuesta, así que fue no.',
        text: 'No se conectó nada. Puede empezar de nuevo cuando quiera.',
      },
      'gateway-unreachable': {
        title: 'No se pudo contactar con el centro de servicio.',
        text: 'Llame al centro de servicio o inténtelo más tarde.',
      },
      'gateway-refused': {
        title: 'El centro de servicio no acepta este equipo.',
        text: 'Llame al centro de servicio.',
      },
      'nobody-granted': {
        title: 'No se permitió entrar a nadie.',
        text: 'El tiempo de espera ha terminado. Puede empezar de nuevo cuando quiera.',
      },
      'technician-left': {
        title: 'El técnico se ha ido.',
        text: 'La conexión está cerrada.',
      },
      'case-resolved': {
        title: 'El caso de servicio está resuelto.',
        text: 'Todo lo que se copió de este equipo para él se está destruyendo.',
      },
      'gateway-ended': {
        title: 'El centro de servicio terminó la conexión.',
        text: 'Llame al centro de servicio si no lo esperaba.',
      },
      'connection-lost': {
        title: 'La red no volvió a tiempo.',
        text: 'La conexión se terminó por seguridad. Puede empezar de nuevo cuando quiera.',
      },
      'grant-expired': {
        title: 'El tiempo permitido ha terminado.',
        text: 'Para seguir, empiece de nuevo y permita otra vez al técnico.',
      },
      'session-idle': {
        title: 'No pasó nada durante un rato.',
        text: 'La conexión se terminó por seguridad. Puede empezar de nuevo cuando quiera.',
      },
      'consent-withdrawn': {
        title: 'Usted quitó todos los permisos.',
        text: 'La conexión se cortó al instante.',
      },
      'indicator-lost': {
        title: 'No se pudo mostrar el aviso en la pantalla.',
        text: 'Por eso la conexión se cortó a los pocos segundos. Llame al centro de servicio.',
      },
      'facility-closed': {
        title: 'El horario del hospital para el servicio remoto ha terminado.',
        text: 'Por eso se cortó la conexión. Puede empezar de nuevo cuando el hospital lo permita.',
      },
      'agent-stopped': {
        title: 'El programa de servicio remoto se detuvo.',
        text: 'La conexión se cortó. Puede empezar de nuevo cuando quiera.',
      },
    },
    technician: 'Técnico',
    nobody: 'No entró nadie',
    fetched: 'Copiado de este equipo',
    placed: 'Enviado a este equipo',
    files: (count) => (count === 0 ? 'nada' : count === 1 ? '1 archivo' : `${count} archivos`),
    ok: 'OK',
  },
  problems: {
    AGENT_SILENT:
      'El programa de servicio remoto de este equipo no responde. Toque otra vez. Para cortar con seguridad, desconecte el cable de red o apague la wifi.',
    CREDENTIAL_REFUSED:
      'Esta ventana ya no es válida. Ciérrela y abra de nuevo el mantenimiento remoto.',
    LICENCE_NOT_IN_FORCE:
      'La licencia de mantenimiento remoto no está vigente; no se ha iniciado nada. Llame al centro de servicio.',
    FEATURE_NOT_LICENSED:
      'No se dejó entrar a nadie: la licencia de este equipo no lo incluye. Llame al centro de servicio.',
    FACILITY_CLOSED:
      'El hospital no permite el servicio remoto a esta hora; no se ha empezado nada.',
    FACILITY_POLICY_NOT_IN_FORCE:
      'Las reglas propias del hospital no están en vigor en este equipo; no se ha empezado nada. Llame al centro de servicio.',
    ACTIVITY_NOT_ALLOWED: 'No se permitió a nadie: el hospital no lo permite.',
    APPROVER_PIN_WRONG: 'Este PIN es incorrecto. No se permitió a nadie.',
    APPROVER_LOCKED: 'Demasiados PIN incorrectos. Espere un poco. No se permitió a nadie.',
    APPROVER_PIN_NOT_SET: 'Esta persona no tiene PIN en este equipo. No se permitió a nadie.',
    APPROVAL_NOT_ASKED: 'El tiempo para aceptar ha pasado. No se permitió a nadie.',
    APPROVER_UNKNOWN: 'El hospital deja que otra persona acepte esto. No se permitió a nadie.',
    SECOND_APPROVAL_NEEDED:
      'El hospital quiere que una segunda persona acepte esto. No se permitió a nadie. Vuelva a tocar al técnico.',
    CART_NOT_SET_UP:
      'El mantenimiento remoto todavía no está preparado en este equipo, así que no se inició nada.',
    COMMISSIONING_UNDER_WAY:
      'Se está preparando algo en este equipo, así que no se inició nada. Espere un momento y vuelva a tocar.',
    OUT_OF_TURN: 'Eso ya no es posible. Mire otra vez la página.',
    NOTICE_OUTDATED: 'El texto ha cambiado. Léalo otra vez antes de aceptar.',
    REQUEST_UNKNOWN: 'Este técnico ya no está esperando. No entró nadie. Mire otra vez la lista.',
    CONSENT_INVALID: 'No entró nadie: la solicitud cambió o caducó. Mire otra vez la lista.',
    INDICATOR_UNAVAILABLE:
      'No entró nadie, porque el aviso en la pantalla no se puede ver. Cierre lo que está delante o llame al centro de servicio.',
    JOURNAL_UNWRITABLE:
      'No se permitió nada, porque este equipo no puede escribir su registro (quizá el disco esté lleno). Llame al centro de servicio.',
    SESSION_INTERLOCKED: 'El servicio remoto está retenido. Permítalo primero otra vez.',
    SESSION_CONTENDED:
      'Algo cambió en el mismo momento, por eso no se permitió nada. Mire otra vez y toque de nuevo.',
    UNMASK_NOT_ASKED:
      'El tiempo para responder ha pasado: no se ve nada más. El técnico puede volver a pedirlo.',
    WATCH_NOT_ASKED:
      'El tiempo para responder ha pasado: nadie más observa. El técnico puede volver a pedirlo.',
    other: (code) => `No funcionó. Inténtelo de nuevo o llame al centro de servicio. (${code})`,
  },
  lost: {
    title: 'Esta ventana perdió el contacto con el programa de servicio remoto.',
    text: 'No puede decir si hay alguien conectado.',
    inDoubt: 'En caso de duda, desconecte el cable de red o apague la wifi.',
    trying: 'Intentándolo de nuevo por sí sola …',
    wasConnected: (technician) => `${technician} estaba conectado cuando ocurrió.`,
  },
  refused: {
    title: 'Esta ventana ya no es válida.',
    text: 'El programa de servicio remoto se inició de nuevo (eso termina toda conexión) o se abrió otra ventana. Cierre esta ventana y abra de nuevo el mantenimiento remoto.',
  },
  noCredential: {
    title: 'Abra el mantenimiento remoto desde este equipo.',
    text: 'Esta página funciona solo en la ventana que abre el propio equipo.',
    how: [
      'Cierre esta página.',
      'Abra el mantenimiento remoto con su botón o menú en este equipo.',
      'En una demostración, use la dirección completa que se mostró al inicio.',
    ],
  },
  unreadable: {
    title: 'Esta ventana y el programa de servicio remoto no son compatibles.',
    text: 'No puede decir si hay alguien conectado. Cierre esta ventana y abra de nuevo el mantenimiento remoto. En caso de duda, desconecte el cable de red o apague la wifi.',
  },
  tryAgain: 'Intentar de nuevo',
  minutes: (count) => `${count} min`,
};
