// Goal: with the settings that a cart takes for 802.1X it signs in to the hospital's server and to nobody else: a wrong
// password, a CA that is not the server's, another name and a certificate that has expired are refused; and what our rule refuses is
// what would have been dangerous. Method: a real FreeRADIUS in a namespace, and `eapol_test` (wpa_supplicant without a network)
// with a configuration that is made from our own keyfile, as NetworkManager makes one.
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, before, describe, test } from 'node:test';
import { enterpriseSection } from '@chaperone/cart/device/network-manager/keyfile-wireless.ts';
import type { EnterpriseSettings } from '@chaperone/domain/network/network-profile.ts';
import { enterpriseRefusals } from '@chaperone/domain/network/enterprise-rule.ts';
import { Namespace } from './lab/namespace.ts';
import { ACCOUNT, RADIUS_PORT, RADIUS_SECRET, startRadius } from './lab/radius.ts';
import type { Radius } from './lab/radius.ts';
import { SignInAuthority } from './lab/sign-in-authority.ts';
import type { ServerCertificate } from './lab/sign-in-authority.ts';

const NAME = 'radius.hospital.test';
const TIMEOUT_MS = 20_000;

let hospital: SignInAuthority;
let stranger: SignInAuthority;
let namespace: Namespace;
let directory: string;

before(async () => {
  hospital = await SignInAuthority.make('Hospital CA');
  stranger = await SignInAuthority.make('Hospital CA');
  namespace = await Namespace.make('radius');
  directory = await mkdtemp(path.join(tmpdir(), 'chaperone-eapol-'));
});
after(async () => {
  await namespace.close();
  await rm(directory, { recursive: true, force: true });
});

const settings = (change: Partial<EnterpriseSettings> = {}): EnterpriseSettings => ({
  eap: 'peap-mschapv2',
  ...ACCOUNT,
  anonymousIdentity: null,
  caCertificates: hospital.certificate,
  serverName: NAME,
  ...change,
});

