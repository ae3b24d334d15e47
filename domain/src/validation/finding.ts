/**
 * What a validation of the road between a cart and its gateway looks at, and everything that it can find.
 *
 * Codes are stable: reports, translations and the table of broken networks are keyed by them. Each finding belongs to one
 * step; a step says one finding, the first that explains what was seen.
 */

/** In the order in which they are taken: each needs those before it. */
export const VALIDATION_STEPS = [
  'link',
  'address',
  'route',
  'names',
  'port',
  'proxy',
  'inspection',
  'certificate',
  'clock',
  'path-mtu',
  'licence',
  'tunnel',
  'idle',
] as const;
export type ValidationStep = (typeof VALIDATION_STEPS)[number];

/**
 * `passed` as it should be · `warned` works, and somebody should know · `failed` the road does not carry · `left-out` it was not
 * looked at: a step before it failed, or nobody asked for it.
 */
export const STEP_RESULTS = ['passed', 'warned', 'failed', 'left-out'] as const;
export type StepResult = (typeof STEP_RESULTS)[number];

/** Every finding but `passed`, with the step that says it. */
export const FINDINGS = {
  LINK_DOWN: 'link',
  LINK_SLOW: 'link',
  WIFI_NOT_ASSOCIATED: 'link',
  NETWORK_LOGIN_REFUSED: 'link',
  NO_ADDRESS: 'address',
  ADDRESS_SELF_ASSIGNED: 'address',
  ADDRESS_IN_USE: 'address',
  NO_ROUTE: 'route',
  ROUTER_SILENT: 'route',
  NAME_SERVERS_MISSING: 'names',
  NAME_SERVERS_SILENT: 'names',
  NAMES_OVER_TCP_ONLY: 'names',
  NAME_MISSING: 'names',
  NAME_FILTERED: 'names',
  NAME_SERVERS_REFUSE: 'names',
  PORT_CLOSED: 'port',
  PORT_DROPPED: 'port',
  ROAD_REFUSED: 'port',
  PROXY_UNREACHABLE: 'proxy',
  PROXY_NAME_UNKNOWN: 'proxy',
  PROXY_CREDENTIALS_MISSING: 'proxy',
  PROXY_CREDENTIALS_REFUSED: 'proxy',
  PROXY_AUTHENTICATION_UNKNOWN: 'proxy',
  PROXY_PORT_REFUSED: 'proxy',
  PROXY_GATEWAY_UNREACHABLE: 'proxy',
  PROXY_SLOW: 'proxy',
  PROXY_NOT_A_PROXY: 'proxy',
  PAC_UNREACHABLE: 'proxy',
  PAC_BROKEN: 'proxy',
  PAC_NO_ROAD: 'proxy',
  TLS_INSPECTED: 'inspection',
  TLS_BROKEN_OFF: 'inspection',
  NOT_A_GATEWAY: 'inspection',
  CAPTIVE_PORTAL: 'inspection',
  CERTIFICATE_NAME_WRONG: 'certificate',
  CERTIFICATE_EXPIRED: 'certificate',
  CERTIFICATE_CHAIN_WRONG: 'certificate',
  CART_CERTIFICATE_EXPIRED: 'certificate',
  CART_CERTIFICATE_DUE: 'certificate',
  CART_REFUSED: 'certificate',
  GATEWAY_ANSWER_UNREADABLE: 'certificate',
  CLOCK_AHEAD: 'clock',
  CLOCK_BEHIND: 'clock',
  PATH_MTU_BLACK_HOLE: 'path-mtu',
  LICENCE_EXPIRED: 'licence',
  LICENCE_ENDS_SOON: 'licence',
  LICENCE_RETIRED: 'licence',
  NOT_ENROLLED: 'licence',
  TUNNEL_BROKEN_OFF: 'tunnel',
  TUNNEL_SLOW: 'tunnel',
  GATEWAY_TOO_OLD: 'tunnel',
  IDLE_CUT_OFF: 'idle',
} as const satisfies Readonly<Record<string, ValidationStep>>;
export type Finding = keyof typeof FINDINGS;
