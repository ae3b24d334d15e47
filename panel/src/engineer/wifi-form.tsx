/** The Wi-Fi form: networks in reach with signal, band and lock, and why some cannot be used. */
import { Lock, LockOpen, RefreshCw } from 'lucide-react';
import { useState } from 'react';
import type { ReactNode } from 'react';
import { usePress } from '../act/press.ts';
import type { WiFiScan } from '../api/engineer-agent.ts';
import { Button } from '../part/button.tsx';
import { useEngineerWords } from '../words/engineer-speech.ts';
import { fieldWords } from '../words/engineer-words.ts';
import { Choice, Field, FormProblem, Tick } from './field.tsx';
import { ApplyButton } from './apply-button.tsx';
import type { ProfileFormProps } from './step.ts';
import type { WiFiDraft } from './profile-draft.ts';
import { NEW_WIFI, wifiProfile } from './profile-draft.ts';
import { EnterpriseFields, IPv4Fields } from './profile-fields.tsx';
import { useStepAct } from './step-act.ts';

type Network = WiFiScan['networks'][number];

/** Shows the list, and the form. */
export function WiFiForm(props: ProfileFormProps): ReactNode {
  const { name, acts, onTry, isTrying, isTyped, onTyped } = props;
  const words = useEngineerWords();
  const [draft, keepDraft] = useState(NEW_WIFI);
  const setDraft = (typed: WiFiDraft): void => {
    keepDraft(typed);
    onTyped();
  };
  const [networks, setNetworks] = useState<readonly Network[] | null>(null);
  const { start, isBusy, problem, error } = useStepAct();
  const scanning = useStepAct();
  const scan = (): void =>
    scanning.start(async () => setNetworks((await acts.scan(name)).networks));
  const choose = ({ ssid, security }: Network): void =>
    setDraft({
      ...draft,
      ssid,
      isHidden: false,
      security: security === 'wpa2-enterprise' ? security : 'wpa2-personal',
    });
  return (
    <>
      <div className="form__small">
        <Button
          tone="plain"
          size="small"
          icon={RefreshCw}
          busy={scanning.isBusy}
          busyWords={words.network.scanning}
          onPress={scan}
        >
          {words.network.scan}
        </Button>
      </div>
      <FormProblem problem={scanning.problem} />
      {networks !== null && (
        <ul className="networks" aria-label={words.network.inReach}>
          {networks.length === 0 && <li>{words.network.noneInReach}</li>}
          {networks.map((each) => (
            <li key={`${each.ssid}/${each.band}/${each.channel}/${each.security}`}>
              <NetworkRow
                each={each}
                isChosen={each.ssid === draft.ssid}
                onPress={() => choose(each)}
              />
            </li>
          ))}
        </ul>
      )}
      <div className="form__row">
        <Field
          label={words.network.ssid}
          value={draft.ssid}
          onChange={(ssid) => setDraft({ ...draft, ssid })}
          error={error('ssid')}
          lengthMax={64}
          width="half"
        />
        <Choice
          legend={words.network.band}
          value={draft.band}
          onChange={(band) => setDraft({ ...draft, band })}
          options={[
            { value: 'any', label: words.network.anyBand },
            { value: '2.4 GHz', label: '2.4 GHz' },
            { value: '5 GHz', label: '5 GHz' },
          ]}
        />
      </div>
      <Tick
        label={words.network.hidden}
        isOn={draft.isHidden}
        onChange={(isHidden) => setDraft({ ...draft, isHidden })}
      />
      <Choice
        legend={words.network.security}
        value={draft.security}
        onChange={(security) => setDraft({ ...draft, security })}
        options={[
          { value: 'wpa2-personal', label: words.network.personal },
          { value: 'wpa2-enterprise', label: words.network.enterprise },
        ]}
      />
      {draft.security === 'wpa2-personal' ? (
        <Field
          label={words.network.passphrase}
          value={draft.passphrase}
          onChange={(passphrase) => setDraft({ ...draft, passphrase })}
          error={error('security.passphrase') ?? error('security.kind')}
          lengthMax={64}
          isSecret
        />
      ) : (
        <EnterpriseFields
          draft={draft.enterprise}
          onChange={(enterprise) => setDraft({ ...draft, enterprise })}
          at="security"
          error={error}
        />
      )}
      <IPv4Fields
        draft={draft.ipv4}
        onChange={(ipv4) => setDraft({ ...draft, ipv4 })}
        error={error}
      />
      <FormProblem problem={problem} />
      <ApplyButton
        isBusy={isBusy || isTrying}
        isTyped={isTyped}
        onPress={() => start(() => onTry(wifiProfile(draft)))}
      />
    </>
  );
}

function NetworkRow(props: {
  readonly each: Network;
  readonly isChosen: boolean;
  readonly onPress: () => void;
}): ReactNode {
  const words = useEngineerWords();
  const { each, isChosen, onPress } = props;
  const press = usePress(onPress);
  const Icon = each.security === 'open' ? LockOpen : Lock;
  const row = (
    <>
      <Icon className="icon" aria-hidden="true" />
      <span className="networks__name">{each.ssid === '' ? words.network.noName : each.ssid}</span>
      <span className="networks__fact">{words.network.securities[each.security]}</span>
      <span className="networks__fact">
        {each.band} · {each.channel}
      </span>
      <meter
        className="networks__signal"
        min={0}
        max={100}
        value={each.signalPercent}
        aria-label={words.network.signal}
      />
      <span className="networks__fact">{each.signalPercent} %</span>
    </>
  );
  if (each.refused !== null) {
    return (
      <div className="networks__row networks__row--refused">
        {row}
        <p className="networks__why">{fieldWords(words, each.refused, words.network.notUsable)}</p>
      </div>
    );
  }
  return (
    <button type="button" className="networks__row" aria-pressed={isChosen} {...press}>
      {row}
    </button>
  );
}
