/**
 * The acceptance report as one printable page: for the hospital's IT and the service centre's folder. Black on white, A4 or Letter,
 * no script, nothing loaded. The page is a reading of the signed file, and says how the file is checked.
 */
import { STEP_NAMES } from '@chaperone/domain/validation/words.ts';
import { lastDayOf } from '@chaperone/domain/licence/licence-terms.ts';
import { sha256 } from '@noble/hashes/sha2.js';
import { statementDigest } from '../evidence/digest.ts';
import { encodeBase64 } from '../tree/base64.ts';
import { SHA3_SIGNATURE_NAMES } from '../x509/sha3-signature.ts';
import type { AcceptanceReportClaims, FirewallRule } from './acceptance-report.ts';
import { hidesNameServers } from './firewall.ts';
import { isIPv4, subnetOf } from './ipv4.ts';
import type { ValidationStepReport } from './validation.ts';

export interface PrintedReport {
  readonly claims: AcceptanceReportClaims;
  /** The report as it was signed. */
  readonly jws: string;
  /** By the gateway's clock; null: not countersigned yet. */
  readonly receivedUtcMs: number | null;
}

const RESULTS: Readonly<Record<ValidationStepReport['result'], readonly [string, string]>> = {
  passed: ['✓', 'passed'],
  warned: ['!', 'remark'],
  failed: ['✕', 'FAILED'],
  'left-out': ['–', 'left out'],
};
const SECURITY: Readonly<Record<AcceptanceReportClaims['network']['security'], string>> = {
  none: 'no 802.1X',
  '802.1X': '802.1X (PEAP/MSCHAPv2)',
  'wpa2-personal': 'WPA2-Personal (AES)',
  'wpa2-enterprise': 'WPA2-Enterprise (PEAP/MSCHAPv2, AES)',
};

const STYLE = `
@page { size: auto; margin: 10mm 12mm; }
* { box-sizing: border-box; }
html { background: #fff; color: #000; }
body { font: 8.6pt/1.28 "Liberation Sans", Arial, Helvetica, sans-serif; margin: 0 auto; padding: 6mm; max-width: 198mm; overflow-wrap: anywhere; }
@media print { body { padding: 0; max-width: none; } }
header { display: flex; gap: 6mm; align-items: stretch; justify-content: space-between; border-bottom: 1.2pt solid #000; padding-bottom: 2.2mm; }
body.dense { font-size: 7pt; line-height: 1.22; }
h1 { font-size: 15pt; line-height: 1.15; margin: 0 0 1mm; }
h2 { font-size: 1.1em; margin: .9em 0 .35em; border-bottom: .5pt solid #000; }
p { margin: 0 0 .8mm; }
.verdict { flex: none; min-width: 48mm; max-width: 62mm; border: 1.6pt solid #000; padding: 1.6mm 3mm; text-align: center; align-content: center; }
.verdict strong { display: block; font-size: 14pt; letter-spacing: .04em; }
.verdict.no { background: #000; color: #fff; -webkit-print-color-adjust: exact; print-color-adjust: exact; }
.demo { border: 1pt dashed #000; padding: .8mm 2mm; margin: 2mm 0 0; font-weight: bold; }
.facts { display: grid; grid-template-columns: 1fr 1fr; gap: 0 8mm; }
dl { display: grid; grid-template-columns: 25mm 1fr; gap: .3mm 2mm; margin: 0; align-content: start; }
dt { color: #333; } dd { margin: 0; }
table { border-collapse: collapse; width: 100%; }
th { text-align: left; font-size: .9em; font-weight: bold; border-bottom: .5pt solid #000; padding: 0 2mm .4mm 0; }
td { vertical-align: top; border-bottom: .25pt solid #999; padding: .45mm 2mm .45mm 0; }
td:last-child, th:last-child { padding-right: 0; }
.steps td:nth-child(1) { width: 4mm; font-weight: bold; text-align: center; }
.steps td:nth-child(2) { width: 25mm; font-weight: bold; }
.steps td:nth-child(3) { width: 15mm; }
.steps .failed td { font-weight: bold; }
.advice { display: block; border-left: 1.6pt solid #000; padding-left: 1.6mm; margin-top: .3mm; font-weight: normal; }
.mono { font-family: "Liberation Mono", "Courier New", monospace; font-size: .93em; }
.rules td { white-space: nowrap; } .rules td:nth-child(2), .rules td:last-child { white-space: normal; }
footer { margin-top: 2.6mm; border-top: 1.2pt solid #000; padding-top: 1.4mm; font-size: .9em; }
tr, .verdict, dl, footer { break-inside: avoid; }
`;

