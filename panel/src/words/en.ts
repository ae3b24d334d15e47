/** The panel's words in English. */
import type { Words } from './words.ts';

export const en: Words = {
  name: 'English',
  product: 'Remote Maintenance',
  chooseLanguage: 'Language',
  demo: 'Demonstration – not connected to a real patient system',
  serial: 'Serial number',
  noIndicator: (reason) =>
    `Only this window shows when somebody is connected; the display itself does not: ${reason}`,
  indicatorCovered: 'The warning on the display is covered.',
  journalFull:
    'This system cannot write its own log (the disk may be full). Nothing new can be allowed until it can. Pause and End always work.',
  moment: 'One moment …',
  callCentre: (centre) => `Call ${centre}`,

  idle: {
    title: 'This system is closed.',
    statement: 'Nobody can connect.',
    callFirst: (centre) => `First call ${centre}`,
    thenTouch: 'Then touch this button',
    begin: 'Remote Maintenance',
    licenceEndsSoon: (lastDay) =>
      `The licence for remote maintenance ends after ${lastDay}. Please tell the service centre.`,
    licenceExpired: (lastDay) =>
      `The licence for remote maintenance ended after ${lastDay}. Nobody can be let in until the service centre renews it.`,
    licenceNotYet: (firstDay) =>
      `The licence for remote maintenance begins on ${firstDay}. Nobody can be let in before that. Is the date of this system right?`,
    certificateNotRenewed: (lastDay) =>
      `The certificate of this system holds until ${lastDay} and could not be renewed yet. Please tell the service centre.`,
    certificateExpired:
      'The certificate of this system has expired. Nobody can be let in until a field engineer enrols it again.',
    certificateRefused:
      'The service centre does not accept the certificate of this system any more. Please call it.',
  },
  service: 'Service',
  notSetUp: {
    title: 'This system is not set up yet.',
    text: 'Remote help is not possible yet. A field engineer sets it up.',
  },
  notice: {
    policy: 'Rules for patient data',
    policyShow: 'Show address',
    policyHide: 'Hide address',
    questions: 'Any doubts? Call',
    timeLeft: 'Time to answer',
    silenceMeansNo: 'No answer means no.',
    secondsLeft: (seconds) => `${seconds} seconds left to answer. No answer means no.`,
    accept: 'Accept',
    decline: 'Decline',
    unknownVersion:
      'This window does not know the text that must be read first. Please decline and call the service centre.',
  },
  dialling: {
    title: (centre) => `Connecting to ${centre}`,
    statement: 'Nobody can see this system.',
    keepsTrying: 'This system keeps trying by itself.',
    triesUntil: 'Time left',
    failures: {
      GATEWAY_NAME_UNKNOWN: {
        title: 'The service centre was not found on the network.',
        text: 'Is the network cable plugged in, or Wi-Fi on? If so, the hospital’s IT can help.',
      },
      GATEWAY_UNREACHABLE: {
        title: 'The network does not reach the service centre.',
        text: 'Check the network cable or Wi-Fi. A hospital firewall may be in the way: ask your IT.',
      },
      GATEWAY_TIMED_OUT: {
        title: 'The service centre does not answer.',
        text: 'The network may be slow or blocked. You can wait, or call the service centre.',
      },
      GATEWAY_UNTRUSTED: {
        title: 'The other side could not prove who it is.',
        text: 'For safety nothing was sent. Please tell the service centre and your hospital’s IT.',
      },
      CART_REFUSED: {
        title: 'The service centre does not accept this system.',
        text: 'Its permission for remote service may have ended. Please call the service centre.',
      },
      GATEWAY_INCOMPATIBLE: {
        title: 'Something else answers instead of the service centre.',
        text: 'Nothing was sent. Perhaps a sign-in page of the Wi-Fi or a firewall: ask your hospital’s IT.',
      },
      CART_CERTIFICATE_EXPIRED: {
        title: 'This system’s permission for remote service has run out.',
        text: 'Please call the service centre. They can renew it.',
      },
      CART_ROOT_RETIRED: {
        title: 'The service centre has renewed its keys while this system was off.',
        text: 'Please call the service centre: this system has to be enrolled again.',
      },
      CLOCK_SKEWED: {
        title: 'The date or time of this system is wrong.',
        text: 'Please set it right, or call the service centre.',
      },
      PROXY_UNREACHABLE: {
        title: 'The hospital’s proxy cannot be reached.',
        text: 'Check the network cable or Wi-Fi. If they are fine, ask your hospital’s IT about the proxy.',
      },
      PROXY_NAME_UNKNOWN: {
        title: 'The hospital’s proxy was not found on the network.',
        text: 'Is the network cable plugged in, or Wi-Fi on? If so, ask your hospital’s IT about the name of the proxy.',
      },
      PROXY_CREDENTIALS_MISSING: {
        title: 'The hospital’s proxy asks for a name and a password.',
        text: 'This system has none for it. Please tell your hospital’s IT.',
      },
      PROXY_CREDENTIALS_REFUSED: {
        title: 'The hospital’s proxy does not accept this system’s password.',
        text: 'It may have been changed. Please tell your hospital’s IT.',
      },
      PROXY_AUTHENTICATION_UNKNOWN: {
        title: 'The hospital’s proxy asks for a sign-in that this system cannot do.',
        text: 'Please ask your hospital’s IT to let this system pass, or to allow Basic or Digest.',
      },
      PROXY_PORT_REFUSED: {
        title: 'The hospital’s proxy forbids the way to the service centre.',
        text: 'Please ask your hospital’s IT to allow it.',
      },
      PROXY_GATEWAY_UNREACHABLE: {
        title: 'The hospital’s proxy does not reach the service centre.',
        text: 'Please tell your hospital’s IT. You can wait, or call the service centre.',
      },
      PROXY_SLOW: {
        title: 'The hospital’s proxy does not answer in time.',
        text: 'It may be busy or blocked. You can wait, or tell your hospital’s IT.',
      },
      PROXY_NOT_A_PROXY: {
        title: 'Something else answers in place of the hospital’s proxy.',
        text: 'Please ask your hospital’s IT for the right address and port.',
      },
      PAC_UNREACHABLE: {
        title: 'The hospital’s list of proxies (PAC) cannot be fetched.',
        text: 'Check the network cable or Wi-Fi. If they are fine, tell your hospital’s IT.',
      },
      PAC_BROKEN: {
        title: 'The hospital’s list of proxies (PAC) is faulty.',
        text: 'Please tell your hospital’s IT.',
      },
      PAC_NO_ROAD: {
        title: 'The hospital’s list of proxies (PAC) has no way for this system.',
        text: 'Please tell your hospital’s IT: this system needs a proxy for web pages, or a direct way.',
      },
      SITE_SETTINGS_DAMAGED: {
        title: 'The network settings of this system are damaged.',
        text: 'Please call the service centre. They must be set again.',
      },
      other: {
        title: 'The service centre could not be reached.',
        text: 'You can wait, or call the service centre.',
      },
    },
    stop: 'Stop',
  },
  waiting: {
    nobodySees: 'Nobody can see this system yet.',
    noCase: {
      title: 'No service case is open for this system.',
      text: 'Please call the service centre and ask them to open one. This page changes by itself.',
    },
    noRequest: {
      title: 'Waiting for the technician',
      text: 'The service centre knows about your case. When a technician is ready, the name appears here.',
    },
    choose: 'Who may come in?',
    chooseFrom: (count) =>
      `${count} technicians are ready. Ask for the number, then touch the name.`,
    caseNumber: 'Service case',
    facility: 'Hospital',
    code: 'Ask the technician for this number',
    codeCompare: 'A different number? Do not allow.',
    mayDo: 'Asked for. Switch on what you allow.',
    notAsked: 'not asked for',
    onlyLess: 'During the connection you can take these back, but not add more.',
    allow: (technician) => `Allow ${technician}`,
    chooseOne: 'Switch on at least one thing first.',
    back: 'Show all technicians',
    leave: 'End',
    goneTechnician: 'That technician is no longer waiting.',
  },
  activities: {
    view: 'See the screen',
    control: 'Use the controls',
    'fetch-files': 'Copy files from this system',
    'send-files': 'Send files to this system',
  },
  session: {
    active: 'Remote connection active',
    paused: 'Paused',
    interrupted: 'Connection interrupted',
    pausing: 'Pausing …',
    resuming: 'Continuing …',
    ending: 'Ending …',
    sees: (technician) => `${technician} can see this screen`,
    seesAndControls: (technician) => `${technician} can see this screen and use the controls`,
    allowed: (technician) => `${technician} is allowed in, but is not looking at the screen now`,
    pausedText: (technician) => `${technician} sees nothing and can do nothing.`,
    lostText: (technician) =>
      `${technician} cannot see or do anything. The system is trying to reconnect.`,
    returnedText: (technician) =>
      `The network is back. Only ${technician} can continue, with nothing added.`,
    endsByItselfIn: 'Ends by itself in',
    mayDo: (technician) => `${technician} may`,
    mayNotDo: 'no',
    withdraw: 'Take back',
    withdrawLabel: (activity) => `Take back: ${activity}`,
    timeLeft: 'Time left',
    since: (time) => `since ${time}`,
    code: 'Number to compare',
    deidentifies: 'Only de-identified files leave here.',
    recordsScreen: 'The service centre records the screen.',
    recorded: 'it is recorded',
    inputRefused: (count) =>
      count === 1
        ? '1 attempt to use the controls was blocked.'
        : `${count} attempts to use the controls were blocked.`,
    files: 'Files',
    noFiles: 'No file has been copied.',
    moreFiles: (count) => `and ${count} more`,
    waitingFiles: (count) => `${count} waiting`,
    pause: 'Pause',
    resume: 'Continue',
    end: 'End',
  },
  transfers: {
    fromCart: 'From this system',
    toCart: 'To this system',
    states: {
      preparing: 'Being de-identified',
      moving: 'Copying',
      interrupted: 'Interrupted',
      paused: 'Paused',
      done: 'Done',
      failed: 'Failed',
      cancelled: 'Cancelled',
    },
    timeLeft: (time) => `${time} left`,
  },
  ended: {
    closed: 'This system is closed again. Nobody can connect.',
    reasons: {
      'operator-ended': { title: 'You ended the connection.', text: 'It was cut at once.' },
      'notice-declined': { title: 'You declined.', text: 'Nothing was connected.' },
      'notice-timed-out': {
        title: 'No answer, so the answer was no.',
        text: 'Nothing was connected. You can start again at any time.',
      },
      'gateway-unreachable': {
        title: 'The service centre could not be reached.',
        text: 'Please call the service centre, or try again later.',
      },
      'gateway-refused': {
        title: 'The service centre does not accept this system.',
        text: 'Please call the service centre.',
      },
      'nobody-granted': {
        title: 'Nobody was allowed in.',
        text: 'The waiting time is over. You can start again at any time.',
      },
      'technician-left': {
        title: 'The technician has left.',
        text: 'The connection is closed.',
      },
      'case-resolved': {
        title: 'The service case is resolved.',
        text: 'Everything copied from this system for it is being destroyed.',
      },
      'gateway-ended': {
        title: 'The service centre ended the connection.',
        text: 'Call the service centre if you did not expect this.',
      },
      'connection-lost': {
        title: 'The network did not come back in time.',
        text: 'The connection was ended for safety. You can start again at any time.',
      },
      'grant-expired': {
        title: 'The allowed time is over.',
        text: 'To continue, start again and allow the technician once more.',
      },
      'session-idle': {
        title: 'Nothing happened for a while.',
        text: 'The connection was ended for safety. You can start again at any time.',
      },
      'consent-withdrawn': {
        title: 'You took back everything that was allowed.',
        text: 'The connection was cut at once.',
      },
      'indicator-lost': {
        title: 'The warning on the screen could not be shown.',
        text: 'So the connection was cut after a few seconds. Please call the service centre.',
      },
      'facility-closed': {
        title: 'The hospital’s hours for remote service are over.',
        text: 'So the connection was cut. You can start again when the hospital allows it.',
      },
      'agent-stopped': {
        title: 'The remote-service program stopped.',
        text: 'The connection was cut. You can start again at any time.',
      },
    },
    technician: 'Technician',
    nobody: 'Nobody came in',
    fetched: 'Copied from this system',
    placed: 'Sent to this system',
    files: (count) => (count === 0 ? 'nothing' : count === 1 ? '1 file' : `${count} files`),
    ok: 'OK',
  },
  problems: {
    AGENT_SILENT:
      'This system’s remote-service program does not answer. Touch again. To cut the connection for certain, unplug the network cable or switch off Wi-Fi.',
    CREDENTIAL_REFUSED:
      'This window is no longer valid. Close it and open Remote Maintenance again.',
    LICENCE_NOT_IN_FORCE:
      'The licence for remote maintenance is not in force, so nothing was begun. Please call the service centre.',
    FEATURE_NOT_LICENSED:
      'Nobody was allowed in: this system’s licence does not include that. Please call the service centre.',
    FACILITY_CLOSED: 'The hospital allows no remote service at this time, so nothing was begun.',
    FACILITY_POLICY_NOT_IN_FORCE:
      'The hospital’s own rules are not in force on this system, so nothing was begun. Please call the service centre.',
    ACTIVITY_NOT_ALLOWED: 'Nobody was allowed in: the hospital does not allow that.',
    APPROVER_PIN_WRONG: 'This PIN is wrong. Nobody was allowed in.',
    APPROVER_LOCKED: 'Too many wrong PINs. Please wait a while. Nobody was allowed in.',
    APPROVER_PIN_NOT_SET: 'This person has no PIN on this system. Nobody was allowed in.',
    APPROVAL_NOT_ASKED: 'The time to agree has passed. Nobody was allowed in.',
    APPROVER_UNKNOWN: 'The hospital lets another person agree to this. Nobody was allowed in.',
    SECOND_APPROVAL_NEEDED:
      'The hospital wants a second person to agree to this. Nobody was allowed in. Please touch the technician again.',
    CART_NOT_SET_UP: 'Remote maintenance is not set up on this system yet, so nothing was begun.',
    COMMISSIONING_UNDER_WAY:
      'Something is being set up on this system, so nothing was begun. Please wait a moment and touch again.',
    OUT_OF_TURN: 'That is not possible any more. Please look at the page again.',
    NOTICE_OUTDATED: 'The text has changed. Please read it again before you accept.',
    REQUEST_UNKNOWN:
      'This technician is no longer waiting. Nobody was allowed in. Please look at the list again.',
    CONSENT_INVALID:
      'Nobody was allowed in: the request has changed or expired. Please look at the list again.',
    INDICATOR_UNAVAILABLE:
      'Nobody was allowed in, because the warning on the display cannot be seen. Close what is in front of it, or call the service centre.',
    JOURNAL_UNWRITABLE:
      'Nothing was allowed, because this system cannot write its own log (the disk may be full). Please call the service centre.',
    SESSION_INTERLOCKED: 'Remote service is held off. Let it go on first.',
    SESSION_CONTENDED:
      'Something changed at the same moment, so nothing was allowed. Please look again and touch again.',
    UNMASK_NOT_ASKED:
      'The time to answer has passed, so nothing more is seen. The technician can ask again.',
    WATCH_NOT_ASKED:
      'The time to answer has passed, so nobody else watches. The technician can ask again.',
    other: (code) => `That did not work. Please try again, or call the service centre. (${code})`,
  },
  lost: {
    title: 'This window has lost touch with the remote-service program.',
    text: 'It cannot say whether anybody is connected.',
    inDoubt: 'If in doubt, unplug the network cable or switch off Wi-Fi.',
    trying: 'Trying again by itself …',
    wasConnected: (technician) => `${technician} was connected when this happened.`,
  },
  refused: {
    title: 'This window is no longer valid.',
    text: 'The remote-service program was started anew (that ends any connection), or another window was opened. Close this window and open Remote Maintenance again.',
  },
  noCredential: {
    title: 'Please open Remote Maintenance from this system.',
    text: 'This page works only in the window that the system opens itself.',
    how: [
      'Close this page.',
      'Open Remote Maintenance with its button or menu entry on this system.',
      'In a demonstration, use the complete address that was printed at the start.',
    ],
  },
  unreadable: {
    title: 'This window and the remote-service program do not fit together.',
    text: 'It cannot say whether anybody is connected. Close this window and open Remote Maintenance again. If in doubt, unplug the network cable or switch off Wi-Fi.',
  },
  tryAgain: 'Try again',
  minutes: (count) => `${count} min`,
};
