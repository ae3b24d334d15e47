/** Step 3: where the gateway is, and which of the hospital's proxies leads there. */
import { Save } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import type { ProxySettings } from '@chaperone/domain/network/proxy-settings.ts';
import { Button } from '../part/button.tsx';
import { Heading } from '../part/heading.tsx';
import { useEngineerWords } from '../words/engineer-speech.ts';
import type { StepProps } from './step.ts';
import { Choice, Field, FormProblem, Tick } from './field.tsx';
import { useStepAct } from './step-act.ts';

/** Shows both, and sets both at once. */
export function GatewayStep({ state, acts, onNext }: StepProps): ReactNode {
  const words = useEngineerWords();
  const gatewayAct = useStepAct();
  const [host, setHost] = useState(state.gateway?.host ?? '');
  const [port, setPort] = useState(String(state.gateway?.port ?? 443));
  const [serverName, setServerName] = useState(state.gateway?.serverName ?? '');
  const [kind, setKind] = useState<ProxySettings['kind']>(state.proxy.kind);
  const held = heldProxy(state.proxy);
  const [proxyHost, setProxyHost] = useState(held.host);
  const [proxyPort, setProxyPort] = useState(held.port);
  const [url, setURL] = useState(held.url);
  const [hasLogin, setLogin] = useState(false);
  const [name, setName] = useState('');
  const [password, setPassword] = useState('');
  const proxyAct = useStepAct();
  const proxy = (): ProxySettings => {
    const credentials = hasLogin ? { name, password } : null;
    if (kind === 'none') return { kind };
    if (kind === 'pac') return { kind, url: url.trim(), credentials };
    return { kind, host: proxyHost.trim(), port: portOf(proxyPort), credentials };
  };
  const save = (): void => {
    const gateway = { host: host.trim(), port: portOf(port), serverName: serverName.trim() };
    gatewayAct.start(
      () => acts.setGateway(gateway),
      () => proxyAct.start(() => acts.setProxy(proxy()), onNext),
    );
  };
  return (
    <div className="form">
      <Heading takesFocus={false}>{words.gateway.title}</Heading>
      <div className="form__row">
        <Field
          label={words.gateway.host}
          value={host}
          onChange={setHost}
          error={gatewayAct.error('host')}
          keys="url"
          width="half"
        />
        <Field
          label={words.gateway.port}
          value={port}
          onChange={setPort}
          error={gatewayAct.error('port')}
          keys="numeric"
          lengthMax={5}
          width="short"
        />
      </div>
      <Field
        label={words.gateway.serverName}
        hint={words.gateway.serverNameHint}
        value={serverName}
        onChange={setServerName}
        error={gatewayAct.error('serverName')}
        keys="url"
      />
      <Choice
        legend={words.proxy.title}
        value={kind}
        onChange={setKind}
        options={[
          { value: 'none', label: words.proxy.none },
          { value: 'manual', label: words.proxy.manual },
          { value: 'pac', label: words.proxy.pac },
        ]}
      />
      {kind === 'manual' && (
        <div className="form__row">
          <Field
            label={words.proxy.host}
            value={proxyHost}
            onChange={setProxyHost}
            error={proxyAct.error('host')}
            keys="url"
            width="half"
          />
          <Field
            label={words.gateway.port}
            value={proxyPort}
            onChange={setProxyPort}
            error={proxyAct.error('port')}
            keys="numeric"
            lengthMax={5}
            width="short"
          />
        </div>
      )}
      {kind === 'pac' && (
        <Field
          label={words.proxy.url}
          value={url}
          onChange={setURL}
          error={proxyAct.error('url')}
          keys="url"
          lengthMax={2000}
        />
      )}
      {kind !== 'none' && <Tick label={words.proxy.login} isOn={hasLogin} onChange={setLogin} />}
      {kind !== 'none' && hasLogin && (
        <div className="form__row">
          <Field
            label={words.proxy.name}
            value={name}
            onChange={setName}
            error={proxyAct.error('credentials.name')}
            width="half"
          />
          <Field
            label={words.proxy.password}
            value={password}
            onChange={setPassword}
            error={proxyAct.error('credentials.password')}
            isSecret
            width="half"
          />
        </div>
      )}
      <FormProblem problem={gatewayAct.problem ?? proxyAct.problem} />
      <div className="form__actions">
        <Button
          tone="go"
          icon={Save}
          busy={gatewayAct.isBusy || proxyAct.isBusy}
          busyWords={words.moment}
          onPress={save}
        >
          {words.gateway.save}
        </Button>
      </div>
    </div>
  );
}

/** What was typed that is no number becomes one that is refused beside its field. */
export function portOf(text: string): number {
  return /^\d{1,5}$/.test(text.trim()) ? Number(text) : 0;
}

function heldProxy({ kind, address }: StepProps['state']['proxy']) {
  const nothing = { host: '', port: '', url: '' };
  if (address === null) return nothing;
  if (kind === 'pac') return { ...nothing, url: address };
  const [, host = '', port = ''] = /^(.*):(\d+)$/.exec(address) ?? [];
  return { ...nothing, host, port };
}
