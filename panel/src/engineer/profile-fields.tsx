/** Fields that wired and Wi-Fi forms share: addresses, and the login of 802.1X. */
import { useId } from 'react';
import type { ReactNode } from 'react';
import { useEngineerWords } from '../words/engineer-speech.ts';
import { Choice, Field, FieldError } from './field.tsx';
import type { EnterpriseDraft, IPv4Draft } from './profile-draft.ts';

/** Bytes of a file with CA certificates that is read. */
const CA_BYTES_MAX = 64 * 1024;

interface IPv4Props {
  readonly draft: IPv4Draft;
  readonly onChange: (draft: IPv4Draft) => void;
  readonly error: (field: string) => string | null;
}

/** Shows how the interface gets its address. */
export function IPv4Fields({ draft, onChange, error }: IPv4Props): ReactNode {
  const words = useEngineerWords().network;
  const [first, second] = draft.nameServers;
  return (
    <>
      <Choice
        legend={words.addressing}
        value={draft.method}
        onChange={(method) => onChange({ ...draft, method })}
        options={[
          { value: 'dhcp', label: words.dhcp },
          { value: 'static', label: words.fixed },
        ]}
      />
      {draft.method === 'static' && (
        <>
          <div className="form__row">
            <Field
              label={words.address}
              value={draft.address}
              onChange={(address) => onChange({ ...draft, address })}
              error={error('ipv4.address')}
              keys="decimal"
              width="half"
            />
            <Field
              label={words.prefix}
              value={draft.prefix}
              onChange={(prefix) => onChange({ ...draft, prefix })}
              error={error('ipv4.prefixLength')}
              keys="decimal"
              lengthMax={15}
              width="half"
            />
          </div>
          <Field
            label={words.router}
            value={draft.router}
            onChange={(router) => onChange({ ...draft, router })}
            error={error('ipv4.router')}
            keys="decimal"
          />
        </>
      )}
      <div className="form__row">
        <Field
          label={draft.method === 'dhcp' ? words.nameServerInstead(1) : words.nameServer(1)}
          value={first}
          onChange={(typed) => onChange({ ...draft, nameServers: [typed, second] })}
          error={error('ipv4.nameServers.0') ?? error('ipv4.nameServers')}
          keys="decimal"
          width="half"
        />
        <Field
          label={draft.method === 'dhcp' ? words.nameServerInstead(2) : words.nameServer(2)}
          value={second}
          onChange={(typed) => onChange({ ...draft, nameServers: [first, typed] })}
          error={error('ipv4.nameServers.1')}
          keys="decimal"
          width="half"
        />
      </div>
    </>
  );
}

interface EnterpriseProps {
  readonly draft: EnterpriseDraft;
  readonly onChange: (draft: EnterpriseDraft) => void;
  /** Where these fields are in the profile. */
  readonly at: 'enterprise' | 'security';
  readonly error: (field: string) => string | null;
}

/** Shows the login of 802.1X: PEAP with MSCHAPv2, believed by authority and name. */
export function EnterpriseFields({ draft, onChange, at, error }: EnterpriseProps): ReactNode {
  const words = useEngineerWords().network;
  const id = useId();
  const caError = error(`${at}.caCertificates`);
  return (
    <>
      <p className="field__hint">{words.peap}</p>
      <div className="form__row">
        <Field
          label={words.identity}
          value={draft.identity}
          onChange={(identity) => onChange({ ...draft, identity })}
          error={error(`${at}.identity`)}
          width="half"
        />
        <Field
          label={words.password}
          value={draft.password}
          onChange={(password) => onChange({ ...draft, password })}
          error={error(`${at}.password`)}
          isSecret
          width="half"
        />
      </div>
      <div className="form__row">
        <Field
          label={words.anonymous}
          value={draft.anonymousIdentity}
          onChange={(anonymousIdentity) => onChange({ ...draft, anonymousIdentity })}
          error={error(`${at}.anonymousIdentity`)}
          width="half"
        />
        <Field
          label={words.loginServer}
          value={draft.serverName}
          onChange={(serverName) => onChange({ ...draft, serverName })}
          error={error(`${at}.serverName`)}
          keys="url"
          width="half"
        />
      </div>
      <div className="field field--whole">
        <label className="field__label" htmlFor={id}>
          {words.ca}
        </label>
        <textarea
          id={id}
          className="field__input field__input--text"
          rows={4}
          value={draft.caCertificates}
          placeholder="-----BEGIN CERTIFICATE-----"
          spellCheck={false}
          aria-invalid={caError !== null || undefined}
          aria-describedby={`${id}-error`}
          onChange={(event) => onChange({ ...draft, caCertificates: event.target.value })}
        />
        <label className="field__file">
          {words.caFile}
          <input
            type="file"
            accept=".pem,.crt,.cer,.txt"
            onChange={(event) => {
              const file = event.target.files?.[0];
              if (file === undefined) return;
              void file
                .slice(0, CA_BYTES_MAX)
                .text()
                .then((caCertificates) => onChange({ ...draft, caCertificates }));
            }}
          />
        </label>
        <FieldError id={`${id}-error`} error={caError} />
      </div>
    </>
  );
}