/** What a browser may do with the page: nothing but its own style. A header's value. */
export const REPORT_PAGE_POLICY = `default-src 'none'; style-src 'sha256-${encodeBase64(
  sha256(new TextEncoder().encode(STYLE)),
)}'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`;

/** Characters of sentences beyond which the page is set smaller, so that it stays one. */
const DENSE_FROM_CHARACTERS = 1600;

/** Writes the page. */
export function reportPage({ claims, jws, receivedUtcMs }: PrintedReport): string {
  const { iss, model, facility, acceptedBy, software, iat } = claims;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<title>${escaped(`Acceptance report ${iss}`)}</title>
<style>${STYLE}</style>
</head>
<body${isDense(claims) ? ' class="dense"' : ''}>
<header>
<div>
<h1>Acceptance report: ${escaped(model)}, ${escaped(iss)}</h1>
<p>${escaped(facility)}</p>
<p>Validated and signed ${instant(iat * 1000)} by ${escaped(acceptedBy)}, with ${escaped(software)}</p>
</div>
${verdictOf(claims)}
</header>
<main>
${claims.demo ? '<p class="demo">DEMO: made by a demonstration system. It says nothing of a real cart.</p>' : ''}
<div class="facts">
<section>
<h2>Where it is connected</h2>
${listOf(networkFacts(claims))}
</section>
<section>
<h2>What it connects to</h2>
${listOf(gatewayFacts(claims))}
</section>
</div>
<h2>Validation of the road to the gateway</h2>
<table class="steps">
<tbody>
${claims.validation.steps.map(stepRow).join('\n')}
</tbody>
</table>
<h2>Rules for the hospital's firewall</h2>
<table class="rules">
<thead><tr><th scope="col">Source</th><th scope="col">Destination</th><th scope="col">Port</th><th scope="col">Direction</th><th scope="col">For</th></tr></thead>
<tbody>
${rulesByDestination(claims.firewall).map(ruleRow).join('\n')}
</tbody>
</table>
<p>The cart opens every connection; the renewal of its certificate goes by the same rules. No rule inwards, no other port, no ICMP from the cart, no TLS inspection.${
    claims.firewall.some(({ isOptional }) => isOptional)
      ? ' * Works without it today; it is the other way of asking for names.'
      : ''
  }${
    hidesNameServers(claims)
      ? ' The name servers could not be seen behind a service on the cart: UDP and TCP 53 to those of this network are needed, too.'
      : ''
  }</p>
</main>
<footer>
<p><strong>${
    receivedUtcMs === null
      ? 'Signed by the cart; not countersigned by the gateway yet.'
      : `Signed by the cart; countersigned by the gateway, which received it ${instant(receivedUtcMs)}.`
  }</strong> Report <span class="mono">${escaped(claims.jti)}</span>, SHA-256 <span class="mono">${escaped(statementDigest(jws))}</span></p>
<p>This page shows what the signed file says. The file is checked by <span class="mono">chaperone verify FILE</span>, with <span class="mono">--cart-root</span> and <span class="mono">--key</span> of the service centre, without a network.</p>
</footer>
</body>
</html>
`;
}

function isDense({ validation: { steps } }: AcceptanceReportClaims): boolean {
  const characters = steps.map(({ said, advice }) => said.length + (advice?.length ?? 0));
  return characters.reduce((sum, each) => sum + each, 0) > DENSE_FROM_CHARACTERS;
}

function verdictOf({ accepted, validation }: AcceptanceReportClaims): string {
  const count = (result: string): number =>
    validation.steps.filter((step) => step.result === result).length;
  if (!accepted)
    return `<div class="verdict no"><strong>NOT ACCEPTED</strong>${counted(count('failed'), 'step failed', 'steps failed')}</div>`;
  const remarks = count('warned');
  const said = remarks === 0 ? 'nothing to remark' : counted(remarks, 'remark', 'remarks');
  return `<div class="verdict"><strong>ACCEPTED</strong>${said}</div>`;
}

function networkFacts({ network, proxy }: AcceptanceReportClaims): readonly Row[] {
  const { address, prefixLength, method } = network;
  const speed = network.speed === null ? '' : `, ${network.speed} Mbit/s`;
  const medium = network.ssid === null ? network.kind : `${network.kind} “${network.ssid}”`;
  const how = { static: ', fixed', dhcp: ', by DHCP', unknown: '' }[method];
  const isKnown = isIPv4(address);
  const proxyText = {
    none: 'none',
    manual: `${proxy.host}:${proxy.port}`,
    pac: `${proxy.host === null ? 'direct' : `${proxy.host}:${proxy.port}`}, by ${proxy.url ?? 'PAC file'}`,
  }[proxy.kind];
  const login = proxy.authentication === 'none' ? '' : ` (${proxy.authentication})`;
  return [
    ['Interface', `${network.interface}, ${medium}${speed}`],
    ['Adapter', network.hardwareAddress],
    ['Access', SECURITY[network.security]],
    [
      'Address',
      isKnown ? `${address}${method === 'unknown' ? '' : `/${prefixLength}`}${how}` : 'not seen',
    ],
    ['Subnet', isKnown && method !== 'unknown' ? subnetOf(address, prefixLength) : 'not seen'],
    ['Router', network.router ?? 'none'],
    ['Name servers', network.nameServers.join(', ') || 'none'],
    ['Proxy', `${proxyText}${login}`],
  ];
}

function gatewayFacts({ gateway, licence, certificate }: AcceptanceReportClaims): readonly Row[] {
  const until = (utcMs: number): string => new Date(utcMs).toISOString().slice(0, 10);
  const end =
    licence.validUntilUtcMs === null ? 'no end' : `until ${lastDayOf(licence.validUntilUtcMs)}`;
  const features = licence.features.length === 0 ? '' : `: ${licence.features.join(', ')}`;
  return [
    ['Gateway', `${gateway.host}:${gateway.port}`],
    ['Its addresses', gateway.addresses.join(', ') || 'looked up by the proxy'],
    ['Its certificate', `for ${gateway.serverName}`],
    ['Pinned root', `SHA-256 ${groups(gateway.rootFingerprint)}`],
    ['Licence', `${licence.id}, ${end}${features}`],
    [
      'Cart’s certificate',
      `${certificate.serial}, ${SHA3_SIGNATURE_NAMES.get(certificate.signature) ?? certificate.signature}, until ${until(certificate.notAfterUtcMs)}`,
    ],
  ];
}

function stepRow({ step, result, said, advice }: ValidationStepReport): string {
  const [mark, word] = RESULTS[result];
  const todo = advice === null ? '' : `<span class="advice">${escaped(advice)}</span>`;
  return `<tr class="${result}"><td aria-hidden="true">${mark}</td><td>${STEP_NAMES[step]}</td><td>${word}</td><td>${escaped(said)}${todo}</td></tr>`;
}

/** Rules that differ in their destination alone are one line. */
function rulesByDestination(rules: readonly FirewallRule[]): readonly FirewallRule[] {
  const lines = new Map<string, FirewallRule>();
  for (const rule of rules) {
    const key = JSON.stringify({ ...rule, destination: '' });
    const line = lines.get(key);
    const destination =
      line === undefined ? rule.destination : `${line.destination}, ${rule.destination}`;
    lines.set(key, { ...rule, destination });
  }
  return [...lines.values()];
}

function ruleRow(rule: FirewallRule): string {
  const { source, destination, protocol, port, direction, purpose, isOptional } = rule;
  const mono = (text: string): string => `<span class="mono">${escaped(text)}</span>`;
  const cells = [
    mono(source),
    mono(destination),
    mono(`${protocol} ${port}`),
    direction,
    `${escaped(purpose)}${isOptional ? ' *' : ''}`,
  ];
  return `<tr>${cells.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
}

type Row = readonly [name: string, value: string];

function listOf(rows: readonly Row[]): string {
  const lines = rows.map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value)}</dd>`);
  return `<dl>${lines.join('')}</dl>`;
}

function groups(hexadecimal: string): string {
  return (hexadecimal.match(/.{1,8}/g) ?? []).join(' ');
}

function counted(count: number, one: string, many: string): string {
  return `${count} ${count === 1 ? one : many}`;
}

function instant(utcMs: number): string {
  return `${new Date(utcMs).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escaped(text: string): string {
  return text.replaceAll(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
