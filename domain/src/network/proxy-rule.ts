/** What may be set as the proxy of a hospital. No message repeats a name or a password. */
import { refusedHost, refusedPort } from './gateway-rule.ts';
import type { ProxyCredentials, ProxySettings } from './proxy-settings.ts';
import type { RefusedSetting } from './refused-setting.ts';

const URL_CHARACTERS_MAX = 2000;
/** What breaks a header in two, or an answer to a challenge. */
const CONTROLS = /[\u0000-\u001f\u007f]/;
/** `http://host:port/path`: host and port are judged by their own rules. */
const URL_FORM = /^https?:\/\/(?:([^/?#]*)@)?([^/?#@:]*)(?::(\d{1,5}))?(?:[/?#]\S*)?$/i;

/** Lists every field that cannot be used, in the order of the form. */
export function refusedProxy(proxy: ProxySettings): readonly RefusedSetting[] {
  if (proxy.kind === 'none') return [];
  const place =
    proxy.kind === 'manual'
      ? [...refusedHost('host', proxy.host), ...refusedPort('port', proxy.port)]
      : refusedURL(proxy.url);
  return [...place, ...(proxy.credentials === null ? [] : refusedCredentials(proxy.credentials))];
}

function refusedURL(url: string): readonly RefusedSetting[] {
  const refused = (message: string): readonly RefusedSetting[] => [
    { field: 'url', code: 'PAC_URL_MALFORMED', message },
  ];
  const form = URL_FORM.exec(url);
  if (form === null || url.length > URL_CHARACTERS_MAX) {
    return refused(
      'Type the whole address of the PAC file, such as http://proxy.example.com/proxy.pac.',
    );
  }
  const [, account, host = '', port] = form;
  // What stands there is shown in reports and on screens.
  if (account !== undefined) {
    return refused(
      'Type the address without a name and a password: they have fields of their own.',
    );
  }
  const wrong = [
    ...refusedHost('url', host),
    ...(port === undefined ? [] : refusedPort('url', Number(port))),
  ];
  return wrong.flatMap(({ message }) => refused(message));
}

function refusedCredentials({ name, password }: ProxyCredentials): readonly RefusedSetting[] {
  return [
    // RFC 7617 section 2: after a colon begins the password.
    ...(name === '' || name.includes(':') || CONTROLS.test(name)
      ? [
          {
            field: 'credentials.name',
            code: 'PROXY_NAME_MALFORMED',
            message:
              'Type the name for the proxy, without a colon; or choose that it asks for none.',
          },
        ]
      : []),
    ...(password === '' || CONTROLS.test(password)
      ? [
          {
            field: 'credentials.password',
            code: 'PROXY_PASSWORD_MISSING',
            message: 'Type the password for the proxy, in one line.',
          },
        ]
      : []),
  ];
}