describe('the right server', () => {
  let radius: Radius;
  before(async () => {
    radius = await startRadius(namespace, await hospital.server(NAME));
  });
  after(() => radius.close());

  test('signs the cart in, by its name or by the hospital’s domain', async () => {
    for (const serverName of [NAME, 'hospital.test']) {
      assert.match(await signIn(settings({ serverName })), /^SUCCESS$/m, serverName);
    }
    assert.match(radius.printed(), /Login OK: \[cart01/);
  });

  test('with an outer name, the account’s is not seen outside', async () => {
    const said = await signIn(settings({ anonymousIdentity: 'anonymous@hospital.test' }));
    assert.match(said, /^SUCCESS$/m);
    assert.match(radius.printed(), /User-Name = "anonymous@hospital\.test"/);
  });

  test('refuses a wrong password', async () => {
    const said = await signIn(settings({ password: 'Cart-Secret-2' }));
    assert.match(said, /EAP-MSCHAPV2/);
    assert.match(radius.printed(), /Login incorrect \(mschap/);
    assert.match(said, /^FAILURE$/m);
  });

  test('is refused under a CA that is not its own, before anything of the password is sent', async () => {
    const said = await signIn(settings({ caCertificates: stranger.certificate }));
    assert.match(said, /CTRL-EVENT-EAP-TLS-CERT-ERROR/);
    assert.doesNotMatch(said, /EAP-MSCHAPV2/);
    assert.match(said, /^FAILURE$/m);
  });

  test('is refused under another name, and under one that only ends like it', async () => {
    for (const serverName of ['printer.hospital.test', 'xradius.hospital.test', 'pital.test']) {
      const said = await signIn(settings({ serverName }));
      assert.match(said, /Domain suffix mismatch/, serverName);
      assert.doesNotMatch(said, /EAP-MSCHAPV2/);
      assert.match(said, /^FAILURE$/m);
    }
  });

  test('two roots cannot be pinned at once, and are not made into one', () => {
    const caCertificates = stranger.certificate + hospital.certificate;
    assert.throws(() => enterpriseSection(settings({ caCertificates })), RangeError);
  });
});

describe('a server that poses as it', () => {
  const against = async (
    certificate: ServerCertificate,
    act: (radius: Radius) => Promise<void>,
  ): Promise<void> => {
    const radius = await startRadius(namespace, certificate);
    await act(radius).finally(() => radius.close());
  };

  test('has a certificate of another CA: refused; without a CA it would have been believed', async () => {
    await against(await stranger.server(NAME), async () => {
      assert.match(await signIn(settings()), /CTRL-EVENT-EAP-TLS-CERT-ERROR[^]*^FAILURE$/m);
      // Why the rule is a rule: with the CA left out the impostor gets the exchange of the password.
      const lenient = networkOf(settings()).replace(/\n *ca_cert=.*/, '');
      const withoutName = lenient.replace(/\n *domain_suffix_match=.*/, '');
      assert.match(await run(withoutName), /EAP-MSCHAPV2/);
      const codes = enterpriseRefusals(settings({ caCertificates: '' }), 'enterprise').map(
        ({ code }) => code,
      );
      assert.deepEqual(codes, ['EAP_CA_MISSING']);
      assert.throws(() => enterpriseSection(settings({ caCertificates: '' })), RangeError);
    });
  });

  test('has expired: refused', async () => {
    await against(await hospital.server(NAME, -1), async () => {
      const said = await signIn(settings());
      assert.match(said, /certificate has expired[^]*^FAILURE$/m);
      assert.doesNotMatch(said, /EAP-MSCHAPV2/);
    });
  });

  test('has a certificate of the hospital’s CA for another machine: refused', async () => {
    await against(await hospital.server('printer.hospital.test'), async () => {
      assert.match(await signIn(settings()), /Domain suffix mismatch[^]*^FAILURE$/m);
    });
  });
});

/** Signs in with settings and gives what `eapol_test` said. */
async function signIn(of: EnterpriseSettings): Promise<string> {
  return await run(networkOf(of));
}

/** What NetworkManager would tell wpa_supplicant, read from our own keyfile. */
function networkOf(of: EnterpriseSettings): string {
  const { values } = enterpriseSection(of);
  const text = (key: string): string =>
    Buffer.from((values[key] ?? '').replaceAll('\\s', ' ').replaceAll('\\\\', '\\')).toString(
      'hex',
    );
  assert.deepEqual(
    [values['eap'], values['phase2-auth'], values['phase1-peapver'], values['phase1-auth-flags']],
    ['peap;', 'mschapv2', '0', '3'],
  );
  const [, pem = ''] = values['ca-cert']?.split('base64,') ?? [];
  const anonymous =
    values['anonymous-identity'] === undefined
      ? ''
      : `\n anonymous_identity=${text('anonymous-identity')}`;
  return `network={
 key_mgmt=WPA-EAP
 eap=PEAP
 phase1="peapver=0 tls_disable_tlsv1_0=1 tls_disable_tlsv1_1=1"
 phase2="auth=MSCHAPV2"
 identity=${text('identity')}${anonymous}
 password="${Buffer.from(text('password'), 'hex').toString('utf8')}"
 ca_cert="${pem}"
 domain_suffix_match="${Buffer.from(text('domain-suffix-match'), 'hex').toString('utf8')}"
}
`;
}

let runs = 0;
async function run(network: string): Promise<string> {
  runs += 1;
  const file = path.join(directory, `network-${runs}.conf`);
  const [, base64] = /ca_cert="([^"]*)"/.exec(network) ?? [];
  const authorities = path.join(directory, `authorities-${runs}.pem`);
  if (base64 !== undefined) await writeFile(authorities, Buffer.from(base64, 'base64'));
  await writeFile(file, network.replace(/ca_cert="[^"]*"/, `ca_cert="${authorities}"`));
  const server = ['-a', '127.0.0.1', '-p', String(RADIUS_PORT), '-s', RADIUS_SECRET];
  const args = namespace.argumentsFor('eapol_test', ['-c', file, ...server, '-t', '10']);
  return await new Promise<string>((resolve) => {
    const options = { timeout: TIMEOUT_MS, maxBuffer: 16 * 1024 * 1024, encoding: 'utf8' } as const;
    execFile('ip', args, options, (_, said) => resolve(said));
  });
}
